"""Which receipt settles which invoice: day by day, oldest due first, and what is applied stays.

A receipt, or the use of a credit note, settles what is open on its own day, and with what it leaves
over what comes later, on the day on which it comes. So it makes no difference whether the rows of a
loan arrive one by one or all at once. What is posted is kept first: a row that arrives late, with a
day from before another that is applied, finds open what that one has left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.books import (
    Application,
    CreditApplication,
    Document,
    Invoice,
    Receipt,
)
from bridge.core.loan import lending
from bridge.core.mapping.rounding import Rounding

ZERO = Decimal(0)


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt, or the use of a credit note, that is to settle something."""

    reference: str
    day: date
    """The ledger's."""
    total: Decimal
    whole: bool = False
    """Whether it waits for a day on which all of it finds something to settle."""
    same_day: bool = False
    """Whether it settles what is open on its own day and nothing that comes later."""


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """The split of payments between a loan's interest and the rest, where interest has invoices of
    its own: of `total`, `interest` is interest (FACTS L2)."""

    total: Decimal
    interest: Decimal
    invoices: frozenset[str]
    """References of the loan's own invoices."""
    of_interest: frozenset[str]
    """Those of them that are for interest."""
    rounding: Rounding


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The rules by which receipts and credits of one loan are applied."""

    extends: bool = True
    """Whether the unapplied rest of a posted receipt may be applied later."""
    locked: date | None = None
    """Last day of the closed period: what is posted in it is applied to nothing more."""
    dated_uses: bool = False
    """Whether the books date such uses by themselves: then the rest of what is posted in the closed
    period may be applied to invoices posted after it."""
    share: Share | None = None


AS_USUAL = Terms()


class Allocation(msgspec.Struct, frozen=True, kw_only=True):
    """The applications of one loan's receipts and credits."""

    uses: Mapping[str, tuple[Application, ...]]
    """Receipt, or use of a credit note → which invoices it settles, and with how much."""
    days: Mapping[str, date]
    """Invoice → the ledger's day of it."""

    def applied(self, reference: str) -> tuple[Application, ...]:
        """The applications of a document: which invoice it settles, and with how much."""
        return self.uses.get(reference, ())

    def is_later(self, invoice: str, day: date) -> bool:
        """Whether the invoice is dated after that day."""
        return self.days[invoice] > day


def allocate(
    invoices: Iterable[Invoice],
    *,
    kept: Iterable[Document] = (),
    asked: Sequence[Asking] = (),
    at_last: Iterable[tuple[str, Decimal]] = (),
    shut: frozenset[str] = frozenset(),
    terms: Terms = AS_USUAL,
) -> Allocation:
    """The applications of receipts and credits to these invoices.

    `kept` are posted receipts and uses of credit: they keep what they were applied to, as far as
    the invoice is still there. `asked` are applied day by day, in their own order on each day.
    `at_last` are pairs of a reference and an amount that are applied to whatever is left open then.
    To the invoices in `shut` nothing new is applied.
    """
    open_ones = _Open(invoices, shut, terms)
    for document in kept:
        if isinstance(document, Receipt | CreditApplication):
            open_ones.keep(document)
    open_ones.settle(asked)
    for reference, amount in at_last:
        open_ones.apply(reference, amount)
    uses = {
        reference: tuple(Application(invoice, amount) for invoice, amount in pairs.items())
        for reference, pairs in open_ones.applied.items()
    }
    return Allocation(uses=uses, days=open_ones.days)


