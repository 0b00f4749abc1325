"""Small ledgers and a small company to book them in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.books import (
    Account,
    BooksItem,
    Chart,
    Company,
    Document,
    Kind,
    PostedDocument,
    Status,
)
from bridge.core.change.diff import diff
from bridge.core.delivery import UNSEEN, Binding
from bridge.core.ledger import (
    Adjustment,
    AdjustmentKind,
    Borrower,
    Frequency,
    Loan,
    LoanFile,
    LoanKind,
    Note,
    Origin,
    Repayment,
)
from bridge.core.loan.translate import Translation, translate
from bridge.core.mapping.booking import Booking, Limits, resolve
from bridge.core.mapping.mapping_file import BooksMapping

ORIGIN = Origin(file="test.csv", line=2)
START = date(2026, 8, 3)

LIMITS = Limits(
    line_target="item",
    name_length=100,
    name_forbidden=":\t\n",
    memo_length=200,
    description_length=200,
    one_currency_per_customer=True,
    updates=frozenset(Kind),
)

ACCOUNTS = (
    ("1", "1100", "Clearing", "asset", "", ""),
    ("2", "4100", "Interest", "income", "", ""),
    ("3", "4200", "Sales", "income", "", ""),
    ("4", "5100", "Bad debts", "expense", "", ""),
    ("5", "5200", "Discounts", "expense", "", ""),
    ("6", "4900", "Recovery", "income", "", ""),
    ("7", "1000", "Bank", "asset", "bank", ""),
    ("8", "1001", "Bank MXN", "asset", "bank", "MXN"),
    ("9", "1200", "Receivables", "asset", "receivable", ""),
    ("10", "3900", "Opening balances", "equity", "", ""),
)
ITEMS = {
    "principal": "1",
    "interest": "2",
    "insurance": "2",
    "late_fee": "2",
    "sale": "3",
    "write_off": "4",
    "discount": "5",
    "recovery": "6",
    "reversal": "1",
    "opening": "10",
    "write_off_interest": "2",
}


def company(**changes: Any) -> Company:
    facts = {
        "id": "c",
        "name": "Prueba SAS",
        "home_currency": "COP",
        "multicurrency": True,
        "currencies": ("COP", "MXN"),
    }
    return Company(**(facts | changes))


def chart(**changes: Any) -> Chart:
    return Chart(
        company=company(**changes),
        accounts=tuple(
            Account(id=i, number=n, name=m, classification=c, role=r, currency=k)
            for i, n, m, c, r, k in ACCOUNTS
        ),
        items=tuple(
            BooksItem(id=f"i{n}", name=purpose, account_id=account)
            for n, (purpose, account) in enumerate(ITEMS.items())
        ),
    )


def mapping(**changes: Any) -> BooksMapping:
    facts: dict[str, Any] = {
        "lines": {purpose: {"item": purpose} for purpose in ITEMS},
        "deposits": [{"account": "1001", "currency": ["MXN"]}, {"account": "1000"}],
        "currencies": {"MXN": {"rates": [{"from": date(2026, 1, 1), "rate": Decimal("215.40")}]}},
    }
    return BooksMapping.model_validate(facts | changes)


def booking(*, locked: date | None = None, cutover: date | None = None, **changes: Any) -> Booking:
    made, problems = resolve(
        mapping(**changes), chart(locked_through=locked), LIMITS, "mappings/test.toml"
    )
    assert made is not None, problems
    return msgspec.structs.replace(made, cutover=cutover)


def loan(gross: str = "120000", principal: str | None = "100000", **changes: Any) -> Loan:
    facts: dict[str, Any] = {
        "id": "84",
        "origin": ORIGIN,
        "borrower": "11",
        "kind": LoanKind.CASH_LOAN,
        "currency": "COP",
        "start": START,
        "due": date(2026, 11, 3),
        "gross": Decimal(gross),
        "principal": None if principal is None else Decimal(principal),
    }
    facts |= changes
    if "frequency" in facts:
        facts["frequency"] = Frequency(facts["frequency"])
    return Loan(**facts)


def account(gross: str = "50000", **changes: Any) -> Loan:
    """A running account (fiado)."""
    facts = {"kind": LoanKind.RUNNING_ACCOUNT, "due": None, "principal": None}
    return loan(gross, **(facts | changes))


def paid(number: int, amount: str, day: date = date(2026, 9, 1), **changes: Any) -> Repayment:
    facts = {"loan": "84", "paid_on": day, "amount": Decimal(amount), "method": "cash"}
    return Repayment(id=str(number), origin=ORIGIN, **(facts | changes))


def adjusted(
    number: int,
    kind: AdjustmentKind,
    amount: str,
    day: date = date(2026, 9, 2),
    **changes: Any,
) -> Adjustment:
    facts = {"loan": "84", "on": day, "kind": kind, "amount": Decimal(amount)}
    return Adjustment(id=str(number), origin=ORIGIN, **(facts | changes))


def noted(*codes: str) -> tuple[Note, ...]:
    return tuple(Note(code) for code in codes)


BORROWER = Borrower(id="11", origin=ORIGIN, name="Luz Marina Castañeda")


def file(
    of: Loan | None,
    *rows: Repayment | Adjustment,
    borrower: Borrower | None = BORROWER,
    **more: Any,
) -> LoanFile:
    facts: dict[str, Any] = {
        "installation": "dev-7f3a",
        "prefix": "DY7F3A",
        "loan_id": "84",
        "as_of": date(2026, 11, 19),
        "loan": of,
        "borrower": borrower,
        "repayments": tuple(r for r in rows if isinstance(r, Repayment)),
        "adjustments": tuple(r for r in rows if isinstance(r, Adjustment)),
    }
    return LoanFile(**(facts | more))


class Shelf:
    """Bindings of one loan, as they would be after every change went through."""

    def __init__(self, book: Booking | None = None) -> None:
        self.booking = book or booking()
        self.bindings: dict[str, Binding] = {}
        self.last: Translation | None = None

    def sync(self, of: LoanFile) -> list[str]:
        """Apply one plan; answers what was done: `create DY7F3A-L84`."""
        bound = list(self.bindings.values())
        self.last = translate(of, self.booking, bound)
        changes, self.closed = diff(self.last, bound, self.booking)
        for binding in self.last.noted:
            self.bindings[binding.reference] = binding
            if binding.voided:
                self._undo(binding.document, "")
        done = []
        for change in sorted(changes, key=lambda c: c.phase):
            reference = change.document.reference
            done.append(f"{change.operation.value} {reference}")
            self.bindings[reference] = Binding(
                reference=reference,
                external_id=f"x{reference}",
                version="0",
                generation=change.generation,
                document=change.document,
                voided=change.operation == "void",
            )
            self._undo(change.document, "" if change.operation == "void" else reference)
        return done

    def left_to_do(self, of: LoanFile) -> list[object]:
        """What a second plan of the same file does, asks otherwise or notes: nothing, by law."""
        assert self.last is not None
        asked = {*self.last.holds, *self.closed}
        done = self.sync(of)
        return [*done, *(asked ^ {*self.last.holds, *self.closed}), *self.last.noted]

    def _undo(self, document: Document, by: str) -> None:
        """What the document undoes is undone by it, or by nothing any more."""
        undone = getattr(document, "reverses", "")
        if undone:
            self.bindings[undone] = msgspec.structs.replace(self.bindings[undone], reversed_by=by)

    def accept(self, reference: str, *, gone: bool = False) -> None:
        """A person leaves a document as the books have it: edited, or gone."""
        status = Status.DELETED if gone else Status.LIVE
        posted = PostedDocument(
            kind=self.bindings[reference].document.kind,
            external_id=f"x{reference}",
            version="1",
            status=status,
        )
        self.bindings[reference] = msgspec.structs.replace(
            self.bindings[reference], accepted=UNSEEN, posted=posted
        )

    def live(self) -> list[Binding]:
        return [b for b in self.bindings.values() if not b.voided]
