"""The findings that show only when rows are seen together: orphans, repeats, namesakes.

Only what an intake touched is looked at again. Findings live under `snapshot/INSTALLATION/…`, in
a scope for each loan, borrower and name (as a digest: scopes carry no names) and one for the
delivery itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from bridge.core.findings import Finding
from bridge.core.ledger import Origin
from bridge.core.message import Detail, message
from bridge.core.money import NO_CURRENCY, from_cents
from bridge.store import tables
from bridge.store.engine import by, by_index, in_order, size_up, temporary
from bridge.store.rows import DECODERS, ENTITIES
from bridge.store.stage import LISTED, Stage
from bridge.store.values import json

FINDING = tables.FINDING
RELATED = 20
"""A finding names at most so many others."""
_CHUNK = 5000
_DECODE = {entity: DECODERS[kind] for kind, entity in ENTITIES.items()}
_CONFLICT = "movement.duplicate_conflict"


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows of one installation that are looked at: those touched by intake `seq`; all when
    `fresh`."""

    name: str
    installation: int
    seq: int
    fresh: bool

    @property
    def parameters(self) -> dict[str, Any]:
        return {"i": self.installation, "seq": self.seq}

    def of(self, part: str) -> str:
        return f"snapshot/{self.name}/{part}"


Scoped = tuple[str, Finding]


def put_delivery(connection: Connection, stage: Stage, scope: Scope) -> None:
    """Rows that the delivery brought twice with equal content."""
    where = scope.of("delivery")
    connection.execute(FINDING.delete().where(FINDING.c.scope == where))
    found = [
        Finding(code="movement.duplicate_identical", subject=subject)
        for subject in sorted(set(stage.identical))
    ]
    if stage.repeats > LISTED:
        found.append(
            Finding(
                code="movement.duplicate_identical",
                subject=f"installation:{scope.name}",
                detail=message("delivered_twice", number=stage.repeats, listed=LISTED),
            )
        )
    _insert(connection, ((where, finding) for finding in found))


def put_touched(connection: Connection, scope: Scope, *, repeats: bool) -> None:
    """Replace the findings about every touched loan, borrower and name."""
    if not scope.fresh:
        _add_borrowers_of_touched_loans(connection, scope)
        _forget(connection, scope)
    _insert(connection, _orphan_rows(connection, scope))
    _insert(connection, _orphan_loans(connection, scope))
    if repeats or not scope.fresh:
        _insert(connection, _conflicts(connection, scope))
    _insert(connection, _double_entries(connection, scope))
    _insert(connection, _namesakes(connection, scope))
    _insert(connection, _two_currencies(connection, scope))
    _insert(connection, _without_loans(connection, scope))


def _insert(connection: Connection, found: Iterable[Scoped]) -> None:
    lines: list[dict[str, Any]] = []
    for scope, finding in found:
        lines.append({"scope": scope, "code": finding.code, "body": json(finding)})
        if len(lines) == _CHUNK:
            connection.execute(FINDING.insert(), lines)
            lines = []
    if lines:
        connection.execute(FINDING.insert(), lines)


def _rows(connection: Connection, scope: Scope, statement: str) -> Sequence[Any]:
    """Few rows, read at once: what follows writes on the same connection."""
    return connection.execute(text(statement), scope.parameters).fetchall()


def _add_borrowers_of_touched_loans(connection: Connection, scope: Scope) -> None:
    connection.execute(
        text(
            "INSERT INTO touched_borrower SELECT DISTINCT l.borrower FROM touched t"
            " CROSS JOIN ledger_loan l WHERE l.installation = :i AND l.id = t.loan"
            " ON CONFLICT DO NOTHING"
        ),
        scope.parameters,
    )
    size_up(connection, "touched_borrower")


def _forget(connection: Connection, scope: Scope) -> None:
    for part, column, rows in (
        ("loan/", "loan", "touched"),
        ("borrower/", "id", "touched_borrower"),
    ):
        connection.execute(
            text(
                f"DELETE FROM finding {by_index('ix_finding_scope', connection)} WHERE scope IN"
                f" (SELECT :part || CAST({column} AS TEXT) FROM {rows})"
            ),
            {"part": scope.of(part)},
        )
    names = connection.execute(text("SELECT name_key FROM touched_name")).scalars().all()
    for start in range(0, len(names), 500):
        scopes = [_name_scope(scope, name) for name in names[start : start + 500]]
        old = FINDING.delete().where(FINDING.c.scope.in_(scopes))
        connection.execute(by(old, FINDING, "ix_finding_scope"))


def _name_scope(scope: Scope, name: str) -> str:
    return scope.of(f"name/{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}")


