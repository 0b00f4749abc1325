"""The way through the code that a reader walks for one loan with one payment.

    python -m bench.moves

A move is a call from one module of `bridge` into another while the loan is translated and compared
with what is posted. A storey is a module of `core/` that can only be read after another one: the
longest chain of imports counts them.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

import bridge
from bridge.core.books import Account, BooksItem, Chart, Company, Kind
from bridge.core.change.diff import diff
from bridge.core.ledger import Borrower, Loan, LoanFile, LoanKind, Origin, Repayment
from bridge.core.loan.translate import translate
from bridge.core.mapping.booking import Booking, Limits, resolve
from bridge.core.mapping.finder import NEEDED_LINES
from bridge.core.mapping.mapping_file import BooksMapping

CORE = Path(bridge.__file__).parent / "core"
_CLASSES = {"principal": "asset", "discount": "expense", "write_off": "expense"}


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """The moves between modules while something is planned."""

    moves: Mapping[tuple[str, str], int]
    """(from, into) → how often."""

    @property
    def total(self) -> int:
        return sum(self.moves.values())

    @property
    def modules(self) -> frozenset[str]:
        return frozenset(name for pair in self.moves for name in pair)


def walk(work: Callable[[], object]) -> Walk:
    """The calls from one module of `bridge` into another while `work` runs."""
    moves: Counter[tuple[str, str]] = Counter()
    stack: list[str] = []

    def saw(frame: FrameType, event: str, told: Any) -> None:
        del told
        name = str(frame.f_globals.get("__name__", ""))
        if not name.startswith("bridge."):
            return
        if event == "call":
            if stack and stack[-1] != name:
                moves[stack[-1], name] += 1
            stack.append(name)
        elif event == "return" and stack:
            stack.pop()

    sys.setprofile(saw)
    try:
        work()
    finally:
        sys.setprofile(None)
    return Walk(moves=dict(moves))


def storeys() -> list[str]:
    """The longest chain of modules in `core/`, each imported by the one after it."""
    files = {_named(path): path for path in CORE.rglob("*.py") if path.stem != "__init__"}

    @cache
    def below(name: str) -> tuple[str, ...]:
        chains = [below(other) for other in sorted(_used(files[name]) & {*files})]
        return (*_longest(chains), name)

    return list(_longest(below(name) for name in files))


def _longest(chains: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return max(chains, key=len, default=())


def _named(path: Path) -> str:
    return ".".join(("bridge", "core", *path.relative_to(CORE).with_suffix("").parts))


def _used(path: Path) -> set[str]:
    """The names that a module imports: modules, and what may be one inside a package."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def one_loan() -> LoanFile:
    """A loan of 120,000 with one payment."""
    origin = Origin(file="bench", line=1)
    lent, paid_on = date(2026, 8, 3), date(2026, 9, 1)
    loan = Loan(
        id="84",
        origin=origin,
        borrower="11",
        kind=LoanKind.CASH_LOAN,
        currency="COP",
        start=lent,
        due=date(2026, 11, 3),
        gross=Decimal(120_000),
        principal=Decimal(100_000),
    )
    row = Repayment(id="9", origin=origin, loan="84", paid_on=paid_on, amount=Decimal(20_000))
    return LoanFile(
        installation="bench",
        prefix="DYBNCH",
        loan_id="84",
        as_of=paid_on,
        loan=loan,
        borrower=Borrower(id="11", origin=origin, name="Luz Marina"),
        repayments=(row,),
    )


def one_booking() -> Booking:
    """A small company's booking, in a system whose lines go through items."""
    classes = {purpose: _CLASSES.get(purpose, "income") for purpose in NEEDED_LINES}
    accounts = [Account(id=p, number=p, name=p, classification=c) for p, c in classes.items()]
    bank = Account(id="bank", number="1000", name="Bank", classification="asset", role="bank")
    mapping = BooksMapping.model_validate(
        {
            "lines": {purpose: {"item": purpose} for purpose in classes},
            "deposits": [{"account": "1000"}],
        }
    )
    chart = Chart(
        company=Company(id="c", name="Bench", home_currency="COP"),
        accounts=(*accounts, bank),
        items=tuple(BooksItem(id=purpose, name=purpose, account_id=purpose) for purpose in classes),
    )
    limits = Limits(
        line_target="item",
        name_length=100,
        name_forbidden=":\t\n",
        memo_length=200,
        description_length=200,
        one_currency_per_customer=True,
        updates=frozenset(Kind),
    )
    booking, problems = resolve(mapping, chart, limits, "bench")
    assert booking is not None, problems
    return booking


def planned() -> Walk:
    """The walk while one loan with one payment is translated and compared with nothing posted."""
    file, booking = one_loan(), one_booking()
    return walk(lambda: diff(translate(file, booking, ()), (), booking))


def main() -> None:
    found, chain = planned(), storeys()
    print(f"{found.total} moves between {len(found.modules)} modules")
    for (before, into), times in sorted(found.moves.items(), key=lambda each: -each[1]):
        short = (name.removeprefix("bridge.core.") for name in (before, into))
        print(f"{times:5}  {' → '.join(short)}")
    print(f"{len(chain)} storeys: {' < '.join(n.removeprefix('bridge.core.') for n in chain)}")


if __name__ == "__main__":
    main()
