"""Nothing is looked for by going through everything, whatever SQLite knows of the tables' sizes.

A statement that goes through a table for each document makes a first load quadratic, and no test
of ten loans shows it. So the store is asked everything that it can be asked, every statement is
caught where the driver gets it, and SQLite says how it would go about it: without statistics, with
those of today, and with those of a day when the store was nearly empty or had a ledger alone.
"""

from __future__ import annotations

import inspect
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge.store import Stage, Store
from bridge.store.session import Session
from tests.store.asked import ask
from tests.store.filled import fill
from tests.store.judged import wide
from tests.store.meant import MEANT, UNREACHED
from tests.store.versions import made_by
from tests.store.watched import Asked, Watched, places_that_ask, watching

LOANS = 120
Statistics = list[tuple[str, str | None, str]]
STATES = ("none", "of today", "of a nearly empty store", "of the first delivery")


def filled(path: Path, loans: int) -> Path:
    with closing(Store.open(f"sqlite:///{path}")) as store:
        fill(store, loans)
    return path


def taken(path: Path) -> Statistics:
    """The statistics of a store as it is."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("ANALYZE")
        return database.execute("SELECT tbl, idx, stat FROM sqlite_stat1").fetchall()


def put(path: Path, statistics: Statistics) -> None:
    """Let SQLite know this of a store, and nothing else."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("ANALYZE")
        database.execute("DELETE FROM sqlite_stat1")
        database.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", statistics)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Watched]:
    """What the store was asked, by what SQLite knew."""
    folder = tmp_path_factory.mktemp("plans")
    full, few = filled(folder / "full.db", LOANS), filled(folder / "few.db", 3)
    today = taken(shutil.copy(full, folder / "today.db"))
    known: dict[str, Statistics] = {
        "none": [],
        "of today": today,
        "of a nearly empty store": taken(few),
        "of the first delivery": [line for line in today if line[0].startswith("ledger_")],
    }
    found = {}
    for name, statistics in known.items():
        copy = shutil.copy(full, folder / f"{name}.db")
        put(copy, statistics)
        found[name] = Watched()
        with watching(found[name]):
            ask(f"sqlite:///{copy}", LOANS)
    return found


def is_meant(asked: Asked) -> bool:
    return any(asker in MEANT for asker in asked.askers)


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_looked_for_by_going_through_everything(
    watched: dict[str, Watched], state: str
) -> None:
    wrong = {
        f"{asked.askers[0]} goes through {table}{' again and again' if again else ''}:"
        f" {step.detail}\n    {asked.statement}"
        for asked in watched[state].asked.values()
        for table, step, again in wide(asked)
        if again or not is_meant(asked)
    }
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize("state", STATES)
def test_what_is_claimed_comes_in_the_order_of_the_index(
    watched: dict[str, Watched], state: str
) -> None:
    """Sorted first, each claim of a few would go through all that waits."""
    claims = [
        each for each in watched[state].asked.values() if "outbox.Outbox._claim" in each.askers
    ]
    assert claims
    for claim in claims:
        assert not any("ORDER BY" in step.detail for step in claim.steps), claim


def test_every_statement_of_the_store_was_asked(watched: dict[str, Watched]) -> None:
    """Else a new one would be judged by nobody."""
    missed = [
        f"{module}:{lines.start}: {text}"
        for module, lines, text in places_that_ask()
        if (module, text) not in UNREACHED
        and not any((module, line) in watched["none"].places for line in lines)
    ]
    assert not missed, "tests/store/asked.py never comes to\n" + "\n".join(missed)


def parts(of: type[Session] = Session) -> Iterator[type]:
    yield of
    for each in of.__subclasses__():
        yield from parts(each)


def test_everything_that_the_store_can_be_asked_was_asked(watched: dict[str, Watched]) -> None:
    missed = {
        f"{owner.__name__}.{name}"
        for owner in (*parts(), Store, Stage)
        for name, found in vars(owner).items()
        if not name.startswith("_")
        and inspect.isfunction(found)
        and inspect.unwrap(found).__code__ not in watched["none"].called
    }
    assert not missed, f"tests/store/asked.py does not ask {sorted(missed)}"


def test_what_is_meant_is_still_there(watched: dict[str, Watched]) -> None:
    """The list has nothing that needs no excuse any more."""
    excused = {
        asker
        for found in watched.values()
        for asked in found.asked.values()
        if any(wide(asked))
        for asker in asked.askers
    }
    assert MEANT.keys() <= excused, sorted(MEANT.keys() - excused)


@pytest.mark.parametrize("older", [False, True])
def test_a_store_keeps_no_statistics(tmp_path: Path, older: bool) -> None:
    """What was true of a nearly empty table is worse than to know nothing."""
    path = tmp_path / "state.db"
    if older:
        made_by("0008", path)
        taken(path)
    with closing(sqlite3.connect(filled(path, 3))) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
    assert not [name for name in names if name.startswith("sqlite_stat")]
