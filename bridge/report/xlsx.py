"""The reconciliation as a workbook: the tie-out, every item, the remarks on the ledger's rows."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import xlsxwriter

from bridge.core.money import EXPONENTS
from bridge.core.reconciliation import Reconciliation, SystemResult
from bridge.report.csv import neutral
from bridge.report.figures import Figures
from bridge.report.late import late_rows
from bridge.report.texts import Texts
from bridge.report.view import Line, lines, remarks, verdict

_DIGITS = 15
"""What Excel keeps of a number; a longer amount is written as text rather than cut."""

_TIE = ("ledger", "documents", "control_account", "difference", "explained", "unexplained")
_LATE = (
    ("system", 14),
    ("reference", 20),
    ("document", 14),
    ("borrower", 30),
    ("late_day", 14),
    ("late_posted", 14),
    ("amount", 18),
    ("currency", 10),
)
_ITEM = (
    ("system", 12), ("kind", 26), ("reference", 18), ("borrower", 24), ("document", 16),
    ("currency", 9), ("amount", 16), ("field", 16), ("in_ledger", 24), ("in_books", 24),
    ("cause", 60), ("action", 60), ("detail", 40), ("subject", 16), ("loan", 12),
    ("external_id", 16),
)  # fmt: skip


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
        _Sheets(book, texts, figures).write(reconciliation)
    return out.getvalue()


class _Sheets:
    def __init__(self, book: Any, texts: Texts, figures: Figures) -> None:
        self.book = book
        self.texts = texts
        self.figures = figures
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EEF2F0"}
        )
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self.amounts = {
            places: book.add_format({"num_format": form, "valign": "top"})
            for places, form in ((0, "#,##0"), (2, "#,##0.00"))
        }

    def write(self, reconciliation: Reconciliation) -> None:
        self._summary(reconciliation)
        self._items(reconciliation)
        self._late(reconciliation)
        self._findings(reconciliation)

    def _summary(self, reconciliation: Reconciliation) -> None:
        sheet = self.book.add_worksheet(self.texts("title"))
        sheet.set_column(0, 1, 22)
        sheet.set_column(2, 9, 18)
        self._text(sheet, 0, 0, f"{self.texts('title')} · {reconciliation.lender}", self.title)
        made = f"{self.texts('as_of')} {self.figures.day(reconciliation.as_of)}"
        self._text(sheet, 1, 0, made)
        names = ("system", "company", "currency", *_TIE)
        self._titles(sheet, 3, [*(self.texts(name) for name in names), ""])
        row = 4
        for result in reconciliation.systems:
            row = self._ties(sheet, row, result)

    def _ties(self, sheet: Any, row: int, result: SystemResult) -> int:
        answer = self.texts(verdict(result))
        company = result.company_name or result.company
        if not result.tie_outs:
            for column, value in enumerate((result.system, company, answer)):
                self._text(sheet, row, column, value)
            return row + 1
        for tie in result.tie_outs:
            for column, value in enumerate(
                (result.system, company, self.texts.currency(tie.currency))
            ):
                self._text(sheet, row, column, value)
            for column, name in enumerate(_TIE, start=3):
                self._amount(sheet, row, column, getattr(tie, name), tie.currency)
            self._text(sheet, row, 3 + len(_TIE), answer, self.bold)
            row += 1
        return row

    def _items(self, reconciliation: Reconciliation) -> None:
        sheet = self.book.add_worksheet(self.texts("details")[:31])
        named = bool(reconciliation.names)
        columns = [(name, width) for name, width in _ITEM if named or name != "borrower"]
        for column, (_, width) in enumerate(columns):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        self._titles(sheet, 0, [self.texts(name) for name, _ in columns])
        row = 1
        for result in reconciliation.systems:
            for line in lines(result.items, self.texts, self.figures, reconciliation.names):
                for column, (name, _) in enumerate(columns):
                    if name == "amount":
                        self._amount(sheet, row, column, line.item.amount, line.item.currency)
                    else:
                        self._text(sheet, row, column, _cell(name, result, line))
                row += 1
        sheet.autofilter(0, 0, max(row - 1, 1), len(columns) - 1)

    def _late(self, reconciliation: Reconciliation) -> None:
        if not any(result.late.rows for result in reconciliation.systems):
            return
        sheet = self.book.add_worksheet(self.texts("late_sheet"))
        names = [name for name, _ in _LATE]
        for column, (_, width) in enumerate(_LATE):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        self._titles(sheet, 0, [self.texts(name) for name in names])
        row = 1
        for result in reconciliation.systems:
            told = late_rows(result, self.texts, self.figures, reconciliation.names)
            for late, line in zip(result.late.rows, told, strict=True):
                told_of = (line.reference, line.document, line.borrower, line.day, line.posted_on)
                cells = (result.system, *told_of)
                for column, value in enumerate(cells):
                    self._text(sheet, row, column, value)
                self._amount(sheet, row, 6, late.amount, late.currency)
                self._text(sheet, row, 7, line.currency)
                row += 1

    def _findings(self, reconciliation: Reconciliation) -> None:
        sheet = self.book.add_worksheet(self.texts("findings")[:31])
        names = ("severity", "cause", "count", "subject", "detail")
        for column, width in enumerate((14, 70, 10, 20, 60)):
            sheet.set_column(column, column, width)
        self._titles(sheet, 0, [self.texts(name) for name in names])
        row = 1
        for group in remarks(reconciliation.findings, self.texts, self.figures):
            level = self.texts.of("severities", group.severity)
            for subject, detail in group.examples or (("", ""),):
                self._text(sheet, row, 0, level)
                self._text(sheet, row, 1, group.cause)
                sheet.write_number(row, 2, group.count)
                self._text(sheet, row, 3, subject)
                self._text(sheet, row, 4, detail)
                row += 1

    def _titles(self, sheet: Any, row: int, titles: list[str]) -> None:
        for column, title in enumerate(titles):
            sheet.write_string(row, column, title, self.head)

    def _text(self, sheet: Any, row: int, column: int, text: str, form: Any = None) -> None:
        if form is None:
            # A quoted cell stays text even when somebody edits it.
            form = self.wrapped if neutral(text) == text else self.quoted
        sheet.write_string(row, column, text, form)

    def _amount(self, sheet: Any, row: int, column: int, amount: Decimal, currency: str) -> None:
        if len(amount.as_tuple().digits) > _DIGITS:
            self._text(sheet, row, column, f"{amount:f}")
            return
        form = self.amounts[EXPONENTS.get(currency, 2)]
        sheet.write_number(row, column, amount, form)


def _cell(name: str, result: SystemResult, line: Line) -> str:
    if name == "system":
        return result.system
    fields = {"in_ledger": "ledger", "in_books": "books"}
    return str(getattr(line, fields.get(name, name)))
