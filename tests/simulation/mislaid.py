"""What happens to the state store itself: an older copy of it, a log that is lost, a damaged page,
a second store that posts to the same books.

What a person must hear of it is worked out here, by what stands in the books and in no state.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from bridge.cli import restore
from bridge.cli.arguments import parser
from bridge.cli.output import Output
from bridge.errors import BridgeError, ConfigurationError
from bridge.pipeline.second_writer import SecondWriter
from bridge.store.soundness import Damaged, set_aside
from tests import lost_states
from tests.in_words import in_words
from tests.pipeline.world import ROOT
from tests.simulation.agenda import Agenda
from tests.simulation.desk import Desk
from tests.simulation.estate import Estate
from tests.simulation.expected import kept
from tests.simulation.hand import Hand
from tests.simulation.person import Ended
from tests.simulation.seams import AFTER_ANSWER, AFTER_COMMIT, PLACES, Seams
from tests.simulation.trace import Broken, Trace
from tests.simulation.troubles import Troubles, place_in

PAGES = ("ix_binding_base", "ix_outbox_claim", "binding", "outbox")
LATEST = 4
"""So many copies are there at once."""
TOLD = frozenset({"pass.restored", "pass.second_writer", "books.lookalike"})
"""Tasks that say that the books know more than the state."""
_BOUND = (
    "SELECT books.system, binding.reference FROM binding JOIN books ON books.id = binding.books"
)

_LOOKED_UP = (
    " UNION SELECT books.system, outbox.reference FROM outbox"
    " JOIN books ON books.id = outbox.books WHERE outbox.state IN ('sending', 'in_doubt')"
)
"""Of these the state knows that it does not know what became of them."""

_SENT = _BOUND + (
    " JOIN outbox ON outbox.books = binding.books AND outbox.reference = binding.reference"
    " WHERE outbox.operation = 'create' AND outbox.attempt > 0"
)
"""These the state wanted to post itself, and what the books answered is what it is bound to."""


@dataclass(frozen=True)
class Copy:
    """A plain copy of the state, as a snapshot of the machine has it."""

    path: Path
    beside: bytes | None
    """The small file that stood beside the state."""
    adopted: dict[tuple[str, str], str]


class Mislaid:
    """What was done to the state of one life, and what has not been told of it yet."""

    def __init__(
        self,
        estate: Estate,
        troubles: Troubles,
        agenda: Agenda,
        hand: Hand,
        desk: Desk,
        work: Callable[[], Ended],
    ) -> None:
        self.estate, self.troubles, self.agenda = estate, troubles, agenda
        self.hand, self.desk, self.work = hand, desk, work
        self.copies: list[Copy] = []
        self.owed: dict[str, str] = {}
        """System → what was done to the state, of which nobody has been told."""
        self._unknown: dict[str, set[str]] = {}
        """The same → documents of which the state knew nothing then."""
        self._beside: dict[str, set[str]] = {}
        """The same → those of them that another bridge posted while this one worked."""
        self.rivals: set[str] = set()
        """Systems of which a refusal may say that somebody else posts there."""
        self.touched = False
        """Whether the state was ever put back, or lost what it wrote last."""
        self._made = 0
        self._own = estate.folder / "copies"
        self._own.mkdir()

    @property
    def trace(self) -> Trace:
        return self.troubles.trace

    @property
    def seams(self) -> Seams:
        return self.troubles.seams

    @property
    def small(self) -> Path:
        """The small file beside the state."""
        return self.estate.database.with_suffix(".kept")

    # ── during the day ───────────────────────────────────────────────────────────────────────

    def arm(self, day: int) -> None:
        """Before the passes of a day: what is done to the state, and what will be."""
        for event in self.agenda.events(day, "older"):
            self._put_back(event.chance())
        for event in self.agenda.events(day, "clone"):
            self._clone(event.chance())
        for event in self.agenda.events(day, "copy"):
            chance = event.chance()
            place = chance.choice((AFTER_ANSWER, AFTER_COMMIT))
            self.seams.arm(place, place_in(chance, place), self._copy)
        for event in self.agenda.events(day, "log"):
            chance = event.chance()
            place = self.agenda.pick(chance, dict.fromkeys(PLACES, 1.0))
            self.seams.arm(place, place_in(chance, place), lambda at=place: self._die(at))

    def night(self, day: int) -> None:
        """After the passes of a day somebody copies the folder."""
        for _ in self.agenda.events(day, "copies"):
            self._copy()

    def _copy(self) -> None:
        if not self.estate.database.exists():
            return
        self._made += 1
        path = self._own / f"{self._made}.db"
        lost_states.plain_copy(self.estate.database, path)
        beside = self.small.read_bytes() if self.small.exists() else None
        self.copies.append(Copy(path, beside, dict(self.hand.adopted)))
        del self.copies[:-LATEST]
        self.trace.say(f"the state is copied: {path.name}")

    def _put_back(self, chance: random.Random) -> None:
        """An older copy stands in the place of the state: here, on another machine, or with all
        of its folder, so that nothing there tells."""
        how = self.agenda.pick(chance, {"state": 3, "machine": 2, "folder": 1})
        if not self.copies or not self.estate.database.exists():
            return
        copy = chance.choice(self.copies)
        before = bound(self.estate.database, self._own)
        lost_states.put_back(copy.path, self.estate.database)
        if how == "machine":
            lost_states.forget_what_was_left(self.estate.database)
        elif how == "folder" and copy.beside is not None:
            self.small.write_bytes(copy.beside)
        self.hand.adopted = dict(copy.adopted)
        self._owe(before, f"an older copy ({how})", rival=how == "folder")

    def _die(self, place: str) -> None:
        """The process dies, and what it wrote last is not there any more when the next one looks:
        the file alone was saved."""
        state = self.estate.database
        log = Path(f"{state}-wal")
        if log.exists() and log.stat().st_size:
            before = bound(state, self._own)
            there = {
                path: path.read_bytes()
                for path in (state, self.small, state.with_suffix(".working"))
                if path.exists()
            }
            self.troubles.of_pass.callback(self._left, there, before)
        self.seams.die(place)

    def _left(self, there: dict[Path, bytes], before: dict[str, set[str]]) -> None:
        """The files are as they were at the death, without the log."""
        state = self.estate.database
        lost_states.lose_log(state)
        for path in (self.small, state.with_suffix(".working")):
            path.unlink(missing_ok=True)
        for path, content in there.items():
            path.write_bytes(content)
        self._owe(before, "a lost log")

    def _clone(self, chance: random.Random) -> None:
        """Another machine has a copy of the state, and posts what is new before this one does."""
        del chance
        if not self.estate.database.exists():
            return
        before = {name: self._live(name) for name in self.estate.systems}
        with self._another() as other:
            lost_states.plain_copy(self.estate.database, other.database)
            ended = self._ended(other)
        self.trace.count("faults", "another bridge with a copy of the state")
        self.trace.say(f"another bridge with a copy of the state: {ended}")
        for name in self.estate.systems:
            made = sorted(self._live(name) - before[name])
            if made and not self._looks_first(name):
                self.owed[name] = f"another bridge posted {made[:3]}"
                self._unknown[name] = {*made, *self._unknown.get(name, set())}
                self._beside[name] = {*made, *self._beside.get(name, set())}
            if made:
                self.rivals.add(name)

    # ── when nothing is under way ────────────────────────────────────────────────────────────

    def stranger(self) -> None:
        """A bridge with a state of its own, which has never posted, is pointed at these books."""
        if not all(self._live(name) for name in self.estate.systems):
            return
        before = {name: self.estate.books_of(name) for name in self.estate.systems}
        with self._another() as other:
            ended = self._ended(other)
        self.trace.count("faults", "another bridge with a state of its own")
        self.trace.say(f"another bridge with a state of its own: {ended}")
        for name in self.estate.systems:
            if self.estate.books_of(name) != before[name]:
                raise Broken("one bridge posts", f"{name}: another one did, and ended {ended}")
        stops = dict(ended.stops())
        if ended.result and not all(
            isinstance(stops.get(name), SecondWriter) for name in self.estate.systems
        ):
            raise Broken("one bridge posts", f"another one was not refused: {ended}")

    def spoil(self, chance: random.Random) -> bool:
        """A page of the state is damaged. The next pass says so, and nothing of it is believed; a
        person puts a copy in its place, or has it made anew. False: there was nothing in it."""
        state = self.estate.database
        page = self.agenda.pick(chance, dict.fromkeys(PAGES, 1.0))
        if not state.exists():
            return False
        was = content(state)
        lost_states.damage(state, page, chance)
        if content(state) == was:  # it was room that nothing stands in
            return False
        self.trace.count("faults", f"damaged page of {page}")
        self.trace.say(f"a page of {page} is damaged")
        before = self.seams.requests
        ended = self.work()
        if not isinstance(ended.error, Damaged) or self.seams.requests != before:
            raise Broken("a damaged state stops all", f"{page} is, and the pass ended {ended}")
        said = in_words(ended.error)
        if "restore FILE" not in said or "rebuild" not in said:
            raise Broken("a damaged state stops all", f"no way out is named: {said}")
        if self.copies and chance.random() < 0.5:
            self._restore(chance.choice(self.copies))
        else:
            set_aside(state, f"damaged-{self._made}")
            self.desk.make_anew()
        self.owed.clear()  # she did it herself
        self._unknown.clear()
        self._beside.clear()
        return True

    def _restore(self, copy: Copy) -> None:
        """`ledger-bridge restore FILE`."""
        if Path(f"{copy.path}-wal").exists():  # `backup` leaves none
            with closing(sqlite3.connect(copy.path)) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        arguments = parser().parse_args(["restore", str(copy.path)])
        arguments.config, arguments.json = ROOT / "config" / "sandbox.toml", False
        said = io.StringIO()
        with mock.patch.dict(os.environ, self.estate.environment()):
            code = restore.run(arguments, Output(said, said, json=False))
        for aside in self.estate.folder.glob("state.db.aside-*"):
            aside.unlink()  # named by the true time
        assert code == 0, said.getvalue()
        self.hand.adopted = dict(copy.adopted)
        self.trace.count("decisions", "restore")
        self.trace.say(f"person: restored {copy.path.name}")

    # ── what must be told ────────────────────────────────────────────────────────────────────

    def heard(self, ended: Ended) -> None:
        """A pass ended, and said what it said."""
        for name, stop in ended.stops():
            right = name in self.rivals
            if "--take-over" not in in_words(stop):
                right = right or self._knows_nothing(name)
            if isinstance(stop, SecondWriter) and not right:
                raise Broken("nobody else posts here", f"{name}: {stop}")
        for task in ended.result.answer.tasks if ended.result else ():
            if task.code == "reference.unknown":
                self._heard_of(task.system, task.subject)
            if task.code in TOLD:
                self._unknown.pop(task.system, None)
            if task.code in TOLD and self.owed.pop(task.system, None):
                self.trace.count("told", task.code)
            if task.code == "pass.restored":
                self.rivals.discard(task.system)

    def _heard_of(self, name: str, reference: str) -> None:
        """This document alone was said to be there and not known."""
        unknown = self._unknown.get(name, set())
        if unknown == {reference} and self.owed.pop(name, None):
            self.trace.count("told", "reference.unknown")
        unknown.discard(reference)

    def _looks_first(self, name: str) -> bool:
        """Whether the state still looks for everything that it creates: what it finds then it
        knows again without a word, whoever has made it meanwhile."""
        with self.estate.dry() as bridge, bridge.store.read() as work:
            return bool(work.marks.restored_at(bridge.books[name].id))

    def _knows_nothing(self, name: str) -> bool:
        """Whether what was done to the state left it without a document of these books."""
        return self.touched and not bound(self.estate.database, self._own).get(name)

    def _meet(self) -> None:
        """What another bridge posted and this one was about to post is known without a word, where
        the books have it once: their answer to its own write said that it is there. Where they
        list late what others post, and took it from both, each that is too many must be told."""
        sent = bound(self.estate.database, self._own, _SENT) if self._beside else {}
        for name, made in self._beside.items():
            there = kept(self.estate.books_of(name))
            times = Counter(each.reference for each in there)
            both = made & sent.get(name, set())
            once = {each for each in both if times[each] == 1}
            unknown = self._unknown.get(name, set())
            if unknown and unknown <= once and self.owed.pop(name, None):
                self.trace.count("told", "nothing: its own write met it")
            unknown -= once
            if self._lists_late(name):
                doubled = {each.base for each in there if each.reference in both - once}
                self.hand.doubled |= {(name, base) for base in doubled}
                self.trace.count("faults", "posted by two bridges at once", len(doubled))
        self._beside.clear()

    def _lists_late(self, name: str) -> bool:
        return bool(self.estate.control("GET", f"{name}/settings").get("read_lag_s"))

    def all_is_told(self) -> None:
        self._meet()
        if self.owed:
            raise Broken("a person is told", f"nobody heard of {self.owed}")

    def _owe(self, before: dict[str, set[str]], what: str, *, rival: bool = False) -> None:
        self.touched = True
        now = bound(self.estate.database, self._own, _BOUND + _LOOKED_UP)
        self.trace.count("faults", what)
        for name in self.estate.systems:
            forgotten = before.get(name, set()) - now.get(name, set())
            lost = sorted(forgotten & self._live(name))
            self.trace.say(f"{what}: {name} has {len(lost)} of which the state knows nothing")
            if name in self.owed and self._unknown.get(name, set()) <= now.get(name, set()):
                del self.owed[name]  # this copy has it all
            if lost:
                self.owed[name] = f"{what}: {lost[:3]}"
                self._unknown[name] = {*lost, *self._unknown.get(name, set())}
            if lost and rival:
                self.rivals.add(name)

    def _live(self, name: str) -> set[str]:
        return {document.reference for document in kept(self.estate.books_of(name))}

    @contextlib.contextmanager
    def _another(self) -> Iterator[Estate]:
        """A bridge of the same lender on another machine, with a login of its own."""
        self._made += 1
        folder = self._own / f"machine {self._made}"
        folder.mkdir()
        other = Estate(folder, self.estate.sandbox, systems=self.estate.systems)
        other.clock, other.deliveries = self.estate.clock, self.estate.deliveries
        other.overrides = dict(self.estate.overrides)
        with self.seams.unseen():
            yield other
        other.close()
        shutil.rmtree(folder)

    def _ended(self, other: Estate) -> Ended:
        try:
            return Ended(result=other.sync())
        except BridgeError as error:
            if isinstance(error, ConfigurationError):
                raise Broken("one bridge posts", f"another one: {error}") from error
            return Ended(error=error)


def content(state: Path) -> tuple[object, ...]:
    """All that a state store says of what was posted, and what SQLite itself thinks of the file."""
    with closing(sqlite3.connect(state)) as database:
        try:
            rows = [
                database.execute(f"SELECT * FROM {table} NOT INDEXED").fetchall()
                for table in ("binding", "outbox")
            ]
            return *rows, database.execute("PRAGMA integrity_check").fetchall()
        except sqlite3.DatabaseError as error:
            return (str(error),)


def bound(state: Path, folder: Path, query: str = _BOUND) -> dict[str, set[str]]:
    """System → references of what a state store knows to be in its books."""
    copy = lost_states.plain_copy(state, folder / "looked at.db")
    found: dict[str, set[str]] = {}
    with contextlib.suppress(sqlite3.OperationalError), closing(sqlite3.connect(copy)) as database:
        for system, reference in database.execute(query):
            found.setdefault(system, set()).add(reference)
    for path in folder.glob("looked at.db*"):
        path.unlink()
    return found
