"""Laws that no sequence of writes may break, attacked at random."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.books.company import Books
from bridge.sandbox.clock import Clock
from bridge.sandbox.quickbooks.company import ENTITY_OF, Company
from bridge.sandbox.quickbooks.face import QuickBooks
from bridge.sandbox.quickbooks.faults import Refused
from bridge.sandbox.quickbooks.writing import write
from tests.sandbox.client import invoice, item_line, journal, link, payment, version

RATES = ("1", "216.73", "220.119", "3987.45")
AMOUNTS = st.decimals("0.01", "99999.99", places=2)
STEPS = 40


def check(company: Company) -> None:
    """The books balance, and the control accounts are what the customers owe."""
    books: Books = company.books
    debits, credits = books.journal.trial_balance()
    assert debits == credits
    by_currency: dict[str, Decimal] = defaultdict(Decimal)
    home: dict[str, Decimal] = defaultdict(Decimal)
    by_customer: dict[str, Decimal] = defaultdict(Decimal)
    for kept in books.documents.values():
        assert 0 <= kept.open <= kept.claim
        assert kept.open or not kept.home_open
        by_currency[kept.currency] += kept.side * kept.open
        home[kept.currency] += kept.side * kept.home_open
        by_customer[kept.customer] += kept.side * kept.open
    for currency, account_id in company.receivables.items():
        account = books.chart[account_id]
        assert books.account_balance(account) == by_currency[currency]
        assert books.journal.balance(account_id) == home[currency]
    for row in company.tables["Customer"].rows.values():
        assert books.receivables.balance(row["Id"]) == by_customer[row["Id"]]


def step(company: Company, dice: random.Random, mexican: str) -> None:
    """Do something a client might do; a refusal is fine as long as the laws hold."""
    customer = dice.choice(["1", mexican])
    action, amount = dice.randint(0, 9), Decimal(dice.randint(1, 9_999_999)) / 100
    more: dict[str, Any] = {"ExchangeRate": Decimal(dice.choice(RATES))}
    documents = [kept for kept in company.books.documents.values() if kept.customer == customer]
    open_ones = [
        kept for kept in documents if kept.open and not kept.void and kept.kind != "receipt"
    ]
    if action <= 1:
        body = invoice(amount, customer, **more)
        body["Line"] += [item_line(Decimal("0.07"), "3"), item_line(Decimal("33.33"), "4")]
        write(company, "Invoice", "", body)
    elif action == 2:
        write(company, "CreditMemo", "", invoice(amount, customer, **more))
    elif action <= 4:
        chosen = dice.sample(open_ones, min(len(open_ones), dice.randint(0, 3)))
        body = payment(amount, {}, customer, **more)
        body["Line"] = [
            link(min(kept.open, amount), kept.id, ENTITY_OF[kept.kind]) for kept in chosen
        ]
        write(company, "Payment", "", body)
    elif action == 5 and customer == "1":
        sides = dice.choice([("Debit", "Credit"), ("Credit", "Debit")])
        lines = ((sides[0], amount, "4"), (sides[1], amount, "12"))
        write(company, "JournalEntry", "", journal(*lines, customer=customer))
    elif documents:
        kept = dice.choice(documents)
        entity = ENTITY_OF[kept.kind]
        row = version(company.tables[entity].rows[kept.id])
        if action == 6:
            write(company, entity, "update", row, ["void"])
        elif action == 7:
            company.by_hand = dice.random() < 0.5
            write(company, entity, "delete", row)
        elif entity in ("Invoice", "CreditMemo"):
            change = {**row, "sparse": True, "Line": [item_line(amount)], **more}
            write(company, entity, "", change)
        elif entity == "Payment":
            change = {**row, "sparse": True, "TotalAmt": amount, **more}
            if action == 9:
                change["Line"] = []
            write(company, entity, "", change)


def live(seed: int, switches: dict[str, Any]) -> QuickBooks:
    """Live through forty random steps; the laws hold after each of them."""
    dice = random.Random(seed)
    face = QuickBooks(Clock(), fast=True)
    face.change_settings(switches)
    company = face.company
    mexican = write(company, "Customer", "", {"DisplayName": "L", "CurrencyRef": {"value": "MXN"}})
    for _ in range(STEPS):
        try:
            step(company, dice, str(mexican["Id"]))
        except Refused:
            pass
        finally:
            company.by_hand = False
        check(company)
    return face


SWITCHES = st.fixed_dictionaries(
    {
        "over_application": st.sampled_from(["refuse", "unapply"]),
        "paid_document_reduction": st.sampled_from(["refuse", "unapply"]),
        "auto_apply_credit": st.booleans(),
        "auto_apply_payments": st.booleans(),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), switches=SWITCHES)
def test_the_books_balance_whatever_is_written_and_survive_a_restart(
    seed: int, switches: dict[str, Any]
) -> None:
    face = live(seed, switches)
    other = QuickBooks(Clock(), fast=True)
    other.load(face.save())
    assert other.books() == face.books()
    assert other.save() == face.save()
    check(other.company)


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(AMOUNTS, min_size=1, max_size=8), rate=st.sampled_from(RATES))
def test_a_fully_settled_foreign_invoice_leaves_no_cent(parts: list[Decimal], rate: str) -> None:
    face = QuickBooks(Clock(), fast=True)
    company = face.company
    made = write(company, "Customer", "", {"DisplayName": "L", "CurrencyRef": {"value": "MXN"}})
    body = invoice(sum(parts, ZERO), made["Id"], ExchangeRate=Decimal("216.7319"))
    owed = write(company, "Invoice", "", body)["Id"]
    for part in parts:
        body = payment(part, {owed: part}, made["Id"], ExchangeRate=Decimal(rate))
        write(company, "Payment", "", body)
    assert company.books.documents[owed].open == 0
    assert company.books.journal.balance(company.receivables["MXN"]) == 0
    check(company)
