"""Which kind of table a sheet is, and which of its columns hold which field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from bridge.core.ledger import ReadTable
from bridge.core.message import message
from bridge.errors import Problem
from bridge.source.deudores.context import as_text
from bridge.source.deudores.headings import Columns, Headings
from bridge.source.deudores.looks import Look, look, words
from bridge.source.texts import heading_key

HEADING_WITHIN = 20
KNOWN_NAMES = 3
KINDS = ("borrowers", "loans", "movements", "balances")
_NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "borrowers": (("id",), ("name",)),
    "loans": (("amount", "total"), ("start",), ("borrower", "name", "document")),
    "movements": (("loan", "name"), ("date",), ("amount", "capital", "interest")),
    "balances": (("name",), ("balance",)),
    "splitwise": (("date",), ("description",), ("category",), ("cost",), ("currency",)),
}
"""Fields a kind cannot do without: one of each group."""
_EITHER = heading_key("Abono")
"""The heading of an instalment, and of what was paid."""
_PAID = re.compile(r"ABONO|PAGO|RECAUDO|COBRO|COBRANZA|RECEBIMENTO|PAYMENT")
_LENT = re.compile(r"PREST|EMPREST|DEUD|CARTERA|CREDITO|LOAN")
_OF_THE_PERSON = frozenset({"name", "phone", "document", "address"})
"""Columns that any table may repeat: they say nothing about its kind (but for borrowers)."""


class Heading(msgspec.Struct, frozen=True):
    """A heading row that was understood."""

    kind: str
    line: int
    columns: dict[str, int]
    headings: dict[str, str]
    width: int
    score: int


def read_table(file: str, heading: Heading, payments: Mapping[int, str] = {}) -> ReadTable:
    """The understanding of a heading, column by column; `payments`: position → heading of those
    that hold payments."""
    own = {at: (heading.headings.get(field, ""), field) for field, at in heading.columns.items()}
    told = own | {at: (text, "payment") for at, text in payments.items()}
    return ReadTable(
        file=file,
        kind=heading.kind,
        line=heading.line,
        columns=tuple(told[at] for at in sorted(told)),
    )


def find_heading(
    first_rows: Sequence[tuple[int, Any]], columns: Columns, kinds: Iterable[str], title: str = ""
) -> Heading | None:
    """The first row with enough known names, as the kind that it fits best.

    `title` is the name of the sheet or file: names, days and amounts may be loans or payments, and
    it says which.
    """
    for line, cells in first_rows:
        if not isinstance(cells, list):
            continue
        fits = [found for kind in kinds if (found := _fit(line, cells, columns, kind))]
        if "loans" in kinds and not {f.kind for f in fits} & {"loans", "movements"}:
            fits += [found for found in [_fit(line, cells, columns, "loans", True)] if found]
        fits = [f for f in fits if len(f.columns) >= KNOWN_NAMES or _is_all(f, cells)]
        if fits:
            return max(_without_doubt(fits, title), key=lambda found: found.score)
    return None


def _is_all(found: Heading, cells: list[Any]) -> bool:
    """Whether a short row is nothing but known names: `ID deudor`, `Nombre`. An `ID` alone may be
    anybody's."""
    written = [as_text(cell).strip() for cell in cells if as_text(cell).strip()]
    return len(found.columns) == len(written) and heading_key(written[0]) != "ID"


def _without_doubt(fits: list[Heading], title: str) -> list[Heading]:
    """The fits, where payments that name no loan could be loans too: only what the title says."""
    by_name = [f for f in fits if f.kind == "movements" and "loan" not in f.columns]
    loans = [f for f in fits if f.kind == "loans"]
    if not by_name or not loans:
        return fits
    said = words(title)
    paid = any(_PAID.match(word) for word in said) and not any(_LENT.match(word) for word in said)
    dropped = loans if paid else by_name
    return [found for found in fits if found not in dropped]


def _fit(
    line: int, cells: list[Any], columns: Columns, kind: str, lent: bool = False
) -> Heading | None:
    """The row as the heading of a table of this kind, if it has what the kind needs; `lent`: what
    was lent may stand alone, and is then what is owed."""
    at = _positions(cells)
    found: dict[str, int] = {}
    for field, names in columns.table(kind).items():
        position = next((at[key] for name in names if (key := heading_key(name)) in at), None)
        if position is not None:
            found[field] = position
    if lent and "principal" in found:
        found["amount"] = found.pop("principal")
    if kind == "loans" and _is_what_was_paid(found, cells):
        found["collected"] = found.pop("instalment_amount")
    if not all(any(field in found for field in group) for group in _NEEDED[kind]):
        return None
    headings = {field: as_text(cells[position]).strip() for field, position in found.items()}
    own = [field for field in found if kind == "borrowers" or field not in _OF_THE_PERSON]
    return Heading(kind, line, found, headings, len(cells), len(own))


