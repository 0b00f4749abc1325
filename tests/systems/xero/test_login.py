"""A connection with real tokens of the sandbox: rotation, a lost answer, its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from bridge.clock import SystemClock
from bridge.core.delivery import Outcome, Posted
from bridge.credentials import MemoryCredentials
from bridge.errors import LoginRequired
from bridge.systems.oauth import REFRESH_TOKEN
from bridge.systems.xero.adapter import Xero
from tests.systems.xero.bench import Bench, settings_for
from tests.systems.xero.documents import CUSTOMER, changed
from tests.systems.xero.scripted import TENANT


class Connected(Bench):
    """A bench whose adapter logs in by refresh token."""

    def __init__(self, url: str, **more: Any) -> None:
        super().__init__(url)
        self.system.close()
        given = {"access_token": "", "client_id": "demo-client", "client_secret": "demo-secret"}
        self.store = MemoryCredentials({("xero", TENANT, REFRESH_TOKEN): "demo-refresh-xero"})
        settings = settings_for(url, **{**given, **more})
        self.system = Xero(settings, self.store, SystemClock(), jitter=lambda: 0)

    def people(self, count: int) -> list[Outcome]:
        return self.send(
            *(changed(CUSTOMER, reference=f"DYT-D{n}", name=f"Somebody {n}") for n in range(count))
        )


@pytest.fixture
def connected(bench: Bench) -> Iterator[Connected]:
    made = Connected(bench.url)
    with closing(made.system):
        yield made


def renewals(bench: Bench) -> int:
    calls: dict[str, int] = bench.control("GET", "xero/calls")["by_path"]
    return sum(count for path, count in calls.items() if path.endswith("connect/token"))


def test_a_connection_rotates_its_token_and_knows_when_it_dies_unused(
    connected: Connected,
) -> None:
    assert connected.system.chart().company.home_currency == "COP"
    assert connected.store.get("xero", TENANT, REFRESH_TOKEN) != "demo-refresh-xero"
    found = {topic: (finding, advice) for topic, finding, advice in connected.system.probes()}
    assert found["organisation"] == ("Crédito Fácil SAS", "")
    finding, advice = found["connection ends if unused"]
    assert finding > "2026-12"
    assert advice == ""


def test_a_token_that_ends_early_is_renewed_once_for_all_calls(connected: Connected) -> None:
    connected.system.chart()
    connected.control("POST", "clock", {"seconds": 1900})
    assert renewals(connected) == 1
    assert all(isinstance(outcome, Posted) for outcome in connected.people(180))
    assert renewals(connected) == 2


def test_a_lost_renewal_is_asked_for_again_with_the_same_token(connected: Connected) -> None:
    connected.system.chart()
    connected.control("POST", "clock", {"seconds": 1900})
    connected.fault("reset", "after", path="connect/token")
    held = connected.people(1)
    assert not isinstance(held[0], Posted)
    assert isinstance(connected.people(1)[0], Posted), "the one before works for 30 minutes more"


def test_an_ended_connection_stops_the_run(connected: Connected) -> None:
    connected.store.set("xero", TENANT, REFRESH_TOKEN, "somebody-elses")
    with pytest.raises(LoginRequired, match="connect xero"):
        connected.system.chart()


def test_an_organisation_that_was_disconnected_stops_the_run(connected: Connected) -> None:
    connected.system.chart()
    connected.switch(connection="removed")
    with pytest.raises(LoginRequired, match="connect xero"):
        connected.people(1)


@pytest.mark.parametrize("header", ["optional", "required"])
def test_a_custom_connection_needs_no_refresh_token(bench: Bench, header: str) -> None:
    bench.switch(custom_connection_tenant_header=header)
    connected = Connected(bench.url, grant="client_credentials")
    with closing(connected.system):
        assert isinstance(connected.people(1)[0], Posted)
        assert connected.store.get("xero", TENANT, REFRESH_TOKEN) == "demo-refresh-xero"
