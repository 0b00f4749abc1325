"""A company's settings and lists, in one or two metered calls (FACTS Q35).

A batch of queries is one call; whether Intuit meters it as one or by item is UNVERIFIED
(FACTS Q36), but it never costs more than the same questions asked one by one. Lists that a company
has switched off are not asked for.

Accounts, items and the company are read through python-quickbooks' classes, whose fields are
empty when not answered. Preferences are not: that class answers yes for what QuickBooks left
out (`ClassTrackingPerTxnLine`, `AutoApplyCredit`), and here absence means unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from quickbooks.objects.account import Account as AccountObject
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.item import Item as ItemObject

from bridge.core.books import Account, BooksItem, Chart, Company, Named
from bridge.systems.quickbooks import queries, taxes, translate
from bridge.systems.quickbooks.shapes import rows_of
from bridge.systems.quickbooks.wire import Wire
from bridge.systems.truth import untrue

CLASSIFICATION = {
    "Bank": "asset",
    "Accounts Receivable": "asset",
    "Other Current Asset": "asset",
    "Fixed Asset": "asset",
    "Other Asset": "asset",
    "Accounts Payable": "liability",
    "Credit Card": "liability",
    "Other Current Liability": "liability",
    "Long Term Liability": "liability",
    "Equity": "equity",
    "Income": "income",
    "Other Income": "income",
    "Cost of Goods Sold": "expense",
    "Expense": "expense",
    "Other Expense": "expense",
}
"""AccountType → classification (FACTS Q5)."""

_ROLES = {"Accounts Receivable": "receivable", "Bank": "bank"}
_US = frozenset({"US", "USA"})

_ROWS = {"Account": 450, "Item": 350, "TaxCode": 60, "PaymentMethod": 60, "Term": 60}
"""A batch answers 1000 objects in all (FACTS Q28). A list that fills its share is read alone."""

_EXTRA_ROWS = {"Class": 400, "Department": 400, "CompanyCurrency": 150}

_LISTS = {
    "TaxCode": "tax_code",
    "PaymentMethod": "payment_method",
    "Term": "term",
    "Class": "class",
    "Department": "department",
}

Raw = dict[str, Any]


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """The lists kept between two readings of the chart."""

    company_info: Raw
    rows: dict[str, list[Raw]]


def read_all(wire: Wire, company_id: str) -> tuple[Raw, list[Raw], Lists]:
    """Preferences, accounts and lists, read now."""
    entities = list(_ROWS)
    first = [queries.settings_of("CompanyInfo"), queries.settings_of("Preferences")]
    answers = wire.query_batch(
        [*first, *(queries.select(entity, rows=_ROWS[entity]) for entity in entities)]
    )
    info = _only(answers[0], "CompanyInfo") or wire.get_part(
        f"companyinfo/{company_id}", "CompanyInfo"
    )
    preferences = _only(answers[1], "Preferences") or wire.get_part("preferences", "Preferences")
    rows = _whole(wire, entities, answers[2:], _ROWS)

    extra = _switched_on(preferences)
    if extra:
        statements = [queries.select(entity, rows=_EXTRA_ROWS[entity]) for entity in extra]
        rows |= _whole(wire, extra, wire.query_batch(statements), _EXTRA_ROWS)
    accounts = rows.pop("Account")
    return preferences, accounts, Lists(company_info=info, rows=rows)


def read_again(wire: Wire) -> tuple[Raw, list[Raw]]:
    """Preferences and accounts: what moves within a run (lock date, balances)."""
    statements = [queries.settings_of("Preferences"), queries.select("Account", rows=950)]
    answers = wire.query_batch(statements)
    preferences = _only(answers[0], "Preferences") or wire.get_part("preferences", "Preferences")
    return preferences, _whole(wire, ["Account"], answers[1:], {"Account": 950})["Account"]


def chart_of(company_id: str, preferences: Raw, accounts: Iterable[Raw], lists: Lists) -> Chart:
    """The chart, from what was read."""
    company = _company(company_id, preferences, lists)
    return Chart(
        company=company,
        accounts=tuple(_account(raw, company.home_currency) for raw in accounts),
        items=tuple(_item(raw) for raw in lists.rows.get("Item", ())),
        lists={
            name: tuple(_named(raw) for raw in lists.rows[entity])
            for entity, name in _LISTS.items()
            if entity in lists.rows
        },
    )


def writing_rules(company: Company, preferences: Raw) -> translate.Company:
    """The part of the settings that decides how documents are written."""
    return translate.Company(
        home_currency=company.home_currency,
        in_the_us=company.country in _US,
        multicurrency=company.multicurrency,
        own_numbers=company.own_numbers,
        class_per_line=_yes(preferences, "AccountingInfoPrefs", "ClassTrackingPerTxnLine"),
        auto_applies_credit=company.auto_applies_credit,
        exempt_tax=company.exempt_tax,
    )


def _company(company_id: str, preferences: Raw, lists: Lists) -> Company:
    info = CompanyInfo.from_json(_told(lists.company_info))
    home = preferences.get("CurrencyPrefs", {}).get("HomeCurrency", {}).get("value", "")
    if not home:
        raise untrue("QuickBooks", "the company has no home currency")
    closed = preferences.get("AccountingInfoPrefs", {}).get("BookCloseDate") or ""
    codes = {raw["Code"] for raw in lists.rows.get("CompanyCurrency", ()) if _active(raw)}
    country = info.Country or ""
    taxed = _yes(preferences, "TaxPrefs", "UsingSalesTax")
    return Company(
        id=company_id,
        name=info.CompanyName or info.LegalName,
        home_currency=home,
        country=country,
        multicurrency=_yes(preferences, "CurrencyPrefs", "MultiCurrencyEnabled"),
        currencies=tuple(sorted(codes | {home})),
        own_numbers=_yes(preferences, "SalesFormsPrefs", "CustomTxnNumbers"),
        locked_through=date.fromisoformat(closed[:10]) if closed else None,
        # The error guide says that the date can not be read, the reference has it: no date may
        # mean no lock or a lock not told (FACTS Q30).
        lock_known=bool(closed),
        auto_applies_credit=_yes(preferences, "SalesFormsPrefs", "AutoApplyCredit"),
        writable=_subscribed(lists.company_info),
        demands_tax=taxed and country not in _US,
        exempt_tax=taxes.exempt(country in _US, taxed, lists.rows.get("TaxCode", ())),
    )


def _account(raw: Raw, home: str) -> Account:
    account = AccountObject.from_json(_told(raw))
    told = (account.Classification or "").lower()
    return Account(
        id=account.Id,
        number=account.AcctNum,
        name=account.FullyQualifiedName or account.Name,
        classification=CLASSIFICATION.get(account.AccountType)
        or {"revenue": "income"}.get(told, told),
        type=account.AccountType or "",
        role=_ROLES.get(account.AccountType, ""),
        currency=account.CurrencyRef.value if account.CurrencyRef else home,
        active=account.Active,
        balance=Decimal(account.CurrentBalance or 0),
    )


def _item(raw: Raw) -> BooksItem:
    item = ItemObject.from_json(_told(raw))
    account = item.IncomeAccountRef.value if item.IncomeAccountRef else ""
    return BooksItem(
        id=item.Id,
        name=item.FullyQualifiedName or item.Name,
        account_id=account,
        active=item.Active,
    )


def _named(raw: Raw) -> Named:
    name = raw.get("FullyQualifiedName") or raw.get("Name") or ""
    return Named(id=raw["Id"], name=name, active=_active(raw))


def _switched_on(preferences: Raw) -> list[str]:
    """The lists that this company uses."""
    uses_classes = any(
        _yes(preferences, "AccountingInfoPrefs", name)
        for name in ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine")
    )
    uses = {
        "Class": uses_classes,
        "Department": _yes(preferences, "AccountingInfoPrefs", "TrackDepartments"),
        "CompanyCurrency": _yes(preferences, "CurrencyPrefs", "MultiCurrencyEnabled"),
    }
    return [entity for entity, used in uses.items() if used]


def _whole(
    wire: Wire, entities: Iterable[str], answers: Iterable[Raw | None], room: Mapping[str, int]
) -> dict[str, list[Raw]]:
    """The rows of each list; one that was refused or may have been cut is read by itself."""
    rows: dict[str, list[Raw]] = {}
    for entity, answer in zip(entities, answers, strict=True):
        found = None if answer is None else rows_of(answer, entity)
        if found is None or len(found) >= room[entity]:
            found = list(wire.rows(entity))
        rows[entity] = found
    return rows


def _only(answer: Raw | None, entity: str) -> Raw | None:
    """The one row of an entity that exists once, if that was answered."""
    found = (answer or {}).get(entity) or None
    return found[0] if isinstance(found, list) else found


def _yes(preferences: Raw, group: str, name: str) -> bool:
    return preferences.get(group, {}).get(name) in (True, "true")


def _active(raw: Raw) -> bool:
    return bool(raw.get("Active", True))


def _told(raw: Raw) -> Raw:
    """Without nulls, which python-quickbooks can not read."""
    return {name: value for name, value in raw.items() if value is not None}


def _subscribed(info: Raw) -> bool:
    """False when the company says that its subscription has ended (6190 on every write)."""
    told = {pair.get("Name"): pair.get("Value", "") for pair in info.get("NameValue") or ()}
    status = str(told.get("SubscriptionStatus", "")).upper()
    return status not in {"SUSPENDED", "CANCELED", "CANCELLED", "EXPIRED"}
