"""Xero's objects in our words: the official examples and recorded answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bridge.core.books import Kind, Status
from bridge.core.change.matching import differences
from bridge.systems.transport import from_json, to_json
from bridge.systems.xero import stamps
from bridge.systems.xero.answers import in_the_books, posted
from bridge.systems.xero.on_account import creation_of as body_of
from tests.contract.bodies import example
from tests.systems.xero.answered import INVOICE_AS_RECORDED
from tests.systems.xero.documents import (
    BANK,
    CLEARING,
    COMPANY,
    CREDIT,
    INVOICE,
    LINKS,
    NOTE,
    RECEIPT,
    SALE,
    changed,
    guid,
)


def test_the_recorded_invoice_is_read() -> None:
    document = posted(Kind.INVOICE, INVOICE_AS_RECORDED, COMPANY)
    assert (document.number, document.memo) == ("INV-0055", "recording")
    assert (document.day, document.due) == (date(2026, 9, 14), date(2026, 9, 14))
    assert (document.total, document.open) == (Decimal("24.15"), Decimal("24.15"))
    assert document.rate is None, "home currency has no rate, whatever Xero answers"
    assert document.lines[0].account == CLEARING, "a code is turned into the account's id"
    assert document.updated_at == "2026-09-14T09:29:59.100000+00:00"


def test_a_voided_invoice_owes_nothing_although_xero_keeps_its_amount_due() -> None:
    raw = {**INVOICE_AS_RECORDED, "Status": "VOIDED"}
    document = posted(Kind.INVOICE, raw, COMPANY)
    assert (document.status, document.open) == (Status.VOIDED, 0)


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_a_draft_is_not_in_the_books(status: str) -> None:
    assert not in_the_books({**INVOICE_AS_RECORDED, "Status": status})
    assert in_the_books(INVOICE_AS_RECORDED)


def test_the_official_payment_is_read() -> None:
    (raw,) = _exact(example("/Payments", "put"))["Payments"]
    document = posted(Kind.RECEIPT, raw, COMPANY)
    assert document.external_id == "61ed71fc-01bf-4eb8-8419-8a18789ff45f"
    assert document.applications == (("c7c37b83-ac95-45ea-88ba-8ad83a5f22fe", Decimal("1.0")),)
    assert document.customer_id == "a3675fc4-f8dd-4f03-ba5b-f1870566bcd7"
    assert document.day == date(2019, 3, 12)
    assert document.currency == "NZD"


def test_official_credit_notes_and_overpayments_are_read() -> None:
    note = _exact(example("/CreditNotes"))["CreditNotes"][0]
    document = posted(Kind.CREDIT_NOTE, note, COMPANY)
    assert (document.number, document.open) == ("CN-0005", Decimal("32.5"))
    over = _exact(example("/Overpayments"))["Overpayments"][1]
    document = posted(Kind.RECEIPT, over, COMPANY)
    assert document.number == "Reference for payment2"
    assert document.external_id == "overpayment/2a8bda49-8908-473b-8bcf-1f90990460eb"
    assert (document.total, document.open) == (20, 20)
    for resource, kind in (("Contacts", Kind.CUSTOMER), ("BankTransactions", Kind.SALE),
                           ("Invoices", Kind.INVOICE)):  # fmt: skip
        for raw in _exact(example(f"/{resource}"))[resource]:
            assert posted(kind, raw, COMPANY).external_id


@pytest.mark.parametrize("document", [INVOICE, NOTE, SALE, RECEIPT, CREDIT])
@pytest.mark.parametrize("rate", [None, Decimal("215.40")])
def test_what_is_sent_is_what_is_read(document: Any, rate: Decimal | None) -> None:
    if rate is not None:
        if document is SALE:
            return  # money received is booked in the currency of its account
        document = changed(document, currency="MXN", rate=rate)
    resource, body = body_of(document, LINKS, COMPANY)
    raw = _as_held(resource, from_json(to_json(body)))
    assert differences(document, posted(document.kind, raw, COMPANY), LINKS) == []


@pytest.mark.parametrize(
    ("numbers", "ours"),
    [
        (("DYT-D1", ""), "DYT-D1"),
        (("", "DYT-D1"), "DYT-D1"),
        (("CRM-77", "DYT-D1"), "DYT-D1"),
        (("CRM-77", "4711"), "CRM-77"),
        (("", "4711"), ""),
    ],
)
def test_a_contact_is_known_by_either_number(numbers: tuple[str, str], ours: str) -> None:
    raw = {"ContactID": guid(1), "ContactNumber": numbers[0], "AccountNumber": numbers[1]}
    assert posted(Kind.CUSTOMER, raw, COMPANY).number == ours


def test_a_deleted_allocation_settles_nothing() -> None:
    rows = [
        {"Amount": Decimal(n), "Invoice": {"InvoiceID": guid(n)}, "IsDeleted": n == 2}
        for n in (1, 2)
    ]
    raw = {"CreditNoteID": guid(9), "Status": "AUTHORISED", "Allocations": rows}
    assert posted(Kind.APPLICATION, raw, COMPANY).applications == ((guid(1), Decimal(1)),)


def test_an_overpayment_is_known_by_its_description_where_its_reference_is_lost() -> None:
    _, body = body_of(CREDIT, LINKS, COMPANY)
    raw = _as_held("BankTransactions", from_json(to_json(body)))
    raw["Reference"] = ""
    assert posted(Kind.RECEIPT, raw, COMPANY).number == "DYT-P2"


@pytest.mark.parametrize(
    ("payments", "status"),
    [
        ([], Status.LIVE),
        ([{"Reference": "DYT-P2 void", "Amount": Decimal("50.25")}], Status.VOIDED),
        ([{"Reference": "given back to Ana", "Amount": Decimal("50.25")}], Status.LIVE),
        ([{"Amount": Decimal("50.25")}], Status.VOIDED),
        ([{"Amount": Decimal(10)}], Status.LIVE),
    ],
)
def test_an_overpayment_that_we_took_back_is_void(
    payments: list[dict[str, Any]], status: Status
) -> None:
    raw = {
        "OverpaymentID": guid(1),
        "Reference": "DYT-P2",
        "Total": Decimal("50.25"),
        "RemainingCredit": Decimal("50.25") - sum(p["Amount"] for p in payments),
        "Payments": payments,
        "Status": "AUTHORISED",
    }
    assert posted(Kind.RECEIPT, raw, COMPANY).status is status


def test_a_credit_note_that_settles_nothing_has_no_application() -> None:
    raw = {"CreditNoteID": guid(1), "Status": "AUTHORISED", "Allocations": []}
    assert posted(Kind.APPLICATION, raw, COMPANY).status is Status.DELETED
    raw["Allocations"] = [
        {"AllocationID": guid(2), "Amount": Decimal(3), "Invoice": {"InvoiceID": guid(3)}}
    ]
    document = posted(Kind.APPLICATION, raw, COMPANY)
    assert document.status is Status.LIVE
    assert document.applications == ((guid(3), Decimal(3)),)
    assert (document.external_id, document.credit_note_id) == (guid(1), guid(1))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("/Date(1439434356790)/", datetime(2015, 8, 13, 2, 52, 36, 790000, UTC)),
        ("/Date(1419937200000+0000)/", datetime(2014, 12, 30, 11, tzinfo=UTC)),
        ("/Date(1419937200000+1300)/", datetime(2014, 12, 30, 11, tzinfo=UTC)),
        ("/Date(-86400000)/", datetime(1969, 12, 31, tzinfo=UTC)),
        ("2026-09-14T00:00:00", datetime(2026, 9, 14, tzinfo=UTC)),
        ("2019-03-12 22:08:55+00:00", datetime(2019, 3, 12, 22, 8, 55, tzinfo=UTC)),
        ("2026-09-14T09:29:59Z", datetime(2026, 9, 14, 9, 29, 59, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_dates_of_every_form_are_read(text: str | None, when: datetime | None) -> None:
    assert stamps.instant(text) == when
    assert stamps.day(text) == (when.date() if when else None)


def test_a_modified_since_header_has_whole_seconds_and_no_zone() -> None:
    moment = datetime(2026, 11, 20, 1, 2, 3, 999, UTC)
    assert stamps.modified_since(moment) == "2026-11-20T01:02:03"


def _exact(content: Any) -> Any:
    """As the wire would carry it: decimals instead of the floats of YAML."""
    if isinstance(content, float):
        return Decimal(str(content))
    if isinstance(content, dict):
        return {name: _exact(value) for name, value in content.items()}
    return [_exact(value) for value in content] if isinstance(content, list) else content


def _as_held(resource: str, raw: dict[str, Any]) -> dict[str, Any]:
    """A body as Xero would answer it."""
    ids = {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID", "Payments": "PaymentID"}
    raw[ids.get(resource, "BankTransactionID")] = guid(1)
    if raw.get("Type") == "RECEIVE-OVERPAYMENT":
        raw["OverpaymentID"] = guid(2)
    lines = raw.get("LineItems", [])
    for line in lines:
        line.setdefault("LineAmount", line.get("UnitAmount"))
    if lines:
        raw["Total"] = sum(line["LineAmount"] for line in lines)
    if resource == "Payments":
        contact = {"ContactID": LINKS["DYT-D1"]}
        foreign = "CurrencyRate" in raw or "BankAmount" in raw
        raw["Invoice"] |= {"Contact": contact, "CurrencyCode": "MXN" if foreign else "COP"}
        assert raw["Account"] == {"AccountID": BANK}
    return raw
