"""The particulars of holds and remarks in the reader's language.

A message of ours is said by the text of its code. What somebody else wrote (an accounting system,
an older state) is shown as it came.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Protocol

from bridge.core.message import Amount, Day, Detail, Message, Value, Word
from bridge.errors import Problem
from bridge.report.texts import Texts, texts


class Figures(Protocol):
    """The way in which a reader's place writes amounts and days."""

    def amount(self, amount: Decimal, currency: str) -> str: ...
    def plain(self, amount: Decimal) -> str: ...
    def number(self, number: int) -> str: ...
    def short_day(self, day: date) -> str: ...


class _ForPrograms:
    """Figures as programs read them: plain digits, and days by ISO 8601."""

    def amount(self, amount: Decimal, currency: str) -> str:
        return f"{amount:f}"

    def plain(self, amount: Decimal) -> str:
        return f"{amount:f}"

    def number(self, number: int) -> str:
        return str(number)

    def short_day(self, day: date) -> str:
        return day.isoformat()


def plainly(detail: Detail, of: Texts | None) -> str:
    """The particulars with figures as programs read them; in English where there is no language."""
    return detail if isinstance(detail, str) else said(detail, of or texts("en"), _ForPrograms())


def english(detail: Detail) -> str:
    """The particulars in JSON documents and logs."""
    return plainly(detail, None)


def plain_problem(problem: Problem) -> dict[str, str]:
    """A problem in JSON documents."""
    return {
        "where": english(problem.where),
        "what": english(problem.what),
        "fix": english(problem.fix),
    }


def said(detail: Detail, texts: Texts, figures: Figures) -> str:
    """The particulars in words."""
    if isinstance(detail, str):
        return detail
    currency = detail.value("currency")
    of = currency if isinstance(currency, str) else ""
    values = {
        name: _in_words(name, value, of, texts, figures) for name, value in detail.values.items()
    }
    return texts.tables["details"][detail.code].format(**values)


def _in_words(name: str, value: Value, currency: str, texts: Texts, figures: Figures) -> str:
    match value:
        case str():
            return texts.currency(value) if name == "currency" else value
        case int():
            return str(value) if name in _NAMED_BY_NUMBER else figures.number(value)
        case Amount(amount=amount):
            return figures.amount(amount, currency) if currency else figures.plain(amount)
        case Day(day=day):
            return figures.short_day(day)
        case Word(table=table, code=code):
            return texts.of(table, code)
        case Message():
            return said(value, texts, figures)
    between = "; " if name == "parts" else ", "
    return between.join(_in_words("", part, currency, texts, figures) for part in value)


_NAMED_BY_NUMBER = frozenset({"row", "row2", "first_row", "last_row"})
"""What bears a number that counts nothing: it has no thousands."""
