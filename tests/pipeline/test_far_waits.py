"""A product that asks for years, or a clock that was years ahead, stops nobody for years."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.pipeline.reconcile import compare
from bridge.pipeline.waits import told, waits_until
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import COMPANIES, NOW, SharedClock, World, one

DAY = 86_400
FAR = "1000000000000"


@pytest.fixture(params=COMPANIES)
def world(request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxServer) -> World:
    """A lender who has posted nothing yet."""
    made = World(tmp_path, sandbox, request.param)
    made.control("POST", "reset")
    made.overrides["LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS"] = "36500"
    Ledger.random(random.Random(7)).write(made.snapshot)
    return made


def refused(world: World, wait: str = FAR) -> None:
    for method in ("POST", "PUT"):
        world.control(
            "POST",
            "faults",
            system=world.system,
            kind="answer",
            status=429,
            headers={"Retry-After": wait},
            count=0,
            match={"method": method, "path": "(?i)/(contacts|customer)([?]|$)"},
        )
    done = world.sync()
    assert (done.verdict, one(done).posting.posted) == ("later", 0), done.reason
    assert one(done).pending > 0
    world.control("DELETE", "faults")


def waiting(world: World) -> str:
    with world.bridge() as bridge, bridge.store.read() as work:
        until = waits_until(work, world.where, world.clock.now())
    return told(until) if until else ""


def test_a_wait_of_years_is_one_of_a_day_and_its_end_is_said(world: World) -> None:
    refused(world)
    end = told(world.clock.now() + timedelta(days=1))
    assert waiting(world)[:15] == end[:15]  # to ten minutes: the pass itself took some
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, bridge.clock.now())
    notices = {notice.code: english(notice.detail) for notice in found.systems[0].notices}
    assert notices["books.wait"] == waiting(world)

    world.clock.move(DAY / 2)
    early = world.sync()
    assert (early.verdict, one(early).posting.posted) == ("later", 0)
    world.clock.move(DAY / 2 + 600)
    done = world.sync()
    assert (done.verdict, waiting(world)) == ("clean", ""), done.reason


@pytest.mark.parametrize("days", [2, 4_000])
def test_a_clock_that_was_ahead_holds_nothing_back_once_it_is_right(
    world: World, days: int
) -> None:
    world.clock = SharedClock(NOW + timedelta(days=days))
    refused(world, "60")
    world.clock = SharedClock(NOW)
    done = world.sync()
    assert done.verdict == "clean", done.reason


def test_a_person_need_not_wait(world: World) -> None:
    refused(world)
    with world.bridge() as bridge, bridge.store.begin() as work:
        lifted = work.decisions.send_all_now(world.where, "ana", "2026-11-20")
        assert lifted
        assert work.decisions.latest(limit=1)[0].verb == "now"
        assert work.decisions.send_all_now(world.where, "ana", "2026-11-20") == 0
    assert waiting(world) == ""
    done = world.sync()
    assert done.verdict == "clean", done.reason
