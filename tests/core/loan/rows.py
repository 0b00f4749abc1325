"""A loan as drawn rows of its movements."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from bridge.core.ledger import Adjustment, AdjustmentKind, LoanFile, Repayment
from tests.core.builders import START, adjusted, file, loan, paid

Row = tuple[str, int, int]
"""What, how much, and on which day of the loan."""
WRITE_OFF = AdjustmentKind.WRITE_OFF
KINDS = {"lost": WRITE_OFF, "fee": AdjustmentKind.LATE_FEE, "less": AdjustmentKind.DISCOUNT}


def made(rows: list[Row], opening: int = 1200, **changes: object) -> LoanFile:
    """A loan with these rows: `paid`, `lost`, `fee` or `less`."""
    every: list[Repayment | Adjustment] = []
    for number, (kind, amount, day) in enumerate(rows, start=1):
        on = START + timedelta(days=day)
        if kind == "paid":
            every.append(paid(number, str(amount), on))
        else:
            every.append(adjusted(number, KINDS[kind], str(amount), on))
    fees = sum(amount for kind, amount, _ in rows if kind == "fee")
    return file(loan(str(opening + fees), "1000", **changes), *every)


changes = st.sampled_from(
    [
        {},
        {"instalments": 4, "frequency": "weekly"},
        {"currency": "MXN"},
        {"reported_balance": Decimal(300)},
    ]
)
