"""The findings about rows without numbers of their own: what they were, what waits, what is
gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from bridge.core.findings import Finding
from bridge.core.message import Detail, Message, message
from bridge.core.money import from_cents
from bridge.store.alike_rows import LEVELS, LOANS, MONEY, Alike, Level

LISTED = 20
"""Rows of one kind that are gone and told one by one; more are summed up."""
RELATED = 20


def was(rows: list[Any]) -> Message:
    """The old ones, without a name; several are said with their rows' numbers first."""
    if len(rows) == 1:
        (row,) = rows
        if not row.day:
            return message("alike_person", row=row.line, old=row.id)
        return message(
            "alike_one",
            row=row.line,
            amount=from_cents(row.cents),
            currency=row.currency,
            day=date.fromisoformat(row.day),
            old=row.id,
        )
    return message("alike_many", parts=tuple(_one_of(row) for row in rows[:RELATED]))


def _one_of(row: Any) -> Message:
    if not row.day:
        return message("one_person", row=row.line, old=row.id)
    return message(
        "one_row",
        row=row.line,
        amount=from_cents(row.cents),
        currency=row.currency,
        day=date.fromisoformat(row.day),
        old=row.id,
    )


def _on(day: str) -> Detail:
    return message("on_day", day=date.fromisoformat(day)) if day else ""


def waiting(level: Level, rows: Iterable[Any]) -> Iterator[Finding]:
    above = next(each for each in LEVELS if each.name == level.above)
    for id, parent, day, cents, _, _, currency, _, _, _, file, line in rows:
        yield Finding(
            code="identity.waiting",
            subject=f"{level.subject}:{id}",
            related=(f"{above.subject}:{parent}",),
            detail=_on(day),
            file=file,
            row=line,
            amount=from_cents(cents),
            currency=currency,
        )


def vanished(alike: Alike) -> Iterator[Finding]:
    """The rows that the file no longer has, where nothing in it is like them: nobody said that they
    are gone."""
    for level in MONEY:
        alone = ""
        if level is not LOANS:
            alone = " AND EXISTS (SELECT 1 FROM stage_loan l WHERE l.id = m.parent)"
        rest = (
            f"FROM missing_{level.name} m WHERE NOT EXISTS"
            f" (SELECT 1 FROM stage_{level.name} s WHERE s.id = m.id){alone}"
        )
        listed = alike.rows(f"SELECT m.* {rest} ORDER BY m.file, m.line, m.id LIMIT {LISTED}")
        for row in listed:
            yield Finding(
                code="identity.vanished",
                subject=f"{level.subject}:{row.id}",
                detail=_on(row.day),
                file=row.file,
                row=row.line,
                amount=from_cents(row.cents),
                currency=row.currency,
            )
        if len(listed) == LISTED:
            yield from _more(alike, rest)


def _more(alike: Alike, rest: str) -> Iterator[Finding]:
    """The rows beyond the list, summed up by file and currency."""
    found = alike.rows(
        f"SELECT file, currency, cents FROM (SELECT m.* {rest} ORDER BY m.file, m.line, m.id"
        f" LIMIT -1 OFFSET {LISTED}) ORDER BY file, currency"
    )
    for (file, currency), group in groupby(found, key=lambda row: (row.file, row.currency)):
        cents = [row.cents for row in group]
        yield Finding(
            code="identity.vanished",
            subject=f"file:{file}",
            detail=message("more_rows", number=len(cents)),
            file=file,
            amount=from_cents(sum(cents)),
            currency=currency,
        )


def by_first_name(alike: Alike) -> Iterator[Finding]:
    """Several loans of one who is known by a bare first name: perhaps of several people."""
    for id, file, line, many in alike.rows(
        "SELECT r.id, json_extract(CAST(r.body AS TEXT), '$.origin.file'),"
        " json_extract(CAST(r.body AS TEXT), '$.origin.line'), count(*)"
        " FROM stage_loan l CROSS JOIN stage_borrower r WHERE r.id = l.borrower"
        " AND r.id GLOB :weak AND r.phone = '' AND r.document = '' AND instr(r.name_key, ' ') = 0"
        " GROUP BY r.id HAVING count(*) > 1 ORDER BY r.id"
    ):
        yield Finding(
            code="identity.name_only",
            subject=f"borrower:{id}",
            detail=message("loans_of_one", number=many),
            file=file,
            row=line,
        )
