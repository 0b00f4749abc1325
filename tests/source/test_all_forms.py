"""One ledger as CSV, as a workbook of texts or of numbers and days, and as JSON: the same rows and
the same findings."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.ledger import Entity
from tests.laws.lender_file import amounts
from tests.source.conftest import FOUND, TODAY, Read
from tests.source.sheets import as_text, sheets

FORMS = ("csv", "texts", "numbers", "json")
OF_THE_APP = (
    "M01", "M02", "M09", "M10", "M10c", "M14", "M17", "M19", "M26", "M28", "M29", "D1", "J1",
)  # fmt: skip
LOOSE = ("M12", "M15", "M18", "M20/dia1", "M20/dia2", "M24", "M32", "W2")
"""Sheets that the app's own JSON cannot say: without ids, with totals below, with parts beside."""
ARRAYS = {"deudores": "debtors", "deudas": "debts", "movimientos": "movements"}
KEYS = {
    "ID deudor": "debtor_id", "Nombre": "name", "Documento": "document", "ID deuda": "debt_id",
    "Tipo": "kind", "Monto": "amount", "Interés (%)": "interest_pct", "Saldo": "remaining",
    "Moneda": "currency", "Vencimiento": "due_on", "Cuotas": "instalments",
    "Cuota": "instalment_amount", "Frecuencia": "frequency", "Estado": "status",
    "ID movimiento": "movement_id", "Tipo de movimiento": "type", "Forma de pago": "method",
}  # fmt: skip
HEADINGS = {
    "debtors": ["ID deudor", "Nombre", "Documento"],
    "debts": ["ID deuda", "ID deudor", "Tipo", "Monto", "Saldo", "Moneda", "Fecha"],
    "movements": [
        "ID movimiento", "ID deuda", "Fecha", "Tipo de movimiento", "Monto", "Moneda",
    ],
}  # fmt: skip
RIGHT = {
    "file.bom": "only a text file begins with a mark",
    "file.delimiter": "only a text file has a sign between its cells",
    "file.encoding": "only a text file was written in some encoding",
    "cell.number_as_text": "only a workbook has numbers beside texts",
    "date.mixed": "a workbook may have days beside texts",
    "file.columns_unread": "the record of the contract has no place for a name beside the debt",
}
"""Findings that one form may have alone, and why that is right."""

Tables = dict[str, list[list[str]]]


def tables_of(case: str) -> Tables:
    """The case's tables as texts, with a table of payments even where it is empty: a snapshot
    always has one."""
    if case == "J1":
        return _of_json(json.loads((FOUND / case / "deudores_snapshot.json").read_text("utf-8")))
    made: Tables = {}
    for title, rows in sheets(FOUND / case).items():
        if len(rows[0]) == 1:  # one of commas
            rows = list(csv.reader(rows[0] and [str(row[0]) for row in rows]))
        made[title.lower()] = [[as_text(cell) for cell in row] for row in rows]
    if "deudores" not in made:
        heading, *debts = made["deudas"]
        names = {row[heading.index("ID deudor")]: row[heading.index("Nombre")] for row in debts}
        people = [
            ["ID deudor", "Nombre", "Documento"],
            *([n, name, ""] for n, name in names.items()),
        ]
        made = {"deudores": people} | made
    made.setdefault("movimientos", [["ID movimiento", "ID deuda", "Fecha", "Monto"]])
    return made


def _of_json(document: dict[str, Any]) -> Tables:
    back = {key: heading for heading, key in KEYS.items()}
    made: Tables = {}
    for title, array in ARRAYS.items():
        heading = HEADINGS[array]
        back |= {"date": "Fecha", "created_on": "Fecha"}
        rows = [{back[key]: str(value) for key, value in r.items()} for r in document[array]]
        made[title] = [heading, *([row.get(h, "") for h in heading] for row in rows)]
    return made


def written(tables: Tables, form: str, folder: Path) -> Path:
    """The ledger on disk in one of the forms."""
    folder.mkdir()
    if form == "csv":
        for title, rows in tables.items():
            text = io.StringIO()
            csv.writer(text, delimiter=";").writerows(rows)
            (folder / f"{title}.csv").write_text(text.getvalue(), "utf-8")
    elif form == "json":
        (folder / "deudores_snapshot.json").write_text(_snapshot(tables), "utf-8")
    else:
        _workbook(tables, folder / "libro.xlsx", form == "numbers")
    return folder


def _snapshot(tables: Tables) -> str:
    document: dict[str, Any] = {
        "schema": "deudores-snapshot/1", "as_of": TODAY.isoformat(), "device_id": "local",
        "locale": "es-CO", "default_currency": "COP",
    }  # fmt: skip
    for title, array in ARRAYS.items():
        keys = KEYS | {"Fecha": "date" if array == "movements" else "created_on"}
        heading, *rows = tables.get(title, [[]])
        document[array] = [
            {keys[h]: cell for h, cell in zip(heading, row, strict=False) if h in keys and cell}
            for row in rows
        ]
        if array == "movements" and "Tipo de movimiento" not in heading:
            for record in document[array]:  # every movement of the contract has a type
                record["type"] = "PAYMENT"
        if array == "debts":
            for record in document[array]:
                record.pop("name", None)
    return json.dumps(document, ensure_ascii=False)


