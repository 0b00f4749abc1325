"""The amounts that one row of the loans' table says were owed, are owed, and were lent.

A row may tell a total, or only what was lent; a balance without the payments that led to it; a
rate without saying of what. Where the row itself settles it, that counts; otherwise the mapping
says, and where it says "ask" the row is held.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from bridge.core.ledger import Note
from bridge.core.loan import lending
from bridge.core.message import message
from bridge.core.money import worked_out
from bridge.source.deudores.context import in_cell
from bridge.source.deudores.inparts import Meaning, Parts, meaning
from bridge.source.deudores.rows import interest_of

AmountIs = Literal["lent", "owed", "ask"]
WithoutPayments = Literal["opening", "ask", "ignore"]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The amounts of one row, as far as it has them."""

    currency: str
    where: tuple[int, str]
    """Row and column of the amount, as a person finds them."""
    is_cash: bool = False
    """Whether money was lent, at interest perhaps; goods on credit have no principal."""
    total: Decimal | None = None
    """What was owed on day one, where the sheet has such a column."""
    amount: Decimal | None = None
    principal: Decimal | None = None
    rate: Decimal | None = None
    instalments: int | None = None
    each: Decimal | None = None
    balance: Decimal | None = None
    collected: Decimal | None = None
    """What was paid in all, without saying when."""
    instalments_paid: int | None = None
    parts: Parts | None = None
    """What was paid, in a file that tells capital and interest apart."""

    @property
    def has_principal(self) -> bool:
        """Whether the row says what was lent, beside what is owed."""
        return self.principal is not None or (self.total is not None and self.amount is not None)


class Owing(msgspec.Struct, frozen=True, kw_only=True):
    """The amounts that the loan is taken to have."""

    opening: Decimal | None = None
    gross: Decimal | None = None
    principal: Decimal | None = None
    interest: Decimal | None = None
    agreed: Decimal | None = None
    grows: bool = False
    """Whether the interest comes on top of what is owed on the day it is paid."""
    notes: tuple[Note, ...] = ()


def owing(told: Told, amount_is: AmountIs) -> Owing:
    """The amount owed on day one and the part of it that was lent."""
    rate = told.rate if told.is_cash else None
    if told.total is not None:
        principal = told.principal if told.principal is not None else told.amount
        if principal is None and rate:
            within = interest_within(told.total, rate, told.currency)
            return Owing(opening=told.total, principal=told.total - within, interest=within)
        interest = interest_of(principal, told.rate, told.currency)
        return Owing(opening=told.total, principal=principal, interest=interest)
    amount = told.amount
    assert amount is not None, "a row without any amount is given up before"
    if told.parts is not None and not rate:
        return _paid_in_parts(told, amount, told.parts, amount_is)
    if told.principal is not None or not rate:
        interest = interest_of(told.principal, told.rate, told.currency)
        return Owing(gross=amount, principal=told.principal, interest=interest)
    interest = interest_of(amount, rate, told.currency)
    assert interest is not None
    meaning = _meaning(told, amount, amount + interest, amount_is)
    if meaning == "lent":
        return Owing(opening=amount + interest, principal=amount, interest=interest)
    if meaning == "owed":
        within = interest_within(amount, rate, told.currency)
        return Owing(gross=amount, principal=amount - within, interest=within)
    what = message(
        "interest_unclear", shown=amount, rate=f"{rate.normalize():f}", amount=amount + interest
    )
    if told.instalments and told.each:
        what = message(
            "instalments_unclear",
            shown=amount,
            rate=f"{rate.normalize():f}",
            amount=amount + interest,
            number=told.instalments,
            each=told.each,
            parts=told.instalments * told.each,
        )
    note = Note("loan.interest_unclear", in_cell(*told.where, what))
    return Owing(gross=amount, notes=(note,))


def _paid_in_parts(told: Told, amount: Decimal, parts: Parts, amount_is: AmountIs) -> Owing:
    """The loan of a file that tells capital, interest and late fees of each payment: its charges
    are told by the payments, and are not within the amount."""
    if not told.is_cash or told.principal is not None or not parts.interest:
        return Owing(opening=amount, principal=told.principal)
    schedule = (told.instalments, told.each) if told.instalments and told.each else None
    what: Meaning = meaning(amount, parts, told.balance, schedule, amount_is)
    if what == "scheduled" and schedule is not None:
        total = schedule[0] * schedule[1]
        return Owing(opening=total, principal=amount, interest=total - amount)
    if what == "lent":
        return Owing(opening=amount, principal=amount, grows=True)
    if what == "owed":
        return Owing(opening=amount)
    unclear = message("interest_apart", amount=amount, parts=parts.interest)
    note = Note("loan.interest_unclear", in_cell(*told.where, unclear))
    return Owing(opening=amount, notes=(note,))


def _meaning(told: Told, amount: Decimal, with_interest: Decimal, amount_is: AmountIs) -> str:
    """`lent`, `owed`, or empty when nothing settles it: the instalments say, if there are any, and
    a mapping that says otherwise than they do settles nothing."""
    by_mapping = "" if amount_is == "ask" else amount_is
    if not told.instalments or not told.each:
        return by_mapping
    by_schedule = [
        meaning
        for meaning, total in (("lent", with_interest), ("owed", amount))
        if lending.pays_off(told.instalments, told.each, total)
    ]
    if len(by_schedule) != 1 or by_mapping not in ("", by_schedule[0]):
        return ""
    return by_schedule[0]


def interest_within(total: Decimal, rate: Decimal, currency: str) -> Decimal:
    """The flat interest that a total holds: 20,000 of 120,000 at 20 %."""
    return worked_out(total * rate / (100 + rate), currency)


def is_what_was_paid(
    owed: Decimal, balance: Decimal | None, each: Decimal | None, instalments: int | None
) -> bool:
    """Whether an amount that its column leaves open (see `columns`) is no instalment but what was
    paid in all: it is exactly what is missing from the balance, and no number of instalments is
    spoken of."""
    if balance is None or each is None or instalments is not None:
        return False
    return 0 < each == owed - balance


def on_day_one(made: Owing) -> Decimal:
    """The amount owed on day one, increases since then included where the sheet adds them."""
    owed = made.opening if made.opening is not None else made.gross
    assert owed is not None
    return owed


def without_charges(made: Owing) -> Owing:
    """The loan of a sheet whose amounts do not grow by what is charged later."""
    return msgspec.structs.replace(made, opening=on_day_one(made), gross=None)


def with_all_paid(told: Told, made: Owing) -> Told:
    """The row of which every instalment is paid says what was paid in all, too."""
    if told.collected is not None or not told.instalments:
        return told
    if told.instalments_paid != told.instalments:
        return told
    return msgspec.structs.replace(told, collected=on_day_one(made))


def opened_at_balance(told: Told, made: Owing, rule: WithoutPayments) -> Owing:
    """The loan of a file that tells no payments at all: by the rule, it opens with what is left.

    Nothing left needs something that says that it was paid: without, the row is as it was, and the
    contradiction is a person's.
    """
    agreed = on_day_one(made)
    left, collected = told.balance, told.collected
    if left is None and collected is not None:
        left = agreed - collected
    if rule == "ignore" or left is None or left >= agreed:
        return made
    if left <= 0 and (collected is None or collected < agreed):
        return made
    left = max(left, Decimal(0))
    code = "loan.balance_only" if rule == "ask" else "loan.opened_at_balance"
    detail = message("left_of", shown=left, amount=agreed, currency=told.currency)
    note = Note(code, detail)
    return msgspec.structs.replace(
        made, opening=left, gross=None, agreed=agreed, notes=(*made.notes, note)
    )
