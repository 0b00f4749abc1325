"""A lender's whole world on loopback: a ledger on disk, the sandbox's books, and the bridge."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from bridge import settings as settings_module
from bridge import wiring
from bridge.clock import ManualClock
from bridge.core.delivery import Outcome, Outgoing
from bridge.pipeline.context import Dry, Live
from bridge.pipeline.sync import SyncResult, preview, sync
from bridge.sandbox.server import SandboxServer
from bridge.settings import Settings

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "config" / "sample" / "deudores"
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
COMPANIES = {
    "quickbooks": "4620816365000000001",
    "xero": "70784a63-0000-4000-8000-000000000001",
    "zoho": "600000000001",
}
PATHS = {
    "quickbooks": ("/quickbooks", "/quickbooks/oauth2/v1/tokens/bearer"),
    "xero": ("/xero/api.xro/2.0", "/xero/connect/token"),
    "zoho": ("/zoho/books/v3", "/zoho/oauth/v2/token"),
}
REALM = COMPANIES["quickbooks"]
GONE = ("void", "voided", "deleted", "draft")


class Killed(BaseException):
    """The process died here. Nothing may catch it."""


class Ledger:
    """A small deudores ledger that can be changed and written as a snapshot."""

    def __init__(self) -> None:
        self.debtors: dict[int, dict[str, Any]] = {}
        self.debts: dict[int, dict[str, Any]] = {}
        self.movements: dict[int, dict[str, Any]] = {}
        self.as_of = "2026-11-19"

    @classmethod
    def random(cls, chance: random.Random, loans: int = 5) -> Ledger:
        made = cls()
        for number in range(1, loans + 1):
            made.lend(number, chance)
        for _ in range(loans * 2):
            made.move(chance)
        return made

    def lend(self, number: int, chance: random.Random) -> None:
        currency = chance.choice(["COP", "COP", "COP", "MXN"])
        principal = chance.randrange(50, 900) * 1000
        fiado = chance.random() < 0.4
        amount = principal if fiado else principal * 6 // 5
        self.debtors[number] = {
            "debtor_id": number, "name": f"Persona {number % 3}", "phone": f"39000000{number:02}",
            "store_id": "T", "created_on": "2026-05-01",
        }  # fmt: skip
        self.debts[number] = {
            "debt_id": number, "debtor_id": number, "kind": "fiado" if fiado else "loan",
            "amount": amount, "remaining": amount, "is_paid": False, "currency": currency,
            "created_on": "2026-06-01", "due_on": None if fiado else "2026-12-01",
            "principal": None if fiado else principal, "interest_pct": None if fiado else 20,
            "status": "OPEN",
        }  # fmt: skip

    def move(self, chance: random.Random) -> int:
        number = max(self.movements, default=0) + 1
        debt = chance.choice(sorted(self.debts))
        kinds = ["PAYMENT"] * 6 + ["INCREASE", "DISCOUNT", "LATE_FEE"]
        kind = chance.choice(kinds)
        amount = chance.randrange(1, 60) * 500
        self.movements[number] = {
            "movement_id": number, "debt_id": debt, "type": kind, "amount": amount,
            "date": f"2026-{chance.randrange(7, 11):02}-{chance.randrange(1, 28):02}",
            "concept": "", "method": "CASH",
        }  # fmt: skip
        if kind in ("INCREASE", "LATE_FEE"):
            self.debts[debt]["amount"] += amount
        return number

    def change(self, chance: random.Random) -> None:
        """A day in the field: new rows, edited rows, deleted rows."""
        for _ in range(chance.randrange(1, 4)):
            self.move(chance)
        payments = [m for m in self.movements.values() if m["type"] == "PAYMENT"]
        if payments and chance.random() < 0.6:
            chance.choice(payments)["amount"] += 500
        if payments and chance.random() < 0.4:
            gone = chance.choice(payments)
            del self.movements[gone["movement_id"]]
        if chance.random() < 0.3:
            self.lend(max(self.debts) + 1, chance)
        if len(self.debts) > 3 and chance.random() < 0.2:
            debt = chance.choice(sorted(self.debts))
            del self.debts[debt]
            self.movements = {k: m for k, m in self.movements.items() if m["debt_id"] != debt}

    def write(self, path: Path) -> None:
        for debt in self.debts.values():
            owed = debt["amount"] - sum(
                m["amount"]
                for m in self.movements.values()
                if m["debt_id"] == debt["debt_id"] and m["type"] in ("PAYMENT", "DISCOUNT")
            )
            debt["remaining"] = max(owed, 0)
            debt["is_paid"] = owed <= 0
        snapshot = {
            "schema": "deudores-snapshot/1", "generated_at": f"{self.as_of}T23:00:00-05:00",
            "as_of": self.as_of, "device_id": "dev-7f3a", "locale": "es-CO",
            "timezone": "America/Bogota", "default_currency": "COP",
            "stores": [{"store_id": "T", "name": "Tienda", "currency": "COP", "kind": "mixed"}],
            "counts": {
                "debtors": len(self.debtors), "debts": len(self.debts),
                "movements": len(self.movements),
            },
            "debtors": list(self.debtors.values()), "debts": list(self.debts.values()),
            "movements": list(self.movements.values()), "consents": [],
        }  # fmt: skip
        path.write_text(json.dumps(snapshot), encoding="utf-8")


def small_ledger() -> Ledger:
    """Two accounts at the store, 1 and 2; the first has payment 7 and charge 8."""
    made = Ledger()
    chance = random.Random(1)
    for number in (1, 2):
        made.lend(number, chance)
        made.debtors[number]["name"] = f"Persona {number}"
        made.debts[number] |= {
            "kind": "fiado", "amount": 50_000, "due_on": None, "principal": None,
            "interest_pct": None, "currency": "COP",
        }  # fmt: skip
    row = {"debt_id": 1, "concept": "", "method": "CASH"}
    made.movements[7] = row | {
        "movement_id": 7, "type": "PAYMENT", "amount": 3_000, "date": "2026-07-03",
    }  # fmt: skip
    made.movements[8] = row | {
        "movement_id": 8, "type": "INCREASE", "amount": 2_000, "date": "2026-07-04",
    }  # fmt: skip
    made.debts[1]["amount"] += 2_000
    return made


class SharedClock(ManualClock):
    """A clock whose sleep makes time pass in the sandbox too."""

    sandbox_url = ""

    def move(self, seconds: float) -> None:
        super().move(seconds)
        if self.sandbox_url and seconds >= 1:
            wish = {"seconds": int(seconds)}
            requests.post(f"{self.sandbox_url}/_sandbox/clock", json=wish, timeout=10)


@dataclass
class Mortal:
    """An accounting system whose process may die before or after any write."""

    system: Any
    dies: Callable[[str], bool]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.system, name)

    def post(self, batch: list[Outgoing]) -> list[Outcome]:
        if self.dies("before the request"):
            raise Killed
        outcomes: list[Outcome] = self.system.post(batch)
        if self.dies("after the answer"):
            raise Killed
        return outcomes


@dataclass
class World:
    """One lender on one sandbox. The state survives what the process does not."""

    folder: Path
    sandbox: SandboxServer
    system: str = "quickbooks"
    clock: SharedClock = field(default_factory=lambda: SharedClock(NOW))
    dies: Callable[[str], bool] = lambda _: False
    overrides: dict[str, str] = field(default_factory=dict)

    @property
    def snapshot(self) -> Path:
        return self.folder / "ledger.json"

    @property
    def company(self) -> str:
        return COMPANIES[self.system]

    def environment(self) -> dict[str, str]:
        """One system of the sandbox, without limits; the others are off."""
        found = {
            "LEDGER_BRIDGE_SANDBOX_URL": self.sandbox.url,
            "LEDGER_BRIDGE_SOURCE__PATH": str(self.snapshot),
            "LEDGER_BRIDGE_STATE__URL": f"sqlite:///{self.folder}/state.db",
            "LEDGER_BRIDGE_LOGS__FOLDER": str(self.folder / "logs"),
        }
        for name, (base, token) in PATHS.items():
            section = f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__"
            keys = {
                "ENABLED": "true" if name == self.system else "false",
                "COMPANY_ID": COMPANIES[name],
                "BASE_URL": f"{self.sandbox.url}{base}",
                "TOKEN_URL": f"{self.sandbox.url}{token}",
                "MAPPING": str(ROOT / "mappings" / f"{name}.toml"),
                "ACCESS": "static",
                "STATIC_TOKEN": "demo-access",
                # Not lifted altogether: a look-up then waits out the lag of listings.
                "CALLS_PER_MINUTE": "1000000" if name == "zoho" else "0",
                "CALLS_PER_SECOND": "0",
            }
            found |= {f"{section}{key}": value for key, value in keys.items()}
        return found | self.overrides

    def settings(self) -> Settings:
        config = ROOT / "config" / "sandbox.toml"
        return settings_module.load(config, self.environment()).settings

    @contextmanager
    def bridge(self) -> Iterator[Live]:
        with wiring.open_bridge(self.settings(), clock=self.clock) as bridge:
            for name, books in bridge.books.items():
                mortal: Any = Mortal(books.system, self.dies)
                bridge.books[name] = replace(books, system=mortal)
            yield bridge

    @contextmanager
    def dry(self) -> Iterator[Dry]:
        with wiring.open_dry(self.settings(), clock=self.clock) as bridge:
            yield bridge

    def sync(self, approve: str | None = None) -> SyncResult:
        with self.bridge() as bridge:
            return sync(bridge, approve)

    def preview(self) -> SyncResult:
        with self.dry() as bridge:
            return preview(bridge)

    def control(self, method: str, path: str, **body: Any) -> Any:
        url = f"{self.sandbox.url}/_sandbox/{path}"
        answer = requests.request(method, url, json=body or None, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def books(self) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", f"{self.system}/books")
        return found

    def receivable(self, currency: str) -> Decimal:
        """What customers owe in a currency, by the books' own open documents."""
        owed = Decimal(0)
        for document in self.books()["documents"]:
            if document["currency"] == currency and document["status"] not in GONE:
                sign = 1 if document["kind"] == "invoice" else -1
                owed += sign * Decimal(document["open"])
        return owed

    def control_account(self, currency: str) -> Decimal:
        """The receivable account of a currency, where the books keep one for each."""
        return sum(
            (
                Decimal(a["balance"])
                for a in self.books()["accounts"]
                if a["type"] == "Accounts Receivable" and a["currency"] == currency
            ),
            Decimal(0),
        )

    def live_documents(self) -> list[dict[str, Any]]:
        """The bridge's own documents that are in the books and not void."""
        return [
            d
            for d in self.books()["documents"]
            if "-" in (d["number"] or "") and d["status"] not in GONE
        ]


def one(result: SyncResult) -> Any:
    """The only system's pass."""
    (done,) = result.systems.values()
    return done
