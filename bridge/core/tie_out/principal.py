"""Money lent is never income: looks for it there, in the chart of this morning and in entries by
hand.

A posting is refused where it would be; this looks at what may become income afterwards, by
somebody's hand in the books: another type for an account, another account behind an item, a journal
from the account to an income account.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from bridge.core.books import Account, Chart, HandEntry
from bridge.core.mapping.finder import accounts_named, items_named
from bridge.core.mapping.mapping_file import NEEDED_CLASSES, BooksMapping
from bridge.core.message import Message, Word, message
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.labels import label

NEVER_INCOME = tuple(p for p, classes in NEEDED_CLASSES.items() if "income" not in classes)
"""Purposes of lines that may not be booked to income."""
DEPOSIT = "deposit"
"""The word for a deposit rule beside the purposes of lines."""
_LENT = frozenset({"principal", "reversal"})
"""Purposes whose account carries what was lent, whatever the settings; `opening` does where the
lender went live with balances."""


class BookingPlace(msgspec.Struct, frozen=True, kw_only=True):
    """The item or account on which one purpose's lines, or one rule's deposits, are booked
    today."""

    purpose: str
    account: str
    """External id, as for the item."""
    item: str = ""


class Unbookable(NamedTuple):
    """An account or item that the mapping names and that nothing can be booked on."""

    of: Literal["account", "item"]
    name: str
    why: Literal["inactive", "absent", "twice", "bare"]


def places(
    mapping: BooksMapping, chart: Chart, line_target: str
) -> tuple[tuple[BookingPlace, ...], list[Item]]:
    """The places where money that may never be income is booked by this morning's chart, and an
    item for each account or item of the mapping that is not there any more."""
    found: list[BookingPlace] = []
    gone: dict[Unbookable, list[Word]] = {}
    for purpose in NEVER_INCOME:
        rule = mapping.lines.get(purpose)  # type: ignore[call-overload]
        if rule is None:
            continue
        if line_target == "item":
            place, lost = _by_item(chart, rule.item, purpose)
        else:
            place, lost = by_account(chart, rule.account, purpose)
        if place:
            found.append(place)
        elif lost:
            gone.setdefault(lost, []).append(Word("purposes", purpose))
    for rule in mapping.deposits:
        place, lost = by_account(chart, rule.account, DEPOSIT)
        if place:
            found.append(place)
        elif lost:
            gone.setdefault(lost, []).append(Word("purposes", DEPOSIT))
    return tuple(dict.fromkeys(found)), [_gone(chart, what, p) for what, p in gone.items()]


def lent_on(found: Iterable[BookingPlace], *, cutover: bool) -> frozenset[str]:
    """The accounts among these places that carry what was lent."""
    lent = _LENT | ({"opening"} if cutover else set())
    return frozenset(place.account for place in found if place.purpose in lent)


def of_income(chart: Chart) -> frozenset[str]:
    """The accounts of income."""
    return frozenset(a.id for a in chart.accounts if a.classification == "income")


def on_income(
    found: Iterable[BookingPlace],
    before: Collection[str],
    chart: Chart,
    stood: Mapping[str, Decimal],
) -> list[Item]:
    """Items for accounts that are of income this morning and may not be.

    `before` are accounts that carried what was lent on an earlier morning, `stood` is what stood
    on each while it was no income: some products tell no balance of an income account.
    """
    income = {account.id: account for account in chart.accounts if account.id in of_income(chart)}
    names = {item.id: item.name for item in chart.items}
    purposes: dict[str, list[Word | Message]] = {}
    for place in found:
        if place.account in income:
            purpose = Word("purposes", place.purpose)
            by: Word | Message = purpose
            if place.item:
                by = message("by_item", purpose=purpose, item=names[place.item])
            purposes.setdefault(place.account, []).append(by)
    for account in sorted(set(before) & set(income) - set(purposes)):
        purposes[account] = [Word("purposes", "principal")]
    return [
        _income(chart, income[account], words, before, stood) for account, words in purposes.items()
    ]


def to_income(
    entries: Iterable[HandEntry], lent: Collection[str], chart: Chart, since: date | None
) -> list[Item]:
    """Items for what people moved from the accounts of what was lent to income, since that day.

    An entry that another one takes back, to the cent and on the same account, is none; neither is
    one between such an account and anything but income: lenders book what they hand out so.
    """
    income = of_income(chart) - frozenset(lent)
    moves = [
        move
        for entry in sorted(entries, key=lambda e: (e.day, e.number, e.external_id))
        if (move := _move(entry, lent, income)) and (since is None or entry.day >= since)
    ]
    back = [move for move in moves if move.amount < 0]
    left = []
    for move in moves:
        if move.amount < 0:
            continue
        undone = next((b for b in back if b.undoes(move)), None)
        if undone is None:
            left.append(move)
        else:
            back.remove(undone)
    labels = {account.id: label(account) for account in chart.accounts}
    return [
        Item(
            kind=ItemKind.PRINCIPAL,
            currency=move.entry.currency,
            amount=move.amount,
            reference=move.entry.number,
            external_id=move.entry.external_id,
            document=move.entry.kind.value,
            field="day",
            books=move.entry.day.isoformat(),
            cause="principal.to_income",
            action="move_from_income",
            detail=message("moved_to_income", account=labels[move.lent], other=labels[move.income]),
        )
        for move in left
    ]


def posted_to_income(
    sums: Mapping[tuple[str, str, str], tuple[int, Decimal]], chart: Chart
) -> list[Item]:
    """Items for posted documents that stand on income. `sums`: (item, income account, currency) →
    number of lines and their amount."""
    accounts = {account.id: label(account) for account in chart.accounts}
    names = {item.id: item.name for item in chart.items}
    return [
        Item(
            kind=ItemKind.PRINCIPAL,
            currency=currency,
            amount=amount,
            reference=names.get(item, item),
            external_id=account,
            cause="principal.posted_to_income",
            action="rebook_past",
            detail=message(
                "posted_to_income",
                number=count,
                item=names.get(item, item),
                account=accounts.get(account, account),
            ),
        )
        for (item, account, currency), (count, amount) in sorted(sums.items())
    ]


def unread(why: str) -> Item:
    """The item for books that do not let us see what people entered."""
    return Item(
        kind=ItemKind.PRINCIPAL, cause="principal.unread", action="allow_journals", detail=why
    )


def entry_unread(external_id: str, came: str) -> Item:
    """The item for an entry that the books have and do not tell."""
    return Item(
        kind=ItemKind.PRINCIPAL,
        cause="principal.entry_unread",
        action="look_at_entry",
        external_id=external_id,
        detail=came,
    )


class _Move(msgspec.Struct, frozen=True, kw_only=True):
    """The amount that one entry moves from lent to income; below zero, back again."""

    entry: HandEntry
    amount: Decimal
    lent: str
    income: str

    def undoes(self, other: _Move) -> bool:
        return (self.entry.currency, self.lent, self.income, -self.amount) == (
            other.entry.currency,
            other.lent,
            other.income,
            other.amount,
        )


def _move(entry: HandEntry, lent: Collection[str], income: Collection[str]) -> _Move | None:
    ours = _largest(entry, lent)
    theirs = _largest(entry, income)
    taken = sum((amount for account, amount in entry.legs if account in lent), Decimal(0))
    given = -sum((amount for account, amount in entry.legs if account in income), Decimal(0))
    if not ours or not theirs or taken * given <= 0:
        return None
    amount = min(abs(taken), abs(given))
    return _Move(entry=entry, amount=amount if taken > 0 else -amount, lent=ours, income=theirs)


def _largest(entry: HandEntry, accounts: Collection[str]) -> str:
    """The account, of these, that the entry moves most."""
    there = [(abs(amount), account) for account, amount in entry.legs if account in accounts]
    return max(there)[1] if there else ""


def _by_item(
    chart: Chart, wanted: str, purpose: str
) -> tuple[BookingPlace | None, Unbookable | None]:
    named = items_named(chart, wanted)
    active = [item for item in named if item.active]
    if len(active) != 1:
        return None, Unbookable("item", wanted, _why(len(named), len(active)))
    behind = next((a for a in chart.accounts if a.id == active[0].account_id), None)
    if behind is None:
        return None, Unbookable("item", wanted, "bare")
    if not behind.active:
        return None, Unbookable("account", label(behind), "inactive")
    return BookingPlace(purpose=purpose, account=behind.id, item=active[0].id), None


def by_account(
    chart: Chart, wanted: str, purpose: str
) -> tuple[BookingPlace | None, Unbookable | None]:
    """The account that the mapping names, or why it is none."""
    named = accounts_named(chart, wanted)
    active = [account for account in named if account.active]
    if len(active) != 1:
        return None, Unbookable("account", wanted, _why(len(named), len(active)))
    return BookingPlace(purpose=purpose, account=active[0].id), None


def _why(named: int, active: int) -> Literal["twice", "inactive", "absent"]:
    if active:
        return "twice"
    return "inactive" if named else "absent"


def _gone(chart: Chart, lost: Unbookable, purposes: list[Word]) -> Item:
    return Item(
        kind=ItemKind.PRINCIPAL,
        currency=chart.company.home_currency,
        cause="principal.gone",
        action="name_account",
        detail=_said(lost, tuple(dict.fromkeys(purposes))),
    )


def _income(
    chart: Chart,
    account: Account,
    purposes: list[Word | Message],
    before: Collection[str],
    stood: Mapping[str, Decimal],
) -> Item:
    """The item for an account that is of income and may not be. If it carried what was lent before,
    all of its balance is wrong; if an item was moved to it, only what comes from now on."""
    amount = Decimal(0)
    if account.id in before:
        amount = -account.balance or -stood.get(account.id, Decimal(0))
    return Item(
        kind=ItemKind.PRINCIPAL,
        currency=account.currency or chart.company.home_currency,
        amount=amount,
        reference=account.number or account.name,
        external_id=account.id,
        cause="principal.is_income",
        action="make_no_income",
        detail=message(
            "account_of_income",
            account=label(account),
            type=account.type or account.classification,
            purposes=tuple(dict.fromkeys(purposes)),
        ),
    )


def _said(lost: Unbookable, purposes: tuple[Word, ...]) -> Message:
    name = lost.name
    match lost.of, lost.why:
        case "account", "inactive":
            return message("account_inactive", account=name, purposes=purposes)
        case "account", "twice":
            return message("account_twice", account=name, purposes=purposes)
        case "account", _:
            return message("account_absent", account=name, purposes=purposes)
        case _, "inactive":
            return message("item_inactive", item=name, purposes=purposes)
        case _, "twice":
            return message("item_twice", item=name, purposes=purposes)
        case _, "bare":
            return message("item_bare", item=name, purposes=purposes)
    return message("item_absent", item=name, purposes=purposes)
