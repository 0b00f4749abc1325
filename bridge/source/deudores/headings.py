"""Which headings mean which field, in each kind of table that the source reads (FACTS L7)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

Headings = tuple[str, ...]


class Part(BaseModel):
    """A part of the mapping: nothing that it does not know may stand there."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class BorrowerColumns(Part):
    id: Headings
    name: Headings
    surname: Headings = ()
    second_surname: Headings = ()
    phone: Headings = ()
    document: Headings = ()
    address: Headings = ()
    store: Headings = ()
    created_on: Headings = ()
    consent: Headings = ()


class LoanColumns(Part):
    id: Headings
    borrower: Headings
    name: Headings
    surname: Headings = ()
    second_surname: Headings = ()
    phone: Headings = ()
    document: Headings = ()
    address: Headings = ()
    kind: Headings = ()
    concept: Headings = ()
    amount: Headings
    total: Headings = ()
    principal: Headings = ()
    interest_rate: Headings = ()
    balance: Headings = ()
    collected: Headings = ()
    currency: Headings = ()
    start: Headings
    due: Headings = ()
    instalments: Headings = ()
    instalment_amount: Headings = ()
    instalments_paid: Headings = ()
    frequency: Headings = ()
    state: Headings = ()
    paid: Headings = ()
    store: Headings = ()
    collector: Headings = ()


class MovementColumns(Part):
    id: Headings
    loan: Headings
    date: Headings
    amount: Headings
    type: Headings = ()
    concept: Headings = ()
    method: Headings = ()
    reverses: Headings = ()
    ticket: Headings = ()
    collector: Headings = ()
    currency: Headings = ("Moneda", "Divisa", "Currency")
    name: Headings = ()
    capital: Headings = ()
    interest: Headings = ()
    late_fee: Headings = ()


class BalanceColumns(Part):
    name: Headings
    balance: Headings
    surname: Headings = ()
    second_surname: Headings = ()
    phone: Headings = ()
    document: Headings = ()
    address: Headings = ()
    currency: Headings = ()
    start: Headings = ()


class SplitwiseColumns(Part):
    date: Headings
    description: Headings
    category: Headings
    cost: Headings
    currency: Headings


class Columns(Part):
    """Which headings mean which field, in each kind of table."""

    borrowers: BorrowerColumns
    loans: LoanColumns
    movements: MovementColumns
    balances: BalanceColumns
    splitwise: SplitwiseColumns

    def table(self, kind: str) -> dict[str, Headings]:
        """Field → headings of one kind of table."""
        part: Part = getattr(self, kind)
        return {field: getattr(part, field) for field in type(part).model_fields}
