"""Every line that is posted says that it is an internal document, and carries one thing alone.

A company's electronic invoices are made of its invoices: what must not become one says so, and what
must be invoiced (interest, a fee) can be, because it is on a line of its own.
"""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal

import pytest

from bridge.core.books import Kind, PostedDocument
from bridge.core.mapping.mapping_file import INTERNAL
from bridge.pipeline.plan import booking_of
from tests.pipeline.ledger import Ledger
from tests.pipeline.mappings import applied, edit_mapping
from tests.pipeline.world import Killed, World, one

NOTE = f'internal_note = "{INTERNAL}"'
LINED = (Kind.INVOICE, Kind.CREDIT_NOTE)


@pytest.fixture
def ledger() -> Ledger:
    """Loan 1: 100,000 at 20 % in 4 instalments of June, with a late fee, a discount, a payment;
    account 2 at the store."""
    made = Ledger()
    for number in (1, 2):
        made.lend(number, random.Random(number))
    made.debts[1] |= {
        "kind": "loan", "amount": 125_000, "principal": 100_000, "interest_pct": 20,
        "currency": "COP", "due_on": "2026-10-01", "instalments": 4, "frequency": "MONTHLY",
    }  # fmt: skip
    made.debts[2] |= {
        "kind": "fiado", "amount": 50_000, "due_on": None, "principal": None,
        "interest_pct": None, "currency": "COP",
    }  # fmt: skip
    for number, (kind, amount) in enumerate(
        [("LATE_FEE", 5_000), ("DISCOUNT", 2_000), ("PAYMENT", 10_000)], start=1
    ):
        made.movements[number] = {
            "movement_id": number, "debt_id": 1, "type": kind, "amount": amount,
            "date": f"2026-08-0{number}", "concept": "", "method": "CASH",
        }  # fmt: skip
    return made


def in_the_books(world: World) -> dict[str, PostedDocument]:
    """Number → each of our invoices and credit notes, read one by one with all its lines."""
    found: dict[str, PostedDocument] = {}
    with world.dry() as bridge:
        system = bridge.books[world.system].system
        for kind in LINED:
            ids = [d.external_id for d in system.read([kind]) if d.number.startswith("DY")]
            found |= {d.number: d for d in system.fetch(kind, ids).values()}
    return found


def test_every_line_says_that_it_is_no_electronic_invoice(world: World, ledger: Ledger) -> None:
    ledger.write(world.snapshot)
    world.sync()
    documents = in_the_books(world)
    assert {"DY7F3A-L1", "DY7F3A-L2", "DY7F3A-F1", "DY7F3A-K2"} <= set(documents)
    for number, document in documents.items():
        assert document.lines, number
        for line in document.lines:
            assert line.description.endswith(INTERNAL), number
            assert line.description != INTERNAL, number


@pytest.mark.spread
@pytest.mark.parametrize("interest", ["upfront", "as_due"])
@pytest.mark.parametrize("invoice_per", ["loan", "instalment"])
def test_capital_interest_and_fees_are_on_lines_of_their_own(
    world: World, ledger: Ledger, interest: str, invoice_per: str
) -> None:
    edit_mapping(
        world,
        ('invoice_per = "loan"', f'invoice_per = "{invoice_per}"'),
        ('interest = "upfront"', f'interest = "{interest}"'),
    )
    ledger.write(world.snapshot)
    world.sync()
    with world.dry() as bridge:
        (books,) = bridge.books.values()
        targets = booking_of(books).targets
    purposes = {(t.item or t.account): purpose for purpose, t in targets.items()}
    purposes[targets["late_fee"].item or targets["late_fee"].account] = "late_fee"
    purposes[targets["interest"].item or targets["interest"].account] = "interest"
    worth: dict[str, Decimal] = defaultdict(Decimal)
    for document in in_the_books(world).values():
        if document.kind is Kind.INVOICE and not document.number.startswith("DY7F3A-L2"):
            said = [purposes[line.item or line.account] for line in document.lines]
            assert len(said) == len(set(said)), document.number
            for purpose, line in zip(said, document.lines, strict=True):
                worth[purpose] += line.amount
    assert worth == {"principal": 100_000, "interest": 20_000, "late_fee": 5_000}


