"""Somebody's hand in the books makes income of what was lent: the next morning says so, by name.

Each way in which that can happen, in every product that lets a person do it.
"""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import doctor_parts
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.reconciliation import SystemResult
from bridge.errors import ConfigurationError
from bridge.pipeline.one_off import one_off
from bridge.pipeline.reconcile import compare
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from bridge.systems.base import HandEntries
from tests.in_words import in_words
from tests.pipeline.journals import CLEARING, SALES, hand, journal
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import NOW, World

ALL = ("quickbooks", "xero", "zoho")
BY_ITEM = ("quickbooks", "zoho")
CASH = {"quickbooks": "Checking", "xero": "650", "zoho": "Petty Cash"}
TYPES = {
    "quickbooks": ("Income", "Other Current Asset"),
    "xero": ("REVENUE", "CURRENT"),
    "zoho": ("income", "other_current_asset"),
}
"""An income type of each product, and the one that the clearing account has."""


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxServer) -> World:
    """A lender whose loans are posted and whose first morning agrees."""
    made = World(tmp_path, sandbox, request.getfixturevalue("system"))
    made.control("POST", "reset")
    made.control("POST", "clock", at=NOW.isoformat())
    made.clock.sandbox_url = sandbox.url
    Ledger.random(random.Random(7), loans=3).write(made.snapshot)
    assert made.sync().verdict == "clean"
    assert green(morning(made))
    return made


def morning(world: World, wrap: Any = None) -> SystemResult:
    """What a reconciliation finds, and that its verdict follows."""
    world.clock.move(600)
    with world.bridge() as bridge:
        if wrap:
            books = {n: replace(b, system=wrap(b.system)) for n, b in bridge.books.items()}
            bridge = replace(bridge, books=books)
        found = compare(bridge, bridge.today, NOW)
    (result,) = found.systems
    assert result.checked, result.notices
    assert found.verdict.exit_code == (0 if green(result) else 1)
    told_as_tasks = [(task.code, task.amount) for task in found.verdict.of(world.system)]
    assert told_as_tasks == [(item.cause, item.amount) for item in told(result)]
    return result


def green(result: SystemResult) -> bool:
    return result.agree


def told(result: SystemResult) -> list[Item]:
    return [item for item in result.items if item.kind is ItemKind.PRINCIPAL]


def balance(world: World, account: str) -> Decimal:
    return next(
        Decimal(each["balance"])
        for each in world.books()["accounts"]
        if account in (each["name"], each["number"])
    )


@pytest.mark.parametrize("system", BY_ITEM)
def test_an_item_put_on_income_is_named_before_anything_is_posted_with_it(
    system: str, world: World
) -> None:
    where = {"action": "retarget", "kind": "item", "name": "Loan principal"}
    hand(world, account=SALES[system], **where)
    (item,) = told(morning(world))
    assert (item.cause, item.action) == ("principal.is_income", "make_no_income")
    assert SALES[system] in english(item.detail)
    assert english(item.detail).endswith('used for principal "Loan principal"')
    assert (item.currency, item.amount) == ("COP", 0)  # nothing was posted with it since
    hand(world, account=CLEARING[system], **where)
    assert green(morning(world))


@pytest.mark.parametrize("system", ["quickbooks", "xero"])
def test_the_account_of_what_was_lent_made_income_is_named_with_what_stands_there(
    system: str, world: World
) -> None:
    stood = balance(world, CLEARING[system])
    assert stood < 0
    to_income, back = TYPES[system]
    where = {"action": "retype", "kind": "account", "name": CLEARING[system]}
    hand(world, type=to_income, **where)
    (item,) = told(morning(world))
    assert (item.cause, item.currency, item.amount) == ("principal.is_income", "COP", -stood)
    assert "Loan clearing" in english(item.detail) and to_income in english(item.detail)
    hand(world, type=back, **where)
    assert green(morning(world))


@pytest.mark.parametrize("system", ["zoho"])
def test_zoho_lets_nobody_change_the_type_of_an_account_that_is_used(
    system: str, world: World
) -> None:
    with pytest.raises(AssertionError, match="involved in transactions"):
        hand(world, action="retype", kind="account", name=CLEARING[system], type="income")
    assert green(morning(world))


