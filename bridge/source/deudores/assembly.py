"""The assembly of the ledger's tables from sheets that were understood, whatever form each sheet
has."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import msgspec

from bridge.core.ledger import LoanKind
from bridge.errors import Problem
from bridge.source.deudores import movements
from bridge.source.deudores.clientsheets import ClientLoans, ClientSheet, PaymentsOfOne
from bridge.source.deudores.columns import Heading
from bridge.source.deudores.joined import Chained, PaymentsByName
from bridge.source.deudores.kinds import kind_question, said_kind
from bridge.source.deudores.mapping import DeudoresMapping
from bridge.source.deudores.rowkinds import RowKinds
from bridge.source.deudores.runningbook import (
    PAYMENT,
    BookLoans,
    BookPayments,
    book_heading,
    payment_position,
    payments_heading,
)
from bridge.source.deudores.sheet_table import FIELDS, Sheet, SheetTable
from bridge.source.deudores.split import PARTS, SplitPayments
from bridge.source.deudores.tables import Table
from bridge.source.deudores.unread import UnreadColumns
from bridge.source.deudores.weak import (
    BalancesAsLoans,
    NamedLoans,
    NamedMovements,
    PersonsOfLoans,
)
from bridge.source.deudores.wide import (
    PaymentColumn,
    WidePayments,
    payment_columns,
    undated_question,
    with_payments,
)

_LARGEST_BOOK = 20_000
"""Rows of a book in which a payment is looked for: one may begin with loans only."""


class Found(msgspec.Struct, frozen=True):
    """A sheet whose heading was understood, with the cells of the heading and its first rows."""

    sheet: Sheet
    heading: Heading
    cells: list[Any]
    first: list[tuple[int, Any]]
    titles: list[str]
    """Names of file and sheet, and what stands above the heading."""


class Assembly:
    """The tables of one delivery while they are put together, with what has to be asked."""

    def __init__(self, mapping: DeudoresMapping) -> None:
        self.problems: list[Problem] = []
        self.weak: list[str] = []
        self._mapping = mapping
        self._people: list[Table] = []
        self._loans: list[Table] = []
        self._movements: list[Table] = []
        self._by_name: list[tuple[Table, tuple[str, ...]]] = []
        self.in_parts: list[SplitPayments] = []
        """Payments that are told by their parts."""

    def add(self, found: Found) -> None:
        """One more sheet."""
        kind = found.heading.kind
        if kind == "loans":
            self._add_loans(found)
        elif kind == "movements":
            self._add_movements(found)
        elif kind == "balances":
            self._add_balances(found)
        else:
            self._people.append(self._table(found, found.heading, FIELDS[kind]))

    def add_clients(self, sheets: Sequence[tuple[ClientSheet, Sheet, list[Any]]]) -> None:
        """Sheets that are one client's each."""
        if not sheets:
            return
        table = ClientLoans([client for client, _, _ in sheets])
        self._say_weak("loans", "borrowers", "movements")
        self._loans.append(table)
        for (client, sheet, cells), loan in zip(sheets, table.ids(), strict=True):
            found = Found(sheet, client.payments, cells, [], [])
            payments = self._table(found, client.payments, movements.FIELDS, ("Saldo",))
            self._movements.append(NamedMovements(PaymentsOfOne(payments, loan)))

    def tables(self) -> list[Table]:
        """Persons, loans and movements, in this order."""
        people = _one(self._people)
        loans = _one(self._loans)
        for table, fields in self._by_name:
            joined: Table = PaymentsByName(table, fields, loans, people)
            if "capital" in fields:
                joined = self._split(joined)
            self._movements.append(NamedMovements(joined))
        payments = _one(self._movements)
        if people is None and loans is not None:
            people = PersonsOfLoans(loans)
        return [table for table in (people, loans, payments) if table is not None]

    def _add_loans(self, found: Found) -> None:
        columns = payment_columns(found.heading, found.cells, self._mapping)
        rows = islice(found.sheet.rows(), _LARGEST_BOOK)
        at = payment_position(found.heading, found.cells, self._mapping.columns, rows)
        if columns:
            self._add_wide(found, columns)
        elif at is not None:
            self._add_running_book(found, at)
        else:
            self._loans.append(self._named(self._table(found, found.heading, FIELDS["loans"])))

    def _add_wide(self, found: Found, columns: list[PaymentColumn]) -> None:
        heading = with_payments(found.heading, columns)
        fields = (*FIELDS["loans"], *(column.field for column in columns))
        loans = self._named(self._table(found, heading, fields))
        self._loans.append(loans)
        self._movements.append(WidePayments(loans, columns))
        self._say_weak("movements")
        if self._mapping.undated_payments == "ask":
            rows = ((n, row) for n, row in found.sheet.rows() if n > heading.line)
            self.problems += undated_question(found.sheet.name, heading, columns, list(rows))

    def _add_running_book(self, found: Found, at: int) -> None:
        heading = book_heading(found.heading, at)
        fields = (*FIELDS["loans"], PAYMENT)
        self._loans.append(self._named(BookLoans(self._table(found, heading, fields))))
        paying = payments_heading(found.heading, at, found.cells)
        own = (*movements.FIELDS, "name")
        table = self._table(found, paying, own, tuple(found.heading.headings.values()))
        amount_at = own.index("amount")
        self._say_weak("movements")
        self._by_name.append((BookPayments(table, amount_at), own))

    def _add_movements(self, found: Found) -> None:
        headings = found.heading.headings
        in_parts = bool(headings.keys() & set(PARTS))
        by_name = () if "loan" in headings else ("name",)
        fields = (*movements.FIELDS, *(PARTS if in_parts else ()), *by_name)
        table: Table = self._table(found, found.heading, fields)
        if "id" not in headings:
            self._say_weak("movements")
        if by_name:
            self._by_name.append((table, fields))
            return
        if in_parts:
            table = self._split(table)
        self._movements.append(table if "id" in headings else NamedMovements(table))

    def _split(self, table: Table) -> SplitPayments:
        words = self._mapping.words.movements
        said = [group[0] if group else "" for group in (words.payment, words.interest)]
        late_fee = words.late_fee[0] if words.late_fee else ""
        split = SplitPayments(table, (*movements.FIELDS, *PARTS), (said[0], said[1], late_fee))
        self.in_parts.append(split)
        return split

    def _add_balances(self, found: Found) -> None:
        default = self._mapping.default_kind
        said = said_kind(found.cells, found.titles)
        kind = said if default == "auto" else LoanKind(default)
        if kind is None:
            name = found.sheet.name
            self.problems.append(kind_question(name, found.heading.headings["balance"]))
            return
        words = self._mapping.words.kinds
        word = (words.cash_loan if kind is LoanKind.CASH_LOAN else words.running_account)[0]
        fields = tuple(self._mapping.columns.table("balances"))
        table = self._table(found, found.heading, fields)
        self._say_weak("loans", "borrowers")
        self._loans.append(BalancesAsLoans(table, fields, word))

    def _table(
        self,
        found: Found,
        heading: Heading,
        fields: tuple[str, ...],
        beside: tuple[str, ...] = (),
    ) -> SheetTable:
        """A sheet as a table; `beside` are headings that something else reads."""
        read = set(heading.columns.values())
        read |= {at for at, cell in enumerate(found.cells) if cell != "" and cell in beside}
        unread = UnreadColumns(
            found.sheet.name, heading.line, found.cells, read, self._mapping.ignored
        )
        self.problems += unread.problems(found.first)
        said = None if "kind" in heading.columns else said_kind(found.cells, found.titles)
        kinds = RowKinds(heading, found.cells, self._mapping.total_words)
        return SheetTable(
            found.sheet, heading, fields, self._mapping.limits.rows, kinds, unread, said
        )

    def _named(self, table: Table) -> Table:
        """Loans with names made up where the sheet has none."""
        headings = table.headings.keys()
        self._say_weak(*(["loans"] if "id" not in headings else []))
        self._say_weak(*(["borrowers"] if "borrower" not in headings else []))
        return table if {"id", "borrower"} <= headings else NamedLoans(table)

    def _say_weak(self, *what: str) -> None:
        self.weak += [word for word in what if word not in self.weak]


def _one(parts: Sequence[Table]) -> Table | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else Chained(parts)
