"""Rows of a sheet that are no data: blank ones, totals, headings said again, notes.

A row is known by what it is, not by where it stands. A total begins with a word for one and has
no identity of its own: a customer called Suma Pérez, with a number, a phone or a document, is
data.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bridge.source.deudores.columns import Heading
from bridge.source.deudores.context import as_text
from bridge.source.deudores.looks import Look, look, words
from bridge.source.texts import heading_key

_IDENTITY = ("id", "loan", "document", "phone")
_SAID_AGAIN = 3
"""Cells equal to the heading's from which a row is the heading said again."""


class RowKinds:
    """Tells the rows of one sheet apart."""

    def __init__(
        self, heading: Heading, cells: Sequence[Any], totals: frozenset[tuple[str, ...]]
    ) -> None:
        self._heading = [heading_key(as_text(cell)) for cell in cells]
        self._again = min(_SAID_AGAIN, sum(1 for key in self._heading if key))
        self._totals = totals
        self._longest = max((len(phrase) for phrase in totals), default=0)
        at = heading.columns
        self._identity = [at[field] for field in _IDENTITY if field in at]
        self._dates = [at[field] for field in ("start", "date") if field in at]
        self.anchor = at.get("id", at.get("loan", heading.width))
        """The column whose plain number makes a row data without another look; beyond the sheet
        where rows have no number of their own."""

    def of(self, row: Sequence[Any]) -> str:
        """`blank`, `heading`, `total`, `note`, or empty when the row is data."""
        filled = [(at, cell) for at, cell in enumerate(row) if as_text(cell).strip()]
        if not filled:
            return "blank"
        if self._is_heading(filled):
            return "heading"
        first = next((cell for _, cell in filled if look(cell) is Look.TEXT), None)
        if first is not None and self._begins_a_total(as_text(first)):
            return "" if self._has_identity(row, first) else "total"
        if first is None:
            return "total" if self._is_amounts_only(row, filled) else ""
        return "note" if _is_note(filled) else ""

    def _is_amounts_only(self, row: Sequence[Any], filled: list[tuple[int, Any]]) -> bool:
        """Whether a row has amounts and nothing that they could belong to."""
        looks = {look(cell) for _, cell in filled}
        named = any(at < len(row) and as_text(row[at]).strip() for at in self._identity)
        return Look.MONEY in looks and Look.DATE not in looks and not named

    def _is_heading(self, filled: list[tuple[int, Any]]) -> bool:
        width = len(self._heading)
        same = sum(
            1
            for at, cell in filled
            if at < width
            and isinstance(cell, str)
            and heading_key(cell) == self._heading[at]
            and self._heading[at]
        )
        return same >= self._again and same * 2 > len(filled)

    def _begins_a_total(self, text: str) -> bool:
        said = words(text)[: self._longest]
        return any(tuple(said[:length]) in self._totals for length in range(1, len(said) + 1))

    def _has_identity(self, row: Sequence[Any], total: Any) -> bool:
        """Whether the row has a number, document or phone beside the word, and a day where the
        sheet has days."""
        width = len(row)
        own = any(
            at < width and row[at] is not total and as_text(row[at]).strip()
            for at in self._identity
        )
        dated = not self._dates or any(
            at < width and (isinstance(row[at], date) or as_text(row[at]).strip())
            for at in self._dates
        )
        return own and dated


def _is_note(filled: list[tuple[int, Any]]) -> bool:
    """A text alone in its row, or one that ends in a colon before another text."""
    if any(look(cell) not in (Look.TEXT, Look.NOTHING) for _, cell in filled):
        return False
    return len(filled) == 1 or (len(filled) == 2 and as_text(filled[0][1]).rstrip().endswith(":"))


class ControlSums:
    """The totals that a sheet tells, against those that its rows make, column by column."""

    def __init__(self, positions: dict[int, str]) -> None:
        self._positions = positions
        self._grand = dict.fromkeys(positions, Decimal(0))
        self._since = dict.fromkeys(positions, Decimal(0))
        self._said: list[tuple[int, int, Decimal, tuple[Decimal, ...]]] = []

    @property
    def positions(self) -> dict[int, str]:
        """Position → heading of the columns that are added up."""
        return self._positions

    def data(self, position: int, amount: Decimal) -> None:
        self._grand[position] += amount
        self._since[position] += amount

    def total(self, line: int, said: dict[int, Decimal]) -> None:
        """A row of totals, with its amounts by position."""
        for position, amount in said.items():
            made = (self._since[position], self._grand[position])
            self._said.append((line, position, amount, made))
            self._since[position] = Decimal(0)

    def wrong(self) -> list[tuple[int, int, Decimal, Decimal]]:
        """Line, position, what the total says, what the rows make; only those that differ."""
        return [
            (line, position, amount, made[1] if made[1] else self._grand[position])
            for line, position, amount, made in self._said
            if amount not in (*made, self._grand[position])
        ]
