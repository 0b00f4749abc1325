"""The fourteen checks of a bookkeeper: each holds, fails, cannot be made, or does not apply.

A check fails by what a person must act on: a failing one is never beside a green verdict. What
the comparison found is sorted here into the check that it breaks; what nobody must act on any
more, since a person has answered, breaks none. The figures are those of the books as they were
read for this comparison.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from bridge.core.books import CreditNote, Customer, Document, Invoice, PostedDocument, Sale
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.tasks import Task


class CheckCode(StrEnum):
    """The checks, in the order in which a bookkeeper goes through them."""

    PRINCIPAL = "principal"
    """What was lent is never income."""
    CONTROL = "control"
    """The control account is the sum of its sub-ledger."""
    CUT_OFF = "cut_off"
    """Every document is on the day on which it was posted."""
    OPENING = "opening"
    """Opening balances are as posted."""
    CASH = "cash"
    """Money is on the account that it went to."""
    UNAPPLIED = "unapplied"
    """Receipts settle what they were posted for; what is left is credit of the customer."""
    WRITE_OFF = "write_off"
    RECOVERY = "recovery"
    AGENCY = "agency"
    RENEWALS = "renewals"
    """The account that renewals pass through is at zero."""
    CLOSED = "closed"
    """Nothing of ours in a closed period was changed: corrections are in the open one."""
    TAX = "tax"
    """Loans carry no tax but the mapping's."""
    ROUNDING = "rounding"
    """No cents are lost between what was posted and what the books have."""
    VOIDS = "voids"
    """What is void was made so by us, and what we voided still is."""


class Outcome(StrEnum):
    HOLDS = "holds"
    FAILS = "fails"
    CANNOT = "cannot"
    NONE = "none"
    """There is nothing of the kind in these books."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one check of one company's books."""

    code: CheckCode
    outcome: Outcome
    amounts: tuple[tuple[str, Decimal], ...] = ()
    """(currency, amount) pairs: what the books have where it holds, what is wrong where not."""
    count: int = 0
    """How many accounts or documents were looked at, or are wrong."""
    why: str = ""
    """A code of `WHY`: why it cannot be made, or what there is not."""


WHY = frozenset(
    {
        "no_agencies",
        "no_closed_period",
        "no_opening",
        "no_recoveries",
        "no_renewals",
        "no_write_offs",
        "lock_unknown",
        "not_read",
        "shared_account",
        "not_told",
    }
)
"""Why a check is not made, in the words of the languages."""


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """A sign that a check fails: one thing that the comparison found."""

    code: CheckCode
    cause: str
    subject: str
    """The task's, with the cause: how it is known whether anybody must act on it."""
    currency: str = ""
    amount: Decimal = Decimal(0)


class CheckFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the books for one check, where nothing breaks it."""

    amounts: Mapping[str, Decimal] = {}
    count: int = 0
    why: str = ""
    """A code of `WHY`, where it cannot be made or there is nothing of the kind."""
    impossible: bool = False
    """With `why`: it cannot be made, though there may be something of the kind."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the checks of one company's books are made of."""

    signs: tuple[Sign, ...] = ()
    seen: Mapping[CheckCode, CheckFigures] = {}


def checks(evidence: Evidence, tasks: Iterable[Task]) -> tuple[Check, ...]:
    """Every check, in their order; it fails by what one of these tasks is about."""
    open_ones = {(task.code, task.subject) for task in tasks}
    signs: dict[CheckCode, list[Sign]] = {}
    for sign in evidence.signs:
        if (sign.cause, sign.subject) in open_ones:
            signs.setdefault(sign.code, []).append(sign)
    return tuple(_check(code, signs.get(code, ()), evidence.seen) for code in CheckCode)


def _check(
    code: CheckCode, signs: Collection[Sign], seen: Mapping[CheckCode, CheckFigures]
) -> Check:
    if signs:
        sums: dict[str, Decimal] = {}
        for sign in signs:
            if sign.currency:
                sums[sign.currency] = sums.get(sign.currency, Decimal(0)) + abs(sign.amount)
        amounts = tuple(sorted(sums.items()))
        return Check(code=code, outcome=Outcome.FAILS, amounts=amounts, count=len(signs))
    if code is CheckCode.AGENCY:
        return Check(code=code, outcome=Outcome.NONE, why="no_agencies")
    found = seen.get(code, CheckFigures(why="not_read", impossible=True))
    outcome = Outcome.HOLDS
    if found.why:
        outcome = Outcome.CANNOT if found.impossible else Outcome.NONE
    return Check(
        code=code,
        outcome=outcome,
        amounts=tuple(sorted(found.amounts.items())),
        count=found.count,
        why=found.why,
    )


