"""Metered calls: told, and limited by the budget of a day whatever the number of runs."""

from __future__ import annotations

import pytest

BUDGET = "LEDGER_BRIDGE_SYSTEMS__QUICKBOOKS__BUDGET"


def told(lender, code: int = 0):
    return lender.json("status", code=code)["systems"]["quickbooks"]["calls_today"]


def test_status_and_report_tell_the_metered_calls_of_all_runs_today(lender):
    lender.run("sync")
    first = told(lender)
    assert first["metered"] > 0
    assert first["total"] > first["metered"]
    found = lender.json("reconcile")["systems"]["quickbooks"]["calls"]
    second = told(lender)
    assert found["metered_today"] == second["metered"] == first["metered"] + found["metered"]
    assert second["budget"] is None
    assert f"{second['metered']} metered calls today" in lender.run("status")[1]


def test_a_budget_holds_across_the_runs_of_a_day(lender, monkeypatch):
    lender.run("sync")
    used = told(lender)["metered"]
    monkeypatch.setenv(BUDGET, str(used))
    assert lender.run("reconcile")[0] == 75
    found = told(lender, code=75)
    assert found == {**found, "metered": used, "budget": used}
    monkeypatch.setenv(BUDGET, str(used + 1000))
    assert lender.run("reconcile")[0] == 0


def test_a_pass_that_fails_counts_its_calls_too(lender):
    path = lender.folder / "mappings" / "quickbooks.toml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace('"Loan principal"', '"Services"'), encoding="utf-8")
    assert lender.run("sync")[0] == 78
    failed = told(lender, code=78)
    assert failed["metered"] > 0


def test_what_breaks_a_pass_does_not_lose_its_count(lender, monkeypatch):
    def broken(*_, **__):
        raise KeyError("a mistake of ours")

    monkeypatch.setattr("bridge.pipeline.sync.post_all", broken)
    assert lender.run("sync")[0] == 1
    assert told(lender)["metered"] > 0


@pytest.mark.parametrize("verb", ["sync", "reconcile"])
def test_a_dry_run_counts_nothing_but_keeps_to_the_budget(lender, monkeypatch, verb):
    lender.run("sync")
    before = told(lender)
    lender.run(verb, "--dry-run")
    assert told(lender) == before
    monkeypatch.setenv(BUDGET, str(before["metered"]))
    if verb == "reconcile":
        assert lender.run(verb, "--dry-run")[0] == 75
