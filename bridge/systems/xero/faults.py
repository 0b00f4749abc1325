"""The meaning of a refusal by Xero: a table from its words to what happens next.

Xero's validation errors all carry number 10 and differ in their text only, which is compared
without case, by fragment. What is not in the table is rejected with the text that came, since a
ValidationException says "read and not saved" (FACTS X44). The sources in the rows: FACTS X45.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from bridge.systems.results import Finding, Then
from bridge.systems.transport import Reply


class Row(msgspec.Struct, frozen=True):
    fragment: str
    then: Then
    code: str
    """Our word for it, in a Rejected."""
    source: str


FAULTS: tuple[Row, ...] = (
    Row("is already assigned to another contact", Then.NAME_TAKEN, "name_taken", "REC, OAS"),
    Row("another contact has this contact number", Then.NUMBER_TAKEN, "number_taken", "HELP"),
    Row("must be unique", Then.NUMBER_TAKEN, "number_taken", "OAS: Invoice # must be unique."),
    Row("not of valid status for modification", Then.STATUS, "status", "REC, HELP, ISSUE"),
    Row("matched an archived contact", Then.REJECT, "customer_archived", "REC"),
    Row("contact details has been archived", Then.REJECT, "customer_archived", "HELP"),
    Row("to identify the contact", Then.REJECT, "bad_request", "OAS"),
    Row("has a payment or credit note allocated", Then.REJECT, "paid", "ISSUE xeroizer#211"),
    Row("it has payments or credit notes", Then.REJECT, "has_payments", "HELP"),
    Row("exceeds the amount outstanding", Then.REJECT, "more_than_owed", "OAS"),
    Row("only be made against authorised", Then.REJECT, "not_open", "HELP"),
    Row("payments within a batch", Then.REJECT, "in_a_batch", "HELP"),
    Row("invalid for making a payment", Then.REJECT, "account_type", "HELP"),
    Row("account could not be found", Then.REJECT, "account", "HELP"),
    Row("is not a valid code for this document", Then.REJECT, "account_type", "HELP"),
    Row("each line item must reference a valid account", Then.REJECT, "account", "field"),
    Row("account code must be specified", Then.REJECT, "account", "field"),
    Row("taxtype code", Then.REJECT, "tax", "HELP; ISSUE xero-mcp-server#210"),
    Row("period lock date", Then.REJECT, "period_closed", "HELP"),
    Row("end of year lock date", Then.REJECT, "period_closed", "HELP"),
    Row("not subscribed to currency", Then.REJECT, "currency_not_subscribed", "HELP, ISSUE"),
    Row("does not match the expected line total", Then.REJECT, "amounts", "community"),
    Row("does not equal the sum of the lines", Then.REJECT, "amounts", "HELP"),
    Row("greater than or equal to zero", Then.REJECT, "amounts", "HELP"),
    Row("greater than amount outstanding", Then.REJECT, "more_than_owed", "ISSUE xeroizer#320"),
    Row("has already been paid off", Then.REJECT, "not_open", "ISSUE xeroizer#320"),
    Row("was not found for this endpoint", Then.REJECT, "gone", "OAS"),
    Row("could not be found", Then.REJECT, "gone", "OAS"),
    Row("reached the limit of invoices", Then.WAIT, "plan_limit", "HELP"),
    Row("used with a different request", Then.DOUBT, "key_clash", "3P, PROMPT"),
)

BAD_REQUEST = Row("", Then.REJECT, "bad_request", "numbers 14, 16 and 17: our own mistake")
REFUSED = Row("", Then.REJECT, "refused", "a message not in the list")

PLAN_WAIT_S = 3600.0
"""The organisation's plan takes no more invoices; asking more often changes nothing."""

_SHORT_WAIT_S = 5.0
_REASON_MAX = 400


def refused_for_rate(reply: Reply) -> bool:
    """429 with an empty body; which limit it was is in X-Rate-Limit-Problem (FACTS X42)."""
    return reply.status == 429


def rate_wait_s(reply: Reply) -> float | None:
    """Seconds to wait when a 429 does not say. Minute and day say; too many at once does not,
    and passes by itself. Its spelling is UNVERIFIED (FACTS X43): any other word is a short wait."""
    problem = reply.headers.get("X-Rate-Limit-Problem", "").casefold()
    return None if problem in ("minute", "day") else _SHORT_WAIT_S


def messages(element: Any) -> tuple[str, ...]:
    """The validation messages of one element of an answer."""
    if not isinstance(element, dict):
        return ()
    errors = element.get("ValidationErrors") or ()
    return tuple(str(error.get("Message") or "") for error in errors if isinstance(error, dict))


def says_refused(element: dict[str, Any]) -> bool:
    """Whether an element was refused. Asked before anything else in it is believed.

    A refused update echoes the status that was asked for (FACTS X11), a refused bank transaction
    may echo an id (FACTS X12): only these say that nothing was saved.
    """
    if element.get("StatusAttributeString") == "ERROR":
        return True
    flagged = element.get("HasErrors") is True or element.get("HasValidationErrors") is True
    return flagged or bool(messages(element))


def judge(texts: Iterable[str]) -> Finding:
    """The finding that the messages of one element come to, the gravest first."""
    found = [(_row(text), " ".join(text.split())) for text in texts]
    if not found:
        return Finding(Then.REJECT, REFUSED.code, "Xero: refused without a reason")
    row, _ = max(found, key=lambda pair: pair[0].then)
    reason = " / ".join(dict.fromkeys(text for _, text in found))
    return Finding(row.then, row.code, f"Xero: {reason}"[:_REASON_MAX], _wait_s(row))


def judge_answer(content: Any) -> Finding | None:
    """The finding that a refused request comes to as a whole; None when the body says nothing.

    Both envelopes: `{"ErrorNumber","Type","Message"}` and the gateway's `{"Title","Detail"}`.
    """
    if not isinstance(content, dict):
        return None
    text = str(content.get("Message") or content.get("Detail") or "")
    if not text and "ErrorNumber" not in content:
        return None
    number = content.get("ErrorNumber")
    row = _row(text)
    if row is REFUSED and number != 10:
        row = BAD_REQUEST
    reason = " ".join(f"Xero {number or ''}: {text}".split())
    return Finding(row.then, row.code, reason[:_REASON_MAX], _wait_s(row))


def _wait_s(row: Row) -> float:
    return PLAN_WAIT_S if row.then is Then.WAIT else 0


def _row(text: str) -> Row:
    folded = text.casefold().replace("’", "'")
    return next((row for row in FAULTS if row.fragment in folded), REFUSED)
