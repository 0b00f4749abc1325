"""Rows that differ as items that add up: ledger, documents and control account.

    ledger − control account
        = (ledger − documents) + (documents − books) + (books − control account)

The first bracket is what the bridge has not posted (holds, entries in the outbox), the second what
the books hold otherwise than posted or beside it, the third what no document accounts for. Every
function here turns one row into items with exactly the amount of its effect, so that what is left
over in a bracket is a remainder that nobody has explained, and is reported as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from msgspec.structs import replace

from bridge.core.books import Account, ControlEntry, Document, Kind, PostedDocument, Sale, Status
from bridge.core.change.lines_alike import Difference
from bridge.core.change.matching import differences, drift
from bridge.core.delivery import Binding, Operation, State
from bridge.core.loan.standing import receivable
from bridge.core.message import Detail
from bridge.core.plan import Hold
from bridge.core.tie_out.causes import ROW_ACTIONS
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.patience import GIVEN_UP, IF_ARRIVED, IF_FOUND
from bridge.core.tie_out.reconciliation import Notice

RECEIVABLE = {Kind.INVOICE: 1, Kind.CREDIT_NOTE: -1, Kind.RECEIPT: -1}
"""Kind → what one unit of its total does to the receivable account. Others leave it alone."""


effect = receivable
"""What the document does to what customers owe."""


def effect_in_books(posted: PostedDocument) -> Decimal:
    """The effect on receivables of a document as the books hold it; zero once voided or deleted."""
    if posted.status is not Status.LIVE:
        return Decimal(0)
    return posted.total * RECEIVABLE.get(posted.kind, 0)


HOLD_ACTIONS = {
    **ROW_ACTIONS,
    "books.accepted": "none",
    "books.decimals": "raise_decimals",
    "books.drifted": "decide_correction",
    "books.lookalike": "decide_likeness",
    "books.no_credit": "find_bank",
    "books.period_closed": "open_period",
    "books.stamped": "offset_stamped",
    "books.tombstoned": "enter_again_or_remove",
    "books.unanswered": "none",
    "cutover.back_dated": "decide_back_dated",
    "cutover.credit": "book_credit",
    "cutover.paid_before": "none",
    "interest.not_due": "none",
    "loan.held": "fix_source",
    "policy.overpayment": "decide_overpayment",
    "rate.missing": "add_rate",
    "recovery.income": "none",
    "run.undone": "resume_sync",
    "write_off.paid": "none",
}
"""What to do about a hold; for every other code the ledger's row is to be set right."""


def held(hold: Hold, loan: str) -> Item:
    """The item for something that the ledger has and the books do not get yet."""
    return Item(
        kind=ItemKind.HELD,
        currency=hold.currency,
        amount=hold.amount,
        worth=hold.worth,
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
    State.DRIFTED: (ItemKind.PENDING, "outbox.drifted", "decide_correction"),
    State.DROPPED: (ItemKind.PENDING, "outbox.dropped", "decide_dropped"),
}


def in_the_books(operation: Operation, document: Document, bound: Binding | None) -> bool:
    """Whether the binding already says what the write wanted (it reached the books)."""
    if bound is None:
        return False
    if operation is Operation.VOID:
        return bound.voided
    return not (bound.voided or bound.restore) and bound.document == document


def arrived(
    operation: Operation,
    document: Document,
    now: PostedDocument | None,
    links: Mapping[str, str],
) -> bool:
    """Whether the books hold what a correction wants, although nobody confirmed it."""
    if operation is Operation.VOID:
        return now is None or now.status is not Status.LIVE
    return now is not None and not differences(document, now, links)


def waiting(
    state: State,
    operation: Operation,
    document: Document,
    *,
    bound: Binding | None = None,
    found: PostedDocument | None = None,
    reached: bool = False,
    code: str = "",
    detail: Detail = "",
) -> tuple[list[Item], list[Decimal]]:
    """Items of a write that is not settled, and the part of each that is not posted.

    `bound` is what the write corrects or takes back. `found` is what the books hold of it although
    no write of ours was confirmed, `reached` says that the write did arrive; then what they hold
    counts against the amount, not what we posted before.
    """
    kind, cause, action = GIVEN_UP.get((state, code), _WAITING[state])
    before = effect(bound.document) if bound and not bound.voided else Decimal(0)
    after = Decimal(0) if operation is Operation.VOID else effect(document)
    in_books = before
    if found or reached:
        in_books = effect_in_books(found) if found else Decimal(0)
        cause = "outbox.found"
        action = (IF_ARRIVED.get(state) if reached else IF_FOUND.get(action)) or "run_sync"
    item = Item(
        kind=kind,
        currency=document.currency,
        amount=after - in_books,
        worth=document.total if isinstance(document, Sale) else Decimal(0),
        reference=document.reference,
        external_id=found.external_id if found else bound.external_id if bound else "",
        document=document.kind.value,
        ledger=operation.value,
        books=f"{found.total:f}" if found else "",
        cause=cause,
        action=action,
        detail=detail,
        loan=document.loan,
    )
    if bound is None or not before or bound.document.currency == document.currency:
        return [item], [after - before]
    # The correction changes the currency: a line for each.
    there = found is not None or reached
    here = _replace(item, after - in_books if there else after)
    old = _replace(item, Decimal(0) if there else -before, bound.document.currency)
    return [here, old], [after, -before]


