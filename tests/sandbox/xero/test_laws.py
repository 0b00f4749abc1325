"""Laws that no sequence of writes may break, attacked at random."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.clock import Clock
from bridge.sandbox.wire import Request, Response, decode, encode
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.face import Xero
from tests.sandbox.xero.client import TENANT, credit, invoice, line, overpayment, payment

HEADERS = {
    "authorization": "Bearer demo-access",
    "xero-tenant-id": TENANT,
    "accept": "application/json",
}
AMOUNTS = st.decimals("0.01", "99999.99", places=2)
STEPS = 40


def call(face: Xero, method: str, path: str, body: Any = None, **query: str) -> Response:
    data = encode(body) if body is not None else b""
    return face.handle(Request(method, f"/api.xro/2.0/{path}", query, HEADERS, data))


def check(company: Company) -> None:
    """The books balance, and the control account is what the customers owe."""
    books = company.books
    debits, credits = books.journal.trial_balance()
    assert debits == credits
    by_currency: dict[str, Decimal] = defaultdict(Decimal)
    home = ZERO
    for kept in books.documents.values():
        assert 0 <= kept.open <= kept.claim
        assert kept.open or not kept.home_open
        by_currency[kept.currency] += kept.side * kept.open
        home += kept.side * kept.home_open
    assert books.journal.balance(company.receivable_id) == home
    for currency in (company.home, *company.currencies):
        held = books.journal.balance_in(company.receivable_id, currency)
        assert held == by_currency[currency]
    for table, id_name in (("Invoices", "InvoiceID"), ("CreditNotes", "CreditNoteID")):
        for row in company.tables[table].rows.values():
            assert (row[id_name] in books.documents) == (row["Status"] in ("AUTHORISED", "VOIDED"))
    for row in company.tables["Payments"].rows.values():
        assert (row["PaymentID"] in books.documents) == (row["Status"] == "AUTHORISED")


def step(face: Xero, dice: random.Random, ana: str) -> None:
    """Do something a client might do; a refusal is fine as long as the laws hold."""
    company = face.company
    amount = Decimal(dice.randint(1, 999_999)) / 100
    currency = dice.choice(["COP", "MXN"])
    rate = (
        {"CurrencyRate": Decimal(dice.choice(["0.004614", "0.0051"]))} if currency != "COP" else {}
    )
    more: dict[str, Any] = {"CurrencyCode": currency, **rate}
    invoices = list(company.tables["Invoices"].rows.values())
    notes = list(company.tables["CreditNotes"].rows.values())
    action = dice.randint(0, 11)
    bad = invoice(ana, LineItems=[line(1, "999")])
    if action <= 2 or not invoices:
        number = {"InvoiceNumber": f"L-{dice.randint(1, 6)}"} if dice.random() < 0.5 else {}
        bodies = [invoice(ana, amount, **more, **number), invoice(ana, 5)]
        bodies += [bad] if dice.random() < 0.3 else []
        query = {"summarizeErrors": dice.choice(["true", "false"])}
        call(face, dice.choice(["PUT", "POST"]), "Invoices", {"Invoices": bodies}, **query)
        return
    chosen = dice.choice(invoices)["InvoiceID"]
    if action <= 4:
        rest = company.books.documents[chosen].open if chosen in company.books.documents else amount
        part = dice.choice([rest, min(rest, amount), amount])
        account = {"Code": dice.choice(["090", "093", "650"])}
        bodies = [payment(chosen, part, Account=account), payment(chosen, 1)]
        call(face, "PUT", "Payments", {"Payments": bodies[: dice.randint(1, 2)]})
    elif action == 5:
        call(face, "PUT", "CreditNotes", credit(ana, amount, **more))
    elif action == 6 and notes:
        place = f"CreditNotes/{dice.choice(notes)['CreditNoteID']}/Allocations"
        part = {"Amount": min(amount, Decimal(50)), "Invoice": {"InvoiceID": chosen}}
        call(face, "PUT", place, {"Allocations": [part, part]})
    elif action == 7:
        call(face, "PUT", "BankTransactions", overpayment(ana, amount))
        for row in list(company.tables["Overpayments"].rows)[-1:]:
            part = {"Amount": min(amount, Decimal(50)), "Invoice": {"InvoiceID": chosen}}
            call(face, "PUT", f"Overpayments/{row}/Allocations", part)
    elif action == 8:
        status = dice.choice(["VOIDED", "AUTHORISED"])
        bodies = [{"InvoiceID": chosen, "Status": status}, bad]
        call(face, "POST", "Invoices", {"Invoices": bodies[: dice.randint(1, 2)]})
    elif action == 9:
        change = {"InvoiceID": chosen, "LineItems": [line(amount)], **rate}
        call(face, "POST", "Invoices", change)
    elif action == 10:
        for row in list(company.tables["Payments"].rows)[-1:]:
            call(face, "POST", f"Payments/{row}", {"Status": "DELETED"})
    else:
        by_hand(face, dice, chosen, amount)


def by_hand(face: Xero, dice: random.Random, chosen: str, amount: Decimal) -> None:
    wishes: list[dict[str, Any]] = [
        {"action": "edit", "kind": "invoice", "id": chosen, "set": {"amount": str(amount)}},
        {"action": "void", "kind": "invoice", "id": chosen},
        {"action": "edit", "kind": "invoice", "id": chosen, "set": {"customer": "City Limousines"}},
        {"action": "merge", "from": "City Limousines", "into": "Ana"},
        {"action": "add", "kind": "receipt", "customer": "Ana", "amount": 9, "apply": "auto"},
    ]
    try:
        face.edit(dice.choice(wishes))
    except ValueError:
        return


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), whole=st.booleans())
def test_the_books_balance_whatever_is_written_and_survive_a_restart(
    seed: int, whole: bool
) -> None:
    dice = random.Random(seed)
    face = Xero(Clock(), fast=True)
    face.change_settings({"all_or_nothing": whole})
    made = decode(call(face, "PUT", "Contacts", {"Name": "Ana"}).body)
    ana = made["Contacts"][0]["ContactID"]
    for _ in range(STEPS):
        step(face, dice, ana)
        check(face.company)
    other = Xero(Clock(), fast=True)
    other.load(face.save())
    assert other.books() == face.books()
    check(other.company)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_refused_request_leaves_no_trace(seed: int) -> None:
    dice = random.Random(seed)
    face = Xero(Clock(), fast=True)
    made = decode(call(face, "PUT", "Contacts", {"Name": "Ana"}).body)
    ana = made["Contacts"][0]["ContactID"]
    for _ in range(8):
        step(face, dice, ana)
    rows = {name: dict(table.rows) for name, table in face.company.tables.items()}
    before = face.books()
    chosen = dice.choice([*face.company.tables["Invoices"].rows, ana])
    bad = invoice(ana, LineItems=[line(1, "999")])
    bodies = [
        invoice(ana, 7, Contact={"Name": "New"}),
        {"InvoiceID": chosen, "Status": "VOIDED"},
        {"InvoiceID": chosen, "LineItems": [line(3)]},
    ]
    call(face, "POST", "Invoices", {"Invoices": [*bodies, bad]})
    after = face.books()
    assert after["trial_balance"] == before["trial_balance"]
    assert after["accounts"] == before["accounts"]
    assert {n: dict(t.rows) for n, t in face.company.tables.items()} == rows


@settings(max_examples=40, deadline=None)
@given(
    parts=st.lists(AMOUNTS, min_size=1, max_size=8), rate=st.sampled_from(["0.0046", "0.005123"])
)
def test_a_fully_settled_foreign_invoice_leaves_no_cent(parts: list[Decimal], rate: str) -> None:
    face = Xero(Clock(), fast=True)
    made = decode(call(face, "PUT", "Contacts", {"Name": "Ana"}).body)
    ana = made["Contacts"][0]["ContactID"]
    more = {"CurrencyCode": "MXN", "CurrencyRate": Decimal("0.004614")}
    body = invoice(ana, sum(parts, ZERO), **more)
    owed = decode(call(face, "PUT", "Invoices", body).body)["Invoices"][0]["InvoiceID"]
    for part in parts:
        body = payment(owed, part, CurrencyRate=Decimal(rate))
        assert call(face, "PUT", "Payments", body).status == 200
    assert face.company.books.documents[owed].open == 0
    assert face.company.books.journal.balance(face.company.receivable_id) == 0
    check(face.company)
