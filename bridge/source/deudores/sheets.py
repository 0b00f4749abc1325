"""CSV sets, workbooks and single sheets of comparable apps, as the ledger's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from bridge.core.ledger import Entity, ReadTable, SnapshotFacts
from bridge.core.message import Detail, Word, message
from bridge.errors import Problem
from bridge.source.deudores.assembly import Assembly, Found
from bridge.source.deudores.canonical import canonical_rows
from bridge.source.deudores.clientsheets import ClientSheet, client_problems, client_sheet
from bridge.source.deudores.columns import (
    HEADING_WITHIN,
    KINDS,
    find_heading,
    heading_problems,
    missing_columns,
    read_table,
    with_money_as_paid,
)
from bridge.source.deudores.context import Context, as_text
from bridge.source.deudores.looks import has_amounts
from bridge.source.deudores.mapping import DeudoresMapping
from bridge.source.deudores.package import Manifest, day
from bridge.source.deudores.sheet_table import FIELDS, Sheet
from bridge.source.deudores.split import SplitPayments, paid_in_parts
from bridge.source.deudores.splitwise import SplitwiseBook
from bridge.source.deudores.tables import Book, Table
from bridge.source.deudores.unread import LOOKED_AT
from bridge.source.deudores.wide import payment_columns, with_payments
from bridge.source.files.delimited import DELIMITERS, DelimitedSheet, encoding_of
from bridge.source.files.delivered import Delivered, SizeLimits, refuse_if
from bridge.source.files.layout import hidden_parts
from bridge.source.files.opendocument import OpenDocument
from bridge.source.files.workbook import Workbook
from bridge.source.files.zippedxml import BookLimits
from bridge.source.texts import heading_key

_LARGEST_LOOSE = 20_000
"""Rows of a sheet without a heading of ours that are looked at."""
_KIND_OF_CONTENT = {"debtors": "borrowers", "debts": "loans", "movements": "movements"}


class SheetNote(msgspec.Struct, frozen=True):
    """Something to be told about a file or sheet as a whole."""

    code: str
    file: str
    detail: Detail = ""
    row: int = 0


class SheetBook:
    """Tables of one delivery, in the order of the port."""

    def __init__(
        self,
        facts: SnapshotFacts,
        tables: Sequence[Table],
        weak: Detail,
        notes: Sequence[SheetNote],
        in_parts: Sequence[SplitPayments] = (),
        read: Sequence[ReadTable] = (),
    ) -> None:
        self.facts = facts
        self.weak = weak
        self.tables = read
        self._tables = tables
        self._notes = notes
        self._in_parts = in_parts

    def rows(self, context: Context) -> Iterator[Entity]:
        for note in self._notes:
            subject, at = f"file:{note.file}", (note.file, note.row)
            context.log.note(note.code, subject, note.detail, at=at)
        context.tells_payments = any(table.kind == "movements" for table in self._tables)
        if self._in_parts:
            context.paid_in_parts = paid_in_parts(context, self._in_parts)
        yield from canonical_rows(context, self._tables)


def sheet_book(
    files: Sequence[tuple[Delivered, str]],
    manifest: Manifest | None,
    loose: SnapshotFacts,
    mapping: DeudoresMapping,
    staging: Path | None,
    notes: Sequence[SheetNote] = (),
) -> Book:
    """The tables found in the files, each with its form. Raises SnapshotRefused with what is
    missing, doubled or not understood."""
    form = files[0][1]
    expected = _expected_kinds(manifest, form)
    understood = Understood(mapping)
    for file, its_form in files:
        sheets = _sheets(file, its_form, mapping, staging)
        kinds = [expected[file.name]] if file.name in expected else [*KINDS, "splitwise"]
        understood.read(file.name, sheets, kinds)
    found = understood.found
    problems = understood.problems + _doubled(found) + _lacking(found, manifest)
    facts = _facts(manifest, form, loose)
    splitwise = next((one for one in found if one.heading.kind == "splitwise"), None)
    if splitwise is not None:
        refuse_if(problems)
        return SplitwiseBook(splitwise.sheet, splitwise.heading, splitwise.cells, facts)
    assembly = Assembly(mapping)
    for one in found:
        assembly.add(one)
    assembly.add_clients(understood.clients)
    tables = assembly.tables()
    refuse_if(problems + assembly.problems)
    weak = tuple(Word("ledger", each) for each in assembly.weak)
    said = message("weak_ids", others=weak) if weak else ""
    read = [_read(one, mapping) for one in found]
    read += [client.as_read for client, _, _ in understood.clients]
    noted = [*notes, *understood.notes]
    return SheetBook(facts, tables, said, noted, assembly.in_parts, read)


def _read(one: Found, mapping: DeudoresMapping) -> ReadTable:
    """The understanding of a sheet: columns of payments are told as such, whatever is over them."""
    wide = payment_columns(one.heading, one.cells, mapping)
    heading = with_payments(one.heading, wide) if wide else one.heading
    paid = {column.position: column.heading for column in wide}
    return read_table(one.sheet.name, heading, paid)


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
    book = OpenDocument if form == "ods" else Workbook
    return [[sheet] for sheet in book(file, book_limits, staging).sheets()]


class Understood:
    """The sheets of a delivery that were understood, and those that were not."""

    def __init__(self, mapping: DeudoresMapping) -> None:
        self.found: list[Found] = []
        self.clients: list[tuple[ClientSheet, Sheet, list[Any]]] = []
        self.notes: list[SheetNote] = []
        self.problems: list[Problem] = []
        self._mapping = mapping

    def read(self, name: str, groups: list[list[Sheet]], kinds: list[str]) -> None:
        """The sheets of one file, each in the forms that it could have."""
        before = len(self.found) + len(self.clients)
        unknown: list[tuple[Sheet, list[tuple[int, Any]]]] = []
        for alternatives in groups:
            self._tell_hidden(alternatives[0])
            if self._ignores(alternatives[0]):
                self.notes.append(
                    SheetNote(
                        "file.sheet_not_read",
                        alternatives[0].name,
                        message("sheet_ignored"),
                    )
                )
            elif not self._understand(alternatives, kinds):
                unknown.append(_likeliest([(sheet, rows_of(sheet)) for sheet in alternatives]))
        anything = len(self.found) + len(self.clients) > before
        for sheet, rows in unknown:
            if anything and not has_amounts([row for _, row in rows if isinstance(row, list)]):
                what = message("sheet_empty")
                if any(row for _, row in rows):
                    what = message("sheet_of_text")
                self.notes.append(SheetNote("file.sheet_not_read", sheet.name, what))
            else:
                where = sheet.name if anything else name
                first = rows[:HEADING_WITHIN]
                problem = missing_columns(where, first, self._mapping.columns, kinds)
                self.problems.append(problem)
                anything = True

    def _understand(self, alternatives: list[Sheet], kinds: list[str]) -> bool:
        mapping = self._mapping
        best: Found | None = None
        for sheet in alternatives:
            first = list(islice(sheet.rows(), LOOKED_AT))
            title = sheet.name
            heading = find_heading(first[:HEADING_WITHIN], mapping.columns, kinds, title)
            if heading and (best is None or heading.score > best.heading.score):
                cells = next(cells for line, cells in first if line == heading.line)
                heading = with_money_as_paid(heading, first, mapping.truth_words)
                best = Found(sheet, heading, cells, first, [title, *_above(first, heading.line)])
        if best is not None:
            wide = payment_columns(best.heading, best.cells, mapping)
            heading = with_payments(best.heading, wide) if wide else best.heading
            self.problems += heading_problems(best.sheet.name, best.cells, heading)
            self.found.append(best)
            return True
        return any(self._client(sheet) for sheet in alternatives)

    def _client(self, sheet: Sheet) -> bool:
        rows = rows_of(sheet)
        client = client_sheet(sheet.name, sheet.title, rows, self._mapping.columns)
        if client is None:
            return False
        self.problems += client_problems(client, rows)
        cells = next(cells for line, cells in rows if line == client.payments.line)
        self.clients.append((client, sheet, cells))
        return True

    def _ignores(self, sheet: Sheet) -> bool:
        return heading_key(sheet.title) in self._mapping.ignored_sheets

    def _tell_hidden(self, sheet: Sheet) -> None:
        for detail, row in hidden_parts(sheet.is_hidden, sheet.layout):
            self.notes.append(SheetNote("file.hidden", sheet.name, detail, row))


def rows_of(sheet: Sheet) -> list[tuple[int, Any]]:
    """The rows of a small sheet; of a large one its beginning."""
    return list(islice(sheet.rows(), _LARGEST_LOOSE))


def _likeliest(read: list[tuple[Sheet, list[tuple[int, Any]]]]) -> tuple[Sheet, Any]:
    """The sheet by the delimiter that makes the most cells of its first rows."""

    def cells(rows: list[tuple[int, Any]]) -> int:
        return sum(len(row) for _, row in rows[:HEADING_WITHIN] if isinstance(row, list))

    return max(read, key=lambda one: cells(one[1]))


def _above(first: Sequence[tuple[int, Any]], line: int) -> list[str]:
    return [
        as_text(cell)
        for number, row in first
        if number < line and isinstance(row, list)
        for cell in row
        if as_text(cell).strip()
    ]


def _doubled(found: Sequence[Found]) -> list[Problem]:
    """Sheets of one kind that are not parts of one table: their headings differ."""
    problems = []
    kinds = [one.heading.kind for one in found]
    for kind in sorted(set(kinds)):
        same = [one for one in found if one.heading.kind == kind]
        if len(same) > 1 and any(_titles(one) != _titles(same[0]) for one in same):
            names = ", ".join(one.sheet.name for one in same)
            what = message("refused_two_tables", entity=Word("ledger", kind))
            problems.append(Problem(names, what, message("mend_two_tables")))
    if "splitwise" in kinds and len(kinds) > 1:
        names = ", ".join(one.sheet.name for one in found)
        problems.append(Problem(names, message("refused_two_apps"), message("mend_two_apps")))
    return problems


def _titles(found: Found) -> frozenset[str]:
    """The meanings of a sheet's columns, dates as headings aside."""
    return frozenset(found.heading.columns)


def _lacking(found: Sequence[Found], manifest: Manifest | None) -> list[Problem]:
    """A package must have all three tables: absence means deletion in it."""
    if manifest is None:
        return []
    there = {one.heading.kind for one in found}
    return [
        Problem(
            "manifest.json",
            message("refused_no_table", entity=Word("ledger", kind)),
            message("mend_no_table"),
        )
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
