"""Accepting a delivery: what is new, changed or gone becomes so in one transaction.

All of it is set operations between the staged rows and the ledger tables. A loan is touched when
its own row, its borrower's or that of anything under it is new, changed, removed or back; so are
loans that rows name and nobody has. Touched loans get this intake's number.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, Index, select, text

from bridge.core.identity import prefix_of
from bridge.core.message import message
from bridge.errors import ConfigurationError
from bridge.store import crossrow, tables
from bridge.store.engine import size_up, temporary
from bridge.store.rows import COLUMNS
from bridge.store.stage import Stage
from bridge.store.values import Accepted, Count, json

INSTALLATION = tables.INSTALLATION
INTAKE = tables.INTAKE
CHILDREN = ("instalment", "repayment", "adjustment")
LEDGER = {
    "party": tables.LEDGER_PARTY,
    "borrower": tables.LEDGER_BORROWER,
    "loan": tables.LEDGER_LOAN,
    "instalment": tables.LEDGER_INSTALMENT,
    "repayment": tables.LEDGER_REPAYMENT,
    "adjustment": tables.LEDGER_ADJUSTMENT,
}
_PARTIES = ("stores", "routes", "collectors")


def installation_of(connection: Connection, stage: Stage, prefix: str) -> int:
    """The installation's number, made at its first delivery. Its prefix never changes: every
    reference in the books begins with it."""
    facts = stage.facts
    t = INSTALLATION
    row = connection.execute(select(t).where(t.c.installation == facts.installation)).first()
    if row is not None:
        if row.source != facts.source:
            raise ConfigurationError(
                message(
                    "installation_of_other",
                    installation=facts.installation,
                    row=row.source,
                    source=facts.source,
                )
            )
        if prefix and prefix != row.prefix:
            raise ConfigurationError(
                message(
                    "installation_prefix",
                    installation=facts.installation,
                    row=row.prefix,
                    prefix=prefix,
                )
            )
        connection.execute(t.update().where(t.c.id == row.id).values(as_of=facts.as_of))
        return int(row.id)
    prefix = prefix or prefix_of(facts.source, facts.installation, facts.letters)
    taken = connection.execute(select(t.c.installation).where(t.c.prefix == prefix)).scalar()
    if taken is not None:
        raise ConfigurationError(
            message("prefix_taken", prefix=prefix, taken=taken, installation=facts.installation)
        )
    values = {
        "source": facts.source,
        "installation": facts.installation,
        "prefix": prefix,
        "as_of": facts.as_of,
    }
    made = connection.execute(t.insert().values(**values).returning(t.c.id))
    return int(made.scalar_one())


def accept(
    connection: Connection, stage: Stage, at: str, prefix: str, incomplete: Collection[str]
) -> Accepted:
    """Make the ledger tables say what the delivery says; see `Store.accept`."""
    installation = installation_of(connection, stage, prefix)
    last = connection.execute(
        text("SELECT max(seq) FROM intake WHERE installation = :i"), {"i": installation}
    ).scalar()
    seq = int(connection.execute(text("SELECT coalesce(max(seq), 0) + 1 FROM intake")).scalar_one())
    work = _Intake(connection, stage, installation, seq, fresh=last is None)
    counts = work.run(incomplete)
    present = {
        entity: stage.previous.get(entity, 0) + count.new - count.removed
        for entity, count in counts.items()
    }
    totals = [(entity, currency, cents) for (entity, currency), cents in stage.totals.items()]
    connection.execute(
        INTAKE.insert().values(
            seq=seq,
            installation=installation,
            at=at,
            as_of=stage.facts.as_of,
            complete=int(stage.complete),
            present=json(present),
            totals=json(totals),
            counts=json(counts),
        )
    )
    accepted = Accepted(change_seq=seq, counts=counts, loans_touched=work.touched)
    scope = crossrow.Scope(stage.facts.installation, installation, seq, fresh=work.fresh)
    crossrow.put_delivery(connection, stage, scope)
    if accepted.changes:
        crossrow.put_touched(connection, scope, repeats=stage.repeats > 0)
    return accepted


class _Intake:
    """One delivery against one installation's rows."""

    def __init__(
        self, connection: Connection, stage: Stage, installation: int, seq: int, *, fresh: bool
    ) -> None:
        self._connection = connection
        self._stage = stage
        self._parameters = {"i": installation, "seq": seq}
        self.fresh = fresh
        self.touched = 0

    def run(self, incomplete: Collection[str]) -> dict[str, Count]:
        temporary(self._connection, "touched", "loan ID PRIMARY KEY")
        temporary(self._connection, "touched_borrower", "id ID PRIMARY KEY")
        temporary(self._connection, "touched_name", "name_key TEXT PRIMARY KEY")
        counts: dict[str, Count] = {}
        for name in COLUMNS:
            entities = _PARTIES if name == "party" else (f"{name}s",)
            if self.fresh:
                self._load(name)
                counts |= {e: Count(new=self._stage.counts[e]) for e in entities}
            else:
                gone = [e for e in entities if self._stage.complete and e not in incomplete]
                counts |= self._merge(name, entities, gone)
        if self._stage.settled:
            self._forget_returned()
        size_up(self._connection, "touched", "touched_name")
        self._mark()
        return counts

    def _forget_returned(self) -> None:
        """A row that a person called gone and that is back is gone no longer."""
        for name in COLUMNS:
            if name != "party":
                self._do(
                    "DELETE FROM likeness WHERE installation = :i AND kind = :kind"
                    " AND answer = 'gone' AND EXISTS"
                    f" (SELECT 1 FROM ledger_{name} m WHERE m.installation = :i"
                    " AND m.id = likeness.old_id AND m.present = 1)",
                    kind=name,
                )

    def _do(self, statement: str, **parameters: Any) -> int:
        result = self._connection.execute(text(statement), self._parameters | parameters)
        return int(result.rowcount)

    def _load(self, name: str) -> None:
        """The installation's first delivery: in key order, and indexes afterwards."""
        table = LEDGER[name]
        empty = self._connection.execute(select(table.c.id).limit(1)).first() is None
        indexes = _indexes(table.name) if empty else []
        for index in indexes:
            index.drop(self._connection)
        key = "id, kind" if name == "party" else "id"
        self._do(f"{_into(name)} FROM stage_{name} s ORDER BY {key}")
        for index in indexes:
            index.create(self._connection)

    def _merge(self, name: str, entities: tuple[str, ...], gone: list[str]) -> dict[str, Count]:
        """Find the differences, note which loans they touch, then write them."""
        temporary(
            self._connection, f"delta_{name}", "id ID, kind TEXT, fate TEXT, PRIMARY KEY (id, kind)"
        )
        fates = self._differences(name, entities, gone)
        if any(fates.values()):
            size_up(self._connection, f"delta_{name}")
            self._touch(name)
            self._write(name)
        return {
            entity: Count(
                new=(new := fates.get((entity, "new"), 0)),
                changed=(changed := fates.get((entity, "changed"), 0)),
                removed=fates.get((entity, "removed"), 0),
                unchanged=self._stage.counts[entity] - new - changed,
            )
            for entity in entities
        }

    def _differences(
        self, name: str, entities: tuple[str, ...], gone: list[str]
    ) -> dict[tuple[str, str], int]:
        party = name == "party"
        kind = "s.kind" if party else f"'{entities[0]}'"
        same_kind = "AND m.kind = s.kind" if party else ""
        self._do(
            f"INSERT INTO delta_{name} SELECT s.id, {kind},"
            " CASE WHEN m.present = 1 THEN 'changed' ELSE 'new' END"
            f" FROM stage_{name} s LEFT JOIN ledger_{name} m"
            f" ON m.installation = :i AND m.id = s.id {same_kind}"
            " WHERE m.id IS NULL OR m.fingerprint <> s.fingerprint OR m.present = 0"
        )
        counted = (
            f"SELECT kind, fate, count(*) FROM delta_{name} GROUP BY kind, fate ORDER BY kind, fate"
        )
        fates = {(e, f): n for e, f, n in self._connection.execute(text(counted))}
        for entity in gone:
            # Nothing can be gone when as many are there as there were: saves a second pass.
            before = self._stage.previous.get(entity, 0)
            if before + fates.get((entity, "new"), 0) == self._stage.counts[entity]:
                continue
            only = f"AND m.kind = '{entity}'" if party else ""
            fates[(entity, "removed")] = self._do(
                f"INSERT INTO delta_{name} SELECT m.id, '{entity}', 'removed' FROM ledger_{name} m"
                f" WHERE m.installation = :i AND m.present = 1 {only}"
                f" AND NOT EXISTS (SELECT 1 FROM stage_{name} s WHERE s.id = m.id {same_kind})"
            )
        if self._stage.settled:
            fates[(entities[0], "removed")] = fates.get((entities[0], "removed"), 0) + self._do(
                f"INSERT OR IGNORE INTO delta_{name} SELECT m.id, '{entities[0]}', 'removed'"
                f" FROM stage_gone g CROSS JOIN ledger_{name} m WHERE g.kind = '{name}'"
                " AND m.installation = :i AND m.id = g.id AND m.present = 1"
            )
        return fates

    def _touch(self, name: str) -> None:
        """Collect loans, borrowers and names that the differences bear on, as were and as are."""
        was = f"delta_{name} d CROSS JOIN ledger_{name} x WHERE x.installation = :i AND x.id = d.id"
        now = f"delta_{name} d CROSS JOIN stage_{name} x WHERE x.id = d.id"
        for rows in (was, now):
            if name in CHILDREN:
                self._add("touched", f"x.loan FROM {rows}")
            elif name == "loan":
                self._add("touched_borrower", f"x.borrower FROM {rows}")
            elif name == "borrower":
                self._add("touched_name", f"x.name_key FROM {rows}")
        if name == "loan":
            self._add("touched", "d.id FROM delta_loan d WHERE d.id IS NOT NULL")
        elif name == "borrower":
            self._add("touched_borrower", "d.id FROM delta_borrower d WHERE d.id IS NOT NULL")
            self._add(
                "touched",
                "x.id FROM delta_borrower d CROSS JOIN ledger_loan x"
                " WHERE x.installation = :i AND x.borrower = d.id",
            )

    def _add(self, target: str, rows: str) -> None:
        self._do(f"INSERT INTO {target} SELECT DISTINCT {rows} ON CONFLICT DO NOTHING")

    def _write(self, name: str) -> None:
        party = name == "party"
        key = "installation, id, kind" if party else "installation, id"
        same_kind = "AND d.kind = s.kind" if party else ""
        self._do(
            f"{_into(name)} FROM delta_{name} d CROSS JOIN stage_{name} s"
            f" WHERE s.id = d.id {same_kind} AND d.fate <> 'removed'"
            f" ON CONFLICT ({key}) DO UPDATE SET {_overwrite(name)}"
        )
        those = f"SELECT d.id FROM delta_{name} d WHERE d.fate = 'removed'"
        same_kind = "AND d.kind = ledger_party.kind" if party else ""
        self._do(
            f"UPDATE ledger_{name} SET present = 0"
            f" WHERE installation = :i AND id IN ({those} {same_kind})"
        )

    def _mark(self) -> None:
        """Give every touched loan this intake's number."""
        if not self.fresh:
            into = "INSERT INTO ledger_change (installation, loan, change_seq)"
            self.touched = self._do(
                f"{into} SELECT :i, loan, :seq FROM touched WHERE loan IS NOT NULL"
                " ON CONFLICT (installation, loan) DO UPDATE SET change_seq = excluded.change_seq"
            )
            return
        (index,) = _indexes("ledger_change")
        index.drop(self._connection)
        into = "INSERT INTO ledger_change (installation, loan, change_seq)"
        self.touched = self._do(f"{into} SELECT :i, id, :seq FROM stage_loan ORDER BY id")
        for child in CHILDREN:
            self.touched += self._do(
                f"{into} SELECT :i, o.loan, :seq FROM"
                f" (SELECT DISTINCT loan FROM ledger_{child} WHERE installation = :i) o"
                " WHERE NOT EXISTS (SELECT 1 FROM ledger_change c"
                " WHERE c.installation = :i AND c.loan = o.loan)"
            )
        index.create(self._connection)


