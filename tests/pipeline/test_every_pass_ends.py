"""A pass ends, whatever is refused at the door and however long each refusal takes."""

from __future__ import annotations

import pytest

from bridge.core.tie_out.patience import PASSES
from bridge.systems.transport import Answer, NotSent, Request, Transport
from tests.pipeline.for_ever import (
    ANSWERS,
    Lender,
    a_person_says_go_on,
    asked_about,
    deliver,
    first_day,
    morning,
    named_in,
    there,
    twice_never,
)
from tests.pipeline.world import Killed, World

ENOUGH = 400
"""Requests with which no pass of so few documents can be content."""
SLOW_S = 7.0
"""A refusal that takes longer than what is waited for after it at first."""


class Network:
    """What is between the bridge and the books; it may be gone from some request on."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.requests, self.lasts_for = 0, ENOUGH
        send = Transport.send

        def through(transport: Transport, request: Request) -> Answer:
            self.requests += 1
            if self.requests > ENOUGH:
                raise Killed
            if self.requests <= self.lasts_for:
                return send(transport, request)
            world.clock.sleep(SLOW_S)
            return NotSent("ConnectionRefusedError")

        monkeypatch.setattr(Transport, "send", through)

    def goes_after(self, requests: int) -> None:
        self.requests, self.lasts_for = 0, requests


def test_the_network_is_gone_in_the_middle_of_a_pass(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_day().write(world.snapshot)
    network = Network(world, monkeypatch)
    before = 0
    for lasts_for in range(3, 30, 4):
        network.goes_after(lasts_for)
        ended = world.sync()
        if ended.verdict == "clean":
            break
        assert ended.exit_code == 75
        assert network.requests < ENOUGH
        assert before <= len(there(world))
        before = len(there(world))
        world.clock.move(3600)
    network.goes_after(ENOUGH)
    assert world.sync().verdict == "clean"
    twice_never(world)


def given_up(world: World, ledger: Lender) -> None:
    """A loan that nobody can say of whether the books have it, as a person was told."""
    match = {"method": "POST", "body": "DY7F3A-L4(?!\\d)"}
    wish = {"system": world.system, "kind": "reset", "when": "after"}
    world.control("POST", "faults", **wish, match={**match, "path": "/"}, count=1)
    if world.system != "zoho":
        world.control("POST", "faults", **wish, match={**match, "method": "PUT"}, count=1)
    for match in asked_about(world):
        wish = {"system": world.system, "count": 0, **ANSWERS["500"]}
        world.control("POST", "faults", **wish, match=match)
    ledger.lent(4, 1)
    for number in range(PASSES + 2):
        tasks = morning(world, ledger, number)
    assert "L4" in named_in(tasks)


def test_what_is_tried_again_and_still_not_answered_is_asked_about_once_a_pass(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = first_day()
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    given_up(world, ledger)
    a_person_says_go_on(world)
    network = Network(world, monkeypatch)
    for number in range(50, 50 + PASSES + 2):
        network.goes_after(ENOUGH)
        tasks = morning(world, ledger, number)
        assert network.requests < ENOUGH
    assert {"L150", "P250"} <= there(world)
    with world.bridge() as bridge, bridge.store.read() as work:
        bound = {b.reference for _, b in work.bindings.live(world.where)}
    assert "DY7F3A-L4" in bound or "L4" in named_in(tasks)
    world.control("DELETE", "faults")
    world.clock.move(24 * 3600)
    a_person_says_go_on(world)
    deliver(world, ledger)
    assert world.sync().verdict == "clean"
    twice_never(world)
