"""Writes a synthetic CSV package: N borrowers and loans, M movements, with its manifest.

    python -m bench.make_csv FOLDER [--loans 1000000] [--movements 5000000] [--foreign 10]

Content is deterministic. `--foreign` is the share in percent of loans in MXN. As in life most
loans add up: one in twenty shows a balance that its movements do not come to, and one borrower in
fifty shares a name with others.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

INSTALLATION = "dev-be9c"
_FIRST = ("Ana", "Luz Marina", "Jhon Fredy", "Néstor", "Yolanda", "Íngrid", "Duván", "Rocío")
_LAST = ("Pérez", "Guáqueta", "Ñungo", "Cárdenas", "Tibaquirá", "Zuluaga", "Ospina", "Rincón")
_METHODS = ("Efectivo", "Nequi", "Transferencia", "")
_CONCEPTS = ("Abono", "", "Cuota", "Abonó en la tienda")
_DAY_ONE = date(2026, 1, 1)
_AS_OF = date(2026, 11, 19)
_DAYS = [f"{_DAY_ONE + timedelta(days=number):%d/%m/%Y}" for number in range(322)]
_FIRST_DAYS = 250
"""Loans start on one of so many days, and end 30 days later."""


def _day(number: int) -> str:
    return _DAYS[number]


def _start(loan: int) -> int:
    return loan % _FIRST_DAYS


def _amount(whole: int, foreign: bool) -> str:
    return f"{whole:,}.00" if foreign else f"{whole * 500:,}".replace(",", ".")


def _part(loan: int) -> int:
    """An instalment; 24 of them are owed, 20 are the principal."""
    return 3 * (loan % 40 + 4)


def _movement(number: int, loan_count: int) -> tuple[int, bool, int, int]:
    """(loan, whether it is a charge, amount, day): each round goes over the whole ledger."""
    loan, turn = (number - 1) % loan_count + 1, (number - 1) // loan_count
    charge = (loan + turn) % 10 == 0
    amount = _part(loan) * (1 if charge else 1 + number % 3)
    return loan, charge, amount, _start(loan) + min(3 * turn + 1, 60)


def _word(number: int) -> str:
    """A made-up surname for each number."""
    letters = ""
    while number:
        number, letter = divmod(number, 20)
        letters += "bcdfghjklmnpqrstvwxz"[letter] + "aeiou"[letter % 5]
    return letters.capitalize()


def borrowers(count: int) -> Iterator[str]:
    yield (
        "ID deudor;Nombre;Teléfono;Documento;Dirección;Tienda;Fecha de registro;Nota;Autoriza datos"
    )
    for n in range(1, count + 1):
        last = _LAST[n // 8 % 8] if n % 50 == 0 else _word(n)
        name = f"{_FIRST[n % 8]} {last} {_LAST[n // 64 % 8]}"
        phone, document = f"390{n % 10_000_000:07d}", f"CC 5{n:08d}"
        rest = f"Calle {n % 90};Tienda {n % 5};{_day(_start(n))};;Sí"
        yield f"{n};{name};{phone};{document};{rest}"


def loans(count: int, movement_count: int, foreign: int) -> Iterator[str]:
    yield (
        "ID deuda;ID deudor;Nombre;Tipo;Concepto;Monto;Capital;Interés (%);Saldo;Moneda;Fecha;"
        "Vencimiento;Cuotas;Cuota;Frecuencia;Estado;Pagado"
    )
    for n in range(1, count + 1):
        mexican = n % 100 < foreign
        part = _part(n)
        total = rest = part * 24
        for number in range(n, movement_count + 1, count):
            _, charge, moved, _ = _movement(number, count)
            total += moved if charge else 0
            rest += moved if charge else -moved
        if n % 20 == 0:
            rest += part
        money = f"{_amount(total, mexican)};{_amount(part * 20, mexican)};20"
        money += f";{_amount(rest, mexican)};{'MXN' if mexican else 'COP'}"
        term = f"{_day(_start(n))};{_day(_start(n) + 30)};24;{_amount(part, mexican)};Diario"
        yield f"{n};{n};{_FIRST[n % 8]};Préstamo;Préstamo;{money};{term};Pendiente;No"


def movements(count: int, loan_count: int, foreign: int) -> Iterator[str]:
    yield ("ID movimiento;ID deuda;Nombre;Fecha;Concepto;Tipo de movimiento;Monto;Forma de pago")
    for n in range(1, count + 1):
        loan, charge, moved, day = _movement(n, loan_count)
        amount = _amount(moved, loan % 100 < foreign)
        head = f"{n};{loan};{_FIRST[loan % 8]};{_day(day)};{_CONCEPTS[n % 4]}"
        yield f"{head};{'Aumento' if charge else 'Pago'};{amount};{_METHODS[n % 4]}"


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


def write(folder: Path, count: int, moved: int, foreign: int) -> None:
    """Make the folder a package of so many loans and movements."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [
        _write(folder / "deudores.csv", borrowers(count), "debtors"),
        _write(folder / "deudas.csv", loans(count, moved, foreign), "debts"),
        _write(folder / "movimientos.csv", movements(moved, count, foreign), "movements"),
    ]
    manifest = {
        "schema": "deudores-package/1",
        "generated_at": f"{_AS_OF}T23:40:12-05:00",
        "as_of": str(_AS_OF),
        "device_id": INSTALLATION,
        "locale": "es-CO",
        "timezone": "America/Bogota",
        "default_currency": "COP",
        "files": files,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--loans", type=int, default=1_000_000)
    parser.add_argument("--movements", type=int, default=5_000_000)
    parser.add_argument("--foreign", type=int, default=10)
    chosen = parser.parse_args()
    write(chosen.folder, chosen.loans, chosen.movements, chosen.foreign)
    print(f"{chosen.folder}: {chosen.loans} borrowers and loans, {chosen.movements} movements")


if __name__ == "__main__":
    main()
