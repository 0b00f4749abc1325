"""The writes of all runs for one loan so far, and which of them still count.

The writes of an undoing run name, in their reason, the run that they take back. So a write that was
taken back is known as such, whatever came later, and so is a document that came back under another
number. Runs can be undone again and again, cut off and finished, and undone themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from bridge.core.books import Document, Transaction
from bridge.core.delivery import Operation
from bridge.core.identity import base_reference

_UNDO = "undo "


def undoing(run: str) -> str:
    """The reason of writes that take this run back."""
    return f"{_UNDO}{run}"


def undone_by(reason: str) -> str:
    """The run that a write with this reason takes back; empty for every other write."""
    return reason.removeprefix(_UNDO) if reason.startswith(_UNDO) else ""


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """A write that went through."""

    run: str
    undoes: str = ""
    """The run that this write takes back; empty for every other write."""
    operation: Operation
    document: Transaction


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A write that went through in a run and was not taken back since."""

    operation: Operation
    document: Transaction
    before: Document | None = None
    """For an update: the document as it was; None when that is not known any more."""


_Name = tuple[str, Operation, str]


def newest(reference: str, successors: Mapping[str, str]) -> str:
    """The current number of a document, however often it was voided and came back."""
    seen: set[str] = set()
    while reference in successors and reference not in seen:
        seen.add(reference)
        reference = successors[reference]
    return reference


class Past:
    """Every write that went through for one loan, in order."""

    def __init__(self, writes: Sequence[Write]) -> None:
        self._writes = writes
        self._taken_back = _taken_back(writes)
        self.successors = dict(self._come_back())
        """Reference of a document that was voided and came back → its reference since."""

    def done(self, run: str) -> list[Done]:
        """The run's writes that still stand: no later write took them back."""
        return [
            Done(operation=write.operation, document=write.document, before=self._before(number))
            for number, write in enumerate(self._writes)
            if write.run == run and _name(write) not in self._taken_back
        ]

    def later(self, run: str) -> list[Write]:
        """Writes of later runs that still stand, except those of undoing runs."""
        last = max((n for n, write in enumerate(self._writes) if write.run == run), default=-1)
        return [
            write
            for write in self._writes[last + 1 :]
            if not write.undoes and write.run != run and _name(write) not in self._taken_back
        ]

    def now(self, reference: str) -> str:
        """The current number of a document, which has a new one each time it came back after a
        void."""
        return newest(reference, self.successors)

    def _before(self, number: int) -> Document | None:
        """The document that an update replaced. None where the update put back what we had posted
        before: a person's edit in between was never known to us."""
        put = self._writes[number].document
        for write in reversed(self._writes[:number]):
            same = write.document.reference == put.reference
            if same and write.operation is not Operation.VOID:
                return None if write.document == put else write.document
        return None

    def _come_back(self) -> Iterable[tuple[str, str]]:
        for number, write in enumerate(self._writes):
            if not write.undoes or write.operation is not Operation.CREATE:
                continue
            for earlier in self._writes[:number]:
                voided = earlier.run == write.undoes and earlier.operation is Operation.VOID
                if voided and _base(earlier) == _base(write):
                    yield earlier.document.reference, write.document.reference


def _taken_back(writes: Sequence[Write]) -> set[_Name]:
    """The names of all writes that later ones took back. An undo that was itself undone takes
    nothing back."""
    found: set[_Name] = set()
    for write in reversed(writes):
        if write.undoes and _name(write) not in found:
            found.update((write.undoes, *name) for name in _answers(write))
    return found


def _answers(write: Write) -> list[tuple[Operation, str]]:
    """The writes (operation, number without generation) that an undoing write takes back: a void
    takes back a create, an update an update; a create takes back a void and, if it is a reversal,
    also the create of the document that it reverses."""
    document = write.document
    match write.operation:
        case Operation.VOID | Operation.UPDATE:
            opposite = {Operation.VOID: Operation.CREATE}.get(write.operation, write.operation)
            return [(opposite, _base(write))]
        case Operation.CREATE:
            undone = [(Operation.CREATE, base_reference(document.reverses))]
            return [(Operation.VOID, _base(write)), *(undone if document.reverses else [])]


def _name(write: Write) -> _Name:
    """The identity of a write: run, operation and base number. A run does each operation at most
    once per number."""
    return write.run, write.operation, _base(write)


def _base(write: Write) -> str:
    return base_reference(write.document.reference)
