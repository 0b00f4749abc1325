"""A first look at a table's amounts: do the columns keep to one way of writing numbers?

Cells are only looked at, nothing is decided: an amount that can be read in two ways is read by the
convention of its currency, unless a cell of the same column and currency contradicts it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache

from bridge.core.money import NO_CURRENCY
from bridge.source.amounts import Form, read_number
from bridge.source.deudores.context import Cell, Context, as_text, identifier

_AMOUNTS = {
    "loans": ("amount", "total", "principal", "balance", "collected", "instalment_amount"),
    "movements": ("amount",),
}
_DATES = {"borrowers": "created_on", "loans": "start", "movements": "date"}
_DATES_LOOKED_AT = 5_000
_DAY_FORMS = (
    ("dd/mm/yyyy", re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")),
    ("dd/mm/yy", re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")),
    ("yyyy-mm-dd", re.compile(r"\d{4}-\d{1,2}-\d{1,2}.*")),
    ("Excel day", re.compile(r"\d{5}")),
)


def survey(
    context: Context,
    file: str,
    kind: str,
    headings: dict[str, str],
    fields: tuple[str, ...],
    rows: Iterable[tuple[int, tuple[Cell, ...]]],
) -> dict[tuple[str, str], str]:
    """(field, currency) → where a cell contradicts the currency's convention."""
    amounts = [(f, fields.index(f)) for f in _AMOUNTS.get(kind, ()) if f in headings]
    if not amounts:
        return {}
    found: dict[tuple[str, str], str] = {}
    count: Counter[tuple[str, str]] = Counter()
    both: dict[str, set[str]] = {field: set() for field, _ in amounts}
    numbers: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    currency_of = _currency_by_row(context, kind, fields)
    day_at = fields.index(_DATES[kind])
    day_forms: Counter[str] = Counter()
    read, grouping = context.amounts.text, context.amounts.grouping
    for number, (line, cells) in enumerate(rows):
        if number < _DATES_LOOKED_AT:
            day_forms[_day_form(cells[day_at])] += 1
        currency = ""
        for field, position in amounts:
            cell = cells[position]
            if cell.__class__ is not str or not cell:
                if cell.__class__ is Decimal:
                    numbers[field] += 1
                continue
            if numbers:
                texts[field] += 1
            if not _says_something(cell):
                continue
            currency = currency or currency_of(cells)
            amount = read(cell, currency)
            if amount is None or amount.form is Form.SILENT:
                continue
            if amount.form is Form.CONTRADICTS and currency != NO_CURRENCY:
                where = f'{file}, row {line}, column {headings[field]} has "{cell[:40]}"'
                found.setdefault((field, currency), where)
                count[field, currency] += 1
            elif amount.form is Form.AGREES:
                both[field].add(grouping(currency))
    _tell(context, file, headings, found, count, both)
    for field in numbers.keys() & texts.keys():
        if numbers[field] and texts[field]:
            detail = f"column {headings[field]}: some amounts are text, not numbers"
            context.log.note("cell.number_as_text", f"file:{file}", detail)
    _tell_dates(context, file, headings.get(_DATES[kind], ""), day_forms)
    return found


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
    return next((name for name, form in _DAY_FORMS if form.fullmatch(cell.strip())), "")


def _tell(
    context: Context,
    file: str,
    headings: dict[str, str],
    found: dict[tuple[str, str], str],
    count: Counter[tuple[str, str]],
    both: dict[str, set[str]],
) -> None:
    for (field, currency), where in found.items():
        context.log.note(
            "amount.mixed",
            f"file:{file}",
            f"column {headings[field]}: {count[field, currency]} amounts of {currency} are not "
            f"written as {currency} usually is; the first: {where}",
        )
    for field, ways in both.items():
        if len(ways) > 1:
            context.log.note(
                "amount.mixed",
                f"file:{file}",
                f"column {headings[field]}: 1.234,56 and 1,234.56, each read by its currency",
            )


def _tell_dates(context: Context, file: str, heading: str, forms: Counter[str]) -> None:
    told = sorted(form for form in forms if form)
    if len(told) > 1:
        context.log.note("date.mixed", f"file:{file}", f"column {heading}: {', '.join(told)}")
