"""A lender's company on the sandbox: the real program posts, the books' own figures are read."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.core.identity import BooksId
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from tests.pipeline.world import GONE, ROOT
from tests.recount.abroad import lends_in
from tests.recount.delivery import snapshot
from tests.recount.lenders import SINCE, Lender, rates_of
from tests.recount.recomputation import EXCHANGE, RECEIVABLE, Books, smallest
from tests.simulation.estate import Estate

Row = dict[str, Any]

EXCHANGE_NAMES = ("Exchange Gain or Loss", "Realised Currency Gains")
METHODS = {"CASH": "cash", "TRANSFER": "transfer", "NEQUI": "wallet:nequi", "RENEWAL": "renewal"}


class Company:
    """The three systems' books of one lender."""

    def __init__(self, folder: Path, sandbox: SandboxServer, lender: Lender) -> None:
        self.lender = lender
        sandbox.control.reset()
        if smallest(lender.home) == 1:
            sandbox.faces["zoho"].change_settings({"price_precision": 0})
        systems = ("quickbooks", "xero", "zoho")
        self.estate = Estate(folder, sandbox, systems=systems)
        self.estate.overrides["LEDGER_BRIDGE_LENDER__HOME_CURRENCY"] = lender.home
        self.mappings = {name: self._mapping(name) for name in systems}
        for code in lender.currencies:
            lends_in(sandbox, code, dict(zip(SINCE, rates_of(code, lender.home), strict=True)))

    def _mapping(self, system: str) -> Row:
        """The shipped mapping with the lender's rules; says what it says."""
        text = (ROOT / "mappings" / f"{system}.toml").read_text(encoding="utf-8")
        for rule, value in self.lender.rules.items():
            was = next(line for line in text.splitlines() if line.startswith(f"{rule} = "))
            text = text.replace(f"\n{was}\n", f'\n{rule} = "{value}"\n')
        before, _, after = text.partition("[currencies.MXN]")
        text = before + after[after.index("\n# --- ") :]
        for code in self.lender.currencies:
            rates = ", ".join(
                f'{{ from = "{day}", rate = "{rate}" }}'
                for day, rate in zip(SINCE, rates_of(code, self.lender.home), strict=True)
            )
            text += f'\n[currencies.{code}]\nsource = "manual"\nrates = [{rates}]\n'
        path = self.estate.folder / "mappings" / f"{system}.toml"
        path.write_text(text, encoding="utf-8")
        self.estate.overrides[f"LEDGER_BRIDGE_SYSTEMS__{system.upper()}__MAPPING"] = str(path)
        return tomllib.loads(text)

    # ── posting ──────────────────────────────────────────────────────────────────────────────

    def deliver(self, day: date) -> list[str]:
        """What the ledger knows on a day arrives, and is posted. Says what could not be."""
        moment = datetime(day.year, day.month, day.day, 22, 0, tzinfo=UTC)
        self.estate.control("POST", "clock", still=True, at=moment.isoformat())
        self.estate.deliveries.put(snapshot(self.lender, day), "json")
        result = self.estate.sync()
        told = []
        for name, done in result.systems.items():
            stopped = str(done.stopped or "")
            refused = self._rejected(name) if done.rejected else ""
            told += [f"{name}: {day}: {what}" for what in (stopped, refused) if what]
        return told

    def _rejected(self, system: str) -> str:
        with self.estate.dry() as bridge, bridge.store.read() as work:
            entries = work.entries.of(BooksId(system, bridge.books[system].company), limit=10_000)
            return "; ".join(
                f"{each.reference}: {english(each.detail)}"
                for each in entries
                if each.state.value == "rejected"
            )

    def close(self) -> None:
        self.estate.close()

    def close_books(self, through: date) -> None:
        """The bookkeepers close the books up to a day."""
        for system in self.estate.systems:
            wish = {"action": "lock", "date": through.isoformat()}
            self.estate.control("POST", f"{system}/edit", **wish)

    # ── what the books say ───────────────────────────────────────────────────────────────────

    def world(self, system: str, days: list[date], locks: list[tuple[date, date]]) -> Row:
        """What the recomputation is told: the ledger's rows, and what the accounts are called."""
        chart = self.estate.books_of(system)["accounts"]
        named = {key: a["name"] for a in chart for key in (a["number"], a["name"], a["id"]) if key}
        return {
            "system": system,
            "home": self.lender.home,
            "as_of": days[-1].isoformat(),
            "deliveries": [day.isoformat() for day in days],
            "locks": [(set_on.isoformat(), through.isoformat()) for set_on, through in locks],
            "accounts": named,
            "currencies": {a["name"]: a["currency"] for a in chart},
            "banks": [a["name"] for a in chart if a.get("type", "").lower() == "bank"],
            "items": self._items(system),
            "loans": self.lender.loans,
            "movements": [
                {**row, "method": METHODS[row["method"]]} for row in self.lender.movements
            ],
        }

    def _items(self, system: str) -> dict[str, str]:
        faces: Any = self.estate.sandbox.faces
        if system == "quickbooks":
            rows = faces[system].company.tables["Item"].rows.values()
            return {row["Name"]: row["IncomeAccountRef"]["name"] for row in rows}
        if system == "zoho":
            org = faces[system].org
            rows = org.tables["items"].rows.values()
            return {row["name"]: org.books.chart[row["account_id"]].name for row in rows}
        return {}

    def books(self, system: str) -> Books:
        """The general ledger, the receivables and the customers, as the books keep them."""
        kept = self.estate.books_of(system)
        sides = kept["trial_balance"]
        assert sides["debits"] == sides["credits"], f"{system}: {sides}"
        faces: Any = self.estate.sandbox.faces
        books = (faces[system].org if system == "zoho" else faces[system].company).books
        found = Books()
        names = {account["id"]: account["name"] for account in kept["accounts"]}
        for account in kept["accounts"]:
            if "Receivable" in account["name"]:
                names[account["id"]] = RECEIVABLE
            elif account["name"] in EXCHANGE_NAMES:
                names[account["id"]] = EXCHANGE
        for account, amount in books.journal.home.items():
            found.home[names[account]] += amount  # type: ignore[assignment]
        for (account, currency), amount in books.journal.foreign.items():
            if names[account] != EXCHANGE:
                found.foreign[names[account], currency] += amount  # type: ignore[assignment]
        for document in kept["documents"]:
            if document["status"] in GONE or not Decimal(document["open"]):
                continue
            sign = 1 if document["kind"] == "invoice" else -1
            name = document["customer"].partition(" (")[0]
            place = name, document["currency"]
            found.customers[place] += sign * Decimal(document["open"])  # type: ignore[assignment]
        return found
