"""Every registered system gets the same tests, on its face of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.sandbox.server import SandboxServer
from bridge.systems import registry
from tests.conformance.bench import Bench


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as running:
        yield running


@pytest.fixture(params=sorted(registry.SYSTEMS))
def bench(request: pytest.FixtureRequest, sandbox: SandboxServer) -> Iterator[Bench]:
    made = Bench(request.param, sandbox)
    made.control("POST", "reset")
    yield made
    made.control("DELETE", "faults")
    if made._system is not None:
        made._system.close()  # type: ignore[attr-defined]