def compared(binding: Binding, now: PostedDocument | None, links: Mapping[str, str]) -> list[Item]:
    """Items of a live bound document against what the books hold now (None: it is not there).

    Empty when both say the same. The amount stands in the line of the total, and in a line for
    each currency when the currency itself was changed. What a person accepted is told only where
    it moves an amount.
    """
    document = binding.document
    ours = effect(document)
    if binding.is_gone and (now is None or now.status is not Status.LIVE):
        return [_gone(binding, ItemKind.ACCEPTED, "books.accepted", ours)] if ours else []
    if now is None:
        return [_gone(binding, ItemKind.MISSING, "books.absent", ours)]
    if now.status is not Status.LIVE:
        cause = "books.deleted" if now.status is Status.DELETED else "books.voided"
        return [_gone(binding, ItemKind.TOMBSTONED, cause, ours)]
    wrong = differences(document, now, links)
    by_hand = _by_hand(binding, now, wrong)
    edited = {difference.field for difference in by_hand}
    items = [_edited(binding, d) for d in by_hand]
    items += [_mismatched(binding, d) for d in wrong if d.field not in edited]
    told = _with_amounts(items, binding, ours, now)
    return [item for item in told if item.kind is not ItemKind.ACCEPTED or item.amount]


def unbound(
    posted: PostedDocument, ours: bool, taken_back: bool = False, *, borrower: bool = False
) -> Item:
    """A document of the books without a live binding: ours by its number, one that we had taken
    back, or somebody else's. A draft counts for nothing, and blocks its number.

    `borrower` says that it is about a customer of ours: what is booked on a borrower by hand, the
    ledger will want to book too, and its last payment then finds nothing left to settle.
    """
    cause, action = ("books.by_hand", "none")
    if borrower:
        cause, action = "books.by_hand_on_borrower", "say_what_it_is"
    if ours:
        cause, action = "reference.unknown", "void_or_renumber"
    if taken_back:
        cause, action = "books.not_void", "void_again"
    amount = -effect_in_books(posted)
    if posted.status is Status.DRAFT:
        cause, action, amount = "books.draft", "delete_draft", Decimal(0)
    return Item(
        kind=ItemKind.ORPHANED if ours or taken_back else ItemKind.FOREIGN,
        currency=posted.currency,
        amount=amount,
        reference=posted.number,
        external_id=posted.external_id,
        document=posted.kind.value,
        books=f"{posted.total:f}",
        cause=cause,
        action=action,
    )


def foreign_rest(currency: str, count: int, effect_sum: Decimal, *, borrower: bool = False) -> Item:
    """One line for the documents by hand that are not listed one by one."""
    return Item(
        kind=ItemKind.FOREIGN,
        currency=currency,
        amount=-effect_sum,
        cause="list.more",
        action="say_what_it_is" if borrower else "none",
        count=count,
    )


def never_read(currency: str, count: int, effect_sum: Decimal) -> Item:
    """The item for what the books hold while no ledger was ever read: nobody can say whose it
    is."""
    return Item(
        kind=ItemKind.REMAINDER,
        currency=currency,
        amount=-effect_sum,
        cause="ledger.never_read",
        action="run_sync_now",
        count=count,
    )


def by_journal(entry: ControlEntry, *, others: bool = False) -> Item:
    """A journal entry on the receivable account, with no document behind it. `others` says that it
    names customers, and none of ours: the company's own business."""
    return Item(
        kind=ItemKind.FOREIGN,
        currency=entry.currency,
        amount=-entry.amount,
        reference=entry.number,
        external_id=entry.external_id,
        document=entry.kind.value,
        field="day",
        books=entry.day.isoformat(),
        cause="control.journal",
        action="none" if others else "explain_journal",
    )


HALF_A_CENT = Decimal("0.005")


def rounded(currency: str, amount: Decimal) -> Item:
    """The item for rounding on a receivable account that holds foreign documents in home
    currency."""
    return Item(
        kind=ItemKind.FOREIGN,
        currency=currency,
        amount=amount,
        cause="control.rounding",
        action="none",
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
    """The edits since we posted, but for those that brought a field to what the ledger says."""
    if binding.posted is None:
        return []
    still_wrong = {difference.field for difference in wrong}
    return [
        difference
        for difference in drift(binding.posted, now)
        if difference.field in still_wrong or difference.field not in _ALWAYS_TOLD
    ]


_ALWAYS_TOLD = frozenset({"name", "day", "due", "total", "currency", "customer"})


def _gone(binding: Binding, kind: ItemKind, cause: str, amount: Decimal) -> Item:
    document = binding.document
    return Item(
        kind=kind,
        currency=document.currency,
        amount=amount,
        reference=document.reference,
        external_id=binding.external_id,
        document=document.kind.value,
        field="status",
        ledger=Status.LIVE.value,
        books={"books.voided": Status.VOIDED, "books.deleted": Status.DELETED}.get(cause, ""),
        cause=cause,
        action="none" if kind is ItemKind.ACCEPTED else "enter_again_or_remove",
        loan=document.loan,
    )


def _edited(binding: Binding, difference: Difference) -> Item:
    return _line(binding, difference, ItemKind.DRIFTED, "books.edited", "put_right")


def _mismatched(binding: Binding, difference: Difference) -> Item:
    if binding.accepted:
        return _line(binding, difference, ItemKind.ACCEPTED, "books.accepted", "none")
    return _line(binding, difference, ItemKind.MISMATCHED, "posting.differs", "look_closer")


def _line(
    binding: Binding, difference: Difference, kind: ItemKind, cause: str, action: str
) -> Item:
    document = binding.document
    return Item(
        kind=kind,
        currency=document.currency,
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
    currency = binding.document.currency
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
