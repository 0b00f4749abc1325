"""What QuickBooks' refusals mean."""

from __future__ import annotations

import pytest

from bridge.systems.quickbooks.faults import (
    FAULTS,
    Fault,
    faults_in,
    faults_of,
    judge,
    number_owner,
    refused_for_rate,
    says_deleted,
)
from bridge.systems.results import Then
from bridge.systems.transport import Reply


def business(code: str, detail: str = "", kind: str = "ValidationFault") -> dict[str, object]:
    error = {"Message": "m", "Detail": detail, "code": code, "element": ""}
    return {"Fault": {"Error": [error], "type": kind}}


def gateway(code: str) -> dict[str, object]:
    error = {"message": "m", "detail": None, "code": code, "element": None}
    return {"fault": {"error": [error], "type": "SERVICE"}}


@pytest.mark.parametrize("code", FAULTS)
def test_every_row_has_a_source_and_is_found_in_both_envelopes(code: str) -> None:
    row = FAULTS[code]
    assert row.source
    for envelope in (business(code), gateway(code), business(f"00{code}")):
        finding = judge(faults_in(envelope))
        assert (finding.then, finding.code) == (row.then, row.code)
        assert code in finding.reason


@pytest.mark.parametrize(
    ("codes", "then"),
    [
        (("2050", "2020"), Then.REJECT),
        (("2050", "10000"), Then.DOUBT),
        (("6140", "2050"), Then.NUMBER_TAKEN),
        (("3200", "6000"), Then.LOGIN),
    ],
)
def test_of_several_faults_the_gravest_decides(codes: tuple[str, ...], then: Then) -> None:
    assert judge(Fault(code, "m", "d") for code in codes).then is then


CLOSED = "Account Period Closed, Cannot Update Through Services API"
STALE = "You and X were working on this at the same time. X finished before you did"


@pytest.mark.parametrize(
    ("code", "text", "then", "word"),
    [
        ("5010", STALE, Then.STALE, "stale"),
        ("5010", CLOSED, Then.REJECT, "period_closed"),
        ("5010", "The account period has closed and the books", Then.REJECT, "period_closed"),
        ("6210", CLOSED, Then.REJECT, "period_closed"),
    ],
)
def test_a_closed_period_is_known_by_its_words(code: str, text: str, then: Then, word: str) -> None:
    for fault in (Fault(code, text, ""), Fault(code, "", text)):
        finding = judge([fault])
        assert (finding.then, finding.code) == (then, word)


def test_an_unknown_validation_fault_is_a_refusal_and_any_other_a_doubt() -> None:
    assert judge(faults_in(business("7777"))).then is Then.REJECT
    assert judge(faults_in(business("7777", kind="SystemFault"))).then is Then.DOUBT
    assert judge(faults_in(gateway("7777"))).then is Then.DOUBT


@pytest.mark.parametrize(
    "content", [None, [], "x", {}, {"Fault": None}, {"Fault": "x"}, {"Invoice": {}}]
)
def test_what_is_no_fault_is_none(content: object) -> None:
    assert faults_in(content) == ()


def reply(status: int, body: bytes) -> Reply:
    return Reply(status=status, headers={}, body=body)


XML = (
    b'<?xml version="1.0"?><IntuitResponse><Fault type="SERVICE"><Error code="3001">'
    b"<Message>message=ThrottleExceeded; errorCode=003001</Message>"
    b"<Detail>The request limit was reached.  Try again later</Detail></Error></Fault>"
    b"</IntuitResponse>"
)


@pytest.mark.parametrize(
    ("status", "body", "throttled"),
    [
        (429, b"", True),
        (429, XML, True),
        (403, XML, True),
        (403, b'{"fault":{"error":[{"message":"message=ThrottleExceeded; x"}]}}', True),
        (403, b'{"fault":{"error":[{"code":"3100"}]}}', False),
        (200, b'{"Customer":{"Notes":"ThrottleExceeded"}}', False),
        (400, b"{}", False),
    ],
)
def test_a_refusal_for_rate_is_known_in_all_its_forms(
    status: int, body: bytes, throttled: bool
) -> None:
    assert refused_for_rate(reply(status, body)) is throttled


def test_a_fault_in_xml_is_read() -> None:
    (fault,) = faults_of(reply(429, XML))
    assert (fault.code, judge([fault]).then) == ("3001", Then.WAIT)
    assert faults_of(reply(503, b"<html>busy</html>")) == ()


def test_the_owner_of_a_number_is_read_from_the_recorded_text() -> None:
    recorded = (
        "Duplicate Document Number Error : You must specify a different number. This number has "
        "already been used. DocNumber=18696 is assigned to TxnType=Invoice with TxnId=6575"
    )
    assert number_owner(recorded) == ("Invoice", "6575")
    assert number_owner(recorded.replace("Invoice", "Journal Entry")) == ("JournalEntry", "6575")
    assert number_owner("taken") is None


def test_the_two_meanings_of_610() -> None:
    gone = "Object Not Found : Another user has deleted this transaction."
    inactive = "Object Not Found : Something you're trying to use has been made inactive."
    assert says_deleted(judge(faults_in(business("610", gone))))
    assert not says_deleted(judge(faults_in(business("610", inactive))))
