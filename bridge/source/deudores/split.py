"""Payments told in parts: principal, interest and late fee, each in its own column.

The parts are one payment. A late fee that was collected is charged on the day it was paid, so that
the payment does not lower what is owed of the loan by it; so is interest that is not within the
loan's amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from bridge.core.message import Message, message
from bridge.source.deudores import movements
from bridge.source.deudores.context import Cell, Context, as_text, identifier, in_cell
from bridge.source.deudores.inparts import Parts
from bridge.source.deudores.rows import Convention, in_two_ways
from bridge.source.deudores.survey import Survey
from bridge.source.deudores.tables import NumberedCells, Table
from bridge.source.deudores.visits import is_blank
from bridge.source.deudores.weak import silently

PARTS = ("capital", "interest", "late_fee")
_MOVEMENT = {field: position for position, field in enumerate(movements.FIELDS)}


class SplitPayments:
    """A table of payments whose amount is the sum of its parts.

    `words` are the mapping's own for a payment, for interest and for a late fee.
    """

    kind = "movements"
    said_kind = None

    def __init__(self, table: Table, fields: tuple[str, ...], words: tuple[str, str, str]) -> None:
        self._table = table
        self._at = {field: position for position, field in enumerate(fields)}
        self._has_amount = "amount" in table.headings
        self._payment, self._interest, self._late_fee = words
        self.file = table.file
        said = [table.headings[part] for part in PARTS if part in table.headings]
        own = {"amount": " + ".join(said)} if not self._has_amount else {}
        self.headings = table.headings | own | {"type": "type"}
        self._convention = Convention("hold", {})

    def survey(self, context: Context) -> Survey:
        found = self._table.survey(context)
        self._convention = Convention(context.mapping.ambiguous_amounts, found.contradictions)
        return found

    def cells(self, context: Context) -> NumberedCells:
        end = len(movements.FIELDS)
        for line, cells in self._table.cells(context):
            loan = identifier(cells[_MOVEMENT["loan"]])
            currency = context.currency_of_loan.get(loan) or context.default_currency
            parts = {part: self._part(context, cells, part, currency) for part in PARTS}
            total = self._total(parts)
            if self._is_doubtful(context, line, cells, currency):
                continue
            row = list(cells[:end])
            row[_MOVEMENT["type"]] = row[_MOVEMENT["type"]] or self._payment
            if not self._is_written(cells):
                total = None
            elif total is None:
                bad = next(part for part, value in parts.items() if value is None)
                row[_MOVEMENT["amount"]] = cells[self._at[bad]]
            elif not self._has_amount or is_blank(cells[_MOVEMENT["amount"]]):
                row[_MOVEMENT["amount"]] = total
            elif not self._agrees(context, cells, total, currency):
                self._tell(context, line, cells, total, currency)
                continue
            yield line, tuple(row)
            if total is None:
                continue
            grows = loan in context.interest_on_top
            charged = [("mora", parts["late_fee"], self._late_fee)]
            charged += [("interes", parts["interest"], self._interest)] if grows else []
            for end_of_id, amount, word in charged:
                if amount:
                    charge = list(row)
                    native_id = identifier(cells[_MOVEMENT["id"]])
                    charge[_MOVEMENT["id"]] = f"{native_id}-{end_of_id}" if native_id else ""
                    charge[_MOVEMENT["amount"]] = amount
                    charge[_MOVEMENT["type"]] = word
                    yield line, tuple(charge)

    def paid(self, context: Context) -> Iterator[tuple[str, tuple[Decimal, Decimal, Decimal]]]:
        """Loan, and capital, interest and late fee of each payment that can be read in one way."""
        for _, cells in silently(self._table, context):
            loan = identifier(cells[_MOVEMENT["loan"]])
            currency = context.currency_of_loan.get(loan) or context.default_currency
            if self._in_two_ways(context, cells, currency) is not None:
                continue
            capital, interest, fee = (self._part(context, cells, part, currency) for part in PARTS)
            if capital is not None and interest is not None and fee is not None:
                yield loan, (capital, interest, fee)

    def _is_written(self, cells: tuple[Cell, ...]) -> bool:
        return not all(is_blank(cells[self._at[part]]) for part in PARTS)

    def _part(
        self, context: Context, cells: tuple[Cell, ...], part: str, currency: str
    ) -> Decimal | None:
        """The amount of one part; nothing for an empty cell, None for one that is no amount."""
        cell = cells[self._at[part]]
        if as_text(cell).strip() in ("", "-"):
            return Decimal(0)
        amount = context.amounts.money(cell, currency)
        return amount.value if amount is not None else None

    def _is_doubtful(
        self, context: Context, line: int, cells: tuple[Cell, ...], currency: str
    ) -> bool:
        """Whether a part can be read in two ways; then the payment is told, not summed."""
        found = self._in_two_ways(context, cells, currency)
        if found is None:
            return False
        part, why = found
        detail = in_cell(line, self.headings.get(part, part), why)
        loan = identifier(cells[_MOVEMENT["loan"]])
        context.log.unread(
            self.kind, "amount.unreadable", f"loan:{loan}", detail, (f"loan:{loan}",),
            at=(self.file, line), currency=currency,
        )  # fmt: skip
        return True

    def _in_two_ways(
        self, context: Context, cells: tuple[Cell, ...], currency: str
    ) -> tuple[str, Message] | None:
        """The first part that can be read in two ways, and why; None if there is none."""
        for part in PARTS:
            cell = cells[self._at[part]]
            amount = context.amounts.money(cell, currency)
            against = self._convention.against(part, currency, amount) if amount else None
            if against:
                return part, in_two_ways(cell, against)
        return None

    def _total(self, parts: dict[str, Decimal | None]) -> Decimal | None:
        known = [value for value in parts.values() if value is not None]
        return sum(known, Decimal(0)) if len(known) == len(parts) else None

    def _agrees(
        self, context: Context, cells: tuple[Cell, ...], total: Decimal, currency: str
    ) -> bool:
        """Whether the amount beside the parts is their sum, where both are written."""
        amount = context.amounts.money(cells[_MOVEMENT["amount"]], currency)
        return amount is None or not total or amount.value == total

    def _tell(
        self, context: Context, line: int, cells: tuple[Cell, ...], total: Decimal, currency: str
    ) -> None:
        shown = as_text(cells[_MOVEMENT["amount"]])[:40]
        heading = self.headings["amount"]
        detail = in_cell(line, heading, message("parts_differ", text=shown, amount=total))
        loan = identifier(cells[_MOVEMENT["loan"]])
        context.log.unread(
            self.kind, "amount.unreadable", f"loan:{loan}", detail, (f"loan:{loan}",),
            at=(self.file, line), amount=total, currency=currency,
        )  # fmt: skip


def paid_in_parts(context: Context, tables: Iterable[SplitPayments]) -> dict[str, Parts]:
    """Loan → what was paid of it in all, by its parts."""
    found: dict[str, Parts] = {}
    for table in tables:
        with context.unheard():
            table.survey(context)  # what can be read in two ways is known before
        for loan, (capital, interest, fee) in table.paid(context):
            found[loan] = found.get(loan, Parts()).plus(capital, interest, fee)
    return found
