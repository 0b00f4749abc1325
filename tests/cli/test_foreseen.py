"""`sync --dry-run`: what a person sees before anything is posted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.cli.small_lender import small_ledger


def test_sums_and_accounts_are_those_of_the_pass_that_follows(lender):
    told = lender.json("sync", "--dry-run")["systems"]["quickbooks"]
    done = lender.json("sync")["systems"]["quickbooks"]
    assert sum(each["count"] for each in told["sums"]) == done["posted"]
    by_class = {each["name"]: each for each in told["accounts"]}
    assert by_class["Loan clearing"]["class"] == "asset"
    assert Decimal(by_class["Loan clearing"]["credit"]) > Decimal(0)
    for currency in ("COP", "MXN"):
        own = [each for each in told["accounts"] if each["currency"] == currency]
        assert sum(Decimal(e["debit"]) - Decimal(e["credit"]) for e in own) == 0


def test_what_is_held_names_amount_file_and_row(lender):
    ledger = small_ledger()
    ledger["movements"][0]["date"] = "2027-11-18"
    number = ledger["movements"][0]["movement_id"]
    lender.deliver(ledger)
    told = lender.json("sync", "--dry-run", code=1)  # what is held waits for a person
    (row,) = [
        each
        for each in told["systems"]["quickbooks"]["held_rows"]
        if each["subject"] == f"movement:{number}"
    ]
    assert row["where"]["file"].startswith("deudores_snapshot.json")
    assert row["where"]["row"] > 0
    assert abs(Decimal(row["amount"])) == Decimal(str(ledger["movements"][0]["amount"]))
    found = {each["code"]: each for each in told["findings"]}
    assert found["movement.future_date"]["rows"][0]["where"] == row["where"]
    out = lender.run("sync", "--dry-run")[1]
    assert f"fila {row['where']['row']}" in out


def test_every_document_is_listed_where_asked_for(lender):
    told = lender.json("sync", "--dry-run", "--list")
    planned = told["systems"]["quickbooks"]["planned"]["create"]
    assert len(told["documents"]) == planned
    loan = next(each for each in told["documents"] if each["reference"] == "DY7F3A-L84")
    assert (loan["kind"], loan["amount"], loan["currency"]) == ("invoice", "720000.00", "COP")
    assert {each["name"] for each in loan["accounts"]} == {
        "Accounts Receivable (A/R)",
        "Loan clearing",
        "Interest income",
    }
    out = lender.run("sync", "--dry-run", "--list")[1]
    line = next(each for each in out.splitlines() if "DY7F3A-L84 " in each)
    assert "720.000,00 COP" in line
    assert loan["customer"] in line
    assert "Loan clearing -600.000,00" in line
    assert "documents" not in lender.json("sync", "--dry-run")


def test_names_are_left_out_where_the_lender_wants_none(lender, monkeypatch):
    monkeypatch.setenv("LEDGER_BRIDGE_LENDER__NAMES_IN_REPORTS", "false")
    names = [each["name"].strip() for each in small_ledger()["debtors"]]
    code, out, _ = lender.run("sync", "--dry-run", "--list")
    assert code == 0
    assert not [name for name in names if name in out]
    assert not [
        each
        for each in lender.json("sync", "--dry-run", "--list")["documents"]
        if "customer" in each
    ]


def test_a_list_without_a_dry_run_is_a_usage_mistake(lender):
    code, _, err = lender.run("sync", "--list")
    assert code == 2
    assert "--dry-run" in err


def test_nothing_to_do_is_said_and_nothing_listed(lender):
    lender.run("sync")
    told = lender.json("sync", "--dry-run", "--list")
    assert told["documents"] == told["systems"]["quickbooks"]["accounts"] == []
    assert "Nada por registrar" in lender.run("sync", "--dry-run")[1]


@pytest.mark.parametrize(
    ("locale", "said"), [("pt-BR", "O que seria lançado"), ("en-US", "What would be posted")]
)
def test_it_speaks_the_lenders_language(lender, monkeypatch, locale, said):
    monkeypatch.setenv("LEDGER_BRIDGE_LENDER__LOCALE", locale)
    assert said in lender.run("sync", "--dry-run")[1]
