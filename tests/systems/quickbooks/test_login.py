"""A connection with real tokens of the sandbox: their end, their rotation, their loss."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import msgspec
import pytest

from bridge.clock import SystemClock
from bridge.core.delivery import InDoubt, Outcome, Posted, Unavailable
from bridge.credentials import MemoryCredentials
from bridge.errors import ConfigurationError, LoginRequired
from bridge.systems.oauth import REFRESH_TOKEN, exchange_code
from bridge.systems.quickbooks.adapter import QuickBooks, token_endpoint
from bridge.systems.quickbooks.settings import Settings
from tests.systems.quickbooks.bench import CUSTOMER, REALM, Bench, settings_for
from tests.systems.servers import Call, relay


class Connected(Bench):
    """A bench whose adapter logs in by refresh token."""

    def __init__(self, url: str, api_url: str = "", **more: Any) -> None:
        settings = settings_for(
            api_url or url,
            access_token="",
            client_id="demo-client",
            client_secret="demo-secret",
            **more,
        )
        super().__init__(url, settings_for(url))
        self.system.close()
        self.store = MemoryCredentials(
            {("quickbooks", REALM, REFRESH_TOKEN): "demo-refresh-quickbooks"}
        )
        self.system = QuickBooks(settings, self.store, SystemClock(), jitter=lambda: 0)

    def customers(self, count: int) -> list[Outcome]:
        people = [
            msgspec.structs.replace(CUSTOMER, reference=f"DYT-D{n}", name=f"Somebody {n}")
            for n in range(count)
        ]
        return self.system.post([self.outgoing(person) for person in people])


@pytest.fixture
def connected(bench: Bench) -> Iterator[Connected]:
    made = Connected(bench.url)
    with closing(made.system):
        yield made


def renewals(bench: Bench) -> int:
    calls: dict[str, int] = bench.control("GET", "quickbooks/calls")["by_path"]
    return sum(count for path, count in calls.items() if path.endswith("tokens/bearer"))


def test_a_connection_is_made_and_its_ends_are_known(connected: Connected) -> None:
    assert connected.system.chart().company.home_currency == "COP"
    assert connected.store.get("quickbooks", REALM, REFRESH_TOKEN) != "demo-refresh-quickbooks"
    found = {topic: finding for topic, finding, _ in connected.system.probes()}
    assert found["connection ends in any case"] > found["connection ends if unused"] > "2027"


def test_an_access_token_that_ends_early_is_renewed_once_for_all_writes(
    connected: Connected,
) -> None:
    connected.system.chart()
    connected.control("POST", "clock", {"seconds": 4000})
    assert renewals(connected) == 1
    outcomes = connected.customers(20)
    assert all(isinstance(outcome, Posted) for outcome in outcomes), outcomes
    assert renewals(connected) == 2


def test_an_ended_connection_stops_the_run(connected: Connected) -> None:
    connected.system.chart()
    connected.control("POST", "clock", {"days": 200})
    with pytest.raises(LoginRequired, match="connect quickbooks"):
        connected.customers(20)


def test_an_ended_connection_does_not_cost_a_document_its_outcome(bench: Bench) -> None:
    """The connection ends after the first document: what became of it must reach the outbox."""

    def end(call: Call) -> None:
        if "/customer?" in call.path:
            bench.control("POST", "clock", {"days": 200})

    with relay(bench.url, after=end) as url:
        connected = Connected(bench.url, url, parallel=1)
        with closing(connected.system):
            outcomes = connected.customers(3)
    assert [type(outcome) for outcome in outcomes] == [Posted, Unavailable, Unavailable]


def test_the_login_server_being_down_costs_nothing(connected: Connected) -> None:
    connected.system.chart()
    connected.control("POST", "clock", {"seconds": 4000})
    connected.fault("503", "before", count=9, path="tokens/bearer")
    outcomes = connected.customers(5)
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    assert not any(isinstance(outcome, InDoubt) for outcome in outcomes)
    connected.control("DELETE", "faults")
    assert all(isinstance(outcome, Posted) for outcome in connected.customers(5))


def test_wrong_client_keys_say_so(bench: Bench) -> None:
    settings = settings_for(
        bench.url, access_token="", client_id="demo-client", client_secret="wrong"
    )
    store = MemoryCredentials({("quickbooks", REALM, REFRESH_TOKEN): "demo-refresh-quickbooks"})
    system = QuickBooks(settings, store, SystemClock(), jitter=lambda: 0)
    with closing(system), pytest.raises(ConfigurationError, match="client id"):
        system.chart()


def test_missing_client_keys_say_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match=r"developer\.intuit\.com"):
        QuickBooks(Settings(company_id="9"), MemoryCredentials(), SystemClock())


def test_the_client_secret_may_come_from_the_credential_store() -> None:
    store = MemoryCredentials({("quickbooks", "", "client_secret"): "from the store"})
    endpoint = token_endpoint(Settings(company_id="9", client_id="id"), store)
    assert endpoint.client_secret == "from the store"


def test_secrets_are_not_in_the_text_of_settings() -> None:
    settings = Settings(company_id="9", client_secret="s3cret", access_token="t0ken")
    assert "s3cret" not in repr(settings)
    assert "t0ken" not in repr(settings)


def test_a_code_of_the_sandbox_is_exchanged(connected: Connected) -> None:
    endpoint = token_endpoint(connected.system._settings, connected.store)
    with pytest.raises(LoginRequired):
        exchange_code(
            endpoint,
            connected.system._transport,
            system="quickbooks",
            code="not a code",
            redirect_uri="http://127.0.0.1/back",
        )
