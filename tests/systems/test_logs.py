"""Log lines hold listed fields and nothing else."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests

from bridge import logs

SECRETS = ("Ana Pérez", "eyJhbGciOi", "AB11refresh", "s3cret", "300 123 4567")


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    root, ours = logging.getLogger(), logging.getLogger("bridge")
    before, levels = list(root.handlers), (root.level, ours.level)
    stream = io.StringIO()
    for handler in before:
        root.removeHandler(handler)
    logs.configure("DEBUG", stream)
    found: list[dict[str, Any]] = []
    try:
        yield found
    finally:
        for handler in before:
            root.addHandler(handler)
        root.removeHandler(next(h for h in root.handlers if h not in before))
        root.setLevel(levels[0])
        ours.setLevel(levels[1])
        text = stream.getvalue()
        assert not any(secret in text for secret in SECRETS), text


@pytest.fixture
def written(lines: list[dict[str, Any]]) -> Any:
    handler = logging.getLogger().handlers[-1]
    assert isinstance(handler, logging.StreamHandler)
    return lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]


log = logging.getLogger("bridge.test")


def test_listed_fields_come_out_and_others_do_not(written: Any) -> None:
    log.info(
        "posted for Ana Pérez",
        extra={
            "event": "outbox.posted",
            "reference": "DYT-P1",
            "amount": Decimal("10.50"),
            "duration_ms": 12,
            "customer": "Ana Pérez",
            "token": "AB11refresh",
            "body": '{"DisplayName":"Ana Pérez"}',
        },
    )
    (line,) = written()
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "bridge.test",
        "event": "outbox.posted",
        "reference": "DYT-P1",
        "amount": "10.50",
        "duration_ms": 12,
    }


@pytest.mark.parametrize(
    "value",
    [
        "https://x.invalid/?refresh_token=AB11refresh",
        "Bearer eyJhbGciOi",
        '{"name": "Ana Pérez"}',
        "Basic s3cret",
        "client_secret=s3cret",
        "x" * 500,
    ],
)
def test_a_listed_field_with_an_unfit_value_is_redacted(written: Any, value: str) -> None:
    log.warning("x", extra={"event": "call.refused", "error": value})
    assert written()[0]["error"] == "[redacted]"


def test_an_exception_shows_types_and_place_but_no_text(written: Any) -> None:
    try:
        try:
            requests.get("http://127.0.0.1:9/?access_token=eyJhbGciOi&name=Ana Pérez", timeout=1)
        except requests.RequestException as error:
            raise RuntimeError("could not post Ana Pérez") from error
    except RuntimeError:
        log.exception("failed for %s", "Ana Pérez", extra={"event": "run.failed"})
    (line,) = written()
    assert line["exception"][:2] == ["RuntimeError", "ConnectionError"]
    assert line["raised_at"].startswith("test_logs.py:")


def test_an_exception_as_a_field_is_its_type(written: Any) -> None:
    log.error("x", extra={"event": "run.failed", "error": ValueError("Ana Pérez")})
    assert written()[0]["error"] == "ValueError"


def test_other_libraries_are_heard_from_warnings_up_without_their_words(written: Any) -> None:
    other = logging.getLogger("urllib3.connectionpool")
    other.debug("GET /?token=%s", "AB11refresh")
    other.warning("Connection pool is full, discarding %s", "s3cret")
    (line,) = written()
    assert set(line) == {"time", "level", "logger"}


def test_a_value_that_can_not_be_shown_does_not_spill_the_record(
    written: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    class Awkward:
        def __str__(self) -> str:
            raise ValueError("s3cret")

    log.info("x", extra={"event": "a.b", "error": Awkward(), "body": "s3cret"})
    assert written() == []
    assert "s3cret" not in capsys.readouterr().err