class _Open:
    """The open amounts of one loan's invoices: the tally that `allocate` fills."""

    def __init__(self, invoices: Iterable[Invoice], shut: frozenset[str], terms: Terms) -> None:
        self.days: dict[str, date] = {}
        self.applied: dict[str, dict[str, Decimal]] = {}
        self._open: dict[str, Decimal] = {}
        self._paid: dict[str, Decimal] = {}
        self._after: dict[str, date] = {}
        self._posted_on: dict[str, date] = {}
        self._fixed: set[str] = set()
        self._shut = shut
        self._terms = terms
        for invoice in sorted(invoices, key=_oldest_due_first):
            self._open[invoice.reference] = invoice.total
            self.days[invoice.reference] = invoice.dated or invoice.day
            self._posted_on[invoice.reference] = invoice.day

    def keep(self, document: Receipt | CreditApplication) -> None:
        """Give a posted document what it was applied to when it was posted. Applications to
        invoices that are no longer there are let go; a document counts once."""
        if document.reference in self.applied:
            return
        self.applied[document.reference] = {}
        for application in document.applications:
            amount = min(application.amount, self._open.get(application.invoice, ZERO))
            self._apply(document.reference, application.invoice, amount)
        locked = self._terms.locked
        is_closed = locked is not None and document.day <= locked
        if is_closed and self._terms.dated_uses:
            assert locked is not None
            self._after[document.reference] = locked
        if not self._terms.extends or (is_closed and not self._terms.dated_uses):
            self._fixed.add(document.reference)

    def settle(self, asked: Sequence[Asking]) -> None:
        """Apply these receipts and credits day by day, in their own order on each day."""
        days = {each.day for each in asked} | set(self.days.values())
        left = sorted(asked, key=lambda each: each.day)
        waiting: list[Asking] = []
        for day in sorted(days):
            while left and left[0].day == day:
                waiting.append(left.pop(0))
            for each in waiting if waiting and self._is_open(day) else ():
                self._take(each, day)
            waiting = [e for e in waiting if self._rest(e) > 0 and not e.same_day]

    def apply(self, reference: str, amount: Decimal) -> None:
        """Apply this amount of a document to any open invoice, on top of its earlier
        applications."""
        day = max(self.days.values(), default=date.min)
        self._take(Asking(reference=reference, day=day, total=amount), day)

    def _is_open(self, day: date) -> bool:
        return any(amount > 0 for _, amount in self._payable(day))

    def _payable(self, day: date, after: date = date.min) -> list[tuple[str, Decimal]]:
        """The invoices that may be settled on that day and their open amounts, oldest due first;
        with `after`, only those posted later than that."""
        return [
            (invoice, amount)
            for invoice, amount in self._open.items()
            if amount > 0
            and self.days[invoice] <= day
            and self._posted_on[invoice] > after
            and invoice not in self._shut
        ]

    def _rest(self, asking: Asking) -> Decimal:
        if asking.reference in self._fixed:
            return ZERO
        return asking.total - sum(self.applied.get(asking.reference, {}).values(), ZERO)

    def _take(self, asking: Asking, day: date) -> None:
        """Apply the rest of a receipt or credit to the invoices that are open on that day."""
        rest = self._rest(asking)
        payable = self._payable(day, self._after.get(asking.reference, date.min))
        if asking.whole and rest > sum((amount for _, amount in payable), ZERO):
            return
        self.applied.setdefault(asking.reference, {})
        for invoice, amount in self._shared(_in_order(payable, rest), payable):
            self._apply(asking.reference, invoice, amount)

    def _shared(
        self, taken: list[tuple[str, Decimal]], payable: list[tuple[str, Decimal]]
    ) -> list[tuple[str, Decimal]]:
        """The applications of `taken`, with the loan's part of them shared between its interest and
        the rest."""
        share = self._terms.share
        if share is None:
            return taken
        own = sum((amount for invoice, amount in taken if invoice in share.invoices), ZERO)
        interest = [pair for pair in payable if pair[0] in share.of_interest]
        others = [pair for pair in payable if pair[0] in share.invoices and pair not in interest]
        if not (own and interest and others):
            return taken
        paid = sum((self._paid.get(invoice, ZERO) for invoice in share.invoices), ZERO)
        had = sum((self._paid.get(invoice, ZERO) for invoice in share.of_interest), ZERO)
        part = lending.split(share.total, share.interest, ZERO, paid + own, share.rounding) - had
        part = max(part, own - sum((amount for _, amount in others), ZERO), ZERO)
        part = min(part, own, sum((amount for _, amount in interest), ZERO))
        shared = dict(_in_order(interest, part)) | dict(_in_order(others, own - part))
        beside = {pair[0]: pair[1] for pair in taken if pair[0] not in share.invoices}
        both = shared | beside
        return [(invoice, both[invoice]) for invoice, _ in payable if invoice in both]

    def _apply(self, reference: str, invoice: str, amount: Decimal) -> None:
        if amount <= 0:
            return
        applied = self.applied[reference]
        applied[invoice] = applied.get(invoice, ZERO) + amount
        self._open[invoice] -= amount
        if not self._open[invoice]:
            del self._open[invoice]
        self._paid[invoice] = self._paid.get(invoice, ZERO) + amount


def _oldest_due_first(invoice: Invoice) -> tuple[date, date, int, str]:
    return (invoice.due, invoice.day, len(invoice.reference), invoice.reference)


def _in_order(payable: list[tuple[str, Decimal]], amount: Decimal) -> list[tuple[str, Decimal]]:
    """The amount spread over the invoices, each filled before the next."""
    taken: list[tuple[str, Decimal]] = []
    for invoice, still_open in payable:
        part = min(still_open, amount)
        if part <= 0:
            break
        taken.append((invoice, part))
        amount -= part
    return taken
