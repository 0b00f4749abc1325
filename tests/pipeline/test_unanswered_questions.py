"""Pages, nonsense and silence in the place of an answer: each question stands alone, and what was
answered is kept."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from bridge.core.delivery import State
from tests.pipeline.names import lent_to
from tests.pipeline.world import World, one

REPEATED = 4
"""So often a question is put before it counts as not answered."""
NO_ANSWER: dict[str, dict[str, Any]] = {
    "page": {"kind": "page"},
    "nothing": {"kind": "answer", "text": ""},
    "text": {"kind": "answer", "text": '"ok"'},
    "half an object": {"kind": "answer", "text": '{"a":'},
    "bad gateway": {"kind": "html"},
}
QUESTIONS = {
    "quickbooks": {"method": "", "path": "/query|/companyinfo|/preferences|/cdc"},
    "xero": {"method": "GET", "path": ""},
    "zoho": {"method": "GET", "path": ""},
}
CREATES = {
    "quickbooks": {"method": "POST", "path": "/invoice"},
    "xero": {"method": "PUT", "path": "/Invoices"},
    "zoho": {"method": "POST", "path": "/invoices"},
}


def fault(world: World, match: dict[str, str], **wish: Any) -> None:
    world.control("POST", "faults", system=world.system, match=match, **wish)


@pytest.mark.parametrize("kind", NO_ANSWER)
def test_a_question_that_is_answered_by_a_page_is_put_again(world: World, kind: str) -> None:
    lent_to("Ana Ruiz", "Bob Gil").write(world.snapshot)
    fault(world, QUESTIONS[world.system], count=REPEATED - 1, **NO_ANSWER[kind])
    result = world.sync()
    assert (result.verdict, one(result).stopped) == ("clean", None)
    assert len([d for d in world.live_documents() if d["kind"] == "invoice"]) == 2


@pytest.mark.parametrize("kind", NO_ANSWER)
def test_one_that_is_never_answered_is_told_and_costs_nothing(world: World, kind: str) -> None:
    lent_to("Ana Ruiz", "Bob Gil").write(world.snapshot)
    fault(world, QUESTIONS[world.system], count=REPEATED, **NO_ANSWER[kind])
    result = world.sync()
    assert (result.verdict, result.exit_code) == ("later", 75)
    world.clock.move(600)
    assert world.sync().verdict == "clean"
    found = Counter(d["number"] for d in world.live_documents())
    assert max(found.values()) == 1


NAMES = ("Ana Ruiz", "Bob Gil", "Carla Paz", "Dina Rey", "Eva Sol", "Flor Tim", "Gil Uribe")


def test_a_look_up_without_an_answer_leaves_one_in_doubt_and_the_others_are_known(
    world: World,
) -> None:
    """The replies to all creations are lost, and the books never answer about one of them."""
    lent_to(*NAMES[:3]).write(world.snapshot)
    fault(world, CREATES[world.system], kind="reset", when="after", count=len(NAMES[:3]))
    about = {"method": "POST" if world.system == "quickbooks" else "GET"}
    asked = {"body" if world.system == "quickbooks" else "path": "DY7F3A-L3(?!\\d)"}
    fault(world, about | asked, kind="page", count=0)
    for _ in range(2):
        result = world.sync()
        assert one(result).stopped is None
        world.clock.move(600)
    assert one(result).in_doubt == 1
    with world.bridge() as bridge, bridge.store.read() as work:
        (left,) = work.entries.of(world.where, state=State.IN_DOUBT)
    assert left.reference == "DY7F3A-L3"
    world.control("DELETE", "faults")
    assert world.sync().verdict == "clean"
    found = Counter(d["number"] for d in world.live_documents() if d["kind"] == "invoice")
    assert (len(found), max(found.values())) == (len(NAMES[:3]), 1)


def test_where_nobody_is_answered_the_product_is_in_trouble(world: World) -> None:
    lent_to(*NAMES).write(world.snapshot)
    fault(world, CREATES[world.system], kind="reset", when="after", count=len(NAMES))
    fault(world, QUESTIONS[world.system] | {"path": "nvoice|query"}, kind="503", count=0)
    world.sync()
    again = world.sync()
    assert (again.verdict, again.exit_code, one(again).posting.posted) == ("later", 75, 0)
    world.control("DELETE", "faults")
    world.clock.move(600)
    assert world.sync().verdict == "clean"
    assert max(Counter(d["number"] for d in world.live_documents()).values()) == 1
