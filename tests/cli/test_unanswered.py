"""A company that issues electronic invoices, before its accountant has answered: at every door."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.report.texts import texts
from tests.cli import small_lender
from tests.cli.doors import LANGUAGES, codes, opened
from tests.cli.small_lender import Lender

lender = small_lender.lender

ANSWERED = '{ issues = "no" }'
SAID = {
    '{ issues = "yes" }': "issues is yes, and the accountant's answer is missing",
    '{ issues = "yes", answer = "by_hand" }': "does not say who gave it and on which day",
    '{ issues = "yes", answer = "not_here" }': "is that nothing is to be posted here",
    "": "nobody has said whether its invoices go to DIAN",
}


def say(lender: Lender, said: str) -> None:
    """Have bridge.toml say this; nothing: leave the key out."""
    config = lender.folder / "bridge.toml"
    line = f"electronic_invoicing = {said}" if said else ""
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(f"electronic_invoicing = {ANSWERED}", line), encoding="utf-8")


def lines(lender: Lender, code: int) -> list[dict[str, Any]]:
    """What `doctor` says of electronic invoices."""
    told: list[dict[str, Any]] = lender.json("doctor", code=code)["lines"]
    return [line for line in told if line["topic"] == "quickbooks electronic invoicing"]


@pytest.mark.parametrize("said", SAID)
def test_doctor_says_what_is_missing_before_the_first_pass(lender: Lender, said: str) -> None:
    say(lender, said)
    (line,) = lines(lender, 78)
    assert (line["state"], line["exit_code"]) == ("problem", 78)
    assert SAID[said] in line["finding"]
    assert "accountant" in line["advice"]


def test_doctor_says_who_answered_what(lender: Lender) -> None:
    signed = 'answered_by = "Ana", answered_on = 2026-11-30'
    say(lender, f'{{ issues = "yes", answer = "internal", {signed} }}')
    (line,) = lines(lender, 0)
    assert line["state"] == "ok"
    assert line["finding"] == "issues = yes, answer = internal (Ana, 2026-11-30)"


@pytest.mark.parametrize("said", SAID)
def test_every_door_tells_that_nothing_is_posted_and_why(lender: Lender, said: str) -> None:
    say(lender, said)
    told = dict(opened(lender))
    assert {
        name: door.exit_code for name, door in told.items() if door.exit_code is not None
    } == dict.fromkeys(("sync", "reconcile", "status", "tasks", "doctor"), 78)
    for name, found in codes(told).items():
        assert found == ["pass.unanswered"], name
    for language in LANGUAGES:
        for form in ("html", "txt"):
            page = told[f"{language}.{form}"].text
            words = texts(language)
            assert words.cause("pass.unanswered")[:40] in page
            assert words.of("actions", "answer_invoicing")[:40] in page
    assert lender.calls("/invoice") == 0


def test_books_with_documents_go_on_and_doctor_warns(lender: Lender) -> None:
    lender.run("sync")
    say(lender, "")
    assert [task["code"] for task in lender.json("sync", code=1)["tasks"]] == ["pass.not_asked"]
    (line,) = lines(lender, 1)
    assert (line["state"], line["exit_code"]) == ("warning", 0)
    assert lender.json("status", code=1)["reason"] == (
        "1 task for a person: quickbooks: 1 pass.not_asked"
    )
