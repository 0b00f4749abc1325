"""A disk that takes no more: nothing of the state is half done, and with room it goes on."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bridge.cli import failures
from bridge.core.identity import BooksId
from bridge.store import Store, tables
from tests.disks import FULL, REFUSING, Disk, SizeLimit, opened
from tests.in_words import in_words
from tests.store.children import ROWS, child, kill, url
from tests.store.rows import borrower, loan, repayment, take
from tests.store.versions import VERSIONS, made_by

MANY = [borrower("1"), loan("1", "1"), *(repayment(str(n), "1", 1) for n in range(3000))]


@pytest.fixture
def disk(request: Any, tmp_path: Path) -> Iterator[Disk]:
    """The disk that the state is on."""
    with opened(request.param, tmp_path / "state") as made:
        yield made


full = pytest.mark.parametrize("disk", FULL, indirect=True, ids=lambda kind: kind.__name__)
refusing = pytest.mark.parametrize("disk", REFUSING, indirect=True, ids=lambda kind: kind.__name__)


def write_much(store: Store) -> None:
    with store.begin() as work:
        for number in range(2000):
            work.plans.set_revisit(BooksId("xero", "company"), ("dev", str(number)), "half done")


def told(error: BaseException) -> str:
    """What a person is told about it."""
    words = failures.known(error)
    assert words is not None, repr(error)
    assert in_words(words).endswith("run again. Nothing is lost.")
    return in_words(words)


@full
def test_a_transaction_that_finds_no_room_leaves_nothing_of_itself(
    disk: Disk, tmp_path: Path
) -> None:
    store = Store.open(url(tmp_path))
    take(store, ROWS)
    disk.refuse()
    with pytest.raises(OperationalError) as failed:
        write_much(store)
    told(failed.value)
    with store.read() as work:
        assert work.ledger.totals() == {"COP": Decimal(100000)}
        assert work.plans.revisits(BooksId("xero", "company")) == []
    disk.take_again()
    write_much(store)
    store.close()


def test_a_database_that_may_not_grow_takes_no_half_of_a_delivery(store: Store) -> None:
    take(store, ROWS)

    @event.listens_for(store._engine, "checkout")
    def _stop_growing(connection: sqlite3.Connection, *_: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(OperationalError, match="database or disk is full") as failed:
        take(store, MANY)
    assert "Free some space" in told(failed.value)
    with store.read() as work:
        assert work.ledger.totals() == {"COP": Decimal(100000)}
        assert work.ledger.change_seq() == 1
    event.remove(store._engine, "checkout", _stop_growing)
    store._engine.dispose()
    take(store, MANY)
    with store.read() as work:
        assert work.ledger.change_seq() == 2


@full
@pytest.mark.parametrize("moment", ["before the first row", "among the rows", "in the merge"])
def test_a_delivery_without_room_leaves_no_file_behind(
    disk: Disk, tmp_path: Path, moment: str
) -> None:
    store = Store.open(url(tmp_path))
    take(store, ROWS)

    def rows() -> Iterator[Any]:
        yield from MANY[:100]
        if moment == "among the rows":
            disk.refuse()
        for number in range(100_000 if moment == "among the rows" else 100):
            yield repayment(str(number), "1", 1)

    def deliver() -> None:
        from tests.store.rows import AT, facts

        stage = store.stage(facts(), rows())
        try:
            if moment == "in the merge":
                disk.refuse()
            store.accept(stage, AT)
        finally:
            stage.close()

    if moment == "before the first row":
        disk.refuse()
    with pytest.raises((OperationalError, sqlite3.OperationalError)) as failed:
        deliver()
    told(failed.value)
    assert [path.name for path in disk.folder.glob(".*")] == []
    with store.read() as work:
        assert work.ledger.change_seq() == 1
    disk.take_again()
    take(store, MANY)
    store.close()


@refusing
def test_without_room_for_the_copy_nothing_is_migrated(disk: Disk, tmp_path: Path) -> None:
    path = disk.folder / "state.db"
    made_by(VERSIONS[0], path)
    before = path.read_bytes()
    disk.refuse()
    with pytest.raises((OSError, OperationalError, sqlite3.OperationalError)) as failed:
        Store.open(url(tmp_path))
    told(failed.value)
    disk.take_again()
    left = {each.name for each in disk.folder.iterdir()} - {"state.db-shm", "state.db-wal"}
    assert left == {"state.db"}
    assert path.read_bytes() == before
    store = Store.open(url(tmp_path))
    with store.read() as work:
        assert work.plans.planned_through(BooksId("quickbooks", "4620816365000000001")) == 3
    store.close()
    assert (disk.folder / f"state.db.before-{tables.SCHEMA}-from-{VERSIONS[0]}").exists()


@full
def test_a_first_run_without_room_begins_again(disk: Disk, tmp_path: Path) -> None:
    disk.refuse()
    with pytest.raises((OSError, OperationalError)) as failed:
        Store.open(url(tmp_path))
    told(failed.value)
    disk.take_again()
    store = Store.open(url(tmp_path))
    take(store, ROWS)
    store.close()


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a writer"])
@pytest.mark.parametrize("kind", FULL, ids=lambda kind: kind.__name__)
def test_a_dry_run_without_room_for_its_copy_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Disk], beside: bool
) -> None:
    store = Store.open(url(tmp_path))
    take(store, MANY)
    store.close()
    writer = child(url(tmp_path), "idle") if beside else None
    with opened(kind, tmp_path / "temporary") as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
        disk.refuse()
        with pytest.raises((OSError, sqlite3.OperationalError)) as failed:
            Store.open(url(tmp_path), migrate=False).scratch()
        told(failed.value)
        disk.take_again()
        assert list(disk.folder.iterdir()) == []
        Store.open(url(tmp_path), migrate=False).scratch().close()
    if writer is not None:
        kill(writer)


def test_a_back_up_without_room_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    store = Store.open(url(tmp_path))
    take(store, MANY)
    with opened(SizeLimit, tmp_path / "elsewhere") as disk:
        disk.refuse()
        with pytest.raises((OSError, sqlite3.OperationalError)) as failed:
            store.back_up(disk.folder / "copy.db")
        disk.take_again()
        told(failed.value)
        assert list(disk.folder.iterdir()) == []
    store.close()
