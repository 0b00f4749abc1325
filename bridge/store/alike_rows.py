"""Staged rows and their ledger's, as likeness sees them: who, when, how much, where.

Both sides have the same columns: `parent` (a loan's borrower, a payment's loan), `day`, `cents`,
`what` (its kind), `word` (concept, or a person's name), `twin` (what equal loans have in common).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from bridge.core.ledger import Adjustment, Borrower, Entity, Loan, Repayment, Row
from bridge.core.likeness import BY_CONTENT
from bridge.core.money import NO_CURRENCY
from bridge.store.engine import temporary
from bridge.store.rows import COLUMNS, COMMON, DECODERS, LINES
from bridge.store.session import chunks

_AT_ONCE = 500
_FACTS = (
    "id ID PRIMARY KEY, parent ID, day TEXT, cents INTEGER, what TEXT, word TEXT, currency TEXT,"
    " twin TEXT, phone TEXT, document TEXT, file TEXT, line INTEGER"
)


class Level(msgspec.Struct, frozen=True):
    """One kind of row that may be named by its content."""

    name: str
    kind: type[Row]
    subject: str
    parent: str = ""
    """The column that names the row which it belongs to."""
    above: str = ""
    day: str = "''"
    cents: str = "0"
    what: str = "''"
    word: str = "coalesce(json_extract(CAST(r.body AS TEXT), '$.concept'), '')"


_OF_LOAN = "coalesce(r.opening_cents, r.gross_cents, 0)"
BORROWERS = Level("borrower", Borrower, "borrower", word="r.name_key")
LOANS = Level(
    "loan", Loan, "loan", "borrower", "borrower", "r.start", _OF_LOAN,
    "coalesce(json_extract(CAST(r.body AS TEXT), '$.kind'), '')",
)  # fmt: skip
REPAYMENTS = Level(
    "repayment", Repayment, "movement", "loan", "loan", "r.paid_on", "r.cents", "r.kind"
)
ADJUSTMENTS = Level(
    "adjustment", Adjustment, "movement", "loan", "loan", "r.day", "r.cents", "r.kind"
)
LEVELS = (BORROWERS, LOANS, REPAYMENTS, ADJUSTMENTS)
MONEY = (LOANS, REPAYMENTS, ADJUSTMENTS)


def below(level: Level) -> tuple[Level, ...]:
    """The levels that belong to rows of this level."""
    return tuple(other for other in LEVELS if other.above == level.name)


class Alike:
    """The staged rows beside the ledger's, with the means to change the staged ones."""

    def __init__(self, connection: Connection, installation: int) -> None:
        self._connection = connection
        self._parameters = {"i": installation, "weak": BY_CONTENT}
        self.changed = False

    def do(self, statement: str, **parameters: Any) -> int:
        made = self._connection.execute(text(statement), self._parameters | parameters)
        return int(made.rowcount)

    def rows(self, statement: str, **parameters: Any) -> list[Any]:
        made = self._connection.execute(text(statement), self._parameters | parameters)
        return [*made.fetchall()]

    def table(self, name: str, columns: str) -> None:
        temporary(self._connection, name, columns)

    def put(self, table: str, lines: Iterable[Mapping[str, Any]]) -> None:
        """Write lines into a temporary table."""
        for part in chunks(lines, _AT_ONCE):
            columns = ", ".join(part[0])
            marks = ", ".join(f":{column}" for column in part[0])
            self._connection.execute(
                text(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"), part
            )

    def tell_apart(self, level: Level) -> None:
        """The new rows (`fresh_…`) and those that are gone (`missing_…`), named by content."""
        for side in ("fresh", "missing"):
            self.table(f"{side}_{level.name}", _FACTS)
        self.do(
            f"INSERT INTO fresh_{level.name} {facts(level, staged=True)} FROM stage_{level.name} r"
            " WHERE r.id GLOB :weak AND NOT EXISTS"
            f" (SELECT 1 FROM ledger_{level.name} m"
            " WHERE m.installation = :i AND m.id = r.id AND m.present = 1)"
        )
        self.do(
            f"INSERT INTO missing_{level.name} {facts(level, staged=False)}"
            f" FROM ledger_{level.name} r"
            " WHERE r.installation = :i AND r.present = 1 AND r.id GLOB :weak AND NOT EXISTS"
            f" (SELECT 1 FROM stage_{level.name} s WHERE s.id = r.id)"
        )
        self.do(f"CREATE INDEX ix_missing_{level.name} ON missing_{level.name} (parent)")

    def facts_of(self, table: str, ids: Iterable[str]) -> dict[str, Any]:
        """Id → what the table says of it."""
        found: dict[str, Any] = {}
        for part in chunks(ids, _AT_ONCE):
            marks = ", ".join(f":a{at}" for at in range(len(part)))
            values = {f"a{at}": one for at, one in enumerate(part)}
            for row in self.rows(f"SELECT * FROM {table} WHERE id IN ({marks})", **values):
                found[str(row.id)] = row
        return found

    def rename(self, level: Level, names: Mapping[str, str]) -> None:
        """Give staged rows the names of yesterday's."""
        for part in chunks(names, _AT_ONCE):
            marks = ", ".join(f":a{at}" for at in range(len(part)))
            values = {f"a{at}": one for at, one in enumerate(part)}
            found = self.rows(
                f"SELECT id, body FROM stage_{level.name} WHERE id IN ({marks})", **values
            )
            self._rewrite(level, found, lambda row: msgspec.structs.replace(row, id=names[row.id]))
            for side in ("fresh", "missing"):
                self.forget(level, side, (id for new in part for id in (new, names[new])))

    def forget(self, level: Level, side: str, ids: Iterable[str]) -> None:
        """A row that is settled is neither new nor gone any more."""
        lines = [{"id": id} for id in ids]
        there = "SELECT 1 FROM sqlite_temp_master WHERE name = :table"
        if lines and self.rows(there, table=f"{side}_{level.name}"):
            self._connection.execute(text(f"DELETE FROM {side}_{level.name} WHERE id = :id"), lines)

    def give_to(self, level: Level) -> None:
        """Hang what belongs to joined rows on those that they are taken for."""
        for child in below(level):
            found = self.rows(
                f"SELECT r.id, r.body, CAST(j.old_id AS TEXT) AS heir FROM stage_{child.name} r"
                " JOIN joined j ON j.kind = :kind AND j.new_id = r." + child.parent,
                kind=level.name,
            )
            heirs = {str(row.id): row.heir for row in found}
            self._rewrite(child, found, _given(child.parent, heirs))

    def _rewrite(self, level: Level, found: Iterable[Any], change: Callable[[Any], Entity]) -> None:
        columns = (*COMMON, *COLUMNS[level.name])
        marks = ", ".join(f":{column}" for column in columns)
        for part in chunks(found, _AT_ONCE):
            lines = [
                dict(
                    zip(
                        columns,
                        LINES[level.kind](change(DECODERS[level.kind](row.body))),
                        strict=True,
                    )
                )
                for row in part
            ]
            self._connection.execute(
                text(f"DELETE FROM stage_{level.name} WHERE id = :id"), [{"id": r.id} for r in part]
            )
            self._connection.execute(
                text(
                    f"INSERT INTO stage_{level.name} ({', '.join(columns)}, chunk)"
                    f" VALUES ({marks}, 0)"
                ),
                lines,
            )
            self.changed = True

    def leave_out(self, level: Level) -> None:
        """Take what is in `dropped` out of the delivery; what the ledger has of it stays there."""
        those = "SELECT d.id FROM dropped d WHERE d.kind = :kind"
        if self.do(f"DELETE FROM stage_{level.name} WHERE id IN ({those})", kind=level.name):
            self.changed = True
        self._as_it_was(level, f"r.id IN ({those})")

    def keep(self, level: Level) -> None:
        """Let what is in `kept` stay as the ledger has it."""
        those = "SELECT k.id FROM kept k WHERE k.kind = :kind"
        self._as_it_was(level, f"r.id IN ({those})")

    def _as_it_was(self, level: Level, which: str) -> None:
        columns = ", ".join((*COMMON, *COLUMNS[level.name]))
        mine = ", ".join(f"r.{column}" for column in (*COMMON, *COLUMNS[level.name]))
        if self.do(
            f"INSERT OR IGNORE INTO stage_{level.name} ({columns}, chunk) SELECT {mine}, 0"
            f" FROM ledger_{level.name} r WHERE r.installation = :i AND r.present = 1 AND {which}",
            kind=level.name,
        ):
            self.changed = True


def _given(column: str, heirs: Mapping[str, str]) -> Callable[[Any], Entity]:
    """The function that hangs a row on another one."""

    def changed(row: Any) -> Entity:
        made: Entity = msgspec.structs.replace(row, **{column: heirs[row.id]})
        return made

    return changed


def facts(level: Level, *, staged: bool) -> str:
    """SELECT of what likeness looks at, of a table that the statement calls `r`."""
    origin = "json_extract(CAST(r.body AS TEXT), '$.origin.{}')"
    parent = f"r.{level.parent}" if level.parent else "NULL"
    currency, twin = "''", f"CAST({parent} AS TEXT)"
    if level.name == "loan":
        currency = "r.currency"
    elif level.parent == "loan":
        loan = f"stage_loan l WHERE l.id = {parent}"
        kept = f"ledger_loan l WHERE l.installation = :i AND l.id = {parent}"
        currency = (
            f"coalesce((SELECT l.currency FROM {loan}), (SELECT l.currency FROM {kept}),"
            f" '{NO_CURRENCY}')"
        )
        equal = (
            "l.borrower || '/' || l.start || '/' || coalesce(l.opening_cents, l.gross_cents, 0)"
            " || '/' || l.currency"
        )
        twin = f"coalesce((SELECT {equal} FROM {loan}), {twin})"
    known = ("r.phone", "r.document") if level.name == "borrower" else ("''", "''")
    return (
        f"SELECT r.id, {parent}, {level.day}, {level.cents}, {level.what}, {level.word},"
        f" {currency}, {twin}, {known[0]}, {known[1]}, {origin.format('file')},"
        f" {origin.format('line')}"
    )
