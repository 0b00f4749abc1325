"""Answers have the names and types of Zoho's OpenAPI files, and beyond them only what is listed.

The files are incomplete and partly wrong. What the sandbox shows beyond them is in `BESIDES`, place
by place; a name that is in neither fails, and so does one in `BESIDES` that is not shown.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.sandbox.zoho.schema import BODIES, SOURCES
from tests.sandbox.zoho.client import DAY, FLAG, Client

FOLDER = Path(__file__).parents[2] / "data/specs/zoho_books"

# How custom fields are told: three ways in live traffic, fewer in the files. 2026-11-20.
OWN_FIELDS = {"custom_fields", "custom_field_hash", "cf_ledger_id", "cf_ledger_id_unformatted"}
OF_ONE_FIELD = {
    *("customfield_id", "field_id", "index", "label", "api_name", "data_type", "value"),
    "value_formatted",
}
_STAMPS = {"created_time", "last_modified_time"}
_ITEM = {"account_id", "account_name", "item_type", *_STAMPS}
_PAYMENT = {
    *("account_id", "account_name", "currency_id", "exchange_rate", "unused_amount"),
    *_STAMPS,
}
_PAID = {*_PAYMENT, "bank_charges_account_id", "payment_number"}
_PAID_BACK = {"amount", "exchange_rate", "from_account_id"}
_RATE = {"effective_date", "exchange_rate"}
# Place → names on the wire that its file does not have: seen live, sent in a request of the same
# resource and told back, or filtered by. Last verified 2026-11-20.
BESIDES: dict[str, set[str]] = {
    "GET /organizations organizations": {"country_code"},
    "GET /organizations/{organization_id} organization": {"country_code"},
    "GET /contacts page_context": {"report_name"},
    "GET /items page_context": {"applied_filter"},
    "GET /items items": _ITEM,
    "GET /items/{item_id} item": _ITEM,
    "POST /items item": _ITEM,
    "GET /invoices/{invoice_id} invoice.line_items": {"account_id", "account_name"},
    "POST /invoices invoice.line_items": {"account_id", "account_name"},
    "GET /customerpayments customerpayments": {
        *_PAYMENT,
        *("bank_charges", "currency_code", "customer_id", "customer_name", "description"),
        *("invoice_numbers", "reference_number"),
    },
    "GET /customerpayments page_context": {
        *("applied_filter", "has_more_page", "page", "per_page", "report_name"),
        *("sort_column", "sort_order"),
    },
    "GET /customerpayments/{payment_id} payment": _PAID,
    "GET /customerpayments/{payment_id} payment.invoices": {"invoice_payment_id"},
    "POST /customerpayments payment": _PAID,
    "GET /customerpayments/{customer_payment_id}/refunds payment_refunds": {
        *_PAID_BACK,
        *("description", "payment_form"),
    },
    "GET /creditnotes ": {"page_context"},
    "GET /creditnotes creditnotes": {"exchange_rate"},
    "GET /creditnotes/{creditnote_id} creditnote.invoices": {"creditnote_invoice_id"},
    "GET /creditnotes/{creditnote_id} creditnote.line_items": {
        *("item_order", "item_total", "item_type", "line_item_id", "rate", "unit")
    },
    "POST /creditnotes creditnote.line_items": {"account_name", "item_total", "item_type"},
    "GET /creditnotes/{creditnote_id}/refunds creditnote_refunds": _PAID_BACK,
    "GET /chartofaccounts ": {"page_context"},
    "GET /chartofaccounts chartofaccounts": {"currency_code", "currency_id", "description"},
    "POST /chartofaccounts chart_of_account": {
        *("child_count", "closing_balance", "depth", "has_attachment", "is_child_present"),
        *("is_standalone_account", "is_user_created", "parent_account_name"),
    },
    "GET /settings/currencies ": {"page_context"},
    "GET /settings/currencies/{currency_id} currency": _RATE,
    "POST /settings/currencies currency": _RATE,
    "GET /journals ": {"page_context"},
    "GET /journals journals": {"status", *_STAMPS},
    "GET /transactionlock transaction_lock": {"transaction_lock_module"},
    "GET /transactionlocks transaction_locks": {"transaction_lock_module"},
}
RENAMED = {"customerpayments": "customer_payments"}
# Type in the file → types on the wire. Amounts are text or integers in some files.
TYPES: dict[str, tuple[type, ...]] = {
    "number": (Decimal, int),
    "integer": (Decimal, int),
    "boolean": (bool,),
    "string": (str, Decimal),
}
OTHER_TYPES = {
    "fiscal_year_start_month": str,  # a number in the list, a name in the detail
    "payment_number": str,
    "depth": int,
    "is_child_present": bool,
}


@cache
def document(name: str) -> Any:
    return yaml.safe_load(FOLDER.joinpath(f"{name}.yml").read_text("utf-8"))


def resolved(name: str, schema: Any) -> Any:
    while isinstance(schema, dict) and "$ref" in schema:
        found = document(name)
        for part in schema["$ref"].lstrip("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def answer_schema(name: str, path: str, method: str) -> Any:
    responses = document(name)["paths"][path][method]["responses"]
    response = resolved(name, next(iter(responses.values())))
    return resolved(name, response["content"]["application/json"]["schema"])


def differences(name: str, answer: Any, schema: Any, where: str) -> set[str]:
    """What an answer has that its file has not: `place.name`, or `place is a TYPE`."""
    schema = resolved(name, schema)
    if isinstance(answer, list):
        inner = schema.get("items", schema)
        return {each for one in answer for each in differences(name, one, inner, where)}
    if not isinstance(answer, dict):
        last = where.rpartition(".")[2]
        allowed = TYPES.get(schema.get("type"), ())
        fits = not allowed or type(answer) in (*allowed, OTHER_TYPES.get(last))
        return set() if fits else {f"{where} is a {type(answer).__name__}"}
    if schema.get("type") == "array":
        schema = resolved(name, schema["items"])
    known, found = schema.get("properties", {}), set()
    own = OF_ONE_FIELD if where.endswith("custom_fields") else OWN_FIELDS
    for key, each in answer.items():
        field = RENAMED.get(key, key)
        if field in known:
            found |= differences(name, each, known[field], f"{where}.{key}")
        elif key not in own:
            found.add(f"{where}.{key}")
    return found


def unlike(name: str, path: str, method: str, answer: Any) -> set[str]:
    start = f"{method} {path} "
    found = differences(name, answer, answer_schema(name, path, method.lower()), "")
    return {f"{start}{each.removeprefix('.')}" for each in found}


def listed(method: str) -> set[str]:
    """What `BESIDES` allows."""
    return {
        f"{place}.{name}" if not place.endswith(" ") else place + name
        for place, names in BESIDES.items()
        for name in names
        if place.startswith(method)
    }


@pytest.fixture
def lived(zoho: Client) -> dict[str, str]:
    """An organization in which everything has happened once."""
    for entity in ("contact", "invoice", "customer_payment", "creditnote", "item"):
        zoho.field(entity)
    value = [{"api_name": "cf_ledger_id", "value": "1"}]
    customer = zoho.ok(
        "POST",
        "contacts",
        {
            "contact_name": "Ana",
            "contact_persons": [{"first_name": "Ana"}],
            "billing_address": {"city": "Bogotá"},
            "custom_fields": value,
        },
    )["contact"]["contact_id"]
    invoice = zoho.invoice(customer, 1000, custom_fields=value, invoice_number="L-1")
    paid = zoho.payment(customer, 400, {invoice: 300}, custom_fields=value)["payment_id"]
    note = zoho.credit(customer, 100, custom_fields=value)
    zoho.apply(note, {invoice: 50})
    refund = {"date": DAY, "amount": 10, "from_account_id": zoho.account("Bank COP")}
    zoho.ok("POST", f"customerpayments/{paid}/refunds", refund)
    zoho.ok("POST", f"creditnotes/{note}/refunds", refund)
    journal = {
        "journal_date": DAY,
        "line_items": [
            {"account_id": zoho.account(name), "debit_or_credit": side, "amount": 5}
            for name, side in (("Bank COP", "debit"), ("Loan clearing", "credit"))
        ],
    }
    entry = zoho.ok("POST", "journals", journal)["journal"]["journal_id"]
    return {
        "contact_id": customer,
        "invoice_id": invoice,
        "payment_id": paid,
        "customer_payment_id": paid,
        "creditnote_id": note,
        "item_id": zoho.item("Late fee"),
        "journal_id": entry,
        "currency_id": zoho.currency("USD"),
        "account_id": zoho.account("Bank COP"),
        "organization_id": "600000000001",
    }


READS = (
    ("organizations", "/organizations"),
    ("organizations", "/organizations/{organization_id}"),
    ("contacts", "/contacts"),
    ("contacts", "/contacts/{contact_id}"),
    ("items", "/items"),
    ("items", "/items/{item_id}"),
    ("invoices", "/invoices"),
    ("invoices", "/invoices/{invoice_id}"),
    ("invoices", "/invoices/{invoice_id}/payments"),
    ("invoices", "/invoices/{invoice_id}/creditsapplied"),
    ("customer-payments", "/customerpayments"),
    ("customer-payments", "/customerpayments/{payment_id}"),
    ("customer-payments", "/customerpayments/{customer_payment_id}/refunds"),
    ("credit-notes", "/creditnotes"),
    ("credit-notes", "/creditnotes/{creditnote_id}"),
    ("credit-notes", "/creditnotes/{creditnote_id}/invoices"),
    ("credit-notes", "/creditnotes/{creditnote_id}/refunds"),
    ("chart-of-accounts", "/chartofaccounts"),
    ("currency", "/settings/currencies"),
    ("currency", "/settings/currencies/{currency_id}"),
    ("currency", "/settings/currencies/{currency_id}/exchangerates"),
    ("journals", "/journals"),
    ("journals", "/journals/{journal_id}"),
    ("transaction-locking", "/transactionlock"),
    ("transaction-locking", "/transactionlocks"),
    ("bank-accounts", "/bankaccounts"),
    ("users", "/users/me"),
)


def test_every_read_is_as_described(zoho: Client, lived: dict[str, str]) -> None:
    found: set[str] = set()
    for name, path in READS:
        found |= unlike(name, path, "GET", zoho.get(path.lstrip("/").format(**lived)))
    assert found == listed("GET")


def test_every_write_is_answered_as_described(zoho: Client, lived: dict[str, str]) -> None:
    customer = lived["contact_id"]
    note = {"customer_id": customer, "date": DAY, "line_items": [zoho.line(5)]}
    euro = {"currency_code": "EUR", "currency_format": "1,234.56"}
    writes = (
        ("contacts", "/contacts", {"contact_name": "Eva"}),
        ("items", "/items", {"name": "x", "rate": 5}),
        ("invoices", "/invoices", zoho.invoice_body(customer)),
        ("customer-payments", "/customerpayments", zoho.payment_body(customer, 5)),
        ("credit-notes", "/creditnotes", note),
        ("chart-of-accounts", "/chartofaccounts", {"account_name": "x", "account_type": "cash"}),
        ("currency", "/settings/currencies", euro),
    )
    found: set[str] = set()
    for name, path, body in writes:
        status, answer = zoho.send("POST", path.lstrip("/"), body, **FLAG)
        assert status == 201, answer
        assert list(document(name)["paths"][path]["post"]["responses"]) == ["201"]
        found |= unlike(name, path, "POST", answer)
    assert found == listed("POST")


REQUESTS = {
    "invoice": ("invoices", "/invoices", "post"),
    "contact": ("contacts", "/contacts", "put"),
    "item": ("items", "/items", "post"),
    "payment": ("customer-payments", "/customerpayments", "post"),
    "creditnote": ("credit-notes", "/creditnotes", "post"),
    "apply": ("credit-notes", "/creditnotes/{creditnote_id}/invoices", "post"),
    "credits": ("invoices", "/invoices/{invoice_id}/credits", "post"),
    "refund": ("credit-notes", "/creditnotes/{creditnote_id}/refunds", "post"),
    "account": ("chart-of-accounts", "/chartofaccounts", "post"),
    "currency": ("currency", "/settings/currencies", "post"),
    "rate": ("currency", "/settings/currencies/{currency_id}/exchangerates", "post"),
    "journal": ("journals", "/journals", "post"),
    "lock": ("transaction-locking", "/transactionlock", "put"),
}


# PUT and POST of a resource share a table, though each has keys that the other has not.
OF_THE_OTHER_METHOD = {
    "invoice": {"cfdi_reference_type", "reference_invoice_id", "line_item_id"},
    "contact": {"is_portal_enabled", "language_code", "tds_tax_id"},
}


@pytest.mark.parametrize("resource", REQUESTS)
def test_bodies_may_have_what_the_files_describe_and_no_more(resource: str) -> None:
    name, path, method = REQUESTS[resource]
    body = resolved(name, document(name)["paths"][path][method]["requestBody"])
    schema = resolved(name, next(iter(body["content"].values()))["schema"])
    described = set(schema["properties"])
    assert described <= set(BODIES[resource]), described - set(BODIES[resource])
    ours = SOURCES[resource].partition("|")[0].split()
    extra = {word.partition(":")[0] for word in ours} - described
    assert extra == OF_THE_OTHER_METHOD.get(resource, set())
