"""A document of ours that somebody wrote in the books is compared whole, every morning."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests

from bridge.sandbox.server import SandboxServer
from tests.pipeline.lent import DOCUMENTS, by_hand, lent, reconciled
from tests.pipeline.world import ROOT, World

Hand = tuple[str, dict[str, Any], set[str]]
"""A document, what a hand sets in it, the fields that must be told."""


def hands(system: str) -> dict[str, Hand]:
    """What a bookkeeper's hand changes, as the web site of each product has it."""
    income = {"account": "Store sales"} if system == "xero" else {"item": "Store sales"}
    tax = {"tax": {"quickbooks": "TAX", "xero": "OUTPUT", "zoho": "4600"}[system]}
    taxed = {"tax", "tax_amount"}
    cash: dict[str, Any] = {"account": "Nequi wallet"}
    earned, received = [income], cash
    if system == "zoho":  # a journal, where the money comes first
        earned, received = [{}, {"account": "Late fees"}], {"lines": [cash]}
    found: dict[str, Hand] = {
        "principal to income": ("invoice", {"lines": [income]}, {"lines"}),
        "principal to income, paid": ("paid invoice", {"lines": [income]}, {"lines"}),
        "between its lines": (
            "invoice",
            {"lines": [{"amount": "90000"}, {"amount": "30000"}]},
            {"lines"},
        ),
        "its tax": ("invoice", {"lines": [{}, tax]}, taxed),
        "its day": ("invoice", {"date": "2026-06-02"}, {"day"}),
        "its due day": ("invoice", {"due": "2026-12-02"}, {"due"}),
        "its customer": ("invoice", {"customer": "Persona 1"}, {"customer"}),
        "discount to income": ("credit note", {"lines": [income]}, {"lines"}),
        "day of a discount": ("credit note", {"date": "2026-07-06"}, {"day"}),
        "tax of a discount": ("credit note", {"lines": [tax]}, {"tax"}),
        "recovery elsewhere": ("recovery", {"lines": earned}, {"lines"}),
        "cash of a recovery": ("recovery", received, {"deposit_account"}),
        "day of a recovery": ("recovery", {"date": "2026-09-02"}, {"day"}),
        "cash of a payment": ("receipt", cash, {"deposit_account"}),
        "day of a payment": ("receipt", {"date": "2026-07-04"}, {"day"}),
        "amount of a payment": ("receipt", {"amount": "29000"}, {"total"}),
    }
    if system == "zoho":
        account = {"lines": [{"account": "Store sales"}]}
        found["account of a line"] = ("invoice", account, {"accounts"})
        found["account of a discount"] = ("credit note", account, {"accounts"})
    else:
        found["tax of a recovery"] = ("recovery", {"lines": [tax]}, taxed)
    if system == "xero":  # an edited payment is a deleted one and a new one there
        for name in ("cash", "day", "amount"):
            document, change, _ = found[f"{name} of a payment"]
            found[f"{name} of a payment"] = (document, change, {"status"})
    return found


def test_what_a_hand_changed_is_named_every_morning_until_somebody_answers(world: World) -> None:
    """Each on a loan of its own, and all at once."""
    every = hands(world.system)
    numbers = {what: number for number, what in enumerate(every, 11)}
    lent({1: "invoice"} | {n: every[what][0] for what, n in numbers.items()}).write(world.snapshot)
    done = world.sync()
    world.clock.move(60)
    morning = reconciled(world)
    assert morning.verdict.green, (done.reason, morning.verdict)
    expected = {}
    for what, (document, change, fields) in every.items():
        reference = f"DY7F3A-{DOCUMENTS[document].format(numbers[what])}"
        by_hand(world, document, reference, change)
        expected[what] = (reference, fields)
    for _ in range(3):
        world.clock.move(86_400)
        morning = reconciled(world)
        (result,) = morning.systems
        told = {(item.reference, item.field) for item in result.items}
        subjects = {task.subject for task in morning.verdict.tasks}
        green = {
            what
            for what, (reference, fields) in expected.items()
            if not {(reference, field) for field in fields} <= told or reference not in subjects
        }
        assert not green
        assert morning.verdict.exit_code == 1
        assert not any(tie.unexplained for tie in result.tie_outs)


