"""Bodies in QuickBooks' words, against the official schema's names and the official samples."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quickbooks.objects.creditmemo import CreditMemo
from quickbooks.objects.customer import Customer as CustomerObject
from quickbooks.objects.invoice import Invoice as InvoiceObject
from quickbooks.objects.payment import Payment
from quickbooks.objects.salesreceipt import SalesReceipt

from bridge.core.books import Document, Invoice, Kind, Line, Status
from bridge.systems.judging import Refusal
from bridge.systems.quickbooks.answers import is_void, payment_kind, posted
from bridge.systems.quickbooks.translate import ENTITY, Company, body_of, has_reference, update_of
from bridge.systems.transport import from_json, to_json
from tests.contract.bodies import violations
from tests.systems.quickbooks.bench import (
    APPLICATION,
    CUSTOMER,
    EACH,
    INVOICE,
    NOTE,
    RECEIPT,
    SALE,
)

SPECS = Path(__file__).parents[2] / "data" / "specs" / "quickbooks"
SAMPLES: dict[str, Any] = from_json((SPECS / "samples.json").read_bytes())

HOME = Company(home_currency="COP", multicurrency=True)
LINKS = {"DYT-D1": "24", "DYT-L1": "130", "DYT-K1": "140"}

OBJECTS = {
    "Customer": CustomerObject,
    "Invoice": InvoiceObject,
    "CreditMemo": CreditMemo,
    "Payment": Payment,
    "SalesReceipt": SalesReceipt,
}


def changed(document: Document, **fields: object) -> Any:
    return msgspec.structs.replace(document, **fields)


RICH = [
    changed(CUSTOMER, phone="300 1", email="a@b.co"),
    changed(
        INVOICE, tags=(("class", "7"), ("department", "8")), currency="USD", rate=Decimal(4000)
    ),
    changed(RECEIPT, tags=(("department", "8"),)),
    NOTE,
    APPLICATION,
    changed(SALE, tags=(("class", "7"),)),
]


@pytest.mark.parametrize("document", [*EACH, *RICH], ids=lambda d: d.kind.value)
@pytest.mark.parametrize("per_line", [True, False])
def test_every_body_keeps_to_the_official_schema(document: Document, per_line: bool) -> None:
    company = msgspec.structs.replace(HOME, class_per_line=per_line)
    body = body_of(document, LINKS, company)
    assert violations("quickbooks", "POST", ENTITY[document.kind], body) == []


SDK_LACKS = {"Payment": {"DepartmentRef"}, "Invoice": {"ClassRef"}}
"""Names of the official schema that python-quickbooks 0.9.12 does not know."""


@pytest.mark.parametrize("document", [*EACH, *RICH], ids=lambda d: d.kind.value)
def test_python_quickbooks_knows_the_names_we_send(document: Document) -> None:
    body = body_of(document, LINKS, HOME)
    entity = ENTITY[document.kind]
    known = set(vars(OBJECTS[entity]()))
    assert set(body) - known <= SDK_LACKS.get(entity, set())


def test_the_documented_invoice_is_written_as_documented() -> None:
    us = Company(home_currency="USD", in_the_us=True)
    invoice = changed(
        INVOICE,
        currency="USD",
        memo="",
        lines=(Line(purpose="x", amount=Decimal("100.0"), item="1"),),
    )
    body = body_of(invoice, {"DYT-D1": "1"}, us)
    sample = SAMPLES["invoice_create_request"]["body"]
    assert body["CustomerRef"] == sample["CustomerRef"]
    line, documented = body["Line"][0], sample["Line"][0]
    documented["SalesItemLineDetail"]["ItemRef"].pop("name")
    assert line == documented
    assert "GlobalTaxCalculation" not in body
    assert "ExchangeRate" not in body


def test_an_invoice_says_all_that_quickbooks_would_make_up() -> None:
    body = body_of(INVOICE, LINKS, HOME)
    assert body == {
        "DocNumber": "DYT-L1",
        "CustomerRef": {"value": "24"},
        "TxnDate": "2026-11-20",
        "DueDate": "2027-05-20",
        "CurrencyRef": {"value": "COP"},
        "PrivateNote": "loan 1",
        "GlobalTaxCalculation": "NotApplicable",
        "EmailStatus": "NotSet",
        "AllowOnlineCreditCardPayment": False,
        "AllowOnlineACHPayment": False,
        "Line": [
            {
                "Amount": Decimal("1000000.50"),
                "DetailType": "SalesItemLineDetail",
                "Description": "Loan",
                "SalesItemLineDetail": {"ItemRef": {"value": "2"}},
            },
            {
                "Amount": Decimal(200000),
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "3"}},
            },
        ],
    }


def test_a_receipt_names_its_invoices_by_id_and_leaves_the_rest_unapplied() -> None:
    body = body_of(RECEIPT, LINKS, HOME)
    assert body["TotalAmt"] == Decimal(300000)
    assert body["Line"] == [
        {"Amount": Decimal(250000), "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}]}
    ]
    assert body["DepositToAccountRef"] == {"value": "30"}
    assert body["PaymentRefNum"] == "DYT-P1"
    assert "DocNumber" not in body


def test_a_credit_is_applied_by_a_payment_of_nothing_as_documented() -> None:
    body = body_of(APPLICATION, LINKS, HOME)
    assert body["TotalAmt"] == 0
    kinds = [line["LinkedTxn"][0]["TxnType"] for line in body["Line"]]
    documented = SAMPLES["payment_applies_creditmemo"]["body"]["Line"]
    assert kinds == [line["LinkedTxn"][0]["TxnType"] for line in documented]
    assert {line["Amount"] for line in body["Line"]} == {Decimal(400)}


def test_dimensions_go_where_the_company_tracks_them() -> None:
    tagged = changed(INVOICE, tags=(("class", "7"), ("department", "8")))
    header = body_of(tagged, LINKS, HOME)
    assert header["ClassRef"] == {"value": "7"}
    assert header["DepartmentRef"] == {"value": "8"}
    lines = body_of(tagged, LINKS, msgspec.structs.replace(HOME, class_per_line=True))
    assert "ClassRef" not in lines
    assert all(line["SalesItemLineDetail"]["ClassRef"] == {"value": "7"} for line in lines["Line"])


@pytest.mark.parametrize("tags", [(), (("class", "7"),)])
@pytest.mark.parametrize("per_line", [True, False])
@pytest.mark.parametrize(
    ("named", "exempt", "sent"), [("5", "", "5"), ("5", "NON", "5"), ("", "NON", "NON")]
)
def test_a_tax_code_is_sent_whether_or_not_there_is_a_class(
    tags: tuple[tuple[str, str], ...], per_line: bool, named: str, exempt: str, sent: str
) -> None:
    company = msgspec.structs.replace(HOME, class_per_line=per_line, exempt_tax=exempt)
    for document in (INVOICE, NOTE, SALE):
        lines = tuple(msgspec.structs.replace(line, tax=named) for line in document.lines)
        body = body_of(changed(document, lines=lines, tags=tags), LINKS, company)
        codes = [line["SalesItemLineDetail"]["TaxCodeRef"] for line in body["Line"]]
        assert codes == [{"value": sent}] * len(lines)


def test_a_rate_is_written_without_an_exponent() -> None:
    invoice = changed(INVOICE, currency="USD", rate=Decimal("4E+3"))
    assert b'"ExchangeRate":4000' in to_json(body_of(invoice, LINKS, HOME))


@pytest.mark.parametrize(
    ("fields", "company", "code"),
    [
        ({"currency": "USD"}, HOME, "no_rate"),
        (
            {"currency": "USD", "rate": Decimal(4000)},
            Company(home_currency="COP"),
            "no_multicurrency",
        ),
        ({}, Company(home_currency="COP", own_numbers=False), "own_numbers_off"),
        (
            {"lines": (Line(purpose="x", amount=Decimal("0.001"), item="1"),)},
            HOME,
            "amount_precision",
        ),
    ],
)
def test_what_the_company_can_not_hold_is_refused_here(
    fields: dict[str, Any], company: Company, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        body_of(changed(INVOICE, **fields), LINKS, company)
    assert refused.value.code == code
    assert refused.value.reason


def test_a_missing_link_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="DYT-D1"):
        body_of(INVOICE, {}, HOME)


def test_an_update_is_sparse_with_all_its_lines_and_clears_what_is_gone() -> None:
    current = {
        "Id": "130",
        "SyncToken": "4",
        "Line": [
            {"Id": "1", "Amount": 1, "SalesItemLineDetail": {"ItemRef": {"value": "2"}}},
            {"Amount": 1, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
        ],
    }
    body = update_of(changed(INVOICE, memo=""), LINKS, HOME, current)
    assert (body["Id"], body["SyncToken"], body["sparse"]) == ("130", "4", True)
    assert body["PrivateNote"] == ""
    assert [line.get("Id") for line in body["Line"]] == ["1", None]
    assert body["CustomerRef"] == {"value": "24"}
    assert not [name for name in body if name.startswith(("Email", "Allow"))], "a person's"


def test_a_customers_currency_is_never_sent_again() -> None:
    current = {"Id": "24", "SyncToken": "0", "Notes": "Ledger reference: DYT-D1"}
    body = update_of(CUSTOMER, {}, HOME, current)
    assert "CurrencyRef" not in body
    assert "Notes" not in body
    assert "Notes" in update_of(CUSTOMER, {}, HOME, {**current, "Notes": "other"})


# ── inward ───────────────────────────────────────────────────────────────────────────────────


def test_the_documented_customer_is_read() -> None:
    customer = posted(Kind.CUSTOMER, SAMPLES["customer_response"]["body"]["Customer"], "USD")
    assert (customer.name, customer.open) == ("Bill's Windsurf Shop", Decimal("85.0"))
    assert (customer.number, customer.currency) == ("", "USD")


def test_a_foreign_document_has_a_rate_and_a_home_one_has_none() -> None:
    raw = {
        "Id": "1",
        "TotalAmt": 5,
        "CurrencyRef": {"value": "USD"},
        "ExchangeRate": Decimal("4000.5"),
    }
    assert posted(Kind.INVOICE, raw, "COP").rate == Decimal("4000.5")
    assert posted(Kind.INVOICE, {**raw, "ExchangeRate": 1}, "USD").rate is None


def test_amounts_are_exact_whatever_json_they_come_in() -> None:
    raw = from_json(b'{"Id":"1","TotalAmt":12345678901234567.89,"Balance":"0.30"}')
    document = posted(Kind.INVOICE, raw, "COP")
    assert document.total == Decimal("12345678901234567.89")
    assert document.open == Decimal("0.30")


@given(st.decimals(0, 9999999999, places=2), st.decimals(0, 99999, places=2))
def test_amounts_survive_the_way_there_and_back(first: Decimal, second: Decimal) -> None:
    lines = tuple(Line(purpose="x", amount=amount, item="1") for amount in (first, second))
    invoice = changed(INVOICE, lines=lines)
    assert isinstance(invoice, Invoice)
    raw = from_json(to_json(body_of(invoice, LINKS, HOME)))
    back = posted(Kind.INVOICE, {**raw, "Id": "1", "TotalAmt": invoice.total}, "COP")
    assert [line.amount for line in back.lines] == [first, second]
    assert back.total == first + second


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"TotalAmt": 5, "Line": []}, Kind.RECEIPT),
        (SAMPLES["payment_applies_creditmemo"]["body"] | {"TotalAmt": 0}, Kind.APPLICATION),
        ({"TotalAmt": 0, "Line": [], "PaymentRefNum": "DYT-A1"}, Kind.APPLICATION),
        ({"TotalAmt": 0, "Line": [], "PaymentRefNum": "DYT-P1"}, Kind.RECEIPT),
        ({"TotalAmt": 0, "Line": []}, Kind.RECEIPT),
    ],
)
def test_a_payment_is_money_received_or_a_credit_put_to_use(
    raw: dict[str, Any], kind: Kind
) -> None:
    assert payment_kind({"Id": "1", **raw}) is kind


def test_a_void_is_a_zero_with_the_word_before_its_memo() -> None:
    assert is_void({"TotalAmt": 0, "PrivateNote": "Voided - loan 1"})
    assert not is_void({"TotalAmt": 0, "PrivateNote": "loan 1"})
    assert not is_void({"TotalAmt": 1, "PrivateNote": "Voided"})


def test_a_deleted_stub_is_read_without_the_fields_it_lacks() -> None:
    stub = SAMPLES["cdc_response"]["body"]["CDCResponse"][0]["QueryResponse"][1]["Estimate"][2]
    document = posted(Kind.INVOICE, stub, "USD")
    assert (document.external_id, document.status) == ("979", Status.DELETED)
    assert document.updated_at == "2015-12-23T12:55:50-08:00"


@pytest.mark.parametrize(
    ("notes", "there"),
    [
        ("Ledger reference: DYT-D1", True),
        ("pays late. DYT-D1.", True),
        ("DYT-D1\nsecond line", True),
        ("(DYT-D1)", True),
        ("Ledger reference: DYT-D10", False),
        ("Ledger reference: DYT-D1.2", False),
        ("XDYT-D1", False),
        ("DYT-D1-9", False),
        ("", False),
        (None, False),
    ],
)
def test_a_reference_in_notes_is_the_whole_word(notes: str | None, there: bool) -> None:
    assert has_reference(notes, "DYT-D1") is there


def test_dates_and_numbers_of_a_read_document() -> None:
    raw = SAMPLES["invoice_create_response"]["body"]["Invoice"]
    document = posted(Kind.INVOICE, raw, "USD")
    assert (document.day, document.due) == (date(2015, 7, 24), date(2015, 8, 23))
    assert document.name == "Amy's Bird Sanctuary"
