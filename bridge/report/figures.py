"""Amounts and dates as people of a place write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from bridge.core.money import EXPONENTS
from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.report.texts import LOCALES

_SELDOM_CENTS = frozenset({"COP", "CRC"})
"""Currencies written without cents unless a report has some."""


def locale_for(language: str, lender: str) -> Locale:
    """The lender's locale if it is of that language, else the language's usual one."""
    own = Locale.parse(lender.replace("-", "_"))
    return own if own.language == language else Locale.parse(LOCALES[language])


class Figures:
    """Writes amounts and dates. Within one report a currency always has the same decimals."""

    def __init__(self, locale: Locale, decimals: dict[str, int], zone: str = "UTC") -> None:
        self.locale = locale
        self.zone = ZoneInfo(zone)
        self._decimals = decimals

    def amount(self, amount: Decimal, currency: str) -> str:
        """`1.234.567,89`. Signs and spaces are plain ones: a figure may be copied into a sheet."""
        places = self._decimals.get(currency, EXPONENTS.get(currency, 2))
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return _plain(format_decimal(amount, format=pattern, locale=self.locale))

    def signed(self, amount: Decimal, currency: str) -> str:
        """With a plus sign when it is above zero: for effects."""
        return ("+" if amount > 0 else "") + self.amount(amount, currency)

    def plain(self, amount: Decimal) -> str:
        """An amount whose currency is not told: with cents only if it has some."""
        whole = amount == amount.to_integral_value()
        pattern = "#,##0" if whole else "#,##0.00"
        return _plain(format_decimal(amount, pattern, locale=self.locale))

    def number(self, number: int) -> str:
        return _plain(format_decimal(number, locale=self.locale))

    def day(self, day: date) -> str:
        return _plain(format_date(day, format="long", locale=self.locale))

    def short_day(self, day: date) -> str:
        return _plain(format_date(day, format="medium", locale=self.locale))

    def instant(self, instant: datetime) -> str:
        """Day and hour by the lender's own clock."""
        here = instant.astimezone(self.zone)
        return _plain(format_datetime(here, "short", tzinfo=self.zone, locale=self.locale))


def _plain(written: object) -> str:
    """With ordinary spaces, where a locale has narrow or unbreakable ones."""
    return " ".join(str(written).split())


def figures(
    reconciliation: Reconciliation, language: str, lender_locale: str, zone: str = "UTC"
) -> Figures:
    """Figures for one report: pesos have cents everywhere in it, or nowhere."""
    seen: dict[str, int] = {}
    for result in reconciliation.systems:
        for tie in result.tie_outs:
            parts = (tie.ledger, tie.documents, tie.control_account, tie.explained)
            _note(seen, tie.currency, *parts)
        for item in result.items:
            _note(seen, item.currency, item.amount)
        for row in result.aged:
            _note(seen, row.currency, *row.amounts)
    for task in reconciliation.verdict.tasks:
        _note(seen, task.currency, task.amount)
    return Figures(locale_for(language, lender_locale), seen, zone)


def decimals_of(amounts: Iterable[tuple[str, *tuple[Decimal, ...]]]) -> dict[str, int]:
    """Currency → decimals, of lists of amounts that each begin with their currency: pesos have
    cents everywhere, or nowhere."""
    seen: dict[str, int] = {}
    for currency, *several in amounts:
        _note(seen, currency, *several)
    return seen


def _note(seen: dict[str, int], currency: str, *amounts: Decimal) -> None:
    if currency in _SELDOM_CENTS and seen.get(currency) != 2:
        seen[currency] = 0 if all(amount == amount.to_integral_value() for amount in amounts) else 2
