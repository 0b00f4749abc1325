"""A first look at a table: do its amounts keep to one way of writing numbers, and its dates to one
order of day and month?

Cells are only looked at, nothing is decided: an amount that can be read in two ways is read by the
convention of its currency, unless a cell of the same column and currency contradicts it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter

import msgspec

from bridge.core.message import Message, Word, message
from bridge.core.money import NO_CURRENCY
from bridge.source.amounts import Form, read_number
from bridge.source.dates import Order, order_of, order_of_text
from bridge.source.deudores.context import Cell, Context, as_text, identifier
from bridge.source.deudores.day_order import Days

_AMOUNTS = {
    "loans": ("amount", "total", "principal", "balance", "collected", "instalment_amount"),
    "movements": ("amount", "capital", "interest", "late_fee"),
}
_ORDERED = {
    "borrowers": ("created_on",),
    "loans": ("start", "due"),
    "movements": ("date",),
}
_DATES = {"borrowers": "created_on", "loans": "start", "movements": "date"}
_DATES_LOOKED_AT = 5_000
_REMEMBERED = 16_384
"""So many dates and amounts are known to say nothing new."""
DAY_FORMS = (
    ("dd/mm/yyyy", re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")),
    ("dd/mm/yy", re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")),
    ("yyyy-mm-dd", re.compile(r"\d{4}-\d{1,2}-\d{1,2}.*")),
    ("Excel day", re.compile(r"\d{5}")),
)


class Survey(msgspec.Struct, frozen=True):
    """The findings of a first look at a table."""

    contradictions: dict[tuple[str, str], Message] = msgspec.field(default_factory=dict)
    """(field, currency) → where a cell contradicts the currency's convention."""
    days: Days = msgspec.field(default_factory=Days)
    unpaid: frozenset[str] = frozenset()
    """Files with payments in which no row has an amount."""

    def also(self, other: Survey) -> Survey:
        """The findings of both surveys, as of one table."""
        return Survey(
            self.contradictions | other.contradictions,
            self.days.also(other.days),
            self.unpaid | other.unpaid,
        )


def survey(
    context: Context,
    file: str,
    kind: str,
    headings: dict[str, str],
    fields: tuple[str, ...],
    rows: Iterable[tuple[int, tuple[Cell, ...]]],
) -> Survey:
    """The first look at these rows; what it found is told in the context's log."""
    amounts = _Amounts(context, kind, headings, fields)
    at = [(field, fields.index(field)) for field in _ORDERED.get(kind, ())]
    days, seen = Days(), [Order.SILENT]
    day_at = fields.index(_DATES[kind])
    day_forms: Counter[str] = Counter()
    days_of, quiet_days = _picked(position for _, position in at), set[str]()
    for number, (line, cells) in enumerate(rows):
        if number < _DATES_LOOKED_AT:
            day_forms[_day_form(cells[day_at])] += 1
        elif quiet_days.issuperset(days_of(cells)) and amounts.are_quiet(cells):
            continue
        for field, position in at:
            cell = cells[position]
            order = order_of_text(cell) if cell.__class__ is str else order_of(cell)
            if order not in seen:
                seen.append(order)
                days.see(order, _place(line, headings.get(field, field), cell))
            if cell.__class__ is str and len(quiet_days) < _REMEMBERED:
                quiet_days.add(cell)
        if amounts.at:
            amounts.see(line, cells)
    if amounts.at:
        amounts.tell(file)
        _tell_dates(context, file, headings.get(_DATES[kind], ""), day_forms)
    unpaid = frozenset((file,)) if kind == "movements" and amounts.none_seen else frozenset[str]()
    return Survey(amounts.contradictions, days, unpaid)


def _place(line: int, heading: str, cell: Cell) -> Message:
    return message("cell_has", row2=line, column2=heading, text2=as_text(cell)[:40])


def _picked(positions: Iterable[int]) -> Callable[[tuple[Cell, ...]], tuple[Cell, ...]]:
    """The function that takes these cells of a row."""
    wanted = tuple(positions)
    if not wanted:
        return lambda _: ()
    return itemgetter(*wanted, wanted[0])  # of one alone it would take the cell itself


