"""The result that each stage gives: documents, and what goes with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from bridge.core.books import Transaction
from bridge.core.delivery import Binding
from bridge.core.plan import Hold


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """Documents in posting order, with the holds, questions and notes that go with them."""

    documents: tuple[Transaction, ...] = ()
    holds: tuple[Hold, ...] = ()
    """What cannot be posted now."""
    asked: tuple[Hold, ...] = ()
    """Questions about documents that a person left as the books have them."""
    noted: tuple[Binding, ...] = ()
    """Bindings to be written down anew, with what that person has now seen."""
    let_go: tuple[Transaction, ...] = ()
    """Posted documents that count no longer, because what they belong to is undone."""


NONE = Made()


def made_together(parts: Iterable[Made]) -> Made:
    """The parts as one, in their order."""
    there = [part for part in parts if part is not NONE]
    if len(there) < 2:
        return there[0] if there else NONE
    documents: list[Transaction] = []
    holds: list[Hold] = []
    asked: list[Hold] = []
    noted: list[Binding] = []
    let_go: list[Transaction] = []
    for part in there:
        documents += part.documents
        holds += part.holds
        asked += part.asked
        noted += part.noted
        let_go += part.let_go
    return Made(
        documents=tuple(documents),
        holds=tuple(holds),
        asked=tuple(asked),
        noted=tuple(noted),
        let_go=tuple(let_go),
    )


class Paid(msgspec.Struct, frozen=True):
    """The payment that a receipt is of."""

    row: str
    first: int = 0
    """Where the receipt is still to be split into parts: the number of the first one; else 0."""


class Credits(msgspec.Struct, frozen=True, kw_only=True):
    """The receipts and credits of one loan, not yet applied to its invoices."""

    made: Made = NONE
    paid: Mapping[str, Paid] = {}
    """Receipt → its payment."""
    staying: frozenset[str] = frozenset()
    """Posted receipts and uses of credit that will still be there after this plan."""


def joined(parts: Iterable[Credits]) -> Credits:
    """The parts as one, in their order."""
    there = list(parts)
    paid: dict[str, Paid] = {}
    for part in there:
        paid.update(part.paid)
    return Credits(made=made_together(part.made for part in there), paid=paid)
