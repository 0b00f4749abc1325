"""The same law for what is changed and taken back: whatever the books answer about one document,
before its write, to it and after it, the others go on, a person is told, and a new answer ends it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bridge.core.delivery import UNSETTLED, WAITS_FOR_A_PERSON
from bridge.core.tie_out.tasks import Task
from bridge.pipeline.decide import repost
from bridge.report.details import english
from tests.pipeline.faults import check_laws
from tests.pipeline.for_ever import (
    ANSWERS,
    DAY_S,
    MORNINGS,
    Lender,
    a_person_says_go_on,
    deliver,
    morning,
    others,
    quiet,
    there,
    twice_never,
)
from tests.pipeline.world import MAY_SHRINK, World

BY_THE_LEDGER = [
    "L1",
    "L2",
    "P13",
    "A15",
    "K15",
    "A16",
    "K16",
    "V28",
    "P19",
    "P19S2",
    "P20",
    "P20S2",
]
BY_A_PERSON = ["D4", "P21", "K22", "A22", "V29"]
"""Put back as they were posted (`drift repost`)."""
LEFT = {"L1": 65_000, "P13": 3_500, "K15": 5_500, "P21": 2_100, "K22": 2_200, "V29": 9_000}
"""What the books have in the end of what was changed."""
TAKEN_BACK = ["L2", "P13", "K15", "K16", "V28", "P19"]
LOST = {"kind": "reset", "when": "after"}
GONE = {"L2", "K16", "A16", "V28", "P19", "P13", "K15"}
"""Numbers that must not be there any more."""


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    return world


def first_day() -> Lender:
    made = Lender()
    for number, name in ((1, "Ana Ruiz"), (2, "Bob Gil"), (4, "Zulma Zeta")):
        made.borrower(number, name)
    for number in range(1, 13):
        made.lent(number, 1)
    made.lent(13, 4)
    made.row(13, 3, "PAYMENT", 3_000)
    made.row(15, 5, "DISCOUNT", 5_000)
    made.row(16, 6, "DISCOUNT", 6_000)
    for loan, recovered, amount in ((8, 28, 8_000), (12, 29, 9_000)):
        made.row(loan, loan, "WRITE_OFF", 60_000)
        made.row(recovered, loan, "PAYMENT", amount, "2026-08-01")
    made.row(19, 9, "PAYMENT", 70_000)
    made.row(20, 10, "PAYMENT", 70_000)
    made.row(21, 11, "PAYMENT", 2_100)
    made.row(22, 13, "DISCOUNT", 2_200)
    return made


def what_changes(made: Lender) -> None:
    made.debts[1] |= {"interest_pct": 30, "amount": 65_000}
    made.row(30, 10, "LATE_FEE", 4_000)
    made.debts[10]["amount"] += 4_000
    made.row(23, 13, "PAYMENT", 2_300)
    del made.debts[2]
    made.movements[13]["amount"] = 3_500
    made.movements[15]["amount"] = 5_500
    for gone in (16, 28, 19):
        del made.movements[gone]


def posted_once(world: World) -> Lender:
    ledger = first_day()
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.clock.move(DAY_S)
    return ledger


def changed(world: World, ledger: Lender) -> None:
    what_changes(ledger)
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        repost(bridge.store, system, [f"DY7F3A-{n}" for n in BY_A_PERSON], "Ana", world.clock)


def ids(world: World) -> dict[str, str]:
    """Reference → the product's own id, of what is to be changed."""
    with world.bridge() as bridge, bridge.store.read() as work:
        bound = {
            name: work.bindings.named(world.where, f"DY7F3A-{name}")
            for name in (*BY_THE_LEDGER, *BY_A_PERSON)
        }
    return {name: b.external_id.rpartition("/")[2] for name, b in bound.items() if b is not None}


def plant(world: World, wish: dict[str, Any], **match: str) -> None:
    full = {"system": world.system, "count": 0, **wish}
    world.control("POST", "faults", **full, match=match)


def of_reads(world: World, external_id: str, wish: dict[str, Any]) -> None:
    if world.system == "quickbooks":
        plant(world, wish, path="/query", method="POST", body=f"'{external_id}'")
    else:
        plant(world, wish, path=external_id, method="GET")


def of_writes(world: World, external_id: str, wish: dict[str, Any]) -> None:
    """Writes about that document itself, not about what it settles."""
    match world.system:
        case "quickbooks":
            plant(world, wish, method="POST", path="minorversion", body=f'"Id": ?"{external_id}"')
        case "xero":
            own = f'"(Invoice|CreditNote|Contact|BankTransaction|Overpayment)ID": ?"{external_id}"'
            lists = "(Invoices|CreditNotes|Contacts|BankTransactions|Payments)\\?"
            for method in ("POST", "PUT"):
                plant(world, wish, method=method, path=lists, body=own)
            for method in ("POST", "PUT", "DELETE"):
                plant(world, wish, method=method, path=f"/{external_id}")
        case _:
            for method in ("PUT", "POST", "DELETE"):
                plant(world, wish, method=method, path=f"/{external_id}")


