"""The rows by name, and how one is run in a process of its own.

    python -m bench.rows NAME SIZE FOLDER

prints a row's lines as JSON; SIZE is JSON too.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench import (
    books_rows,
    growth_rows,
    ledger_rows,
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
    "growth": growth_rows.growing,
    "reading": reading_rows.reading,
}

_ROOT = Path(__file__).parents[1]


class RowFailed(Exception):
    """A row ended without figures."""


def in_own_process(name: str, size: Size, folder: Path) -> list[Line]:
    """The row's lines; memory is then its own. Raises RowFailed with what it said."""
    command = [sys.executable, "-m", "bench.rows", name, msgspec.json.encode(size).decode()]
    done = subprocess.run(
        [*command, str(folder)], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RowFailed(f"{name}:\n{done.stderr}")
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=list[Line])


def main() -> None:
    name, size, folder = sys.argv[1:]
    lines = ROWS[name](msgspec.json.decode(size, type=Size), Path(folder))
    print(msgspec.json.encode(lines).decode())


if __name__ == "__main__":
    main()