OF_PURPOSES = {
    "opening": CheckCode.OPENING,
    "write_off": CheckCode.WRITE_OFF,
    "write_off_interest": CheckCode.WRITE_OFF,
    "recovery": CheckCode.RECOVERY,
}
"""Purpose of a line → the check of documents that have one."""
_WHOLE = Decimal(1)
"""Less than one unit of a currency that a document differs by is rounding."""
_ENTRIES = frozenset({"control.journal", "control.manual_entries"})


def signs_of_document(
    document: Document,
    items: Collection[Item],
    now: PostedDocument | None,
    to_income: Decimal,
    locked_through: date | None,
) -> list[Sign]:
    """The signs that follow from the items of one document of ours. `to_income` is how much more of
    it stands on income than was posted there."""
    if isinstance(document, Customer):
        return []
    fields = {item.field for item in items}
    found: dict[CheckCode, Decimal] = {}
    total = document.total
    moved = sum((item.amount for item in items), Decimal(0))
    if "status" in fields:
        return _signs(items, {CheckCode.VOIDS: total})
    days = [document.day, *([now.day] if now and now.day else [])]
    if locked_through is not None and min(days) <= locked_through:
        return _signs(items, {CheckCode.CLOSED: moved or total}) if fields - _NAMES else []
    if fields & {"tax", "tax_amount"}:
        taxed = now.tax_amount if now and now.tax_amount is not None else moved
        found[CheckCode.TAX] = taxed
        fields -= {"total"}
    if "deposit_account" in fields:
        found[CheckCode.CASH] = total
    if "applications" in fields:
        found[CheckCode.UNAPPLIED] = total
    if "day" in fields:
        found[CheckCode.CUT_OFF] = total
    if "total" in fields and 0 < abs(moved) < _WHOLE:
        found[CheckCode.ROUNDING] = moved
    elif fields & {"total", "lines", "accounts", "currency"}:
        of_lines = _of_lines(document)
        if to_income > 0:
            found[CheckCode.PRINCIPAL] = to_income
        elif of_lines:
            found[of_lines] = moved or total
    return _signs(items, found)


def moved_to_income(
    document: Document,
    now: PostedDocument | None,
    income: Collection[str],
    behind: Mapping[str, str],
) -> Decimal:
    """The part of an invoice that stands on income accounts now and was not posted there. `behind`:
    item → the account behind it, for lines that tell none."""
    if now is None or not now.lines or not isinstance(document, Invoice):
        return Decimal(0)
    posted = sum((line.amount for line in document.lines if line.account in income), Decimal(0))
    there = sum(
        (
            line.amount
            for line in now.lines
            if (line.account or behind.get(line.item, "")) in income
        ),
        Decimal(0),
    )
    return there - posted


_NAMES = frozenset({"name", "number", "customer", "memo"})
"""Fields that move no account."""


def _of_lines(document: Document) -> CheckCode | None:
    if not isinstance(document, Invoice | CreditNote | Sale):
        return None
    purposes = {line.purpose for line in document.lines}
    return next((code for purpose, code in OF_PURPOSES.items() if purpose in purposes), None)


def _signs(items: Collection[Item], found: Mapping[CheckCode, Decimal]) -> list[Sign]:
    """One sign for each check, all with the task of the first item, which stands for the whole
    document."""
    first = next(iter(items))
    return [sign_of(first, code, amount) for code, amount in found.items()]


def sign_of(item: Item, code: CheckCode, amount: Decimal | None = None) -> Sign:
    """The sign that an item gives for a check, with the item's own amount where no other is
    given."""
    return Sign(
        code=code,
        cause=item.cause,
        subject=item.subject or item.reference,
        currency=item.currency,
        amount=item.amount if amount is None else amount,
    )


def signs_of_items(items: Iterable[Item]) -> list[Sign]:
    """The signs of items that are not about a document that we posted."""
    return [sign_of(item, code) for item in items if (code := _broken_by(item))]


def _broken_by(item: Item) -> CheckCode | None:
    if item.kind is ItemKind.PRINCIPAL:
        return CheckCode.PRINCIPAL
    if item.kind is ItemKind.CHECK:
        return CheckCode(item.cause.removeprefix("check."))
    if item.cause in _ENTRIES:
        return CheckCode.CONTROL
    if item.cause == "books.not_void":
        return CheckCode.VOIDS
    return None


def left_on_renewals(account: str, label: str, currency: str, balance: Decimal) -> Item:
    """The item for an account of renewals that is not at zero."""
    return Item(
        kind=ItemKind.CHECK,
        currency=currency,
        amount=balance,
        reference=label,
        external_id=account,
        cause="check.renewals",
        action="book_handed_out",
    )
