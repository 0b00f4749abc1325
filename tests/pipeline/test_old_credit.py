"""A customer's credit that was put to use for a later invoice: known again, undone, taken back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bridge.core.tie_out.items import ItemKind
from bridge.sandbox.server import SandboxServer
from tests.pipeline.closed import lock
from tests.pipeline.delivered import STORIES, Story, books, delivered, world_of
from tests.pipeline.rebuilding import bindings, known, lose_state, planned, rebuilt
from tests.pipeline.undoing import reconciled, resumed, taken_back
from tests.pipeline.world import COMPANIES, MAY_SHRINK, World

DAYS = ["2026-09-10", "2026-11-19"]
INVOICES = ("DY7F3A-L1", "DY7F3A-C2")


@pytest.fixture(
    params=[
        "too much, and goods bought later",
        "too much of a renewal, and goods bought later",
        "a discount of more than is owed, and goods bought later",
    ]
)
def story(request: pytest.FixtureRequest) -> Story:
    return STORIES[request.param]


@pytest.fixture(params=COMPANIES)
def world(
    request: pytest.FixtureRequest, story: Story, tmp_path: Path, sandbox: SandboxServer
) -> World:
    made = world_of(request.param, story, tmp_path / "world", sandbox)
    made.overrides |= MAY_SHRINK
    return made


def rests(world: World) -> dict[str, Decimal]:
    """What is open of each invoice, and of credit in all."""
    _, documents = books(world)
    found = {number: Decimal(rest) for kind, number, _, _, rest in documents if kind == "invoice"}
    credit = [Decimal(each[4]) for each in documents if each[0] in {"receipt", "credit_note"}]
    return found | {"credit": abs(sum(credit, Decimal(0)))}


@pytest.mark.spread
def test_it_is_known_again_after_the_state_is_lost(world: World, story: Story) -> None:
    delivered(world, story, DAYS)
    before, uses = known(world), {r: b.document for r, b in bindings(world).items()}
    lose_state(world)
    rebuilt(world)
    assert known(world) == before
    again = {reference: b.document for reference, b in bindings(world).items()}
    assert {r: getattr(d, "applications", ()) for r, d in again.items()} == {
        r: getattr(d, "applications", ()) for r, d in uses.items()
    }
    story.ledger(DAYS[-1]).write(world.snapshot)
    assert planned(world) == (0, 0, 0)
    found = reconciled(world)
    assert found.agree
    # A renewal without the new loan stays where renewals pass through, and is told.
    told = {ItemKind.HELD, ItemKind.FOREIGN}
    assert {i.kind for i in found.items if "renewal" not in i.cause} <= told


@pytest.mark.spread
def test_undoing_the_run_that_used_it_gives_it_back(world: World, story: Story) -> None:
    delivered(world, story, DAYS[:1])
    before = rests(world)
    story.ledger(DAYS[-1]).write(world.snapshot)
    second = world.sync()
    after = rests(world)
    assert after != before
    world.clock.move(120)
    assert taken_back(world, second.run).verdict == "clean"
    assert rests(world) == before
    assert reconciled(world).agree
    world.clock.move(120)
    resumed(world)
    assert sum(rests(world).values()) == sum(after.values())


@pytest.mark.spread
def test_credit_of_a_closed_month_is_used_where_that_has_a_day_of_its_own(
    world: World, story: Story
) -> None:
    delivered(world, story, DAYS[:1])
    before = rests(world)
    lock(world, "2026-09-30")
    story.ledger(DAYS[-1]).write(world.snapshot)
    second = world.sync()
    world.clock.move(120)
    with world.dry() as bridge:
        (can,) = (each.system.capabilities for each in bridge.books.values())
    owed = rests(world)
    if can.dated_uses:
        assert {name: owed[name] for name in story.open} == {
            name: Decimal(rest) for name, rest in story.open.items()
        }
        assert owed["credit"] == Decimal(story.credit)
    else:
        assert owed["credit"] == before["credit"]
    assert planned(world) == (0, 0, 0)
    assert reconciled(world).agree
    assert taken_back(world, second.run).verdict == "clean"
    assert rests(world) == before


@pytest.mark.spread
def test_the_first_run_is_undone_with_what_was_used(world: World, story: Story) -> None:
    empty, _ = books(world)
    delivered(world, story, DAYS[-1:])
    with world.dry() as bridge, bridge.store.read() as work:
        (run,) = {each.run for each in work.entries.of(world.where, limit=100)}
    assert taken_back(world, run).verdict == "clean"
    assert books(world)[0] == empty


@pytest.mark.spread
def test_what_it_settled_is_open_again_when_its_row_is_deleted(world: World, story: Story) -> None:
    delivered(world, story, DAYS)
    ledger = story.ledger(DAYS[-1])
    del ledger.movements[1]
    ledger.write(world.snapshot)
    world.sync()
    world.clock.move(120)
    _, documents = books(world)
    invoices = {each[1]: each for each in documents if each[0] == "invoice"}
    assert {invoices[number][3] == invoices[number][4] for number in INVOICES} == {True}
    assert rests(world)["credit"] == 0
    assert planned(world) == (0, 0, 0)
    assert reconciled(world).agree
