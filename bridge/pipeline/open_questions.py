"""Questions that a lender's file leaves open: those whose answer changes what is understood of it.

Each answer is tried: the file is read with it, as if it had been given. The first answer is the
careful one, which leaves out what is in doubt; where another one gives the same loans, payments and
sums, nothing is. A long file is read once, and asked about by what was noticed in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from bridge.core.change.ledger_reading import LedgerReading
from bridge.core.findings import Finding
from bridge.errors import Problem, SnapshotRefused
from bridge.source.questions import Question

MOST_ROWS = 50_000
"""Rows of a file that is read once for each answer."""

Answers = Mapping[str, str]
"""Key of the ledger's mapping → its value."""
Read = Callable[[Answers], LedgerReading]
"""A reading under these answers. Raises SnapshotRefused."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A reading under one answer, or why the file is refused then."""

    answer: str
    reading: LedgerReading | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def understood(self) -> Any:
        """Whatever of it an answer can change: sums and payments, not remarks."""
        if self.reading is None:
            return [(each.where, each.what) for each in self.problems]
        told = self.reading
        return (told.sums, told.payments, told.annulled, told.strays, told.strays_effect)


class OpenQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question that this file leaves open, with what each answer makes of it."""

    question: Question
    outcomes: tuple[Outcome, ...]
    example: Finding | None
    """A place in the file where the doubt is."""


class Reader:
    """Readings of one file under changing answers, each made once."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._made: dict[tuple[tuple[str, str], ...], Outcome] = {}

    def outcome(self, answers: Answers, answer: str = "") -> Outcome:
        """The reading under these answers; `answer` names it."""
        place = tuple(sorted(answers.items()))
        if place not in self._made:
            try:
                made = Outcome(answer=answer, reading=self._read(answers))
            except SnapshotRefused as refused:
                problems = refused.problems or (Problem("", refused.what, ""),)
                made = Outcome(answer=answer, problems=tuple(problems))
            self._made[place] = made
        return msgspec.structs.replace(self._made[place], answer=answer)


def open_question(question: Question, reader: Reader, given: Answers) -> OpenQuestion | None:
    """The question, if the file leaves it open under the answers given so far."""
    now = reader.outcome(given)
    example = next(_told(question, now), None)
    if now.reading is not None:
        if question.any_currency and example is None:
            return None
        if rows_of(now.reading) > MOST_ROWS:
            asked = OpenQuestion(question=question, outcomes=(), example=example)
            return asked if example else None
    outcomes = tuple(
        reader.outcome({**given, question.key: answer}, answer) for answer in question.options
    )
    first, *others = outcomes
    if any(each.understood == first.understood for each in others):
        return None
    if example is None:
        example = next((found for each in outcomes for found in _told(question, each)), None)
    return OpenQuestion(question=question, outcomes=outcomes, example=example)


def rows_of(reading: LedgerReading) -> int:
    """The rows of a reading, of whatever kind."""
    return sum(each.now for each in reading.rows)


def _told(question: Question, outcome: Outcome) -> Iterator[Finding]:
    """The places where this reading shows the doubt."""
    for noticed in outcome.reading.found if outcome.reading else ():
        if noticed.code in question.codes:
            yield from noticed.first
