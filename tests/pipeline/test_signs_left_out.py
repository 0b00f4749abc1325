"""Emoji in what a lender wrote about a loan: the product that refuses them is never sent any."""

from __future__ import annotations

from bridge.core.books import Kind
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import World, one

REFUSED = r"[\U00010000-\U0010ffff]|\\u[dD]8|%F0%9"
"""Signs above U+FFFF as they are, and as JSON and forms may spell them."""


def told_with_pictures() -> Ledger:
    made = small_ledger()
    for debt in made.debts.values():
        debt["concept"] = "Mercado 🎉 y leche"
    for movement in made.movements.values():
        movement["concept"] = "🎉"
    made.debtors[1]["name"] = "Persona 1 🌹"
    made.movements[9] = made.movements[7] | {
        "movement_id": 9, "type": "DISCOUNT", "amount": 500, "concept": "Descuento 🎁",
    }  # fmt: skip
    return made


def told(world: World, kind: Kind) -> list[str]:
    """What the books' documents of one kind say, memos and lines."""
    ids = [d["id"] for d in world.live_documents() if d["kind"] == kind.value]
    with world.bridge() as bridge:
        found = bridge.books[world.system].system.fetch(kind, ids).values()
    return [text for d in found for text in (d.memo, *(line.description for line in d.lines))]


def test_every_document_is_posted_without_them_and_stays_as_it_is(world: World) -> None:
    told_with_pictures().write(world.snapshot)
    match = {"method": "", "body": REFUSED}
    world.control("POST", "faults", system=world.system, kind="500", count=0, match=match)
    assert world.sync().verdict == "clean"
    documents = world.live_documents()
    assert len(documents) >= 5
    texts = " ".join(told(world, Kind.INVOICE) + told(world, Kind.CREDIT_NOTE))
    assert "Mercado" in texts and "Descuento" in texts
    assert not any(letter > "\uffff" for letter in texts)
    assert not any(letter > "\uffff" for letter in str(world.books()))
    world.clock.move(600)
    again = world.sync()
    assert (again.verdict, one(again).plan.figures.by_kind) == ("clean", {})
    assert len(world.live_documents()) == len(documents)
