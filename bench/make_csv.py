"""Writes a synthetic CSV package: N borrowers and loans, M movements, with its manifest.

    python bench/make_csv.py FOLDER [--loans 1000000] [--movements 5000000] [--foreign 10]

Content is deterministic. `--foreign` is the share in percent of loans in MXN.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

_FIRST = ("Ana", "Luz Marina", "Jhon Fredy", "Néstor", "Yolanda", "Íngrid", "Duván", "Rocío")
_LAST = ("Pérez", "Guáqueta", "Ñungo", "Cárdenas", "Tibaquirá", "Zuluaga", "Ospina", "Rincón")
_METHODS = ("Efectivo", "Nequi", "Transferencia", "")
_CONCEPTS = ("Abono", "", "Cuota", "Abonó en la tienda")
_DAY_ONE = date(2026, 1, 1)
_AS_OF = date(2026, 11, 19)


def _day(number: int) -> str:
    return f"{_DAY_ONE + timedelta(days=number % 300):%d/%m/%Y}"


def _amount(whole: int, foreign: bool) -> str:
    return f"{whole:,}.00" if foreign else f"{whole * 500:,}".replace(",", ".")


def borrowers(count: int) -> Iterator[str]:
    yield (
        "ID deudor;Nombre;Teléfono;Documento;Dirección;Tienda;Fecha de registro;Nota;Autoriza datos"
    )
    for n in range(1, count + 1):
        name = f"{_FIRST[n % 8]} {_LAST[n // 8 % 8]} {_LAST[n // 64 % 8]}"
        phone, document = f"390{n % 10_000_000:07d}", f"CC 5{n:08d}"
        yield f"{n};{name};{phone};{document};Calle {n % 90};Tienda {n % 5};{_day(n)};;Sí"


def loans(count: int, foreign: int) -> Iterator[str]:
    yield (
        "ID deuda;ID deudor;Nombre;Tipo;Concepto;Monto;Capital;Interés (%);Saldo;Moneda;Fecha;"
        "Vencimiento;Cuotas;Cuota;Frecuencia;Estado;Pagado"
    )
    for n in range(1, count + 1):
        mexican = n % 100 < foreign
        whole = 24 * (n % 100 + 10)
        total, capital = _amount(whole * 6 // 5, mexican), _amount(whole, mexican)
        part = _amount(whole // 20, mexican)
        money = f"{total};{capital};20;{total};{'MXN' if mexican else 'COP'}"
        rest = f"{_day(n)};{_day(n + 24)};24;{part};Diario;Pendiente;No"
        yield f"{n};{n};{_FIRST[n % 8]};Préstamo;Préstamo;{money};{rest}"


def movements(count: int, loan_count: int, foreign: int) -> Iterator[str]:
    yield ("ID movimiento;ID deuda;Nombre;Fecha;Concepto;Tipo de movimiento;Monto;Forma de pago")
    for n in range(1, count + 1):
        loan = n * 7919 % loan_count + 1
        kind = "Aumento" if n % 10 == 0 else "Pago"
        amount = _amount(n % 400 + 1, loan % 100 < foreign)
        head = f"{n};{loan};{_FIRST[loan % 8]};{_day(n)};{_CONCEPTS[n % 4]}"
        yield f"{head};{kind};{amount};{_METHODS[n % 4]}"


def _write(path: Path, rows: Iterator[str], content: str) -> dict[str, object]:
    sha, size, count = hashlib.sha256(), 0, -1
    with path.open("wb") as file:
        for row in rows:
            line = f"{row}\r\n".encode()
            sha.update(line)
            size += len(line)
            count += 1
            file.write(line)
    listed: dict[str, object] = {"name": path.name, "content": content, "bytes": size}
    return listed | {"sha256": sha.hexdigest(), "rows": count}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--loans", type=int, default=1_000_000)
    parser.add_argument("--movements", type=int, default=5_000_000)
    parser.add_argument("--foreign", type=int, default=10)
    chosen = parser.parse_args()
    folder: Path = chosen.folder
    folder.mkdir(parents=True, exist_ok=True)
    count, foreign = chosen.loans, chosen.foreign
    moved = movements(chosen.movements, count, foreign)
    files = [
        _write(folder / "deudores.csv", borrowers(count), "debtors"),
        _write(folder / "deudas.csv", loans(count, foreign), "debts"),
        _write(folder / "movimientos.csv", moved, "movements"),
    ]
    manifest = {
        "schema": "deudores-package/1",
        "generated_at": f"{_AS_OF}T23:40:12-05:00",
        "as_of": str(_AS_OF),
        "device_id": "dev-be9c",
        "locale": "es-CO",
        "timezone": "America/Bogota",
        "default_currency": "COP",
        "files": files,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    print(f"{folder}: {count} borrowers and loans, {chosen.movements} movements")


if __name__ == "__main__":
    main()
