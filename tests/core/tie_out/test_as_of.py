"""Figures are given only under a day whose ledger and books are both known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bridge.core.tie_out.as_of import DayNotKept, refuse_untrue

TODAY = date(2026, 11, 30)
DELIVERED = date(2026, 11, 28)
OLDER = date(2026, 11, 20)


@pytest.mark.parametrize("asked", [DELIVERED, date(2026, 11, 29), TODAY])
def test_a_day_from_the_newest_ledgers_to_today_is_kept(asked: date) -> None:
    refuse_untrue(asked, [OLDER, DELIVERED], TODAY)


@pytest.mark.parametrize("asked", [OLDER, DELIVERED - timedelta(1), TODAY + timedelta(1)])
def test_any_other_day_is_refused_with_the_days_that_may_be_asked(asked: date) -> None:
    with pytest.raises(DayNotKept, match=f"from {DELIVERED} .* to {TODAY}") as refused:
        refuse_untrue(asked, [OLDER, DELIVERED], TODAY)
    assert (refused.value.asked, refused.value.first, refused.value.last) == (
        asked,
        DELIVERED,
        TODAY,
    )


def test_without_a_ledger_there_is_today_alone() -> None:
    refuse_untrue(TODAY, [], TODAY)
    with pytest.raises(DayNotKept):
        refuse_untrue(TODAY - timedelta(1), [], TODAY)


def test_a_ledger_that_is_dated_ahead_leaves_today() -> None:
    refuse_untrue(TODAY, [TODAY + timedelta(3)], TODAY)
