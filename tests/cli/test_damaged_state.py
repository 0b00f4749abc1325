"""A spoiled page of the state store is seen before anything is sent, and every way out is one."""

from __future__ import annotations

import os
import random
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from msgspec.structs import replace

from bridge.store import upkeep
from tests import lost_states
from tests.cli.small_lender import lender_on


def state(lender) -> Path:
    return lender.folder / "state" / "sandbox.db"


PAGES = ("ix_binding_base", "ix_outbox_claim", "binding", "outbox")


@pytest.fixture
def synced(lender):
    lender.json("sync")
    return lender


@pytest.fixture(
    params=[("quickbooks", page) for page in PAGES] + [("xero", PAGES[0]), ("zoho", PAGES[0])],
    ids=" ".join,
)
def spoiled(request, tmp_path, monkeypatch, capsys):
    system, page = request.param
    monkeypatch.chdir(tmp_path)
    with lender_on(system, tmp_path, capsys) as lender:
        lender.json("sync")
        lost_states.damage(state(lender), page, random.Random(5))
        yield lender


def documents(lender) -> list[str]:
    """Numbers of everything in the books."""
    url = f"{lender.sandbox.url}/_sandbox/{lender.system}/books"
    found = requests.get(url, timeout=60).json()["documents"]
    return sorted(document["number"] or "" for document in found)


def test_a_spoiled_page_stops_every_write_with_the_way_out(spoiled):
    there = documents(spoiled)
    for verb in (["sync"], ["reconcile"]):
        code, _, err = spoiled.run(*verb)
        assert code == 78
        assert "is damaged" in err
        assert "restore FILE" in err
        assert "rebuild" in err
    assert documents(spoiled) == there


def test_doctor_sees_it(spoiled):
    code, out, err = spoiled.run("doctor")
    assert code == 78
    assert "is damaged" in out + err


def test_rebuild_sets_the_spoiled_file_aside_and_posts_nothing(spoiled):
    there = documents(spoiled)
    assert spoiled.run("rebuild")[0] == 0
    assert list(state(spoiled).parent.glob("sandbox.db.damaged-*"))
    assert spoiled.json("sync")["systems"][spoiled.system]["posted"] == 0
    assert documents(spoiled) == there


def test_restore_puts_a_backup_in_its_place_and_posts_nothing_twice(synced):
    assert synced.run("backup", "copy.db")[0] == 0
    there = documents(synced)
    lost_states.damage(state(synced), "ix_binding_base", random.Random(5))
    code, out, _ = synced.run("restore", "copy.db")
    assert code == 0
    assert "aside" in out
    assert synced.json("sync")["systems"]["quickbooks"]["posted"] == 0
    assert documents(synced) == there


def test_restore_takes_nothing_but_a_whole_copy_of_a_state(synced):
    before = state(synced).read_bytes()
    (synced.folder / "notes.txt").write_text("not a state")
    synced.run("backup", "spoiled.db")
    lost_states.damage(synced.folder / "spoiled.db", "ix_binding_base", random.Random(5))
    for name in ("notes.txt", "spoiled.db", "absent.db", str(state(synced))):
        assert synced.run("restore", name)[0] == 2, name
    assert state(synced).read_bytes() == before


def test_a_store_that_was_left_in_order_is_not_looked_through_again(synced, monkeypatch):
    synced.json("sync")
    looked = []

    def counted(path, _mode):
        looked.append(path)
        return {}

    monkeypatch.setattr("bridge.store.soundness.look_through", counted)
    synced.json("sync")
    synced.run("status")
    synced.run("tasks")
    synced.json("sync")
    assert looked == []
    os.utime(state(synced))
    synced.json("sync")
    assert looked == [state(synced)]


def test_what_was_killed_is_looked_through_and_so_is_everything_once_a_day(synced, monkeypatch):
    synced.json("sync")
    looked = []
    monkeypatch.setattr(
        "bridge.store.soundness.look_through", lambda path, _mode: looked.append(path) or {}
    )
    kept = upkeep.read_beside(state(synced))
    upkeep.write_beside(state(synced), replace(kept, left="as it was before"))
    synced.json("sync")
    assert len(looked) == 1
    synced.json("sync")
    assert len(looked) == 1
    monkeypatch.setattr("bridge.store.soundness.EVERY", timedelta(0))
    synced.json("sync")
    assert len(looked) == 2
