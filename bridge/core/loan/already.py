"""The documents of one loan that are posted already: which of them count, and what undoes which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from bridge.core.books import CreditApplication, Transaction
from bridge.core.delivery import Binding
from bridge.core.identity import base_reference
from bridge.core.mapping.booking import Booking


class AlreadyPosted(msgspec.Struct, frozen=True, kw_only=True):
    """The bindings of one loan, sorted by what they mean for its next documents."""

    bindings: tuple[Binding, ...]
    """All of them, taken back ones too."""
    latest: Mapping[str, Binding]
    """Base reference → the binding of its last generation, taken back or not."""
    undone: Mapping[str, Transaction]
    """What was undone in an open period, and what undid it: none of it counts."""
    live: tuple[Binding, ...]
    """Those of a last generation whose documents are in the books and count, as far as we know."""
    earlier: tuple[Binding, ...]
    """Those of earlier generations that no reversal cancels any more: somebody deleted the
    reversal, or the document itself is gone."""
    counting: Mapping[str, Binding]
    """Base reference → live binding."""

    def bound(self, base: str) -> Binding | None:
        """The live binding of a base reference."""
        return self.counting.get(base)

    def counts(self, binding: Binding) -> bool:
        """Whether the document is in the books, and neither undone nor undoes another one."""
        return not binding.voided and binding.reference not in self.undone

    def exactly(self, full: str) -> Binding | None:
        """The live binding of a reference in this very generation."""
        found = self.counting.get(base_reference(full))
        return found if found is not None and found.reference == full else None

    def stands(self, full: str) -> bool:
        """Whether a person left this document as the books have it."""
        found = self.exactly(full)
        return found is not None and bool(found.accepted)

    def is_gone(self, full: str) -> bool:
        """Whether a person accepted that the books have this document no longer."""
        found = self.exactly(full)
        return found is not None and found.is_gone

    def without(self, gone: Iterable[Transaction]) -> AlreadyPosted:
        """A copy in which these documents count no longer."""
        more = {document.reference: document for document in gone}
        return _sorted(self.bindings, {**self.undone, **more}) if more else self


def already_posted(bound: Sequence[Binding]) -> AlreadyPosted:
    """The bindings of one loan, all of them, sorted by what they mean."""
    return _sorted(tuple(bound), undone(bound))


def undone(bound: Iterable[Binding]) -> dict[str, Transaction]:
    """Pairs of a document and its reversal, and the uses of either, by reference: neither side
    counts. If a person accepted that one of a pair was deleted, the other counts again."""
    live = [
        (b, b.document)
        for b in bound
        if not b.voided and not b.is_gone and isinstance(b.document, Transaction)
    ]
    there = {b.reference for b, _ in live}
    pairs = {
        b.reference: document
        for b, document in live
        if b.reversed_by in there or document.reverses in there
    }
    if not pairs:
        return {}
    uses = {
        b.reference: document
        for b, document in live
        if isinstance(document, CreditApplication) and document.credit_note in pairs
    }
    return pairs | uses


def counting_again(bound: Sequence[Binding]) -> Sequence[Binding]:
    """The bindings, where a document counts again if a person accepted that its reversal is
    gone."""
    gone = {binding.reference for binding in bound if binding.is_gone}
    if not gone:
        return bound
    return [
        msgspec.structs.replace(binding, reversed_by="") if binding.reversed_by in gone else binding
        for binding in bound
    ]


def closed_documents(booking: Booking, bound: Iterable[Binding]) -> list[Transaction]:
    """Live documents dated in the closed period, where the mapping says to correct them. One that a
    person left as it is gets no correction; but an application goes with its credit note, whoever
    left it."""
    locked = booking.company.locked_through
    if locked is None or booking.mapping.policies.closed_period != "adjust":
        return []
    return [
        b.document
        for b in bound
        if b.in_force
        and (not b.accepted or (isinstance(b.document, CreditApplication) and not b.is_gone))
        and isinstance(b.document, Transaction)
        and b.document.day <= locked
    ]


def _sorted(bindings: tuple[Binding, ...], undone: Mapping[str, Transaction]) -> AlreadyPosted:
    latest: dict[str, Binding] = {}
    for binding in bindings:
        base = base_reference(binding.reference)
        known = latest.get(base)
        if known is None or known.generation < binding.generation:
            latest[base] = binding
    counting = {
        base: binding
        for base, binding in latest.items()
        if not binding.voided and binding.reference not in undone
    }
    earlier: list[Binding] = []
    if len(latest) < len(bindings):
        last = {id(binding) for binding in latest.values()}
        earlier = [
            binding
            for binding in bindings
            if not binding.voided and binding.reference not in undone and id(binding) not in last
        ]
    return AlreadyPosted(
        bindings=bindings,
        latest=latest,
        undone=undone,
        live=tuple(counting.values()),
        earlier=tuple(earlier),
        counting=counting,
    )
