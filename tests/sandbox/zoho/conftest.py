from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bridge.sandbox.server import SandboxServer
from tests.sandbox.zoho.client import NOON, Client


@pytest.fixture
def zoho(server: SandboxServer) -> Iterator[Client]:
    """A client of the demo organization as it is on the first day, which is always the same."""
    server.control.reset()
    server.control.clock.shift = NOON - datetime.now(UTC)
    with Client(server) as client:
        yield client


@pytest.fixture(scope="module")
def slow() -> Iterator[SandboxServer]:
    """A server with every limit in force."""
    with SandboxServer() as running:
        yield running


@pytest.fixture
def strict(slow: SandboxServer) -> Iterator[Client]:
    """The same client where every limit is in force, though lists do not lag."""
    slow.control.reset()
    slow.control.clock.shift = NOON - datetime.now(UTC)
    with Client(slow) as client:
        client.switch(read_lag_s=0)
        yield client


@pytest.fixture
def customer(zoho: Client) -> str:
    return zoho.customer()
