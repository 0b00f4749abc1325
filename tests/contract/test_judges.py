"""The judges see what is wrong: a good exchange of each system, spoilt in one way at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.conformance.ground import COMPANIES
from tests.contract import bodies, defects
from tests.contract.defects import Defect
from tests.contract.exchanges import OUR_AGENT, Exchange, Violation
from tests.contract.judging import Judge

JSON = "application/json"
HEADERS = {"user-agent": OUR_AGENT, "accept": JSON, "content-type": JSON, "authorization": "x"}
GUID = "2f79af6c-0000-4000-8000-000000000001"

XERO_INVOICE = {
    "Type": "ACCREC",
    "Contact": {"ContactID": GUID},
    "Date": "2026-11-20",
    "DueDate": "2026-12-20",
    "InvoiceNumber": "DY-L1",
    "LineItems": [{"Description": "Capital", "Quantity": 1, "UnitAmount": 10.25}],
}
XERO = Exchange(
    "xero",
    "PUT",
    "/api.xro/2.0/Invoices",
    (("summarizeErrors", "false"),),
    {**HEADERS, "xero-tenant-id": GUID, "idempotency-key": "k"},
    json.dumps({"Invoices": [XERO_INVOICE]}).encode(),
    200,
    "application/json;charset=UTF-8",
    json.dumps({"Invoices": [{"InvoiceID": GUID, "Date": "/Date(1789344000000+0000)/"}]}).encode(),
)
QUICKBOOKS_PAYMENT = {
    "CustomerRef": {"value": "24"},
    "TotalAmt": 10.25,
    "TxnDate": "2026-11-20",
    "PaymentRefNum": "DY-P1",
    "Line": [{"Amount": 10.25, "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}]}],
}
QUICKBOOKS = Exchange(
    "quickbooks",
    "POST",
    f"/v3/company/{COMPANIES['quickbooks']}/payment",
    (("minorversion", "75"), ("requestid", "k1")),
    HEADERS,
    json.dumps(QUICKBOOKS_PAYMENT).encode(),
    200,
    JSON,
    json.dumps(
        {"Payment": {"Id": "7", **QUICKBOOKS_PAYMENT}, "time": "2026-11-20T10:33:39-07:00"}
    ).encode(),
)
ZOHO_INVOICE = {
    "customer_id": "982000000567001",
    "invoice_number": "DY-L1",
    "date": "2026-11-20",
    "line_items": [{"item_id": "982000000030049", "rate": 10.25, "quantity": 1}],
}
ZOHO = Exchange(
    "zoho",
    "POST",
    "/books/v3/invoices",
    (("organization_id", COMPANIES["zoho"]), ("ignore_auto_number_generation", "true")),
    HEADERS,
    json.dumps(ZOHO_INVOICE).encode(),
    201,
    JSON,
    json.dumps({"code": 0, "message": "ok", "invoice": {"invoice_id": "1"}}).encode(),
)
NEW_INVOICE = "invoices: create-an-invoice-request"
GOOD = {"xero": XERO, "quickbooks": QUICKBOOKS, "zoho": ZOHO}


def seen(exchange: Exchange) -> set[tuple[str, str, str]]:
    found = list(Judge(exchange.system).violations(exchange))
    return {violation.key for violation in defects.undocumented(exchange.system, found)}


def asked(exchange: Exchange, path: str, **query: str) -> Exchange:
    """The same client's question instead."""
    return replace(
        exchange, method="GET", path=path, query=tuple(query.items()), body=b"", answer=b"{}"
    )


def spoilt(exchange: Exchange, old: str, new: str) -> Exchange:
    """With another text in the request, which must have had the old one."""
    assert old.encode() in exchange.body
    return replace(exchange, body=exchange.body.replace(old.encode(), new.encode(), 1))


def misanswered(exchange: Exchange, old: str, new: str) -> Exchange:
    assert old.encode() in exchange.answer
    return replace(exchange, answer=exchange.answer.replace(old.encode(), new.encode(), 1))


def without(exchange: Exchange, header: str) -> Exchange:
    left = {name: value for name, value in exchange.headers.items() if name != header}
    return replace(exchange, headers=left)


@pytest.mark.parametrize("system", sorted(GOOD))
def test_what_is_as_described_passes(system: str) -> None:
    assert seen(GOOD[system]) == set()


