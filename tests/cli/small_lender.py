"""A small lender with a sandbox of its own, worked on through the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from bridge.cli.main import main
from bridge.cli.shipped import shipped
from bridge.sandbox.server import SandboxServer

LOANS = (11, 12, 61, 62, 84)
"""Of the sample ledger: a running account, one in pesos of Mexico, and three loans."""
WHAT_MOVEMENTS_MAKE = {11: 71000.0}
"""The sample says another balance there, which is a person's task; this lender has none."""


def small_ledger(day: str = "dia1") -> dict[str, Any]:
    sample = shipped(f"config/sample/deudores/{day}/deudores_snapshot.json")
    ledger: dict[str, Any] = json.loads(sample.read_text(encoding="utf-8"))
    ledger["debts"] = [debt for debt in ledger["debts"] if debt["debt_id"] in LOANS]
    owing = {debt["debtor_id"] for debt in ledger["debts"]}
    ledger["debtors"] = [each for each in ledger["debtors"] if each["debtor_id"] in owing]
    ledger["movements"] = [each for each in ledger["movements"] if each["debt_id"] in LOANS]
    ledger["consents"] = [each for each in ledger["consents"] if each["debtor_id"] in owing]
    for debt in ledger["debts"]:
        debt["remaining"] = WHAT_MOVEMENTS_MAKE.get(debt["debt_id"], debt["remaining"])
    ledger["counts"] = {key: len(ledger[key]) for key in ledger["counts"]}
    return ledger


def lowered(ledger: dict[str, Any], debt_id: int, amount: float) -> None:
    """Lower what the debt itself says is owed; an amount below zero raises it."""
    (debt,) = [each for each in ledger["debts"] if each["debt_id"] == debt_id]
    debt["remaining"] -= amount


class Lender:
    """A folder with settings and a ledger, and what the command line answers there."""

    def __init__(self, folder: Path, sandbox: SandboxServer, capsys: Any, system: str) -> None:
        self.folder, self.sandbox, self.system, self._capsys = folder, sandbox, system, capsys
        self.port = 0
        """Where its daemon listens, if it does."""

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        self._capsys.readouterr()
        code = main(list(arguments))
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def json(self, *arguments: str, code: int = 0) -> Any:
        """The one document that is on stdout."""
        answered, out, err = self.run(*arguments, "--json")
        assert answered == code, err
        return json.loads(out)

    def deliver(self, ledger: dict[str, Any]) -> None:
        path = self.folder / "inbox" / "deudores_snapshot.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(ledger), encoding="utf-8")

    def control(self, path: str, **wish: Any) -> None:
        url = f"{self.sandbox.url}/_sandbox/{path}"
        requests.post(url, json=wish, timeout=60).raise_for_status()

    def switch(self, **settings: Any) -> None:
        self.control(f"{self.system}/settings", **settings)

    def fault(self, kind: str, when: str, path: str, count: int = 1) -> None:
        wish = {"kind": kind, "when": when, "count": count, "match": {"path": path}}
        self.control("faults", system=self.system, **wish)

    def calls(self, path: str) -> int:
        """How often the sandbox was asked for a path that ends so."""
        url = f"{self.sandbox.url}/_sandbox/{self.system}/calls"
        by_path: dict[str, int] = requests.get(url, timeout=60).json()["by_path"]
        return sum(count for name, count in by_path.items() if name.endswith(path))

    def files(self) -> dict[str, bytes]:
        """Everything in the state folder, by name."""
        state = self.folder / "state"
        return {p.name: p.read_bytes() for p in sorted(state.rglob("*")) if p.is_file()}


@contextmanager
def lender_on(system: str, folder: Path, capsys: Any) -> Iterator[Lender]:
    """A lender in an empty folder, whose books are one of the sandbox's companies."""
    with SandboxServer(fast=True) as sandbox:
        yield lender_in(folder, sandbox, capsys, system)


def lender_in(
    folder: Path, sandbox: SandboxServer, capsys: Any, system: str = "quickbooks"
) -> Lender:
    """The same in a sandbox that others may use as well."""
    text = shipped("config/sandbox.toml").read_text(encoding="utf-8")
    # What verbs say and do is the same for every system: one system is enough.
    for other in re.findall(r"\[systems\.\w+\][^\[]*", text):
        if not other.startswith(f"[systems.{system}]"):
            text = text.replace(other, "")
    # The sample is of one day for ever.
    inbox = 'path = "inbox"\nmax_age_days = 36500'
    text = text.replace('path = "sample/deudores/dia1"', inbox)
    text = text.replace("../", "").replace("http://127.0.0.1:8765", sandbox.url)
    unlimited = "calls_per_minute = 0\ncalls_per_second = 0\n"
    text = text.replace('client_id = "demo', f'{unlimited}client_id = "demo')
    (folder / "bridge.toml").write_text(text, encoding="utf-8")
    (folder / "mappings").mkdir()
    for name in ("deudores", system):
        mapping = shipped(f"mappings/{name}.toml").read_text(encoding="utf-8")
        (folder / "mappings" / f"{name}.toml").write_text(mapping, encoding="utf-8")
    made = Lender(folder, sandbox, capsys, system)
    made.deliver(small_ledger())
    return made


@pytest.fixture
def lender(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with lender_on("quickbooks", tmp_path, capsys) as made:
        yield made


def edit(lender, action, kind, number, **changes):
    wish = {"set": changes} if changes else {}
    lender.control("quickbooks/edit", action=action, kind=kind, number=number, **wish)


def a_payment():
    return next(
        m for m in small_ledger()["movements"] if m["debt_id"] == 61 and m["type"] == "PAYMENT"
    )
