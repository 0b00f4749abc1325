"""An organization's settings and lists.

Accounts with balances, and the transaction lock, are read each time; what changes seldom is kept
for a while. What needs a scope or a plan that may be missing (lock, fields, locations, tags) is
asked last and may stay unknown: a missing scope answers like a dead token (FACTS Z5),
so the questions that must be answered come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from bridge.core.books import Account, BooksItem, Chart, Company, Kind, Named
from bridge.errors import LoginRequired, QuestionRefused, TryLater
from bridge.systems.apart import Untold, told_apart
from bridge.systems.truth import untrue
from bridge.systems.zoho import posted as inward
from bridge.systems.zoho import translate
from bridge.systems.zoho.posted import amount, text
from bridge.systems.zoho.shapes import Came, Rows, rows_of
from bridge.systems.zoho.wire import ACCOUNTS, ITEMS, ORGANIZATIONS, Wire

_ASSET = (
    "other_asset other_current_asset intangible_asset right_to_use_asset financial_asset "
    "contingent_asset contract_asset cash bank fixed_asset accounts_receivable stock "
    "payment_clearing deferred_tax_asset"
)
_LIABILITY = (
    "other_current_liability contract_liability refund_liability credit_card "
    "long_term_liability loans_and_borrowing lease_liability employee_benefit_liability "
    "contingent_liability financial_liability other_liability accounts_payable "
    "deferred_tax_liability"
)
_INCOME = "income finance_income other_comprehensive_income other_income"
_EXPENSE = (
    "expense manufacturing_expense impairment_expense depreciation_expense "
    "employee_benefit_expense lease_expense finance_expense tax_expense cost_of_goods_sold "
    "other_expense"
)
CLASSIFICATION = {
    **dict.fromkeys(_ASSET.split(), "asset"),
    **dict.fromkeys(_LIABILITY.split(), "liability"),
    **dict.fromkeys(_INCOME.split(), "income"),
    **dict.fromkeys(_EXPENSE.split(), "expense"),
    "equity": "equity",
}
"""account_type → classification (FACTS Z36). One that is not here has none, and
nothing may be booked to it."""

_ROLES = {"accounts_receivable": "receivable", "bank": "bank", "cash": "bank"}
_CREDIT_SIDE = frozenset({"liability", "equity", "income"})
"""Balances are told positive on an account's own side (`current_balance` UNVERIFIED: FACTS Z36)."""

DAY_LIMITS = {
    "free": 1_000,
    "standard": 2_000,
    "professional": 5_000,
    "premium": 10_000,
    "elite": 10_000,
    "ultimate": 10_000,
}
"""Plan → calls a day (FACTS Z41)."""

_OURS = {"sales", "accountant", ""}
"""Modules whose lock stops us; recoveries are journals, which are the accountant's."""
_THEIRS = {"purchase", "purchases", "banking", "inventory_adjustments", "inventory"}

Raw = dict[str, Any]


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """The lists kept between two readings of the chart."""

    organization: Raw
    currencies: list[Raw]
    items: list[Raw]
    item_accounts: dict[str, str]
    lists: dict[str, tuple[Named, ...]]
    fields: dict[Kind, str]
    untold: Came = {}
    """Items, tags and values that are not told: see `Chart.untold`."""


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    through: date | None = None
    known: bool = True


def read_lists(wire: Wire, company_id: str) -> Lists:
    """Settings and lists, read now."""
    # The list, not the detail: only the list tells the plan, and so the day's calls (FACTS Z35).
    mine = _required(wire, ORGANIZATIONS, "organizations", "organization_id")
    organization = next((raw for raw in mine if text(raw, "organization_id") == company_id), None)
    if organization is None:
        raise LoginRequired(
            f"Zoho does not show organization {company_id} to this user. Compare company_id and "
            f"the data centre in base_url, then run: ledger-bridge connect zoho"
        )
    currencies = _required(wire, "settings/currencies", "currencies", "currency_id")
    untold: Came = {}
    items = list(wire.rows(ITEMS, untold, filter_by="Status.All"))
    lists = {
        "payment_method": tuple(Named(id=mode, name=mode) for mode in translate.PAYMENT_MODES),
        "tax_code": tuple(
            Named(id=text(raw, "tax_id"), name=text(raw, "tax_name"))
            for raw in _each(wire, "settings/taxes", _TAXES, untold)
        ),
    }
    lists |= _dimensions(wire, untold)
    return Lists(
        organization=organization,
        currencies=currencies,
        items=items,
        item_accounts=_item_accounts(wire, items, untold),
        lists=lists,
        fields=own_fields(wire),
        untold=untold,
    )


