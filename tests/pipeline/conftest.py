"""The sandbox that a module's tests share, and a lender's world on it, empty for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.sandbox.server import SandboxServer
from tests.pipeline import spread
from tests.pipeline.world import COMPANIES, World


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    elsewhere = {*spread.left_out(items)}
    config.hook.pytest_deselected(items=[item for item in items if item in elsewhere])
    items[:] = [item for item in items if item not in elsewhere]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as running:
        yield running


@pytest.fixture(params=COMPANIES)
def world(request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxServer) -> World:
    """One in each system, on a sandbox on which nothing was done yet. A module whose lender begins
    with more overrides this by a fixture that takes it."""
    made = World(tmp_path, sandbox, request.param)
    made.control("POST", "reset")
    made.clock.sandbox_url = sandbox.url
    return made
