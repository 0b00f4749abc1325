"""A lender's file on one desk: read, taken in and planned with the shipped mapping, by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.core.books import Invoice, Receipt, Transaction
from bridge.core.findings import Finding
from bridge.core.guards import SnapshotLimits
from bridge.core.ledger import LoanFile
from bridge.core.loan.review import review_borrower
from bridge.core.loan.standing import receivable
from bridge.core.mapping.naming import customer
from bridge.core.plan import Hold
from bridge.pipeline.intake import take_in
from bridge.store import Store
from tests.core.builders import Shelf, booking
from tests.source.conftest import ROOT, SAMPLES, source

FOUND = ROOT / "tests" / "data" / "found"
CARTERA = SAMPLES / "variantes" / "cartera_clientes.csv"
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


class Desk:
    """What is in the books of one lender, and what is held or told."""

    def __init__(self, folder: Path, cutover: Any = None, **changes: Any) -> None:
        self.store = Store.open(f"sqlite:///{folder}/state.db", migrate=True)
        self.booking = booking(cutover=cutover)
        self.changes = changes
        self.shelves: dict[str, Shelf] = {}
        self.files: dict[str, LoanFile] = {}
        self.done: list[str] = []
        """What the last day posted, corrected or took back."""
        self.of_borrowers: list[Finding] = []

    def day(self, path: Path, **about: Any) -> Desk:
        """Take the delivery in and do everything that follows from it."""
        read = source(path, **(self.changes | about))
        take_in(self.store, read, path.name, SnapshotLimits(), NOW)
        self.done = []
        with self.store.read() as work:
            files = list(work.ledger.loan_files(0))
        for file in files:
            shelf = self.shelves.setdefault(file.loan_id, Shelf(self.booking))
            self.done += shelf.sync(file)
            self.files[file.loan_id] = file
        self.of_borrowers = [
            finding
            for file in files
            if file.borrower is not None
            for finding in review_borrower(file.borrower)
        ]
        return self

    @property
    def documents(self) -> list[Transaction]:
        return [
            binding.document
            for shelf in self.shelves.values()
            for binding in shelf.live()
            if isinstance(binding.document, Transaction)
        ]

    @property
    def invoices(self) -> dict[str, dict[str, Decimal]]:
        """Loan → what its invoice is for."""
        return {
            document.loan: {line.purpose: line.amount for line in document.lines}
            for document in self.documents
            if isinstance(document, Invoice)
        }

    @property
    def receipts(self) -> list[Decimal]:
        return [document.total for document in self.documents if isinstance(document, Receipt)]

    @property
    def owed(self) -> Decimal:
        """What the posted documents say that borrowers owe."""
        return sum(map(receivable, self.documents), Decimal(0))

    @property
    def ledger(self) -> Decimal:
        """What the store says that borrowers owe, in the lender's own currency."""
        with self.store.read() as work:
            return work.ledger.totals().get("COP", Decimal(0))

    @property
    def holds(self) -> list[tuple[str, str, Decimal]]:
        return [(hold.code, hold.subject, hold.amount) for hold in self._holds()]

    def _holds(self) -> Iterator[Hold]:
        for shelf in self.shelves.values():
            yield from shelf.last.holds if shelf.last else ()

    @property
    def findings(self) -> list[Finding]:
        with self.store.read() as work:
            told = list(work.findings.all())
        told += self.of_borrowers
        for shelf in self.shelves.values():
            told += shelf.last.findings if shelf.last else ()
        return told

    def found(self, code: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.code == code]

    @property
    def asked(self) -> set[str]:
        """Codes of everything that waits for a person."""
        return {f.code for f in self.findings if f.asks} | {
            code for code, *_ in self.holds if code != "cutover.paid_before"
        }

    @property
    def customers(self) -> dict[str, str]:
        """Loan → the customer's name."""
        return {
            loan: customer(file, file.borrower, "COP", self.booking).name
            for loan, file in self.files.items()
            if file.loan is not None and file.borrower is not None
        }

    def adds_up(self) -> bool:
        """Whether the ledger is what is in the books and what is held, to the cent."""
        held = sum((amount for *_, amount in self.holds), Decimal(0))
        return self.ledger == self.owed + held
