"""CSV sets, workbooks and single sheets of comparable apps, as the ledger's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from bridge.core.ledger import Entity, SnapshotFacts
from bridge.errors import Problem
from bridge.source.deudores.canonical import canonical_rows
from bridge.source.deudores.columns import (
    HEADING_WITHIN,
    KINDS,
    Heading,
    find_heading,
    heading_problems,
    missing_columns,
)
from bridge.source.deudores.context import Context
from bridge.source.deudores.mapping import DeudoresMapping
from bridge.source.deudores.package import Manifest, day
from bridge.source.deudores.sheet_table import FIELDS, Sheet, SheetTable
from bridge.source.deudores.splitwise import SplitwiseBook
from bridge.source.deudores.tables import Book, Table
from bridge.source.deudores.weak import (
    BalancesAsLoans,
    NamedLoans,
    NamedMovements,
    PersonsOfLoans,
)
from bridge.source.files.delimited import DELIMITERS, DelimitedSheet, encoding_of
from bridge.source.files.delivered import Delivered, SizeLimits, refuse_if
from bridge.source.files.workbook import BookLimits, Workbook

_KIND_OF_CONTENT = {"debtors": "borrowers", "debts": "loans", "movements": "movements"}


class Found(msgspec.Struct, frozen=True):
    """A sheet whose heading was understood, with the cells of the heading."""

    sheet: Sheet
    heading: Heading
    cells: list[Any]


class SheetBook:
    """Tables of one delivery, in the order of the port."""

    def __init__(self, facts: SnapshotFacts, tables: Sequence[Table], weak: str) -> None:
        self.facts = facts
        self.weak = weak
        self._tables = tables

    def rows(self, context: Context) -> Iterator[Entity]:
        yield from canonical_rows(context, self._tables)


def sheet_book(
    files: Sequence[Delivered],
    form: str,
    manifest: Manifest | None,
    loose: SnapshotFacts,
    mapping: DeudoresMapping,
    staging: Path | None,
) -> Book:
    """The tables found in the files. Raises SnapshotRefused with what is missing or doubled."""
    expected = _expected_kinds(manifest, form)
    found, problems = [], []
    for file in files:
        sheets = _sheets(file, form, mapping, staging)
        kinds = [expected[file.name]] if file.name in expected else [*KINDS, "splitwise"]
        understood, told = _understand(file.name, sheets, kinds, mapping)
        found += understood
        problems += told
    problems += _doubled(found) + _lacking(found, manifest)
    refuse_if(problems)
    facts = _facts(manifest, form, loose)
    by_kind = {one.heading.kind: one for one in found}
    if "splitwise" in by_kind:
        one = by_kind["splitwise"]
        return SplitwiseBook(one.sheet, one.heading, one.cells, facts)
    return _tables(by_kind, facts, mapping)


def _expected_kinds(manifest: Manifest | None, form: str) -> dict[str, str]:
    """File → kind, where the manifest says it."""
    if manifest is None or form != "csv":
        return {}
    return {
        entry.name: _KIND_OF_CONTENT[entry.content]
        for entry in manifest.files
        if entry.content in _KIND_OF_CONTENT
    }


def _sheets(
    file: Delivered, form: str, mapping: DeudoresMapping, staging: Path | None
) -> list[list[Sheet]]:
    """The sheets of a file; of a text file, one for each delimiter that it could have."""
    limits = mapping.limits
    if form == "csv":
        encoding = encoding_of(file, limits.file_bytes)
        return [
            [DelimitedSheet(file, encoding, sign, limits.cell_characters) for sign in DELIMITERS]
        ]
    sizes = SizeLimits(limits.file_bytes, limits.unpacked_bytes, limits.unpacked_ratio)
    book_limits = BookLimits(
        sizes, limits.shared_text_bytes, limits.rows, limits.columns, limits.cell_characters
    )
    return [[sheet] for sheet in Workbook(file, book_limits, staging).sheets()]


def _understand(
    name: str, groups: list[list[Sheet]], kinds: list[str], mapping: DeudoresMapping
) -> tuple[list[Found], list[Problem]]:
    """The sheets with a heading we know; a problem when there is none at all."""
    found: list[Found] = []
    seen: list[tuple[int, Any]] = []
    problems: list[Problem] = []
    for alternatives in groups:
        best: Found | None = None
        for sheet in alternatives:
            first = list(islice(sheet.rows(), HEADING_WITHIN))
            seen += first
            heading = find_heading(first, mapping.columns, kinds)
            if heading and (best is None or heading.score > best.heading.score):
                cells = next(cells for line, cells in first if line == heading.line)
                best = Found(sheet, heading, cells)
        if best is not None:
            found.append(best)
            problems += heading_problems(best.sheet.name, best.cells, best.heading)
    if not found:
        problems.append(missing_columns(name, seen, mapping.columns, kinds))
    return found, problems


def _doubled(found: Sequence[Found]) -> list[Problem]:
    kinds = [one.heading.kind for one in found]
    problems = []
    for kind in sorted(set(kinds)):
        names = [one.sheet.name for one in found if one.heading.kind == kind]
        if len(names) > 1:
            fix = "Keep one of them: which one is the ledger cannot be told."
            problems.append(Problem(", ".join(names), f"are both a table of {kind}.", fix))
    if "splitwise" in kinds and len(set(kinds)) > 1:
        names = [one.sheet.name for one in found]
        problems.append(Problem(", ".join(names), "are of two apps.", "Read them one at a time."))
    return problems


def _lacking(found: Sequence[Found], manifest: Manifest | None) -> list[Problem]:
    """A package must have all three tables: absence means deletion in it."""
    if manifest is None:
        return []
    there = {one.heading.kind for one in found}
    return [
        Problem("manifest.json", f"lists no table of {kind}.", "Export the package again.")
        for kind in FIELDS
        if kind not in there
    ]


def _facts(manifest: Manifest | None, form: str, loose: SnapshotFacts) -> SnapshotFacts:
    if manifest is None:
        return loose
    as_of = day(manifest.as_of)
    assert as_of is not None
    counts = {
        _KIND_OF_CONTENT[entry.content]: entry.rows
        for entry in manifest.files
        if form == "csv" and entry.content in _KIND_OF_CONTENT and entry.rows is not None
    }
    return msgspec.structs.replace(
        loose,
        installation=manifest.device_id,
        as_of=as_of,
        written_on=None,
        generated_at=manifest.generated_at,
        complete=True,
        locale=manifest.locale or loose.locale,
        default_currency=manifest.default_currency or loose.default_currency,
        declared_counts=counts,
    )


def _tables(by_kind: dict[str, Found], facts: SnapshotFacts, mapping: DeudoresMapping) -> Book:
    """The tables in the order of the port, with names made up where a sheet has none."""
    weak: list[str] = []
    borrowers = _table(by_kind, "borrowers", mapping)
    loans: Table | None = _table(by_kind, "loans", mapping)
    movements: Table | None = _table(by_kind, "movements", mapping)
    if loans is not None and not {"id", "borrower"} <= loans.headings.keys():
        weak += ["debts"] if "id" not in loans.headings else []
        weak += ["persons"] if "borrower" not in loans.headings else []
        loans = NamedLoans(loans)
    if movements is not None and "id" not in movements.headings:
        weak.append("movements")
        movements = NamedMovements(movements)
    if loans is None and "balances" in by_kind:
        weak += ["debts", "persons"]
        fields = tuple(mapping.columns.table("balances"))
        balances = _table(by_kind, "balances", mapping, fields)
        assert balances is not None
        loans = BalancesAsLoans(balances, fields, mapping.words.kinds.running_account[0])
    persons: Table | None = borrowers
    if borrowers is None and loans is not None:
        persons = PersonsOfLoans(loans)
    tables = [table for table in (persons, loans, movements) if table is not None]
    said = f"the file has no ids of its own for {' and '.join(weak)}" if weak else ""
    return SheetBook(facts, tables, said)


def _table(
    by_kind: dict[str, Found],
    kind: str,
    mapping: DeudoresMapping,
    fields: tuple[str, ...] | None = None,
) -> SheetTable | None:
    found = by_kind.get(kind)
    if found is None:
        return None
    chosen = fields or FIELDS[kind]
    table = SheetTable(found.sheet, found.heading, chosen, mapping.limits.rows)
    return table.with_totals(mapping.total_words)
