"""The evidence for each check of a bookkeeper, from the books as they were read this morning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from bridge.core.books import Account, Chart
from bridge.core.identity import BooksId
from bridge.core.mapping.finder import accounts_named, items_named
from bridge.core.mapping.mapping_file import BooksMapping
from bridge.core.tie_out.checks import (
    OF_PURPOSES,
    CheckCode,
    CheckFigures,
    checks,
    left_on_renewals,
)
from bridge.core.tie_out.items import Item
from bridge.core.tie_out.labels import label
from bridge.core.tie_out.principal import by_account
from bridge.core.tie_out.reconcile import RECEIVABLE
from bridge.core.tie_out.reconciliation import Notice, SystemResult
from bridge.core.tie_out.verdict import Verdict
from bridge.store import Work
from bridge.store.mirror_sums import MirrorSums
from bridge.store.values import MirrorTotal

RENEWAL = "renewal"
_NONE = {
    CheckCode.OPENING: "no_opening",
    CheckCode.WRITE_OFF: "no_write_offs",
    CheckCode.RECOVERY: "no_recoveries",
}
"""Check of documents of one purpose → why it does not apply where there are none."""


def seen_in_books(
    work: Work,
    where: BooksId,
    chart: Chart,
    control: Mapping[str, Decimal],
    notices: Sequence[Notice],
) -> dict[CheckCode, CheckFigures]:
    """The evidence of documents, chart and control account for each check."""
    sums = MirrorSums.on(work)
    bound = sums.bound(where, voided=False)
    by_account = sums.by_deposit(where)
    found = {
        CheckCode.CONTROL: _control(work, where, control, notices),
        CheckCode.CUT_OFF: CheckFigures(count=bound),
        CheckCode.ROUNDING: CheckFigures(count=bound),
        CheckCode.TAX: CheckFigures(count=bound),
        CheckCode.VOIDS: CheckFigures(count=sums.bound(where, voided=True)),
        CheckCode.CASH: CheckFigures(
            amounts=_totals(by_account.items()), count=len({account for account, _ in by_account})
        ),
        CheckCode.UNAPPLIED: CheckFigures(
            amounts=_totals(by_account.items(), open_ones=True),
            count=sum(each.count for each in by_account.values()),
        ),
        CheckCode.CLOSED: _closed(sums, where, chart),
    }
    purposes = sums.of_purposes(where, tuple(OF_PURPOSES))
    for code, why in _NONE.items():
        told = [
            (("", currency), each)
            for purpose, of in OF_PURPOSES.items()
            if of is code
            for currency, each in purposes.get(purpose, {}).items()
        ]
        count = sum(each.count for _, each in told)
        found[code] = CheckFigures(amounts=_totals(told), count=count, why="" if count else why)
    return found


def with_checks(results: Iterable[SystemResult], judged: Verdict) -> tuple[SystemResult, ...]:
    """The results with what each check says, beside the verdict on them."""
    return tuple(
        msgspec.structs.replace(
            each, checks=checks(each.evidence, (*judged.of(each.system), *judged.of("")))
        )
        for each in results
    )


def lent_in_books(chart: Chart, lent: Iterable[str]) -> CheckFigures:
    """The balances, this morning, of the accounts of what was lent."""
    home, wanted = chart.company.home_currency, set(lent)
    accounts = [account for account in chart.accounts if account.id in wanted]
    sums: dict[str, Decimal] = {}
    for account in accounts:
        currency = account.currency or home
        sums[currency] = sums.get(currency, Decimal(0)) + account.balance
    if not accounts:
        return CheckFigures(why="not_told", impossible=True)
    return CheckFigures(amounts=sums, count=len(accounts))


def renewals_in_books(
    work: Work, where: BooksId, chart: Chart, mapping: BooksMapping
) -> tuple[CheckFigures, list[Item]]:
    """The balance left on the account that renewals pass through, and the item for it: the old
    loan's balance came in, and went out again with the new loan's hand-out."""
    account = _of_renewals(chart, mapping)
    if account is None:
        return CheckFigures(why="not_told", impossible=True), []
    deposits = MirrorSums.on(work).by_deposit(where)
    if not any(each == account.id for each, _ in deposits):
        return CheckFigures(why="no_renewals"), []
    if _is_shared(account, chart, mapping):
        return CheckFigures(why="shared_account", impossible=True), []
    currency = account.currency or chart.company.home_currency
    seen = CheckFigures(amounts={currency: account.balance}, count=1)
    if not account.balance:
        return seen, []
    return seen, [left_on_renewals(account.id, label(account), currency, account.balance)]


def _of_renewals(chart: Chart, mapping: BooksMapping) -> Account | None:
    rule = next((rule for rule in mapping.deposits if RENEWAL in rule.method), None)
    place = by_account(chart, rule.account, RENEWAL)[0] if rule else None
    if place is None:
        return None
    return next(account for account in chart.accounts if account.id == place.account)


def _is_shared(account: Account, chart: Chart, mapping: BooksMapping) -> bool:
    """Whether anything else goes to that account, by the mapping or by what the account is: other
    money, or payments that were taken back in a closed month."""
    others = [rule.account for rule in mapping.deposits if tuple(rule.method) != (RENEWAL,)]
    places = [by_account(chart, each, RENEWAL)[0] for each in others]
    if any(place is not None and place.account == account.id for place in places):
        return True
    taken_back = mapping.lines.get("reversal")
    if taken_back is not None:
        behind = {item.account_id for item in items_named(chart, taken_back.item)}
        behind |= {each.id for each in accounts_named(chart, taken_back.account)}
        if account.id in behind:
            return True
    return account.name.casefold() in _OF_ALL_MONEY


_OF_ALL_MONEY = frozenset({"undeposited funds", "petty cash"})
"""Accounts that products make for money that is under way: anything may be on them."""


def _control(
    work: Work, where: BooksId, control: Mapping[str, Decimal], notices: Sequence[Notice]
) -> CheckFigures:
    """The control accounts that the books have one of: another currency's figure is the sum of
    the documents itself, and proves nothing."""
    from_documents = {each.detail for each in notices if each.code == "control.from_documents"}
    amounts = {c: amount for c, amount in control.items() if c not in from_documents}
    totals = work.mirror.totals(where)
    count = sum(each.count for (kind, _), each in totals.items() if kind in RECEIVABLE)
    if not amounts:
        return CheckFigures(why="not_told", impossible=True)
    return CheckFigures(amounts=amounts, count=count)


def _closed(sums: MirrorSums, where: BooksId, chart: Chart) -> CheckFigures:
    locked = chart.company.locked_through
    if not chart.company.lock_known:
        return CheckFigures(why="lock_unknown", impossible=True)
    if locked is None:
        return CheckFigures(why="no_closed_period")
    return CheckFigures(count=sums.dated_until(where, locked))


def _totals(
    rows: Iterable[tuple[tuple[str, str], MirrorTotal]], *, open_ones: bool = False
) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for (_, currency), each in rows:
        amount = each.open if open_ones else each.total
        found[currency] = found.get(currency, Decimal(0)) + amount
    return found
