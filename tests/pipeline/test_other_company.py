"""Another company of the same system in bridge.toml: a question, before all is posted again."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from bridge.core.identity import BooksId
from bridge.pipeline.one_off import one_off
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import SyncResult, preview, sync
from bridge.report.details import english
from bridge.store import Store
from tests.in_words import in_words
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import World, one

BEFORE = "the-company-of-before"
ASKED = "pass.other_company"


@pytest.fixture
def world(world: World) -> World:
    """A lender with documents in one company, whose bridge.toml names another one now."""
    world.overrides["LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS"] = "365"
    Ledger.random(random.Random(7)).write(world.snapshot)
    return world


def moved(world: World) -> None:
    """What was posted was posted to another company; the one that is named now is empty."""
    with closing(sqlite3.connect(world.folder / "state.db")) as state, state:
        changed = state.execute("UPDATE books SET company = ?", (BEFORE,)).rowcount
    assert changed == 1
    world.control("POST", "reset")
    world.control("POST", "clock", at=world.clock.now().isoformat())


def codes(done: SyncResult) -> list[str]:
    return [task.code for task in done.answer.tasks]


def documents(world: World) -> int:
    return len([d for d in world.books()["documents"] if "-" in (d["number"] or "")])


def standing(world: World) -> list[str]:
    """What `status`, `doctor` and `tasks` show, by the state alone."""
    from bridge.cli.standing import looked_at

    return [task.code for task in looked_at(world.settings()).tasks]


def test_nothing_is_posted_to_another_company_before_somebody_says_so(world: World) -> None:
    first = world.sync()
    assert first.exit_code == 0, first.reason
    posted = one(first).posting.posted
    moved(world)

    for _ in range(2):  # asked every morning, the same
        done = world.sync()
        assert (done.exit_code, codes(done)) == (1, [ASKED])
        assert one(done).posting.posted == 0
        assert documents(world) == 0
        words = in_words(one(done).stopped)
        assert BEFORE in words and world.company in words and "--new-company" in words
        assert ASKED in standing(world)
    (task,) = done.answer.tasks
    assert f"{BEFORE} (" in english(task.detail) and english(task.detail).endswith(world.company)

    with world.bridge() as bridge:
        taken = sync(bridge, new_company="ana")
    assert (taken.exit_code, codes(taken)) == (0, [])
    assert one(taken).posting.posted == posted
    assert ASKED not in standing(world)
    again = world.sync()
    assert (again.exit_code, one(again).posting.posted) == (0, 0)


def test_the_answer_is_kept_before_anything_is_posted(world: World) -> None:
    world.sync()
    moved(world)
    world.control("POST", "faults", system=world.system, kind="401", count=0)
    with world.bridge() as bridge:
        sync(bridge, new_company="ana")
    assert documents(world) == 0
    world.control("DELETE", "faults")
    done = world.sync()
    assert ASKED not in codes(done)
    assert documents(world) > 0


def test_dry_runs_and_comparisons_tell_it_and_write_nothing(world: World) -> None:
    world.sync()
    moved(world)
    assert codes(world.preview()) == [ASKED]
    with world.dry() as dry:
        assert codes(preview(dry, new_company="ana")) == []
    with world.dry() as dry:
        told = one_off(dry)
    assert (told.exit_code, ASKED in [t.code for t in told.found.verdict.tasks]) == (1, True)
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, bridge.clock.now())
    assert found.verdict.tasks[0].code == ASKED
    assert codes(world.preview()) == [ASKED], "a dry run keeps no answer"


def test_the_company_of_before_is_asked_about_neither_now_nor_later(world: World) -> None:
    """Named again, it goes on as if nothing had been; so does one that was answered for."""
    world.sync()
    moved(world)
    world.sync()
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__COMPANY_ID"] = BEFORE
    with closing(Store.open(world.settings().state.url)) as store, store.read() as work:
        assert work.bindings.documents_elsewhere(BooksId(world.system, BEFORE)) == {}
    assert ASKED not in standing(world)


def test_a_fresh_state_and_one_whose_documents_are_all_void_are_not_asked(world: World) -> None:
    assert codes(world.sync()) == []
    with closing(sqlite3.connect(world.folder / "state.db")) as state, state:
        state.execute("UPDATE binding SET voided = 1")
    moved(world)
    assert ASKED not in codes(world.preview())


def test_another_systems_company_is_no_other_company(world: World) -> None:
    world.sync()
    moved(world)
    with closing(sqlite3.connect(world.folder / "state.db")) as state, state:
        state.execute("UPDATE books SET system = 'another'")
    assert codes(world.preview()) == []
