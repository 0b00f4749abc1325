"""What the bridge made of a file: refused, or what is booked, held and named of every loan."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

from bridge.core.books import Document
from bridge.core.findings import Finding
from bridge.core.guards import SnapshotLimits
from bridge.core.identity import BooksId
from bridge.core.mapping.booking import Booking
from bridge.core.plan import Hold
from bridge.core.tie_out.known import Fresh
from bridge.core.tie_out.reconcile import effect
from bridge.core.tie_out.verdict import Verdict
from bridge.errors import SnapshotRefused
from bridge.mappingfiles import load_ledger_mapping
from bridge.pipeline.context import Books
from bridge.pipeline.intake import take_in
from bridge.pipeline.known import standing
from bridge.pipeline.planner import Planner
from bridge.report.details import english
from bridge.source.deudores.reader import Deudores
from bridge.store.store import Store, Work
from tests.core import builders
from tests.laws.lender_file import TODAY, Drawn, written

ROOT = Path(__file__).parents[2]
SYSTEM, COMPANY = "quickbooks", "c"
BOOKS = BooksId(SYSTEM, COMPANY)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class OfLoan:
    """One loan of the ledger: documents to be posted, and what is held."""

    documents: list[Document] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)

    @property
    def booked(self) -> Decimal:
        return sum((effect(document) for document in self.documents), Decimal(0))

    @property
    def held(self) -> Decimal:
        return sum((hold.amount for hold in self.holds), Decimal(0))


@dataclass
class Account:
    """The whole file. `refused` has the words of a refusal; then nothing else is known."""

    refused: list[str] = field(default_factory=list)
    loans: dict[str, OfLoan] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    verdict: Verdict | None = None

    def named(self, row: int, file: str) -> bool:
        """Whether a finding points at this row of this file."""
        return any(f.row == row and file in f.file for f in self.findings)


@cache
def _booking() -> Booking:
    return builders.booking()


@dataclass
class _Company:
    name: str = SYSTEM
    company_id: str = COMPANY


@contextmanager
def _store() -> Iterator[Store]:
    """A new state store; making one is a copy."""
    with tempfile.TemporaryDirectory(prefix="law-") as folder:
        path = Path(folder, "state.db")
        shutil.copyfile(_empty(), path)
        store = Store.open(f"sqlite:///{path}", migrate=False)
        try:
            yield store
        finally:
            store.close()


@cache
def _empty() -> Path:
    path = Path(tempfile.mkdtemp(prefix="law-"), "empty.db")
    Store.open(f"sqlite:///{path}").close()
    return path


def account_for(drawn: Drawn) -> Account:
    """Write the file, read it as the bridge does, and plan it into an empty company."""
    with tempfile.TemporaryDirectory(prefix="law-") as folder, _store() as store:
        path = written(drawn, Path(folder))
        mapping = load_ledger_mapping("deudores", ROOT / "mappings" / "deudores.toml")
        source = Deudores(path, mapping, "America/Bogota", TODAY)
        try:
            take_in(store, source, path.name, SnapshotLimits(), NOW)
        except SnapshotRefused as refused:
            return Account(refused=[english(problem.told) for problem in refused.problems])
        return _planned(store)


def _planned(store: Store) -> Account:
    found = Account()
    company: Any = _Company()
    books = Books(system=company, mapping=_booking().mapping, where="mappings/test.toml")
    with store.begin() as work:
        planner = Planner(work, cast(Any, books), _booking(), "law")
        planner.loans(work.ledger.loan_files(0))
        planner.finish()
    with store.read() as work:
        _collected(work, found)
    return found


def _collected(work: Work, found: Account) -> None:
    found.findings = work.findings.all()
    found.verdict = standing(work, {SYSTEM: BOOKS}, Fresh(today=TODAY))
    for (_, loan), hold in work.plans.loan_holds(BOOKS):
        found.loans.setdefault(loan, OfLoan()).holds.append(hold)
    for entry in work.entries.of(BOOKS):
        if entry.loan[1]:
            found.loans.setdefault(entry.loan[1], OfLoan()).documents.append(entry.document)