WRONG_BODIES = [
    (XERO, '"Type"', '"Typ"', ("unknown", "Invoice.Typ")),
    (XERO, '"DueDate"', '"AmountDue": 1, "DueDate"', ("read only", "Invoice.AmountDue")),
    (XERO, "ACCREC", "SALE", ("enum", "Invoice.Type")),
    (XERO, '"2026-12-20"', "20261220", ("type", "Invoice.DueDate")),
    (XERO, "2026-12-20", "20.12.2026", ("format", "Invoice.DueDate")),
    (XERO, GUID, "24", ("format", "Contact.ContactID")),
    (XERO, "DY-L1", "x" * 256, ("length", "Invoice.InvoiceNumber")),
    (XERO, "10.25", '"10.25"', ("type", "LineItem.UnitAmount")),
    (XERO, "10.25", "10.250000000000001", ("decimals", "UnitAmount")),
    (XERO, "10.25", "1E+2", ("exponent", "UnitAmount")),
    (XERO, "10.25", "10.0", ("float", "UnitAmount")),
    (XERO, '"Quantity"', '"Description": "x", "Quantity"', ("json", "PUT /api.xro/2.0/Invoices")),
    (QUICKBOOKS, '"PaymentRefNum"', '"RefNum"', ("unknown", "Payment.RefNum")),
    (QUICKBOOKS, '"value"', '"id"', ("unknown", "ReferenceType.id")),
    (QUICKBOOKS, '"24"', "24", ("type", "ReferenceType.value")),
    (QUICKBOOKS, "10.25", '"10.25"', ("type", "Payment.TotalAmt")),
    (QUICKBOOKS, "10.25", "10.249999999999", ("decimals", "TotalAmt")),
    (QUICKBOOKS, "2026-11-20", "2026-02-30", ("format", "Payment.TxnDate")),
    (QUICKBOOKS, "DY-P1", "x" * 22, ("length", "PaymentRefNum")),
    (
        QUICKBOOKS,
        '"TxnDate"',
        '"UnappliedAmt": 1, "TxnDate"',
        ("read only", "Payment.UnappliedAmt"),
    ),
    (QUICKBOOKS, '"2026-11-20"', "null", ("null", "TxnDate")),
    (
        ZOHO,
        '"rate"',
        '"price"',
        ("unknown", f"{NEW_INVOICE}.line_items.price"),
    ),
    (ZOHO, "10.25", '"10.25"', ("type", f"{NEW_INVOICE}.line_items.rate")),
    (ZOHO, '"customer_id"', '"a"', ("required", f"{NEW_INVOICE}.customer_id")),
    (ZOHO, "DY-L1", "x" * 101, ("length", f"{NEW_INVOICE}.invoice_number")),
    (ZOHO, "10.25", "10.255", ("decimals", "rate")),
]


@pytest.mark.parametrize(("exchange", "old", "new", "expected"), WRONG_BODIES)
def test_a_body_that_is_not_as_described_is_seen(
    exchange: Exchange, old: str, new: str, expected: tuple[str, str]
) -> None:
    assert ("request", *expected) in seen(spoilt(exchange, old, new))


QUICKBOOKS_ROOT = QUICKBOOKS.path.removesuffix("payment")
WRONG_REQUESTS = [
    (without(XERO, "xero-tenant-id"), ("required", "PUT /Invoices.header xero-tenant-id")),
    (without(XERO, "accept"), ("required", "header accept")),
    (replace(XERO, path="/api.xro/2.0/Bills"), ("path", "PUT /api.xro/2.0/Bills")),
    (replace(XERO, method="PATCH"), ("path", "PATCH /api.xro/2.0/Invoices")),
    (replace(XERO, query=(("summarise", "no"),)), ("unknown", "PUT /Invoices.?summarise")),
    (
        replace(XERO, query=(("summarizeErrors", "no"),)),
        ("type", "PUT /Invoices.?summarizeErrors"),
    ),
    (
        asked(XERO, "/api.xro/2.0/Invoices", pageSize="many"),
        ("type", "GET /Invoices.?pageSize"),
    ),
    (
        replace(XERO, headers={**XERO.headers, "x-own": "1"}),
        ("unknown", "PUT /Invoices.header x-own"),
    ),
    (replace(QUICKBOOKS, path=f"{QUICKBOOKS_ROOT}loan"), ("path", "POST loan")),
    (
        replace(QUICKBOOKS, query=QUICKBOOKS.query[:1]),
        ("required", "POST payment.?requestid"),
    ),
    (
        replace(QUICKBOOKS, query=(("minorversion", "75"), ("requestid", "k" * 51))),
        ("length", "POST payment.?requestid"),
    ),
    (
        replace(QUICKBOOKS, query=(*QUICKBOOKS.query, ("operation", "void"))),
        ("unknown", "POST payment.?operation=void"),
    ),
    (
        asked(QUICKBOOKS, f"{QUICKBOOKS_ROOT}cdc", minorversion="75", entities="Loan"),
        ("enum", "GET cdc.?entities"),
    ),
    (
        replace(ZOHO, query=(*ZOHO.query[:1], ("autonumber", "no"))),
        ("unknown", "invoices: POST /invoices.?autonumber"),
    ),
    (
        replace(ZOHO, query=ZOHO.query[1:]),
        ("required", "invoices: POST /invoices.?organization_id"),
    ),
    (
        asked(ZOHO, "/books/v3/contacts", organization_id="1", filter_by="Status.Gone"),
        ("enum", "contacts: GET /contacts.?filter_by"),
    ),
    (
        asked(ZOHO, "/books/v3/contacts", organization_id="1", contact_name="x" * 101),
        ("length", "contacts: GET /contacts.?contact_name"),
    ),
    (
        asked(ZOHO, "/books/v3/contacts", organization_id="1", custom_field="x"),
        ("unknown", "contacts: GET /contacts.?custom_field"),
    ),
]


