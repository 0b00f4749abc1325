"""The law: whatever the books answer about one document, and for however long, the others go on,
a person is told within some mornings, nothing is ever twice, and a new answer ends it.

One world for each system and answer; in it every kind of write has a document that is answered so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.core.delivery import WAITS_FOR_A_PERSON
from bridge.core.tie_out.patience import PASSES
from bridge.core.tie_out.tasks import Task
from bridge.pipeline.decide import repost
from bridge.pipeline.reconcile import compare
from bridge.sandbox.server import SandboxServer
from tests.pipeline.ledger import Ledger
from tests.pipeline.test_never_twice import check_laws
from tests.pipeline.world import COMPANIES, World

MORNINGS = PASSES + 2
"""Within so many a person is told: what was sent together with others is sent alone first."""
DAY_S = 24 * 3600
NAME = "Zulma Zeta"
ANSWERS: dict[str, dict[str, Any]] = {
    "500": {"kind": "500"},
    "503": {"kind": "503"},
    "an unknown refusal": {"kind": "refuse", "code": "98765", "text": "No reason is known"},
    "a page": {"kind": "page"},
    "a bad gateway": {"kind": "html"},
    "nothing": {"kind": "answer", "text": ""},
    "an empty object": {"kind": "answer", "text": "{}"},
    "cut before": {"kind": "reset"},
    "cut after": {"kind": "reset", "when": "after"},
    "half of it": {"kind": "half"},
}
ONCE_CUT = {"kind": "reset", "when": "after", "count": 1}
LIMIT = {"kind": "429"}
"""What a product answers who is asked too often: never one document's own trouble."""
QUESTIONS = [
    "500", "503", "an unknown refusal", "a page", "a bad gateway", "nothing", "an empty object",
    "cut before",
]  # fmt: skip
WRITES = {
    "quickbooks": "/(customer|invoice|payment|creditmemo|salesreceipt|batch)\\?",
    "xero": "",
    "zoho": "",
}
CREATED = ["D3", "L4", "P14", "K15", "V17"]
"""Customer, invoice, receipt, credit note, money that came in on what was written off."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as running:
        yield running


@pytest.fixture(params=COMPANIES)
def world(request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxServer) -> World:
    made = World(tmp_path, sandbox, request.param)
    made.overrides = {
        "LEDGER_BRIDGE_LIMITS__SHRINK_MONEY_PERCENT": "100",
        "LEDGER_BRIDGE_LIMITS__SHRINK_ROWS_PERCENT": "100",
    }
    made.control("POST", "reset")
    made.clock.sandbox_url = sandbox.url
    return made


class Lender(Ledger):
    """A lender whose ledger gets a little longer every morning."""

    def borrower(self, number: int, name: str) -> None:
        self.debtors[number] = {
            "debtor_id": number, "name": name, "store_id": "T", "created_on": "2026-05-01",
        }  # fmt: skip

    def lent(self, number: int, debtor: int) -> None:
        self.debts[number] = {
            "debt_id": number, "debtor_id": debtor, "kind": "loan", "amount": 60_000,
            "currency": "COP", "created_on": "2026-06-01", "principal": 50_000,
            "interest_pct": 20, "due_on": "2026-12-01", "status": "OPEN",
        }  # fmt: skip

    def row(self, number: int, debt: int, kind: str, amount: int, day: str = "2026-07-01") -> None:
        self.movements[number] = {
            "movement_id": number, "debt_id": debt, "type": kind, "amount": amount, "date": day,
            "concept": "", "method": "CASH",
        }  # fmt: skip


def first_day() -> Lender:
    made = Lender()
    made.borrower(1, "Ana Ruiz")
    made.borrower(2, "Bob Gil")
    for number in (1, 2, 5, 6, 7, 9):
        made.lent(number, 1)
    made.lent(8, 2)
    made.row(11, 1, "PAYMENT", 3_000)
    made.row(13, 7, "PAYMENT", 4_000)
    made.row(10, 5, "WRITE_OFF", 60_000)
    return made


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


def strike(world: World, match: dict[str, str], wish: dict[str, Any]) -> None:
    methods = [match["method"]] if "method" in match else ["POST", "PUT"]
    for method in methods:
        full = {**match, "method": method}
        world.control("POST", "faults", **{"system": world.system, "count": 0, **wish}, match=full)


def morning(world: World, ledger: Lender, number: int) -> tuple[Task, ...]:
    """A new loan and payment, a pass, and the books compared with what was posted."""
    ledger.lent(100 + number, 2)
    ledger.row(200 + number, 100 + number, "PAYMENT", 1_000)
    deliver(world, ledger)
    world.sync()
    world.clock.move(600)
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, world.clock.now())
    world.clock.move(DAY_S - 600)
    twice_never(world)
    return found.verdict.tasks


def deliver(world: World, ledger: Lender) -> None:
    ledger.as_of = world.clock.now().date().isoformat()
    ledger.write(world.snapshot)


def twice_never(world: World) -> None:
    numbers = Counter(d["number"] for d in world.live_documents())
    assert max(numbers.values()) == 1, numbers.most_common(3)
    assert max(Counter(c["name"] for c in world.books()["customers"]).values()) == 1


def there(world: World) -> set[str]:
    return {d["number"].removeprefix("DY7F3A-") for d in world.live_documents()}


def named_in(tasks: tuple[Task, ...]) -> set[str]:
    return {task.subject.removeprefix("DY7F3A-").partition(".")[0] for task in tasks}


def a_person_says_go_on(world: World) -> None:
    """`outbox retry` for all that waits, `drift repost` for what is not in the books."""
    at = world.clock.now().isoformat()
    with world.bridge() as bridge:
        with bridge.store.begin() as work:
            for state in WAITS_FOR_A_PERSON:
                for entry in work.entries.of(world.where, state=state):
                    work.decisions.retry(entry.id, "Ana", at)
        found = compare(bridge, bridge.today, world.clock.now())
        books = bridge.books[world.system]
        gone = [t.subject for t in found.verdict.tasks if t.code == "books.absent"]
        if gone:
            repost(bridge.store, books.system, gone, "Ana", world.clock)
    for task in found.verdict.tasks:
        if task.code == "books.not_void":  # the void was confirmed and not kept
            number = {"kind": "receipt", "number": task.subject}
            world.control("POST", f"{world.system}/edit", action="void", **number)


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


def others(mornings: int) -> set[str]:
    """The loans and payments of so many mornings."""
    return {f"{letter}0{n}" for n in range(mornings) for letter in ("L1", "P2")}


def settled_once(world: World) -> Lender:
    ledger = first_day()
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    return ledger


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


def asked_about(world: World) -> list[dict[str, str]]:
    """The questions about creations whose replies were lost."""
    names = [f"DY7F3A-{name}(?!\\d)" for name in (*CREATED[1:], "A15", "A16")]
    names.append(f"{NAME}|DY7F3A-D3(?!\\d)")
    if world.system == "quickbooks":
        return [{"method": "POST", "path": "/query", "body": name} for name in names]
    return [{"method": "GET", "path": name} for name in names]


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
