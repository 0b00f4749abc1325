"""How the ledger reaches the bridge: whole, in any of its forms, or stale, cut, shrunken, empty."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.sandbox.wire import encode
from tests.simulation.ledger import ANNULLED, FieldLedger

NAME = "deudores_snapshot.json"
TYPES = {
    "PAYMENT": "Pago", "INCREASE": "Aumento", "LATE_FEE": "Mora", "INTEREST": "Interés",
    "DISCOUNT": "Descuento", "WRITE_OFF": "Pérdida", "REFUND": "Devolución",
    "REVERSAL": "Anulación",
}  # fmt: skip
METHODS = {"CASH": "Efectivo", "TRANSFER": "Transferencia", "NEQUI": "Nequi", "": ""}
OFTEN = {"MONTHLY": "Mensual", "WEEKLY": "Semanal", "DAILY": "Diario", None: ""}
DEBTORS = ("ID deudor", "Nombre", "Teléfono", "Tienda", "Fecha de registro")
DEBTS = (
    "ID deuda", "ID deudor", "Tipo", "Concepto", "Monto", "Capital", "Interés (%)", "Saldo",
    "Moneda", "Fecha", "Vencimiento", "Cuotas", "Frecuencia", "Estado", "Pagado",
)  # fmt: skip
MOVEMENTS = (
    "ID movimiento", "ID deuda", "Fecha", "Concepto", "Tipo de movimiento", "Monto",
    "Forma de pago", "Anula a",
)  # fmt: skip

FORMS: dict[str, float] = {"json": 6, "json package": 1, "csv package": 2, "csv zip": 2}

Snapshot = dict[str, Any]


@dataclass
class Deliveries:
    """A folder that deliveries arrive in, and those that arrived before."""

    folder: Path
    path: Path = field(init=False)
    """Where the newest one is."""
    before: list[Snapshot] = field(default_factory=list)
    """What was delivered in full, oldest first."""

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.path = self.folder / NAME

    def send(self, ledger: FieldLedger, form: str) -> None:
        """The ledger as it is now."""
        snapshot = json.loads(encode(ledger.snapshot()), parse_float=Decimal)
        self.before.append(snapshot)
        self.put(snapshot, form)

    def put(self, snapshot: Snapshot, form: str) -> None:
        self.clear()
        if form == "json":
            self.path = self.folder / NAME
            self.path.write_bytes(encode(snapshot))
            return
        package = self.folder / "paquete"
        package.mkdir()
        files = {NAME: ("all", encode(snapshot), None)}
        if form != "json package":
            files = {
                name: (content, _sheet(titles, rows), len(rows))
                for name, content, titles, rows in _sheets(snapshot)
            }
        for name, (_, content, _) in files.items():
            (package / name).write_bytes(content)
        (package / "manifest.json").write_bytes(_manifest(snapshot, files))
        self.path = package
        if form == "csv zip":
            self.path = self.folder / "paquete.zip"
            with zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED) as archive:
                for name in (*files, "manifest.json"):
                    archive.write(package / name, name)
            shutil.rmtree(package)

    def clear(self) -> None:
        shutil.rmtree(self.folder)
        self.folder.mkdir()


Mishap = Callable[[Deliveries, random.Random], str]
"""A delivery that went wrong. Says what; nothing when it cannot happen yet.

