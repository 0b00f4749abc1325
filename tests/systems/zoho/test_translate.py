"""Documents to Zoho's bodies and back, without a network."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.books import (
    Account,
    BooksItem,
    Chart,
    Company,
    CreditNote,
    Customer,
    Document,
    Invoice,
    Kind,
    Receipt,
    Sale,
    Status,
)
from bridge.systems.judging import Refusal
from bridge.systems.transport import to_json
from bridge.systems.zoho import translate
from bridge.systems.zoho.posted import application, own_field, posted
from bridge.systems.zoho.translate import body_of, has_reference, update_of
from tests.contract.bodies import violations
from tests.systems.zoho.bench import CUSTOMER, Documents, changed

ITEMS = ("Loan principal", "Loan interest", "Bad debt write-off", "Recovery", "Late fee")
DOCS = Documents(
    Chart(
        company=Company(id="1", name="x", home_currency="COP"),
        accounts=tuple(
            Account(id=f"46{n}", number="", name=name, classification="asset")
            for n, name in enumerate(("Store cash", "Bank USD"))
        ),
        items=tuple(
            BooksItem(id=f"9{n}", name=name, account_id="47") for n, name in enumerate(ITEMS)
        ),
    )
)
COMPANY = translate.Company(
    home_currency="COP",
    currencies={"COP": "460000000000097", "USD": "460000000000098"},
    decimals={"COP": 2, "USD": 2},
    fields={Kind.CUSTOMER: "46000000012845"},
)
LINKS = {"DYT-D1": "982000000567001", "DYT-L1": "982000000567114", "DYT-K1": "90300000072369"}

PLACES = {
    Kind.CUSTOMER: ("/contacts", "/contacts/1"),
    Kind.INVOICE: ("/invoices", "/invoices/1"),
    Kind.RECEIPT: ("/customerpayments", "/customerpayments/1"),
    Kind.CREDIT_NOTE: ("/creditnotes", "/creditnotes/1"),
    Kind.APPLICATION: ("/creditnotes/1/invoices", ""),
    Kind.SALE: ("/journals", "/journals/1"),
}
"""Where a document is created and where it is changed."""


def variants(kind: Kind) -> list[Document]:
    """The document of a kind in every form that its fields allow."""
    document: Any = DOCS.of(kind)
    if isinstance(document, Customer):
        return [
            document,
            changed(document, phone="+57 300 1234567", email="ana@example.co"),
            changed(document, currency="USD"),
        ]
    found = [document, changed(document, memo="")]
    found.append(changed(document, currency="USD", rate=Decimal("4123.4567")))
    if kind is not Kind.APPLICATION:
        tags = (("location", "460000000038080"), ("Store", "460000000000567:460000000014044"))
        found.append(changed(document, tags=tags))
    if isinstance(document, Invoice | CreditNote):
        lines = tuple(changed(line, tax="982000000557028") for line in document.lines)
        found.append(changed(document, lines=lines))
    if isinstance(document, Receipt):
        found.append(changed(document, applications=(), method=""))
    return found


@pytest.mark.parametrize("kind", list(Kind))
def test_every_body_that_creates_is_as_the_official_schema_wants_it(kind: Kind) -> None:
    path, _ = PLACES[kind]
    for document in variants(kind):
        body = body_of(document, LINKS, COMPANY)
        assert violations("zoho", "POST", path, body) == []


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.APPLICATION])
def test_every_body_that_updates_is_as_the_official_schema_wants_it(kind: Kind) -> None:
    _, path = PLACES[kind]
    current = {"line_items": [{"line_item_id": "982000000567021"}], "notes": ""}
    for document in variants(kind):
        body = update_of(document, LINKS, COMPANY, current)
        assert violations("zoho", "PUT", path, body) == []


# ── outward ──────────────────────────────────────────────────────────────────────────────────


def test_amounts_leave_as_the_exact_numbers_that_they_are() -> None:
    line = DOCS.line("Loan principal", "12345678901234.05")
    text = to_json(body_of(changed(DOCS.invoice, lines=(line,)), LINKS, COMPANY))
    assert b'"rate":12345678901234.05' in text


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.RECEIPT, Kind.CREDIT_NOTE, Kind.SALE])
def test_a_foreign_document_always_carries_our_rate_and_a_home_one_none(kind: Kind) -> None:
    document: Any = DOCS.of(kind)
    assert "exchange_rate" not in body_of(document, LINKS, COMPANY)
    foreign = changed(document, currency="USD", rate=Decimal("4123.45"))
    assert Decimal(body_of(foreign, LINKS, COMPANY)["exchange_rate"]) == Decimal("4123.45")
    with pytest.raises(Refusal) as refusal:
        body_of(changed(foreign, rate=None), LINKS, COMPANY)
    assert refusal.value.code == "no_rate"


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.RECEIPT, Kind.CREDIT_NOTE, Kind.SALE])
@pytest.mark.parametrize("rate", ["4E+3", "4000", "40E+2", "4000.0"])
def test_a_rate_leaves_in_plain_digits(kind: Kind, rate: str) -> None:
    """A mapping may say `4e3`; not every reader of JSON takes an exponent."""
    foreign = changed(DOCS.of(kind), currency="USD", rate=Decimal(rate))
    sent = to_json(body_of(foreign, LINKS, COMPANY))
    assert re.search(rb'"exchange_rate":"?4000(\.0)?[",}]', sent)


@pytest.mark.parametrize("kind", [Kind.CUSTOMER, Kind.INVOICE, Kind.RECEIPT])
def test_a_currency_that_the_organization_has_not_got_is_refused(kind: Kind) -> None:
    document: Any = DOCS.of(kind)
    with pytest.raises(Refusal) as refusal:
        body_of(changed(document, currency="EUR"), LINKS, COMPANY)
    assert refusal.value.code == "no_currency"


@pytest.mark.parametrize(("decimals", "amount"), [(0, "1.5"), (2, "1.005")])
def test_what_zoho_would_round_is_refused(decimals: int, amount: str) -> None:
    company = msgspec.structs.replace(COMPANY, decimals={"COP": decimals})
    with pytest.raises(Refusal) as refusal:
        body_of(changed(DOCS.receipt, total=Decimal(amount)), LINKS, company)
    assert refusal.value.code == "amount_precision"


def test_a_recovery_is_a_published_journal_that_balances() -> None:
    body = body_of(DOCS.sale, LINKS, COMPANY)
    sides = {"debit": Decimal(0), "credit": Decimal(0)}
    for line in body["line_items"]:
        sides[line["debit_or_credit"]] += line["amount"]
    assert sides["debit"] == sides["credit"] == DOCS.sale.total
    assert body["status"] == "published"
    assert {line["customer_id"] for line in body["line_items"]} == {LINKS["DYT-D1"]}


def test_an_update_keeps_the_ids_of_lines_and_leaves_people_and_remarks_alone() -> None:
    current = {"line_items": [{"line_item_id": 7}]}
    lines = update_of(DOCS.invoice, LINKS, COMPANY, current)["line_items"]
    assert [line.get("line_item_id") for line in lines] == ["7", None]
    customer = changed(CUSTOMER, phone="300")
    kept = update_of(customer, LINKS, COMPANY, {"notes": "VIP. DYT-D1"})
    assert not {"notes", "contact_persons", "currency_id"} & set(kept)
    assert "DYT-D1" in update_of(customer, LINKS, COMPANY, {"notes": "VIP"})["notes"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("DYT-D1", True),
        ("Ledger reference: DYT-D1.", True),
        ("DYT-D12", False),
        ("XDYT-D1", False),
        ("DYT-D1-X", False),
        (None, False),
    ],
)
def test_a_reference_in_a_text_is_itself_and_not_a_part_of_another(
    text: str | None, named: bool
) -> None:
    assert has_reference(text, "DYT-D1") is named


# ── inward: the official examples ────────────────────────────────────────────────────────────


def test_the_documented_invoice_is_read() -> None:
    raw = {  # invoices.yml, list_invoices, examples of each field
        "invoice_id": 982000000567114,
        "customer_id": "982000000567001",
        "customer_name": "Bowman & Co",
        "status": "overdue",
        "invoice_number": "INV-00003",
        "date": "2013-11-17",
        "due_date": "2013-12-03",
        "currency_code": "USD",
        "total": "10000",
        "balance": "40.6",
        "exchange_rate": Decimal("3987.45"),
        "last_modified_time": "2013-11-18T02:02:51-0800",
    }
    read = posted(Kind.INVOICE, raw, COMPANY)
    assert (read.external_id, read.number, read.status) == (
        "982000000567114",
        "INV-00003",
        Status.LIVE,
    )
    assert (read.total, read.open) == (Decimal(10000), Decimal("40.6"))
    assert read.rate == Decimal("3987.45")
    assert read.version == "2013-11-18T02:02:51-0800"


def test_the_documented_payment_is_read() -> None:
    raw = {  # customer-payments.yml, get_customer_payment; §3.6
        "payment_id": "9030000079467",
        "payment_mode": "cash",
        "amount": 450,
        "status": "success",
        "date": "2016-06-05",
        "reference_number": "INV-384",
        "customer_id": "903000000000099",
        "invoices": [{"invoice_id": "90300000079426", "amount_applied": 400}],
        "currency_code": "COP",
    }
    read = posted(Kind.RECEIPT, raw, COMPANY)
    assert (read.total, read.open) == (Decimal(450), Decimal(50))
    assert read.applications == (("90300000079426", Decimal(400)),)
    assert read.status is Status.LIVE


def test_the_documented_use_of_a_credit_note_is_read() -> None:
    note = {"creditnote_id": "90300000072369", "total": 450, "balance": 10, "status": "open"}
    row = {"invoice_id": "90300000079426", "credited_amount": Decimal("12.02")}
    asked = application(note, [row], COMPANY)
    assert asked.applications == (("90300000079426", Decimal("12.02")),)
    assert application(note, None, COMPANY).total == 440
    void = {**note, "status": "void"}
    assert application(void, None, COMPANY).total == 0


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("sent", Status.LIVE),
        ("overdue", Status.LIVE),
        ("partially_paid", Status.LIVE),
        ("paid", Status.LIVE),
        ("viewed", Status.LIVE),
        ("void", Status.VOIDED),
        ("draft", Status.DRAFT),
        ("pending_approval", Status.DRAFT),
    ],
)
def test_the_states_of_an_invoice(status: str, expected: Status) -> None:
    assert posted(Kind.INVOICE, {"invoice_id": "1", "status": status}, COMPANY).status is expected


@pytest.mark.parametrize(
    "raw",
    [
        {"cf_ledger_reference": "DYT-D1"},
        {"custom_field_hash": {"cf_ledger_reference": "DYT-D1"}},
        {"custom_fields": [{"api_name": "cf_ledger_reference", "value": "DYT-D1"}]},
        {"custom_fields": [{"label": "Ledger reference", "value": "DYT-D1", "index": 1}]},
    ],
)
def test_our_field_is_read_in_every_form(raw: dict[str, Any]) -> None:
    assert own_field(raw) == "DYT-D1"
    assert posted(Kind.CUSTOMER, {"contact_id": 1, **raw}, COMPANY).number == "DYT-D1"


def test_a_journal_of_ours_names_its_customer_and_the_account_of_the_money() -> None:
    raw = body_of(DOCS.sale, LINKS, COMPANY) | {"journal_id": "460000000038001", "total": "75.25"}
    read = posted(Kind.SALE, raw, COMPANY)
    assert isinstance(DOCS.sale, Sale)
    assert read.customer_id == LINKS["DYT-D1"]
    assert read.deposit_account == DOCS.sale.deposit_account
    assert (read.number, read.day, read.total) == ("DYT-V1", DOCS.sale.day, DOCS.sale.total)
    assert read.currency == "COP"