def _orphan_rows(connection: Connection, scope: Scope) -> Iterator[Scoped]:
    """Movements whose loan is not there."""
    temporary(connection, "missing", "loan ID PRIMARY KEY")
    connection.execute(
        text(
            "INSERT INTO missing SELECT c.loan FROM ledger_change c LEFT JOIN ledger_loan l"
            " ON l.installation = c.installation AND l.id = c.loan AND l.present = 1"
            " WHERE c.change_seq = :seq AND c.installation = :i AND l.id IS NULL"
        ),
        scope.parameters,
    )
    nearest = _nearest_loans(connection, scope)
    for name in ("repayment", "adjustment"):
        for loan, row, body in _rows(
            connection,
            scope,
            f"SELECT m.loan, r.id, r.body FROM missing m CROSS JOIN ledger_{name} r"
            f" {by_index(f'ix_ledger_{name}_loan', connection)}"
            " WHERE r.installation = :i AND r.loan = m.loan AND r.present = 1"
            f" ORDER BY {in_order(connection, 'm.loan')}, {in_order(connection, 'r.id')}",
        ):
            detail = message("no_loan", loan=str(loan))
            if near := nearest.get(str(loan)):
                detail = message("nearest_loan", loan=str(loan), near=near)
            yield (
                scope.of(f"loan/{loan}"),
                _at(
                    _DECODE[f"{name}s"](body).origin,
                    Finding(
                        code="movement.orphan",
                        subject=f"movement:{row}",
                        related=(f"loan:{loan}",),
                        detail=detail,
                    ),
                ),
            )


def _nearest_loans(connection: Connection, scope: Scope) -> dict[str, str]:
    """Missing loan → the one that is called the same but for zeros before it: `7` and `007`."""
    rows = _rows(connection, scope, "SELECT DISTINCT loan FROM missing WHERE loan IS NOT NULL")
    if not rows:
        return {}
    temporary(connection, "near", "stem TEXT, loan TEXT")
    connection.execute(
        text(
            "INSERT INTO near SELECT ltrim(CAST(loan AS TEXT), '0'), CAST(loan AS TEXT)"
            " FROM missing WHERE loan IS NOT NULL"
        )
    )
    connection.execute(text("CREATE INDEX temp.ix_near ON near (stem)"))
    found = _rows(
        connection,
        scope,
        "SELECT n.loan, CAST(l.id AS TEXT) FROM ledger_loan l CROSS JOIN near n"
        " WHERE l.installation = :i AND l.present = 1 AND n.stem = ltrim(CAST(l.id AS TEXT), '0')",
    )
    return dict(map(tuple, found))


def _at(origin: Origin, finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, file=origin.file, row=origin.line)


def _orphan_loans(connection: Connection, scope: Scope) -> Iterator[Scoped]:
    """Loans whose borrower is not there."""
    start = "ledger_loan l" if scope.fresh else "touched t CROSS JOIN ledger_loan l"
    which = "" if scope.fresh else "AND l.id = t.loan"
    for loan, borrower, body in _rows(
        connection,
        scope,
        f"SELECT l.id, l.borrower, l.body FROM {start} LEFT JOIN ledger_borrower b"
        " ON b.installation = l.installation AND b.id = l.borrower AND b.present = 1"
        f" WHERE l.installation = :i AND l.present = 1 {which} AND b.id IS NULL"
        f" ORDER BY {in_order(connection, 'l.id')}",
    ):
        yield (
            scope.of(f"loan/{loan}"),
            _at(
                _DECODE["loans"](body).origin,
                Finding(
                    code="loan.orphan",
                    subject=f"loan:{loan}",
                    related=(f"borrower:{borrower}",),
                    detail=message("no_borrower", borrower=str(borrower)),
                ),
            ),
        )


def _conflicts(connection: Connection, scope: Scope) -> Iterator[Scoped]:
    """Rows that carry the note of having been delivered twice with other content."""
    for name, kind in (("repayment", "movement"), ("adjustment", "movement"), ("loan", "loan")):
        own = "id" if name == "loan" else "loan"
        start = f"ledger_{name} r"
        which = "" if scope.fresh else f"AND r.{own} = t.loan"
        if not scope.fresh:
            by_loan = "" if name == "loan" else by_index(f"ix_ledger_{name}_loan", connection)
            start = f"touched t CROSS JOIN {start} {by_loan}"
        for loan, row, body in _rows(
            connection,
            scope,
            f"SELECT r.{own}, r.id, r.body FROM {start} WHERE r.installation = :i"
            f" AND r.noted = 1 AND r.present = 1 {which}"
            f" ORDER BY {in_order(connection, 'r.id')}",
        ):
            found = _DECODE[f"{name}s"](body)
            for note in found.notes:
                if note.code == _CONFLICT:
                    told = Finding(code=_CONFLICT, subject=f"{kind}:{row}", detail=note.detail)
                    yield scope.of(f"loan/{loan}"), _at(found.origin, told)


