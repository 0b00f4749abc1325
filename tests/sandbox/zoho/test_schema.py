"""Every field that is read is in Zoho's own files, and no other; answers: tests/contract."""

from __future__ import annotations

import pytest

from bridge.sandbox.zoho.schema import BODIES, SOURCES
from tests.contract import judging

REQUESTS = {
    "invoice": ("POST", "/invoices"),
    "contact": ("PUT", "/contacts"),
    "item": ("POST", "/items"),
    "payment": ("POST", "/customerpayments"),
    "creditnote": ("POST", "/creditnotes"),
    "apply": ("POST", "/creditnotes/1/invoices"),
    "credits": ("POST", "/invoices/1/credits"),
    "refund": ("POST", "/creditnotes/1/refunds"),
    "account": ("POST", "/chartofaccounts"),
    "currency": ("POST", "/settings/currencies"),
    "rate": ("POST", "/settings/currencies/1/exchangerates"),
    "journal": ("POST", "/journals"),
    "lock": ("PUT", "/transactionlock"),
}
# PUT and POST of a resource share a table, though each has keys that the other has not.
OF_THE_OTHER_METHOD = {
    "invoice": {"cfdi_reference_type", "reference_invoice_id", "line_item_id"},
    "contact": {"is_portal_enabled", "language_code", "tds_tax_id"},
}


@pytest.mark.parametrize("resource", REQUESTS)
def test_bodies_may_have_what_the_files_describe_and_no_more(resource: str) -> None:
    method, path = REQUESTS[resource]
    operation = judging.operation("zoho", method, f"{judging.API_ROOT['zoho']}{path}")
    assert operation is not None
    file = operation.description
    body = file.resolved(operation.raw["requestBody"])["content"]["application/json"]
    described = set(file.resolved(body["schema"])["properties"])
    assert described <= set(BODIES[resource]), described - set(BODIES[resource])
    ours = SOURCES[resource].partition("|")[0].split()
    extra = {word.partition(":")[0] for word in ours} - described
    assert extra == OF_THE_OTHER_METHOD.get(resource, set())
