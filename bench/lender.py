"""A synthetic lender: a ledger on disk, a sandbox in a process of its own, and the bridge."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from bench import make_csv
from bridge import settings as settings_module
from bridge import wiring
from bridge.clock import SystemClock
from bridge.core.ledger import LoanFile, Repayment, SnapshotFacts
from bridge.pipeline.context import Books, Live
from bridge.store import Store
from bridge.systems.base import AccountingSystem

_ROOT = Path(__file__).parents[1]
CONFIG = _ROOT / "config" / "sandbox.toml"
STATE = "state.db"
_MORNING = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
"""The day after the synthetic delivery."""
AT = _MORNING.isoformat()


QUICKBOOKS, XERO, ZOHO = "quickbooks", "xero", "zoho"
DEMO = {
    QUICKBOOKS: ("4620816365000000001", "/quickbooks", "/quickbooks/oauth2/v1/tokens/bearer"),
    XERO: ("70784a63-0000-4000-8000-000000000001", "/xero/api.xro/2.0", "/xero/connect/token"),
    ZOHO: ("600000000001", "/zoho/books/v3", "/zoho/oauth/v2/token"),
}
"""The sandbox's demo companies: id, and where its API and its tokens are."""


class BenchClock(SystemClock):
    """Runs like the machine's, from the morning after the delivery on."""

    def __init__(self) -> None:
        self._ahead = _MORNING - super().now()

    def now(self) -> datetime:
        return super().now() + self._ahead

    def pass_days(self, days: int) -> None:
        self._ahead += timedelta(days=days)

    @property
    def ahead(self) -> timedelta:
        return self._ahead


class Sandbox:
    """The accounting system in a process of its own, so that its work is not taken for ours."""

    def __init__(self, *, fast: bool) -> None:
        command = [sys.executable, "-m", "bridge.cli.main", "sandbox", "--port", "0"]
        self._process = subprocess.Popen(
            [*command, *(["--fast"] if fast else [])],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
        )
        assert self._process.stdout is not None
        self.url = str(json.loads(self._process.stdout.readline())["url"])

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=60)

    def control(self, method: str, path: str, **wish: Any) -> Any:
        url = f"{self.url}/_sandbox/{path}"
        answer = requests.request(method, url, json=wish or None, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def calls(self, system: str) -> int:
        """Calls to the system's API that were answered so far."""
        return int(self.control("GET", f"{system}/calls")["total"])

    def refusals(self, system: str) -> int:
        """Calls that were refused for rate."""
        return int(self.control("GET", f"{system}/calls")["throttled"])


class Lender:
    """One lender's bridge on one sandbox."""

    def __init__(self, folder: Path, sandbox: Sandbox, clock: BenchClock, system: str) -> None:
        self.folder, self.sandbox, self.clock, self.system = folder, sandbox, clock, system
        self.more: dict[str, str] = {}
        """Settings beside these, by the names of their variables."""

    @contextmanager
    def bridge(
        self, *, mode: str = "single", limits: bool = False, state: str = STATE
    ) -> Iterator[Live]:
        environment = self.environment(mode, limits=limits, state=state)
        loaded = settings_module.load(CONFIG, environment)
        with wiring.open_bridge(loaded.settings, clock=self.clock) as bridge:
            yield bridge

    def environment(
        self, mode: str = "single", *, limits: bool = False, state: str = STATE
    ) -> dict[str, str]:
        """What makes the sandbox's configuration this lender's."""
        environment = {
            "LEDGER_BRIDGE_SANDBOX_URL": self.sandbox.url,
            "LEDGER_BRIDGE_SOURCE__PATH": str(ledger_of(self.folder)),
            "LEDGER_BRIDGE_SOURCE__PREFER": "csv",
            "LEDGER_BRIDGE_STATE__URL": state_of(self.folder, state),
            "LEDGER_BRIDGE_LOGS__FOLDER": str(self.folder / "logs"),
            "LEDGER_BRIDGE_LIMITS__DOCUMENTS": "100000000",
            "LEDGER_BRIDGE_LIMITS__VOIDS": "100000000",
        }
        for name in DEMO:
            environment |= self._system(name, mode, limits=limits)
        return environment | self.more

    def _system(self, name: str, mode: str, *, limits: bool) -> dict[str, str]:
        """One of the sandbox's demo companies; only the lender's own is switched on."""
        company, base, token = DEMO[name]
        keys = {
            "ENABLED": "true" if name == self.system else "false",
            "COMPANY_ID": company,
            "BASE_URL": f"{self.sandbox.url}{base}",
            "TOKEN_URL": f"{self.sandbox.url}{token}",
            "MAPPING": str(_ROOT / "mappings" / f"{name}.toml"),
            "ACCESS": "static",
            "STATIC_TOKEN": "demo-access",
            "MODE": mode,
        }
        if not limits:
            keys |= {"CALLS_PER_MINUTE": "0", "CALLS_PER_SECOND": "0"}
        section = f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__"
        return {f"{section}{key}": value for key, value in keys.items()}


@contextmanager
def lending(folder: Path, *, fast: bool = True, system: str = QUICKBOOKS) -> Iterator[Lender]:
    """A lender with a fresh sandbox, whose clock says what the lender's says."""
    sandbox = Sandbox(fast=fast)
    clock = BenchClock()
    try:
        sandbox.control("POST", "clock", seconds=clock.ahead.total_seconds())
        yield Lender(folder, sandbox, clock, system)
    finally:
        sandbox.close()


def ledger_of(folder: Path) -> Path:
    return folder / "ledger"


def state_of(folder: Path, name: str = STATE) -> str:
    return f"sqlite:///{folder}/{name}"


def write_ledger(folder: Path, loans: int, *, foreign: int = 10) -> None:
    """A package of CSV files: as many borrowers as loans, five movements each, a tenth charges.

    So many loans in a hundred are in another currency.
    """
    make_csv.write(ledger_of(folder), loans, loans * 5, foreign=foreign)


def books_of(bridge: Live) -> Books[AccountingSystem]:
    (books,) = bridge.books.values()
    return books


def loan_of(store: Store, number: int) -> LoanFile:
    """The first installation's loan of that number."""
    with store.read() as work:
        file = work.ledger.loan_file(make_csv.INSTALLATION, str(number))
    assert file is not None, f"no loan {number}"
    return file


def accept_some(store: Store, rows: list[Repayment]) -> None:
    """Take in a delivery that is not complete: these payments and nothing else."""
    facts = SnapshotFacts(
        source="deudores",
        letters="DY",
        installation=make_csv.INSTALLATION,
        as_of=_MORNING.date() - timedelta(days=1),
        generated_at=AT,
        format="bench",
        complete=False,
        locale="es-CO",
        default_currency="COP",
    )
    stage = store.stage(facts, iter(rows))
    try:
        accepted = store.accept(stage, AT)
    finally:
        stage.close()
    assert accepted.changes == len(rows), accepted
