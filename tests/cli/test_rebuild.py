"""`rebuild`: what an operator sees after the state store was lost."""

from __future__ import annotations

import pytest

from tests.cli.small_lender import small_ledger


@pytest.fixture
def lost(lender):
    lender.json("sync")
    for path in (lender.folder / "state").glob("sandbox.db*"):
        path.unlink()
    return lender


def test_everything_is_known_again_and_nothing_is_left_to_do(lost):
    told = lost.json("rebuild")
    (done,) = told["systems"].values()
    assert done["documents"] > 20
    assert (done["asked"], done["unknown"]) == (0, [])
    assert (told["verdict"], told["tasks"]) == ("clean", [])
    assert lost.json("sync")["reason"] == "nothing to do"
    code, out, _ = lost.run("status")
    assert code == 0, out


def test_a_dry_run_tells_the_same_and_writes_nothing(lost):
    files = lost.files()
    told = lost.json("rebuild", "--dry-run")
    assert lost.files() == files
    assert lost.json("rebuild")["systems"] == told["systems"]


def test_numbers_that_nobody_knows_are_named_and_need_a_person(lost):
    wish = {
        "action": "add",
        "kind": "invoice",
        "number": "DY7F3A-L999",
        "customer": "Persona ajena",
        "amount": "5000",
        "date": "2026-07-01",
    }
    lost.control(f"{lost.system}/edit", action="add", kind="customer", name="Persona ajena")
    lost.control(f"{lost.system}/edit", **wish)
    code, out, err = lost.run("rebuild")
    assert code == 1
    assert "nobody knows the loan of DY7F3A-L999" in err + out
    (run,) = [each for each in lost.json("history")["runs"] if each["verb"] == "rebuild"]
    assert run["verdict"] == "person"
    assert "rebuild.unknown" in run["reason"]


def test_a_row_that_nobody_can_read_keeps_a_rebuilt_state_from_green(lost):
    ledger = small_ledger()
    ledger["movements"][0]["amount"] = "no sé"
    lost.deliver(ledger)
    told = lost.json("rebuild", code=1)
    assert "amount.unreadable" in {task["code"] for task in told["tasks"]}


def test_a_state_that_knows_documents_keeps_them(lender):
    lender.json("sync")
    told = lender.json("rebuild")
    assert {each["documents"] for each in told["systems"].values()} == {0}
    assert lender.json("sync", "--dry-run")["systems"]["quickbooks"]["planned"]["create"] == 0


@pytest.mark.parametrize("verb", ["sync", "rebuild"])
def test_history_says_how_a_run_ended_that_no_ledger_was_there_for(lender, monkeypatch, verb):
    (lender.folder / "inbox" / "deudores_snapshot.json").unlink()
    assert lender.run(verb)[0] == 1
    (run,) = lender.json("history")["runs"]
    assert (run["verb"], run["verdict"]) == (verb, "refused")
    assert run["ended_at"]
    monkeypatch.setenv("LC_ALL", "es_CO.UTF-8")
    said = lender.run("history")[1]
    assert "no se aceptó la cartera" in said
    assert "refused" not in said
