"""From rows that differ to items that add up: ledger, documents and control account.

    ledger − control account
        = (ledger − documents) + (documents − books) + (books − control account)

The first bracket is what the bridge has not posted (holds, entries in the outbox), the second what
the books hold otherwise than posted or beside it, the third what no document accounts for. Every
function here turns one row into items with exactly the amount of its effect, so that what is left
over in a bracket is a remainder that nobody has explained, and is reported as one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from msgspec.structs import replace

from bridge.core.books import (
    Account,
    CreditNote,
    Document,
    Invoice,
    Kind,
    PostedDocument,
    Receipt,
    Status,
)
from bridge.core.delivery import Binding, Operation, State
from bridge.core.matching import Difference, differences, drift
from bridge.core.plan import Hold
from bridge.core.reconciliation import COUNTED, Item, ItemKind, Notice, TieOut, in_order

LISTED = 1000
"""Items listed of one kind and currency; the rest is summed in one closing line."""

RECEIVABLE = {Kind.INVOICE: 1, Kind.CREDIT_NOTE: -1, Kind.RECEIPT: -1}
"""Kind → what one unit of its total does to the receivable account. Others leave it alone."""


def effect(document: Document) -> Decimal:
    """What the document does to what customers owe."""
    if isinstance(document, Invoice | CreditNote | Receipt):
        return document.total * RECEIVABLE[document.kind]
    return Decimal(0)


def effect_in_books(posted: PostedDocument) -> Decimal:
    """The same for a document as the books hold it; nothing once voided or deleted."""
    if posted.status is not Status.LIVE:
        return Decimal(0)
    return posted.total * RECEIVABLE.get(posted.kind, 0)


class Tally:
    """Adds items up as they stream by; memory follows what is listed, not what there is."""

    def __init__(self, listed: int = LISTED) -> None:
        self._listed = listed
        self._items: list[Item] = []
        self._seen: Counter[tuple[ItemKind, str]] = Counter()
        self._rest: dict[tuple[ItemKind, str], tuple[int, Decimal, Item]] = {}
        self._not_posted: dict[str, Decimal] = defaultdict(Decimal)
        self._in_books: dict[str, Decimal] = defaultdict(Decimal)
        self.counts: Counter[str] = Counter()

    def add(self, items: Iterable[Item], not_posted: Decimal = Decimal(0)) -> None:
        """Take the items of one document. `not_posted` is the part of their amount that lies
        between the ledger and what we posted; the rest lies between that and the books."""
        first = True
        for item in items:
            self.counts[item.kind.value] += item.count if first else 0
            part = not_posted if first else Decimal(0)
            self._not_posted[item.currency] += part
            self._in_books[item.currency] += item.amount - part
            self._keep(item)
            first = False

    def add_hold(self, hold: Hold, loan: str) -> None:
        self.add([held(hold, loan)], not_posted=hold.amount)

    def tie(self, currency: str, ledger: Decimal, documents: Decimal, control: Decimal) -> TieOut:
        """The figures of one currency; what is left in a bracket becomes a remainder item."""
        not_posted, in_books = self._not_posted[currency], self._in_books[currency]
        self._remainder(currency, ledger - documents - not_posted, "ledger.not_planned", "run_sync")
        unaccounted = documents - control - in_books
        self._remainder(currency, unaccounted, "control.manual_entries", "find_entry")
        return TieOut(
            currency=currency,
            ledger=ledger,
            documents=documents,
            control_account=control,
            explained=not_posted + in_books,
        )

    def currencies(self) -> set[str]:
        return {c for c in (*self._not_posted, *self._in_books) if c}

    def items(self) -> tuple[Item, ...]:
        closing = [
            Item(
                kind=kind,
                currency=currency,
                amount=amount,
                cause="list.more",
                action=last.action,
                count=count,
            )
            for (kind, currency), (count, amount, last) in self._rest.items()
        ]
        return tuple(sorted([*self._items, *closing], key=in_order))

    def all_counts(self, bound: int) -> dict[str, int]:
        """Counts by kind; `matched` is every bound live document that nothing was said about."""
        off = ("missing", "mismatched", "drifted", "tombstoned")
        found = dict(self.counts)
        found["matched"] = bound - sum(self.counts[kind] for kind in off)
        return {kind: found.pop(kind, 0) for kind in COUNTED} | dict(sorted(found.items()))

    def _keep(self, item: Item) -> None:
        place = (item.kind, item.currency)
        self._seen[place] += 1
        if self._seen[place] <= self._listed:
            self._items.append(item)
            return
        count, amount, _ = self._rest.get(place, (0, Decimal(0), item))
        self._rest[place] = (count + item.count, amount + item.amount, item)

    def _remainder(self, currency: str, amount: Decimal, cause: str, action: str) -> None:
        if amount:
            self.counts[ItemKind.REMAINDER.value] += 1
            self._items.append(
                Item(
                    kind=ItemKind.REMAINDER,
                    currency=currency,
                    amount=amount,
                    cause=cause,
                    action=action,
                )
            )


HOLD_ACTIONS = {
    "amount.over_limit": "approve_limit",
    "books.drifted": "decide_drift",
    "books.period_closed": "open_period",
    "books.tombstoned": "accept_or_repost",
    "interest.not_due": "none",
    "loan.held": "fix_source",
    "movement.not_approved": "wait",
    "policy.overpayment": "decide_overpayment",
    "rate.missing": "add_rate",
    "recovery.income": "none",
}
"""What to do about a hold; for every other code the ledger's row is to be set right."""


