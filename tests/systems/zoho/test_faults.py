"""What Zoho's refusals mean."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.systems.results import Then
from bridge.systems.transport import Reply, to_json
from bridge.systems.zoho.faults import (
    FAULTS,
    code_of,
    judge,
    rate_wait_s,
    refused_for_rate,
    succeeded,
)


def reply(status: int, content: Any = None, **headers: str) -> Reply:
    body = content if isinstance(content, bytes) else to_json(content or {})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=named, body=body)


def refusal(code: int | str, message: str = "m", status: int = 400) -> Reply:
    return reply(status, {"code": code, "message": message})


@pytest.mark.parametrize("code", FAULTS)
def test_every_row_has_a_source_and_decides_by_code_not_by_status(code: int) -> None:
    row = FAULTS[code]
    assert row.source
    for status in (200, 400, 401, 404):
        for told in (code, str(code)):
            answer = refusal(told, status=status)
            finding = judge(answer, answer.json())
            assert (finding.then, finding.code) == (row.then, row.code)
            assert str(code) in finding.reason


@pytest.mark.parametrize(
    ("status", "then"),
    [(400, Then.REJECT), (404, Then.REJECT), (500, Then.DOUBT), (200, Then.DOUBT)],
)
def test_an_unknown_code_is_a_refusal_with_4xx_and_a_doubt_otherwise(
    status: int, then: Then
) -> None:
    answer = refusal(987654, status=status)
    assert judge(answer, answer.json()).then is then


@pytest.mark.parametrize("code", FAULTS)
def test_a_server_fault_is_a_doubt_whatever_it_says(code: int) -> None:
    answer = refusal(code, status=500)
    assert judge(answer, answer.json()).then is Then.DOUBT


@pytest.mark.parametrize(
    ("status", "then"), [(502, Then.DOUBT), (404, Then.DOUBT), (400, Then.REJECT)]
)
def test_what_can_not_be_read(status: int, then: Then) -> None:
    answer = reply(status, b"<html>busy</html>")
    assert judge(answer, answer.json()).then is then


@pytest.mark.parametrize(
    ("status", "content", "well"),
    [
        (201, {"code": 0}, True),
        (200, {"code": "0"}, True),
        (200, {"code": 57}, False),
        (400, {"code": 0}, False),
        (200, {}, False),
        (200, [], False),
        (200, {"code": False}, False),
    ],
)
def test_success_is_2xx_and_code_0(status: int, content: Any, well: bool) -> None:
    assert succeeded(reply(status, content), content) is well


@pytest.mark.parametrize("code", [44, 45, 1070])
@pytest.mark.parametrize("status", [200, 400, 429])
def test_a_refusal_for_rate_is_known_by_its_code(code: int, status: int) -> None:
    assert refused_for_rate(refusal(code, status=status))


def test_other_answers_are_no_refusals_for_rate() -> None:
    assert refused_for_rate(reply(429, b""))
    assert not refused_for_rate(refusal(1001))
    assert not refused_for_rate(reply(200, {"code": 0, "note": {"code": 44}}))
    assert not refused_for_rate(reply(200, b"x" * 10_000))


@pytest.mark.parametrize(("code", "wait_s"), [(44, 60), (1070, 5), (45, 3600), (1001, None)])
def test_how_long_a_refusal_lasts(code: int, wait_s: float | None) -> None:
    assert rate_wait_s(refusal(code)) == wait_s


def test_the_end_of_the_day_is_taken_from_the_header() -> None:
    told = reply(429, {"code": 45}, X_Rate_Limit_Reset="900")
    assert rate_wait_s(told) == 900


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("The transaction date falls in a locked period.", "period_closed"),
        ("El periodo está bloqueado.", "period_closed"),
        ("Something else", "zoho_900001"),
    ],
)
def test_a_locked_period_is_named_by_its_words_and_refused_in_any_case(
    message: str, code: str
) -> None:
    answer = refusal(900001, message)
    finding = judge(answer, answer.json())
    assert (finding.then, finding.code) == (Then.REJECT, code)


@pytest.mark.parametrize("content", [None, [], "x", {}, {"code": None}, {"code": "x"}])
def test_what_is_no_envelope_has_no_code(content: Any) -> None:
    assert code_of(content) is None
