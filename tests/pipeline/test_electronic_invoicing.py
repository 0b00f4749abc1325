"""A company that may issue electronic invoices gets nothing before its accountant has answered.

Every verb that writes, on every system: what stops is told with the exit code of a missing setting,
and the books have not one document more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bridge.core.mapping.electronic import Lacking
from bridge.core.tie_out.verdict import Verdict
from bridge.pipeline.decide import repost
from bridge.pipeline.known import standing
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import preview, sync
from bridge.pipeline.undo import undo
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from bridge.settings import Settings
from bridge.settingtypes import ElectronicInvoicing
from tests.in_words import in_words
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.mappings import edit_mapping
from tests.pipeline.world import COMPANIES, Killed, World, one

SIGNED = {"answered_by": "Ana Pérez, contadora", "answered_on": date(2026, 11, 30)}
NO = {"issues": "no"}
OPEN = {"issues": "yes"}


@dataclass
class Company(World):
    """A lender who said this of electronic invoices; None: nobody was asked."""

    said: dict[str, Any] | None = None
    locale: str = "es-CO"

    def settings(self) -> Settings:
        loaded = super().settings()
        said = None if self.said is None else ElectronicInvoicing(**self.said)
        system = loaded.systems[self.system].model_copy(update={"electronic_invoicing": said})
        return loaded.model_copy(
            update={
                "systems": {**loaded.systems, self.system: system},
                "lender": loaded.lender.model_copy(update={"locale": self.locale}),
            }
        )

    def ours(self) -> list[tuple[str, str, str]]:
        """Number, total and state of every document in the books that has a number of ours."""
        return sorted(
            (d["number"], d["total"], d["status"])
            for d in self.books()["documents"]
            if (d["number"] or "").startswith("DY")
        )

    def standing(self) -> Verdict:
        with self.dry() as bridge, bridge.store.read() as work:
            return standing(work, {self.system: self.where}, bridge.fresh)


@pytest.fixture(params=COMPANIES)
def world(request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxServer) -> Company:
    made = Company(tmp_path, sandbox, request.param)
    made.control("POST", "reset")
    made.clock.sandbox_url = sandbox.url
    return made


@pytest.fixture
def ledger(world: Company) -> Ledger:
    made = small_ledger()
    made.write(world.snapshot)
    return made


STOPS = [
    ("nobody was asked", None, Lacking.NOT_ASKED),
    ("yes", OPEN, Lacking.UNANSWERED),
    ("unknown", {"issues": "unknown"}, Lacking.UNANSWERED),
    ("unsigned", OPEN | {"answer": "internal"}, Lacking.UNSIGNED),
    ("not here", OPEN | {"answer": "not_here"} | SIGNED, Lacking.NOT_HERE),
]
GOES_ON = [
    ("no", NO, "es-CO"),
    ("internal", OPEN | {"answer": "internal"} | SIGNED, "es-CO"),
    ("by hand", {"issues": "unknown", "answer": "by_hand"} | SIGNED, "es-CO"),
]


@pytest.mark.parametrize(("what", "said", "lacks"), STOPS, ids=[case[0] for case in STOPS])
def test_nothing_is_posted_before_the_answer_stands(
    world: Company, ledger: Ledger, what: str, said: dict[str, Any] | None, lacks: Lacking
) -> None:
    world.said = said
    result = world.sync()
    assert world.ours() == []
    assert (result.exit_code, result.verdict) == (78, "person")
    (task,) = result.answer.tasks
    assert (task.code, task.action, task.system) == (
        "pass.unanswered",
        "answer_invoicing",
        world.system,
    )
    assert "electronic_invoicing" in in_words(one(result).stopped)
    assert [t.code for t in world.standing().tasks] == ["pass.unanswered"]
    assert world.standing().exit_code == 78


@pytest.mark.parametrize(("what", "said", "lacks"), STOPS, ids=[case[0] for case in STOPS])
def test_a_dry_run_shows_what_would_be_posted_and_what_is_missing(
    world: Company, ledger: Ledger, what: str, said: dict[str, Any] | None, lacks: Lacking
) -> None:
    world.said = said
    with world.dry() as bridge:
        result = preview(bridge)
    assert one(result).plan.figures.create > 0
    assert (result.exit_code, [t.code for t in result.answer.tasks]) == (78, ["pass.unanswered"])


def test_the_morning_explains_all_that_was_not_posted(world: Company, ledger: Ledger) -> None:
    world.said = OPEN
    world.sync()
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, world.clock.now())
    assert [task.code for task in found.verdict.tasks] == ["pass.unanswered"]
    (result,) = found.systems
    assert {item.cause for item in result.items} == {"books.unanswered"}
    assert all(not tie.unexplained for tie in result.tie_outs)


@pytest.mark.parametrize(("what", "said", "locale"), GOES_ON, ids=[case[0] for case in GOES_ON])
def test_an_answer_lets_everything_be_posted(
    world: Company, ledger: Ledger, what: str, said: dict[str, Any], locale: str
) -> None:
    world.said, world.locale = OPEN, locale
    assert world.sync().exit_code == 78
    world.said = said
    result = world.sync()
    assert (result.exit_code, result.answer.tasks) == (0, ())
    assert len(world.ours()) >= 4


def test_who_keeps_books_outside_such_countries_is_not_asked(
    world: Company, ledger: Ledger
) -> None:
    world.said, world.locale = None, "en-US"
    world.control("POST", f"{world.system}/settings", country="US")
    assert (world.sync().exit_code, world.ours() != []) == (0, True)


def test_the_companys_own_country_is_asked_about_where_the_lenders_is_another(
    world: Company, ledger: Ledger
) -> None:
    world.said, world.locale = None, "en-US"  # the sandbox's companies are in Colombia
    assert (world.sync().exit_code, world.ours()) == (78, [])


def test_books_that_have_documents_of_ours_go_on_and_a_person_is_asked(
    world: Company, ledger: Ledger
) -> None:
    world.said = NO
    assert world.sync().exit_code == 0
    before = world.ours()
    world.said = None
    ledger.movements[9] = ledger.movements[7] | {"movement_id": 9, "date": "2026-07-05"}
    ledger.write(world.snapshot)
    result = world.sync()
    assert len(world.ours()) == len(before) + 1
    assert [task.code for task in result.answer.tasks] == ["pass.not_asked"]
    assert result.exit_code == 1
    world.said = NO
    assert world.sync().exit_code == 0


def _pay_again(world: Company, ledger: Ledger) -> None:
    ledger.movements[9] = ledger.movements[7] | {"movement_id": 9, "date": "2026-07-05"}
    ledger.write(world.snapshot)


def _sync(world: Company, ledger: Ledger, run: str) -> int:
    _pay_again(world, ledger)
    return world.sync().exit_code


def _resume(world: Company, ledger: Ledger, run: str) -> int:
    _pay_again(world, ledger)
    with world.bridge() as bridge:
        return sync(bridge, resume="ana").exit_code


def _apply_mapping(world: Company, ledger: Ledger, run: str) -> int:
    edit_mapping(world, ("Fiado}", "Fiado nuevo}"))
    with world.bridge() as bridge:
        return sync(bridge, remap=True).exit_code


def _repost(world: Company, ledger: Ledger, run: str) -> int:
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        repost(bridge.store, system, ["DY7F3A-P7"], "ana", world.clock)
    return world.sync().exit_code


def _undo(world: Company, ledger: Ledger, run: str) -> int:
    with world.bridge() as bridge:
        return undo(bridge, run, "ana").exit_code


@pytest.mark.parametrize("verb", [_sync, _resume, _apply_mapping, _repost, _undo])
def test_no_verb_writes_while_the_answer_is_missing(
    world: Company, ledger: Ledger, verb: Callable[[Company, Ledger, str], int]
) -> None:
    world.said = NO
    run = world.sync().run
    before = world.ours()
    world.said = OPEN
    assert verb(world, ledger, run) == 78
    assert world.ours() == before


def test_what_waits_to_be_sent_is_not_sent_either(world: Company, ledger: Ledger) -> None:
    world.said, world.dies = NO, lambda where: where == "before the request"
    with pytest.raises(Killed):
        world.sync()
    world.said, world.dies = OPEN, lambda _: False
    assert (world.sync().exit_code, world.ours()) == (78, [])
    world.said = NO
    assert (world.sync().exit_code, world.ours() != []) == (0, True)


def test_no_number_of_ours_falls_into_the_series_of_electronic_invoices(
    world: Company, ledger: Ledger
) -> None:
    world.said = OPEN | {"answer": "by_hand", "series": ("FE", "DY7F")} | SIGNED
    result = world.sync()
    assert (result.exit_code, world.ours()) == (78, [])
    (problem,) = one(result).stopped.problems
    assert "series" in problem.where
    assert '"DY7F"' in english(problem.what)
    world.said |= {"series": ("FE",)}
    assert (world.sync().exit_code, world.ours() != []) == (0, True)
