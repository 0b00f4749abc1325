"""What goes through a whole table is asked as often of a large ledger as of a small one.

To go through everything once in a pass is linear; to do it for each loan is not, however good the
statement.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.pipeline.known import standing
from bridge.pipeline.rebuild import rebuild
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import sync
from bridge.pipeline.undo import undo
from bridge.sandbox.server import SandboxServer
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import COMPANIES, World
from tests.store.judged import wide
from tests.store.meant import IN_ORDER, MEANT
from tests.store.watched import Watched, watching

FEW, MANY = 5, 25


def first_load(world: World) -> None:
    with world.bridge() as bridge:
        sync(bridge)


def quiet_pass(world: World) -> None:
    first_load(world)


def comparison(world: World) -> None:
    world.control("POST", "clock", days=1)
    with world.bridge() as bridge:
        compare(bridge, bridge.today, bridge.clock.now())


def look(world: World) -> None:
    with world.bridge() as bridge, bridge.store.read() as work:
        standing(work, {name: each.id for name, each in bridge.books.items()}, bridge.fresh)


def taking_back(world: World) -> None:
    with world.bridge() as bridge:
        with bridge.store.read() as work:
            run = work.runs.latest(limit=100)[-1].id
        undo(bridge, run, "ana")


def from_nothing(world: World) -> None:
    (world.folder / "state.db").unlink()
    with world.bridge() as bridge:
        rebuild(bridge, "ana")


LIFE: list[Callable[[World], None]] = [
    first_load, comparison, quiet_pass, comparison, look, taking_back, from_nothing, comparison,
]  # fmt: skip


def asked(folder: Path, sandbox: SandboxServer, system: str, loans: int) -> Counter[str]:
    """What goes through a whole table, by the part of a life that asked it → how often."""
    folder.mkdir()
    world = World(folder, sandbox, system)
    world.control("POST", "reset")
    world.overrides["LEDGER_BRIDGE_LIMITS__VOIDS"] = "1000000"
    Ledger.random(random.Random(7), loans).write(world.snapshot)
    found: Counter[str] = Counter()
    for turn, part in enumerate(LIFE):
        watched = Watched()
        with watching(watched):
            part(world)
        for key, each in watched.asked.items():
            meant = [asker for asker in each.askers if asker in MEANT]
            if meant and MEANT[meant[0]] != IN_ORDER and any(wide(each)):
                found[f"{turn} {part.__name__}: {meant[0]}"] += watched.times[key]
    return found


@pytest.mark.parametrize("system", COMPANIES)
def test_of_many_loans_as_often_as_of_few(
    tmp_path: Path, sandbox: SandboxServer, system: str
) -> None:
    few = asked(tmp_path / "few", sandbox, system, FEW)
    many = asked(tmp_path / "many", sandbox, system, MANY)
    more = {what: (few[what], times) for what, times in many.items() if times > few[what]}
    assert few
    assert not more, more
