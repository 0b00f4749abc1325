"""The reconciliation as a workbook: the answer, what to do, every item, the remarks on the rows.

Every sheet is a plain rectangle under its heads, to filter, copy and print.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from bridge.core.money import EXPONENTS
from bridge.core.tie_out.reconciliation import Reconciliation, SystemResult
from bridge.report.columns import SHEET, Kind, Told
from bridge.report.csv import neutral
from bridge.report.figures import Figures
from bridge.report.late import late_rows
from bridge.report.tasks import Row, jobs
from bridge.report.texts import Texts
from bridge.report.view import answer_for, lines, remarks

_DIGITS = 15
"""What Excel keeps of a number; a longer amount is written as text rather than cut."""
_HEADS = 3
"""Row of the column heads; title and day stand above."""
_A4 = frozenset({"PE", "AR", "BR", "GB", "ES", "PT"})
_PAPER_LETTER, _PAPER_A4 = 1, 9

_SUMMARY = (
    ("system", 20), ("company", 24), ("result", 34), ("currency", 12), ("ledger", 20),
    ("explained", 20), ("unexplained", 20), ("control_account", 20),
)  # fmt: skip
_TASK = (
    ("system", 18), ("cause", 44), ("subject", 18), ("borrower", 26), ("file", 22), ("row", 7),
    ("amount", 16), ("currency", 11), ("detail", 40), ("action", 52), ("consequence", 36),
    ("command", 40), ("task", 10),
)  # fmt: skip
_LATE = (
    ("system", 14), ("reference", 20), ("document", 14), ("borrower", 30), ("late_day", 14),
    ("late_posted", 14), ("amount", 18), ("currency", 10),
)  # fmt: skip
_REMARK = (("severity", 14), ("cause", 70), ("count", 10), ("subject", 20), ("detail", 60))

Columns = Sequence[tuple[str, int]]


def render(reconciliation: Reconciliation, texts: Texts, figures: Figures) -> bytes:
    """The workbook as bytes; the same reconciliation gives the same bytes."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, {**options, "in_memory": False}) as book:
        book.set_properties(
            {
                "title": f"{texts('title')} {reconciliation.as_of.isoformat()}",
                "author": "ledger-bridge",
                "created": reconciliation.generated_at.replace(tzinfo=None),
            }
        )
        _Sheets(book, reconciliation, texts, figures).write()
    return out.getvalue()