def read_accounts(wire: Wire) -> list[Raw]:
    return list(wire.rows(ACCOUNTS, filter_by="AccountType.All", showbalance="true"))


def read_lock(wire: Wire) -> Lock:
    """The last locked day. Pages differ on whether it is locked itself: it counts as locked."""
    rows = _asked(wire, "transactionlocks", "transaction_locks")
    if rows is None:
        rows = _asked(wire, "transactionlock", "transaction_lock")
    if rows is None:
        return Lock(known=False)
    days = [day for raw in rows if (day := _locked_through(raw))]
    return Lock(through=max(days, default=None))


def own_fields(wire: Wire) -> dict[Kind, str]:
    """Kind → id of the organization's field for our reference, of those kinds that have one."""
    rows = _asked(wire, "settings/fields", "fields", entity="contact", filter_custom_fields="true")
    for raw in rows or ():
        if is_our_field(raw) and raw.get("is_active", True) not in (False, "false"):
            found = text(raw, "field_id") or text(raw, "customfield_id")
            return {Kind.CUSTOMER: found} if found else {}
    return {}


def is_our_field(raw: Raw) -> bool:
    """Whether a custom field is the one for our reference."""
    return raw.get("api_name") == inward.FIELD_NAME or raw.get("label") == inward.FIELD_LABEL


def organizations(wire: Wire) -> dict[str, str]:
    """Id → name of the organizations that the login's user belongs to."""
    rows = _required(wire, ORGANIZATIONS, "organizations", "organization_id")
    return {text(raw, "organization_id"): text(raw, "name") for raw in rows}


def chart_of(company_id: str, accounts: Iterable[Raw], lock: Lock, lists: Lists) -> Chart:
    """The chart, from what was read."""
    organization = lists.organization
    home = text(organization, "currency_code")
    if not home:
        raise untrue("Zoho", "the organization has no currency_code")
    codes = {text(raw, "currency_code") for raw in lists.currencies} - {""}
    company = Company(
        id=company_id,
        name=text(organization, "name"),
        home_currency=home,
        country=text(organization, "country_code"),
        multicurrency=len(codes) > 1,
        currencies=tuple(sorted(codes | {home})),
        locked_through=lock.through,
        lock_known=lock.known,
        writable=organization.get("is_org_active", True) in (True, "true"),
        decimals=_decimals(lists),
    )
    by_id = {text(raw, "currency_id"): text(raw, "currency_code") for raw in lists.currencies}
    return Chart(
        company=company,
        accounts=tuple(_account(raw, home, by_id) for raw in accounts),
        items=tuple(_item(raw, lists.item_accounts) for raw in lists.items),
        lists=lists.lists,
        untold=lists.untold,
    )


def writing_rules(lists: Lists) -> translate.Company:
    """The part of the settings that decides how documents are written."""
    home = text(lists.organization, "currency_code")
    currencies = {text(raw, "currency_code"): text(raw, "currency_id") for raw in lists.currencies}
    currencies.setdefault(home, text(lists.organization, "currency_id"))
    return translate.Company(
        home_currency=home, currencies=currencies, decimals=_decimals(lists), fields=lists.fields
    )


def _decimals(lists: Lists) -> dict[str, int]:
    """Currency → decimals that Zoho keeps of it; it would round more of them away."""
    return {
        text(raw, "currency_code"): int(raw["price_precision"])
        for raw in lists.currencies
        if raw.get("price_precision") not in (None, "")
    }


def calls_a_day(lists: Lists) -> int | None:
    """The calls a day that the organization's plan allows, for all its programs together."""
    plan = text(lists.organization, "plan_name").lower()
    return next((limit for name, limit in DAY_LIMITS.items() if name in plan), None)


def _account(raw: Raw, home: str, currencies: dict[str, str]) -> Account:
    """One account. Rows of the listing name its currency by id only (FACTS Z36)."""
    kind = text(raw, "account_type")
    classification = CLASSIFICATION.get(kind, "")
    balance = amount(raw, "current_balance")
    return Account(
        id=text(raw, "account_id"),
        number=text(raw, "account_code"),
        name=text(raw, "account_name"),
        classification=classification,
        type=kind,
        role=_ROLES.get(kind, ""),
        currency=text(raw, "currency_code") or currencies.get(text(raw, "currency_id"), home),
        active=raw.get("is_active", True) in (True, "true"),
        balance=-balance if classification in _CREDIT_SIDE else balance,
    )


