"""How long a write is tried that the books never clearly answer: both sides of each bound."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bridge.core.delivery import Operation, State
from bridge.core.tie_out.items import ItemKind
from bridge.core.tie_out.patience import (
    GIVEN_UP,
    IF_FOUND,
    PERHAPS_THERE,
    UNCLEAR,
    blames_documents,
    blames_refused,
    is_over,
    short,
)
from bridge.core.tie_out.reconcile import waiting
from bridge.core.tie_out.reconciliation import ACTIONS, CAUSES
from tests.core.tie_out.bill import BILL

BEGAN = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passes", "later", "over"),
    [
        (1, timedelta(days=30), False),
        (2, timedelta(days=2, hours=13), True),
        (2, timedelta(days=2, hours=12), False),
        (2, timedelta(days=3), True),
        (3, timedelta(hours=12, minutes=59, seconds=59), False),
        (3, timedelta(hours=13), True),
        (200, timedelta(hours=1), False),
        (200, timedelta(days=1), True),
    ],
)
def test_passes_and_days_are_both_needed(passes: int, later: timedelta, over: bool) -> None:
    assert is_over(passes, BEGAN, BEGAN + later) is over


@pytest.mark.parametrize(
    ("doubtful", "heard", "blamed"), [(3, 0, True), (4, 0, False), (4, 1, True), (500, 1, True)]
)
def test_many_without_an_answer_are_the_products_trouble(
    doubtful: int, heard: int, blamed: bool
) -> None:
    assert blames_documents(doubtful, heard) is blamed


@pytest.mark.parametrize(
    ("refused", "heard", "blamed"),
    [(1, 0, False), (3, 1, True), (4, 1, False), (9, 9, True), (10, 9, False)],
)
def test_a_limit_falls_upon_whoever_comes_last(refused: int, heard: int, blamed: bool) -> None:
    assert blames_refused(refused, heard) is blamed


@pytest.mark.parametrize("code", [UNCLEAR, PERHAPS_THERE])
def test_what_was_given_up_is_a_persons_with_its_own_words(code: str) -> None:
    (item,), _ = waiting(State.REJECTED, Operation.CREATE, BILL, code=code, detail="x")
    assert (item.kind, item.cause, item.action) == GIVEN_UP[State.REJECTED, code]
    assert item.cause in CAUSES and item.action in ACTIONS and IF_FOUND[item.action] in ACTIONS
    (other,), _ = waiting(State.DROPPED, Operation.CREATE, BILL, code=code, detail="x")
    assert (other.kind, other.cause) == (ItemKind.PENDING, "outbox.dropped")


def test_what_came_back_is_one_line_that_a_task_has_room_for() -> None:
    assert short("<html>\n  Down\r\n</html>") == "<html> Down </html>"
    assert short("x" * 400) == "x" * 400
    assert short("x" * 401) == "x" * 400
