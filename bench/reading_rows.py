"""The row about large deliveries: each form of the same ledger, read to its end at three sizes.

Nothing is stored: what `ingest` measures besides is the store's. Each reading has a process of its
own, since memory that a process once held counts as its peak for good.

    python -m bench.reading_rows FORM FOLDER

prints rows, bytes, seconds of CPU and peak memory of one reading as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import xlsxwriter

from bench import make_csv
from bench.figures import Line, Size
from bench.growth_rows import LINEAR, exponents
from bench.measuring import peak_mb, watch
from bridge.mappingfiles import load_ledger_mapping
from bridge.source.deudores.reader import Deudores, Form

_ROOT = Path(__file__).parents[1]
_MEMORY_MB = 300
_READ_ON = date(2026, 11, 20)


class Reading(msgspec.Struct, frozen=True):
    """What one reading took."""

    rows: int
    file_mb: float
    cpu_s: float
    peak_mb: float


def reading(size: Size, folder: Path) -> list[Line]:
    """CSV, JSON and XLSX at three sizes each."""
    return [line for form in WRITERS for line in _of(form, size, folder)]


def _of(form: Form, size: Size, folder: Path) -> Iterator[Line]:
    found = []
    for loans in size.read_loans:
        place = folder / f"{form}-{loans}"
        place.mkdir()
        WRITERS[form](place, loans)
        found.append(_in_own_process(form, place))
        for file in place.iterdir():
            file.unlink()
    rows = [each.rows for each in found]
    powers = exponents(rows, [each.cpu_s for each in found])
    each_of = [f"{one.rows:,} rows ({one.file_mb:.0f} MB): {one.cpu_s:.3g} s" for one in found]
    yield Line(
        what=f"growth of reading {form}: exponent",
        measured=max(powers[-1], 0),
        unit="",
        target=LINEAR,
        cpu_s=sum(each.cpu_s for each in found),
        note=f"CPU of {', '.join(each_of)}; exponents "
        + ", ".join(f"{power:.2f}" for power in powers),
    )
    yield Line(
        what=f"reading {form}, {rows[-1]:,} rows: peak memory",
        measured=found[-1].peak_mb,
        unit="MB",
        target=_MEMORY_MB,
        note="peak at each size: " + " / ".join(f"{each.peak_mb:.0f}" for each in found) + " MB",
    )


def _in_own_process(form: Form, folder: Path) -> Reading:
    command = [sys.executable, "-m", "bench.reading_rows", form, str(folder)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    return msgspec.json.decode(done.stdout, type=Reading)


def _read(form: Form, folder: Path) -> Reading:
    mapping = load_ledger_mapping("deudores", _ROOT / "mappings" / "deudores.toml")
    file_bytes = sum(path.stat().st_size for path in folder.iterdir())
    with watch() as spent:
        ledger = Deudores(folder, mapping, "America/Bogota", _READ_ON, prefer=form)
        rows = sum(1 for _ in ledger.snapshot().rows())
    return Reading(rows, file_bytes / 1e6, spent.cpu_s, peak_mb())


def _write_csv(folder: Path, loans: int) -> None:
    make_csv.write(folder, loans, loans * 5, foreign=10)


def _tables(loans: int) -> dict[str, Iterator[dict[str, str]]]:
    """The lines of the CSV files, by heading."""
    lines = {
        "Deudores": make_csv.borrowers(loans),
        "Deudas": make_csv.loans(loans, loans * 5, 10),
        "Movimientos": make_csv.movements(loans * 5, loans, 10),
    }
    return {name: _by_heading(of) for name, of in lines.items()}


def _by_heading(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    headings = next(lines).split(";")
    for line in lines:
        yield dict(zip(headings, line.split(";"), strict=True))


def _write_xlsx(folder: Path, loans: int) -> None:
    """A workbook as Excel saves it: its texts apart from its sheets."""
    book = xlsxwriter.Workbook(folder / "cartera.xlsx", {"strings_to_formulas": False})
    for name, rows in _tables(loans).items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows, start=1):
            if number == 1:
                sheet.write_row(0, 0, list(row))
            cells = [int(cell) if cell.isdecimal() else cell for cell in row.values()]
            sheet.write_row(number, 0, cells)
    book.close()


_KEYS = {
    "Deudores": ("debtors", {
        "ID deudor": "debtor_id", "Nombre": "name", "Teléfono": "phone", "Dirección": "address",
        "Fecha de registro": "created_on",
    }),
    "Deudas": ("debts", {
        "ID deuda": "debt_id", "ID deudor": "debtor_id", "Concepto": "concept", "Monto": "amount",
        "Capital": "principal", "Interés (%)": "interest_pct", "Saldo": "remaining",
        "Moneda": "currency", "Fecha": "created_on", "Vencimiento": "due_on", "Cuotas":
        "instalments", "Cuota": "instalment_amount", "Frecuencia": "frequency", "Estado": "status",
    }),
    "Movimientos": ("movements", {
        "ID movimiento": "movement_id", "ID deuda": "debt_id", "Fecha": "date",
        "Concepto": "concept", "Tipo de movimiento": "type", "Monto": "amount",
        "Forma de pago": "method",
    }),
}  # fmt: skip


def _write_json(folder: Path, loans: int) -> None:
    """A snapshot with its texts as the CSV has them."""
    head = {"schema": "deudores-snapshot/1", "as_of": "2026-11-19", "device_id": "dev-be9c"}
    with (folder / "deudores_snapshot.json").open("w", encoding="utf-8") as file:
        file.write(json.dumps(head | {"default_currency": "COP"})[:-1])
        for name, rows in _tables(loans).items():
            array, keys = _KEYS[name]
            file.write(f',\n"{array}": [')
            for number, row in enumerate(rows):
                record: dict[str, Any] = {key: row[heading] for heading, key in keys.items()}
                file.write(",\n" if number else "\n")
                file.write(json.dumps(record, ensure_ascii=False))
            file.write("]")
        counts = {"debtors": loans, "debts": loans, "movements": loans * 5}
        file.write(f',\n"counts": {json.dumps(counts)}}}\n')


WRITERS: dict[Form, Callable[[Path, int], None]] = {
    "csv": _write_csv,
    "json": _write_json,
    "xlsx": _write_xlsx,
}


def main() -> None:
    form, folder = sys.argv[1:]
    made = next(known for known in WRITERS if known == form)
    print(msgspec.json.encode(_read(made, Path(folder))).decode())


if __name__ == "__main__":
    main()
