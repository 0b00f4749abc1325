"""Faults that are drawn for a pass, and the laws that hold after any of them."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

from bridge.sandbox.server import SandboxServer
from tests.pipeline.world import MAY_SHRINK, World

KINDS = ("reset", "500", "503", "429", "html")
WRITES = {
    "quickbooks": ("POST", "/invoice", "/payment", "/customer"),
    "xero": ("PUT", "/Invoices", "/Payments", "/Contacts"),
    "zoho": ("POST", "/invoices", "/customerpayments", "/contacts"),
}


class Fate:
    """Decides, by the seed, where the process dies. It dies less as the day goes on."""

    def __init__(self, chance: random.Random, deaths: int) -> None:
        self.chance, self.deaths = chance, deaths

    def __call__(self, where: str) -> bool:
        if self.deaths and self.chance.random() < 0.25:
            self.deaths -= 1
            return True
        return False


def break_things(world: World, chance: random.Random) -> None:
    for _ in range(chance.randrange(0, 5)):
        kind = chance.choice(KINDS)
        # A refusal for rate comes before anything is read: after a write it does not exist.
        when = "before" if kind == "429" else chance.choice(["before", "after", "after"])
        method, *paths = WRITES[world.system]
        world.control(
            "POST",
            "faults",
            system=world.system,
            kind=kind,
            when=when,
            count=chance.randrange(1, 3),
            match={"method": method, "path": chance.choice(paths)},
        )


def check_laws(world: World) -> None:
    books = world.books()
    live = [d for d in world.live_documents() if d["kind"] != "customer"]
    twice = [n for n, count in Counter(d["number"] for d in live).items() if count > 1]
    assert twice == [], f"posted twice: {twice}"
    names = Counter(c["name"] for c in books["customers"])
    assert max(names.values()) == 1
    assert books["trial_balance"]["debits"] == books["trial_balance"]["credits"]
    with world.dry() as bridge, bridge.store.read() as work:
        totals = work.ledger.totals()
        holds: Counter[str] = Counter()
        for hold in work.plans.holds(world.where):
            holds[hold.currency] += hold.amount  # type: ignore[assignment]
        bound = {b.reference for _, b in work.bindings.live(world.where)}
    for currency in ("COP", "MXN"):
        wanted = totals.get(currency, Decimal(0)) - holds[currency]
        assert world.receivable(currency) == wanted, currency
    assert [d for d in live if d["number"] not in bound] == []
    again = world.preview()
    figures = again.systems[world.system].plan.figures
    assert (figures.create, figures.update, figures.void) == (0, 0, 0)


def born(folder: Path, sandbox: SandboxServer, system: str, chance: random.Random) -> World:
    world = World(folder, sandbox, system)
    world.overrides = dict(MAY_SHRINK)
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    uncertain(world, chance)
    return world


def uncertain(world: World, chance: random.Random) -> None:
    """What no source tells is one way with one seed and another way with the next."""
    switches = {
        "quickbooks": {
            "requestid": chance.choice(["replay", "ignore"]),
            "payment_moves_invoice_synctoken": chance.choice([True, False]),
        },
        "xero": {},
        "zoho": {"read_lag_s": chance.choice([0, 2, 20])},
    }[world.system]
    if switches:
        world.control("POST", f"{world.system}/settings", **switches)