@pytest.mark.parametrize(("exchange", "expected"), WRONG_REQUESTS)
def test_a_call_that_is_not_described_is_seen(
    exchange: Exchange, expected: tuple[str, str]
) -> None:
    assert ("request", *expected) in seen(exchange)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM Loan",
        "SELECT * FROM Payment WHERE DocNumber IN ('1')",
        "SELECT * FROM Invoice WHERE PrivateNote IN ('1')",
        "SELECT * FROM Invoice WHERE DocNumber IN ('it''s')",
        "SELECT * FROM Invoice WHERE DocNumber IN ('1') OR Id IN ('2')",
        "SELECT * FROM Invoice ORDERBY Id STARTPOSITION 0 MAXRESULTS 10",
        "SELECT * FROM Invoice ORDERBY Id STARTPOSITION 1 MAXRESULTS 1001",
    ],
)
def test_a_statement_beyond_the_query_language_is_seen(statement: str) -> None:
    query = replace(
        QUICKBOOKS,
        path=f"{QUICKBOOKS_ROOT}query",
        query=(("minorversion", "75"),),
        headers={**HEADERS, "content-type": "application/text"},
        body=b"SELECT * FROM Invoice WHERE DocNumber IN ('it\\'s', '2')",
    )
    assert seen(query) == set()
    assert seen(replace(query, body=statement.encode()))


WRONG_ANSWERS = [
    (misanswered(XERO, "/Date(1789344000000+0000)/", "2026-09-14"), ("format", "Invoice.Date")),
    (misanswered(XERO, "InvoiceID", "InvoiceId"), ("unknown", "Invoice.InvoiceId")),
    (replace(XERO, status=418), ("status", "GET /refusals/xero.418")),
    (replace(XERO, answer_type="text/xml"), ("content type", "PUT /Invoices.200")),
    (misanswered(QUICKBOOKS, '"Id"', '"ID"'), ("unknown", "Payment.ID")),
    (misanswered(QUICKBOOKS, "2026-11-20T10", "2026-11-20 10"), ("format", "IntuitResponse.time")),
    (replace(QUICKBOOKS, status=400), ("required", "IntuitGateway.fault")),
    (
        misanswered(ZOHO, '"code": 0', '"code": "0"'),
        ("type", "invoices: create-an-invoice-response.code"),
    ),
    (misanswered(ZOHO, "invoice_id", "id"), ("unknown", "invoices: invoice-response.id")),
    (replace(ZOHO, status=200), ("status", "invoices: POST /invoices.200")),
    (asked(ZOHO, "/books/v3/loans"), ("path", "GET /books/v3/loans")),
    (
        replace(
            asked(ZOHO, "/books/v3/chartofaccounts/1"),
            status=200,
            answer=b'{"chart_of_account": {"account": "Caja"}}',
        ),
        ("unknown", "chart-of-accounts: get-an-account-response.account"),
    ),
]


@pytest.mark.parametrize(("exchange", "expected"), WRONG_ANSWERS)
def test_an_answer_that_is_not_as_described_is_seen(
    exchange: Exchange, expected: tuple[str, str]
) -> None:
    assert ("answer", *expected) in seen(exchange), seen(exchange)


def test_only_our_own_requests_are_judged() -> None:
    theirs = replace(XERO, headers={"user-agent": "somebody"}, body=b'{"Nonsense": 1}')
    assert seen(theirs) == set()


def test_a_documented_defect_excuses_its_own_place_only(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = Defect("xero", "answer", "unknown", "seen on the wire", ("Invoice.New*",))
    monkeypatch.setattr(defects, "TABLE", (entry,))
    new = Violation("answer", "unknown", "Invoice.NewName")
    other = Violation("answer", "type", "Invoice.NewName")
    asked_for = Violation("request", "unknown", "Invoice.NewName")
    assert defects.undocumented("xero", [new, other, asked_for]) == [other, asked_for]
    assert defects.undocumented("zoho", [new]) == [new]
    assert defects.unhit("xero", [new]) == []
    assert defects.unhit("xero", [other]) == ["answer: unknown: Invoice.New*"]


def test_a_body_by_itself_is_held_to_the_same_descriptions() -> None:
    good: list[tuple[str, str, str, Any]] = [
        ("xero", "PUT", "/Invoices", {"Invoices": [XERO_INVOICE]}),
        ("quickbooks", "POST", "Payment", QUICKBOOKS_PAYMENT),
        ("zoho", "POST", "/invoices", ZOHO_INVOICE),
    ]
    for system, method, path, body in good:
        assert bodies.violations(system, method, path, body) == []
        assert bodies.violations(system, method, path, {**body, "Nonsense": 1})
