"""What Xero answers to a write is believed of the document that was meant, and of no other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.books import Document, Kind, PostedDocument, Status
from bridge.core.delivery import InDoubt, Operation, Outcome, Posted
from bridge.systems.xero.answers import posted
from bridge.systems.xero.on_account import OVERPAYMENT
from bridge.systems.xero.writing import Job, Writer
from tests.systems.xero.answered import INVOICE_AS_RECORDED
from tests.systems.xero.documents import COMPANY, CREDIT, INVOICE, RECEIPT
from tests.systems.xero.scripted import outgoing, settings_for

NOW = posted(Kind.INVOICE, INVOICE_AS_RECORDED, COMPANY)
ANOTHER = {"InvoiceID": "60aa5d55-0000-4000-8000-000000000002"}
VOIDED = {"Status": "VOIDED"}
PAID = {"Status": "AUTHORISED", "PaymentType": "ACCRECPAYMENT"}


def answered(
    operation: Operation,
    raw: dict[str, Any],
    now: PostedDocument | None = NOW,
    document: Document = INVOICE,
) -> Outcome:
    """What becomes of a write to which Xero answered with that element."""
    job = Job(
        outgoing=outgoing(document, operation), method="POST", path="", body={}, key="k", now=now
    )
    wire: Any = None  # nothing more is asked
    return Writer(wire, settings_for("http://127.0.0.1"), lambda: COMPANY)._applied(job, raw)


@pytest.mark.parametrize(
    ("operation", "told", "now"),
    [
        (Operation.CREATE, {}, None),
        (Operation.CREATE, ANOTHER, None),
        (Operation.UPDATE, {}, NOW),
        (Operation.VOID, VOIDED, NOW),
    ],
)
def test_an_answer_about_the_document_is_believed(
    operation: Operation, told: dict[str, str], now: PostedDocument | None
) -> None:
    assert isinstance(answered(operation, {**INVOICE_AS_RECORDED, **told}, now), Posted)


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (Operation.UPDATE, ANOTHER),
        (Operation.VOID, {}),
        (Operation.VOID, ANOTHER),
        (Operation.VOID, ANOTHER | VOIDED),
    ],
)
def test_one_about_another_document_or_without_the_void_is_looked_up(
    operation: Operation, told: dict[str, str]
) -> None:
    assert isinstance(answered(operation, {**INVOICE_AS_RECORDED, **told}), InDoubt)


@pytest.mark.parametrize("has_id", [False, True])
def test_a_receipt_without_an_id_is_looked_up(has_id: bool) -> None:
    raw = PAID | ({"PaymentID": "p-1"} if has_id else {})
    outcome = answered(Operation.CREATE, raw, None, RECEIPT)
    assert isinstance(outcome, Posted if has_id else InDoubt)


def test_a_void_that_is_answered_in_short_keeps_what_the_document_said() -> None:
    short = {name: INVOICE_AS_RECORDED[name] for name in ("InvoiceID", "UpdatedDateUTC")}
    outcome = answered(Operation.VOID, short | VOIDED)
    assert isinstance(outcome, Posted)
    assert outcome.document == msgspec.structs.replace(
        NOW, status=Status.VOIDED, version=outcome.document.version
    )


def test_an_overpayment_that_was_returned_has_nothing_left_to_use() -> None:
    """Xero answers with the payment that returned it, which has an id of its own."""
    now = msgspec.structs.replace(
        NOW, kind=Kind.RECEIPT, external_id=f"{OVERPAYMENT}o-1", open=Decimal("50.25")
    )
    outcome = answered(Operation.VOID, PAID | {"PaymentID": "p-2"}, now, CREDIT)
    assert isinstance(outcome, Posted)
    told = outcome.document
    assert (told.external_id, told.status, told.open) == (now.external_id, Status.VOIDED, 0)
