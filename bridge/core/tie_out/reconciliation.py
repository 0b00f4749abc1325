"""The values of a reconciliation: three figures for each currency and every item between.

An item's amount is its effect on (ledger less books), so that items add up to the difference.
Causes and actions are codes; `report/` says them in a person's language.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import msgspec

from bridge.core.findings import Severity
from bridge.core.identity import BooksId
from bridge.core.message import Detail
from bridge.core.tie_out.aging import AgedTotal
from bridge.core.tie_out.checks import Check, Evidence
from bridge.core.tie_out.items import BREAKING, Item, ItemKind
from bridge.core.tie_out.verdict import Result, Verdict

CAUSES = frozenset(
    {
        "books.absent",
        "books.accepted",
        "books.by_hand",
        "books.by_hand_on_borrower",
        "books.deleted",
        "books.draft",
        "books.edited",
        "books.not_void",
        "books.unread",
        "books.voided",
        "check.renewals",
        "control.journal",
        "control.manual_entries",
        "control.rounding",
        "customer.inactive",
        "customer.merged",
        "ledger.not_planned",
        "list.more",
        "outbox.drifted",
        "outbox.dropped",
        "outbox.found",
        "outbox.in_doubt",
        "outbox.pending",
        "outbox.perhaps_there",
        "outbox.rejected",
        "outbox.unclear",
        "posting.differs",
        "principal.entry_unread",
        "principal.gone",
        "principal.is_income",
        "principal.posted_to_income",
        "principal.to_income",
        "principal.unread",
        "reference.unknown",
    }
)
"""Causes beside the codes of holds."""

ACTIONS = frozenset(
    {
        "add_rate",
        "adopt_merged",
        "allow_journals",
        "allow_opening",
        "answer_invoicing",
        "approve_limit",
        "approve_plan",
        "book_credit",
        "book_handed_out",
        "book_refund",
        "check_date",
        "decide_amount",
        "decide_back_dated",
        "decide_correction",
        "decide_dropped",
        "decide_likeness",
        "decide_overpayment",
        "delete_draft",
        "deliver_again",
        "deliver_newer",
        "enter_again_or_remove",
        "explain_journal",
        "find_bank",
        "find_entry",
        "fix_negative",
        "fix_rejected",
        "fix_source",
        "free_number",
        "keep_one",
        "keep_one_writer",
        "say_which_company",
        "log_in",
        "look_at_entry",
        "look_closer",
        "look_then_decide",
        "look_there",
        "look_why_ended",
        "look_why_none",
        "look_why_older",
        "make_no_income",
        "mend_settings",
        "move_from_income",
        "name_account",
        "name_reversed",
        "none",
        "offset_stamped",
        "open_period",
        "put_right",
        "raise_decimals",
        "reactivate_customer",
        "read_problem",
        "rebook_past",
        "restore_borrower",
        "restore_loan",
        "resume_sync",
        "retry_found",
        "retry_or_drop",
        "run_sync",
        "run_sync_now",
        "say_amount",
        "say_if_gone",
        "say_if_same",
        "say_kind",
        "say_of_owner",
        "say_what_it_is",
        "set_currency",
        "void_again",
        "tie_again",
        "void_or_renumber",
        "wait",
        "write_payment",
    }
)
"""What a person can do about an item, today and by hand: no verb that is still to be built."""

NOTICES = frozenset(
    {
        "books.after_day",
        "books.ahead",
        "books.known_again",
        "books.wait",
        "connection.expires",
        "control.from_documents",
        "control.home_less_foreign",
        "control.unread",
        "ledger.no_snapshot",
        "ledger.refused",
        "read.full",
        "read.in_part",
        "read.too_many_calls",
        "read.unseen_until",
        "unchecked.login",
        "unchecked.no_ledger",
        "unchecked.refused",
        "unchecked.try_later",
    }
)


class TieOut(msgspec.Struct, frozen=True, kw_only=True):
    """The three figures of one currency, and how much of the difference the items explain."""

    currency: str
    ledger: Decimal
    documents: Decimal
    control_account: Decimal
    explained: Decimal

    @property
    def difference(self) -> Decimal:
        return self.ledger - self.control_account

    @property
    def unexplained(self) -> Decimal:
        return self.difference - self.explained


class Notice(msgspec.Struct, frozen=True):
    """A remark beside the figures: a code of `NOTICES` and its particulars."""

    code: str
    detail: Detail = ""


class FindingGroup(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of one code: how many, and the first of them."""

    code: str
    severity: Severity
    count: int
    examples: tuple[tuple[str, Detail], ...] = ()
    """(subject, detail) pairs."""


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """A document of a month that was closed when it came, posted in the open one."""

    reference: str
    document: str
    loan: str
    day: date
    """The ledger's own."""
    posted_on: date
    currency: str
    amount: Decimal