def _opened(world: World) -> list[str]:
    """The documents that were asked for by id since the counters were last cleared."""
    paths = world.control("GET", f"{world.system}/calls")["by_path"]
    every = ("invoices", "creditnotes", "customerpayments", "Invoices", "CreditNotes", "Payments")
    return [
        path
        for path in paths
        for kind in every
        if f"/{kind}/" in path or re.search(r"/(invoice|payment|creditmemo)/\d", path)
    ]


def test_calls_follow_what_changed_in_the_books(world: World) -> None:
    """What nobody wrote is not opened; what somebody wrote once, however long it waits."""
    lent({1: "credit note", 2: "receipt", 3: "invoice"}).write(world.snapshot)
    world.sync()
    world.clock.move(60)
    reconciled(world)
    for wrote in (False, True, False):
        if wrote:
            income = {"account": "Store sales"} if world.system == "xero" else {"item": "Late fee"}
            by_hand(world, "invoice", "DY7F3A-L3", {"lines": [income]})
        world.clock.move(86_400)
        world.control("DELETE", f"{world.system}/calls")
        morning = reconciled(world)
        opened = _opened(world)
        assert len(opened) == (1 if wrote and world.system == "zoho" else 0), opened
    assert "DY7F3A-L3" in {task.subject for task in morning.verdict.tasks}


CLASSES = {"quickbooks": "class", "xero": "Region"}


@pytest.mark.parametrize("world", CLASSES, indirect=True)
def test_a_class_that_we_booked_is_compared_and_one_that_we_did_not_book_is_not(
    world: World,
) -> None:
    if world.system == "quickbooks":
        url = f"{world.sandbox.url}/quickbooks/v3/company/{world.company}/class?minorversion=75"
        for name in ("Bogotá", "Cali"):
            headers = {"Authorization": "Bearer demo-access", "Accept": "application/json"}
            made = requests.post(url, json={"Name": name}, headers=headers, timeout=60)
            assert made.ok, made.text
    text = (ROOT / "mappings" / f"{world.system}.toml").read_text("utf-8")
    dimension = CLASSES[world.system]
    tags = f'[tags.{dimension}]\nfrom = "store"\nvalues = {{ "Tienda" = "Bogotá" }}\n'
    path = world.folder / "mapping.toml"
    path.write_text(f"{text}\n{tags}", "utf-8")
    section = f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__MAPPING"
    lent({1: "invoice", 2: "invoice", 3: "invoice"}).write(world.snapshot)
    world.overrides[section] = str(path)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    ledger = lent({1: "invoice", 2: "invoice", 3: "invoice", 4: "invoice"})
    ledger.write(world.snapshot)
    del world.overrides[section]  # and one loan whose class is nobody's
    done = world.sync()
    assert done.verdict == "clean", done.reason
    other = {"class": "Cali" if world.system == "quickbooks" else "Region/Cali"}
    by_hand(world, "invoice", "DY7F3A-L1", {"lines": [other, other]})
    by_hand(world, "invoice", "DY7F3A-L2", {"lines": [{"class": ""}]})
    by_hand(world, "invoice", "DY7F3A-L4", {"lines": [other, other]})
    for _ in range(2):
        world.clock.move(86_400)
        (result,) = reconciled(world).systems
        told = [(item.reference, item.field) for item in result.items]
        assert told == [("DY7F3A-L1", "tags"), ("DY7F3A-L2", "tags")]


def test_a_payment_that_was_moved_to_another_invoice_in_zoho_is_named(
    tmp_path: Path, sandbox: SandboxServer
) -> None:
    """Its listing has no time of a change, and neither its amount nor its rest moved."""
    world = World(tmp_path, sandbox, "zoho")
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    ledger = lent({1: "receipt", 2: "invoice"})
    ledger.debts[2]["debtor_id"] = 1
    ledger.write(world.snapshot)
    world.sync()
    world.clock.move(60)
    assert reconciled(world).verdict.green
    ids = {each["number"]: each["id"] for each in world.live_documents()}
    made = requests.put(
        f"{sandbox.url}/zoho/books/v3/customerpayments/{ids['DY7F3A-P11']}",
        params={"organization_id": world.company},
        json={"invoices": [{"invoice_id": ids["DY7F3A-L2"], "amount_applied": 30_000}]},
        headers={"Authorization": "Zoho-oauthtoken demo-access"},
        timeout=60,
    )
    assert made.ok, made.text
    for _ in range(3):
        world.clock.move(86_400)
        morning = reconciled(world)
        told = [(item.reference, item.field) for item in morning.systems[0].items]
        assert told == [("DY7F3A-P11", "applications")]
        assert morning.verdict.exit_code == 1
