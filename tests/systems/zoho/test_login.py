"""Access tokens: few, shared, and never taken for lost when there were too many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from bridge.clock import ManualClock
from bridge.credentials import MemoryCredentials
from bridge.errors import ConfigurationError, LoginRequired, TryLater
from bridge.sandbox.server import SandboxServer
from bridge.systems.transport import Transport, to_json
from bridge.systems.zoho.adapter import ZohoBooks
from bridge.systems.zoho.login import ZohoTokens, token_endpoint
from bridge.systems.zoho.settings import Settings
from tests.systems.servers import Answered, Call, http_server
from tests.systems.zoho.bench import ORGANIZATION, settings_for

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


class Desk:
    """A token server that answers as told, and a connection to it."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.status = 200
        self.says: dict[str, Any] | None = None
        self.clock = ManualClock(NOW)
        self.store = MemoryCredentials({("zoho", "9", "refresh_token"): "1000.8ecd"})

    def answer(self, call: Call) -> Answered:
        self.asked.append(parse_qs(call.body.decode()))
        token = {"access_token": f"1000.{len(self.asked)}", "expires_in": 3600}
        return Answered(self.status, to_json(self.says or token))

    def tokens(self) -> ZohoTokens:
        settings = Settings(
            company_id="9", token_url=self.url, client_id="1000.X", client_secret="s"
        )
        endpoint = token_endpoint(settings, self.store)
        return ZohoTokens(endpoint, self.transport, self.store, self.clock, "9")

    @contextmanager
    def open(self) -> Iterator[Desk]:
        with http_server(self.answer) as self.url:
            self.transport = Transport(self.clock, jitter=lambda: 0)
            yield self
            self.transport.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk().open() as made:
        yield made


def test_a_token_is_kept_and_shared_with_the_next_process(desk: Desk) -> None:
    first = desk.tokens()
    assert first.current() == first.current() == desk.tokens().current() == "1000.1"
    assert len(desk.asked) == 1
    assert desk.asked[0]["grant_type"] == ["refresh_token"]
    assert desk.asked[0]["refresh_token"] == ["1000.8ecd"]
    assert desk.store.get("zoho", "9", "refresh_token") == "1000.8ecd", "it does not rotate"


def test_a_token_is_renewed_a_little_before_its_hour_is_over(desk: Desk) -> None:
    tokens = desk.tokens()
    tokens.current()
    desk.clock.move(3600 - 121)
    assert tokens.current() == "1000.1"
    desk.clock.move(2)
    assert tokens.current() == "1000.2"


def test_another_process_new_token_is_taken_before_one_is_asked_for(desk: Desk) -> None:
    one, other = desk.tokens(), desk.tokens()
    one.current()
    other.current()
    desk.clock.move(1000)
    assert one.renewed("1000.1") == "1000.2"
    assert other.renewed("1000.1") == "1000.2"
    assert len(desk.asked) == 2


def test_a_fresh_token_that_is_refused_lacks_a_scope_and_costs_no_more_tokens(
    desk: Desk,
) -> None:
    tokens = desk.tokens()
    for _ in range(3):
        with pytest.raises(LoginRequired, match="scope"):
            tokens.renewed(tokens.current())
    assert len(desk.asked) == 1


@pytest.mark.parametrize("age_s", [61, 200, 299])
def test_a_token_that_ends_before_its_time_is_no_refusal(desk: Desk, age_s: float) -> None:
    tokens = desk.tokens()
    first = tokens.current()
    desk.clock.move(age_s)
    assert tokens.renewed(first) != first
    assert len(desk.asked) == 2


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("invalid_code", LoginRequired),
        ("invalid_client", ConfigurationError),
        ("invalid_client_secret", ConfigurationError),
        ("general_error", TryLater),
    ],
)
def test_errors_are_told_by_the_body_not_by_the_status(
    desk: Desk, status: int, error: str, expected: type[Exception]
) -> None:
    desk.status, desk.says = status, {"error": error}
    with pytest.raises(expected):
        desk.tokens().current()


@pytest.mark.parametrize("status", [200, 400])
def test_too_many_tokens_are_waited_for_and_not_asked_again(desk: Desk, status: int) -> None:
    text = "You have made too many requests continuously. Please try again after some time."
    desk.status = status
    desk.says = {"error_description": text, "error": "Access Denied", "status": "failure"}
    tokens = desk.tokens()
    for wait_s in (600, 500):
        with pytest.raises(TryLater) as later:
            tokens.current()
        assert later.value.retry_after_s == wait_s
        desk.clock.move(100)
    assert len(desk.asked) == 1
    desk.clock.move(500)
    desk.status, desk.says = 200, None
    assert tokens.current() == "1000.2"


def test_without_a_login_or_a_client_a_person_is_told_what_to_do(desk: Desk) -> None:
    desk.store.delete("zoho", "9", "refresh_token")
    with pytest.raises(LoginRequired, match="connect zoho"):
        desk.tokens().current()
    with pytest.raises(ConfigurationError, match="api-console"):
        token_endpoint(Settings(company_id="9"), desk.store)


def test_the_sandbox_takes_the_token_that_it_gave() -> None:
    with SandboxServer(fast=True) as server:
        settings = settings_for(
            server.url, access_token="", client_id="demo-client", client_secret="demo-secret"
        )
        key = ("zoho", ORGANIZATION, "refresh_token")
        store = MemoryCredentials({key: "demo-refresh-zoho"})
        for _ in range(3):
            system = ZohoBooks(settings, store, ManualClock(NOW), jitter=lambda: 0)
            assert system.chart().company.id == ORGANIZATION
            system.close()


def test_secrets_are_never_shown() -> None:
    settings = Settings(company_id="9", client_id="c", client_secret="hush", access_token="hush")
    assert "hush" not in repr(settings)
    assert "hush" not in repr(token_endpoint(settings, MemoryCredentials()))
