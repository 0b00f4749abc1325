"""One found case in each form in which a lender may deliver it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from bridge.source.files.delivered import PlainFile, SizeLimits
from bridge.source.files.workbook import BookLimits, Workbook

Cells = list[list[object]]

_LIMITS = BookLimits(SizeLimits(10**7, 10**7, 200), 10**6, 10**4, 256, 10**4)
_TABLES = {"deudores": "debtors", "deudas": "debts", "movimientos": "movements"}
_KEYS = {
    "ID deudor": "debtor_id", "Nombre": "name", "Documento": "document",
    "ID deuda": "debt_id", "Tipo": "kind", "Monto": "amount", "Saldo": "remaining",
    "Moneda": "currency", "Fecha": "created_on", "Vencimiento": "due_on", "Cuotas": "instalments",
    "Cuota": "instalment_amount", "Frecuencia": "frequency", "Interés (%)": "interest_pct",
    "Estado": "status", "ID movimiento": "movement_id", "Tipo de movimiento": "type",
    "Forma de pago": "method",
}  # fmt: skip
"""The app's own headings, and the keys that its JSON has for them."""


def sheets(folder: Path) -> dict[str, Cells]:
    """The sheets of a found case, by title."""
    found: dict[str, Cells] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".xlsx":
            for sheet in Workbook(PlainFile(path), _LIMITS, None).sheets():
                found[sheet.title] = [list(row) for _, row in sheet.rows()]
        elif path.suffix == ".json":
            found |= _sheets_of(json.loads(path.read_text("utf-8"), parse_float=Decimal))
        else:
            found[path.stem] = [
                list(r) for r in csv.reader(io.StringIO(_text(path)), delimiter=";")
            ]
    return found


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def as_text(cell: object) -> str:
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else str(cell)


def as_csv(there: Mapping[str, Cells], folder: Path) -> Path:
    for title, rows in there.items():
        width = max(len(row) for row in rows)
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        writer.writerows([[as_text(c) for c in row] + [""] * (width - len(row)) for row in rows])
        (folder / f"{title}.csv").write_text(out.getvalue(), encoding="utf-8")
    return folder


def as_xlsx(there: Mapping[str, Cells], folder: Path) -> Path:
    book = xlsxwriter.Workbook(folder / "libro.xlsx")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for title, rows in there.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, Decimal):
                    sheet.write_number(number, column, int(cell))
                elif cell != "":
                    sheet.write_string(number, column, str(cell))
    book.close()
    return folder


def as_json(there: Mapping[str, Cells], folder: Path) -> Path:
    """The app's own tables as its snapshot, with every cell as the text that it is."""
    by_name = {title.lower(): rows for title, rows in there.items()}
    records = {array: _records(by_name.get(name, [[]])) for name, array in _TABLES.items()}
    named = {row["debtor_id"] for row in records["debtors"]}
    for debt in records["debts"]:
        name = debt.pop("name", "")
        if debt["debtor_id"] not in named:
            records["debtors"].append({"debtor_id": debt["debtor_id"], "name": name})
            named.add(debt["debtor_id"])
    for movement in records["movements"]:
        movement["date"] = movement.pop("created_on")
        movement.setdefault("type", "Pago")
    document = {
        "schema": "deudores-snapshot/1",
        "as_of": "2026-11-20",
        "device_id": "dev-0001",
        "locale": "es-CO",
        "default_currency": "COP",
        "counts": {array: len(rows) for array, rows in records.items()},
        "stores": [],
        "consents": [],
    }
    path = folder / "deudores_snapshot.json"
    path.write_text(json.dumps(document | records, ensure_ascii=False), encoding="utf-8")
    return folder


def in_json(sheet: str) -> str:
    """The array of the snapshot that holds the rows of one of the app's own tables."""
    return _TABLES[sheet.lower()]


FORMS = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json}


def _records(rows: Sequence[Sequence[object]]) -> list[dict[str, str]]:
    keys = [_KEYS[str(heading)] for heading in rows[0]]
    return [
        {key: as_text(cell) for key, cell in zip(keys, row, strict=False) if cell != ""}
        for row in rows[1:]
    ]


def _sheets_of(document: Mapping[str, list[dict[str, object]]]) -> dict[str, Cells]:
    """The tables of a snapshot, under the app's own headings."""
    found: dict[str, Cells] = {}
    for name, array in _TABLES.items():
        keys = {key: None for record in document[array] for key in record}
        headings = {key: heading for heading, key in _KEYS.items()}
        headings |= {"date": "Fecha", "type": "Tipo de movimiento"}
        head: list[object] = [headings[key] for key in keys]
        cells = [[record.get(key, "") for key in keys] for record in document[array]]
        found[name] = [head, *cells]
    return found