def test_what_was_posted_before_keeps_its_text(world: World, ledger: Ledger) -> None:
    """A company of the release before: its mapping has no such note, and its books neither."""
    ledger.write(world.snapshot)
    edit_mapping(world, (NOTE, 'internal_note = ""'))
    world.sync()
    before = in_the_books(world)
    assert not any(INTERNAL in line.description for d in before.values() for line in d.lines)
    edit_mapping(world, (NOTE, ""))
    assert world.sync().reason == "nothing to do"
    ledger.movements[4] = ledger.movements[1] | {"movement_id": 4, "date": "2026-08-09"}
    ledger.debts[1]["amount"] += 5_000
    ledger.write(world.snapshot)
    assert one(world.sync()).plan.figures.by_kind == {"create.invoice": 1}
    after = in_the_books(world)
    assert after.pop("DY7F3A-F4").lines[0].description.endswith(INTERNAL)
    assert after == before


def test_a_person_may_have_the_text_written_into_what_is_posted(
    world: World, ledger: Ledger
) -> None:
    """In place, and of what cannot be changed in place nothing is taken back for a text."""
    ledger.write(world.snapshot)
    edit_mapping(world, (NOTE, 'internal_note = ""'))
    world.sync()
    world.clock.move(120)
    before = in_the_books(world)
    edit_mapping(world, (NOTE, NOTE))
    figures = one(applied(world)).plan.figures
    assert (figures.create, figures.void) == (0, 0)
    after = in_the_books(world)
    assert {(n, d.external_id, d.total, d.open) for n, d in after.items()} == {
        (n, d.external_id, d.total, d.open) for n, d in before.items()
    }


def test_what_a_person_dropped_is_not_sent_for_a_text(world: World, ledger: Ledger) -> None:
    edit_mapping(world, (NOTE, 'internal_note = ""'))
    ledger.write(world.snapshot)
    world.dies = lambda where: where == "before the request"
    with pytest.raises(Killed):
        world.sync()
    world.dies = lambda _: False
    with world.bridge() as bridge, bridge.store.begin() as work:
        (entry,) = work.entries.of(world.where, reference="DY7F3A-F1", limit=9)
        work.decisions.drop(entry.id, "ana", "2026-11-20T12:00:00Z")
    edit_mapping(world, (NOTE, NOTE))
    ledger.movements[4] = ledger.movements[3] | {"movement_id": 4, "amount": 500}
    ledger.write(world.snapshot)
    world.sync()
    there = in_the_books(world)
    assert "DY7F3A-L1" in there
    assert "DY7F3A-F1" not in there


MAILING = {"quickbooks": "mail_forms", "xero": "mail_invoices", "zoho": "mail_invoices"}


def test_nothing_is_mailed_to_a_customer_where_the_company_mails_what_it_enters(
    world: World, ledger: Ledger
) -> None:
    """Nor offered for payment by a link, nor when it is changed later."""
    world.control("POST", f"{world.system}/settings", **{MAILING[world.system]: True})
    wish = {"action": "add", "kind": "customer", "name": "Otra Persona"}
    if world.system != "xero":
        world.control("POST", f"{world.system}/edit", **wish)
    by_hand = {"kind": "invoice", "number": "A-1", "customer": "Otra Persona", "amount": "500"}
    world.control("POST", f"{world.system}/edit", action="add", date="2026-11-01", **by_hand)
    sees = world.books()["mailed"]
    assert sees == ([] if world.system == "zoho" else ["A-1"]), "only the API mails in Zoho"
    ledger.write(world.snapshot)
    world.sync()
    world.clock.move(120)
    ledger.debts[2]["amount"] = 45_000
    ledger.write(world.snapshot)
    assert one(world.sync()).plan.figures.by_kind == {"update.invoice": 1}
    assert len(in_the_books(world)) >= 4
    assert world.books()["mailed"] == sees
