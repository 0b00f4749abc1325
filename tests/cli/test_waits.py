"""Until when a product asked to wait, and the verb that waits no longer."""

from __future__ import annotations

import re

import pytest

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC")


@pytest.fixture
def waiting(lender):
    lender.control(
        "faults",
        system="quickbooks",
        kind="answer",
        status=429,
        headers={"Retry-After": "1000000000000"},
        count=0,
        match={"method": "POST", "path": "/customer[?]"},
    )
    lender.json("sync", code=75)
    return lender


def test_status_says_until_when_and_a_verb_lifts_it(waiting):
    (line,) = [each for each in waiting.run("status")[1].splitlines() if "asked us to wait" in each]
    assert MOMENT.search(line)
    assert "ledger-bridge outbox now" in line
    assert MOMENT.fullmatch(waiting.json("status", code=75)["systems"]["quickbooks"]["waits_until"])

    code, out, _ = waiting.run("outbox", "now")
    assert (code, bool(re.search(r"quickbooks: [1-9]\d* will be sent", out))) == (0, True)
    assert "asked us to wait" not in waiting.run("status")[1]
    assert "now" in waiting.run("history")[1]


def test_single_entries_may_be_sent_now(waiting):
    first = waiting.json("outbox", "list")["entries"][0]["entry"]
    assert waiting.json("outbox", "show", str(first))["not_before"]
    assert waiting.json("outbox", "now", str(first))["entries"] == [first]
    assert not waiting.json("outbox", "show", str(first))["not_before"]


@pytest.mark.parametrize(
    ("entry", "words"), [("999999", "no write 999999 under way"), ("posted", "wait")]
)
def test_what_does_not_wait_is_told(lender, entry, words):
    lender.json("sync")
    if entry == "posted":
        entry = str(lender.json("outbox", "list", "--state", "confirmed")["entries"][0]["entry"])
    code, _, err = lender.run("outbox", "now", entry)
    assert (code, words in err) == (2, True)
