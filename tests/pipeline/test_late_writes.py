"""A write whose connection was cut may reach the books minutes later: it is there once.

Whatever is written, to every product, with ids of requests that are honoured and with such that
are not: what a look-up does not show is believed to be absent only when the product cannot be at
work on it any more. The sandbox's clock stands still but for what the bridge waits.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bridge.core.delivery import State
from bridge.core.identity import BooksId
from bridge.core.message import message, written
from bridge.pipeline.sync import sync
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from tests.pipeline.cut import SENT, dies_when_cut, is_planned
from tests.pipeline.ledger import Rows
from tests.pipeline.lent import lent
from tests.pipeline.world import COMPANIES, MAY_SHRINK, NOW, Killed, SharedClock, World

LASTS_S = 120
"""So long a product is given to finish what it was sent."""
LISTED_S = 120
"""So long after it is finished a listing of Zoho may not show it."""
LOANS = {
    "customer": "invoice",
    "invoice": "invoice",
    "receipt": "receipt",
    "credit note": "credit note",
    "application": "credit note",
    "sale": "recovery",
    "update": "invoice",
    "void": "receipt",
}
"""What is written late → the loan that it is of."""
CHANGES = ("update", "void")
IGNORED: dict[str, dict[str, object]] = {
    "quickbooks": {"requestid": "ignore", "warn_duplicate_numbers": False},
    "xero": {"idempotency": "ignore"},
}
IDS = [(system, ids) for system in COMPANIES for ids in (True, False) if ids or system in IGNORED]
"""Each system, and whether it honours the ids of requests; Zoho has none."""
PASSES = 4

Image = dict[str, Any]


def born(folder: Path, sandbox: SandboxServer, system: str, *, ids: bool = True) -> World:
    folder.mkdir(exist_ok=True)
    world = World(folder, sandbox, system)
    world.overrides = dict(MAY_SHRINK)
    world.control("POST", "reset")
    world.control("POST", "clock", still=True)
    world.clock.sandbox_url = sandbox.url
    if not ids and system in IGNORED:
        world.control("POST", f"{system}/settings", **IGNORED[system])
    return world


def changed(world: World, ledger: Rows, what: str) -> None:
    """Post the loan as it was before the write that comes late, and let it change."""
    assert world.sync().verdict == "clean"
    if what == "update":
        ledger.debts[1]["due_on"] = "2027-01-01"
    else:
        del ledger.movements[11]
    ledger.write(world.snapshot)
    world.clock.move(600)


def image(world: World) -> Image:
    """What the books say, without the ids that they give."""
    books = world.books()
    documents = [
        tuple(d[k] for k in ("kind", "number", "date", "due", "customer", "total", "open"))
        for d in world.live_documents()
    ]
    accounts = {a["name"]: a["balance"] for a in books["accounts"]}
    return {
        "documents": sorted(documents, key=str),
        "accounts": accounts,
        "customers": sorted((c["name"], c["open_balance"]) for c in books["customers"]),
    }


@cache
def undisturbed(sandbox: SandboxServer, system: str, what: str) -> Image:
    with TemporaryDirectory() as folder:
        return _undisturbed(Path(folder), sandbox, system, what)


def _undisturbed(folder: Path, sandbox: SandboxServer, system: str, what: str) -> Image:
    world, ledger = born(folder, sandbox, system), lent({1: LOANS[what]})
    ledger.write(world.snapshot)
    if what in CHANGES:
        changed(world, ledger, what)
    assert world.sync().verdict == "clean"
    return image(world)


def late(world: World, what: str, seconds: float) -> None:
    method, path = SENT[world.system][what]
    match = {"method": method, "path": path}
    wish = {"system": world.system, "kind": "late", "seconds": seconds, "count": 1}
    world.control("POST", "faults", **wish, match=match)


def run(world: World) -> None:
    for _ in range(PASSES):
        result = world.sync()
        if result.verdict == "clean":
            break
        world.clock.move(600)
    assert result.verdict == "clean", result.reason


@pytest.mark.spread
@pytest.mark.parametrize("killed", [False, True], ids=["alive", "killed"])
@pytest.mark.parametrize("what", LOANS)
@pytest.mark.parametrize(("system", "ids"), IDS)
def test_a_write_that_arrives_late_is_in_the_books_once(
    system: str, what: str, ids: bool, killed: bool, sandbox: SandboxServer, tmp_path: Path
) -> None:
    expected = undisturbed(sandbox, system, what)
    for seconds in (4, LASTS_S - 1):
        world = born(tmp_path / f"late{seconds:.0f}", sandbox, system, ids=ids)
        ledger = lent({1: LOANS[what]})
        ledger.write(world.snapshot)
        if what in CHANGES:
            changed(world, ledger, what)
        late(world, what, seconds)
        if killed:
            dies_when_cut(world)
        run(world)
        assert not is_planned(world), "no write was cut off"
        world.clock.move(600)
        assert image(world) == expected
        assert world.sync().verdict == "clean"
        assert image(world) == expected


@pytest.mark.spread
@pytest.mark.parametrize("what", LOANS)
@pytest.mark.parametrize("system", IGNORED)
def test_what_is_sent_again_has_the_id_that_it_had(
    system: str, what: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    """So that even a write that arrives after all that is there once, where ids are honoured."""
    expected = undisturbed(sandbox, system, what)
    world, ledger = born(tmp_path / "late", sandbox, system), lent({1: LOANS[what]})
    ledger.write(world.snapshot)
    if what in CHANGES:
        changed(world, ledger, what)
    late(world, what, LASTS_S + 1)
    run(world)
    assert not is_planned(world), "no write was cut off"
    world.clock.move(600)
    assert image(world) == expected
    assert world.sync().verdict == "clean"


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize(("system", "ids"), IDS)
def test_what_arrives_late_never_comes_after_what_the_ledger_wanted_next(
    system: str, what: str, ids: bool, sandbox: SandboxServer, tmp_path: Path
) -> None:
    """A change that was cut off, and another one; a payment taken back, and there again."""
    world, ledger = born(tmp_path, sandbox, system, ids=ids), lent({1: LOANS[what]})
    ledger.write(world.snapshot)
    paid = dict(ledger.movements.get(11, {}))
    changed(world, ledger, what)
    late(world, what, 60)
    dies_when_cut(world)
    if what == "update":
        ledger.debts[1]["due_on"] = "2027-02-01"
    else:
        ledger.movements[11] = paid
    ledger.write(world.snapshot)
    run(world)
    world.clock.move(600)
    assert world.sync().verdict == "clean"
    live = {d["number"].partition(".")[0]: d for d in world.live_documents()}
    if what == "update":
        assert live["DY7F3A-L1"]["due"] == "2027-02-01"
    else:
        assert "DY7F3A-P11" in live
        assert world.receivable("COP") == 120_000 - 30_000


def long_waits(world: World) -> list[float]:
    return [seconds for seconds in world.clock.slept if seconds > 10]


@pytest.mark.parametrize("system", IGNORED)
def test_what_is_found_at_the_first_look_is_not_waited_for(
    system: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    world = born(tmp_path, sandbox, system, ids=False)
    lent({1: "receipt"}).write(world.snapshot)
    method, path = SENT[system]["receipt"]
    wish = {"kind": "reset", "when": "after", "match": {"method": method, "path": path}}
    world.control("POST", "faults", system=system, count=1, **wish)
    run(world)
    assert not is_planned(world)
    assert long_waits(world) == []


@pytest.mark.parametrize("system", COMPANIES)
def test_all_doubts_of_a_pass_are_waited_for_together(
    system: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    world = born(tmp_path, sandbox, system, ids=False)
    lent({1: "credit note", 2: "receipt", 3: "receipt"}).write(world.snapshot)
    for what in ("receipt", "credit note"):
        late(world, what, 60)
    run(world)
    assert not is_planned(world)
    assert sum(long_waits(world)) <= LASTS_S + (LISTED_S if system == "zoho" else 0)
    numbers = [d["number"] for d in world.live_documents()]
    assert len(numbers) == len(set(numbers))


class Impatient(SharedClock):
    """A clock in which whoever waits for long is killed."""

    def sleep(self, seconds: float) -> None:
        if seconds > 10:
            raise Killed
        super().sleep(seconds)


@pytest.mark.parametrize("system", IGNORED)
def test_other_loans_are_posted_before_anybody_waits(
    system: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    """And a pass that ends while it waits leaves the doubt to the next one."""
    world = born(tmp_path, sandbox, system, ids=False)
    world.clock = Impatient(NOW)
    world.clock.sandbox_url = sandbox.url
    lent({1: "credit note", 2: "receipt"}).write(world.snapshot)
    late(world, "credit note", 60)
    with pytest.raises(Killed):
        world.sync()
    there = {d["number"] for d in world.live_documents()}
    assert there == {"DY7F3A-L1", "DY7F3A-L2", "DY7F3A-P21"}
    with world.dry() as bridge, bridge.store.read() as work:
        counts = work.outbox.counts(BooksId(system, world.company))
    assert counts[State.IN_DOUBT] == 1
    world.clock = SharedClock(NOW)
    world.clock.sandbox_url = sandbox.url
    run(world)
    numbers = [d["number"] for d in world.live_documents()]
    assert numbers.count("DY7F3A-K12") == 1
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("what", LOANS)
def test_what_arrives_late_and_is_listed_later_still_is_in_the_books_once(
    what: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    """A listing lags behind a write; so what Zoho takes to finish and that are waited for."""
    expected = undisturbed(sandbox, "zoho", what)
    world, ledger = born(tmp_path / "late", sandbox, "zoho"), lent({1: LOANS[what]})
    ledger.write(world.snapshot)
    if what in CHANGES:
        changed(world, ledger, what)
    world.control("POST", "zoho/settings", read_lag_s=LISTED_S - 1)
    late(world, what, LASTS_S - 1)
    run(world)
    assert not is_planned(world), "no write was cut off"
    world.clock.move(600)
    assert image(world) == expected
    assert world.sync().verdict == "clean"


@pytest.mark.parametrize("system", COMPANIES)
def test_whoever_waits_is_told_for_what(
    system: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    world = born(tmp_path, sandbox, system, ids=False)
    lent({1: "receipt"}).write(world.snapshot)
    late(world, "receipt", 60)
    told: list[str] = []
    with world.bridge() as bridge:
        sync(bridge, progress=lambda what, done, of: told.append(what))
    usual_s = LASTS_S + (LISTED_S if system == "zoho" else 0)
    waited = message("waiting_for", system=system, seconds=usual_s)
    assert told.count(written(waited)) == 1
    said = f"waiting up to {usual_s} s for what may still arrive in {system}"
    assert english(waited) == said
