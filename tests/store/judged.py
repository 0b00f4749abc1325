"""Which plans of SQLite's look through a whole table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bridge.store import tables
from tests.store.watched import Asked, Step

SMALL = {
    "installation": "one for each phone or company that ids belong to",
    "books": "one for each company in an accounting system",
    "mirror_cursor": "a handful for each company",
    "delivery": "two",
    "comparison": "one for each company",
    "upkeep": "a handful",
    "alembic_version": "one",
    "job_slot": "nothing is written there any more",
    "sqlite_master": "one for each table and index",
    "sqlite_temp_master": "one for each temporary table",
    "run": "one for each pass: some thousands in a year",
    "intake": "one for each delivery",
    "call_day": "one for each day",
    "decision": "what people decided, one by one",
    "answer": "what people answered, one by one",
    "likeness": "what people said of rows that look like others, one by one",
    "trial": "writes that were sent and not clearly answered",
}
"""Tables that do not grow with what is lent, and why."""

SELECTIVE = {
    *("id", "rowid", "loan", "borrower", "name_key", "change_seq", "scope", "reference", "base"),
    *(
        "external_id",
        "customer",
        "number",
        "total_cents",
        "customer_id",
        "key",
        "entry",
        "target",
        "day",
    ),
    *("new_id", "old_id", "task", "seq", "name", "parent"),
}
"""Columns whose value is shared by few rows, however many there are: an index by one of these finds
what is asked for. `books`, `installation`, `kind` or `state` alone find everything."""

_LOOK = re.compile(r"(?P<how>SCAN|SEARCH) (?P<name>\w+)(?P<rest>.*)")
_ADDS = re.compile(r"INSERT INTO \w+ \([^)]*\) VALUES")
_EQUAL = re.compile(r"(\w+)=\?")
_RANGE = re.compile(r"(change_seq|scope|day|number)[<>]\?")
GROWING = {*tables.metadata.tables} - {*SMALL}
STAGED = {f"stage_{name.removeprefix('ledger_')}" for name in GROWING if name.startswith("ledger_")}


def wide(asked: Asked) -> Iterator[tuple[str, Step, bool]]:
    """(table, step, whether it is done again and again) of each look through a whole table."""
    if _ADDS.match(asked.statement):
        return  # what SQLite would do for rows of other tables that wait for this one: none do
    named = _names(asked.statement)
    before: dict[int, list[Step]] = {}
    again = {step.id for step in asked.steps if "CORRELATED" in step.detail}
    for step in asked.steps:
        if step.parent in again:
            again.add(step.id)
        found = _LOOK.match(step.detail)
        if found is None:
            continue
        others = before.setdefault(step.parent, [])
        looped = step.parent in again or any(_has_many(named, each) for each in others)
        others.append(step)
        known = named.get(found["name"], {found["name"]})
        scanned = found["how"] == "SCAN"
        for table in sorted(known - {*SMALL}):
            grows = table in GROWING | STAGED
            if (grows and (scanned or not _finds(found["rest"]))) or (scanned and looped):
                yield table, step, looped


def _has_many(named: dict[str, set[str]], step: Step) -> bool:
    found = _LOOK.match(step.detail)
    assert found is not None
    return not named.get(found["name"], {found["name"]}) <= {*SMALL}


def _finds(rest: str) -> bool:
    """Whether an index is asked by something that few rows share."""
    if "AUTOMATIC" in rest:
        return False
    return not SELECTIVE.isdisjoint([*_EQUAL.findall(rest), *_RANGE.findall(rest)])


def _names(statement: str) -> dict[str, set[str]]:
    """What a statement calls its tables → the tables."""
    found: dict[str, set[str]] = {}
    known = "|".join(sorted(GROWING | STAGED | {*SMALL}, key=len, reverse=True))
    for table, alias in re.findall(rf"\b({known})\b(?: (?:AS )?\"?([a-z]+)\b\"?)?", statement):
        found.setdefault(table, {table})
        if alias:
            found.setdefault(alias, set()).add(table)
    return found
