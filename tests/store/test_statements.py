"""A statement is made into SQL once in a process, however many databases are opened."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bridge.store import Store
from bridge.store.engine import STATEMENTS


def made(folder: Path) -> set[object]:
    """The statements that had to be made into SQL for a state that is asked something."""
    with closing(Store.open(f"sqlite:///{folder}/state.db")) as store, store.read() as work:
        before = set(STATEMENTS)
        work.findings.all()
        work.ledger.totals()
        return set(STATEMENTS) - before


def test_the_next_database_is_asked_with_the_statements_of_the_first(tmp_path: Path) -> None:
    STATEMENTS.clear()
    assert made(tmp_path / "first")
    assert made(tmp_path / "second") == set()
