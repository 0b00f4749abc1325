"""How long a write without an answer may still come: by the settings, and by the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bridge.clock import ManualClock
from bridge.core.delivery import InDoubt, Operation, Outgoing, Unavailable
from bridge.systems import registry
from bridge.systems.settling import Settling
from tests.systems.zoho.bench import CUSTOMER, changed

HERE, AWAY = "http://127.0.0.1:8765", "https://books.example.com"


USUAL, LISTED_S = 120, 120
"""What each is given to finish, and what a listing of Zoho may lag after that."""


@pytest.mark.parametrize("system", registry.SYSTEMS)
@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({}, USUAL),
        ({"base_url": HERE, "calls_per_minute": 0}, 0),
        ({"base_url": "http://localhost:1", "calls_per_minute": 0}, 0),
        ({"base_url": HERE, "calls_per_minute": 60}, USUAL),
        ({"base_url": AWAY, "calls_per_minute": 0}, USUAL),
        ({"base_url": HERE, "calls_per_minute": 0, "lag_s": 7}, 7),
        ({"lag_s": 0}, 0),
    ],
)
def test_a_product_is_given_two_minutes_and_a_fast_sandbox_on_this_machine_nothing(
    system: str, given: dict[str, Any], seconds: float
) -> None:
    if seconds == USUAL and system == "zoho":
        seconds += LISTED_S
    settings = registry.load(system).settings_type(company_id="1", **given)
    assert settings.settles_after_s == seconds


def outgoing(reference: str) -> Outgoing:
    document = changed(CUSTOMER, reference=reference)
    return Outgoing(entry=1, operation=Operation.CREATE, key="k", document=document)


def test_the_time_is_counted_from_the_moment_of_the_doubt() -> None:
    clock = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
    settling = Settling(clock, 120)
    assert settling.rest_s(["D1"]) == 120
    clock.move(119)
    assert settling.rest_s(["D1"]) == 1
    clock.move(1)
    assert settling.rest_s(["D1"]) == 0
    settling.noted([outgoing("D1"), outgoing("D2")], [InDoubt("cut"), Unavailable("busy")])
    assert settling.rest_s(["D2"]) == 0
    assert settling.rest_s(["D1", "D2"]) == 120
    clock.move(121)
    assert settling.rest_s(["D1", "D2"]) == 0
    assert settling.rest_s([]) == 0


@pytest.mark.parametrize("references", [["D1"], ["D1", "D2"], ["D2"], []])
def test_what_cannot_be_seen_is_waited_for_once(references: list[str]) -> None:
    """D1 is in doubt since a moment, D2 may have left before this process began."""
    clock = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
    settling = Settling(clock, 120)
    clock.move(100)
    settling.doubt("D1")
    began, expected = clock.monotonic(), 120 if "D1" in references else 20 * len(references)
    assert settling.wait(references) is bool(expected)
    assert clock.monotonic() - began == expected
    assert settling.wait(references) is False
    assert clock.monotonic() - began == expected


@pytest.mark.parametrize("left_s", [0.5, 1])
def test_a_rest_of_less_than_a_second_is_waited_for_too(left_s: float) -> None:
    clock = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
    settling = Settling(clock, 120)
    clock.move(120 - left_s)
    assert settling.wait(["D1"])
    assert settling.rest_s(["D1"]) == 0
