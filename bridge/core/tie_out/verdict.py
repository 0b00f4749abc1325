"""The verdict on one lender's ledger and books: one of four answers, and the tasks that explain it.

Every door shows the same one: `sync`, `reconcile`, `status`, `doctor`, `/health`, every form of the
report, and the exit code. A bookkeeper's words for the four stand in `report/texts`.

`Known` is everything that is known at one moment, `verdict` the only function that judges it: each
cause of `CAUSES` gives the tasks that it sees, and green is what is left when none does.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from bridge.core.message import Message, message
from bridge.core.tie_out.causes import CAUSES, OF_SETTINGS, by_gravity_and_money
from bridge.core.tie_out.items import ItemKind
from bridge.core.tie_out.known import CONFIGURATION, TRY_LATER, BooksKnown, Known
from bridge.core.tie_out.tasks import Task, told_apart


class Result(StrEnum):
    """The four answers, best first."""

    AGREES = "agrees"
    """Ledger and books say the same, and nothing lies between them."""
    AGREES_WITH_ITEMS = "agrees_with_items"
    """Every cent between them is explained, and none of it waits for anybody."""
    DIFFERS = "differs"
    """A person must act."""
    UNCHECKED = "unchecked"
    """It could not be found out now; trying again later may be all that is needed."""


GREEN = frozenset({Result.AGREES, Result.AGREES_WITH_ITEMS})


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer and everything that keeps it from green."""

    result: Result
    reason: str
    """One code for why, the gravest where there are several: of the first task, of what could not
    be done (`UNCHECKED` codes), or the result itself where it is green."""
    tasks: tuple[Task, ...] = ()
    """What is about everything first, then what is worth most."""
    systems: dict[str, Result] = {}
    """The answer for each company's books by themselves. A task about the ledger counts in all."""
    told: tuple[Message, ...] = ()
    """What kept each company's books from being checked."""
    unconfigured: bool = False
    """Whether a login or a setting is in the way."""

    @property
    def green(self) -> bool:
        return self.result in GREEN

    @property
    def exit_code(self) -> int:
        """The exit code of every verb that ends with a verdict: 1 exactly when there is a task that
        more than a word in bridge.toml settles."""
        if self.unconfigured and all(task.code in OF_SETTINGS for task in self.tasks):
            return CONFIGURATION
        return _EXIT_CODES[self.result]

    @property
    def word(self) -> str:
        """clean, person or later: the verdict in JSON documents and in the history."""
        return _WORDS[self.exit_code]

    def of(self, system: str) -> tuple[Task, ...]:
        """The tasks of one company's books. Those about the ledger itself are under ''."""
        return tuple(task for task in self.tasks if task.system == system)


_EXIT_CODES = {
    Result.AGREES: 0,
    Result.AGREES_WITH_ITEMS: 0,
    Result.DIFFERS: 1,
    Result.UNCHECKED: TRY_LATER,
}
_WORDS = {0: "clean", 1: "person", TRY_LATER: "later", CONFIGURATION: "person"}


def verdict(known: Known) -> Verdict:
    """Green only if the newest ledger was read whole, all of it was planned, nothing that the books
    hold is unexplained, and nothing waits for a person."""
    found = told_apart(task for cause in CAUSES for task in cause(known))
    tasks = [t for t in found if not (t.answerable and t.id in known.answers)]
    tasks.sort(key=by_gravity_and_money)
    stops = [stop for books in known.books for stop in books.stops]
    unconfigured = any(stop.exit_code == CONFIGURATION for stop in stops)
    systems = {books.system: _result(books, tasks) for books in known.books}
    result = _worst(systems.values()) if systems else Result.UNCHECKED
    if tasks:
        result = Result.DIFFERS
    elif unconfigured:
        result = Result.UNCHECKED
    return Verdict(
        result=result,
        reason=_reason(result, tasks, known),
        tasks=tuple(tasks),
        systems=systems,
        told=tuple(
            message("of_system", system=books.system, what=stop.detail or stop.code)
            for books in known.books
            for stop in books.stops
        ),
        unconfigured=unconfigured,
    )


def _result(books: BooksKnown, tasks: Iterable[Task]) -> Result:
    """The answer for one company's books. Where they could not be read, a task about the ledger
    does not make them differ."""
    about = {task.system for task in tasks}
    if books.system in about:
        return Result.DIFFERS
    if any(stop.exit_code in (TRY_LATER, CONFIGURATION) for stop in books.stops):
        return Result.UNCHECKED
    if "" in about:
        return Result.DIFFERS
    if any(item.kind is ItemKind.IN_DOUBT for item in books.items):
        return Result.UNCHECKED
    return Result.AGREES_WITH_ITEMS if books.items else Result.AGREES


def _worst(results: Iterable[Result]) -> Result:
    """A person before what time mends, and both before green."""
    order = (Result.DIFFERS, Result.UNCHECKED, Result.AGREES_WITH_ITEMS, Result.AGREES)
    return min(results, key=order.index)


def _reason(result: Result, tasks: list[Task], known: Known) -> str:
    if tasks:
        return tasks[0].code
    for books in known.books:
        if books.stops:
            return books.stops[0].code
    if result is Result.UNCHECKED:
        return "outbox.in_doubt" if known.books else "books.none"
    return result.value