class _Sheets:
    def __init__(self, book: Any, found: Reconciliation, texts: Texts, figures: Figures) -> None:
        self.book = book
        self.found = found
        self.texts = texts
        self.figures = figures
        self.named = bool(found.names)
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EEF2F0"}
        )
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.bold = book.add_format({"bold": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self.amounts = {
            places: book.add_format({"num_format": f"{form};[Red]-{form}", "valign": "top"})
            for places, form in ((0, "#,##0"), (2, "#,##0.00"))
        }

    def write(self) -> None:
        self._summary()
        self._tasks()
        self._items()
        self._late()
        self._remarks()

    def _sheet(self, name: str, title: str, columns: Columns) -> Any:
        """A sheet with its title, day and heads, set up to be read and printed."""
        sheet = self.book.add_worksheet(self.texts(name)[:31])
        for column, (_, width) in enumerate(columns):
            sheet.set_column(column, column, width)
        self._text(sheet, 0, 0, title, self.title)
        day = f"{self.found.lender} · {self.texts('as_of')} {self.figures.day(self.found.as_of)}"
        self._text(sheet, 1, 0, day, self.bold)
        for column, (head, _) in enumerate(columns):
            sheet.write_string(_HEADS, column, self.texts(head), self.head)
        sheet.freeze_panes(_HEADS + 1, 1)
        sheet.set_landscape()
        sheet.set_paper(_PAPER_A4 if self.figures.locale.territory in _A4 else _PAPER_LETTER)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADS)
        sheet.set_margins(0.4, 0.4, 0.5, 0.5)
        sheet.set_footer(f"&C{self.texts('page', page='&P', pages='&N')}")
        return sheet

    def _summary(self) -> None:
        answer = self.texts.of("results", self.found.verdict.result)
        title = f"{self.texts('title')}: {answer.lower()}"
        sheet = self._sheet("summary_sheet", title, _SUMMARY)
        row = _HEADS + 1
        for result in self.found.systems:
            row = self._ties(sheet, row, result)

    def _ties(self, sheet: Any, row: int, result: SystemResult) -> int:
        answer = self.texts.of("results", answer_for(result, self.found))
        system = self.texts.of("systems", result.system)
        of = (system, result.company_name or result.company, answer)
        if not result.tie_outs:
            for column, value in enumerate(of):
                self._text(sheet, row, column, value)
            return row + 1
        for tie in result.tie_outs:
            for column, value in enumerate((*of, self.texts.currency(tie.currency))):
                self._text(sheet, row, column, value)
            # From the ledger to the books, so that the row adds up from left to right.
            sides = (tie.ledger, -tie.explained, -tie.unexplained, tie.control_account)
            for column, amount in enumerate(sides, start=4):
                self._amount(sheet, row, column, amount, tie.currency)
            row += 1
        return row

    def _tasks(self) -> None:
        found = [row for job in jobs(self.found, self.texts, self.figures) for row in job.rows]
        columns = self._columns(_TASK)
        sheet = self._sheet("today", self.texts("today"), columns)
        if not found:
            told = "today_none" if self.found.verdict.green else "nothing_concluded"
            self._text(sheet, _HEADS + 1, 0, self.texts(told))
            return
        for place, row in enumerate(found, start=_HEADS + 1):
            for column, (name, _) in enumerate(columns):
                if name == "amount" and row.task.amount:
                    amount = abs(row.task.amount)
                    self._amount(sheet, place, column, amount, row.task.currency)
                elif name == "row" and row.row:
                    sheet.write_number(place, column, row.row, self.wrapped)
                else:
                    self._text(sheet, place, column, _task_cell(name, row, self.texts))
        self._filter(sheet, len(found), columns)

    def _items(self) -> None:
        of_items = [pair for pair in SHEET if self.named or pair[0] is not Kind.PERSON]
        columns = [(shown.head, shown.width) for _, shown in of_items]
        sheet = self._sheet("items_sheet", self.texts("details"), columns)
        row = _HEADS + 1
        for result in self.found.systems:
            for line in lines(result.items, self.texts, self.figures, self.found.names):
                told = Told(item=line.item, system=result.system, texts=self.texts, line=line)
                for column, (kind, shown) in enumerate(of_items):
                    self._cell(sheet, row, column, kind, shown.words(told), line.item.currency)
                row += 1
        self._filter(sheet, row - _HEADS - 1, columns)

    def _late(self) -> None:
        if not any(result.late.rows for result in self.found.systems):
            return
        sheet = self._sheet("late_sheet", self.texts("late"), _LATE)
        row = _HEADS + 1
        for result in self.found.systems:
            told = late_rows(result, self.texts, self.figures, self.found.names)
            for late, line in zip(result.late.rows, told, strict=True):
                told_of = (line.reference, line.document, line.borrower, line.day, line.posted_on)
                cells = (self.texts.of("systems", result.system), *told_of)
                for column, value in enumerate(cells):
                    self._text(sheet, row, column, value)
                self._amount(sheet, row, 6, late.amount, late.currency)
                self._text(sheet, row, 7, line.currency)
                row += 1
        self._filter(sheet, row - _HEADS - 1, _LATE)

    def _remarks(self) -> None:
        sheet = self._sheet("remarks_sheet", self.texts("findings"), _REMARK)
        row = _HEADS + 1
        for group in remarks(self.found.findings, self.texts, self.figures):
            level = self.texts.of("severities", group.severity)
            for subject, detail in group.examples or (("", ""),):
                self._text(sheet, row, 0, level)
                self._text(sheet, row, 1, group.cause)
                sheet.write_number(row, 2, group.count)
                self._text(sheet, row, 3, subject)
                self._text(sheet, row, 4, detail)
                row += 1

    def _columns(self, columns: Columns) -> list[tuple[str, int]]:
        return [(name, width) for name, width in columns if self.named or name != "borrower"]

    def _filter(self, sheet: Any, rows: int, columns: Columns) -> None:
        sheet.autofilter(_HEADS, 0, _HEADS + max(rows, 1), len(columns) - 1)

    def _text(self, sheet: Any, row: int, column: int, text: str, form: Any = None) -> None:
        if form is None:
            # A quoted cell stays text even when somebody edits it.
            form = self.wrapped if neutral(text) == text else self.quoted
        sheet.write_string(row, column, text, form)

    def _cell(
        self, sheet: Any, row: int, column: int, kind: Kind, value: Any, currency: str
    ) -> None:
        match kind:
            case Kind.MONEY:
                self._amount(sheet, row, column, value, currency)
            case Kind.COUNT:
                sheet.write_number(row, column, value, self.wrapped)
            case _:
                self._text(sheet, row, column, str(value))

    def _amount(self, sheet: Any, row: int, column: int, amount: Decimal, currency: str) -> None:
        if len(amount.as_tuple().digits) > _DIGITS:
            self._text(sheet, row, column, f"{amount:f}")
            return
        form = self.amounts[EXPONENTS.get(currency, 2)]
        sheet.write_number(row, column, amount, form)


def _task_cell(name: str, row: Row, texts: Texts) -> str:
    if name == "system":
        return ", ".join(texts.of("systems", system) for system in row.systems)
    fields = {"cause": "title", "task": "id"}
    if name == "detail":
        return " · ".join(filter(None, (row.side, *row.details)))
    return "" if name == "row" else str(getattr(row, fields.get(name, name)))