What it says begins with "unreadable", or with "unbelievable" when only who took in the delivery
before it can know that it is wrong."""


def stale(deliveries: Deliveries, chance: random.Random) -> str:
    """One of the days before, again."""
    today = deliveries.before[-1]["as_of"]
    older = [each for each in deliveries.before if each["as_of"] < today]
    if not older:
        return ""
    snapshot = chance.choice(older)
    deliveries.put(snapshot, "json")
    return f"unbelievable: the snapshot of {snapshot['as_of']} again"


def replayed(deliveries: Deliveries, chance: random.Random) -> str:
    """The newest one again, in another form."""
    deliveries.put(deliveries.before[-1], chance.choice(list(FORMS)))
    return "the same snapshot again"


def cut(deliveries: Deliveries, chance: random.Random) -> str:
    content = encode(deliveries.before[-1])
    deliveries.clear()
    deliveries.path = deliveries.folder / NAME
    deliveries.path.write_bytes(content[: chance.randrange(len(content) - 2)])
    return "unreadable: the file is cut"


def missing(deliveries: Deliveries, chance: random.Random) -> str:
    del chance
    deliveries.clear()
    return "unreadable: there is no file"


def incomplete(deliveries: Deliveries, chance: random.Random) -> str:
    """A package whose files are not those that its manifest vouches for."""
    deliveries.put(deliveries.before[-1], "csv package")
    path = deliveries.path / chance.choice(("deudores.csv", "deudas.csv", "movimientos.csv"))
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])
    return f"unreadable: {path.name} of the package is cut"


def miscounted(deliveries: Deliveries, chance: random.Random) -> str:
    """Rows are gone, and the counts of the snapshot still speak of them."""
    snapshot = dict(deliveries.before[-1])
    kind = chance.choice(("debtors", "debts", "movements"))
    if not snapshot[kind]:
        return ""
    snapshot[kind] = snapshot[kind][:-1]
    deliveries.put(snapshot, "json")
    return f"unreadable: one of the {kind} is gone"


def emptied(deliveries: Deliveries, chance: random.Random) -> str:
    del chance
    if not deliveries.before[-1]["debts"]:
        return ""
    deliveries.put(_only(deliveries.before[-1], frozenset()), "json")
    return "unbelievable: the snapshot is empty"


def shrunken(deliveries: Deliveries, chance: random.Random) -> str:
    """So much is gone that it cannot be true."""
    snapshot = deliveries.before[-1]
    debts = [row["debt_id"] for row in snapshot["debts"]]
    kept = frozenset(chance.sample(debts, len(debts) // 4))
    shrunk = _only(snapshot, kept)
    lost = [(len(snapshot[k]), len(shrunk[k])) for k in ("debtors", "debts", "movements")]
    if not kept or not any(was - now > 5 and (was - now) * 10 > was for was, now in lost):
        return ""
    deliveries.put(shrunk, "json")
    return f"unbelievable: {len(kept)} of {len(debts)} debts are left"


MISHAPS: dict[Mishap, float] = {
    stale: 3,
    replayed: 3,
    cut: 2,
    missing: 2,
    incomplete: 1,
    miscounted: 1,
    emptied: 2,
    shrunken: 2,
}


def _only(snapshot: Snapshot, debts: frozenset[int]) -> Snapshot:
    """The snapshot with these debts and what belongs to them, and counts that agree."""
    rows = [row for row in snapshot["debts"] if row["debt_id"] in debts]
    debtors = {row["debtor_id"] for row in rows}
    left = {
        "debtors": [row for row in snapshot["debtors"] if row["debtor_id"] in debtors],
        "debts": rows,
        "movements": [row for row in snapshot["movements"] if row["debt_id"] in debts],
    }
    return {**snapshot, **left, "counts": {kind: len(rows) for kind, rows in left.items()}}


def _sheets(snapshot: Snapshot) -> list[tuple[str, str, tuple[str, ...], list[list[str]]]]:
    debtors = [
        [row["debtor_id"], row["name"], row["phone"], "Tienda", _day(row["created_on"])]
        for row in snapshot["debtors"]
    ]
    currency = {row["debt_id"]: row["currency"] for row in snapshot["debts"]}
    debts = [_debt(row) for row in snapshot["debts"]]
    movements = [_movement(row, currency[row["debt_id"]]) for row in snapshot["movements"]]
    return [
        ("deudores.csv", "debtors", DEBTORS, debtors),
        ("deudas.csv", "debts", DEBTS, debts),
        ("movimientos.csv", "movements", MOVEMENTS, movements),
    ]


def _debt(row: dict[str, Any]) -> list[Any]:
    currency = row["currency"]
    state = "Pagado" if row["is_paid"] else "Pendiente"
    return [
        row["debt_id"],
        row["debtor_id"],
        "Fiado" if row["kind"] == "fiado" else "Préstamo",
        row.get("concept", ""),
        _amount(row["amount"], currency),
        _amount(row["principal"], currency),
        row["interest_pct"],
        _amount(row["remaining"], currency),
        currency,
        _day(row["created_on"]),
        _day(row["due_on"]),
        row["instalments"],
        OFTEN[row["frequency"]],
        ANNULLED if row["status"] == ANNULLED else state,
        "Sí" if row["is_paid"] else "No",
    ]


def _movement(row: dict[str, Any], currency: str) -> list[Any]:
    return [
        row["movement_id"],
        row["debt_id"],
        _day(row["date"]),
        row["concept"],
        TYPES[row["type"]],
        _amount(row["amount"], currency),
        METHODS[row["method"]],
        row.get("reverses", ""),
    ]


def _sheet(titles: tuple[str, ...], rows: list[list[str]]) -> bytes:
    lines = [";".join("" if cell is None else str(cell) for cell in row) for row in (titles, *rows)]
    return ("\n".join(lines) + "\n").encode()


def _amount(amount: Decimal | None, currency: str) -> str:
    """As people write amounts in the place where that currency is theirs."""
    text = "" if amount is None else str(amount)
    return text if currency in ("MXN", "USD") else text.replace(".", ",")


def _day(text: str | None) -> str:
    return date.fromisoformat(text).strftime("%d/%m/%Y") if text else ""


def _manifest(snapshot: Snapshot, files: dict[str, tuple[str, bytes, int | None]]) -> bytes:
    listed = [
        {
            "name": name,
            "content": content,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "rows": rows,
        }
        for name, (content, data, rows) in files.items()
    ]
    same = ("generated_at", "as_of", "device_id", "locale", "timezone", "default_currency")
    head = {name: snapshot[name] for name in same}
    return encode({"schema": "deudores-package/1", **head, "files": listed})
