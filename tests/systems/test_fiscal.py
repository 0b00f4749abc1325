"""What counts as a tax office's mark: in a custom field, in a note, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.core.books import Kind
from bridge.systems.fiscal import mark_in, signs
from bridge.systems.quickbooks import answers as quickbooks
from bridge.systems.xero import answers as xero
from bridge.systems.zoho import posted as zoho

CUFE = "8f2c" * 24
UUID = "7f3a1c2e-0000-4000-8000-1234567890ab"

MARKS = [
    ([("CUFE", CUFE)], (), "CUFE 8f2c8f2c"),
    ([("cf_cufe", CUFE)], (), "CUFE 8f2c8f2c"),
    ([("cf_uuid_fiscal", UUID)], (), "UUID FISCAL 7f3a1c2e"),
    ([("Folio Fiscal", UUID)], (), "FOLIO FISCAL 7f3a"),
    ([("Clave numérica", "5" * 50)], (), "CLAVE NUMERICA 5555"),
    ([("CUFE", "")], (), ""),
    ([("CUFE", None)], (), ""),
    ([("Ledger reference", "DY7F3A-L84")], (), ""),
    ([("cf_acuerdo", "uuid")], (), ""),
    ([], (f"DY7F3A-L84 préstamo 84 CUFE: {CUFE}",), "CUFE 8f2c"),
    ([], (f"Timbrada. UUID {UUID}",), "UUID 7f3a1c2e"),
    ([], ("CAE N° 74123456789012",), "CAE 74123456789012"),
    ([], (f"hash {CUFE} ok",), "CUFE 8f2c"),
    ([], ("4" * 49,), "CLAVE 4444"),
    ([], ("chave 3" + "5" * 43,), "CLAVE 3555"),
    ([], ("DY7F3A-L84 préstamo 84 Mercado",), ""),
    ([], ("Documento interno de cartera. No es factura electrónica.",), ""),
    ([], (f"nota {UUID}",), ""),
    ([], ("CAE el lunes, paga el martes",), ""),
    ([], ("tel. 3001234567 cédula 1020304050",), ""),
    ([], ("4" * 48, "4" * 51, None, ""), ""),
]


@pytest.mark.parametrize(("fields", "texts", "mark"), MARKS)
def test_a_mark_is_known_by_its_name_or_its_form(
    fields: list[tuple[str, Any]], texts: tuple[Any, ...], mark: str
) -> None:
    found = mark_in(fields, texts)
    assert found.startswith(mark) if mark else found == ""


def _quickbooks(**more: Any) -> str:
    raw = {"Id": "7", "SyncToken": "1", "TotalAmt": 100, "CurrencyRef": {"value": "COP"}} | more
    return quickbooks.posted(Kind.INVOICE, raw, "COP").stamp


def _zoho(**more: Any) -> str:
    return zoho.stamp_of({"invoice_id": "7", "status": "sent"} | more)


def _xero(**more: Any) -> str:
    return xero.stamp_of({"InvoiceID": UUID, "Status": "AUTHORISED"} | more)


SHOWN = [
    (_quickbooks, {}, ""),
    (_quickbooks, {"CustomField": [{"Name": "CUFE", "StringValue": CUFE[:31]}]}, "CUFE"),
    (_quickbooks, {"CustomField": [{"Name": "Vendedor", "StringValue": "Ana"}]}, ""),
    (_quickbooks, {"CustomField": [{"Name": "CUFE"}]}, ""),
    (_quickbooks, {"PrivateNote": f"x\nCUDE: {CUFE}"}, "CUDE"),
    (_quickbooks, {"CustomerMemo": {"value": f"Folio fiscal {UUID}"}}, "FOLIO FISCAL"),
    (_quickbooks, {"EmailStatus": "NotSet", "EInvoiceStatus": "SENT"}, ""),
    (_xero, {}, ""),
    (_xero, {"Reference": f"DY-L1 UUID: {UUID}"}, "UUID"),
    (_xero, {"Url": f"https://facturas.example/?CUFE={CUFE}"}, "CUFE"),
    (_xero, {"LineItems": [{"Description": f"Capital. CUFE {CUFE}"}]}, "CUFE"),
    (_zoho, {}, ""),
    (_zoho, {"custom_fields": [{"api_name": "cf_cufe", "value": CUFE}]}, "CUFE"),
    (_zoho, {"custom_fields": [{"label": "UUID", "value": UUID}]}, "UUID"),
    (_zoho, {"cf_cufe": CUFE}, "CUFE"),
    (_zoho, {"cf_ledger_reference": "DY7F3A-L84"}, ""),
    (_zoho, {"notes": f"CUFE {CUFE}"}, "CUFE"),
    (_zoho, {"einvoice_details": {"status": "yet_to_be_pushed"}}, ""),
    (_zoho, {"einvoice_details": {"status": "Push Initiated"}}, "E-INVOICE push_initiated"),
    (_zoho, {"einvoice_details": {"status": "pushed", "uuid": UUID}}, "UUID"),
]


@pytest.mark.parametrize(("shown", "more", "mark"), SHOWN)
def test_each_product_shows_it_in_its_own_place(shown: Any, more: Any, mark: str) -> None:
    found = shown(**more)
    assert found.startswith(mark) if mark else found == ""


@pytest.mark.parametrize(
    ("country", "setting", "recent", "says", "advises"),
    [
        ("CO", "", [("DY-L1", "")], "company in CO; 0 of the newest 1 invoices", ""),
        ("", "", [], "tells no country; 0 of the newest 0", ""),
        ("CO", "", [("FE-12", "CUFE 8f"), ("FE-11", "CUFE 9a")], "FE-12 (CUFE 8f)", '["FE"]'),
        ("MX", "", [("990001", "UUID 7f")], "such as 990001", '["990001"]'),
        ("MX", "a field CFDI", [], "a field CFDI", "Ask the accountant"),
    ],
)
def test_doctor_says_what_was_seen(
    country: str, setting: str, recent: list[tuple[str, str]], says: str, advises: str
) -> None:
    _, finding, advice = signs(country, setting, recent)
    assert says in finding
    assert advises in advice
    assert bool(advice) is bool(advises)
