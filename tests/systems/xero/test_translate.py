"""Bodies in Xero's words, against the official OpenAPI description."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xero_python.accounting import models
from xero_python.api_client import ModelFinder
from xero_python.api_client.deserializer import deserialize

import bridge.systems.xero as package
from bridge.core.books import Application, Document, Kind, Line
from bridge.systems.judging import Refusal
from bridge.systems.transport import from_json, to_json
from bridge.systems.xero.answers import posted
from bridge.systems.xero.on_account import creation_of as body_of
from bridge.systems.xero.on_account import return_of
from bridge.systems.xero.translate import as_told, foreign_rate, update_of, void_of
from bridge.systems.xero.wire import ID_FIELD
from tests.contract.bodies import violations
from tests.systems.xero.documents import (
    BANK,
    BANK_MXN,
    CASH,
    CLEARING,
    COMPANY,
    CREDIT,
    CUSTOMER,
    INVOICE,
    LINKS,
    NOTE,
    RECEIPT,
    RECOVERY,
    SALE,
    TILL,
    changed,
    guid,
)

STAMP = "/Date(1795132800000+0000)/"
"""2026-11-20"""
MODEL_FIELD = {
    "Invoices": "invoices",
    "CreditNotes": "credit_notes",
    "Payments": "payments",
    "BankTransactions": "bank_transactions",
}
MXN = {"currency": "MXN", "rate": Decimal("215.40")}
WRITTEN = (
    CUSTOMER,
    changed(CUSTOMER, phone="300 123", email="ana@example.com"),
    INVOICE,
    changed(INVOICE, tags=(("Región", "Norte"), ("Canal", "Ruta"))),
    changed(INVOICE, **MXN),
    changed(INVOICE, lines=(Line(purpose="sale", amount=Decimal(119), account=RECOVERY, tax="T"),)),
    RECEIPT,
    changed(RECEIPT, **MXN),
    changed(RECEIPT, deposit_account=BANK_MXN, **MXN),
    CREDIT,
    changed(CREDIT, **MXN),
    changed(CREDIT, deposit_account=TILL),
    changed(CREDIT, deposit_account=TILL, **MXN),
    NOTE,
    changed(NOTE, **MXN),
    SALE,
    changed(SALE, deposit_account=BANK_MXN, **MXN),
)


def sent(resource: str, *bodies: Any) -> Any:
    """What a body is on the wire, read exactly."""
    return from_json(to_json({resource: list(bodies)}))


@pytest.mark.parametrize("document", WRITTEN)
def test_every_body_keeps_to_the_official_description(document: Document) -> None:
    resource, body = body_of(document, LINKS, COMPANY)
    assert violations("xero", "PUT", f"/{resource}", {resource: [body]}) == []


@pytest.mark.parametrize("document", [d for d in WRITTEN if d.kind is not Kind.RECEIPT])
def test_every_update_keeps_to_it_too(document: Document) -> None:
    current = answered(document)
    resource, body = update_of(document, LINKS, COMPANY, current)
    assert violations("xero", "POST", f"/{resource}", {resource: [body]}) == []
    assert "Status" not in body, "a paid document can not be made AUTHORISED again"
    assert "SentToContact" not in body, "whether a person sent it is a person's"


@pytest.mark.parametrize("document", [INVOICE, NOTE, SALE, RECEIPT])
def test_every_void_keeps_to_it_too(document: Document) -> None:
    raw = answered(document)
    method, path, body = void_of(document.kind, raw, posted(document.kind, raw, COMPANY))
    assert method == "POST"
    if document.kind is Kind.RECEIPT:
        assert path == f"Payments/{raw['PaymentID']}"
        assert violations("xero", "POST", f"/{path}", body) == []
    else:
        assert violations("xero", "POST", f"/{path}", {path: [body]}) == []


def test_an_overpayment_is_taken_back_by_a_payment_out_of_the_same_account() -> None:
    raw = {"OverpaymentID": guid(9), "RemainingCredit": Decimal("50.25"), "Total": Decimal("50.25")}
    now = posted(Kind.RECEIPT, raw, COMPANY)
    body = return_of(CREDIT, now, COMPANY)
    assert body == {
        "Overpayment": {"OverpaymentID": guid(9)},
        "Account": {"AccountID": BANK},
        "Date": "2026-11-20",
        "Amount": Decimal("50.25"),
        "Reference": "DYT-P2 void",
    }
    assert violations("xero", "PUT", "/Payments", {"Payments": [body]}) == []


def test_an_invoice_is_approved_numbered_by_us_and_names_its_contact_by_id_alone() -> None:
    _, body = body_of(INVOICE, LINKS, COMPANY)
    assert body["Contact"] == {"ContactID": LINKS["DYT-D1"]}
    assert (body["Type"], body["Status"]) == ("ACCREC", "AUTHORISED")
    assert body["SentToContact"] is False
    assert (body["InvoiceNumber"], body["Reference"]) == ("DYT-L1", "loan 1")
    assert (body["Date"], body["DueDate"]) == ("2026-11-20", "2027-05-20")
    assert body["LineAmountTypes"] == "NoTax"
    assert "CurrencyRate" not in body
    assert body["LineItems"][0] == {
        "Description": "Loan",
        "Quantity": 1,
        "UnitAmount": Decimal("1000000.50"),
        "AccountCode": "620",
        "TaxType": "NONE",
    }
    assert body["LineItems"][1]["Description"] == "DYT-L1", "Xero takes no empty description"


def test_with_tax_the_amounts_include_it() -> None:
    line = Line(purpose="sale", amount=Decimal(119), account=RECOVERY, tax="OUTPUT")
    _, body = body_of(changed(INVOICE, lines=(line,)), LINKS, COMPANY)
    assert body["LineAmountTypes"] == "Inclusive"
    assert body["LineItems"][0]["TaxType"] == "OUTPUT"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("215.40", "0.004643"),
        ("4105.30", "0.000244"),
        ("0.25", "4.000000"),
        ("1", "1.000000"),
        ("2000000", "0.000001"),
    ],
)
def test_a_rate_is_turned_round_and_has_six_decimals(ours: str, theirs: str) -> None:
    assert str(foreign_rate(Decimal(ours))) == theirs


@given(st.decimals(min_value="0.0001", max_value="5000", places=4))
def test_six_decimals_never_turn_a_rate_into_another_one(rate: Decimal) -> None:
    turned = foreign_rate(rate)
    assert b"E" not in to_json(turned)
    assert abs(1 / turned - rate) <= rate * rate / 1_000_000


def test_foreign_money_into_a_home_account_is_exact_by_its_amount() -> None:
    _, body = body_of(changed(RECEIPT, **MXN), LINKS, COMPANY)
    assert body["BankAmount"] == Decimal("53850000.00")
    assert "CurrencyRate" not in body
    _, body = body_of(changed(RECEIPT, deposit_account=BANK_MXN, **MXN), LINKS, COMPANY)
    assert body["CurrencyRate"] == Decimal("0.004643")
    assert "BankAmount" not in body


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (changed(INVOICE, currency="MXN"), "no_rate"),
        (changed(INVOICE, currency="EUR", rate=Decimal(4500)), "currency_not_subscribed"),
        (changed(INVOICE, currency="MXN", rate=Decimal(3_000_000)), "rate_precision"),
        (changed(INVOICE, lines=(Line(purpose="x", amount=Decimal("0.001"), account=CLEARING),)),
         "amount_precision"),
        (changed(INVOICE, lines=(Line(purpose="x", amount=Decimal(1), account=guid(77)),)),
         "account"),
        (changed(INVOICE, lines=(Line(purpose="x", amount=Decimal(1), account=CASH),)), "account"),
        (changed(RECEIPT, deposit_account=CLEARING), "account_type"),
        (changed(RECEIPT, total=Decimal(1)), "receipt_parts"),
        (changed(RECEIPT, applications=(Application("DYT-L1", Decimal(1)),) * 2), "receipt_parts"),
        (changed(CREDIT, deposit_account=BANK_MXN), "account_currency"),
        (changed(SALE, deposit_account=TILL), "account_type"),
        (changed(SALE, deposit_account=BANK_MXN), "account_currency"),
    ],
)  # fmt: skip
def test_what_xero_can_not_hold_is_refused_by_us(document: Document, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        body_of(document, LINKS, COMPANY)
    assert refused.value.code == code
    assert refused.value.reason.endswith(".")


def test_lines_keep_their_ids_when_a_document_changes() -> None:
    current = answered(INVOICE)
    later = changed(INVOICE, lines=(*INVOICE.lines, INVOICE.lines[0]))
    _, body = update_of(later, LINKS, COMPANY, current)
    assert [line.get("LineItemID") for line in body["LineItems"]] == [guid(900), guid(901), None]
    assert body["InvoiceID"] == current["InvoiceID"]


def test_of_a_paid_invoice_only_due_date_and_texts_are_sent() -> None:
    current = answered(INVOICE) | {"AmountPaid": Decimal(10)}
    later = changed(INVOICE, due=INVOICE.day, memo="moved")
    _, body = update_of(later, LINKS, COMPANY, current)
    assert body == {
        "InvoiceID": current["InvoiceID"],
        "DueDate": "2026-11-20",
        "Reference": "moved",
    }
    for fields in ({"lines": INVOICE.lines[:1]}, {"day": INVOICE.due}):
        _, body = update_of(changed(INVOICE, **fields), LINKS, COMPANY, current)
        assert "LineItems" in body, "Xero says no, and why: nothing is left out in silence"


@given(st.decimals(min_value=0, max_value="9999999999.99", places=2))
def test_no_amount_passes_through_a_float(amount: Decimal) -> None:
    line = changed(INVOICE.lines[0], amount=amount)
    resource, body = body_of(changed(INVOICE, lines=(line,)), LINKS, COMPANY)
    told = sent(resource, body)[resource][0]["LineItems"][0]["UnitAmount"]
    assert not isinstance(told, float)
    assert told == amount


def test_the_package_makes_no_float_but_for_seconds() -> None:
    folder = Path(package.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            made = isinstance(node, ast.Call) and ast.unparse(node.func) in ("float", "round")
            assert not made, path
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", "")}
                writers = {"xero_python.accounting", "AccountingApi"}
                assert not names & writers, "the library re-sends creates and writes floats"


@pytest.mark.parametrize("document", [d for d in WRITTEN if d.kind is not Kind.CUSTOMER])
def test_xeros_own_models_read_our_bodies(document: Any) -> None:
    resource, body = body_of(document, LINKS, COMPANY)
    wire = sent(
        resource, body | {"Date": STAMP} | ({"DueDate": STAMP} if "DueDate" in body else {})
    )
    model = deserialize(resource, wire, ModelFinder(models))
    (element,) = getattr(model, MODEL_FIELD[resource])
    assert element.date == document.day
    if resource == "Payments":
        assert element.amount == document.total
    else:
        amounts = [line.unit_amount or line.line_amount for line in element.line_items]
        assert sum(amounts) == document.total


def test_a_document_is_told_with_every_line_described() -> None:
    told = as_told(INVOICE)
    assert [line.description for line in told.lines] == ["Loan", "DYT-L1"]  # type: ignore[union-attr]
    assert as_told(RECEIPT) is RECEIPT


def answered(document: Document) -> dict[str, Any]:
    """The body as Xero would hold it, with ids."""
    resource, body = body_of(document, LINKS, COMPANY)
    (element,) = sent(resource, body)[resource]
    element[ID_FIELD[resource]] = guid(500)
    element["Date"] = STAMP
    for index, line in enumerate(element.get("LineItems", ())):
        line["LineItemID"] = guid(900 + index)
        line["LineAmount"] = line.get("UnitAmount")
    return dict(element)