class Lateness(msgspec.Struct, frozen=True, kw_only=True):
    """The documents that came late and were posted this month."""

    rows: tuple[Late, ...] = ()
    """The first of them, by day."""
    totals: tuple[tuple[str, str, int, Decimal], ...] = ()
    """(document, currency, how many, sum) of all of them."""


class SystemResult(msgspec.Struct, frozen=True, kw_only=True):
    """One company's books against the ledger."""

    system: str
    company: str
    company_name: str = ""
    checked: bool = True
    """False when the books could not be read to the end: then nothing is concluded."""
    exit_code: int = 0
    """Of the reason why it was not checked."""
    tie_outs: tuple[TieOut, ...] = ()
    counts: dict[str, int] = {}
    items: tuple[Item, ...] = ()
    aged: tuple[AgedTotal, ...] = ()
    """What the bridge's own invoices still have open in the books, by age."""
    late: Lateness = Lateness()
    outbox: dict[str, int] = {}
    posted: dict[str, int] = {}
    """Document kind → how many were posted or changed in this run."""
    calls: dict[str, int] = {}
    notices: tuple[Notice, ...] = ()
    evidence: Evidence = Evidence()
    """What the checks are made of."""
    checks: tuple[Check, ...] = ()
    """The bookkeeper's checks, beside the verdict: none fails where it is green."""

    @property
    def agree(self) -> bool:
        """Whether every cent is explained and the books hold what was posted.

        Two remainders that happen to cancel out are still two things that nobody explained.
        """
        return (
            self.checked
            and not any(tie.unexplained for tie in self.tie_outs)
            and not self.counts.get(ItemKind.REMAINDER, 0)
            and not any(self.counts.get(kind, 0) for kind in BREAKING)
        )

    @property
    def books(self) -> BooksId:
        return BooksId(self.system, self.company)


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """One morning's answer for every system of one lender."""

    lender: str
    as_of: date
    generated_at: datetime
    """UTC."""
    run: str
    source: str = ""
    installation: str = ""
    source_format: str = ""
    source_as_of: date | None = None
    ledger_counts: dict[str, int] = {}
    """Entity → live rows."""
    findings: tuple[FindingGroup, ...] = ()
    systems: tuple[SystemResult, ...] = ()
    names: dict[str, str] = {}
    """Loan → borrower, for the lender's own copy. Never in logs."""
    verdict: Verdict = Verdict(result=Result.UNCHECKED, reason="books.none")
    """The answer, and every task that keeps it from green; see `core/tie_out/verdict.py`.
    `verdict.systems` has each company's own answer, `verdict.of(system)` its tasks,
    `verdict.of("")` those about the ledger itself. `tie_outs` and `counts` of a system say how
    the sums stand, not whether anybody must act."""

    @property
    def agree(self) -> bool:
        """Whether the sums of all books tie out. Not the verdict: a row that nobody could read
        moves no sum."""
        return bool(self.systems) and all(result.agree for result in self.systems)


COUNTED = ("matched", "missing", "mismatched", "orphaned", "drifted", "tombstoned", "held")
"""The counts that every result has; others are there when they are not zero."""

_KIND_ORDER = {kind: place for place, kind in enumerate(ItemKind)}


def in_order(item: Item) -> tuple[object, ...]:
    """Sort key: by kind, currency and reference (2 before 10), the closing line of a list last."""
    return (
        _KIND_ORDER[item.kind],
        item.currency,
        item.cause == "list.more",
        _natural(item.reference or item.subject),
        item.field,
        item.external_id,
        item.cause,
    )


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    parts = re.findall(r"\d+|\D+", text)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)