def held(hold: Hold, loan: str) -> Item:
    return Item(
        kind=ItemKind.HELD,
        currency=hold.currency,
        amount=hold.amount,
        cause=hold.code,
        action=HOLD_ACTIONS.get(hold.code, "fix_source"),
        detail=hold.detail,
        subject=hold.subject,
        loan=loan,
    )


_WAITING = {
    State.PENDING: (ItemKind.PENDING, "outbox.pending", "run_sync"),
    State.SENDING: (ItemKind.IN_DOUBT, "outbox.in_doubt", "run_sync"),
    State.IN_DOUBT: (ItemKind.IN_DOUBT, "outbox.in_doubt", "run_sync"),
    State.REJECTED: (ItemKind.REJECTED, "outbox.rejected", "fix_rejected"),
    State.DRIFTED: (ItemKind.PENDING, "outbox.drifted", "decide_drift"),
}


def waiting(
    state: State,
    operation: Operation,
    document: Document,
    *,
    bound: Binding | None = None,
    found: PostedDocument | None = None,
    detail: str = "",
) -> tuple[list[Item], Decimal]:
    """Items of a write that has not reached the books, and their part that is not posted.

    `bound` is what the write corrects or takes back. `found` is a document of that reference in
    the books although no write of ours was confirmed: it counts against the amount.
    """
    kind, cause, action = _WAITING[state]
    before = effect(bound.document) if bound and not bound.voided else Decimal(0)
    after = Decimal(0) if operation is Operation.VOID else effect(document)
    in_books = effect_in_books(found) if found else Decimal(0)
    if found:
        cause, action = "outbox.found", "adopt_or_void" if kind is ItemKind.REJECTED else "run_sync"
    item = Item(
        kind=kind,
        currency=_currency(document),
        amount=after - before - in_books,
        reference=document.reference,
        external_id=found.external_id if found else bound.external_id if bound else "",
        document=document.kind.value,
        ledger=operation.value,
        books=_figure(found) if found else "",
        cause=cause,
        action=action,
        detail=detail,
        loan=document.loan,
    )
    return _moved(item, bound, before), after - before


def compared(binding: Binding, now: PostedDocument | None, links: Mapping[str, str]) -> list[Item]:
    """Items of a live bound document against what the books hold now (None: it is not there).

    Empty when both say the same. The amount stands in the line of the total, and in a line for
    each currency when the currency itself was changed.
    """
    document = binding.document
    ours = effect(document)
    if now is None:
        return [_gone(binding, ItemKind.MISSING, "books.absent", "post_again", ours)]
    if now.status is not Status.LIVE:
        cause = "books.voided" if now.status is Status.VOIDED else "books.deleted"
        item = _gone(binding, ItemKind.TOMBSTONED, cause, "accept_or_repost", ours)
        return [item]
    wrong = differences(document, now, links)
    by_hand = _by_hand(binding, now, wrong)
    edited = {difference.field for difference in by_hand}
    items = [_edited(binding, d) for d in by_hand]
    items += [_mismatched(binding, d) for d in wrong if d.field not in edited]
    return _with_amounts(items, binding, ours, now)


def unbound(posted: PostedDocument, ours: bool) -> Item:
    """A live document of the books that no binding knows, by the form of its number ours or not."""
    return Item(
        kind=ItemKind.ORPHANED if ours else ItemKind.FOREIGN,
        currency=posted.currency,
        amount=-effect_in_books(posted),
        reference=posted.number,
        external_id=posted.external_id,
        document=posted.kind.value,
        books=_figure(posted),
        cause="reference.unknown" if ours else "books.by_hand",
        action="adopt_or_void" if ours else "none",
    )