@pytest.mark.parametrize("system", ALL)
def test_an_account_of_what_was_lent_that_is_no_longer_active_is_named(
    system: str, world: World
) -> None:
    hand(world, action="inactivate", kind="account", name=CLEARING[system])
    (item,) = told(morning(world))
    assert (item.cause, item.action) == ("principal.gone", "name_account")
    assert "is inactive; it was used for principal" in english(item.detail)
    (account,) = (a for a in world.books()["accounts"] if "Loan clearing" in a["name"])
    hand(world, action="reactivate", kind="account", id=account["id"])
    assert green(morning(world))


@pytest.mark.parametrize("system", ALL)
def test_a_journal_to_income_is_named_until_it_is_taken_back(system: str, world: World) -> None:
    made = journal(world, "J-1", CLEARING[system], SALES[system])
    for _ in range(2):  # it is not forgotten when nothing changes
        (item,) = told(morning(world))
        assert (item.cause, item.action) == ("principal.to_income", "move_from_income")
        assert (item.amount, item.currency) == (Decimal("90.25"), "COP")
        assert (item.reference, item.external_id) == ("J-1", made["id"])
        assert (item.field, item.books, item.document) == ("day", "2026-11-10", "journal")
        assert "Loan clearing" in english(item.detail) and SALES[system] in english(item.detail)
    hand(world, action="void" if system == "xero" else "delete", kind="journal", number="J-1")
    assert green(morning(world))


@pytest.mark.parametrize("system", ALL)
def test_a_second_journal_takes_the_first_one_back(system: str, world: World) -> None:
    journal(world, "J-1", CLEARING[system], SALES[system])
    journal(world, "J-2", CLEARING[system], SALES[system], "10.00")
    assert len(told(morning(world))) == 2
    journal(world, "J-1 R", SALES[system], CLEARING[system])
    assert [item.reference for item in told(morning(world))] == ["J-2"]


@pytest.mark.parametrize("system", ALL)
def test_what_is_handed_out_by_a_journal_is_nobodys_task(system: str, world: World) -> None:
    journal(world, "J-1", CLEARING[system], CASH[system], "500000.00")
    journal(world, "J-2", CASH[system], SALES[system], "700.00")
    result = morning(world)
    assert green(result)
    assert told(result) == []


@pytest.mark.parametrize("system", ["quickbooks"])
def test_what_an_item_takes_along_stays_named_after_the_item_went_back_alone(
    system: str, world: World
) -> None:
    stood = balance(world, "Loan clearing")
    where = {"action": "retarget", "kind": "item", "name": "Loan principal"}
    hand(world, account="Services", past=True, **where)
    assert balance(world, "Loan clearing") == 0
    causes = {item.cause: item for item in told(morning(world))}
    assert set(causes) == {"principal.is_income", "principal.posted_to_income"}
    assert causes["principal.posted_to_income"].amount == -stood
    hand(world, account="Loan clearing", **where)
    for _ in range(2):
        (item,) = told(morning(world))
        assert (item.cause, item.action) == ("principal.posted_to_income", "rebook_past")
        assert (item.amount, item.currency) == (-stood, "COP")
    hand(world, account="Loan clearing", past=True, **where)
    assert green(morning(world))


@pytest.mark.parametrize("system", ALL)
def test_a_morning_without_news_asks_once(system: str, world: World) -> None:
    """QuickBooks and Xero: one call; Zoho one more, for the entry written last, if there is any."""
    journal(world, "J-1", CLEARING[system], CASH[system])
    morning(world)
    asked: list[int] = []
    assert green(morning(world, wrap=lambda each: Counting(each, asked)))
    assert asked == [{"quickbooks": 1, "xero": 1, "zoho": 2}[system]]


@pytest.mark.parametrize("system", ["xero"])
def test_entries_that_a_login_may_not_see_are_no_green_morning(system: str, world: World) -> None:
    (item,) = told(morning(world, wrap=Blind))
    assert (item.cause, item.action) == ("principal.unread", "allow_journals")
    assert green(morning(world))