def _indexes(table: str) -> list[Index]:
    """The indexes let go while a first delivery comes in, and made again after it."""
    from bridge.store.models import metadata  # heavy to import, and few deliveries are the first

    return sorted(metadata.tables[table].indexes, key=lambda index: str(index.name))


def _columns(name: str) -> list[str]:
    return ["id", "fingerprint", "noted", "body", *COLUMNS[name]]


def _into(name: str) -> str:
    own = _columns(name)
    there = ", ".join(own)
    here = ", ".join(f"s.{column}" for column in own)
    return f"INSERT INTO ledger_{name} (installation, present, {there}) SELECT :i, 1, {here}"


def _overwrite(name: str) -> str:
    own = [column for column in _columns(name) if column != "id"]
    return ", ".join(f"{column} = excluded.{column}" for column in ["present", *own])


def figures(stage: Stage, connection: Connection) -> int | None:
    """Fill in what the installation had at its last accepted delivery. None: there is none."""
    found = connection.execute(
        select(INTAKE.c.installation, INTAKE.c.present, INTAKE.c.totals, INTAKE.c.as_of)
        .join(INSTALLATION, INSTALLATION.c.id == INTAKE.c.installation)
        .where(INSTALLATION.c.installation == stage.facts.installation)
        .order_by(INTAKE.c.seq.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    stage.previous_as_of = found.as_of.isoformat()
    stage.previous = msgspec.json.decode(found.present, type=dict[str, int])
    totals = msgspec.json.decode(found.totals, type=list[tuple[str, str, int]])
    stage.previous_totals = {(entity, currency): cents for entity, currency, cents in totals}
    return int(found.installation)
