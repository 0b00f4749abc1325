"""Invoices that moved because we paid them, and that need not be opened on the same morning.

Each payment of ours moves its invoice's time of change, and to open each of them would be a call
for every payment. What its listing tells is the same; an edit that hides behind the payment could
only have changed its lines and remarks. Lines say which account the money is on, so such an edit
moves two accounts' balances, and those come with the chart: where no two have moved that our own
documents do not explain, no money was moved. Remarks are seen when its turn comes.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.books import Chart, CreditNote, Invoice, Kind, Sale
from bridge.pipeline.as_opened import moved
from bridge.pipeline.standing import keep_standing, standing_of
from bridge.store import Store, Work
from bridge.store.mirror_sums import MirrorSums
from bridge.systems.base import AccountingReader, books_of

_FEW = 20
"""So many are opened without looking at any balance."""
_SIGN = {Kind.INVOICE: -1, Kind.CREDIT_NOTE: 1, Kind.SALE: -1}
"""What a line does to its account, debit-positive."""
ZERO = Decimal(0)


def left_for_later(
    store: Store, system: AccountingReader, paid_by_us: Mapping[str, str]
) -> set[str]:
    """Ids of the invoices that are not opened today; `paid_by_us` are those that moved because we
    paid them, with the version to which they moved."""
    part = system.in_part
    if part is None:
        return set()
    with store.read() as work:
        standing = standing_of(work, system)
        assert standing is not None, "books are read in part only after a full reading"
        waiting = {
            each.external_id: each.version
            for each in moved(work, system)
            if each.kind is Kind.INVOICE
            and not each.whole
            and each.version
            in (paid_by_us.get(each.external_id), standing.unopened.get(each.external_id))
        }
    later, beside, today = {}, None, part.today()
    if len(waiting) > _FEW:
        chart = system.chart()
        with store.read() as work:
            beside = _beside_lines(work, system, chart)
        period = 2 * part.every_days
        if standing.beside is not None and _is_quiet(standing.beside, beside):
            last = standing.opened_on or today
            later = {k: v for k, v in waiting.items() if not _is_due(k, period, last, today)}
    with store.begin() as work:
        fresh = {"unopened": later, "beside": beside, "opened_on": today}
        keep_standing(work, system, msgspec.structs.replace(standing, **fresh))
    return set(later)


def _is_due(external_id: str, period: int, last: date, today: date) -> bool:
    """True where its turn came since the last time: each has one in so many days."""
    turn = zlib.crc32(external_id.encode()) % period
    return any(day % period == turn for day in range(last.toordinal() + 1, today.toordinal() + 1))


def _is_quiet(before: Mapping[str, Decimal], now: Mapping[str, Decimal]) -> bool:
    """True where at most one account moved: an edit of lines moves two."""
    return sum(1 for each in {*before, *now} if before.get(each) != now.get(each)) <= 1


def _beside_lines(work: Work, system: AccountingReader, chart: Chart) -> dict[str, Decimal]:
    """Account → its balance without the lines of our documents, of those that a line may be on: not
    where money comes in, and not expenses, unless an item has them."""
    where, lines = books_of(system), dict[str, Decimal]()
    for kind, sign in _SIGN.items():
        for _, binding in work.bindings.live(where, kind):
            document = binding.document
            assert isinstance(document, Invoice | CreditNote | Sale), binding.reference
            for line in document.lines:
                amount = sign * line.amount * (document.rate or 1)
                lines[line.account] = lines.get(line.account, ZERO) + amount
    money = MirrorSums.on(work).by_deposit(where)
    deposits = {account for account, _ in money}
    on_items = {item.account_id for item in chart.items} | set(lines)
    return {
        account.id: account.balance - lines.get(account.id, ZERO)
        for account in chart.accounts
        if account.role != "receivable"
        and (
            account.id in on_items
            or (
                account.role != "bank"
                and account.classification != "expense"
                and account.id not in deposits
            )
        )
    }
