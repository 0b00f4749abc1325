"""`undo`: what a person sees who takes a run back."""

from __future__ import annotations

import pytest


@pytest.fixture
def synced(lender):
    lender.run_id = lender.json("sync")["run"]
    return lender


def test_a_run_is_taken_back_and_the_books_rest(synced):
    told = synced.json("undo", synced.run_id)
    (done,) = told["systems"].values()
    assert done["planned"]["void"] > 20
    assert (done["left"], told["verdict"]) == ([], "clean")
    refused = synced.json("sync", code=1)
    (resting,) = refused["systems"].values()
    assert "sync --resume" in resting["stopped"]["reason"]
    code, out, _ = synced.run("status")
    assert code == 1
    assert f"rests since {synced.run_id} was undone" in out
    assert synced.json("sync", "--resume")["verdict"] == "clean"
    assert synced.json("sync")["reason"] == "nothing to do"
    assert synced.run("status")[0] == 0


def test_a_dry_run_writes_nothing_and_names_the_plan(synced):
    files = synced.files()
    foreseen = synced.json("undo", synced.run_id, "--dry-run")
    assert synced.files() == files
    assert synced.json("undo", synced.run_id)["digest"] == foreseen["digest"]


def test_an_unknown_run_is_told_with_those_there_are(synced):
    code, _, err = synced.run("undo", "20200101T000000Z-sync")
    assert code == 2
    assert synced.run_id in err


def test_what_was_edited_by_hand_stays_and_is_told(synced):
    number = "DY7F3A-L84"
    wish = {"action": "edit", "kind": "invoice", "number": number, "set": {"amount": "999000"}}
    synced.control(f"{synced.system}/edit", **wish)
    code, _, err = synced.run("undo", synced.run_id)
    assert code == 1
    assert "1 documents were edited in the books" in err
    (entry,) = synced.json("outbox", "list")["entries"]
    assert entry["reference"] == number
