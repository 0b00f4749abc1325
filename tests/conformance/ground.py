"""What a bench stands on: a company of some system, and how much of its world a test can move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import requests

from bridge.clock import Clock, ManualClock
from bridge.core.books import Kind, Status
from bridge.credentials import MemoryCredentials
from bridge.sandbox.server import SandboxServer
from bridge.systems import registry
from bridge.systems.base import AccountingSystem

ROOT = Path(__file__).parents[2]
COMPANIES = {name: registry.about(name).demo_company for name in registry.SYSTEMS}
PREFIX = "DY7F3A"
DAY = date(2026, 11, 10)
DUE_IN = timedelta(days=30)
GONE = ("void", "voided", "deleted", "draft")


@dataclass(kw_only=True)
class Ground:
    """The parts of a company that tests speak of."""

    system: str
    clock: Clock
    mapping: Path
    prefix: str = PREFIX
    """Of every reference. Nothing else in the company has it."""
    day: date = DAY
    home: str = "COP"
    foreign: str = "MXN"
    rate: Decimal = Decimal("215.40")
    """Home currency per unit of the foreign one."""
    empty: bool = True
    """Whether nobody owed anything when the test began."""

    @property
    def due(self) -> date:
        return self.day + DUE_IN

    def adapter(self, token: str | None = None) -> AccountingSystem:
        """A fresh adapter on the company, with another access token if one is given."""
        raise NotImplementedError

    def release(self, adapter: AccountingSystem) -> None:
        """The test is done with its adapter."""
        adapter.close()  # type: ignore[attr-defined]

    def control(self, method: str, path: str, wish: Mapping[str, Any]) -> Any:
        """Move the world around the company: the hand of a bookkeeper, faults, the clock."""
        raise AssertionError("this needs the sandbox's control: mark the test sandbox_only")

    def count(self, adapter: AccountingSystem, reference: str) -> int:
        """How many live invoices of that number the books hold, as the adapter reads them."""
        read = adapter.read([Kind.INVOICE])
        return sum(d.number == reference and d.status is Status.LIVE for d in read)


@dataclass(kw_only=True)
class SandboxGround(Ground):
    """A face of the sandbox, as it is on the first day."""

    sandbox: SandboxServer
    more: dict[str, Any] = field(default_factory=dict)
    """Settings of the adapter that a test wants otherwise."""

    def adapter(self, token: str | None = "demo-access") -> AccountingSystem:
        adapter = registry.load(self.system)
        company, urls = COMPANIES[self.system], self.sandbox.urls()[self.system]
        given = {
            "company_id": company,
            "base_url": urls["base"],
            "token_url": urls["token"],
            "access_token": "demo-access" if token is None else token,
            "client_id": "demo-client",
            "client_secret": "demo-secret",
            "calls_per_minute": 0,
            "calls_per_second": 0,
            **self.more,
        }
        known = {f.name for f in msgspec.structs.fields(adapter.settings_type)}
        settings = adapter.settings_type(**{k: v for k, v in given.items() if k in known})
        login = {(self.system, company, "refresh_token"): f"demo-refresh-{self.system}"}
        made: AccountingSystem = adapter(settings, MemoryCredentials(login), self.clock)
        return made

    def control(self, method: str, path: str, wish: Mapping[str, Any]) -> Any:
        url = f"{self.sandbox.url}/_sandbox/{path}"
        answer = requests.request(method, url, json=dict(wish) or None, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def count(self, adapter: AccountingSystem, reference: str) -> int:
        """By the sandbox's own books, whatever their kind."""
        books = self.control("GET", f"{self.system}/books", {})
        return sum(d["number"] == reference and d["status"] not in GONE for d in books["documents"])


def on_sandbox(
    system: str, sandbox: SandboxServer, clock: Clock | None = None, **more: Any
) -> SandboxGround:
    """A system's face of a running sandbox, with the mapping that is delivered for it."""
    return SandboxGround(
        system=system,
        sandbox=sandbox,
        clock=clock or ManualClock(datetime.now(UTC)),
        mapping=ROOT / "mappings" / f"{system}.toml",
        more=more,
    )
