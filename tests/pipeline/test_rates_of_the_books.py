"""The law: where the mapping leaves rates to the company's own list, what is known again in the
books, or adopted, weighs what it was posted with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bridge.core.tie_out.items import ItemKind
from bridge.pipeline.adoption import Wish, decide_all, propose
from bridge.pipeline.rebuild import rebuild
from bridge.pipeline.reconcile import compare
from bridge.sandbox.server import SandboxServer
from tests.pipeline.ledger import small_ledger
from tests.pipeline.rebuilding import bindings, lose_state
from tests.pipeline.wishes import by_hand
from tests.pipeline.world import ROOT, World


@pytest.fixture(params=["quickbooks", "zoho"])  # Xero keeps no list that can be asked for
def world(request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxServer) -> World:
    made = World(tmp_path, sandbox, request.param)
    made.control("POST", "reset")
    made.clock.sandbox_url = sandbox.url
    text = (ROOT / "mappings" / f"{made.system}.toml").read_text("utf-8")
    wanted = r'(\[currencies\.MXN\]\nsource = )"manual"\nrates = \[\n(?:    .*\n)+\]'
    text, count = re.subn(wanted, r'\1"books"', text)
    assert count == 1
    path = tmp_path / "mapping.toml"
    path.write_text(text, "utf-8")
    made.overrides[f"LEDGER_BRIDGE_SYSTEMS__{made.system.upper()}__MAPPING"] = str(path)
    ledger = small_ledger()
    ledger.debts[1]["currency"] = "MXN"
    ledger.write(made.snapshot)
    return made


def is_explained(world: World, *, edited: bool = False) -> None:
    """Nothing unexplained, and nothing that passes for somebody's entry by hand."""
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, world.clock.now())
    (system,) = found.systems
    assert [tie for tie in system.tie_outs if tie.unexplained] == []
    wrong = {ItemKind.REMAINDER} | (set() if edited else {ItemKind.DRIFTED})
    assert [i for i in system.items if i.kind in wrong or i.cause.startswith("control.")] == []


def test_what_is_known_again_weighs_what_it_was_posted_with(world: World) -> None:
    assert world.sync().verdict == "clean"
    before = {r: b.document.rate for r, b in bindings(world).items()}
    assert any(rate is not None for rate in before.values())
    is_explained(world)
    lose_state(world)
    with world.bridge() as bridge:
        rebuild(bridge, "ana")
    assert {r: b.document.rate for r, b in bindings(world).items()} == before
    is_explained(world)
    assert world.sync().verdict == "clean"
    is_explained(world)


def test_what_is_tied_beside_a_state_weighs_what_it_was_posted_with(world: World) -> None:
    """An older copy of the state, put in place."""
    ledger = small_ledger()
    ledger.debts[1]["currency"] = "MXN"
    receipts = {n: ledger.movements.pop(n) for n in [*ledger.movements]}
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    copy = {path: path.read_bytes() for path in world.folder.glob("state.db*")}
    world.clock.move(3600)  # stamps are of whole seconds
    ledger.movements |= receipts
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    before = {r: b.document.rate for r, b in bindings(world).items()}
    lose_state(world)
    for path, content in copy.items():
        path.write_bytes(content)
    with world.bridge() as bridge:
        rebuild(bridge, "ana")
    assert {r: b.document.rate for r, b in bindings(world).items()} == before
    world.sync()
    is_explained(world, edited=True)  # the invoice, since the copy was made


def test_what_somebody_entered_in_foreign_money_is_proposed_and_adopted(world: World) -> None:
    name = "Persona 1 (MXN)"
    by_hand(world, kind="customer", name=name, currency="MXN")
    wish = {"number": "M-1", "customer": name, "date": "2026-06-01", "due": "2026-07-01"}
    made = by_hand(world, kind="invoice", amount="50000", currency="MXN", **wish)
    world.clock.move(120)
    with world.dry() as dry:
        (found,) = propose(dry)
    assert (found.wanted.reference, found.theirs.external_id) == ("DY7F3A-L1", made["id"])
    same = Wish(
        system=world.system,
        reference=found.wanted.reference,
        external_id=found.theirs.external_id,
        loan="1",
        same=True,
        where="",
    )
    with world.bridge() as bridge:
        done = decide_all(bridge, [same], "ana", world.clock.now())
    assert [reference for _, reference, _ in done.adopted] == ["DY7F3A-L1"]
    assert world.sync().verdict == "clean"
    is_explained(world)
