"""The law: whatever the books answer about one document, and for however long, the others go on,
a person is told within some mornings, nothing is ever twice, and a new answer ends it.

One world for each system and answer; in it every kind of write has a document that is answered so.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.pipeline.faults import check_laws
from tests.pipeline.for_ever import (
    ANSWERS,
    CREATED,
    DAY_S,
    LIMIT,
    MORNINGS,
    NAME,
    QUESTIONS,
    Lender,
    a_person_says_go_on,
    asked_about,
    deliver,
    first_day,
    morning,
    named_in,
    others,
    strike,
    there,
    twice_never,
)
from tests.pipeline.world import MAY_SHRINK, World

ONCE_CUT = {"kind": "reset", "when": "after", "count": 1}
WRITES = {
    "quickbooks": "/(customer|invoice|payment|creditmemo|salesreceipt|batch)\\?",
    "xero": "",
    "zoho": "",
}


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    return world


def what_is_new(made: Lender) -> None:
    """One document for each kind of write."""
    made.borrower(3, NAME)
    made.lent(3, 3)
    made.lent(4, 1)
    made.row(14, 9, "PAYMENT", 5_000)
    made.row(15, 2, "DISCOUNT", 1_000)
    made.row(16, 6, "DISCOUNT", 2_000)
    made.row(17, 5, "PAYMENT", 6_000, "2026-08-01")
    made.movements[11]["amount"] = 3_500
    del made.movements[13]


def id_of(world: World, number: str) -> str:
    (found,) = [d["id"] for d in world.live_documents() if d["number"] == f"DY7F3A-{number}"]
    return str(found)


def aimed(world: World) -> list[dict[str, str]]:
    """What the writes have in them that are answered so: creations by their reference or name, the
    void and the use of a credit note by what they are about."""
    where = {"path": WRITES[world.system]} if WRITES[world.system] else {"path": "/"}
    texts = [
        NAME,
        *(f"DY7F3A-{name}(\\.\\d+)?(?!\\d)" for name in ("L4", "P14", "K15", "V17", "P11")),
    ]
    found = [{"body": text, **where} for text in texts]
    gone = id_of(world, "P13")
    match world.system:
        case "quickbooks":
            found.append({"body": f'"Id": ?"{gone}"', "path": "/payment\\?"})
            found.append({"body": "DY7F3A-A16", **where})
        case "xero":
            found += [{"path": f"Payments/{gone}", "method": "POST"}, {"path": "/Allocations"}]
        case _:
            found += [{"path": f"payments/{gone}", "method": "DELETE"}]
            found += [{"path": "creditnotes/[0-9]+/invoices", "method": "POST"}]
    return found


def ends_well(world: World, ledger: Lender, *new: str) -> None:
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
    assert (result.verdict, result.reason) == ("clean", result.reason), result.answer.tasks
    check_laws(world)
    assert {*(new or ("L3", "L4", "P14", "K15", "V17"))} <= {
        number.partition(".")[0] for number in there(world)
    }


def settled_once(world: World) -> Lender:
    ledger = first_day()
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    return ledger


@pytest.mark.spread
@pytest.mark.parametrize("answer", ANSWERS)
def test_every_write_that_is_answered_so_for_ever(world: World, answer: str) -> None:
    ledger = settled_once(world)
    for match in aimed(world):
        strike(world, match, ANSWERS[answer])
    what_is_new(ledger)
    for number in range(MORNINGS):
        tasks = morning(world, ledger, number)
    assert others(MORNINGS - 1) <= there(world)
    told = named_in(tasks)
    assert {name for name in CREATED if name != "D3"} - there(world) <= told, tasks
    if NAME not in {c["name"] for c in world.books()["customers"]}:
        assert "D3" in told
    ends_well(world, ledger)


def test_what_is_answered_and_not_kept_is_told_and_ends_well(world: World) -> None:
    ledger = settled_once(world)
    for match in aimed(world):
        strike(world, match, {"kind": "unkept"})
    what_is_new(ledger)
    for number in range(MORNINGS):
        tasks = morning(world, ledger, number)
    told = {name.replace("A15", "K15") for name in named_in(tasks)}  # a use is a part of its note
    assert {*CREATED} - there(world) <= told
    assert "P13" in told
    ends_well(world, ledger)


def test_a_limit_is_the_products_and_makes_no_task_of_a_document(world: World) -> None:
    ledger = settled_once(world)
    for match in aimed(world):
        strike(world, match, LIMIT)
    what_is_new(ledger)
    for number in range(MORNINGS):
        tasks = morning(world, ledger, number)
        assert world.sync().exit_code == 75
    assert [task for task in tasks if task.code.startswith("outbox.")] == []
    ends_well(world, ledger)


@pytest.mark.spread
@pytest.mark.parametrize("answer", QUESTIONS)
def test_every_look_up_that_is_answered_so_for_ever(world: World, answer: str) -> None:
    ledger = settled_once(world)
    for match in aimed(world):
        strike(world, match, {"kind": "reset", "when": "after", "count": 1})
    for match in asked_about(world):
        wish = {"system": world.system, "count": 0, **ANSWERS[answer]}
        world.control("POST", "faults", **wish, match=match)
    what_is_new(ledger)
    for number in range(MORNINGS):
        tasks = morning(world, ledger, number)
    assert others(MORNINGS - 1) <= there(world)
    with world.bridge() as bridge, bridge.store.read() as work:
        bound = {b.reference for _, b in work.bindings.live(world.where)}
    unknown = {name for name in CREATED if f"DY7F3A-{name}" not in bound}
    assert unknown - named_in(tasks) <= {name for name in CREATED if name not in there(world)}
    ends_well(world, ledger)


@pytest.mark.parametrize("looks", [False, True], ids=["a write", "a look-up"])
def test_a_clock_that_was_ahead_once_puts_no_word_off(world: World, looks: bool) -> None:
    ledger = settled_once(world)
    if looks:
        strike(world, {"path": "", "body": "DY7F3A-L4(?!\\d)"}, ONCE_CUT)
        wish = {"system": world.system, "count": 0, "kind": "500"}
        match = next(each for each in asked_about(world) if "-L4" in "".join(each.values()))
        world.control("POST", "faults", **wish, match=match)
    else:
        strike(world, {"path": "", "body": "DY7F3A-L4(?!\\d)"}, ANSWERS["500"])
    ledger.lent(4, 1)
    deliver(world, ledger)
    years, true = timedelta(days=1200), world.clock._start

    def leap(place: str) -> bool:
        world.clock._start = true + years
        return False

    world.dies = leap
    world.sync()
    assert world.clock._start > true
    world.clock._start, world.dies = true, lambda _: False
    world.clock.move(DAY_S)
    for number in range(MORNINGS):
        tasks = morning(world, ledger, number)
    assert "L4" in named_in(tasks), tasks
    ends_well(world, ledger, "L4")
