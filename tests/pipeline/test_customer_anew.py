"""A customer that the books confirmed and did not keep is made anew by a person's word."""

from __future__ import annotations

from collections import Counter

import pytest

from bridge.core.tie_out.reconciliation import SystemResult
from bridge.errors import UsageError
from bridge.pipeline import decide
from bridge.pipeline.reconcile import compare
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import World

PATHS = {"quickbooks": "/customer\\?", "xero": "/Contacts", "zoho": "/contacts"}


@pytest.fixture
def ledger(world: World) -> Ledger:
    made = small_ledger()
    made.write(world.snapshot)
    return made


def not_kept(world: World) -> None:
    for method in ("POST", "PUT"):
        match = {"path": PATHS[world.system], "method": method}
        wish = {"system": world.system, "kind": "unkept", "count": 0}
        world.control("POST", "faults", **wish, match=match)
    world.sync()
    world.control("DELETE", "faults")
    world.clock.move(700)


def compared(world: World) -> SystemResult:
    with world.bridge() as bridge:
        (found,) = compare(bridge, bridge.today, world.clock.now()).systems
    world.clock.move(700)
    return found


def gone(world: World) -> list[str]:
    items = compared(world).items
    return [i.reference for i in items if i.document == "customer" and i.cause == "books.absent"]


def repost(world: World, references: list[str]) -> None:
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        decide.repost(bridge.store, system, references, "ana", world.clock)


def people(world: World) -> Counter[str]:
    return Counter(c["name"] for c in world.books()["customers"] if c["name"].startswith("Pers"))


def test_one_word_makes_them_and_all_that_was_refused_without_them(
    world: World, ledger: Ledger
) -> None:
    not_kept(world)
    lost = gone(world)
    assert len(lost) == 2
    assert not people(world)
    repost(world, lost)
    result = world.sync()
    assert result.verdict == "clean", result.answer.tasks
    world.clock.move(700)
    assert set(people(world).values()) == {1}
    assert len(people(world)) == 2
    assert compared(world).agree
    check_laws(world)


def test_it_may_be_said_again_where_it_is_not_kept_again(world: World, ledger: Ledger) -> None:
    not_kept(world)
    repost(world, gone(world))
    not_kept(world)
    repost(world, gone(world))
    assert world.sync().verdict == "clean"
    assert set(people(world).values()) == {1}


def test_a_customer_that_was_merged_is_not_made_again(world: World, ledger: Ledger) -> None:
    assert world.sync().verdict == "clean"
    world.clock.move(700)
    first, second = sorted(people(world))[:2]
    where = {"action": "merge", "kind": "customer", "from": first, "into": second}
    world.control("POST", f"{world.system}/edit", **where)
    world.clock.move(700)
    (item,) = [i for i in compared(world).items if i.cause == "customer.merged"]
    with pytest.raises(UsageError, match=f"{item.reference} is a customer"):
        repost(world, [item.reference])
    assert world.sync().verdict == "person"
    assert {name.partition(" (")[0] for name in people(world)} <= {first, second}
    assert set(people(world).values()) == {1}