class _Amounts:
    """The amounts of one table while they are looked at."""

    def __init__(
        self, context: Context, kind: str, headings: dict[str, str], fields: tuple[str, ...]
    ) -> None:
        self.at = [
            (f, fields.index(f)) for f in _AMOUNTS.get(kind, ()) if f in headings and f in fields
        ]
        self.contradictions: dict[tuple[str, str], Message] = {}
        self.none_seen = True
        """Whether no cell had an amount."""
        self._headings = headings
        self._log = context.log
        self._read, self._grouping = context.amounts.text, context.amounts.grouping
        self._currency_of = _currency_by_row(context, kind, fields) if self.at else None
        self._count: Counter[tuple[str, str]] = Counter()
        self._both: dict[str, set[str]] = {field: set() for field, _ in self.at}
        self._numbers: Counter[str] = Counter()
        self._texts: Counter[str] = Counter()
        self._of = _picked(position for _, position in self.at)
        self._quiet = {""}

    def are_quiet(self, cells: tuple[Cell, ...]) -> bool:
        """Whether the amounts of a row are texts that were seen and say nothing."""
        if self.none_seen or self._numbers:
            return not self.at
        return self._quiet.issuperset(self._of(cells))

    def see(self, line: int, cells: tuple[Cell, ...]) -> None:
        """The amounts of one row."""
        currency = ""
        for field, position in self.at:
            cell = cells[position]
            if cell.__class__ is not str or not cell:
                if cell.__class__ is Decimal:
                    self._numbers[field] += 1
                if self.none_seen:
                    self._see_any(cell)
                continue
            if self.none_seen:
                self._see_any(cell)
            if self._numbers:
                self._texts[field] += 1
            if not _says_something(cell):
                if len(self._quiet) < _REMEMBERED:
                    self._quiet.add(cell)
                continue
            assert self._currency_of is not None
            currency = currency or self._currency_of(cells)
            amount = self._read(cell, currency)
            if amount is None or amount.form is Form.SILENT:
                continue
            if amount.form is Form.CONTRADICTS and currency != NO_CURRENCY:
                place = _place(line, self._headings[field], cell)
                self.contradictions.setdefault((field, currency), place)
                self._count[field, currency] += 1
            elif amount.form is Form.AGREES:
                self._both[field].add(self._grouping(currency))

    def _see_any(self, cell: Cell) -> None:
        number = read_number(cell, ".") if isinstance(cell, str) else None
        value = number.value if number is not None else cell
        self.none_seen = not (isinstance(value, Decimal | int) and value)

    def tell(self, file: str) -> None:
        """Note what a person should know of how the amounts are written."""
        note, headings, subject = self._log.note, self._headings, f"file:{file}"
        for (field, currency), where in self.contradictions.items():
            detail = message(
                "amounts_mixed",
                column=headings[field],
                number=self._count[field, currency],
                currency=currency,
                first=where,
            )
            note("amount.mixed", subject, detail)
        for field, ways in self._both.items():
            if len(ways) > 1:
                detail = message("amounts_both_ways", column=headings[field])
                note("amount.mixed", subject, detail)
        for field in self._numbers.keys() & self._texts.keys():
            detail = message("numbers_as_text", column=headings[field])
            note("cell.number_as_text", subject, detail)


@lru_cache(maxsize=50_000)
def _says_something(cell: str) -> bool:
    """Whether a cell's form fits one convention only, so that its currency matters."""
    number = read_number(cell, ".")
    return number is not None and number.form in (Form.AGREES, Form.CONTRADICTS)


def _currency_by_row(
    context: Context, kind: str, fields: tuple[str, ...]
) -> Callable[[tuple[Cell, ...]], str]:
    if kind == "movements":
        loan, default = fields.index("loan"), context.default_currency
        known = context.currency_of_loan.get
        return lambda cells: known(identifier(cells[loan])) or default
    currency, borrower = fields.index("currency"), fields.index("borrower")
    store_at = fields.index("store")

    def of_loan(cells: tuple[Cell, ...]) -> str:
        written = as_text(cells[store_at]).strip()
        store = written or context.store_of_borrower.get(identifier(cells[borrower]))
        return context.currency(as_text(cells[currency]).strip(), context.store(store))[0]

    return of_loan


def _day_form(cell: Cell) -> str:
    if not isinstance(cell, str):
        return "" if cell is None else "date cell"
    return next((name for name, form in DAY_FORMS if form.fullmatch(cell.strip())), "")


def _tell_dates(context: Context, file: str, heading: str, forms: Counter[str]) -> None:
    told = sorted(form for form in forms if form)
    if len(told) > 1:
        forms_told = tuple(Word("day_forms", form) for form in told)
        detail = message("days_mixed", column=heading, day_forms=forms_told)
        context.log.note("date.mixed", f"file:{file}", detail)
