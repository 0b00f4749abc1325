"""One delivery of the deudores ledger, as the bridge reads it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

import msgspec

from bridge.core.findings import Finding
from bridge.core.ledger import Adjustment, Borrower, Entity, Loan, ReadTable, Repayment
from bridge.core.message import message
from bridge.errors import Problem, SnapshotRefused
from bridge.source.deudores.context import Context
from bridge.source.deudores.tables import Book
from bridge.source.files.delivered import refusing

_COUNTED: dict[type, str] = {
    Borrower: "borrowers",
    Loan: "loans",
    Repayment: "movements",
    Adjustment: "movements",
}


class DeudoresSnapshot:
    """A delivery that was checked as a whole; its rows can be read more than once."""

    def __init__(self, name: str, book: Book, context: Callable[[], Context]) -> None:
        self.facts = msgspec.structs.replace(book.facts, by_content=bool(book.weak))
        self._name = name
        self._book = book
        self._new_context = context
        self._context = context()
        self._ended = False

    def rows(self) -> Iterator[Entity]:
        """Every row, streamed. Raises SnapshotRefused when there are fewer or more rows than the
        delivery declares, or a file turns out to be broken half-way."""
        self._ended = False
        context = self._context = self._new_context()
        seen: Counter[str] = Counter()
        if self._book.weak:
            context.log.note("identity.weak", f"file:{self._name}", self._book.weak)
        types: dict[type, int] = defaultdict(int)
        for row in self._whole(context):
            types[type(row)] += 1
            yield row
        for kind, entity in _COUNTED.items():
            if types[kind]:
                seen[entity] += types[kind]
        if not seen and all(f.code != "file.nothing_read" for f in context.log.findings):
            nothing = Finding(code="file.nothing_read", subject=f"file:{self._name}")
            context.log.findings.insert(0, nothing)
        seen.update(context.log.unreadable)
        self._check_counts(seen)
        self._ended = True

    def tables(self) -> list[ReadTable]:
        """The tables that were found, and what their columns were taken for."""
        return list(self._book.tables)

    def findings(self) -> list[Finding]:
        """The findings about files and unreadable rows; complete once `rows` has ended."""
        return self._context.log.finish()

    def complete_after_reading(self) -> bool:
        """Whether absence means deletion: a complete delivery, read to its end, every row."""
        return self._ended and self.facts.complete and self.unreadable == 0

    @property
    def unreadable(self) -> int:
        """Rows that could not be read."""
        return sum(self._context.log.unreadable.values())

    def _whole(self, context: Context) -> Iterator[Entity]:
        with refusing(self._name):
            yield from self._book.rows(context)

    def _check_counts(self, seen: Counter[str]) -> None:
        problems = [
            Problem(
                f"{self._name}, {kind}",
                message("refused_declared", number=seen[kind], before=count),
                message("mend_by_exporting"),
            )
            for kind, count in sorted(self.facts.declared_counts.items())
            if seen[kind] != count
        ]
        if problems:
            raise SnapshotRefused(message("untrusted", problem=problems[0].told), problems)
