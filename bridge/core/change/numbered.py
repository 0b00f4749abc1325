"""Documents of the books by our full references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.core.books import Kind, PostedDocument, Status
from bridge.core.change.owning import application_reference


def one_of_each(found: Sequence[PostedDocument]) -> Iterator[tuple[str, PostedDocument]]:
    """The documents by reference, without those that several live documents carry: nobody knows
    which of them is ours."""
    by_name: dict[str, list[PostedDocument]] = {}
    for name, each in _named(found):
        by_name.setdefault(name, []).append(each)
    for name, several in by_name.items():
        live = [each for each in several if each.status is Status.LIVE]
        if len(live) <= 1:
            yield name, (live or several)[0]


def _named(found: Sequence[PostedDocument]) -> Iterator[tuple[str, PostedDocument]]:
    """The documents by our full reference. The use of a credit note may have no number itself."""
    notes = {each.external_id: each.number for each in found if each.kind is Kind.CREDIT_NOTE}
    for each in found:
        if each.number:
            yield each.number, each
        elif each.credit_note_id in notes and each.status is Status.LIVE:
            yield application_reference(notes[each.credit_note_id]), each
