"""How long the state store takes for a large ledger, and in how much memory.

    python -m bench.ingest --loans 100000 [--repayments-per-loan 5] [--folder DIR]

Prints one line per step. `rows` is what making the rows costs by itself (in life: parsing), to be
subtracted from `stage`. The database is removed at the end.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from bridge.core.ledger import (
    Borrower,
    Entity,
    Loan,
    LoanKind,
    Origin,
    Repayment,
    SnapshotFacts,
)
from bridge.store import Stage, Store

AT = "2026-11-20T06:00:00Z"
_FIRST_DAY = date(2025, 1, 2)
_DAYS = [_FIRST_DAY + timedelta(days=number) for number in range(650)]
_AMOUNTS = [Decimal(number * 500) for number in range(2, 400)]


def facts() -> SnapshotFacts:
    return SnapshotFacts(
        source="deudores",
        letters="DY",
        installation="dev-7f3a",
        as_of=date(2026, 11, 20),
        generated_at=AT,
        format="bench",
        complete=True,
        locale="es-CO",
        default_currency="COP",
    )


def ledger(loans: int, per_loan: int, edited: int = 0) -> Iterator[Entity]:
    """As many borrowers as half the loans; `edited` is the id of a repayment that differs."""
    for number in range(1, loans // 2 + 1):
        yield Borrower(
            id=str(number),
            origin=Origin("deudores.csv", number + 1),
            name=f"Pérez Gómez Ana {number:x}",
            phone=f"+57390{number:07}",
            document_type="CC",
            document_number=str(519000000 + number),
        )
    for number in range(1, loans + 1):
        yield Loan(
            id=str(number),
            origin=Origin("deudas.csv", number + 1),
            borrower=str((number + 1) // 2),
            kind=LoanKind.CASH_LOAN,
            currency="COP" if number % 50 else "USD",
            start=_DAYS[number % 600],
            due=_DAYS[number % 600 + 30],
            opening=_AMOUNTS[number % 300] * 12,
            instalments=24,
            reported_balance=_AMOUNTS[number % 300],
            store="2",
        )
    for number in range(1, loans * per_loan + 1):
        # Spread as in life: each day's payments are on loans all over the ledger.
        yield Repayment(
            id=str(number),
            origin=Origin("movimientos.csv", number + 1),
            loan=str(number * 7919 % loans + 1),
            paid_on=_DAYS[number * 600 // (loans * per_loan)],
            amount=_AMOUNTS[number % 390] + (1 if number == edited else 0),
            method="cash",
        )


@contextmanager
def step(name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:<42} {wall:8.2f} s   cpu {cpu:8.2f} s   peak {peak:5} MB", flush=True)


def staged(store: Store, rows: Iterator[Entity], name: str) -> Stage:
    with step(f"{name}: stage"):
        return store.stage(facts(), rows)


def day(store: Store, rows: Iterator[Entity], name: str) -> None:
    stage = staged(store, rows, name)
    with step(f"{name}: accept"):
        accepted = store.accept(stage, AT)
    stage.close()
    print(f"    changes {accepted.changes}, loans touched {accepted.loans_touched}")


def measure(store: Store, loans: int, per_loan: int) -> None:
    with step("making the rows, once"):
        for _ in ledger(loans, per_loan):
            pass
    day(store, ledger(loans, per_loan), "first delivery")
    day(store, ledger(loans, per_loan), "nothing changed")
    with step("planning query, nothing changed"), store.read() as work:
        assert not list(work.ledger.loan_files(work.ledger.change_seq()))
    day(store, ledger(loans, per_loan, edited=77), "one repayment edited")
    with step("planning query, one changed loan"), store.read() as work:
        assert len(list(work.ledger.loan_files(work.ledger.change_seq() - 1))) == 1
    with step("totals"), store.read() as work:
        print(f"    {work.ledger.totals()}")
    with step("every loan whole"), store.read() as work:
        assert sum(1 for _ in work.ledger.loan_files(0)) == loans


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loans", type=int, default=100_000)
    parser.add_argument("--repayments-per-loan", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=None)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-ingest-", dir=arguments.folder))
    try:
        store = Store.open(f"sqlite:///{folder}/state.db")
        measure(store, arguments.loans, arguments.repayments_per_loan)
        store.close()
        size = sum(path.stat().st_size for path in folder.iterdir()) // 2**20
        print(f"state on disk: {size} MB")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
