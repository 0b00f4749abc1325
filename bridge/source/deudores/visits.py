"""A payment without an amount: somebody came and was not paid, or somebody forgot to write it down.

Money never vanishes in silence: a cell is a visit where words say so, or where it is empty in a
table that writes amounts elsewhere and nothing else in its row speaks of money. All else is asked.
"""

from __future__ import annotations

from bridge.core.message import message
from bridge.source.deudores.context import Cell, Context, as_text
from bridge.source.deudores.headings import MovementColumns
from bridge.source.deudores.wrong import Wrong
from bridge.source.texts import heading_key

_AT = {field: position for position, field in enumerate(MovementColumns.model_fields)}
_DASHES = " \u00a0$-–—"
"""What a spreadsheet shows for zero."""


class Visits:
    """Tells the visits of one table; `unpaid` names the files in which no row has an amount."""

    def __init__(self, context: Context, unpaid: frozenset[str]) -> None:
        self._context = context
        self._unpaid = unpaid

    def is_one(self, file: str, cells: tuple[Cell, ...], currency: str) -> bool:
        """Whether the row says that somebody came and nothing was paid."""
        cell = cells[_AT["amount"]]
        if is_blank(cell):
            return self._says_so(cells[_AT["concept"]]) or (
                file not in self._unpaid and not self._speaks_of_money(cells, currency)
            )
        if not isinstance(cell, str):
            return False
        return not cell.strip(_DASHES) or heading_key(cell) in self._context.mapping.visit_words

    def wrong(self, cells: tuple[Cell, ...], currency: str) -> Wrong:
        """Why an empty cell is no visit, and what would be right."""
        what = message("unwritten")
        if self._speaks_of_money(cells, currency):
            what = message("unwritten_but_paid")
        return Wrong("amount.unreadable", "amount", what)

    def _says_so(self, concept: Cell) -> bool:
        key = heading_key(as_text(concept))
        return bool(key) and any(word in key for word in self._context.mapping.visit_words)

    def _speaks_of_money(self, cells: tuple[Cell, ...], currency: str) -> bool:
        """Whether the row says how it was paid, with which receipt, or how much in its text."""
        concept, amounts = cells[_AT["concept"]], self._context.amounts
        said = any(as_text(cells[_AT[field]]).strip() for field in ("method", "ticket"))
        return said or any(
            read(concept, currency) is not None for read in (amounts.money, amounts.hint)
        )


def is_blank(cell: Cell) -> bool:
    """Whether nothing at all stands in the cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
