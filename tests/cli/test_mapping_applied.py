"""`sync --apply-mapping`: what `mappings preview` shows is what it changes."""

from __future__ import annotations

import json

import pytest

from bridge.cli.shipped import shipped
from tests.cli.small_lender import lender_on

EDITS = {
    "quickbooks": ('account = "Store cash"', 'account = "Savings"'),
    "xero": ('account = "090"', 'account = "092"'),
    "zoho": ('account = "Store cash"', 'account = "Bank COP"'),
}


@pytest.fixture(params=EDITS)
def edited(request, tmp_path, monkeypatch, capsys):
    """A lender whose mapping was edited after everything was posted: cash, and invoices' words."""
    monkeypatch.chdir(tmp_path)
    with lender_on(request.param, tmp_path, capsys) as made:
        made.run("sync")
        made.control("clock", seconds=120)
        path = tmp_path / "mappings" / f"{request.param}.toml"
        text = path.read_text(encoding="utf-8")
        for old, new in (EDITS[request.param], ('\ninvoice = "', '\ninvoice = "Nuevo ')):
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        yield made


def preview(lender):
    return lender.json("mappings", "preview")["systems"][lender.system]


def test_the_dry_run_plans_what_the_preview_counts(edited):
    seen = preview(edited)
    assert 0 < seen["changeable"] == seen["differ"]
    files = edited.files()
    dry = edited.json("sync", "--apply-mapping", "--dry-run")
    assert edited.files() == files
    planned = dry["systems"][edited.system]["planned"]
    assert planned["update"] + planned["void"] == seen["changeable"]
    assert planned["create"] == planned["void"]
    done = edited.json("sync", "--apply-mapping")
    assert (done["digest"], done["verdict"]) == (dry["digest"], "clean")
    assert preview(edited)["differ"] == 0
    assert edited.json("sync", "--apply-mapping")["reason"] == "nothing to do"
    assert edited.json("sync")["reason"] == "nothing to do"


def test_what_can_only_be_deleted_stays_and_the_preview_says_so(edited):
    path = edited.folder / "mappings" / f"{edited.system}.toml"
    text = shipped(f"mappings/{edited.system}.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('\nreceipt = "', '\nreceipt = "Nuevo '), encoding="utf-8")
    seen = preview(edited)
    stay = seen["differ"] - seen["changeable"]
    assert (stay > 0) is (edited.system == "xero")
    assert ("cannot be changed" in edited.run("mappings", "preview")[1]) is (stay > 0)
    planned = edited.json("sync", "--apply-mapping")["systems"][edited.system]["planned"]
    assert planned == {"create": 0, "update": seen["changeable"], "void": 0}
    assert seen["differ"] > 0


def test_of_a_closed_month_the_preview_says_so_and_nothing_is_planned(edited):
    edited.control(f"{edited.system}/edit", action="lock", date="2026-12-31")
    seen = preview(edited)
    assert (seen["changeable"], seen["closed"]) == (0, seen["differ"])
    assert "sync --apply-mapping" not in edited.run("mappings", "preview")[1]
    assert edited.json("sync", "--apply-mapping", "--dry-run")["reason"] == "nothing to do"


def test_a_plan_file_applies_the_mapping_as_it_was_seen(edited):
    plan = edited.folder / "plan.json"
    edited.json("sync", "--apply-mapping", "--dry-run", "--plan-out", str(plan))
    seen = json.loads(plan.read_text(encoding="utf-8"))
    assert {change["reason"] for change in seen["changes"]} == {"mapping"}
    path = edited.folder / "mappings" / f"{edited.system}.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"Nuevo ', '"Otro '), encoding="utf-8")
    assert edited.json("sync", "--apply", str(plan), code=1)["verdict"] == "person"
    path.write_text(text, encoding="utf-8")
    assert edited.json("sync", "--apply", str(plan))["digest"] == seen["digest"]
    assert preview(edited)["differ"] == 0
