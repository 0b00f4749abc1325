"""A few cells of the table of answers, each answer with another call; `python -m tests.answers`
has all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.answers.ground import Ground, ground
from tests.answers.hostile import Answer, lies_about
from tests.answers.judging import Call, Table
from tests.answers.life import there, unlike
from tests.pipeline.world import COMPANIES

CELLS = int(os.environ.get("BRIDGE_ANSWERS", "6"))
"""How many for each system."""
STEP = 17
"""How far it is from one answer to the next: neighbours are alike."""
CLASSES = {"line", "status", "wait", "refusal", "body"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Ground]:
    with ground() as running:
        yield running


def rotated(calls: list[Call]) -> Iterator[tuple[Call, Answer]]:
    """Calls in turn, each with an answer some steps behind that of the one before."""
    for number in range(CELLS):
        call = calls[number * 5 % len(calls)]
        answers = [each for each in call.answers() if each.of in CLASSES]
        yield call, answers[number * STEP % len(answers)]


@pytest.mark.parametrize("system", COMPANIES)
def test_after_any_answer_the_books_are_what_they_would_have_been(
    system: str, sandbox: Ground, tmp_path: Path
) -> None:
    table = Table(system, sandbox, tmp_path, ["first"])
    struck = 0
    for call, answer in rotated(table.calls()):
        cell = table.cell(call, answer, "pass")
        struck += cell.struck
        assert not cell.wrong, f"{call.name} answered by {answer.name}: {cell.words}"
    assert struck


def test_the_table_sees_a_document_that_is_there_twice_and_one_that_is_not() -> None:
    """What every cell is judged by."""
    document = {
        "kind": "invoice", "number": "L-1", "date": "2026-11-01", "due": None, "customer": "Ana",
        "currency": "COP", "total": "5.00", "open": "5.00", "status": "open",
    }  # fmt: skip
    books = {"documents": [document], "customers": [], "accounts": []}
    twice = books | {"documents": [document, document | {"number": "L-1.2"}]}
    voided = books | {"documents": [document | {"status": "voided"}]}
    assert unlike(there(books), there(books)) == []
    assert len(unlike(there(books), there(twice))) == 1
    assert len(unlike(there(books), there(voided))) == 1


def test_lies_are_told_of_every_class_of_field() -> None:
    told = (
        b'{"Id":"1","TotalAmt":5.00,"TxnDate":"2026-11-01","Line":[],"sparse":false,"more_page":1}'
    )
    found = {each.of for each in lies_about(told)}
    assert found == {"lie: id", "lie: amount", "lie: date", "lie: list", "lie: flag", "lie: count"}