def foreign_rest(currency: str, count: int, effect_sum: Decimal) -> Item:
    """One line for the documents by hand that are not listed one by one."""
    return Item(
        kind=ItemKind.FOREIGN,
        currency=currency,
        amount=-effect_sum,
        cause="list.more",
        action="none",
        count=count,
    )


def control_accounts(
    accounts: Iterable[Account],
    home: str,
    in_books: Mapping[str, Decimal],
    open_at_home: Mapping[str, Decimal],
) -> tuple[dict[str, Decimal], list[Notice]]:
    """Balance of the receivable accounts for each currency.

    Some products keep one receivable account in home currency for all. There, a foreign currency
    is taken from the books' own documents (`in_books`), and what those have open, translated at
    the documents' rates (`open_at_home`), is taken off the account; a notice says so.
    """
    control: dict[str, Decimal] = defaultdict(Decimal)
    for account in accounts:
        if account.role == "receivable":
            control[account.currency or home] += account.balance
    notices = []
    for currency, amount in sorted(in_books.items()):
        if currency not in control and currency != home:
            control[currency] = amount
            notices.append(Notice("control.from_documents", currency))
            at_home = open_at_home.get(currency, Decimal(0))
            if at_home and home in control:
                control[home] -= at_home
                notices.append(Notice("control.home_less_foreign", currency))
    return dict(control), notices


def _by_hand(binding: Binding, now: PostedDocument, wrong: list[Difference]) -> list[Difference]:
    """What was edited since we posted, less what the edit brought to what the ledger says."""
    if binding.posted is None:
        return []
    still_wrong = {difference.field for difference in wrong}
    return [
        difference
        for difference in drift(binding.posted, now)
        if difference.field in still_wrong or difference.field not in _ALWAYS_TOLD
    ]


_ALWAYS_TOLD = frozenset({"name", "day", "due", "total", "currency", "customer"})


def _gone(binding: Binding, kind: ItemKind, cause: str, action: str, amount: Decimal) -> Item:
    document = binding.document
    return Item(
        kind=kind,
        currency=_currency(document),
        amount=amount,
        reference=document.reference,
        external_id=binding.external_id,
        document=document.kind.value,
        field="status",
        ledger=Status.LIVE.value,
        books={"books.voided": Status.VOIDED, "books.deleted": Status.DELETED}.get(cause, ""),
        cause=cause,
        action=action,
        loan=document.loan,
    )


def _edited(binding: Binding, difference: Difference) -> Item:
    return _line(binding, difference, ItemKind.DRIFTED, "books.edited", "accept_or_repost")


def _mismatched(binding: Binding, difference: Difference) -> Item:
    return _line(binding, difference, ItemKind.MISMATCHED, "posting.differs", "look_closer")


def _line(
    binding: Binding, difference: Difference, kind: ItemKind, cause: str, action: str
) -> Item:
    document = binding.document
    return Item(
        kind=kind,
        currency=_currency(document),
        reference=document.reference,
        external_id=binding.external_id,
        document=document.kind.value,
        field=difference.field,
        ledger=difference.ours,
        books=difference.theirs,
        cause=cause,
        action=action,
        loan=document.loan,
    )


def _with_amounts(
    items: list[Item], binding: Binding, ours: Decimal, now: PostedDocument
) -> list[Item]:
    """Put the document's effect on the difference into the line it belongs to."""
    theirs = effect_in_books(now)
    currency = _currency(binding.document)
    same_currency = now.currency in {"", currency} or not theirs
    delta = ours - theirs if same_currency else ours
    if not delta and same_currency:
        return items
    place = "total" if same_currency else "currency"
    if not any(item.field == place for item in items):
        items.append(_mismatched(binding, Difference(place, f"{ours:f}", f"{theirs:f}")))
    items.sort(key=lambda item: item.field != place)
    items[0] = _replace(items[0], delta)
    if not same_currency:
        items.insert(1, _replace(items[0], -theirs, now.currency))
    return items


def _replace(item: Item, amount: Decimal, currency: str = "") -> Item:
    return replace(item, amount=amount, currency=currency or item.currency)


def _moved(item: Item, bound: Binding | None, before: Decimal) -> list[Item]:
    """Two lines when a correction also changes the currency: one for each."""
    if bound is None or not before or _currency(bound.document) == item.currency:
        return [item]
    return [
        _replace(item, item.amount + before),
        _replace(item, -before, _currency(bound.document)),
    ]


def _currency(document: Document) -> str:
    return document.currency


def _figure(posted: PostedDocument) -> str:
    return f"{posted.total:f}"
