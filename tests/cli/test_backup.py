"""`backup`: a private copy that holds what is committed, whoever is at work meanwhile."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bridge.core.identity import BooksId
from bridge.instance import only_one
from bridge.store import Store
from tests.disks import REFUSING, opened


def state(lender) -> Path:
    return lender.folder / "state" / "sandbox.db"


def bound(path: Path) -> int:
    """How many documents a copy knows to be in the books."""
    with closing(sqlite3.connect(path)) as database:
        found: int = database.execute("SELECT count(*) FROM binding").fetchone()[0]
        return found


@pytest.fixture
def synced(lender):
    lender.run("sync")
    return lender


def test_the_copy_is_private_and_whole_and_its_path_is_all_that_is_printed(synced):
    before = os.umask(0)
    try:
        code, out, err = synced.run("backup", "copy.db")
    finally:
        os.umask(before)
    path = synced.folder / "copy.db"
    assert (code, out, err) == (0, f"{path}\n", "")
    assert path.stat().st_mode & 0o777 == 0o600
    assert bound(path) == bound(state(synced)) > 20
    assert [each.name for each in synced.folder.glob("*copy*")] == ["copy.db"]


def test_without_a_name_copies_are_beside_the_state_by_date_and_time(synced):
    told = synced.json("backup")
    path = Path(told["file"])
    assert path.parent == state(synced).parent
    assert re.fullmatch(r"sandbox\.db\.backup-\d{4}-\d\d-\d\d-\d{6}", path.name)
    assert told["bytes"] == path.stat().st_size
    (synced.folder / "usb").mkdir()
    elsewhere = Path(synced.json("backup", "usb")["file"])
    assert elsewhere.parent == synced.folder / "usb"
    assert bound(elsewhere) == bound(path)


def test_nothing_is_overwritten(synced):
    path = synced.folder / "copy.db"
    path.write_text("somebody's")
    code, out, err = synced.run("backup", "copy.db")
    assert (code, out) == (2, "")
    assert "copy.db is there already and stays. Choose another name." in err
    assert path.read_text() == "somebody's"
    assert synced.run("backup", "no/such/copy.db")[0] == 2


def test_it_works_beside_a_bridge_at_work_and_holds_what_is_committed(synced):
    url = f"sqlite:///{state(synced)}"
    with only_one(url), closing(Store.open(url)) as store:
        with store.begin() as work:
            work.plans.set_revisit(BooksId("quickbooks", "c"), ("dev", "1"), "committed")
        with store.begin() as work:
            work.plans.set_revisit(BooksId("quickbooks", "c"), ("dev", "2"), "on its way")
            assert synced.run("backup", "copy.db")[0] == 0
    with closing(sqlite3.connect(synced.folder / "copy.db")) as database:
        assert database.execute("SELECT loan FROM revisit").fetchall() == [("1",)]


def test_an_old_state_is_copied_as_it_is(synced):
    with closing(sqlite3.connect(state(synced))) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    before = state(synced).read_bytes()
    assert synced.run("backup", "copy.db")[0] == 0
    assert state(synced).read_bytes() == before


def test_before_the_first_run_there_is_nothing_to_copy(lender):
    code, _, err = lender.run("backup", "copy.db")
    assert code == 2
    assert "Run `ledger-bridge sync` first." in err
    assert not (lender.folder / "copy.db").exists()


@pytest.mark.parametrize("kind", REFUSING, ids=lambda kind: kind.__name__)
def test_a_disk_without_room_gets_no_half_of_a_copy(synced, kind):
    with opened(kind, synced.folder / "usb") as disk:
        disk.refuse()
        code, _, err = synced.run("backup", "usb/copy.db")
        disk.take_again()
        assert code == 75, err
        assert "run again" in err
        assert {each.name for each in disk.folder.iterdir()} <= {"filler"}