def _workbook(tables: Tables, path: Path, numbers: bool) -> None:
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for title, rows in tables.items():
        sheet = book.add_worksheet(title.replace("/", " "))
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if numbers and re.fullmatch(r"[1-9]\d{0,8}", cell):
                    sheet.write_number(at, column, int(cell))
                elif numbers and (found := _day(cell)):
                    sheet.write_datetime(at, column, found, day)
                elif cell:
                    sheet.write_string(at, column, cell)
    book.close()


def _day(cell: str) -> datetime | None:
    """The day that a spreadsheet in Bogotá makes of the text."""
    try:
        return datetime.strptime(cell, "%d/%m/%Y")  # noqa: DTZ007
    except ValueError:
        return None


def unnamed(rows: list[Any]) -> list[Any]:
    """The rows, where names that were made from what the cells say count by their order only."""
    seen: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], f"made up {len(seen) + 1}")

    return [re.sub(r"\bW[0-9A-Z]{9}\b", number, repr(row)) for row in rows]


def plain(row: Entity) -> tuple[str, dict[str, Any]]:
    """A row without its place, and its notes without theirs."""
    fields = msgspec.structs.asdict(row)
    del fields["origin"]
    notes = fields.pop("notes", ())
    return type(row).__name__, fields | {"notes": sorted(note.code for note in notes)}


def told(read: Read, form: str) -> Counter[tuple[str, str, int]]:
    """What was found about rows and files, by code, subject and row."""
    first = 1 if form == "json" else 0
    return Counter(
        (f.code, "file" if f.subject.startswith("file:") else f.subject, f.row and f.row + first)
        for f in read.findings
        if f.code not in RIGHT
    )


def compared(tables: Tables, forms: tuple[str, ...], tmp_path: Path) -> None:
    reads = {form: Read(written(tables, form, tmp_path / form)) for form in forms}
    first, *others = forms
    wanted = unnamed([plain(row) for row in reads[first].rows])
    for form in others:
        assert unnamed([plain(row) for row in reads[form].rows]) == wanted, form
        assert told(reads[form], form) == told(reads[first], first), form


@pytest.mark.parametrize("case", OF_THE_APP)
def test_all_forms_of_a_found_ledger_are_the_same_rows_and_findings(case, tmp_path):
    compared(tables_of(case), FORMS, tmp_path)


@pytest.mark.parametrize("case", LOOSE)
def test_a_loose_sheet_is_the_same_in_text_and_in_a_workbook(case, tmp_path):
    there = {
        title: [[as_text(cell) for cell in row] for row in rows]
        for title, rows in sheets(FOUND / case).items()
    }
    compared(there, FORMS[:3], tmp_path)


DAYS = st.builds(
    lambda first, second: f"{first:02}/{second:02}/2026", st.integers(1, 28), st.integers(1, 10)
)
WRITTEN_DAYS = st.one_of(DAYS, DAYS, DAYS, st.sampled_from(["09/30/2026", "mañana", ""]))
CELLS = st.booleans().flatmap(lambda doubtful: amounts(doubtful).map(lambda pair: pair[0]))
LOANS = st.tuples(
    st.sampled_from(["Préstamo", "Fiado", "Otro", ""]),
    CELLS,
    st.sampled_from(["COP", "COP", "USD", "pesos", "dólares", ""]),
    WRITTEN_DAYS,
)
PAYMENTS = st.tuples(
    st.sampled_from("1239"),
    WRITTEN_DAYS,
    st.sampled_from(["Pago", "Pago", "Aumento", "Trueque"]),
    st.one_of(CELLS, st.just("")),
    st.sampled_from(["", "", "Efectivo"]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(LOANS, min_size=1, max_size=3), st.lists(PAYMENTS, max_size=5))
def test_all_forms_of_any_ledger_are_the_same_rows_and_findings(loans, payments):
    """But that the 13th as a day of a workbook does not say how it was typed, as its text does:
    where another date has the month first, it settles nothing."""
    tables = {
        "deudores": [["ID deudor", "Nombre", "Documento"], ["1", "Ana Ruiz", ""]],
        "deudas": [["ID deuda", "ID deudor", "Tipo", "Monto", "Moneda", "Fecha"]],
        "movimientos": [
            ["ID movimiento", "ID deuda", "Fecha", "Tipo de movimiento", "Monto", "Forma de pago"]
        ],
    }
    tables["deudas"] += [[str(n), "1", *row] for n, row in enumerate(loans, start=1)]
    tables["movimientos"] += [[str(n), *row] for n, row in enumerate(payments, start=1)]
    month_first = any("09/30/2026" in row for rows in tables.values() for row in rows)
    forms = tuple(form for form in FORMS if form != "numbers" or not month_first)
    with tempfile.TemporaryDirectory() as folder:
        compared(tables, forms, Path(folder))