def _is_what_was_paid(found: Mapping[str, int], cells: list[Any]) -> bool:
    """Whether the column that was taken for the instalment says what was paid: "Abono" is either,
    "Abonó" never the instalment; and where nothing says how many instalments there are, none is
    meant. Money that came in must not be lost for a price."""
    if "instalment_amount" not in found or "collected" in found:
        return False
    heading = as_text(cells[found["instalment_amount"]]).strip()
    if heading_key(heading) != _EITHER:
        return False
    return heading.lower().endswith("ó") or not found.keys() & {"instalments", "frequency"}


def with_money_as_paid(
    heading: Heading, rows: Sequence[tuple[int, Any]], marks: Collection[str]
) -> Heading:
    """The heading, with a column "Pagado" that has sums in it taken for what was paid in all.

    `marks`: the words of a cell that only says whether a loan is paid ("sí", "no", 1, 0).
    """
    at = heading.columns.get("paid")
    if heading.kind != "loans" or at is None or "collected" in heading.columns:
        return heading
    beneath = [
        row[at]
        for line, row in rows
        if line > heading.line and isinstance(row, list) and at < len(row)
    ]
    filled = [cell for cell in beneath if look(cell) is not Look.NOTHING]
    sums = [cell for cell in filled if heading_key(as_text(cell)) not in marks]
    if not sums or any(look(cell) not in (Look.NUMBER, Look.MONEY) for cell in filled):
        return heading
    renamed = {"paid": "collected"}
    return msgspec.structs.replace(
        heading,
        columns={renamed.get(f, f): position for f, position in heading.columns.items()},
        headings={renamed.get(f, f): text for f, text in heading.headings.items()},
    )


def _positions(cells: list[Any]) -> dict[str, int]:
    at: dict[str, int] = {}
    for position, cell in enumerate(cells):
        key = heading_key(as_text(cell).lstrip("\ufeff"))
        if key:
            at.setdefault(key, position)
    return at


def heading_problems(name: str, cells: list[Any], heading: Heading) -> list[Problem]:
    """Headings that appear twice: which of the columns is meant cannot be told."""
    keys = [heading_key(as_text(cell)) for cell in cells]
    return [
        Problem(
            message("row_of_file", file=name, row=heading.line),
            message("refused_two_headings", text=text),
            message("mend_two_headings"),
        )
        for text in heading.headings.values()
        if keys.count(heading_key(text)) > 1
    ]


def missing_columns(
    name: str, first_rows: Sequence[tuple[int, Any]], columns: Columns, kinds: Sequence[str]
) -> Problem:
    """The problem of a sheet that is no table: what it has, and what would be needed, with the
    nearest names."""
    rows = [cells for _, cells in first_rows if isinstance(cells, list)]
    best = max(rows, key=lambda cells: _known(cells, columns, kinds), default=[])
    there = [as_text(cell).strip() for cell in best if as_text(cell).strip()]
    keys = {heading_key(text): text for text in there}

    def lacking(kind: str) -> list[list[str]]:
        groups = [
            [n for field in group for n in _names(columns.table(kind), field)]
            for group in _NEEDED[kind]
        ]
        return [names for names in groups if not any(heading_key(n) in keys for n in names)]

    kind = min(kinds, key=lambda kind: (len(lacking(kind)), -_known(best, columns, [kind])))
    wanted = []
    for names in lacking(kind):
        text = " / ".join(f'"{n}"' for n in names[:3])
        near = [
            match
            for n in names
            for match in difflib.get_close_matches(heading_key(n), list(keys), 1, 0.75)
        ]
        wanted.append(f'{text} (≈ "{keys[near[0]]}")' if near else text)
    shown = ", ".join(f'"{text[:30]}"' for text in there[:15]) or "—"
    return Problem(
        name,
        message("refused_no_heading", others=shown),
        message("mend_no_heading", needed="; ".join(wanted) or "…"),
    )


def _names(table: dict[str, Headings], field: str) -> Headings:
    return table.get(field, ())


def _known(cells: list[Any], columns: Columns, kinds: Sequence[str]) -> int:
    at = _positions(cells)
    return max(
        sum(
            any(heading_key(name) in at for name in names) for names in columns.table(kind).values()
        )
        for kind in kinds
    )
