"""`drift list|accept|repost|adopt`: what a person sees of the books' own changes, and decides."""

from __future__ import annotations

import pytest

from tests.cli.small_lender import a_payment, edit

INVOICE = "DY7F3A-L84"


@pytest.fixture
def booked(lender):
    lender.json("sync")
    return lender


def items(lender, *more, code=1):
    return lender.json("drift", "list", *more, code=code)["systems"]["quickbooks"]["items"]


def test_nothing_differs_at_first(booked):
    assert items(booked, code=0) == []
    code, _, err = booked.run("drift", "list")
    assert code == 0
    assert "The books hold everything as it was posted." in err


def test_an_edit_is_listed_with_what_can_be_decided_and_nothing_is_written(booked):
    edit(booked, "edit", "invoice", INVOICE, amount="719000")
    before = booked.files()
    found = items(booked)
    assert booked.files() == before
    total = next(item for item in found if item["field"] == "total")
    wanted = {
        "kind": "drifted",
        "reference": INVOICE,
        "ledger": "720000.00",
        "books": "719000.00",
        "amount": "1000.00",
        "choices": ["accept", "repost"],
    }
    assert wanted.items() <= total.items()
    code, out, _ = booked.run("drift", "list")
    assert code == 1
    assert f"{INVOICE}" in out
    assert "accept|repost" in out


def test_accepting_closes_it_and_history_says_who_decided(booked):
    edit(booked, "edit", "invoice", INVOICE, amount="719000")
    (done,) = booked.json("drift", "accept", INVOICE)["decisions"]
    assert {"decision": "accept", "reference": INVOICE, "found": "live"}.items() <= done.items()
    assert items(booked, code=0) == []
    (left,) = items(booked, "--all", code=0)
    assert (left["kind"], left["amount"]) == ("accepted", "1000.00")
    assert booked.json("reconcile")["systems"]["quickbooks"]["agree"]
    (decision,) = booked.json("history")["decisions"]
    assert (decision["verb"], decision["reference"]) == ("accept", INVOICE)


def test_reposting_puts_it_back_with_the_next_sync(booked):
    edit(booked, "edit", "invoice", INVOICE, amount="719000")
    code, out, _ = booked.run("drift", "repost", INVOICE)
    assert code == 0
    assert "with the next sync" in out
    assert booked.json("sync", "--dry-run")["systems"]["quickbooks"]["planned"]["update"] == 1
    booked.json("sync")
    assert items(booked, code=0) == []


def test_everything_of_a_loan_can_be_decided_at_once(booked):
    payment = f"DY7F3A-P{a_payment()['movement_id']}"
    edit(booked, "void", "receipt", payment)
    edit(booked, "edit", "invoice", "DY7F3A-L61", due="2026-12-30")
    decided = booked.json("drift", "accept", "--loan", "61")["decisions"]
    assert {each["reference"] for each in decided} == {payment, "DY7F3A-L61"}
    assert items(booked, code=0) == []


def test_a_document_entered_by_hand_in_the_place_of_a_posted_one_is_adopted(booked):
    edit(booked, "delete", "invoice", "DY7F3A-L84")
    hand = {"number": "A-17", "customer": "x", "amount": "720000", "date": "2026-08-03"}
    booked.control("quickbooks/edit", action="add", kind="invoice", due="2026-12-01", **hand)
    books = booked.json("export")
    assert books
    found = {item["reference"] for item in items(booked)}
    assert INVOICE in found
    code, _, err = booked.run("drift", "adopt", INVOICE, "999999")
    assert code == 2
    assert "no live invoice with the id 999999" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("accept",), "Name the documents"),
        (("accept", "DY7F3A-L99999"), "DY7F3A-L99999 is not a document that the program knows"),
        (("repost", INVOICE, "--loan", "84"), "not both"),
        (("accept", "--loan", "99999"), "99999 is no loan"),
        (("accept", "--loan", "84"), "Nothing of loan 84 differs"),
        (("adopt", "DY7F3A-L99999", "1"), "is neither bound nor waiting"),
    ],
)
def test_a_wrong_call_says_what_is_right_and_decides_nothing(booked, arguments, words):
    code, _, err = booked.run("drift", *arguments)
    assert code == 2
    assert words in err
    assert booked.json("history")["decisions"] == []
