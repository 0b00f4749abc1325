"""A lender's own sheet, from its cells to the books: money lent is never income."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.sandbox.server import SandboxServer
from tests.pipeline.world import COMPANIES, ROOT, World

FOUND = ROOT / "tests" / "data" / "found"


@pytest.mark.parametrize("system", COMPANIES)
def test_weeks_in_columns_are_booked_on_clearing_and_their_abonos_as_receipts(system, tmp_path):
    shipped = (ROOT / "mappings" / "deudores.toml").read_text(encoding="utf-8")
    edited = shipped.replace('undated_payments = "ask"', 'undated_payments = "period"')
    edited = edited.replace("ignore = [", 'ignore = [\n    "ABONADO",', 1)
    (tmp_path / "deudores.toml").write_text(edited, encoding="utf-8")
    with SandboxServer(fast=True) as sandbox:
        world = World(tmp_path, sandbox, system)
        world.overrides["LEDGER_BRIDGE_SOURCE__PATH"] = str(FOUND / "W1")
        world.overrides["LEDGER_BRIDGE_SOURCE__MAPPING"] = str(tmp_path / "deudores.toml")
        world.sync()
        assert world.receivable("COP") == Decimal(1_640_000)
        receipts = [d for d in world.live_documents() if d["kind"] == "receipt"]
        assert sum(Decimal(d["total"]) for d in receipts) == 520_000
        income = sum(
            -Decimal(a["balance"]) for a in world.books()["accounts"] if a["class"] == "income"
        )
        assert income == 360_000  # the interest that DEBE has beyond PRESTE, and no principal
