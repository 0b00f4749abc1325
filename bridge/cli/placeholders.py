"""Values of the examples that a person must replace, and those that are still there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bridge.errors import Problem
from bridge.settings import Settings

LENDER = "Mi empresa SAS"
COMPANIES = {
    "quickbooks": "9130350000000000",
    "xero": "00000000-0000-0000-0000-000000000000",
    "zoho": "10000000000",
}
CLIENTS = {
    "quickbooks": "ABxxxxxxxx",
    "xero": "xxxxxxxxxxxxxxxx",
    "zoho": "1000.xxxxxxxx",
}
_WHERE = {
    "quickbooks": "Settings, Account and settings, Billing & subscription: Company ID",
    "xero": "any id: `ledger-bridge connect xero` tells those that the login reaches",
    "zoho": "Settings, Organization profile: Organization ID",
}
_PORTAL = {
    "quickbooks": "developer.intuit.com",
    "xero": "developer.xero.com",
    "zoho": "api-console.zoho.com",
}
_CROSSES = re.compile(r"x{6,}", re.IGNORECASE)


def left_in(settings: Settings) -> Iterator[Problem]:
    """What bridge.toml still has as the examples have it, of the systems that are on."""
    yield from of_lender(settings)
    for name, system in settings.systems.items():
        if system.enabled:
            yield from of_system(settings, name)


def of_lender(settings: Settings) -> Iterator[Problem]:
    """What [lender] still has as the examples have it."""
    if settings.lender.name == LENDER:
        yield Problem(
            "[lender] name",
            f'"{LENDER}" is the example\'s.',
            "Write your company's name: it stands on every report.",
        )


def of_system(settings: Settings, name: str) -> Iterator[Problem]:
    """What one system still lacks before anybody can log in to it."""
    system = settings.systems[name]
    if system.access == "static":
        return
    if system.company_id in COMPANIES.values():
        yield Problem(
            f"[systems.{name}] company_id",
            f"\"{system.company_id}\" is the example's, nobody's company.",
            f"Write yours. {_WHERE[name]}.",
        )
    if not system.client_id:
        yield Problem(
            f"[systems.{name}] client_id",
            "is not there: nobody can log in without an app.",
            f"Make an app at {_PORTAL[name]} and write its client id; then run "
            f"`ledger-bridge connect {name}`.",
        )
    elif _CROSSES.search(system.client_id):
        yield Problem(
            f"[systems.{name}] client_id",
            f"\"{system.client_id}\" is the example's, nobody's app.",
            f"Make an app at {_PORTAL[name]} and write its client id.",
        )
