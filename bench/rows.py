"""The rows by name, and how one is run in a process of its own.

    python -m bench.rows NAME SIZE FOLDER

prints a row's lines as JSON; SIZE is JSON too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench import (
    books_rows,
    growth_rows,
    ledger_rows,
    mornings_rows,
    posting_rows,
    reading_rows,
    rivals_rows,
    start_rows,
)
from bench.figures import Line, Size

Row = Callable[[Size, Path], list[Line]]

LARGE_LEDGER = ("ingest", "unchanged", "plan")
"""Rows that share a folder: the first leaves the store that the others work on."""

ROWS: dict[str, Row] = {
    "start": start_rows.starting,
    "ingest": ledger_rows.ingest,
    "unchanged": ledger_rows.unchanged,
    "plan": ledger_rows.planning,
    "local": posting_rows.local_single,
    "local-batches": posting_rows.local_batches,
    "posting": posting_rows.posting_single,
    "backfill": posting_rows.posting_batches,
    "xero": posting_rows.posting_xero,
    "zoho": posting_rows.posting_zoho,
    "rivals": rivals_rows.beside_rivals,
    "reconcile": books_rows.reconciling,
    "mornings": mornings_rows.mornings,
    "growth": growth_rows.growing,
    "reading": reading_rows.reading,
}


def main() -> None:
    name, size, folder = sys.argv[1:]
    lines = ROWS[name](msgspec.json.decode(size, type=Size), Path(folder))
    print(msgspec.json.encode(lines).decode())


if __name__ == "__main__":
    main()
