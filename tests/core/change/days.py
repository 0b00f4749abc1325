"""The days of one loan, as a ledger may tell them in any order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from bridge.core.ledger import AdjustmentKind, LoanFile, Repayment
from tests.core.builders import account, adjusted, file, loan, paid

KINDS = {
    "charge": AdjustmentKind.CHARGE,
    "discount": AdjustmentKind.DISCOUNT,
    "fee": AdjustmentKind.LATE_FEE,
}


def days_of_one_loan(chance: random.Random) -> Iterator[LoanFile]:
    """A loan that gets more rows every day, and whose payments are edited and deleted."""
    gross, kind = 120_000, chance.choice(["loan", "account", "foreign"])
    rows: dict[int, Any] = {}
    for _ in range(4):
        for number in range(len(rows) + 1, len(rows) + chance.randrange(2, 5)):
            day = date(2026, chance.choice((8, 9, 10, 11)), chance.randrange(4, 18))
            what = chance.choice(["pay", "pay", "pay", *KINDS])
            amount = chance.randrange(1, 20) * 1000
            if what == "pay":
                rows[number] = paid(number, str(amount), day)
            else:
                rows[number] = adjusted(number, KINDS[what], str(amount), day)
                gross += amount if what != "discount" else 0
        payments = [n for n, row in rows.items() if isinstance(row, Repayment)]
        for number in payments[: chance.randrange(0, 3)]:
            more = rows[number].amount + 500
            rows[number] = msgspec.structs.replace(rows[number], amount=more)
        made = account(str(gross)) if kind == "account" else loan(str(gross))
        if kind == "foreign":
            made = loan(str(gross), currency="MXN")
        yield file(made, *rows.values())
