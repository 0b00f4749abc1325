"""What a person must do is counted, summed and told apart so that nothing is left out."""

from __future__ import annotations

from decimal import Decimal

from bridge.core.tie_out.tasks import Place, Task, counted, first_of_each, sums_of_each, told_apart


def task(code: str = "row.odd", **changes: object) -> Task:
    return Task(code=code, action="fix_row", **changes)  # type: ignore[arg-type]


def test_a_place_is_told_as_far_as_it_is_known() -> None:
    assert task(subject="loan:84", where=Place("a.csv", 3)).place == "loan:84, a.csv, row 3"
    assert task(where=Place("a.csv")).place == "a.csv"
    assert task().place == ""


def test_tasks_are_counted_by_code_and_system_with_those_they_stand_for() -> None:
    tasks = [
        task("b", system="xero", count=2),
        task("a"),
        task("b", system="zoho"),
        task("b", system="xero"),
    ]
    assert counted(tasks) == [("b", "xero", 3), ("a", "", 1), ("b", "zoho", 1)]


def test_what_tasks_are_worth_is_summed_whichever_side_they_are_on() -> None:
    tasks = [
        task("a", currency="COP", amount=Decimal(100)),
        task("a", currency="COP", amount=Decimal(-30)),
        task("a", currency="MXN", amount=Decimal(-5)),
        task("a", currency="USD"),
        task("b", system="xero"),
    ]
    assert sums_of_each(tasks) == {
        ("a", ""): {"COP": Decimal(130), "MXN": Decimal(5)},
        ("b", "xero"): {},
    }


def test_the_first_of_each_stands_for_the_others() -> None:
    first, second, other = task("a", subject="1"), task("a", subject="2"), task("b")
    assert first_of_each([first, other, second]) == [first, other]


def test_an_answer_stays_while_the_fact_is_the_same() -> None:
    known = task(subject="loan:84", where=Place("2026-11-29.csv", 3), amount=Decimal("10.00"))
    moved = task(subject="loan:84", where=Place("2026-11-30.csv", 9), amount=Decimal("10.00"))
    assert known.id == moved.id
    for other in (
        task("row.other", subject="loan:84", amount=Decimal("10.00")),
        task(subject="loan:85", amount=Decimal("10.00")),
        task(subject="loan:84", amount=Decimal("10.01")),
        task(subject="loan:84", amount=Decimal("10.00"), system="xero"),
        task(subject="loan:84", amount=Decimal("10.00"), behind=1),
    ):
        assert other.id != known.id


def test_an_answer_outlives_a_new_version() -> None:
    """Ids are kept in the state: another way to make them would ask everything again."""
    assert task(subject="loan:84", currency="COP", amount=Decimal("10.00")).id == "ec744980"


def test_what_is_about_a_file_is_another_thing_in_another_file() -> None:
    for subject in ("", "file:debts"):
        one = task(subject=subject, where=Place("a.csv"))
        assert one.id != task(subject=subject, where=Place("b.csv")).id


def test_the_row_in_a_detail_is_no_part_of_the_fact() -> None:
    one = task(subject="loan:84", where=Place("a.csv", 3), detail="twice: a.csv, row 3")
    assert (
        one.id == task(subject="loan:84", where=Place("a.csv", 8), detail="twice: a.csv, row 8").id
    )


def test_rows_that_say_the_same_are_numbered_and_told_once_each() -> None:
    rows = [task(subject="loan:84", where=Place("a.csv", row)) for row in (9, 3, 9)]
    told = told_apart(rows)
    assert [(each.where.row, each.nth, each.alike) for each in told] == [(3, 1, 2), (9, 2, 2)]
    assert len({each.id for each in told}) == 2
    (alone,) = told_apart(rows[:1])
    assert alone.id != told[0].id
