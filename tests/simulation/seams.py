"""Where the simulation takes hold of the product: requests, commits, reading, the disk.

Everything is put in place at run time and taken away again; the product knows nothing of it. Each
place counts how often it is passed, and what is armed for the n-th time happens then.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import requests
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL

from bridge import credentials, tomlfiles
from bridge.sandbox.xero import values
from bridge.source.deudores.snapshot import DeudoresSnapshot
from bridge.store import engine as engines
from bridge.store import store as stores
from bridge.systems import transport
from bridge.systems.deadline import Exchange
from tests.pipeline.world import Killed
from tests.reading import read_once
from tests.simulation.drip import CUT_WITHIN_S, Drips
from tests.simulation.trace import Broken, Trace

BEFORE_REQUEST, AFTER_ANSWER = "before a request", "after an answer"
BEFORE_COMMIT, AFTER_COMMIT = "before a commit", "after a commit"
READING = "while reading the ledger"
PLACES = (BEFORE_REQUEST, AFTER_ANSWER, BEFORE_COMMIT, AFTER_COMMIT, READING)

BUSY_S = 0.02
ENOUGH_PAGES = 1_000_000_000

Act = Callable[[], None]


@dataclass
class Armed:
    """What happens when a place is passed for the n-th time from now."""

    place: str
    passes: int
    act: Act


@dataclass
class Seams:
    """The seams of one world, and what is armed in them."""

    trace: Trace
    pass_time: Callable[[float], None] = lambda seconds: None
    """Makes time go on."""
    pace_s: float = 0.0
    """How long each request takes."""
    armed: list[Armed] = field(default_factory=list)
    dead: bool = False
    """Whether the process has died: from then on it does nothing any more."""
    full_disk: bool = False
    full_keys: bool = False
    requests: int = 0
    secrets: set[str] = field(default_factory=set)
    leap: timedelta | None = None
    """How far the bridge's clock will be ahead from the next 429 of a pass on."""
    skew: Callable[[timedelta], None] = lambda by: None
    """Puts the bridge's clock ahead."""
    drips: Drips = field(default_factory=Drips)
    _still: int = 0

    def arm(self, place: str, passes: int, act: Act) -> None:
        self.armed.append(Armed(place, passes, act))

    def disarm(self) -> None:
        self.armed.clear()
        self.leap = None
        self.dead = self.full_disk = self.full_keys = False

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """What is done here passes no seam."""
        self._still += 1
        try:
            yield
        finally:
            self._still -= 1

    def die(self, place: str) -> None:
        self.dead = True
        self.trace.count("kills", place)
        self.trace.say(f"killed {place}")
        raise Killed(place)

    def step(self, place: str) -> None:
        """A place is passed. The dead pass none."""
        if self._still:
            return
        if self.dead and place in (BEFORE_REQUEST, BEFORE_COMMIT):
            raise Killed(place)
        for each in [each for each in self.armed if each.place == place]:
            each.passes -= 1
            if each.passes <= 0 and each in self.armed:
                self.armed.remove(each)
                each.act()

    # ── the places ───────────────────────────────────────────────────────────────────────────

    @contextmanager
    def in_place(self, seed: int) -> Iterator[Seams]:
        """The product with all seams, for as long as the block lasts."""
        random.seed(f"{seed}/jitter")
        ids = random.Random(f"{seed}/ids")
        with ExitStack() as stack:
            put = stack.enter_context
            put(self.drips.in_place())
            put(mock.patch.object(transport.Transport, "_exchange", self._exchange()))
            put(mock.patch.object(stores, "open_engine", self._open_engine()))
            put(mock.patch.object(engines, "BUSY_TIMEOUT_S", BUSY_S))
            put(mock.patch.object(DeudoresSnapshot, "rows", self._rows()))
            put(mock.patch.object(credentials, "replace_durably", self._replace()))
            put(mock.patch.object(values, "uuid4", lambda: _made(ids)))
            put(mock.patch.object(tomlfiles, "read", read_once()))
            yield self

    def _exchange(self) -> Any:
        original = transport.Transport._exchange

        def exchange(
            this: Any, prepared: requests.PreparedRequest, watched: Exchange
        ) -> transport.Reply:
            self._note_secrets(prepared)
            self.step(BEFORE_REQUEST)
            self.requests += 1
            self.pass_time(self.pace_s)
            url = urlsplit(prepared.url or "")
            what = f"{prepared.method} {url.path}{'?' if url.query else ''}{url.query}"
            self.drips.watch = this._deadlines
            try:
                reply = original(this, prepared, watched)
            except Exception as error:
                self.trace.say(f"  {what}: {type(error).__name__}")
                raise
            finally:
                self._note_drip()
            self.trace.say(f"  {what}: {reply.status}")
            self._note_tokens(reply)
            self._note_wait(reply)
            self.step(AFTER_ANSWER)
            return reply

        return exchange

    def _open_engine(self) -> Any:
        original = stores.open_engine

        def open_engine(url: URL, *, durable: bool = True) -> Engine:
            engine = original(url, durable=durable)
            if durable:
                self._watch_commits(engine)
            return engine

        return open_engine

    def _watch_commits(self, engine: Engine) -> None:
        dialect: Any = engine.dialect
        commit = dialect.do_commit

        def do_commit(connection: Any) -> None:
            self.step(BEFORE_COMMIT)
            commit(connection)
            self.step(AFTER_COMMIT)

        dialect.do_commit = do_commit

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            pages = ENOUGH_PAGES
            if self.full_disk:
                pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def _rows(self) -> Any:
        original = DeudoresSnapshot.rows

        def rows(this: DeudoresSnapshot) -> Iterator[Any]:
            for row in original(this):
                self.step(READING)
                yield row

        return rows

    def _replace(self) -> Any:
        original = credentials.replace_durably

        def replace_durably(path: Path, content: bytes) -> None:
            if self.full_keys:
                self.trace.count("faults", "disk full for the keys")
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            original(path, content)

        return replace_durably

    # ── what can be armed ────────────────────────────────────────────────────────────────────

    def time_out(self, *, sent: bool) -> None:
        """The client gives up waiting: for the answer, or already for a connection."""
        self.trace.count("faults", "timeout" if sent else "no connection")
        self.trace.say("timed out")
        transport._watch.left = sent
        raise (requests.ReadTimeout if sent else requests.ConnectTimeout)("simulated")

    def fill_disk(self) -> None:
        self.full_disk = True
        self.trace.say("the disk is full")

    def hold(self, database: Path, until: ExitStack) -> None:
        """Another program takes the write lock of the state store, and keeps it."""
        rival = sqlite3.connect(database, timeout=60, isolation_level=None)
        until.callback(rival.close)
        with contextlib.suppress(sqlite3.OperationalError):
            rival.execute("BEGIN IMMEDIATE")
            self.trace.count("faults", "state store locked")
            self.trace.say("the state store is locked")

    def _note_drip(self) -> None:
        if not self.drips.begun:
            return
        self.drips.begun = False
        if not self.drips.cut.wait(CUT_WITHIN_S):
            raise Broken("every answer ends", "one that drips was waited for without an end")

    def _note_wait(self, reply: transport.Reply) -> None:
        """What is counted of answers, and a clock that is wrong just then."""
        wait = reply.headers.get("Retry-After", "")
        if reply.status == 429 and (not wait.isascii() or len(wait) > 9 or wait.isalpha()):
            self.trace.count("faults", "429 with a wait that nobody can wait for")
        if reply.status == 429 and self.leap is not None:
            self.trace.count("faults", "429 while the clock is ahead")
            self.trace.say(f"the clock is ahead by {self.leap}")
            self.skew(self.leap)
            self.leap = None

    def _note_secrets(self, prepared: requests.PreparedRequest) -> None:
        word = str(prepared.headers.get("Authorization", "")).rpartition(" ")[2]
        self.secrets |= {word} - {""}

    def _note_tokens(self, reply: transport.Reply) -> None:
        if b"_token" in reply.body:
            told = reply.json()
            if isinstance(told, dict):
                self.secrets |= {str(v) for k, v in told.items() if k.endswith("_token")}


def _made(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)
