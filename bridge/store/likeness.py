"""Rows without numbers of their own: yesterday's that is gone and today's that is like it.

Works on the staged rows, before a delivery is weighed. What a person has called the same takes
its old name; so does what can only be the same (a payment of one loan, day and amount; everything
of a person or loan that is the same). For every other likeness the new row is left out, the old
one stays as it was, and it is asked: what belongs to the new one goes to the old one meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection

from bridge.core.findings import Finding
from bridge.core.ledger import LoanKind
from bridge.core.likeness import Matched, Pair, matched, near_names
from bridge.core.money import from_cents
from bridge.store import alike_told as told
from bridge.store.alike_rows import (
    BORROWERS,
    LEVELS,
    LOANS,
    Alike,
    Level,
    below,
    facts,
)


def settle(connection: Connection, installation: int, *, complete: bool) -> Settled:
    """Join what is the same, leave out what must be asked, note what is gone by a person's word.

    `complete` says whether absence means that a row was deleted anyway.
    """
    alike = Alike(connection, installation)
    alike.table("joined", "kind TEXT, new_id ID, old_id ID, PRIMARY KEY (kind, new_id)")
    alike.table("dropped", "kind TEXT, id ID, PRIMARY KEY (kind, id)")
    alike.table("kept", "kind TEXT, id ID, PRIMARY KEY (kind, id)")
    alike.do("CREATE TABLE stage.stage_gone (kind, id, PRIMARY KEY (kind, id)) WITHOUT ROWID")
    findings: list[Finding] = []
    for level in LEVELS:
        _rename(alike, level)
        alike.tell_apart(level)
        _set_gone_aside(alike, level)
        if _both_sides(alike, level):
            _join_equals(alike, level)
            found = matched(_pairs(alike, level))
            findings += _asked(alike, level, found)
            findings += _left_out(alike, level, found)
        alike.give_to(level)
    if not complete:
        findings += told.vanished(alike)
    findings += told.by_first_name(alike)
    return Settled(findings, alike.changed)


class Settled:
    """The findings about rows without numbers of their own, and whether staged ones were
    changed."""

    def __init__(self, findings: list[Finding], changed: bool) -> None:
        self.findings = findings
        self.changed = changed


def _rename(alike: Alike, level: Level) -> None:
    """A row that a person called the same takes its old name, unless that row is back itself."""
    found = alike.rows(
        "SELECT k.new_id, k.old_id FROM likeness k"
        f" CROSS JOIN stage_{level.name} s WHERE k.installation = :i AND k.kind = :kind"
        " AND k.answer = 'same' AND s.id = k.new_id"
        f" AND NOT EXISTS (SELECT 1 FROM stage_{level.name} o WHERE o.id = k.old_id)"
        f" AND NOT EXISTS (SELECT 1 FROM ledger_{level.name} m"
        " WHERE m.installation = :i AND m.id = k.new_id AND m.present = 1)"
        " ORDER BY k.at DESC, k.new_id",
        kind=level.name,
    )
    names: dict[str, str] = {}
    for new, old in found:
        if old not in names.values():
            names.setdefault(new, old)
    _take(alike, level, names)


def _take(alike: Alike, level: Level, names: dict[str, str]) -> None:
    alike.rename(level, names)
    alike.put(
        "joined",
        [{"kind": level.name, "new_id": new, "old_id": old} for new, old in names.items()],
    )


def _set_gone_aside(alike: Alike, level: Level) -> None:
    """A row that a person said is rightly gone, and what belongs to it, is no longer in the
    ledger."""
    alike.do(
        f"INSERT INTO stage_gone SELECT :kind, m.id FROM missing_{level.name} m WHERE EXISTS"
        " (SELECT 1 FROM likeness k WHERE k.installation = :i AND k.kind = :kind"
        " AND k.new_id = '' AND k.old_id = m.id AND k.answer = 'gone') OR EXISTS"
        " (SELECT 1 FROM stage_gone g WHERE g.kind = :above AND g.id = m.parent)",
        kind=level.name,
        above=level.above,
    )
    alike.do(
        f"DELETE FROM missing_{level.name}"
        " WHERE id IN (SELECT g.id FROM stage_gone g WHERE g.kind = :kind)",
        kind=level.name,
    )


def _both_sides(alike: Alike, level: Level) -> bool:
    """Whether something is new and something is gone: a file that only grows asks nothing."""
    sides = (f"fresh_{level.name}", f"missing_{level.name}")
    return all(alike.rows(f"SELECT 1 FROM {side} LIMIT 1") for side in sides)


def _join_equals(alike: Alike, level: Level) -> None:
    """A row that differs in its name alone: it belongs to a row that has another name now."""
    if level is LOANS:
        moved = "parent IN (SELECT old_id FROM joined WHERE kind = 'borrower')"
        _join_by(alike, level, ("parent", "day", "cents", "word", "currency"), moved)
        account = f"{moved} AND what = '{LoanKind.RUNNING_ACCOUNT.value}'"
        _join_by(alike, level, ("parent", "what", "currency"), account)
    elif level is not BORROWERS:
        for owner in ("parent", "twin"):
            _join_by(alike, level, (owner, "day", "cents", "what"), "1 = 1")


def _join_by(alike: Alike, level: Level, key: tuple[str, ...], which: str) -> None:
    """Join the first with the first of equal ones, the second with the second."""
    columns = ", ".join(key)
    numbered = (
        f"SELECT *, row_number() OVER (PARTITION BY {columns} ORDER BY line, id) AS place"
        " FROM {}_" + level.name + f" WHERE {which}"
    )
    same = " AND ".join(f"m.{column} = f.{column}" for column in (*key, "place"))
    found = alike.rows(
        f"SELECT f.id, m.id FROM ({numbered.format('fresh')}) f"
        f" JOIN ({numbered.format('missing')}) m ON {same}"
    )
    _take(alike, level, dict(map(tuple, found)))


def _pairs(alike: Alike, level: Level) -> list[Pair]:
    """The new rows beside those that are gone, where they have something in common."""
    if level is BORROWERS:
        scores = _people(alike)
    elif level is LOANS:
        scores = _loans(alike)
    else:
        scores = _payments(alike, level)
    apart = {
        (new, old)
        for new, old in alike.rows(
            "SELECT new_id, old_id FROM likeness"
            " WHERE installation = :i AND kind = :kind AND answer = 'different'",
            kind=level.name,
        )
    }
    return [Pair(*pair, score) for pair, score in scores.items() if pair not in apart]


_ROW = "(m.line = f.line AND m.file = f.file)"
_COMMON = f"2 * (m.day = f.day) + 2 * (m.cents = f.cents) + {_ROW}"


def _loans(alike: Alike) -> dict[tuple[str, str], int]:
    """One person's with a day, amount or concept in common; another's with all three."""
    word = "(m.word = f.word AND f.word <> '')"
    found = alike.rows(
        f"SELECT f.id, m.id, 8 + 2 * {word} + {_COMMON} FROM fresh_loan f"
        " JOIN missing_loan m ON m.parent = f.parent"
        f" WHERE m.day = f.day OR m.cents = f.cents OR {word}"
        f" UNION ALL SELECT f.id, m.id, 2 * {word} + {_COMMON} FROM fresh_loan f"
        " JOIN missing_loan m ON m.day = f.day AND m.cents = f.cents AND m.word = f.word"
        f" WHERE m.parent <> f.parent AND (f.word <> '' OR {_ROW})"
        " AND NOT EXISTS (SELECT 1 FROM likeness k WHERE k.installation = :i"
        " AND k.kind = 'borrower' AND k.answer = 'different'"
        " AND k.new_id = f.parent AND k.old_id = m.parent)"
    )
    return {(new, old): score for new, old, score in found}


def _payments(alike: Alike, level: Level) -> dict[tuple[str, str], int]:
    """The scores of payments of one loan, with the day or the amount in common.

    Where several are gone and several came, all of them later, the file goes on to another time.
    """
    found = alike.rows(
        "WITH n AS (SELECT parent, count(*) AS many, min(day) AS day"
        f" FROM fresh_{level.name} GROUP BY parent),"
        " o AS (SELECT parent, count(*) AS many, max(day) AS day"
        f" FROM missing_{level.name} GROUP BY parent)"
        f" SELECT f.id, m.id, {_COMMON} FROM fresh_{level.name} f"
        f" JOIN missing_{level.name} m ON m.parent = f.parent"
        " JOIN n ON n.parent = f.parent JOIN o ON o.parent = f.parent"
        " WHERE (m.day = f.day OR m.cents = f.cents)"
        " AND NOT (n.many > 1 AND o.many > 1 AND n.day > o.day)"
    )
    return {(new, old): score for new, old, score in found}


def _people(alike: Alike) -> dict[tuple[str, str], int]:
    """One document or phone; a name that is near, with a loan in common; or a loan alike in all."""
    scores: dict[tuple[str, str], int] = defaultdict(int)
    for column, worth in (("document", 16), ("phone", 8), ("word", 2)):
        for new, old in alike.rows(
            f"SELECT f.id, m.id FROM fresh_borrower f JOIN missing_borrower m"
            f" ON m.{column} = f.{column} WHERE f.{column} <> ''"
        ):
            if column != "word" or (new, old) in scores:
                scores[new, old] += worth
    for side, where, whose in (
        ("fresh", "stage_loan r", ""),
        ("missing", "ledger_loan r", "r.installation = :i AND r.present = 1 AND"),
    ):
        alike.table(f"{side}_lent", "id ID, day TEXT, cents INTEGER, word TEXT, line INTEGER")
        alike.do(
            f"INSERT INTO {side}_lent SELECT r.borrower, {LOANS.day}, {LOANS.cents}, {LOANS.word},"
            f" json_extract(CAST(r.body AS TEXT), '$.origin.line') FROM {where} WHERE {whose}"
            f" r.borrower IN (SELECT id FROM {side}_borrower)"
        )
        alike.do(f"CREATE INDEX ix_{side}_lent ON {side}_lent (id)")
    for new, old in alike.rows(
        "SELECT DISTINCT f.id, m.id FROM fresh_lent f JOIN missing_lent m"
        " ON m.day = f.day AND m.cents = f.cents AND m.word = f.word"
        " WHERE f.word <> '' OR m.line = f.line"
    ):
        scores[new, old] += 3
    names = {
        side: {str(r.id): r.word for r in alike.rows(f"SELECT id, word FROM {side}_borrower")}
        for side in ("fresh", "missing")
    }
    near = near_names(names["fresh"], names["missing"])
    alike.table("near", "new_id ID, old_id ID, PRIMARY KEY (new_id, old_id)")
    alike.put("near", [{"new_id": new, "old_id": old} for new, old in near])
    for new, old in alike.rows(
        "SELECT n.new_id, n.old_id FROM near n WHERE EXISTS (SELECT 1 FROM fresh_lent f"
        " JOIN missing_lent m ON m.id = n.old_id"
        " WHERE f.id = n.new_id AND (m.day = f.day OR m.cents = f.cents))"
    ):
        scores[new, old] += 2 if names["fresh"][new] != names["missing"][old] else 4
    return dict(scores)


def _asked(alike: Alike, level: Level, found: Matched) -> Iterator[Finding]:
    """A question for each likeness. The new row is left out; a clear one lends what it has."""
    clear = [{"kind": level.name, "new_id": new, "old_id": old} for new, old in found.clear.items()]
    alike.put("joined", clear)
    candidates = {new: (old,) for new, old in found.clear.items()} | found.unclear
    new = alike.facts_of(f"fresh_{level.name}", candidates)
    olds = {old for several in candidates.values() for old in several}
    old = alike.facts_of(f"missing_{level.name}", sorted(olds))
    if level is BORROWERS:
        lent = _lent(alike, candidates)
    for id, several in sorted(candidates.items(), key=lambda pair: _place(new[pair[0]])):
        amount, currency = new[id].cents, new[id].currency
        if level is BORROWERS:
            amount, currency = lent.get(id, (0, ""))
        yield Finding(
            code="identity.proposed",
            subject=f"{level.subject}:{id}",
            related=tuple(f"{level.subject}:{each}" for each in several[: told.RELATED]),
            detail=told.was([old[each] for each in several]),
            file=new[id].file,
            row=new[id].line,
            amount=from_cents(amount),
            currency=currency,
        )


def _lent(alike: Alike, people: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Person → what the file says was lent, in the currency that comes first."""
    found: dict[str, tuple[int, str]] = {}
    for person, currency, cents in alike.rows(
        f"SELECT r.borrower, r.currency, sum({LOANS.cents}) FROM stage_loan r"
        " WHERE r.borrower IN (SELECT id FROM fresh_borrower) GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        if person in people:
            found.setdefault(person, (cents, currency))
    return found


def _place(row: Any) -> tuple[str, int, str]:
    return row.file, row.line, str(row.id)


def _left_out(alike: Alike, level: Level, found: Matched) -> Iterator[Finding]:
    """The rows that wait with an unclear one; what may be the old one stays with all it has."""
    alike.put("dropped", [{"kind": level.name, "id": id} for id in found.unclear])
    alike.put(
        "kept",
        [{"kind": level.name, "id": old} for olds in found.unclear.values() for old in olds],
    )
    touched = [level]
    for child in _under(level):
        mine = f"r.{child.parent} IN (SELECT d.id FROM dropped d WHERE d.kind = :above)"
        waiting = (
            alike.rows(
                f"{facts(child, staged=True)} FROM stage_{child.name} r WHERE {mine}",
                above=child.above,
            )
            if found.unclear
            else []
        )
        if waiting:
            yield from told.waiting(child, waiting)
            alike.put("dropped", [{"kind": child.name, "id": row[0]} for row in waiting])
        alike.do(
            f"INSERT OR IGNORE INTO kept SELECT :kind, r.id FROM ledger_{child.name} r"
            f" CROSS JOIN kept k WHERE k.kind = :above AND r.installation = :i"
            f" AND r.{child.parent} = k.id AND r.present = 1",
            kind=child.name,
            above=child.above,
        )
        touched.append(child)
    alike.put("dropped", [{"kind": level.name, "id": new} for new in found.clear])
    alike.put("kept", [{"kind": level.name, "id": old} for old in found.clear.values()])
    for each in touched:
        alike.leave_out(each)
        alike.keep(each)
    alike.do("DELETE FROM dropped")
    alike.do("DELETE FROM kept")


def _under(level: Level) -> list[Level]:
    found: list[Level] = []
    for child in below(level):
        found += [child, *_under(child)]
    return found
