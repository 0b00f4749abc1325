from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.sandbox.server import SandboxServer
from tests.sandbox.client import Client


@pytest.fixture(scope="session")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as running:
        yield running


@pytest.fixture
def api(server: SandboxServer) -> Iterator[Client]:
    """A client of the demo company as it is on the first day."""
    server.control.reset()
    with Client(server) as client:
        yield client
