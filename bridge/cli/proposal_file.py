"""The list of look-alikes that a person edits in a spreadsheet: one line for each pair.

Written as Excel in the lender's language opens it (UTF-8 with a mark, semicolons); read back as
people save it: any of the three languages' headers, UTF-8 or Windows, semicolons, commas or tabs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from bridge.cli import paths
from bridge.core.identity import base_reference
from bridge.core.message import message
from bridge.core.money import text
from bridge.errors import Problem, UsageError
from bridge.pipeline.adoption import Proposal, Wish
from bridge.report.csv import neutral
from bridge.tomlfiles import shown

COLUMNS: dict[str, tuple[str, ...]] = {
    "es": (
        "sistema", "referencia", "tipo", "préstamo", "prestatario", "fecha", "monto", "moneda",
        "id", "número allí", "cliente allí", "fecha allí", "monto allí", "por qué", "decisión",
    ),
    "en": (
        "system", "reference", "kind", "loan", "borrower", "date", "amount", "currency",
        "id", "number there", "customer there", "date there", "amount there", "why", "decision",
    ),
    "pt": (
        "sistema", "referência", "tipo", "empréstimo", "devedor", "data", "valor", "moeda",
        "id", "número lá", "cliente lá", "data lá", "valor lá", "por quê", "decisão",
    ),
}  # fmt: skip
_NEEDED = {0: "system", 1: "reference", 3: "loan", 8: "id", 14: "decision"}
"""Columns that are read back; the others are for people."""
_WHY = {
    "es": ("misma referencia", "mismo cliente y monto", "mismo día", "{} días de diferencia"),
    "en": ("same reference", "same customer and amount", "same day", "{} days apart"),
    "pt": ("mesma referência", "mesmo cliente e valor", "mesmo dia", "{} dias de diferença"),
}
_YES = frozenset({"sí", "si", "s", "yes", "y", "sim", "x", "1"})
_NO = frozenset({"no", "n", "não", "nao", "0"})
_BYTES_MAX = 50_000_000


def written(proposals: Iterable[Proposal], language: str, *, names: bool) -> bytes:
    """The file, with the decisions still to be filled in. `names`: whether it has people's."""
    sheet = io.StringIO()
    rows = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    rows.writerow(COLUMNS[language])
    for proposal in proposals:
        rows.writerow(map(neutral, _line(proposal, language, names)))
    return b"\xef\xbb\xbf" + sheet.getvalue().encode()


def _line(proposal: Proposal, language: str, names: bool) -> list[str]:
    ours, theirs = proposal.wanted, proposal.theirs
    return [
        proposal.system,
        ours.reference,
        ours.kind.value,
        proposal.loan[1],
        proposal.borrower if names else "",
        ours.day.isoformat(),
        text(ours.total, ours.currency),
        ours.currency,
        theirs.external_id,
        theirs.number,
        proposal.customer_name if names else "",
        theirs.day.isoformat() if theirs.day else "",
        text(theirs.total, ours.currency),
        _why(proposal, language),
        "",
    ]


def _why(proposal: Proposal, language: str) -> str:
    number, customer, today, apart = _WHY[language]
    days = proposal.likeness.days_apart
    same_number = base_reference(proposal.theirs.number) == base_reference(
        proposal.wanted.reference
    )
    return f"{number if same_number else customer}, {apart.format(days) if days else today}"


def read(path: Path) -> list[Wish]:
    """The decisions of a file that a person has edited; rows without one are left out.

    Raises UsageError with everything that is wrong, by row.
    """
    lines = _lines(path)
    if not lines:
        raise UsageError(message("proposals_empty", file=shown(path)))
    places = _places(path, lines[0])
    problems: list[Problem] = []
    wishes: list[Wish] = []
    for number, cells in enumerate(lines[1:], start=2):
        row = {name: _cell(cells, at) for name, at in places.items()}
        decision = row["decision"].casefold()
        if not decision:
            continue
        where = message("place_row", file=shown(path), row=number)
        if decision not in _YES | _NO:
            what = message("decision_odd", decision=row["decision"])
            problems.append(Problem(where, what, message("write_yes_no")))
            continue
        empty = [name for name in ("system", "reference", "loan", "id") if not row[name]]
        if empty:
            what = message("are_empty", columns=", ".join(empty))
            problems.append(Problem(where, what, message("copy_the_row")))
            continue
        wishes.append(
            Wish(
                system=row["system"],
                reference=row["reference"],
                external_id=row["id"],
                loan=row["loan"],
                same=decision in _YES,
                where=where,
            )
        )
    if problems:
        raise UsageError(message("proposals_wrong", file=shown(path)), problems)
    return wishes


def _lines(path: Path) -> list[list[str]]:
    content = paths.content(path, "--from", _BYTES_MAX)
    try:
        told = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        told = content.decode("cp1252", errors="replace")
    first = told.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    return list(csv.reader(io.StringIO(told, newline=""), delimiter=delimiter))


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at].strip().removeprefix("'") if at < len(cells) else ""


def _places(path: Path, header: Sequence[str]) -> dict[str, int]:
    """The place of each column that is read, in whatever order they are now."""
    names = [cell.strip().casefold() for cell in header]
    found: dict[str, int] = {}
    for at, name in _NEEDED.items():
        known = {columns[at].casefold() for columns in COLUMNS.values()}
        here = [place for place, cell in enumerate(names) if cell in known]
        if here:
            found[name] = here[0]
    missing = [COLUMNS["es"][at] for at, name in _NEEDED.items() if name not in found]
    if missing:
        raise UsageError(message("proposals_none", file=shown(path), columns=", ".join(missing)))
    return found
