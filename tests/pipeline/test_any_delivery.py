"""Delivered day by day or all at once, the same ledger makes the same books, on every system.

What is asserted are the books of the sandbox themselves: accounts and what is open.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bridge.sandbox.server import SandboxServer
from tests.pipeline.delivered import STORIES, books, delivered, world_of
from tests.pipeline.world import COMPANIES


@pytest.mark.spread
@pytest.mark.parametrize("system", COMPANIES)
@pytest.mark.parametrize("name", STORIES)
def test_the_books_are_the_same_in_any_delivery(
    system: str, name: str, tmp_path: Path, sandbox: SandboxServer
) -> None:
    story = STORIES[name]
    last = "2026-11-19"
    daily = world_of(system, story, tmp_path / "daily", sandbox)
    dues = ["2026-10-01", "2026-11-01"] if "interest" in story.mapping else []
    delivered(daily, story, sorted({"2026-09-01", *(row[0] for row in story.rows), *dues, last}))
    day_by_day = books(daily)
    at_once = world_of(system, story, tmp_path / "at once", sandbox)
    delivered(at_once, story, [last])
    accounts, documents = books(at_once)
    assert (accounts, documents) == day_by_day
    left = {number: Decimal(rest) for kind, number, _, _, rest in documents if kind == "invoice"}
    assert {number: left[number] for number in story.open} == {
        number: Decimal(rest) for number, rest in story.open.items()
    }
    credit = sum(Decimal(each[4]) for each in documents if each[0] in {"receipt", "credit_note"})
    assert abs(credit) == Decimal(story.credit)
