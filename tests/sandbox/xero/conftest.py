from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.sandbox.server import SandboxServer
from tests.sandbox.xero.client import Client


@pytest.fixture
def api(server: SandboxServer) -> Iterator[Client]:
    """A client of the demo organisation as it is on the first day."""
    server.control.reset()
    with Client(server) as client:
        yield client


@pytest.fixture
def ana(api: Client) -> str:
    return api.contact()
