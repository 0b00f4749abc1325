"""A lender's whole world on loopback: a ledger on disk, the sandbox's books, and the bridge."""

from __future__ import annotations

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
from bridge.core.identity import BooksId
from bridge.pipeline.context import Dry, Live
from bridge.pipeline.older_state import was_told
from bridge.pipeline.sync import SyncResult, preview, sync
from bridge.sandbox.server import SandboxServer
from bridge.settings import Settings
from bridge.systems import registry

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "config" / "sample" / "deudores"
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
COMPANIES = {name: registry.about(name).demo_company for name in registry.SYSTEMS}
PATHS = {
    "quickbooks": ("/quickbooks", "/quickbooks/oauth2/v1/tokens/bearer"),
    "xero": ("/xero/api.xro/2.0", "/xero/connect/token"),
    "zoho": ("/zoho/books/v3", "/zoho/oauth/v2/token"),
}
REALM = COMPANIES["quickbooks"]
GONE = ("void", "voided", "deleted", "draft")


SANDBOX = requests.Session()
"""To its control, at which nothing ever fails: one connection for all that is asked of it."""
SANDBOX.trust_env = False


MAY_SHRINK = {
    "LEDGER_BRIDGE_LIMITS__SHRINK_MONEY_PERCENT": "100",
    "LEDGER_BRIDGE_LIMITS__SHRINK_ROWS_PERCENT": "100",
}
"""Settings with which a ledger of a few rows may lose all of them."""


class Killed(BaseException):
    """The process died here. Nothing may catch it."""


class SharedClock(ManualClock):
    """A clock whose sleep makes time pass in the sandbox too."""

    sandbox_url = ""

    def move(self, seconds: float) -> None:
        super().move(seconds)
        if self.sandbox_url and seconds >= 1:
            wish = {"seconds": int(seconds)}
            SANDBOX.post(f"{self.sandbox_url}/_sandbox/clock", json=wish, timeout=60)


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

    @property
    def where(self) -> BooksId:
        return BooksId(self.system, self.company)

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
                # Not lifted altogether: so what is in doubt is waited for as at the provider.
                "CALLS_PER_MINUTE": "1000000",
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

    def sync(self, approve: str | None = None, take_over: str = "") -> SyncResult:
        """A pass that somebody waits for, and reads."""
        with self.bridge() as bridge:
            done = sync(bridge, approve, take_over=take_over)
            was_told(bridge.store, done.answer)
        return done

    def preview(self) -> SyncResult:
        with self.dry() as bridge:
            return preview(bridge)

    def control(self, method: str, path: str, **body: Any) -> Any:
        url = f"{self.sandbox.url}/_sandbox/{path}"
        answer = SANDBOX.request(method, url, json=body or None, timeout=60)
        assert answer.ok, answer.text
        if path == "reset":  # it is the lender's day at the product too, whatever day it is here
            self.control("POST", "clock", at=self.clock.now().isoformat())
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
        """The bridge's own documents that are in the books and not void. Credit that cannot be
        voided is given back instead, by a document of that name; both count for nothing."""
        there = [
            d
            for d in self.books()["documents"]
            if "-" in (d["number"] or "") and d["status"] not in GONE
        ]
        back = {d["number"] for d in there if d["kind"] == "credit_refund"}
        return [d for d in there if d["number"] not in back and f"{d['number']} void" not in back]


def one(result: SyncResult) -> Any:
    """The only system's pass."""
    (done,) = result.systems.values()
    return done
