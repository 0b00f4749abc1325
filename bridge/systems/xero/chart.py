"""An organisation's settings and lists.

Six calls the first time, two for what moves within a run: the organisation (lock dates; not
counted against the day, FACTS X41) and the trial balance. Read from the plain answers:
xero-python's models lose a whole page to one unknown word of a list (FACTS X39).

Accounts tell no balance. The trial balance does, in one call, for every account and in home
currency; Xero keeps one receivable account (DEBTORS) in home currency for all currencies
(FACTS X37). What is owed in a foreign currency is only told by the documents, never by an account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.books import Account, Chart, Company, Named
from bridge.errors import TryLater
from bridge.systems.truth import AMOUNT, untrue
from bridge.systems.xero import stamps, translate
from bridge.systems.xero.shapes import ID_FIELD, rows_of
from bridge.systems.xero.wire import Wire

CLASSIFICATION = {
    "ASSET": "asset",
    "LIABILITY": "liability",
    "EQUITY": "equity",
    "EXPENSE": "expense",
    "REVENUE": "income",
}
"""Class → classification (FACTS X7)."""

CLASS_OF_TYPE = {
    "BANK": "asset",
    "CURRENT": "asset",
    "FIXED": "asset",
    "INVENTORY": "asset",
    "NONCURRENT": "asset",
    "PREPAYMENT": "asset",
    "CURRLIAB": "liability",
    "LIABILITY": "liability",
    "TERMLIAB": "liability",
    "PAYG": "liability",
    "EQUITY": "equity",
    "DEPRECIATN": "expense",
    "DIRECTCOSTS": "expense",
    "EXPENSE": "expense",
    "OVERHEADS": "expense",
    "OTHERINCOME": "income",
    "REVENUE": "income",
    "SALES": "income",
}
"""For an account whose Class is not told."""

Raw = dict[str, Any]
AHEAD = timedelta(days=366)
"""So far ahead documents may be dated and still count."""


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """The lists kept between two readings of the chart."""

    accounts: list[Raw]
    tax_rates: list[Raw]
    tracking: list[Raw]
    currencies: list[Raw]


def read_lists(wire: Wire) -> Lists:
    """Accounts and the other lists; none of them is paged."""
    return Lists(
        accounts=_whole(wire, "Accounts"),
        tax_rates=_whole(wire, "TaxRates"),
        tracking=_whole(wire, "TrackingCategories"),
        currencies=_whole(wire, "Currencies"),
    )


def read_again(wire: Wire, today: date) -> tuple[Raw, dict[str, Decimal]]:
    """The organisation, and the balance of each account by its id.

    Without a day the report ends today (FACTS X37) and
    leaves out what is dated ahead, as a correction is on the day after a lock date.
    """
    (organisation, *_) = _whole(wire, "Organisations", path="Organisation")
    through = (today + AHEAD).isoformat()
    return organisation, balances_of(wire.get("Reports/TrialBalance", {"date": through}))


def chart_of(
    company_id: str, organisation: Raw, balances: Mapping[str, Decimal], lists: Lists
) -> Chart:
    """The chart, from what was read."""
    company = _company(company_id, organisation, lists)
    home = company.home_currency
    return Chart(
        company=company,
        accounts=tuple(_account(raw, home, balances) for raw in lists.accounts),
        lists={
            "tax_code": tuple(_tax_rate(raw) for raw in lists.tax_rates),
            **{category["Name"]: _options(category) for category in lists.tracking},
        },
    )


def writing_rules(company: Company, lists: Lists) -> translate.Company:
    """The rules that writing and reading documents needs of the lists."""
    home = company.home_currency
    return translate.Company(
        home_currency=home,
        currencies=frozenset(company.currencies),
        accounts={
            raw["AccountID"]: translate.AccountFacts(
                code=raw.get("Code") or "",
                name=raw.get("Name") or "",
                is_bank=_is_bank(raw),
                takes_payments=_is_bank(raw) or raw.get("EnablePaymentsToAccount") is True,
                currency=raw.get("CurrencyCode") or home,
            )
            for raw in lists.accounts
        },
        ids_by_code={raw["Code"]: raw["AccountID"] for raw in lists.accounts if raw.get("Code")},
        exempt_tax=company.exempt_tax,
    )


def balances_of(report: Raw) -> dict[str, Decimal]:
    """Account id → balance, debit-positive, of a trial balance.

    The last two columns, the year's debit and credit, hold what an account stands at; the first
    two are the month's. Columns are known by their titles, rows by the account they name.
    """
    (first, *_) = report.get("Reports") or [{}]
    rows = first.get("Rows") or []
    titles = [
        [cell.get("Value") or "" for cell in row.get("Cells") or ()]
        for row in rows
        if row.get("RowType") == "Header"
    ]
    if not titles or "YTD Debit" not in titles[0] or "YTD Credit" not in titles[0]:
        raise TryLater("Xero's trial balance has columns that the bridge does not know.")
    debit, credit = titles[0].index("YTD Debit"), titles[0].index("YTD Credit")
    found: dict[str, Decimal] = {}
    for cells in _report_rows(rows):
        account = _account_of(cells)
        if account and len(cells) > max(debit, credit):
            found[account] = _figure(cells[debit]) - _figure(cells[credit])
    return found


def _whole(wire: Wire, name: str, path: str = "") -> list[Raw]:
    content = wire.get(path or name, metered=path != "Organisation")
    if name in ID_FIELD:
        return rows_of(content, name)
    rows = content.get(name)
    if not isinstance(rows, list) or not rows:
        raise TryLater(f"Xero answered without {name}.")
    return rows


def _company(company_id: str, organisation: Raw, lists: Lists) -> Company:
    home = organisation.get("BaseCurrency") or ""
    if not home:
        raise untrue("Xero", "the organisation has no BaseCurrency")
    codes = {raw["Code"] for raw in lists.currencies} | {home}
    locks = [
        locked
        for name in ("PeriodLockDate", "EndOfYearLockDate")
        if (locked := stamps.day(organisation.get(name))) is not None
    ]
    return Company(
        id=company_id,
        name=organisation.get("Name") or organisation.get("LegalName") or "",
        home_currency=home,
        country=organisation.get("CountryCode") or "",
        multicurrency=len(codes) > 1,
        currencies=tuple(sorted(codes)),
        # Both are told when set; the day itself is refused too (UNVERIFIED: FACTS X27).
        locked_through=max(locks, default=None),
        writable=organisation.get("OrganisationStatus", "ACTIVE") == "ACTIVE",
        demands_tax=True,
        exempt_tax=_exempt(lists.tax_rates),
    )


def _account(raw: Raw, home: str, balances: Mapping[str, Decimal]) -> Account:
    kind = raw.get("Type") or ""
    told = CLASSIFICATION.get(raw.get("Class") or "")
    currency = raw.get("CurrencyCode") or home
    # The trial balance is in home currency: it says nothing of an account in another.
    balance = balances.get(raw["AccountID"], Decimal(0)) if currency == home else Decimal(0)
    return Account(
        id=raw["AccountID"],
        number=raw.get("Code") or "",
        name=raw.get("Name") or "",
        classification=told or CLASS_OF_TYPE.get(kind, ""),
        type=kind,
        role=_role(raw),
        currency=currency,
        active=raw.get("Status", "ACTIVE") == "ACTIVE",
        balance=balance,
    )


def _role(raw: Raw) -> str:
    if raw.get("SystemAccount") == "DEBTORS":
        return "receivable"
    return "bank" if _is_bank(raw) else ""


def _is_bank(raw: Raw) -> bool:
    return raw.get("Type") == "BANK"


def _exempt(tax_rates: list[Raw]) -> str:
    """The tax type of what is not taxed: NONE, in Australia BASEXCLUDED (FACTS X25). Empty where
    the organisation has neither: then nobody guesses."""
    there = {raw.get("TaxType") for raw in tax_rates if raw.get("Status", "ACTIVE") == "ACTIVE"}
    return next((name for name in ("NONE", "BASEXCLUDED") if name in there), "")


def _tax_rate(raw: Raw) -> Named:
    active = raw.get("Status", "ACTIVE") == "ACTIVE"
    return Named(id=raw.get("TaxType") or "", name=raw.get("Name") or "", active=active)


def _options(category: Raw) -> tuple[Named, ...]:
    """The options of a tracking category, by name: that is how lines name them."""
    used = category.get("Status", "ACTIVE") == "ACTIVE"
    return tuple(
        Named(
            id=option["Name"],
            name=option["Name"],
            active=used and option.get("Status", "ACTIVE") == "ACTIVE",
        )
        for option in category.get("Options") or ()
    )


def _report_rows(rows: list[Raw]) -> Iterator[list[Raw]]:
    """The cells of each plain row, however deep its section."""
    for row in rows:
        if row.get("RowType") == "Section":
            yield from _report_rows(row.get("Rows") or [])
        elif row.get("RowType") == "Row":
            yield row.get("Cells") or []


def _account_of(cells: list[Raw]) -> str:
    for cell in cells:
        for attribute in cell.get("Attributes") or ():
            if attribute.get("Id") == "account":
                return str(attribute.get("Value") or "")
    return ""


def _figure(cell: Raw) -> Decimal:
    text = str(cell.get("Value") or "").replace(",", "")
    if not AMOUNT.fits(text):
        raise TryLater("Xero's trial balance holds a figure that can not be read.")
    return Decimal(text or 0)
