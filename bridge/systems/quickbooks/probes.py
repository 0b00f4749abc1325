"""Smallest harmless questions about what the facts leave uncertain. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from bridge.core.books import Chart
from bridge.systems.oauth import GrantEnds

Probe = tuple[str, str, str]

_WARN = timedelta(days=60)


def of_chart(chart: Chart) -> Iterator[Probe]:
    """The facts that the chart tells."""
    company = chart.company
    yield (
        "document numbers",
        "our own" if company.own_numbers else "assigned by QuickBooks",
        ""
        if company.own_numbers
        else "Switch on 'Custom transaction numbers' in Account and settings, Sales.",
    )
    yield (
        "duplicate numbers",
        "whether QuickBooks warns of them can not be read",
        "Switch on 'Warn if duplicate number is used': a second line of defence.",
    )
    yield (
        "lock date",
        str(company.locked_through) if company.lock_known else "not told",
        ""
        if company.lock_known
        else "If the books have a closing date, documents before it come back as period_closed.",
    )
    yield (
        "automatic application of credits",
        "on" if company.auto_applies_credit else "off",
        "Switch it off in Account and settings, Advanced, Automation: QuickBooks would settle "
        "invoices by itself."
        if company.auto_applies_credit
        else "",
    )
    yield ("currencies", ", ".join(company.currencies), "")
    yield (
        "subscription",
        "active" if company.writable else "ended",
        "" if company.writable else "Renew it: every write would be refused (6190).",
    )
    yield from _items(chart)


def _items(chart: Chart) -> Iterator[Probe]:
    """Whether this company has items on balance-sheet accounts, which principal needs."""
    classes = {account.id: account.classification for account in chart.accounts}
    fit = [item.name for item in chart.items if classes.get(item.account_id) == "asset"]
    yield (
        "items on asset accounts",
        f"{len(fit)} found",
        ""
        if fit
        else "Make a service item for loan principal in QuickBooks, with the loan clearing "
        "account as its income account: whether the API lets us make one is not documented.",
    )


def of_tax(chart: Chart) -> Iterator[Probe]:
    """Which tax code lines get, before QuickBooks refuses one that has none (6000)."""
    company = chart.company
    named = {value.id: value.name for value in chart.lists.get("tax_code", ())}
    exempt = named.get(company.exempt_tax, company.exempt_tax)
    if exempt:
        yield ("sales tax", f'lines say "{exempt}" where [lines.*] tax names no other', "")
    elif company.demands_tax:
        choices = ", ".join(sorted(named.values())) or "none yet"
        advice = f"Name one in each [lines.*] tax, else every line is refused (6000): {choices}."
        yield ("sales tax", "charged, and no code is plainly for what is not taxed", advice)
    else:
        yield ("sales tax", "not charged by this company", "")


def of_grant(stored: str | None, now: datetime) -> Iterator[Probe]:
    """When the connection itself ends."""
    ends = msgspec.json.decode(stored, type=GrantEnds) if stored else GrantEnds()
    for name, text in (("if unused", ends.idle), ("in any case", ends.hard)):
        if not text:
            yield (f"connection ends {name}", "not told", "")
            continue
        when = datetime.fromisoformat(text)
        soon = when - now < _WARN
        advice = "Run: ledger-bridge connect quickbooks" if soon else ""
        yield (f"connection ends {name}", when.date().isoformat(), advice)
