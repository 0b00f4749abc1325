"""Access tokens that end in the middle of a pass: nothing was refused, and nobody must log in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.clock import SystemClock
from bridge.credentials import open_credentials
from bridge.pipeline.sync import SyncResult
from bridge.sandbox.server import SandboxServer
from bridge.systems.oauth import CLIENT_SECRET, REFRESH_TOKEN
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import COMPANIES, PATHS, World, one
from tests.systems.servers import Call, relay


@pytest.fixture(params=COMPANIES)
def world(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    sandbox: SandboxServer,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    """A lender who has logged in."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    made = World(tmp_path, sandbox, request.param)
    made.control("POST", "reset")
    made.clock.sandbox_url = sandbox.url
    section = f"LEDGER_BRIDGE_SYSTEMS__{made.system.upper()}__"
    made.overrides |= {
        "LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS": "365",
        f"{section}ACCESS": "oauth",
        f"{section}CLIENT_ID": "demo-client",
        f"{section}PARALLEL": "1",
    }
    keyring = open_credentials(made.settings().state_folder, {}, SystemClock())
    keyring.set(made.system, "", CLIENT_SECRET, "demo-secret")
    keyring.set(made.system, made.company, REFRESH_TOKEN, f"demo-refresh-{made.system}")
    Ledger.random(random.Random(7)).write(made.snapshot)
    return made


@contextmanager
def slow(world: World, seconds: int) -> Iterator[None]:
    """Every call takes so long on its way, by the clocks of both sides."""

    def before(call: Call) -> None:
        del call
        world.clock.move(seconds)

    base, token = PATHS[world.system]
    section = f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__"
    with relay(world.sandbox.url, before=before) as url:
        own = {f"{section}BASE_URL": f"{url}{base}", f"{section}TOKEN_URL": f"{url}{token}"}
        kept, world.overrides = world.overrides, world.overrides | own
        try:
            yield
        finally:
            world.overrides = kept


def lives(world: World, seconds: int, **lie: object) -> None:
    world.control("POST", f"{world.system}/settings", access_token_s=seconds)
    if lie:
        match = {"path": "oauth|token"}
        wish = {"kind": "lie", "field": "expires_in", "count": 0, "match": match}
        world.control("POST", "faults", system=world.system, **wish, **lie)


def in_order(done: SyncResult) -> None:
    assert (done.verdict, done.exit_code) == ("clean", 0), done.reason
    assert one(done).posting.posted > 20


@pytest.mark.parametrize(("life_s", "call_s"), [(30, 7), (60, 25), (400, 90)])
def test_a_token_that_ends_between_two_calls_is_renewed(
    world: World, life_s: int, call_s: int
) -> None:
    lives(world, life_s)
    with slow(world, call_s):
        in_order(world.sync())


@pytest.mark.parametrize("told", [0, -1, 10**15, "soon", None])
def test_a_token_that_ends_before_it_was_said_to_is_renewed(world: World, told: object) -> None:
    lives(world, 60, value=told)
    with slow(world, 25):
        in_order(world.sync())


def test_a_token_that_is_dead_when_it_arrives_is_no_refusal(world: World) -> None:
    """It lives a second and every call takes two: later, perhaps; no login helps."""
    lives(world, 1)
    with slow(world, 2):
        done = world.sync()
    assert (done.verdict, done.exit_code) == ("later", 75), done.reason
    assert one(done).posting.posted == 0
    lives(world, 3600)
    world.clock.move(900)  # Zoho gives ten tokens in ten minutes
    in_order(world.sync())


def test_a_fresh_token_that_is_refused_is_a_refusal(world: World) -> None:
    lives(world, 3600)
    world.control("POST", "faults", system=world.system, kind="401", count=0)
    done = world.sync()
    world.control("DELETE", "faults")
    assert done.exit_code == 78, done.reason
    assert f"connect {world.system}" in done.reason
