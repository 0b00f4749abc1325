"""A state that is lost, and rebuilt from the books."""

from __future__ import annotations

from typing import Any

from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.pipeline.known_again import Adopted
from bridge.pipeline.rebuild import rebuild
from bridge.pipeline.reconcile import compare
from tests.pipeline.world import ROOT, World, one


def lose_state(world: World) -> None:
    for path in world.folder.glob("state.db*"):
        path.unlink()
    world.clock.move(86400)  # no key is remembered for long


def rebuilt(world: World) -> Adopted:
    with world.bridge() as bridge:
        (done,) = rebuild(bridge, "ana").systems
    return done


def planned(world: World) -> tuple[int, int, int]:
    figures = one(world.preview()).plan.figures
    return (figures.create, figures.update, figures.void)


def compared(world: World) -> Reconciliation:
    with world.bridge() as bridge:
        return compare(bridge, bridge.today, world.clock.now())


def bindings(world: World) -> dict[str, Any]:
    with world.dry() as bridge, bridge.store.read() as work:
        loans = {loan for loan, _ in work.bindings.live(world.where)}
        found = [b for loan in loans for b in work.bindings.of_loan(world.where, loan)]
    return {b.reference: b for b in found if b.document.kind != "customer"}


def known(world: World) -> dict[str, tuple[str, bool, str]]:
    """What the state says of each document: its id, whether it counts, and what undid it."""
    return {
        reference: (binding.external_id, binding.voided, binding.reversed_by)
        for reference, binding in bindings(world).items()
    }


def with_policies(world: World, **policies: str) -> None:
    text = (ROOT / "mappings" / f"{world.system}.toml").read_text("utf-8")
    for key, value in policies.items():
        line = next(line for line in text.splitlines() if line.startswith(f"{key} = "))
        text = text.replace(line, f'{key} = "{value}"')
    path = world.folder / "mapping.toml"
    path.write_text(text, "utf-8")
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__MAPPING"] = str(path)
