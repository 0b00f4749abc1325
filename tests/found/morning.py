"""A lender's first morning with one file: a pass and a comparison on the books of the sandbox."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.core.tie_out.tasks import Task
from bridge.core.tie_out.verdict import Verdict
from bridge.errors import SnapshotRefused
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import sync
from bridge.report import render
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from tests.pipeline.world import COMPANIES, GONE, ROOT, World

SHIPPED = (ROOT / "mappings" / "deudores.toml").read_text(encoding="utf-8")

_REST = re.compile(r"-P(?:\d+|W[0-9A-Z]{9})S\d+$")
"""The rest of a receipt: where it pays several invoices, Xero has a payment for each."""


@dataclass(frozen=True)
class Books:
    """What one company's books say, asked of the sandbox and not of the bridge."""

    receivable: Mapping[str, Decimal]
    """Currency → what customers owe."""
    income: Decimal
    invoices: int
    receipts: int
    customers: frozenset[str]


@dataclass(frozen=True)
class Morning:
    """What the lender sees and what is in the books."""

    synced: Verdict | None
    """None: the delivery was refused."""
    why: str
    """Why it was refused: all problems."""
    compared: Verdict
    differences: list[Decimal]
    """What no item explains, by system and currency."""
    page: str
    """The page in Spanish."""
    text: str
    books: dict[str, Books]

    @property
    def told(self) -> list[tuple[str, str, int, Decimal]]:
        """Code, file, row and amount of each task of the comparison."""
        return [place_of(task) for task in self.compared.tasks if not task.system]


def place_of(task: Task) -> tuple[str, str, int, Decimal]:
    return task.code, task.where.file, task.where.row, task.amount


class Lender:
    """One lender with an empty state on a sandbox of its own."""

    def __init__(
        self, folder: Path, sandbox: SandboxServer, systems: Sequence[str], edits: Mapping[str, str]
    ) -> None:
        self.world = World(folder, sandbox)
        self.systems = systems
        self.world.control("POST", "reset")
        mapping = SHIPPED
        for old, new in edits.items():
            assert old in mapping, old
            mapping = mapping.replace(old, new, 1)
        (folder / "deudores.toml").write_text(mapping, encoding="utf-8")
        self.world.overrides["LEDGER_BRIDGE_SOURCE__MAPPING"] = str(folder / "deudores.toml")
        for name in COMPANIES:
            key = f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__ENABLED"
            self.world.overrides[key] = "true" if name in systems else "false"

    def morning(self, delivery: Path) -> Morning:
        """Take the delivery in, post, compare, and look at the books."""
        self.world.overrides["LEDGER_BRIDGE_SOURCE__PATH"] = str(delivery)
        synced, why = None, ""
        with self.world.bridge() as bridge:
            try:
                synced = sync(bridge).answer
            except SnapshotRefused as refused:
                why = "\n".join(english(problem.told) for problem in refused.problems) or str(
                    refused
                )
            found = compare(
                bridge,
                bridge.today,
                self.world.clock.now(),
                fresh=bridge.fresh.on(bridge.today),
            )
        folder = self.world.folder / "report"
        folder.mkdir(exist_ok=True)
        html, text = render.render(
            found, ("html", "text"), folder, ("es",), "es-CO", "America/Bogota"
        )
        return Morning(
            synced=synced,
            why=why,
            compared=found.verdict,
            differences=[t.unexplained for s in found.systems for t in s.tie_outs],
            page=html.read_text("utf-8"),
            text=text.read_text("utf-8"),
            books={name: self._books(name) for name in self.systems},
        )

    def _books(self, system: str) -> Books:
        self.world.system = system
        books: dict[str, Any] = self.world.books()
        live = [d for d in books["documents"] if d["status"] not in GONE]
        income = [Decimal(a["balance"]) for a in books["accounts"] if a["class"] == "income"]
        return Books(
            receivable={
                currency: self.world.receivable(currency)
                for currency in sorted({d["currency"] for d in live})
            },
            income=-sum(income, Decimal(0)),
            invoices=sum(d["kind"] == "invoice" for d in live),
            receipts=sum(d["kind"] == "receipt" and not _REST.search(d["number"]) for d in live),
            customers=frozenset(d["customer"] for d in live),
        )
