"""What Xero's refusals mean."""

from __future__ import annotations

import pytest

from bridge.systems.results import Applied, Refused, Then, Unclear, Unsent
from bridge.systems.transport import Reply
from bridge.systems.xero.faults import (
    FAULTS,
    Row,
    judge,
    judge_answer,
    messages,
    rate_wait_s,
    refused_for_rate,
    says_refused,
)
from bridge.systems.xero.wire import ZERO_ID, element_result

TEXTS = {
    "The contact name X is already assigned to another contact. The contact name must be unique "
    "across all active contacts.": "name_taken",
    "Another contact has this contact number. Please enter a different contact number.":
        "number_taken",
    "Invoice # must be unique.": "number_taken",
    "Invoice not of valid status for modification": "status",
    "Payment not of valid status for modification": "status",
    "The specified contact details matched an archived contact. Archived contacts cannot currently "
    "be edited via the API.": "customer_archived",
    "The contact with the specified contact details has been archived. The contact must be "
    "un-archived before creating new invoices or credit notes": "customer_archived",
    "This document cannot be edited as it has a payment or credit note allocated to it.": "paid",
    "The status VOIDED cannot be applied to the invoice because it has payments or credit notes "
    "allocated to it.": "has_payments",
    "Payment amount exceeds the amount outstanding on this document": "more_than_owed",
    "Payments can only be made against Authorised documents": "not_open",
    "Payments within a batch cannot be deleted.": "in_a_batch",
    "Account type is invalid for making a payment to/from": "account_type",
    "Account could not be found": "account",
    "Account code 'X' is not a valid code for this document.": "account_type",
    "Account code 'X' has been archived, or has been deleted. Each line item must reference a "
    "valid account.": "account",
    "Account code must be specified": "account",
    "The TaxType code 'X' cannot be used with account code 'Y'": "tax",
    "The document date cannot be before the period lock date, currently set at 30-Nov-2018":
        "period_closed",
    "The document date cannot be before the end of year lock date, currently set at 1-Jan-2018":
        "period_closed",
    "Organisation is not subscribed to currency EUR": "currency_not_subscribed",
    "The current organisation is not subscribed to currency 'EUR'.": "currency_not_subscribed",
    "The line total 1500.00 does not match the expected line total 1499.93": "amounts",
    "The Total for this document must be greater than or equal to zero.": "amounts",
    "Credit Note cannot be allocated as amount is greater than amount outstanding":
        "more_than_owed",
    "The invoice you are trying to allocate to has already been paid off": "not_open",
    "The document with the supplied id was not found for this endpoint.": "gone",
    "You have reached the limit of invoices you can approve": "plan_limit",
    "Something that nobody wrote down": "refused",
}  # fmt: skip
"""Texts as they were seen or documented (xero.md §7)."""


@pytest.mark.parametrize(("text", "code"), TEXTS.items())
def test_texts_as_they_were_seen_are_understood(text: str, code: str) -> None:
    finding = judge([text])
    assert finding.code == code
    assert text[:60] in finding.reason
    assert judge([text.upper()]).code == code, "without case"


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row.fragment)
def test_every_row_has_a_source_and_is_reached(row: Row) -> None:
    assert row.source
    assert row.fragment == row.fragment.casefold()
    assert judge([f"... {row.fragment} ..."]).code == row.code


def test_of_several_messages_the_gravest_decides_and_all_are_kept() -> None:
    both = ["Account code must be specified", "Invoice # must be unique."]
    finding = judge(both)
    assert finding.then is Then.NUMBER_TAKEN
    assert all(text in finding.reason for text in both)


@pytest.mark.parametrize(
    ("content", "code", "then"),
    [
        ({"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": "JSON ..."},
         "bad_request", Then.REJECT),
        ({"ErrorNumber": 17, "Type": "NoDataProcessedException", "Message": "No data ..."},
         "bad_request", Then.REJECT),
        ({"ErrorNumber": 10, "Message": "A validation exception occurred"}, "refused", Then.REJECT),
        ({"Title": "Bad", "Detail": "Idempotency Key: K is used with a different request."},
         "key_clash", Then.DOUBT),
    ],
)  # fmt: skip
def test_a_refusal_of_the_whole_request(content: object, code: str, then: Then) -> None:
    finding = judge_answer(content)
    assert finding is not None
    assert (finding.code, finding.then) == (code, then)


@pytest.mark.parametrize("content", [None, [], "", {}, {"Id": "x"}])
def test_an_answer_that_says_nothing_is_no_refusal(content: object) -> None:
    assert judge_answer(content) is None
    assert messages(content) == ()


@pytest.mark.parametrize(
    ("element", "result"),
    [
        ({"InvoiceID": "a", "StatusAttributeString": "OK"}, Applied),
        ({"InvoiceID": "a", "StatusAttributeString": "WARNING", "Warnings": [{"Message": "w"}]},
         Applied),
        # A refused update echoes the status that was asked for (REC).
        ({"InvoiceID": "a", "Status": "DELETED", "StatusAttributeString": "ERROR"}, Refused),
        ({"InvoiceID": ZERO_ID, "HasErrors": True}, Refused),
        ({"InvoiceID": "a", "ValidationErrors": [{"Message": "m"}]}, Refused),
        ({"InvoiceID": ZERO_ID, "StatusAttributeString": "OK"}, Unclear),
        ({"StatusAttributeString": "OK"}, Unclear),
        (None, Unclear),
        ({"ValidationErrors": [{"Message": "You have reached the limit of invoices you can "
                                           "approve"}]}, Unsent),
    ],
)  # fmt: skip
def test_an_element_is_judged_by_its_own_status(element: object, result: type) -> None:
    assert isinstance(element_result("Invoices", element), result)  # type: ignore[arg-type]


def test_a_refusal_without_a_reason_is_still_one() -> None:
    assert says_refused({"StatusAttributeString": "ERROR"})
    assert judge([]).code == "refused"


def test_only_minute_and_day_say_how_long_they_last() -> None:
    def reply(problem: str) -> Reply:
        return Reply(status=429, headers={"X-Rate-Limit-Problem": problem}, body=b"")

    assert refused_for_rate(reply("minute"))
    assert rate_wait_s(reply("Minute")) is None
    assert rate_wait_s(reply("day")) is None
    assert rate_wait_s(reply("concurrent")) == 5
    assert rate_wait_s(reply("something else")) == 5