def _double_entries(connection: Connection, scope: Scope) -> Iterator[Scoped]:
    """Repayments of one loan, day and amount under different ids: perhaps one, typed twice."""
    by_loan = by_index("ix_ledger_repayment_loan", connection)
    start = f"ledger_repayment r {by_loan}"
    if not scope.fresh:
        start = f"touched t CROSS JOIN {start}"
    which = "" if scope.fresh else "AND r.loan = t.loan"
    temporary(connection, "alike", "loan ID, paid_on TEXT, cents BIGINT")
    connection.execute(
        text(
            "INSERT INTO alike SELECT r.loan, CAST(r.paid_on AS TEXT), r.cents"
            f" FROM {start} WHERE r.installation = :i {which}"
            " GROUP BY r.loan, r.paid_on, r.cents HAVING count(*) > 1 AND r.cents <> 0"
        ),
        scope.parameters,
    )
    found = _rows(
        connection,
        scope,
        "SELECT r.loan, r.paid_on, r.cents, r.id FROM alike a CROSS JOIN ledger_repayment r"
        f" {by_loan} WHERE r.installation = :i AND r.loan = a.loan"
        " AND CAST(r.paid_on AS TEXT) = a.paid_on"
        " AND r.cents = a.cents AND r.present = 1 AND r.state IN ('approved', 'pending')"
        f" ORDER BY {in_order(connection, 'r.loan')}, r.paid_on, r.cents,"
        f" {in_order(connection, 'r.id')}",
    )
    for (loan, day, cents), group in groupby(found, key=lambda row: tuple(row[:3])):
        ids = [f"movement:{row[3]}" for row in group]
        if len(ids) > 1:
            yield (
                scope.of(f"loan/{loan}"),
                Finding(
                    code="movement.possible_double_entry",
                    subject=ids[0],
                    related=tuple(ids[1 : RELATED + 1]),
                    detail=message(
                        "alike",
                        number=len(ids),
                        amount=from_cents(cents),
                        day=date.fromisoformat(day),
                        loan=str(loan),
                    ),
                ),
            )


def _namesakes(connection: Connection, scope: Scope) -> Iterator[Scoped]:
    """Borrowers of one name: the same person typed twice, or different people."""
    start = "ledger_borrower b" if scope.fresh else "touched_name t CROSS JOIN ledger_borrower b"
    which = "" if scope.fresh else "AND b.name_key = t.name_key"
    temporary(connection, "shared_name", "name_key TEXT PRIMARY KEY")
    connection.execute(
        text(
            f"INSERT INTO shared_name SELECT b.name_key FROM {start}"
            f" WHERE b.installation = :i AND b.present = 1 {which}"
            " GROUP BY b.name_key HAVING count(*) > 1"
        ),
        scope.parameters,
    )
    found = connection.execute(
        text(
            "SELECT b.name_key, b.id, b.phone, b.document FROM shared_name n"
            " CROSS JOIN ledger_borrower b"
            " WHERE b.installation = :i AND b.name_key = n.name_key AND b.present = 1"
            f" ORDER BY b.name_key, {in_order(connection, 'b.id')}"
        ),
        scope.parameters,
    ).fetchall()
    for name, group in groupby(found, key=lambda row: row.name_key):
        for finding in _told_apart(list(group)):
            yield _name_scope(scope, name), finding


def _told_apart(people: Sequence[Any]) -> Iterator[Finding]:
    by_phone: dict[str, list[Any]] = {}
    for person in people:
        by_phone.setdefault(person.phone or f"none:{person.id}", []).append(person)
    for group in by_phone.values():
        if len(group) > 1:
            yield _about(
                "borrower.possible_duplicate", group, message("same_person", number=len(group))
            )
    documents = {person.document for person in people if person.document}
    if len(by_phone) > 1 or len(documents) > 1:
        yield _about("borrower.homonym", people, message("same_name", number=len(people)))


def _about(code: str, people: Sequence[Any], detail: Detail) -> Finding:
    ids = [f"borrower:{person.id}" for person in people]
    return Finding(
        code=code,
        subject=ids[0],
        related=tuple(ids[1 : RELATED + 1]),
        detail=detail,
    )


def _two_currencies(connection: Connection, scope: Scope) -> Iterator[Scoped]:
    start = "ledger_loan l" if scope.fresh else "touched_borrower t CROSS JOIN ledger_loan l"
    which = "" if scope.fresh else "AND l.borrower = t.id"
    for borrower, low, high in _rows(
        connection,
        scope,
        f"SELECT l.borrower, min(l.currency), max(l.currency) FROM {start}"
        f" WHERE l.installation = :i AND l.present = 1 AND l.currency <> '{NO_CURRENCY}' {which}"
        " GROUP BY l.borrower HAVING min(l.currency) <> max(l.currency)",
    ):
        yield (
            scope.of(f"borrower/{borrower}"),
            Finding(
                code="borrower.two_currencies",
                subject=f"borrower:{borrower}",
                detail=message("two_currencies", first=low, second=high),
            ),
        )


def _without_loans(connection: Connection, scope: Scope) -> Iterator[Scoped]:
    start = (
        "ledger_borrower b" if scope.fresh else "touched_borrower t CROSS JOIN ledger_borrower b"
    )
    which = "" if scope.fresh else "AND b.id = t.id"
    for (borrower,) in _rows(
        connection,
        scope,
        f"SELECT b.id FROM {start} WHERE b.installation = :i AND b.present = 1 {which}"
        " AND NOT EXISTS (SELECT 1 FROM ledger_loan l WHERE l.installation = b.installation"
        " AND l.borrower = b.id AND l.present = 1)",
    ):
        yield (
            scope.of(f"borrower/{borrower}"),
            Finding(code="borrower.without_loans", subject=f"borrower:{borrower}"),
        )