@pytest.mark.parametrize("system", ALL)
def test_a_dry_run_names_the_same_and_keeps_nothing(system: str, world: World) -> None:
    journal(world, "J-1", CLEARING[system], SALES[system])
    with world.dry() as bridge:
        (dry,) = compare(bridge, bridge.today, NOW).systems
    assert told(dry) == told(morning(world))
    assert len(told(dry)) == 1


@pytest.mark.parametrize("system", ALL)
def test_the_next_pass_says_what_the_last_morning_found(system: str, world: World) -> None:
    journal(world, "J-1", CLEARING[system], SALES[system])
    morning(world)
    after = world.sync().answer
    assert (after.exit_code, {task.code for task in after.tasks}) == (1, {"principal.to_income"})
    if system in BY_ITEM:
        hand(world, action="retarget", kind="item", name="Loan principal", account=SALES[system])
        morning(world)
        after = world.sync().answer
        assert {t.code for t in after.tasks} == {"principal.is_income", "principal.to_income"}


@pytest.mark.parametrize("system", ALL)
def test_a_person_may_answer_that_an_entry_is_right(system: str, world: World) -> None:
    journal(world, "J-1", CLEARING[system], SALES[system])
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, NOW)
        (task,) = found.verdict.tasks
        assert task.answerable
        with bridge.store.begin() as work:
            work.tasks.answer(task.id, "ana", NOW.isoformat(), task)
        assert compare(bridge, bridge.today, NOW).verdict.green


@pytest.mark.parametrize("system", BY_ITEM)
def test_nothing_is_posted_meanwhile(system: str, world: World) -> None:
    hand(world, action="retarget", kind="item", name="Loan principal", account=SALES[system])
    Ledger.random(random.Random(8), loans=4).write(world.snapshot)
    done = world.sync().systems[system]
    assert isinstance(done.stopped, ConfigurationError)
    assert done.posting.posted == 0


@pytest.mark.parametrize("system", BY_ITEM)
def test_the_one_off_comparison_names_it_although_it_can_not_plan(
    system: str, world: World
) -> None:
    hand(world, action="retarget", kind="item", name="Loan principal", account=SALES[system])
    Ledger.random(random.Random(8), loans=4).write(world.snapshot)
    with world.dry() as dry:
        looked = one_off(dry)
    (item,) = told(looked.found.systems[0])
    assert item.cause == "principal.is_income"
    assert looked.exit_code == 1  # a person has a task; a pass would answer 78 until then


@pytest.mark.parametrize("system", ALL)
def test_doctor_looks_in_the_live_books(system: str, world: World) -> None:
    assert of_doctor(world)["ok"] == ["what was lent is no income"]
    journal(world, "J-1", CLEARING[system], SALES[system])
    (finding,) = of_doctor(world)["problem"]
    assert "J-1, 2026-11-10: 90.25 COP, from account" in finding


def of_doctor(world: World) -> dict[str, list[str]]:
    """State → what `doctor` finds about what was lent."""
    found: dict[str, list[str]] = {}
    for line in doctor_parts.system(world.settings(), world.system):
        if line.topic == f"{world.system} principal":
            found.setdefault(line.state, []).append(in_words(line.finding))
            assert line.exit_code == (1 if line.state == "problem" else 0)
    return found


class Counting:
    """An accounting system that notes what asking for entries by hand costs."""

    def __init__(self, system: Any, asked: list[int]) -> None:
        self._system, self._asked = system, asked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)

    def hand_entries(self, *args: Any) -> HandEntries:
        before = self._system.calls().total
        found: HandEntries = self._system.hand_entries(*args)
        self._asked.append(self._system.calls().total - before)
        return found


class Blind:
    """An accounting system whose login may not see what people entered."""

    def __init__(self, system: Any) -> None:
        self._system = system

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)

    def hand_entries(self, *_: Any) -> HandEntries:
        return HandEntries(refused="Xero says 401.")
