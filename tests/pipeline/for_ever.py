"""A lender to one of whose documents the books answer the same for ever, and the law about it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from bridge.core.delivery import WAITS_FOR_A_PERSON
from bridge.core.tie_out.patience import PASSES
from bridge.core.tie_out.tasks import Task
from bridge.pipeline.decide import repost
from bridge.pipeline.reconcile import compare
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import World

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
LIMIT = {"kind": "429"}
"""What a product answers who is asked too often: never one document's own trouble."""
QUESTIONS = [
    "500", "503", "an unknown refusal", "a page", "a bad gateway", "nothing", "an empty object",
    "cut before",
]  # fmt: skip
CREATED = ["D3", "L4", "P14", "K15", "V17"]
"""Customer, invoice, receipt, credit note, money that came in on what was written off."""


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


def strike(world: World, match: dict[str, str], wish: dict[str, Any]) -> None:
    methods = [match["method"]] if "method" in match else ["POST", "PUT"]
    for method in methods:
        full = {**match, "method": method}
        world.control("POST", "faults", **{"system": world.system, "count": 0, **wish}, match=full)


def morning(world: World, ledger: Lender, number: int) -> tuple[Task, ...]:
    """A new loan and payment, a pass, and the books compared with what was posted."""
    ledger.lent(100 + number, 2)
    ledger.row(200 + number, 100 + number, "PAYMENT", 1_000)
    return quiet(world, ledger)


def quiet(world: World, ledger: Lender) -> tuple[Task, ...]:
    """A morning on which the ledger brings nothing but what it has by then."""
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


def others(mornings: int) -> set[str]:
    """The loans and payments of so many mornings."""
    return {f"{letter}0{n}" for n in range(mornings) for letter in ("L1", "P2")}


def asked_about(world: World) -> list[dict[str, str]]:
    """The questions about creations whose replies were lost."""
    names = [f"DY7F3A-{name}(?!\\d)" for name in (*CREATED[1:], "A15", "A16")]
    names.append(f"{NAME}|DY7F3A-D3(?!\\d)")
    if world.system == "quickbooks":
        return [{"method": "POST", "path": "/query", "body": name} for name in names]
    return [{"method": "GET", "path": name} for name in names]
