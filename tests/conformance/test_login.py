"""Tokens end, rotate and are refused; the books are not asked in vain and nothing is lost."""

from __future__ import annotations

import pytest

from bridge.errors import LoginRequired
from tests.conformance.bench import Bench


@pytest.mark.sandbox_only("a clock that can be moved")
def test_an_expired_token_is_renewed_without_anybody_noticing(bench: Bench) -> None:
    bench.log_in_with("")
    bench.loan()
    bench.wait(2 * 3600)
    second = bench.invoice(2)
    bench.post(second)
    assert bench.count(second.reference) == 1


def test_a_login_that_has_ended_asks_for_a_person(bench: Bench) -> None:
    bench.log_in_with("not-a-token")
    with pytest.raises(LoginRequired):
        bench.system.chart()


@pytest.mark.sandbox_only("faults on demand")
def test_a_login_that_ends_between_one_write_and_the_next_asks_for_a_person(bench: Bench) -> None:
    """What the company is was read before; nothing of this batch was applied."""
    bench.loan()
    second, third = bench.invoice(2), bench.invoice(3)
    bench.fault("401", "before", count=99)
    with pytest.raises(LoginRequired):
        bench.send(second, third)
    bench.control("DELETE", "faults")
    assert [bench.count(each.reference) for each in (second, third)] == [0, 0]