def told_all(world: World, tasks: tuple[Task, ...]) -> None:
    """Nothing that is not done is without a task, its own or that of what it waits for."""
    named = {task.subject for task in tasks}
    with world.bridge() as bridge, bridge.store.read() as work:
        entries = work.entries.of(world.where, limit=500)
    left = [e for e in entries if e.state in UNSETTLED | WAITS_FOR_A_PERSON]
    loans = {e.loan for e in left if e.reference in named and e.loan[1]}
    silent = [
        (e.operation.value, e.reference, e.state.value, english(e.detail))
        for e in left
        if e.reference not in named and e.loan not in loans
    ]
    assert silent == [], [(t.code, t.subject) for t in tasks]


def ends_well(world: World, ledger: Lender) -> None:
    world.dies = lambda _: False
    world.control("DELETE", "faults")
    world.clock.move(DAY_S)
    deliver(world, ledger)
    for _ in range(3):
        a_person_says_go_on(world)
        result = world.sync()
        world.clock.move(600)
        twice_never(world)
        if result.verdict == "clean":
            break
    assert result.verdict == "clean", (result.reason, result.answer.tasks)
    check_laws(world)
    assert not GONE & there(world)
    totals = {
        d["number"].removeprefix("DY7F3A-").partition(".")[0]: Decimal(d["total"])
        for d in world.live_documents()
    }
    assert {name: totals[name] for name in LEFT} == LEFT


@pytest.mark.spread
@pytest.mark.parametrize(
    ("world", "answer"),
    [
        ("quickbooks", "500"),
        ("xero", "an unknown refusal"),
        ("zoho", "cut before"),
        ("quickbooks", "an unknown refusal"),
        ("xero", "a page"),
        ("zoho", "500"),
    ],
    indirect=["world"],
)
def test_every_look_before_a_change_that_is_answered_so_for_ever(world: World, answer: str) -> None:
    ledger = posted_once(world)
    changed(world, ledger)
    for external_id in ids(world).values():
        of_reads(world, external_id, ANSWERS[answer])
    goes_on_and_ends_well(world, ledger)


@pytest.mark.spread
@pytest.mark.parametrize(
    ("world", "answer"),
    [
        ("quickbooks", "an unknown refusal"),
        ("xero", "an unknown refusal"),
        ("zoho", "an unknown refusal"),
        ("quickbooks", "half of it"),
        ("xero", "500"),
        ("zoho", "cut after"),
    ],
    indirect=["world"],
)
def test_every_change_that_is_answered_so_for_ever(world: World, answer: str) -> None:
    ledger = posted_once(world)
    changed(world, ledger)
    for external_id in ids(world).values():
        of_writes(world, external_id, ANSWERS[answer])
    goes_on_and_ends_well(world, ledger)


@pytest.mark.spread
@pytest.mark.parametrize(
    ("world", "answer"),
    [("quickbooks", "a page"), ("xero", "500"), ("zoho", "an unknown refusal")],
    indirect=["world"],
)
def test_every_look_after_a_change_that_is_answered_so_for_ever(world: World, answer: str) -> None:
    """Every reply to a change is lost, and what became of it is never told."""
    ledger = posted_once(world)
    changed(world, ledger)
    known = ids(world)

    def then(moment: str) -> bool:
        world.control("DELETE", "faults")
        for external_id in known.values():
            if moment == "before the request":
                of_writes(world, external_id, LOST)
            else:
                of_reads(world, external_id, ANSWERS[answer])
        return False

    world.dies = then
    goes_on_and_ends_well(world, ledger)


def test_whether_it_was_entered_again_is_never_told(world: World) -> None:
    """Replies to what takes documents back are lost, and nobody says what came in their place."""
    ledger = posted_once(world)
    changed(world, ledger)
    known = ids(world)
    for name in TAKEN_BACK:
        of_writes(world, known[name], {**LOST, "count": 1})
        number = f"DY7F3A-{name}(?![0-9.])"
        if world.system == "quickbooks":
            plant(world, ANSWERS["500"], path="/query", method="POST", body=number)
        else:
            plant(world, ANSWERS["500"], path=number, method="GET")
    goes_on_and_ends_well(world, ledger)


@pytest.mark.parametrize(
    ("world", "name"),
    [("quickbooks", "L1"), ("xero", "L2"), ("zoho", "P13"), ("xero", "")],
    indirect=["world"],
)
def test_what_is_never_told_on_days_without_news(world: World, name: str) -> None:
    """One document, or all that were to be changed."""
    ledger = posted_once(world)
    changed(world, ledger)
    known = ids(world)
    for external_id in [known[name]] if name else known.values():
        of_reads(world, external_id, ANSWERS["500"])
    for _ in range(MORNINGS):
        tasks = quiet(world, ledger)
    told_all(world, tasks)
    ends_well(world, ledger)


@pytest.mark.parametrize("world", ["quickbooks"], indirect=True)
def test_nothing_of_a_loan_is_taken_back_while_a_part_of_it_is_not_told(world: World) -> None:
    """It may carry a tax office's mark, and stay with all that settles it."""
    ledger = posted_once(world)
    changed(world, ledger)
    of_reads(world, ids(world)["K15"], ANSWERS["500"])
    for _ in range(MORNINGS):
        tasks = quiet(world, ledger)
        assert {"A15", "K15"} <= there(world)
    told_all(world, tasks)
    ends_well(world, ledger)


def goes_on_and_ends_well(world: World, ledger: Lender) -> None:
    for number in range(MORNINGS):
        tasks = morning(world, ledger, number)
    assert others(MORNINGS - 1) <= there(world)
    told_all(world, tasks)
    ends_well(world, ledger)
