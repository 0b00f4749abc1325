"""Smallest harmless questions about what the facts leave uncertain. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.core.books import Chart, Kind
from bridge.systems.zoho.chart import DAY_LIMITS
from bridge.systems.zoho.posted import FIELD_LABEL
from bridge.systems.zoho.setup import AGAIN
from bridge.systems.zoho.translate import Company

Probe = tuple[str, str, str]


def of_chart(chart: Chart, rules: Company, plan: str, day_limit: int | None) -> Iterator[Probe]:
    """The facts that settings and lists tell."""
    company = chart.company
    yield (
        "lock date",
        str(company.locked_through or "open") if company.lock_known else "not told",
        ""
        if company.lock_known
        else "The login lacks the scope accountants.READ: documents dated in a locked period "
        "come back refused.",
    )
    yield (
        "calls a day",
        f"{day_limit} ({plan})" if day_limit else f"unknown plan {plan!r}",
        ""
        if day_limit
        else f"Set budget in [systems.zoho]: {min(DAY_LIMITS.values())} on the smallest plan.",
    )
    field = Kind.CUSTOMER in rules.fields
    yield (
        "field for our reference on customers",
        f"{FIELD_LABEL!r} is there" if field else "is not there",
        ""
        if field
        else f"Run: {AGAIN} (it says what to do where Zoho does not let it). Until then customers "
        "are known by their names and remarks.",
    )
    yield ("currencies", ", ".join(company.currencies), "")
    yield from _decimals(rules)
    yield (
        "subscription",
        "active" if company.writable else "not active",
        "" if company.writable else "Renew it: every write would be refused (103001).",
    )
    yield from _items(chart)
    yield from _receivable(chart)


def _decimals(rules: Company) -> Iterator[Probe]:
    for currency, decimals in sorted(rules.decimals.items()):
        advice = ""
        if decimals < 2 and currency == rules.home_currency:
            advice = "Amounts with cents are refused by the bridge, since Zoho would round them."
        yield (f"decimals of {currency}", str(decimals), advice)


def _items(chart: Chart) -> Iterator[Probe]:
    """Whether this organization has items on balance-sheet accounts, which principal needs."""
    classes = {account.id: account.classification for account in chart.accounts}
    fit = [item.name for item in chart.items if classes.get(item.account_id) == "asset"]
    yield (
        "items on asset accounts",
        f"{len(fit)} found",
        ""
        if fit
        else "Make a service item for loan principal whose account is the loan clearing account. "
        "Which types of account Zoho takes there is not documented: try a draft invoice first.",
    )


def _receivable(chart: Chart) -> Iterator[Probe]:
    found = [account.name for account in chart.accounts if account.role == "receivable"]
    yield (
        "receivable account",
        ", ".join(found) or "none",
        "" if len(found) == 1 else "One account in home currency is expected for all customers.",
    )