def _item(raw: Raw, accounts: dict[str, str]) -> BooksItem:
    item_id = text(raw, "item_id")
    return BooksItem(
        id=item_id,
        name=text(raw, "name"),
        account_id=accounts.get(item_id, ""),
        active=text(raw, "status") != "inactive",
        # Whether a line without a tax takes its item's is UNVERIFIED (FACTS Z22): doctor tells.
        tax=text(raw, "tax_name") if text(raw, "tax_id") else "",
    )


def _item_accounts(wire: Wire, items: Iterable[Raw], untold: Came) -> dict[str, str]:
    """Item → its account. The documented rows of the listing do not have it; live ones may. One
    that is not told by itself either is noted in `untold`."""
    found = {text(raw, "item_id"): text(raw, "account_id") for raw in items}
    missing = [item_id for item_id, account in found.items() if not account]
    for start in range(0, len(missing), 50):
        part = missing[start : start + 50]
        told, _ = told_apart(lambda ids: _accounts_of(wire, ids), part, wire.is_there)
        found |= told
    alone = Untold(wire.is_there)
    for item_id in missing:
        if not found[item_id]:
            try:
                whole = wire.one(ITEMS, item_id) or {}
            except TryLater as trouble:
                alone.leave(item_id, trouble)
            else:
                alone.answered()
                found[item_id] = text(whole, "account_id")
    untold |= alone.came
    return found


def _accounts_of(wire: Wire, item_ids: Sequence[str]) -> dict[str, str]:
    rows = _asked(wire, "itemdetails", "items", item_ids=",".join(item_ids)) or ()
    return {text(raw, "item_id"): text(raw, "account_id") for raw in rows}


def _dimensions(wire: Wire, untold: Came) -> dict[str, tuple[Named, ...]]:
    """Locations and reporting tags, where the organization uses them."""
    found: dict[str, tuple[Named, ...]] = {}
    locations = _each(wire, "locations", _LOCATIONS, untold)
    if locations:
        found[translate.LOCATION] = tuple(
            Named(id=text(raw, "location_id"), name=text(raw, "location_name")) for raw in locations
        )
    alone = Untold(wire.is_there)
    for tag in _each(wire, "reportingtags", _TAGS, untold):
        try:
            found[text(tag, "tag_name")] = _options(wire, text(tag, "tag_id"), untold)
        except TryLater as trouble:
            alone.leave(text(tag, "tag_name"), trouble)
    untold |= alone.came
    return found


def _options(wire: Wire, tag_id: str, untold: Came) -> tuple[Named, ...]:
    wrong: Came = {}
    options = _each(wire, f"reportingtags/{tag_id}/options/all", _OPTIONS, wrong)
    untold |= wrong | {f"{tag_id}:{option}": came for option, came in wrong.items()}
    return tuple(
        Named(
            id=f"{tag_id}:{text(option, 'option_id')}",
            name=text(option, "option_name"),
            active=option.get("is_active", True) in (True, "true"),
        )
        for option in options
    )


_TAXES = Rows("taxes", "tax_id", "tax_name")
_LOCATIONS = Rows("locations", "location_id", "location_name")
_TAGS = Rows("reporting_tags", "tag_id", "tag_name")
_OPTIONS = Rows("results", "option_id", "option_name")


def _each(wire: Wire, path: str, rows: Rows, untold: Came) -> list[Raw]:
    """The rows of a list that can be true, the others noted in `untold`; none where a plan, a scope
    or a role does not allow the question."""
    try:
        content = wire.listed(path, rows, untold)
    except (QuestionRefused, LoginRequired):
        return []
    return _rows(content, rows.name) or []


def _required(wire: Wire, path: str, name: str, id_field: str) -> list[Raw]:
    return rows_of(wire.get(path) or {}, name, id_field)


def _asked(wire: Wire, path: str, name: str, **options: str) -> list[Raw] | None:
    """The answer to a question that a plan, a scope or a role may not allow; None then."""
    try:
        content = wire.get(path, **options)
    except (QuestionRefused, LoginRequired):
        return None
    return _rows(content, name)


def _rows(content: Raw | None, name: str) -> list[Raw] | None:
    rows = None if content is None else content.get(name)
    if isinstance(rows, dict):
        return [rows]
    return rows if isinstance(rows, list) else None


def _locked_through(raw: Raw) -> date | None:
    """The last day of a lock that is on and is ours; one that does not say whose counts."""
    module = text(raw, "transaction_lock_module").lower()
    on = text(raw, "transaction_lock_status").startswith("enabled")
    on = on or text(raw, "lock_status") == "locked"
    theirs = module in _THEIRS and module not in _OURS
    return inward.day(raw, "transaction_lock_date") if on and not theirs else None
