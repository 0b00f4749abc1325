"""`doctor` looks for the signs of electronic invoices in each product, and says what it saw."""

from __future__ import annotations

from bridge.cli.doctor_lines import Line
from bridge.cli.doctor_parts import system as looked_at
from bridge.pipeline.reconcile import compare
from tests.in_words import in_words
from tests.pipeline.ledger import small_ledger
from tests.pipeline.world import World

CODE = "8f2c" * 24
TOPIC = "signs of electronic invoices"


def said(world: World, topic: str) -> list[Line]:
    lines = looked_at(world.settings(), world.system)
    return [line for line in lines if line.topic == f"{world.system} {topic}"]


def hand(world: World, action: str, number: str, **more: str) -> None:
    wish = {"action": action, "kind": "invoice", "number": number} | more
    world.control("POST", f"{world.system}/edit", **wish)
    world.clock.move(120)


def test_a_company_without_signs_is_told_with_its_country(world: World) -> None:
    world.control("POST", f"{world.system}/settings", country="MX")
    (line,) = said(world, TOPIC)
    assert (line.state, line.advice) == ("ok", "")
    assert in_words(line.finding).startswith("company in MX; 0 of the newest")


def test_an_add_ons_mark_on_somebodys_invoice_is_seen_with_its_series(world: World) -> None:
    customer = {"name": "Otra Persona", "kind": "customer", "action": "add"}
    if world.system != "xero":
        world.control("POST", f"{world.system}/edit", **customer)
    more = {"customer": "Otra Persona", "amount": "500", "date": "2026-11-01"}
    hand(world, "add", "FE-1021", **more)
    hand(world, "stamp", "FE-1021", code=CODE)
    (line,) = said(world, TOPIC)
    assert line.state == "warning"
    assert "such as FE-1021 (CUFE 8f2c" in in_words(line.finding)
    assert 'series = ["FE"]' in line.advice
    if world.system == "zoho":
        assert "invoices have the field CUFE" in in_words(line.finding)


def test_a_mark_on_a_document_of_ours_is_a_problem_with_its_amount(world: World) -> None:
    small_ledger().write(world.snapshot)
    world.sync()
    world.clock.move(120)
    assert said(world, "electronic invoices of ours") == []
    hand(world, "stamp", "DY7F3A-L2", code=CODE)
    with world.bridge() as bridge:
        compare(bridge, bridge.today, world.clock.now())
    (line,) = said(world, "electronic invoices of ours")
    assert (line.state, line.exit_code) == ("problem", 1)
    assert "1 documents of the program carry a tax office's mark, 50000.00 COP" in in_words(
        line.finding
    )
    assert "DY7F3A-L2 (CUFE 8f2c" in in_words(line.finding)
