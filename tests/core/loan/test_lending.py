"""Schedules and splits, by the figures that lenders themselves publish."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.loan.lending import final_due, schedule, split
from bridge.core.mapping.rounding import Rounding
from tests.core.builders import account, loan


def to(step: int | str) -> Rounding:
    """Instalments to a step, shares to the cent."""
    return Rounding(step=Decimal(step), unit=Decimal("0.01"))


def test_twenty_four_daily_instalments_skip_sundays() -> None:
    of = loan("600000", instalments=24, frequency="daily", skipped_weekdays=(6,))
    made = schedule(of, Decimal(600000), to(10))
    assert {i.amount for i in made} == {Decimal(25000)}
    assert made[0].due == date(2026, 8, 4)
    assert all(i.due.weekday() != 6 for i in made)


def test_the_instalment_is_rounded_up_and_the_last_takes_the_rest() -> None:
    of = loan("360000", instalments=28, frequency="daily")
    made = schedule(of, Decimal(360000), to(10))
    assert [i.amount for i in made] == [Decimal(12860)] * 27 + [Decimal(12780)]


def test_monthly_instalments_keep_the_day_or_the_last_of_the_month() -> None:
    of = loan(instalments=3, frequency="monthly", first_due=date(2026, 12, 31))
    made = schedule(of, Decimal(300), to(1))
    assert [i.due for i in made] == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]


def test_instalments_that_pay_the_loan_off_before_the_last_are_made_equal() -> None:
    """Three of 150 leave nothing of 300 for the third: none may be an invoice of nothing."""
    for told, amounts in (("150", [100, 100, 100]), ("149", [149, 149, 2])):
        of = loan("300", instalments=3, frequency="monthly", instalment_amount=Decimal(told))
        assert [int(i.amount) for i in schedule(of, Decimal(300), to(1))] == amounts


def test_no_schedule_is_made_up_where_the_ledger_does_not_say_how_often() -> None:
    assert schedule(loan(instalments=3), Decimal(300), to(1)) == ()
    assert schedule(loan(frequency="weekly"), Decimal(300), to(1)) == ()


def test_a_flat_loan_of_twenty_percent_is_one_sixth_interest() -> None:
    assert split(Decimal(600), Decimal(100), Decimal(0), Decimal(60), to(1)) == Decimal(10)
    assert split(Decimal(0), Decimal(0), Decimal(0), Decimal(60), to(1)) == 0


@given(
    st.integers(1, 10**9),
    st.integers(0, 10**9),
    st.lists(st.integers(1, 10**8), min_size=1, max_size=30),
)
def test_the_split_never_drifts(total: int, interest: int, parts: list[int]) -> None:
    total_money = Decimal(total).scaleb(-2)
    interest_money = min(Decimal(interest).scaleb(-2), total_money)
    paid = Decimal(0)
    earned = Decimal(0)
    for part in (Decimal(p).scaleb(-2) for p in parts):
        earned += split(total_money, interest_money, paid, part, to(1))
        paid += part
    rest = max(total_money - paid, Decimal(0))
    earned += split(total_money, interest_money, paid, rest, to(1))
    assert earned == interest_money


@given(st.integers(1, 10**8), st.integers(1, 200), st.sampled_from(["1", "10", "0.01", "500"]))
def test_instalments_always_add_up_to_the_total(total: int, number: int, step: str) -> None:
    of = loan(str(total), instalments=number, frequency="weekly")
    made = schedule(of, Decimal(total), to(step))
    assert sum(i.amount for i in made) == total
    assert all(i.amount >= 0 for i in made)
    if total > number // 100:  # a cent for each
        assert all(i.amount > 0 for i in made)


def test_when_everything_is_due() -> None:
    assert final_due(loan(due=date(2026, 7, 1)), 30) == date(2026, 8, 3)
    weekly = loan(due=None, instalments=14, frequency="weekly")
    assert final_due(weekly, 30) == date(2026, 11, 9)
    assert final_due(account(), 30) == date(2026, 9, 2)
    for number in (None, 0):  # how often is told, and not how many
        assert final_due(loan(due=None, instalments=number, frequency="weekly"), 30) == date(
            2026, 9, 2
        )
