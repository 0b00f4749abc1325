"""A change of status that Xero refuses is looked up: done already, not ours any more, or not."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.core.books import PostedDocument, Status
from bridge.core.delivery import Binding, Drifted, Operation, Outcome, Posted, Rejected
from bridge.systems.results import Finding, Then
from bridge.systems.xero.writing import Job, _state_now
from tests.systems.xero.answered import INVOICE_AS_RECORDED
from tests.systems.xero.documents import COMPANY, INVOICE
from tests.systems.xero.scripted import outgoing

REFUSED = Finding(Then.REJECT, "not_allowed", "This document cannot be edited")
TARGET = Binding(
    reference=INVOICE.reference, external_id="x1", version="1", generation=1, document=INVOICE
)


def after(operation: Operation, raw: dict[str, Any] | None) -> Outcome:
    job = Job(
        outgoing=outgoing(INVOICE, operation, TARGET), method="POST", path="Invoices/x1", body={},
        key="k",
    )  # fmt: skip
    return _state_now(job, raw, REFUSED, COMPANY)


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_what_is_void_already_is_voided_without_a_call_of_ours(status: str) -> None:
    outcome = after(Operation.VOID, {**INVOICE_AS_RECORDED, "Status": status})
    assert isinstance(outcome, Posted)
    assert outcome.document.status is not Status.LIVE
    assert not outcome.sent


def test_what_is_not_there_any_more_is_voided_and_no_update_of_it_is() -> None:
    outcome = after(Operation.VOID, None)
    assert isinstance(outcome, Posted)
    assert (outcome.document.status, outcome.sent) == (Status.DELETED, False)
    assert after(Operation.UPDATE, None) == Drifted(None)


def test_an_update_of_what_somebody_voided_is_a_question() -> None:
    outcome = after(Operation.UPDATE, {**INVOICE_AS_RECORDED, "Status": "VOIDED"})
    assert isinstance(outcome, Drifted)
    assert isinstance(outcome.current, PostedDocument)
    assert outcome.current.status is Status.VOIDED


@pytest.mark.parametrize("operation", [Operation.VOID, Operation.UPDATE])
def test_what_is_there_and_stays_was_truly_refused(operation: Operation) -> None:
    outcome = after(operation, INVOICE_AS_RECORDED)
    assert outcome == Rejected(REFUSED.reason, REFUSED.code)
