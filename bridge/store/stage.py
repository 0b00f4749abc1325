"""A delivery on its way in: every row in a temporary file of its own, counted and summed.

Nothing of the state is touched until the delivery is accepted; a refused one leaves no trace.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from bridge.core.ledger import Adjustment, Entity, Loan, Note, Repayment, Row, SnapshotFacts
from bridge.core.message import Detail, Message, message
from bridge.core.money import NO_CURRENCY, from_cents
from bridge.store.engine import ANALYSED
from bridge.store.rows import COLUMNS, COMMON, DECODERS, ENTITIES, LINES, TABLES, with_note
from bridge.store.values import Totals

CHUNK = 200
LISTED = 1000
"""So many repeats are named one by one; more are only counted."""
_PREFIX = ".intake-"


class Stage:
    """The delivery as it would be accepted, with its figures.

    `counts` has the rows of each entity, repeats apart. `totals` has cents by (entity, currency):
    loans by what they started with (gross, else opening), repayments and adjustments by amount,
    under `XXX` when their loan is not in the delivery. `previous` and `previous_totals` are the
    same of the installation's last accepted delivery. `reinstalled` lists ids that came back as
    something else.
    """

    def __init__(self, facts: SnapshotFacts, folder: Path | None) -> None:
        self.facts = facts
        self.counts: dict[str, int] = dict.fromkeys(ENTITIES.values(), 0)
        self.totals: Totals = {}
        self.previous: dict[str, int] = {}
        self.previous_as_of = ""
        self.previous_totals: Totals = {}
        self.reinstalled: tuple[str, ...] = ()
        self.settled = False
        """Whether rows named by content were joined to yesterday's; then some may be gone."""
        self.repeats = 0
        self.identical: list[str] = []
        """Subjects of rows delivered twice alike, at most `LISTED`."""
        self.conflicting: list[tuple[str, Detail]] = []
        """(subject, both amounts) of rows delivered twice with other content."""
        if folder is not None:
            sweep(folder)
        # Locked before it has the name that `sweep` looks for.
        made = Path(tempfile.mkdtemp(prefix=".new", dir=folder))
        self._lock = os.open(made, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._folder = made.rename(made.with_name(f"{_PREFIX}{made.name[4:]}"))
        self.path = self._folder / "rows.db"
        try:
            self._db = _create(self.path)
        except BaseException:
            shutil.rmtree(self._folder)
            os.close(self._lock)
            raise
        self._chunk = 0
        self._first_prints: dict[tuple[str, Any], bytes] = {}

    @property
    def complete(self) -> bool:
        """Whether a row's absence means that it was deleted."""
        return self.facts.complete

    def fill(self, rows: Iterable[Entity]) -> None:
        """Take every row. What the rows' iterator raises is passed on."""
        waiting: dict[type[Row], list[tuple[Any, ...]]] = {kind: [] for kind in LINES}
        kind: type[Row] | None = None
        for row in rows:
            if type(row) is not kind:  # payments and charges come in turns, each to its own table
                kind = type(row)
                line, lines = LINES[kind], waiting[kind]
            lines.append(line(row))
            if len(lines) == CHUNK:
                self._write(kind, lines)
                lines.clear()
        for kind, lines in waiting.items():
            self._write(kind, lines)
        self._db.execute("COMMIT")
        self._sum()
        self._db.execute(f"PRAGMA analysis_limit = {ANALYSED}")
        self._db.execute("ANALYZE")
        self._db.close()

    def recount(self) -> None:
        """Count and sum again what `Store.settle` has changed."""
        self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        for table in COLUMNS:
            if table != "party":
                (count,) = self._db.execute(f"SELECT count(*) FROM stage_{table}").fetchone()
                self.counts[f"{table}s"] = count
        self._sum()
        self._db.close()

    def close(self) -> None:
        """Remove the file."""
        if self._lock >= 0:
            self._db.close()
            shutil.rmtree(self._folder)
            os.close(self._lock)
            self._lock = -1

    def _write(self, kind: type[Row], lines: list[tuple[Any, ...]]) -> None:
        if not lines:
            return
        table = TABLES[kind]
        self._chunk += 1
        before = self._db.total_changes
        statement = _insert(table, len(lines[0]), len(lines))
        self._db.execute(statement, [self._chunk, *chain.from_iterable(lines)])
        fresh = self._db.total_changes - before
        self.counts[ENTITIES[kind]] += fresh
        if fresh < len(lines):
            self._find_repeats(kind, lines)

    def _find_repeats(self, kind: type[Row], lines: list[tuple[Any, ...]]) -> None:
        """A row whose place was taken by one that arrived before it is a repeat."""
        table, entity = TABLES[kind], ENTITIES[kind]
        where = "id = ? AND kind = ?" if table == "party" else "id = ? AND ? <> ''"
        query = f"SELECT chunk, fingerprint, body FROM stage_{table} WHERE {where}"
        met: set[Any] = set()
        for identifier, fingerprint, _, body, *_ in lines:
            chunk, stored, kept = self._db.execute(query, (identifier, entity)).fetchone()
            if chunk == self._chunk and identifier not in met:
                met.add(identifier)
                continue
            self.repeats += 1
            original = self._first_prints.get((entity, identifier), stored)
            row = DECODERS[kind](body)
            if original == fingerprint:
                if len(self.identical) < LISTED:
                    self.identical.append(subject_of(row))
                continue
            self._first_prints[(entity, identifier)] = original
            first = DECODERS[kind](kept)
            note = Note(
                "movement.duplicate_conflict",
                message("two_values", first=_amount(first), second=_amount(row)),
            )
            if len(self.conflicting) < LISTED:
                self.conflicting.append((subject_of(row), note.detail))
            now = LINES[kind](with_note(first, note))[1:4]
            self._db.execute(
                f"UPDATE stage_{table} SET fingerprint = ?, noted = ?, body = ? WHERE {where}",
                (*now, identifier, entity),
            )

    def _sum(self) -> None:
        """Movements are in their loan's currency: asked of a slim copy, which is faster by far."""
        self._db.execute("CREATE TEMP TABLE currencies AS SELECT id, currency FROM stage_loan")
        self._db.execute("CREATE INDEX temp.by_id ON currencies (id, currency)")
        self.totals = {
            ("loans", currency): cents
            for currency, cents in self._db.execute(
                "SELECT currency, sum(coalesce(gross_cents, opening_cents, 0))"
                " FROM stage_loan GROUP BY currency"
            )
        }
        for table in ("repayment", "adjustment"):
            for currency, cents in self._db.execute(
                f"SELECT coalesce(c.currency, '{NO_CURRENCY}'), sum(r.cents) FROM stage_{table} r"
                " LEFT JOIN currencies c ON c.id = r.loan GROUP BY 1"
            ):
                self.totals[(f"{table}s", currency)] = cents


@lru_cache(maxsize=32)
def _insert(table: str, width: int, lines: int) -> str:
    """One statement for all lines takes a good third less time than one for each.

    `?1` is the chunk's number; `?2` and on are the lines' values.
    """
    columns = ", ".join((*COMMON, *COLUMNS[table], "chunk"))
    marks = ",".join(
        "(" + ",".join(f"?{first + cell}" for cell in range(width)) + ",?1)"
        for first in range(2, 2 + width * lines, width)
    )
    return f"INSERT OR IGNORE INTO stage_{table} ({columns}) VALUES {marks}"


def subject_of(row: Row) -> str:
    """The row as findings name it."""
    if isinstance(row, Loan):
        return f"loan:{row.id}"
    if isinstance(row, Repayment | Adjustment):
        return f"movement:{row.id}"
    tag = str(row.__struct_config__.tag)
    return f"{tag}:{row.id}"


def _amount(row: Entity) -> Decimal | Message:
    """The amount that tells two versions of a row apart for a person: never a name or a phone."""
    if isinstance(row, Loan):
        return row.gross if row.gross is not None else row.opening or Decimal(0)
    amount: Decimal | None = getattr(row, "amount", None)
    return message("another_content") if amount is None else amount


def amount_text(cents: int | None) -> str:
    return "nothing" if cents is None else str(from_cents(cents))


def sweep(folder: Path) -> None:
    """Remove what a crash left: folders whose owner no longer holds their lock."""
    for found in _leftovers(folder):
        shutil.rmtree(found, ignore_errors=True)


def _leftovers(folder: Path) -> Iterator[Path]:
    for found in folder.glob(f"{_PREFIX}*"):
        lock = os.open(found, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            yield found
        finally:
            os.close(lock)


def _create(path: Path) -> sqlite3.Connection:
    """An SQLite file that need not survive anything, with a table for each kind of row."""
    path.touch(mode=0o600)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA page_size = 16384")
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -32768")
    for table, own in COLUMNS.items():
        # Without types SQLite keeps what it is given: ids that are numbers stay numbers.
        columns = ", ".join((*COMMON, *own, "chunk"))
        key = "id, kind" if table == "party" else "id"
        db.execute(f"CREATE TABLE stage_{table} ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID")
    db.execute("BEGIN")
    return db
