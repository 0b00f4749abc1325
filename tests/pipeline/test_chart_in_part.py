"""The law: one item or tag of Zoho that is wrongly shaped or never told stops nothing that does not
name it, and what names it is told as what it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from bridge.core.tie_out.patience import LONG_DAYS
from bridge.pipeline.sync import SyncResult
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from bridge.systems.apart import BY_THEMSELVES
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import World

DAY_S = 24 * 3600
USED = "Loan interest"
WRONG = {"kind": "lie", "field": "description", "how": "set", "value": {"en": "Fee"}}
NAMELESS = {**WRONG, "field": "name"}
REFUSED = {"kind": "500"}
TAGS = {
    "code": 0,
    "reporting_tags": [
        {"tag_id": "71", "tag_name": "Route"},
        {"tag_id": "72", "tag_name": "Office"},
        {"tag_id": {"no": "id"}, "tag_name": "Crew"},
    ],
}
OPTIONS = {"code": 0, "results": [{"option_id": "1", "option_name": "North"}, {"option_id": []}]}


@pytest.fixture
def world(tmp_path: Path, sandbox: SandboxServer) -> World:
    made = World(tmp_path, sandbox, "zoho")
    made.control("POST", "reset")
    made.clock.sandbox_url = sandbox.url
    return made


def strike(world: World, wish: dict[str, Any], path: str) -> None:
    match = {"method": "GET", "path": path}
    world.control("POST", "faults", **{"system": "zoho", "count": 0, **wish}, match=match)


def call(world: World, method: str, path: str, **body: Any) -> Any:
    answer = requests.request(
        method,
        f"{world.sandbox.url}/zoho/books/v3/{path}",
        params={"organization_id": world.company},
        headers={"Authorization": "Zoho-oauthtoken demo-access"},
        json=body or None,
        timeout=60,
    )
    assert answer.ok, answer.text
    return answer.json()


def items(world: World) -> dict[str, str]:
    """Name → id of the company's items."""
    return {row["name"]: row["item_id"] for row in call(world, "GET", "items")["items"]}


def another_item(world: World) -> str:
    """An item of the company that the mapping does not name: the last of the listing."""
    made = call(world, "POST", "items", name="Zinc bucket", rate=1)
    return str(made["item"]["item_id"])


def place_of(world: World, name: str) -> int:
    """Which item of the listing it is."""
    return sorted(items(world)).index(name) + 1


def accounts_are_not_listed(world: World) -> None:
    strike(world, {"kind": "lie", "field": "account_id", "how": "drop"}, "/items\\?")


def lender(world: World) -> Ledger:
    ledger = small_ledger()
    ledger.write(world.snapshot)
    return ledger


@pytest.mark.parametrize("wrong", [WRONG, NAMELESS])
def test_an_item_that_is_wrongly_shaped_stops_nothing(world: World, wrong: dict[str, Any]) -> None:
    another_item(world)
    strike(world, {**wrong, "which": place_of(world, "Zinc bucket")}, "/items\\?")
    lender(world)
    done = world.sync()
    assert (done.verdict, done.reason) == ("clean", done.reason), done.reason
    assert world.live_documents()


def test_an_item_that_is_never_told_stops_nothing(world: World) -> None:
    external_id = another_item(world)
    accounts_are_not_listed(world)
    strike(world, REFUSED, f"/items/{external_id}\\?")
    strike(world, REFUSED, f"/itemdetails\\?.*{external_id}")
    lender(world)
    done = world.sync()
    assert (done.verdict, done.reason) == ("clean", done.reason), done.reason
    assert world.live_documents()


def test_a_tag_that_is_wrongly_shaped_or_never_told_stops_nothing(world: World) -> None:
    strike(world, {"kind": "answer", "text": json.dumps(TAGS)}, "/reportingtags\\?")
    strike(world, REFUSED, "/reportingtags/71/")
    strike(world, {"kind": "answer", "text": json.dumps(OPTIONS)}, "/reportingtags/72/")
    lender(world)
    done = world.sync()
    assert (done.verdict, done.reason) == ("clean", done.reason), done.reason
    with world.bridge() as bridge:
        chart = bridge.books["zoho"].system.chart()
    assert [value.name for value in chart.lists["Office"]] == ["North"]
    assert {"Route", "Crew"} <= chart.untold.keys()


def days(world: World, ledger: Ledger, mornings: int) -> list[SyncResult]:
    found = []
    for _ in range(mornings):
        world.clock.move(DAY_S)
        ledger.as_of = world.clock.now().date().isoformat()
        ledger.write(world.snapshot)
        found.append(world.sync())
    return found


def used_and_wrong(world: World) -> None:
    strike(world, {**WRONG, "which": place_of(world, USED)}, "/items\\?")


def used_and_untold(world: World) -> None:
    accounts_are_not_listed(world)
    external_id = items(world)[USED]
    strike(world, REFUSED, f"/items/{external_id}\\?")
    strike(world, REFUSED, f"/itemdetails\\?.*{external_id}")


@pytest.mark.parametrize("trouble", [used_and_wrong, used_and_untold])
def test_an_item_that_the_mapping_names_is_told_as_what_it_is(world: World, trouble: Any) -> None:
    (named,) = {n for n in items(world) if n == USED}
    trouble(world)
    ledger = lender(world)
    *first, last = days(world, ledger, LONG_DAYS + 1)
    for done in first:
        assert (done.exit_code, done.answer.tasks) == (75, ())
        assert re.search(
            rf'\[lines.interest\].* does not tell what "({named}|\d+)" is', done.reason
        )
    (task,) = last.answer.tasks
    assert (last.exit_code, task.code) == (1, "pass.no_end")
    assert named in english(task.detail)
    assert not world.live_documents()

    world.control("DELETE", "faults")
    (done,) = days(world, ledger, 1)
    assert (done.verdict, done.reason) == ("clean", done.reason), done.answer.tasks
    assert world.live_documents()


def test_an_item_that_has_no_name_any_more_is_told_with_what_the_mapping_misses(
    world: World,
) -> None:
    external_id = items(world)[USED]
    strike(world, {**NAMELESS, "which": place_of(world, USED)}, "/items\\?")
    lender(world)
    done = world.sync()
    assert done.exit_code == 78
    (told,) = map(english, done.answer.told)
    assert f'"{USED}" is not an item' in told
    assert f"{external_id} (name is not a word)" in told
    assert not world.live_documents()


def test_many_that_can_not_be_true_are_the_products_own_trouble(world: World) -> None:
    for number in range(BY_THEMSELVES):
        call(world, "POST", "items", name=f"Bucket {number}", rate=1)
    strike(world, WRONG, "/items\\?")
    lender(world)
    done = world.sync()
    assert done.exit_code == 75
    assert not world.live_documents()
