"""Statements of QuickBooks' query language, and paging through their answers.

No OR, no JOIN; IN lists of at most 100 values; at most 1000 rows a page, 1-based positions;
inactive names only when asked for (FACTS Q25).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

IN_MAX = 100
PAGE = 1000

NAME_LISTS = frozenset(
    {"Customer", "Account", "Item", "Class", "Department", "Term", "PaymentMethod"}
)
"""Entities that are made inactive, never deleted."""


def literal(value: str) -> str:
    """A quoted value: apostrophes are escaped by a backslash, not doubled."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def select(entity: str, *conditions: str, start: int = 1, rows: int = PAGE) -> str:
    """Everything of one entity that meets all conditions, in the order of ids."""
    both = ("Active IN (true, false)",) if entity in NAME_LISTS else ()
    wanted = " AND ".join((*conditions, *both))
    where = f" WHERE {wanted}" if wanted else ""
    return f"SELECT * FROM {entity}{where} ORDERBY Id STARTPOSITION {start} MAXRESULTS {rows}"


def newest(entity: str, rows: int) -> str:
    """The query for the rows that were written last, the newest first."""
    order = "MetaData.LastUpdatedTime DESC"
    return f"SELECT * FROM {entity} ORDERBY {order} STARTPOSITION 1 MAXRESULTS {rows}"


def settings_of(entity: str) -> str:
    """Statement for an entity that exists once in a company."""
    return f"SELECT * FROM {entity}"


def among(field: str, values: Iterable[str]) -> str:
    """Condition: the field has one of these values."""
    return f"{field} IN ({', '.join(literal(value) for value in values)})"


def chunks(values: Sequence[str], size: int = IN_MAX) -> Iterator[list[str]]:
    """The distinct values, in groups that fit one IN list."""
    rest = iter(dict.fromkeys(values))
    while group := list(islice(rest, size)):
        yield group
