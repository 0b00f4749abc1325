"""CSV sets, workbooks and single sheets of comparable apps."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.core.ledger import SnapshotFacts
from bridge.errors import Problem, SnapshotRefused
from bridge.source.deudores.mapping import DeudoresMapping
from bridge.source.deudores.package import Manifest
from bridge.source.deudores.tables import Book
from bridge.source.files.delivered import Delivered


def sheet_book(
    files: Sequence[Delivered],
    form: str,
    manifest: Manifest | None,
    loose: SnapshotFacts,
    mapping: DeudoresMapping,
) -> Book:
    """The tables found in the files. Raises SnapshotRefused."""
    raise SnapshotRefused("", [Problem(files[0].name, "has no tables.", "Deliver JSON.")])
