"""One ledger, three sets of books at once: each agrees with the ledger and with the others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bridge import wiring
from bridge.core.identity import BooksId
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import SyncResult, preview, sync
from bridge.sandbox.server import SandboxServer
from tests.cli.small_lender import small_ledger
from tests.in_words import in_words
from tests.pipeline.world import COMPANIES, ROOT, SAMPLE, World

MOST_CALLS_OF_NOTHING = {"quickbooks": 5, "xero": 10, "zoho": 15}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with SandboxServer(fast=True) as sandbox:
        made = World(tmp_path, sandbox)
        for name in COMPANIES:
            made.overrides[f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__ENABLED"] = "true"
            made.overrides[f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__CALLS_PER_MINUTE"] = "0"
        yield made


def deliver(world: World, day: str) -> None:
    world.overrides["LEDGER_BRIDGE_SOURCE__PATH"] = str(SAMPLE / day)


def deliver_few(world: World, day: str) -> None:
    """Five loans of that day, where it matters what is done and not how much."""
    world.snapshot.write_text(json.dumps(small_ledger(day)), "utf-8")


def wanted(world: World) -> dict[str, dict[str, Decimal]]:
    """System → currency → the ledger less what is held back."""
    found: dict[str, dict[str, Decimal]] = {}
    with world.dry() as bridge, bridge.store.read() as work:
        totals = work.ledger.totals()
        for name, company in COMPANIES.items():
            held: Counter[str] = Counter()
            for hold in work.plans.holds(BooksId(name, company)):
                held[hold.currency] += hold.amount  # type: ignore[assignment]
            found[name] = {c: totals[c] - held[c] for c in ("COP", "MXN")}
    return found


def owed(world: World) -> dict[str, dict[str, Decimal]]:
    found = {}
    for name in COMPANIES:
        world.system = name
        found[name] = {c: world.receivable(c) for c in ("COP", "MXN")}
        sides = world.books()["trial_balance"]
        assert sides["debits"] == sides["credits"]
    return found


def agreement(world: World) -> dict[str, bool]:
    """System → whether a reconciliation finds that it agrees with the ledger."""
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, world.clock.now())
    return {result.system: result.agree for result in found.systems}


@pytest.mark.parametrize("day", ["dia1", "dia2"])
def test_the_samples_agree_to_the_cent_in_all_three_at_once(world: World, day: str) -> None:
    deliver(world, "dia1")
    world.sync()
    deliver(world, day)
    world.sync()
    books = owed(world)
    assert books == wanted(world)
    assert books["quickbooks"] == books["xero"] == books["zoho"]
    again = world.sync()
    for name, done in again.systems.items():
        figures = done.plan.figures
        assert (figures.create, figures.update, figures.void) == (0, 0, 0)
        assert done.calls <= MOST_CALLS_OF_NOTHING[name], name


def test_all_three_reconcile_and_the_trouble_of_one_is_not_the_others(world: World) -> None:
    deliver(world, "dia1")
    world.sync()
    assert agreement(world) == dict.fromkeys(COMPANIES, True)
    wish = {"kind": "invoice", "number": "DY7F3A-L84", "set": {"amount": "999000"}}
    world.control("POST", "zoho/edit", action="edit", **wish)
    assert agreement(world) == {"quickbooks": True, "xero": True, "zoho": False}


def test_plans_over_the_limit_go_on_one_by_one_as_their_messages_say(world: World) -> None:
    deliver_few(world, "dia1")
    world.overrides["LEDGER_BRIDGE_LIMITS__DOCUMENTS"] = "5"
    result = world.sync()
    for done in COMPANIES:
        stopped = result.systems[done].stopped
        assert stopped is not None
        (problem,) = stopped.problems
        digest = problem.fix.rpartition("--approve ")[2]
        result = world.sync(digest)
        assert result.systems[done].posting.posted > 5
    assert world.sync().verdict == "clean"


def test_all_plans_of_a_dry_run_are_approved_at_once_and_only_they(world: World) -> None:
    deliver_few(world, "dia1")
    world.overrides["LEDGER_BRIDGE_LIMITS__DOCUMENTS"] = "5"
    seen = world.preview().digest
    deliver_few(world, "dia2")
    result = world.sync(seen)
    stopped = [in_words(done.stopped) for done in result.systems.values()]
    assert all("larger than" in words for words in stopped), stopped
    assert world.sync(world.preview().digest).verdict == "clean"


def test_an_edited_mapping_is_applied_to_the_systems_that_are_named(world: World) -> None:
    deliver_few(world, "dia1")
    world.sync()
    world.clock.move(120)
    for name in COMPANIES:
        text = (ROOT / "mappings" / f"{name}.toml").read_text("utf-8")
        path = world.folder / f"{name}.toml"
        path.write_text(text.replace('\ninvoice = "', '\ninvoice = "Nuevo '), "utf-8")
        world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__MAPPING"] = str(path)
    wanted = foreseen(world)
    assert len(set(wanted.values())) == 1
    assert wanted["zoho"] > 3
    assert applied(world, ["zoho"]).systems.keys() == {"zoho"}
    assert foreseen(world) == wanted | {"zoho": 0}
    with world.dry() as bridge:
        approved = preview(bridge, remap=True).digest
    world.overrides["LEDGER_BRIDGE_LIMITS__DOCUMENTS"] = "3"
    done = applied(world, list(COMPANIES), approved)
    assert done.verdict == "clean", done.reason
    assert foreseen(world) == dict.fromkeys(COMPANIES, 0)
    assert agreement(world) == dict.fromkeys(COMPANIES, True)


def applied(world: World, names: list[str], approved: str | None = None) -> SyncResult:
    with wiring.open_bridge(world.settings(), names, clock=world.clock) as bridge:
        done = sync(bridge, approved, remap=True)
    world.clock.move(120)
    return done


def foreseen(world: World) -> dict[str, int]:
    """System → documents that would be changed to what the mapping says now."""
    with world.dry() as bridge:
        systems = preview(bridge, remap=True).systems
    return {n: done.plan.figures.update + done.plan.figures.void for n, done in systems.items()}
