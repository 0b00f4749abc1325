"""Rows of `toy-2026-11-20.csv`: what, id, whose, name or day, amount."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from bridge.core.findings import Finding
from bridge.core.ledger import (
    Borrower,
    Entity,
    Loan,
    LoanKind,
    Origin,
    ReadTable,
    Repayment,
    SnapshotFacts,
)
from bridge.errors import Problem, SnapshotRefused

from .about import ABOUT
from .mapping import ToyMapping


class ToySnapshot:
    """One day's file."""

    def __init__(self, path: Path, mapping: ToyMapping) -> None:
        self._path, self._currency = path, mapping.default_currency
        self.facts = SnapshotFacts(
            source="toyledger",
            installation=mapping.installation,
            letters=ABOUT.letters,
            as_of=date.fromisoformat(path.stem.removeprefix("toy-")),
            generated_at="",
            format="csv",
            complete=True,
            locale="es-CO",
            default_currency=mapping.default_currency,
        )

    def rows(self) -> Iterator[Entity]:
        with self._path.open(encoding="utf-8", newline="") as lines:
            for number, (what, own, whose, said, amount) in enumerate(csv.reader(lines), start=1):
                origin = Origin(self._path.name, number)
                if what == "borrower":
                    yield Borrower(id=own, origin=origin, name=said)
                elif what == "loan":
                    yield Loan(
                        id=own,
                        origin=origin,
                        borrower=whose,
                        kind=LoanKind.CASH_LOAN,
                        currency=self._currency,
                        start=date.fromisoformat(said),
                        opening=Decimal(amount),
                    )
                else:
                    paid_on = date.fromisoformat(said)
                    yield Repayment(
                        id=own, origin=origin, loan=whose, paid_on=paid_on, amount=Decimal(amount)
                    )

    def tables(self) -> list[ReadTable]:
        return [ReadTable(file=self._path.name, kind="movements")]

    def findings(self) -> list[Finding]:
        return []

    def complete_after_reading(self) -> bool:
        return True


class ToyLedger:
    """The newest file of a folder."""

    def __init__(
        self, path: Path, mapping: ToyMapping, timezone: str, today: date, prefer: str | None = None
    ) -> None:
        del timezone, today, prefer
        self._path, self._mapping = path, mapping

    def snapshot(self) -> ToySnapshot:
        files = sorted(self._path.glob("toy-*.csv"))
        if not files:
            problem = Problem(self._path.name, "has no delivery in it.", "Put one there.")
            raise SnapshotRefused(f"{self._path.name} is empty", [problem])
        return ToySnapshot(files[-1], self._mapping)
