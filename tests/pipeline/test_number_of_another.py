"""A document is not bound to the number or the id of another, whatever one answer says.

Some invoices lose their replies, and the books' answer about them has the numbers, or the ids, of
two of them exchanged. Whoever believes it binds two loans to each other's invoice, and pays the
wrong one.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bridge.core.books import Kind
from bridge.core.identity import BooksId
from bridge.core.tie_out.items import ItemKind
from bridge.sandbox.server import SandboxServer
from tests.pipeline.closed import compared, put_back
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import World

NUMBER = {"quickbooks": "DocNumber", "xero": "InvoiceNumber", "zoho": "invoice_number"}
ID = {"quickbooks": "Id", "xero": "InvoiceID", "zoho": "invoice_id"}
WRITE = {
    "quickbooks": {"method": "POST", "path": "/invoice"},
    "xero": {"method": "PUT", "path": "/Invoices"},
    "zoho": {"method": "POST", "path": "/invoices"},
}
ASKS = {
    "quickbooks": {"path": "/(query|batch)", "body": "DocNumber"},
    "xero": {"method": "GET", "path": "InvoiceNumbers"},
    "zoho": {"method": "GET", "path": "/invoices.*sort_order=D"},
}
LOANS = (11, 12, 13, 14, 15)


@pytest.mark.parametrize("times", [1, 40])
@pytest.mark.parametrize("fields", [NUMBER, ID], ids=["numbers", "ids"])
@pytest.mark.parametrize("system", NUMBER)
def test_two_numbers_or_ids_exchanged_in_an_answer_bind_nothing_wrongly(
    system: str, fields: dict[str, str], times: int, sandbox: SandboxServer, tmp_path: Path
) -> None:
    world = World(tmp_path, sandbox, system)
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    ledger = Ledger()
    for debt in LOANS:
        ledger.lend(debt, random.Random(debt))
    ledger.write(world.snapshot)
    lost = {"system": system, "kind": "reset", "when": "after", "match": WRITE[system]}
    world.control("POST", "faults", **lost, count=1 if system == "xero" else len(LOANS))
    lie = {"system": system, "kind": "lie", "field": fields[system], "how": "swap"}
    world.control("POST", "faults", **lie, count=times, match=ASKS[system])
    world.sync()
    left = world.control("GET", "faults")["faults"]
    world.control("DELETE", "faults")
    assert all(fault["kind"] == "lie" and fault["count"] < times for fault in left), left
    world.clock.move(600)
    last = world.sync()
    assert last.verdict == "clean", last.reason
    with world.bridge() as bridge, bridge.store.read() as work:
        system_of = bridge.books[system].system
        bound = {
            reference: work.bindings.named(BooksId(system, system_of.company_id), reference)
            for reference in (f"DY7F3A-L{debt}" for debt in LOANS)
        }
        there = system_of.fetch(Kind.INVOICE, [b.external_id for b in bound.values() if b])
    for reference, binding in bound.items():
        assert binding is not None
        assert there[binding.external_id].number == reference


def test_two_credit_notes_exchanged_in_every_answer_never_agree_and_a_person_ends_it(
    sandbox: SandboxServer, tmp_path: Path
) -> None:
    """Where every answer of a pass tells the ids of two notes exchanged, nothing in them shows it.
    What the notes are used for is refused, the next comparison says which are whose, and once a
    person has voided both in the books they are posted again."""
    world = World(tmp_path, sandbox, "xero")
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    for number, debt in ((21, 1), (22, 2)):
        discount = {"movement_id": number, "debt_id": debt, "type": "DISCOUNT"}
        ledger.movements[number] = ledger.movements[7] | discount | {"amount": 100 * number}
    ledger.write(world.snapshot)
    lie = {"system": "xero", "kind": "lie", "field": "CreditNoteID", "how": "swap"}
    world.control("POST", "faults", **lie, count=9999)
    assert {task.code for task in world.sync().answer.tasks} == {"outbox.rejected"}
    world.control("DELETE", "faults")
    notes = ["DY7F3A-K21", "DY7F3A-K22"]
    for _ in range(2):
        world.clock.move(3600)
        found = compared(world)
        assert not found.agree
        assert {i.reference for i in found.items if i.kind is ItemKind.DRIFTED} == set(notes)
        assert world.sync().verdict == "person"
    for note in notes:
        world.control("POST", "xero/edit", action="void", kind="credit_note", number=note)
    world.clock.move(3600)
    compared(world)
    for note in notes:
        put_back(world, note)
    assert world.sync().verdict == "clean"
    assert compared(world).agree
    check_laws(world)
