"""Deliveries to a store that is filled: whole ones, parts, other phones, rows without numbers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from msgspec.structs import replace

from bridge.core.ledger import Entity
from bridge.store import Store, Work
from tests.store.filled import rows
from tests.store.rows import AT, borrower, facts, loan, repayment, take

WHO = "ana"


def take_deliveries(store: Store, loans: int) -> None:
    """One of each, as other days bring them."""
    here = loans + loans // 2 + 1
    less = [*rows(range(2, here)), *rows(range(here, here + 3))]
    less += [repayment("1000000", "9999999"), loan("1000001", "9999999"), borrower("1000002")]
    less += [repayment("6", "2", 1), repayment("6", "2", 2), loan("000000", "4")]
    less += [replace(loan("1000003", "2"), currency="USD"), repayment("1000004", "007")]
    take(store, less)
    take(store, rows(range(2, here)), complete=False)
    take(store, rows(range(1, 20)), installation="another-phone")
    _without_numbers(store)


def _named(number: int) -> str:
    return f"W{number:09d}"


def _file(people: range, turn: int) -> list[Entity]:
    """What a file says on a day: some names, loans and payments are corrected each day, and so
    have other ids, which are made of what the rows say."""
    word = "abcdefgh"[turn]
    made: list[Entity] = []
    for n in people:
        other = turn * 1000 if n % 3 == 0 else 0
        name = f"Maria Somebody {n}{word if other else ''}"
        made.append(borrower(_named(n + other), name=name, phone=""))
    for n in people:
        whose = _named(n + (turn * 1000 if n % 3 == 0 else 0))
        mine = _named(10_000 + n + (turn * 1000 if n % 5 == 0 else 0))
        made.append(loan(mine, whose, concept="" if n % 2 else "fridge"))
        again = turn * 1000 if n % 4 == 0 else 0
        made.append(repayment(_named(20_000 + n + again), mine, n + (turn if again else 0)))
        made.append(repayment(_named(30_000 + n + again), mine, n + (turn if again else 0)))
    return made


def _without_numbers(store: Store) -> None:
    """A file of rows without numbers, and the same on other days with corrections."""

    def day(people: range, turn: int, complete: bool, answer: Callable[[Work], object]) -> None:
        told = facts(installation="a-file", source="file", complete=complete)
        with closing(store.stage(told, iter(_file(people, turn)))) as stage:
            store.settle(stage)
            store.accept(stage, AT, incomplete=() if complete else ("loans",))
        with store.begin() as work:
            answer(work)

    def same(work: Work) -> None:
        work.alike.say_same("t7", f"loan:{_named(12_005)}", f"loan:{_named(11_005)}", WHO, AT)
        work.alike.say_different(
            "t9", f"movement:{_named(22_004)}", [f"movement:{_named(21_004)}"], WHO, AT
        )

    def gone(work: Work) -> None:
        work.alike.say_gone("t8", f"movement:{_named(20_001)}", WHO, AT)

    day(range(1, 80), 1, True, same)
    day(range(1, 40), 1, False, gone)
    day(range(1, 80), 2, False, gone)
    day(range(1, 40), 3, False, gone)
    day(range(1, 80), 1, True, gone)
    day(range(1, 80), 2, True, gone)
