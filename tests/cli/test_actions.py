"""What the report tells a person to do settles what it was about."""

from __future__ import annotations

import pytest

from tests.cli.small_lender import a_payment, edit, small_ledger


def found(lender, *actions):
    document = lender.json("reconcile", code=1 if actions else 0)["systems"]["quickbooks"]
    assert document["agree"] is (not actions)
    off = [
        i["action"] for i in document["items"] if i["kind"] in ("drifted", "tombstoned", "missing")
    ]
    assert set(off) == set(actions)


@pytest.fixture
def booked(lender):
    lender.json("sync")
    found(lender)
    return lender


def test_an_edited_document_put_right_in_the_books_agrees_again(booked):
    edit(booked, "edit", "invoice", "DY7F3A-L84", amount="999000")
    found(booked, "put_right")
    edit(booked, "edit", "invoice", "DY7F3A-L84", amount="720000")
    found(booked)


@pytest.mark.parametrize("what", ["void", "delete"])
def test_what_the_books_took_away_is_taken_out_of_the_ledger_and_entered_again(booked, what):
    row = a_payment()
    edit(booked, what, "receipt", f"DY7F3A-P{row['movement_id']}")
    found(booked, "enter_again_or_remove")
    ledger = small_ledger()
    ledger["movements"] = [m for m in ledger["movements"] if m != row]
    (debt,) = (d for d in ledger["debts"] if d["debt_id"] == row["debt_id"])
    debt["remaining"] += row["amount"]
    ledger["counts"]["movements"] = len(ledger["movements"])
    booked.deliver(ledger)
    booked.json("sync")
    found(booked)
    booked.deliver(small_ledger())
    booked.json("sync")
    found(booked)
