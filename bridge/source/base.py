"""The questions that the bridge asks of a ledger source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from bridge.core.findings import Finding
from bridge.core.ledger import Entity, ReadTable, SnapshotFacts


class Snapshot(Protocol):
    """One delivery of the ledger, already checked as a whole (manifest, hashes, sizes)."""

    facts: SnapshotFacts

    def rows(self) -> Iterator[Entity]:
        """Every row, streamed: stores, routes, collectors, borrowers, loans, instalments, then
        repayments and adjustments.

        A row that cannot be read is never dropped in silence: it is in `findings` afterwards with
        file, line and column, and makes the snapshot incomplete for its kind. Raises
        SnapshotRefused when the file as a whole turns out to be broken half-way.
        """

    def tables(self) -> list[ReadTable]:
        """The tables that were read, in the order of the delivery."""

    def findings(self) -> list[Finding]:
        """The findings about files and unreadable rows; complete once `rows` has ended."""

    def complete_after_reading(self) -> bool:
        """Whether absence means deletion, now that `rows` has ended: `facts.complete`, and every
        row could be read. A row that could not be read is not a row that is gone."""


class Source(Protocol):
    """The source that snapshots come from."""

    def snapshot(self) -> Snapshot:
        """The newest delivery. Raises SnapshotRefused with every problem, or TryLater."""
