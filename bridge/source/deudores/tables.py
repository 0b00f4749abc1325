"""The tables that every form of the ledger is turned into: tables of cells, in the order of their
fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from bridge.core.ledger import Entity, LoanKind, ReadTable, SnapshotFacts
from bridge.core.message import Detail
from bridge.source.deudores.context import Cell, Context
from bridge.source.deudores.survey import Survey

NumberedCells = Iterator[tuple[int, tuple[Cell, ...]]]


class Table(Protocol):
    """One kind of rows of a delivery."""

    @property
    def file(self) -> str:
        """The file, or file and sheet, of the row that was read last."""

    @property
    def kind(self) -> str:
        """Which of the ledger's tables it is."""

    @property
    def headings(self) -> dict[str, str]:
        """Field → heading as written, for the fields that the table has."""

    @property
    def said_kind(self) -> LoanKind | None:
        """Money lent or goods sold, where the sheet as a whole says which."""

    def cells(self, context: Context) -> NumberedCells:
        """Line and cells of each row, in the order of the kind's fields."""

    def survey(self, context: Context) -> Survey:
        """A first look at the rows: how amounts are written, and in which order day and month."""


class Book(Protocol):
    """A delivery whose form is understood: it knows its facts and yields its rows."""

    facts: SnapshotFacts
    weak: Detail
    """Why its identities are weak; empty when they are the ledger's own."""

    @property
    def tables(self) -> Sequence[ReadTable]:
        """Each table that was found, and what its columns were taken for."""

    def rows(self, context: Context) -> Iterator[Entity]:
        """Every row, in the order of the port."""
