"""A document that the books never tell by its id costs the others nothing, and is a person's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bridge.errors import PersonNeeded, TryLater
from bridge.pipeline import decide
from bridge.pipeline.adoption import answer as told_by_a_person
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from tests.in_words import in_words
from tests.pipeline.edited import INVOICE, RECEIPT
from tests.pipeline.for_ever import ANSWERS, QUESTIONS
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.silence import compared, id_of, made, silence, strike
from tests.pipeline.wishes import adopt_customer
from tests.pipeline.world import COMPANIES, World

A_FEW = ["500", "nothing", "an empty object", "cut before"]
RECEIPTS = {"quickbooks": "/payment\\?", "xero": "/Payments", "zoho": "/customerpayments"}


@pytest.fixture(params=COMPANIES)
def world(request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxServer) -> World:
    return made(request.param, tmp_path, sandbox)


def not_kept(world: World) -> Ledger:
    """A lender whose one receipt was confirmed and not kept."""
    ledger = small_ledger()
    ledger.write(world.snapshot)
    strike(world, {"kind": "unkept"}, path=RECEIPTS[world.system], body=RECEIPT)
    world.sync()
    world.control("DELETE", "faults")
    return ledger


def accept(world: World, reference: str) -> None:
    with world.bridge() as bridge:
        books = bridge.books[world.system]
        decide.accept(bridge.store, books.system, [reference], "ana", world.clock.now())


def repost(world: World, reference: str) -> None:
    with world.bridge() as bridge:
        books = bridge.books[world.system]
        decide.repost(bridge.store, books.system, [reference], "ana", world.clock)


def adopt(world: World, reference: str, external_id: str) -> None:
    with world.bridge() as bridge:
        books = bridge.books[world.system]
        at = world.clock.now()
        decide.adopt(bridge.store, books.system, reference, external_id, "ana", at)


def decide_about(world: World, reference: str, external_id: str, *, same: bool) -> None:
    with world.bridge() as bridge:
        name, at = world.system, world.clock.now()
        told_by_a_person(bridge, name, reference, external_id, "ana", at, same=same)


def by_hand(world: World, **wish: Any) -> str:
    """The id of what somebody enters."""
    told: dict[str, Any] = world.control("POST", f"{world.system}/edit", action="add", **wish)
    return str(told["id"])


def decisions(world: World) -> list[str]:
    with world.bridge() as bridge, bridge.store.read() as work:
        return [each.verb for each in work.decisions.latest()]


def is_told_to_a_person(refused: PersonNeeded, reference: str, external_id: str) -> None:
    assert refused.exit_code == 1
    (problem,) = refused.problems
    assert problem.where == reference
    assert f"the id {external_id}" in in_words(problem.what)
    assert "ledger-bridge" in in_words(problem.fix)


@pytest.mark.spread
@pytest.mark.parametrize("answer", QUESTIONS)
def test_one_that_is_absent_and_never_told(world: World, answer: str) -> None:
    not_kept(world)
    silence(world, id_of(world, RECEIPT), answer)
    for _ in range(2):
        found = compared(world)
        (system,) = found.systems
        assert system.checked, system.notices
        told = [(task.code, task.subject) for task in found.verdict.tasks]
        assert ("books.unread", RECEIPT) in told
        assert {subject for _, subject in told} <= {RECEIPT, ""}
        assert not found.verdict.green
    (task,) = [t for t in found.verdict.tasks if t.code == "books.unread"]
    assert english(task.detail), "what came back is told"
    world.control("DELETE", "faults")
    codes = [t.code for t in compared(world).verdict.tasks if t.subject == RECEIPT]
    assert codes == ["books.absent"]


def test_a_person_ends_it_for_one_that_is_gone(world: World) -> None:
    not_kept(world)
    silence(world, id_of(world, RECEIPT), "500")
    compared(world)
    accept(world, RECEIPT)
    assert [t.code for t in compared(world).verdict.tasks] == []


def test_one_that_somebody_wrote_and_is_never_told(tmp_path: Path, sandbox: SandboxServer) -> None:
    world = made("zoho", tmp_path, sandbox)
    small_ledger().write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.clock.move(700)
    where = {"action": "edit", "kind": "invoice", "number": INVOICE}
    world.control("POST", "zoho/edit", **where, set={"due": "2026-12-24"})
    silence(world, id_of(world, INVOICE), "500")
    found = compared(world)
    assert [(t.code, t.subject) for t in found.verdict.tasks] == [("books.unread", INVOICE)]
    accept(world, INVOICE)
    assert compared(world).verdict.green


@pytest.mark.parametrize("answer", A_FEW)
def test_what_is_like_ours_and_never_told_is_named_and_a_person_may_say_no(
    world: World, answer: str
) -> None:
    small_ledger().write(world.snapshot)
    by_hand(world, kind="customer", name="Persona 2")
    theirs = by_hand(
        world, kind="invoice", number="M-2", customer="Persona 2", date="2026-06-02",
        due="2026-07-01", amount="50000",
    )  # fmt: skip
    world.clock.move(120)
    world.sync()
    before = decisions(world)
    silence(world, theirs, answer)
    with pytest.raises(PersonNeeded) as refused:
        decide_about(world, INVOICE, theirs, same=True)
    is_told_to_a_person(refused.value, INVOICE, theirs)
    assert decisions(world) == before
    decide_about(world, INVOICE, theirs, same=False)
    assert world.sync().verdict == "person"  # another customer of that name is there
    adopt_customer(world, "2")
    done = world.sync()
    assert done.verdict == "clean", done.reason
    numbers = {each["number"] for each in world.books()["documents"]}
    assert {INVOICE, "M-2"} <= numbers


def test_it_is_adopted_once_it_is_told(world: World) -> None:
    test_what_stands_for_one_that_is_gone_and_is_never_told(world, "500", end=False)
    world.control("DELETE", "faults")
    (theirs,) = [each["id"] for each in world.books()["documents"] if each["number"] == "M-2"]
    adopt(world, INVOICE, theirs)
    assert id_of(world, INVOICE) == theirs
    assert compared(world).verdict.green


@pytest.mark.parametrize("answer", A_FEW)
def test_what_stands_for_one_that_is_gone_and_is_never_told(
    world: World, answer: str, *, end: bool = True
) -> None:
    small_ledger().write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.clock.move(700)
    ours = id_of(world, INVOICE)
    where = {"action": "void", "kind": "invoice", "number": INVOICE}
    world.control("POST", f"{world.system}/edit", **where)
    theirs = by_hand(
        world, kind="invoice", number="M-2", customer="Persona 2", date="2026-06-02",
        due="2026-07-01", amount="50000",
    )  # fmt: skip
    compared(world)
    before = decisions(world)
    silence(world, theirs, answer)
    with pytest.raises(PersonNeeded) as refused:
        adopt(world, INVOICE, theirs)
    is_told_to_a_person(refused.value, INVOICE, theirs)
    assert (decisions(world), id_of(world, INVOICE)) == (before, ours)
    if end:
        repost(world, INVOICE)
        assert id_of(world, INVOICE) == ours
        assert decisions(world) == ["repost", *before]


@pytest.mark.parametrize("answer", A_FEW)
def test_what_is_to_be_put_back_and_is_never_told_is_left_as_it_is(
    world: World, answer: str
) -> None:
    small_ledger().write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.clock.move(700)
    where = {"action": "edit", "kind": "invoice", "number": INVOICE}
    world.control("POST", f"{world.system}/edit", **where, set={"due": "2026-12-24"})
    compared(world)
    before, ours = decisions(world), id_of(world, INVOICE)
    silence(world, ours, answer)
    with pytest.raises(PersonNeeded) as refused:
        repost(world, INVOICE)
    is_told_to_a_person(refused.value, INVOICE, ours)
    assert f"drift accept {INVOICE}" in in_words(refused.value.problems[0].fix)
    assert decisions(world) == before
    accept(world, INVOICE)
    assert compared(world).verdict.green


def test_while_the_product_answers_nobody_nothing_is_a_persons(world: World) -> None:
    small_ledger().write(world.snapshot)
    assert world.sync().verdict == "clean"
    before, ours = decisions(world), id_of(world, INVOICE)
    strike(world, ANSWERS["500"])
    for decided in (
        lambda: adopt(world, INVOICE, ours),
        lambda: repost(world, INVOICE),
        lambda: accept(world, INVOICE),
    ):
        with pytest.raises(TryLater):
            decided()
    world.control("DELETE", "faults")
    assert decisions(world) == before


def test_a_customer_is_adopted_as_the_listing_has_it(world: World) -> None:
    small_ledger().write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.clock.move(700)
    by_hand(world, kind="customer", name="Persona Uno")
    merge = {"action": "merge", "kind": "customer", "from": "Persona 1", "into": "Persona Uno"}
    world.control("POST", f"{world.system}/edit", **merge)
    into = next(c["id"] for c in world.books()["customers"] if c["name"] == "Persona Uno")
    compared(world)
    silence(world, into, "500")
    adopt(world, "DY7F3A-D1", into)
    world.control("DELETE", "faults")
    assert compared(world).agree


def test_a_number_of_ours_on_a_document_of_one_who_is_never_told_stops_with_a_person(
    world: World,
) -> None:
    """Nobody can say whether a program wrote it: nothing is posted beside it, and not for ever."""
    small_ledger().write(world.snapshot)
    whose = by_hand(world, kind="customer", name="Somebody")
    by_hand(
        world, kind="invoice", number="DY7F3A-L999", customer="Somebody", date="2026-06-01",
        due="2026-12-01", amount="700",
    )  # fmt: skip
    before = len(world.live_documents())
    silence(world, whose, "500")
    for _ in range(2):
        done = world.sync()
        assert done.exit_code == 1, done.reason
        assert [task.code for task in done.answer.tasks] == ["pass.second_writer"]
        assert len(world.live_documents()) == before
        world.clock.move(700)
    world.control("DELETE", "faults")
    assert world.sync().exit_code == 0
