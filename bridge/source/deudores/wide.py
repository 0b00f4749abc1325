"""Loans with their payments in columns: a date, or "Abono 1", "SEM 2", over each.

Each filled cell is one payment. A heading that is a date says its day. Under the others nothing
does: they are asked about, held one by one, or dated by the loan's periods, as the mapping says.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bridge.core.ledger import Frequency
from bridge.core.message import message
from bridge.errors import Problem
from bridge.source.dates import date_reader
from bridge.source.deudores import loans, movements
from bridge.source.deudores.columns import Heading
from bridge.source.deudores.context import Cell, Context, as_text, identifier, in_cell
from bridge.source.deudores.looks import Look, look
from bridge.source.deudores.mapping import DeudoresMapping
from bridge.source.deudores.survey import Survey, survey
from bridge.source.deudores.tables import NumberedCells, Table
from bridge.source.deudores.weak import silently, weak_id
from bridge.source.files.references import letter
from bridge.source.texts import heading_key

_NUMBERED = re.compile(r"([A-Z]+)(\d{1,3})")
_NOTHING = frozenset({"", "-", "–", "—"})
_LOAN = {field: position for position, field in enumerate(loans.FIELDS)}
_MOVEMENT = {field: position for position, field in enumerate(movements.FIELDS)}
_PERIODS = {
    "SEM": Frequency.WEEKLY, "SEMANA": Frequency.WEEKLY, "QUINCENA": Frequency.BIWEEKLY,
    "QUIN": Frequency.BIWEEKLY, "MES": Frequency.MONTHLY, "DIA": Frequency.DAILY,
}  # fmt: skip
"""Words of a heading that say how long one period is."""
_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.BIWEEKLY: 15}
_day = date_reader(ZoneInfo("UTC"))


class PaymentColumn(msgspec.Struct, frozen=True):
    """A column whose cells are payments of the loan in their row."""

    position: int
    heading: str
    number: int
    word: str = ""
    day: date | None = None

    @property
    def field(self) -> str:
        return f"payment {self.position}"


def payment_columns(
    heading: Heading, cells: Sequence[Any], mapping: DeudoresMapping
) -> list[PaymentColumn]:
    """The columns of a loans' sheet that hold payments; empty for a sheet that is not wide."""
    if heading.kind != "loans":
        return []
    known = {heading_key(word) for word in mapping.words.payment_columns}
    keys = [heading_key(as_text(cell)) for cell in cells]
    found: list[PaymentColumn] = []
    for position, cell in enumerate(cells):
        text, key = as_text(cell).strip(), keys[position]
        word, number = _word_and_number(key, known)
        if look(cell) is Look.DATE:
            found.append(PaymentColumn(position, text, len(found) + 1, day=_day(cell)))
        elif word:
            found.append(PaymentColumn(position, text, number, word))
        elif key in known and keys.count(key) > 1:
            name = f"{text} ({letter(position)})"
            found.append(PaymentColumn(position, name, len(found) + 1, key))
    return found


def _word_and_number(key: str, known: set[str]) -> tuple[str, int]:
    """The word and number of a heading such as `ABONO2` or `SEMANANO3`; empty for another one."""
    match = _NUMBERED.fullmatch(key)
    if match is None:
        return "", 0
    word = next(
        (w for end in ("", "NO", "NRO", "N") if (w := match[1].removesuffix(end)) in known), ""
    )
    return word, int(match[2])


def with_payments(heading: Heading, columns: Sequence[PaymentColumn]) -> Heading:
    """The heading with its payment columns as fields of their own."""
    taken = {column.position for column in columns}
    kept = {field: at for field, at in heading.columns.items() if at not in taken}
    own = {column.field: column.position for column in columns}
    return msgspec.structs.replace(
        heading,
        columns=kept | own,
        headings={field: heading.headings[field] for field in kept},
    )


def undated_question(
    file: str, heading: Heading, columns: Sequence[PaymentColumn], rows: Sequence[tuple[int, Any]]
) -> list[Problem]:
    """The question that payments without a day raise; none where every column has its date. They
    can be dated by periods only where the columns or the loans say how long one is."""
    undated = [column for column in columns if column.day is None]
    count = sum(
        1
        for _, row in rows
        for column in undated
        if column.position < len(row) and as_text(row[column.position]).strip() not in _NOTHING
    )
    if not count:
        return []
    named = ", ".join(f'"{column.heading}"' for column in undated)
    periods = "frequency" in heading.columns or all(c.word in _PERIODS for c in undated)
    if not periods:
        what = message("refused_undated_never", columns=named, number=count)
        return [Problem(file, what, message("mend_undated_never"))]
    what = message("refused_undated", columns=named, number=count)
    return [Problem(file, what, message("mend_undated"))]


class WidePayments:
    """The payments in the columns of a loans' sheet, row by row.

    `table` yields the loans with an id, and behind their fields the cells of `columns`.
    """

    kind = "movements"
    said_kind = None

    def __init__(self, table: Table, columns: Sequence[PaymentColumn]) -> None:
        self._table = table
        self._columns = columns
        self._column = columns[0]

    @property
    def file(self) -> str:
        return self._table.file

    @property
    def headings(self) -> dict[str, str]:
        """The amount's heading is the column that is being read."""
        start = self._table.headings.get("start", "start")
        return {"id": "row", "loan": "row", "date": start, "amount": self._column.heading}

    def survey(self, context: Context) -> Survey:
        rows = list(silently(self, context))
        return survey(context, self.file, self.kind, self.headings, movements.FIELDS, rows)

    def cells(self, context: Context) -> NumberedCells:
        first = len(loans.FIELDS)
        for line, cells in silently(self._table, context):
            loan = identifier(cells[_LOAN["id"]])
            for column, cell in zip(self._columns, cells[first:], strict=True):
                self._column = column
                if as_text(cell).strip() in _NOTHING:
                    continue
                day = self._column.day or self._by_period(context, cells)
                if day is None:
                    self._tell(context, line, loan, cell)
                    continue
                row: list[Cell] = [""] * len(movements.FIELDS)
                row[_MOVEMENT["id"]] = weak_id("column", loan, str(self._column.field))
                row[_MOVEMENT["loan"]], row[_MOVEMENT["date"]] = loan, day
                row[_MOVEMENT["amount"]] = cell
                row[_MOVEMENT["concept"]] = "" if self._column.day else self._column.heading
                yield line, tuple(row)

    def _by_period(self, context: Context, cells: tuple[Cell, ...]) -> date | None:
        """The n-th period after the loan's day, where the mapping wants that."""
        start = context.day(cells[_LOAN["start"]])
        word = heading_key(as_text(cells[_LOAN["frequency"]]))
        period = _PERIODS.get(self._column.word) or context.mapping.frequency_words.get(word)
        if context.mapping.undated_payments != "period" or start is None or period is None:
            return None
        if period is Frequency.MONTHLY:
            return _months_after(start, self._column.number)
        if period not in _DAYS:
            return None
        return start + timedelta(days=_DAYS[period] * self._column.number)

    def _tell(self, context: Context, line: int, loan: str, cell: Cell) -> None:
        currency = context.currency_of_loan.get(loan) or context.default_currency
        amount = context.amounts.money(cell, currency)
        context.log.unread(
            self.kind,
            "date.unreadable",
            f"loan:{loan}",
            in_cell(line, self._column.heading, message("undated_payment")),
            (f"loan:{loan}",),
            at=(self.file, line),
            amount=amount.value if amount else None,
            currency=currency if amount else "",
        )


def _months_after(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))
