"""Which receipt settles which invoice: oldest due first, and what was applied stays applied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from bridge.core.books import (
    Application,
    CreditApplication,
    Document,
    Invoice,
    Receipt,
)

ZERO = Decimal(0)


class Allocator:
    """The open amounts of one loan's invoices while its receipts are applied one by one."""

    def __init__(self, *, extends: bool = True, locked: date | None = None) -> None:
        """`extends`: whether the unapplied rest of a posted receipt may be applied later; one of
        the period that is closed through `locked` never is."""
        self._open: dict[str, Decimal] = {}
        self._kept: dict[str, tuple[Application, ...]] = {}
        self._extends = extends
        self._locked = locked
        self._fixed: set[str] = set()
        self._closed: frozenset[str] = frozenset()

    def open_invoices(
        self, invoices: Iterable[Invoice], closed: frozenset[str] = frozenset()
    ) -> None:
        """`closed`: those of them to which nothing new is applied."""
        self._closed = closed
        for invoice in sorted(
            invoices, key=lambda i: (i.due, i.day, len(i.reference), i.reference)
        ):
            self._open[invoice.reference] = invoice.total

    def keep(self, documents: Iterable[Document]) -> None:
        """Posted receipts and credit applications keep what they were applied to.

        Applications to invoices that are no longer there are let go. What is kept already, is.
        """
        for document in documents:
            if not isinstance(document, Receipt | CreditApplication):
                continue
            if document.reference in self._kept:
                continue
            kept: list[Application] = []
            for application in document.applications:
                amount = min(application.amount, self._open.get(application.invoice, ZERO))
                if amount > 0:
                    self._open[application.invoice] -= amount
                    kept.append(Application(application.invoice, amount))
            self._kept[document.reference] = tuple(kept)
            if not self._extends or (self._locked is not None and document.day <= self._locked):
                self._fixed.add(document.reference)

    def apply(self, reference: str, amount: Decimal) -> tuple[Application, ...]:
        """Apply so much to what is open, on top of what this document has been applied to."""
        applied = {a.invoice: a.amount for a in self._kept.get(reference, ())}
        rest = amount - sum(applied.values(), ZERO)
        if reference in self._fixed:
            rest = ZERO
        for invoice, still_open in self._open.items():
            taken = min(rest, still_open)
            if taken <= 0 or invoice in self._closed:
                continue
            applied[invoice] = applied.get(invoice, ZERO) + taken
            self._open[invoice] -= taken
            rest -= taken
        return tuple(Application(invoice, taken) for invoice, taken in applied.items())

    def give_back(self, applications: Iterable[Application]) -> None:
        for application in applications:
            self._open[application.invoice] += application.amount
