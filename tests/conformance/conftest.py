"""Every registered system gets the same tests: on its face of the sandbox, on what was recorded
of it, or (`--live`) on a test company at its provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge.sandbox.server import SandboxServer
from tests.conformance.bench import Bench
from tests.conformance.ground import Ground, on_sandbox
from tests.live import options, recording


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "bench" in metafunc.fixturenames:
        grounds = options.parameters(metafunc.config)
        ids = [s if where == "sandbox" else f"{s}-{where}" for s, where in grounds]
        metafunc.parametrize("bench", grounds, ids=ids, indirect=True)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as running:
        yield running


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    system, where = request.param
    if where == "live":
        yield from _live(request)
    elif where == options.RECORDED:
        yield from _recorded(request, system)
    else:
        yield from _on_sandbox(request, system)


def _on_sandbox(request: pytest.FixtureRequest, system: str) -> Iterator[Bench]:
    with closing(Bench(on_sandbox(system, request.getfixturevalue("sandbox")))) as made:
        made.control("POST", "reset")
        yield made
        made.control("DELETE", "faults")


def _live(request: pytest.FixtureRequest) -> Iterator[Bench]:
    company = request.config.stash[options.COMPANY]
    ground = company.ground()
    if not request.config.getoption("--record"):
        yield from _begun(ground)
        return
    path = options.cassette(request.node, company.system)
    with recording.recorded(path, ground, request.node.nodeid):
        yield from _begun(ground)
    if request.node.stash.get(options.NOT_PASSED, False):
        path.unlink(missing_ok=True)


def _recorded(request: pytest.FixtureRequest, system: str) -> Iterator[Bench]:
    path = options.cassette(request.node, system)
    folder: Path = request.getfixturevalue("tmp_path")
    with recording.played(path, folder) as ground:
        yield from _begun(ground)


def _begun(ground: Ground) -> Iterator[Bench]:
    with closing(Bench(ground)) as made:
        made.begin()
        yield made
