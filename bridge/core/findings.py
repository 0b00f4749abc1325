"""The findings about the ledger's rows: one table of codes, and what each one means.

A finding never changes an amount. `holds` says that nothing is posted for the row (for a loan: for
the loan and everything under it) until the source changes or a person decides.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec

from bridge.core.message import Detail
from bridge.core.renamed import in_words_of_now, now


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Rule(msgspec.Struct, frozen=True):
    severity: Severity
    holds: bool = False
    asks: bool = False
    """Whether it is a person's task although nothing is held for it."""


_INFO, _WARNING, _ERROR = Rule(Severity.INFO), Rule(Severity.WARNING), Rule(Severity.ERROR)
_HOLD = Rule(Severity.ERROR, holds=True)

CATALOGUE: dict[str, Rule] = {
    "amount.cop_with_cents": _INFO,
    "amount.decimals_not_allowed": _HOLD,
    "amount.mixed": _WARNING,
    "amount.other_currency": _HOLD,
    "amount.scientific": _WARNING,
    "amount.too_many_decimals": _WARNING,
    "amount.unreadable": _HOLD,
    "cell.number_as_text": _INFO,
    "consent.missing": _WARNING,
    "consent.revoked": _WARNING,
    "date.mixed": _INFO,
    "date.unreadable": _HOLD,
    "loan.amount_edited": _HOLD,
    "loan.balance_mismatch": Rule(Severity.ERROR, asks=True),
    "loan.balance_moved": _HOLD,
    "loan.balance_only": _HOLD,
    "loan.currency_missing": _INFO,
    "loan.currency_unknown": Rule(Severity.WARNING, holds=True),
    "loan.due_before_start": _WARNING,
    "loan.kind_unknown": Rule(Severity.WARNING, holds=True),
    "loan.interest_unclear": _HOLD,
    "loan.no_interest_split": _INFO,
    "loan.opened_at_balance": _INFO,
    "loan.orphan": _HOLD,
    "loan.overpaid": _WARNING,
    "loan.paid_flag_mismatch": _WARNING,
    "loan.paid_unexplained": _HOLD,
    "loan.schedule_mismatch": Rule(Severity.WARNING, asks=True),
    "loan.split_mismatch": Rule(Severity.WARNING, asks=True),
    "loan.total_not_positive": _HOLD,
    "borrower.homonym": _INFO,
    "borrower.missing_phone": _INFO,
    "borrower.name_cleanup": _INFO,
    "borrower.possible_duplicate": _WARNING,
    "borrower.two_currencies": _WARNING,
    "borrower.without_loans": _INFO,
    "delivery.chosen": _INFO,
    "delivery.newer_unread": Rule(Severity.WARNING, asks=True),
    "delivery.unread": _INFO,
    "file.blank_rows": _INFO,
    "file.bom": _INFO,
    "file.columns_unread": _INFO,
    "file.delimiter": _INFO,
    "file.encoding": _INFO,
    "file.header_offset": _INFO,
    "file.heading_row": _INFO,
    "file.hidden": _INFO,
    "file.note_row": _INFO,
    "file.not_read": _INFO,
    "file.sheet_not_read": _INFO,
    "file.total_differs": Rule(Severity.WARNING, asks=True),
    "file.nothing_read": Rule(Severity.ERROR, asks=True),
    "file.total_row": _INFO,
    "file.unread_ledger": Rule(Severity.WARNING, asks=True),
    "identity.name_only": _WARNING,
    "identity.proposed": Rule(Severity.WARNING, asks=True),
    "identity.vanished": Rule(Severity.WARNING, asks=True),
    "identity.waiting": Rule(Severity.WARNING, asks=True),
    "identity.weak": _WARNING,
    "movement.before_loan": _WARNING,
    "movement.duplicate_conflict": _HOLD,
    "movement.duplicate_identical": _INFO,
    "movement.extended_types": _INFO,
    "movement.future_date": _HOLD,
    "movement.negative_payment": _HOLD,
    "movement.not_approved": Rule(Severity.INFO, holds=True),
    "movement.orphan": _HOLD,
    "movement.possible_double_entry": _WARNING,
    "movement.refund": _HOLD,
    "movement.reversal_unmatched": _HOLD,
    "movement.visit": _INFO,
    "movement.written_off_beyond": _HOLD,
    "movement.zero": _INFO,
    "phone.scientific": _WARNING,
    "row.unreadable": _HOLD,
    "text.formula_prefix": _WARNING,
    "text.multiline": _INFO,
    "text.too_long": _INFO,
    "value.unknown": _WARNING,
}
"""Code → what it means. What must hold among the rows: FACTS L8."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing noticed about one record of the ledger.

    `subject` and `related` are `kind:id` (`loan:2`, `movement:44`, `borrower:11`,
    `file:deudas.csv`). `detail` has particulars for a person; never a name, a phone or a document
    number. `file` and `row` say where it stands; row 0 means the file as a whole.
    """

    code: str
    subject: str
    related: tuple[str, ...] = ()
    detail: Detail = ""
    file: str = ""
    row: int = 0
    amount: Decimal | None = None
    """What the row is worth, where it could be told although the row was not read."""
    currency: str = ""

    def __post_init__(self) -> None:
        in_words_of_now(self, "code", "subject")
        if self.related:
            msgspec.structs.force_setattr(self, "related", tuple(map(now, self.related)))

    @property
    def severity(self) -> Severity:
        return CATALOGUE[self.code].severity

    @property
    def holds(self) -> bool:
        return CATALOGUE[self.code].holds

    @property
    def asks(self) -> bool:
        """Whether a person has to do something about it."""
        rule = CATALOGUE[self.code]
        return rule.holds or rule.asks


def holds(code: str) -> bool:
    """Whether nothing is posted for a row that carries this code."""
    return CATALOGUE[code].holds
