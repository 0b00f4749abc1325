"""The meaning of a refusal by QuickBooks: a table from its codes to what happens next.

Two envelopes: `Fault.Error[]` (business) and lower-case `fault.error[]` (gateway). A 200 can hold
a Fault; codes are text, and leading zeros do not count (FACTS Q38). Refusals for rate also come as
XML (FACTS Q40). What the sources in the rows stand for: FACTS Q39.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from bridge.systems.results import Finding, Row, Then
from bridge.systems.transport import Reply

FAULTS: dict[str, Row] = {
    "100": Row(Then.LOGIN, "wrong_company", "seen on a bad realm; UNVERIFIED"),
    "120": Row(Then.LOGIN, "no_longer_admin", "DOC:handling-common-errors"),
    "500": Row(Then.REJECT, "unsupported", "DOC:handling-common-errors; OBS 2026-08-16"),
    "610": Row(Then.REJECT, "inactive_reference", "DOC:handling-common-errors"),
    "2010": Row(Then.REJECT, "bad_request", "OBS"),
    "2020": Row(Then.REJECT, "missing_field", "DOC:handling-common-errors"),
    "2030": Row(Then.REJECT, "bad_request", "text UNVERIFIED"),
    "2050": Row(Then.REJECT, "text_length", "OBS"),
    "2080": Row(Then.REJECT, "bad_request", "OBS"),
    "2170": Row(Then.REJECT, "bad_request", "DOC:handling-common-errors"),
    "2500": Row(Then.REJECT, "inactive_reference", "DOC:handling-common-errors"),
    "3001": Row(Then.WAIT, "throttled", "DOC:limits; PHP SDK issue 54"),
    "3100": Row(Then.LOGIN, "wrong_company", "OBS tap-quickbooks 2026-05"),
    "3200": Row(Then.LOGIN, "token_refused", "OBS 2026-08-16"),
    "4000": Row(Then.REJECT, "bad_query", "code UNVERIFIED"),
    "4001": Row(Then.REJECT, "bad_query", "OBS 2026-08-16"),
    "5010": Row(Then.STALE, "stale", "DOC:handling-common-errors"),
    "6000": Row(Then.REJECT, "refused", "DOC:handling-common-errors"),
    "6070": Row(Then.REJECT, "bad_request", "OBS"),
    "6140": Row(Then.NUMBER_TAKEN, "number_taken", "DOC; real text OBS 2026-09-01"),
    "6190": Row(Then.WAIT, "subscription_ended", "DOC:handling-common-errors"),
    "6210": Row(Then.REJECT, "period_closed", "DOC:handling-common-errors"),
    "6240": Row(Then.NAME_TAKEN, "name_taken", "DOC:handling-common-errors"),
    "6430": Row(Then.REJECT, "account_type", "text UNVERIFIED"),
    "6540": Row(Then.REJECT, "deposited", "DOC:handling-common-errors"),
    "10000": Row(Then.DOUBT, "system_failure", "OBS 2026-08-16, also with HTTP 200"),
}

_CLOSED = re.compile(r"\bperiod (?:is |has been |has )?closed\b", re.IGNORECASE)
"""A closed period also came as 5010, which stands for a stale token else (FACTS Q41): the words
decide."""

SUBSCRIPTION_WAIT_S = 3600.0
"""6190: the company is read-only until somebody pays; asking more often changes nothing."""

_THROTTLED = b"ThrottleExceeded"
_XML_ERROR = re.compile(rb'<Error code="(\d+)"[^>]*>(.*?)</Error>', re.DOTALL)
_XML_DETAIL = re.compile(rb"<Detail>(.*?)</Detail>", re.DOTALL)
_NUMBER_OWNER = re.compile(r"assigned to TxnType=([A-Za-z ]+?) with TxnId=(\d+)")
_REASON_MAX = 400


class Fault(msgspec.Struct, frozen=True):
    """One error of an answer."""

    code: str
    message: str
    detail: str
    element: str = ""
    type: str = ""


def faults_in(content: Any) -> tuple[Fault, ...]:
    """The faults of a decoded body (of a whole answer or of one batch item)."""
    if not isinstance(content, dict):
        return ()
    envelope = content.get("Fault") or content.get("fault")
    if not isinstance(envelope, dict):
        return ()
    errors = envelope.get("Error") or envelope.get("error") or ()
    kind = str(envelope.get("type") or "")
    if not isinstance(errors, list):
        return ()
    return tuple(_fault(error, kind) for error in errors if isinstance(error, dict))


def faults_of(reply: Reply) -> tuple[Fault, ...]:
    """The faults of a reply, whatever its form."""
    if reply.body.lstrip()[:1] == b"<":
        return tuple(_xml_fault(*found.groups()) for found in _XML_ERROR.finditer(reply.body))
    return faults_in(reply.json())


def refused_for_rate(reply: Reply) -> bool:
    """429, or the word in whatever answer: a 403 in 2016, XML until today."""
    return reply.status == 429 or (not reply.ok and _THROTTLED in reply.body)


def judge(faults: Iterable[Fault]) -> Finding:
    """The finding that the faults of one write come to, the gravest first. There must be at least
    one."""
    found = [(_row(fault), fault) for fault in faults]
    assert found, "no fault to judge"
    row, _ = max(found, key=lambda pair: pair[0].then)
    texts = (fault.detail or fault.message for _, fault in found)
    codes = ", ".join(fault.code for _, fault in found)
    reason = " / ".join(" ".join(text.split()) for text in texts)
    wait_s = SUBSCRIPTION_WAIT_S if row.code == "subscription_ended" else 0
    return Finding(row.then, row.code, f"QuickBooks {codes}: {reason}"[:_REASON_MAX], wait_s)


def number_owner(reason: str) -> tuple[str, str] | None:
    """(entity, id) that a duplicate-number fault says has the number."""
    found = _NUMBER_OWNER.search(reason)
    return (found.group(1).replace(" ", ""), found.group(2)) if found else None


def says_deleted(finding: Finding) -> bool:
    """610 has two meanings: a reference was made inactive, or the document itself is gone."""
    return finding.code == "inactive_reference" and "deleted this transaction" in finding.reason


def _row(fault: Fault) -> Row:
    row = FAULTS.get(fault.code)
    if row is not None and row.then is Then.STALE:
        closed = _CLOSED.search(f"{fault.message} {fault.detail}")
        return FAULTS["6210"] if closed else row
    if row is not None:
        return row
    if fault.type == "ValidationFault":
        return Row(Then.REJECT, f"quickbooks_{fault.code}", "a validation fault not in the list")
    return Row(Then.DOUBT, f"quickbooks_{fault.code}", "not in the list")


def _fault(error: dict[str, Any], kind: str) -> Fault:
    def text(name: str) -> str:
        value = error.get(name) or error.get(name.lower()) or ""
        return str(value)

    code = text("code").lstrip("0")
    return Fault(code, text("Message"), text("Detail"), text("element"), kind)


def _xml_fault(code: bytes, content: bytes) -> Fault:
    detail = _XML_DETAIL.search(content)
    text = detail.group(1).decode(errors="replace") if detail else ""
    return Fault(code.decode().lstrip("0"), "", text)
