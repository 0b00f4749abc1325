"""The sandbox's companies in other countries: what their books are kept in, and what is lent."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from bridge.sandbox.quickbooks import demo as quickbooks
from bridge.sandbox.quickbooks import writing
from bridge.sandbox.server import SandboxServer
from bridge.sandbox.xero import demo as xero
from bridge.sandbox.zoho import demo as zoho
from bridge.sandbox.zoho import lists
from tests.recount.recomputation import smallest

USUAL = quickbooks.HOME
OTHERS = ("MXN", "USD")
"""Foreign currencies that the companies have from the start."""


@contextmanager
def kept_in(home: str) -> Iterator[None]:
    """The companies open in this currency; the accounts that are in theirs are in it."""
    if home == USUAL:
        yield
        return
    foreign = tuple({USUAL, *OTHERS} - {home})
    changes: list[tuple[Any, str, Any]] = [
        (module, "HOME", home)
        for name, module in sys.modules.items()
        if name.startswith("bridge.sandbox.") and getattr(module, "HOME", "") == USUAL
    ]
    changes += [
        (quickbooks, "ACCOUNTS", _accounts(quickbooks.ACCOUNTS, home)),
        (quickbooks, "CURRENCIES", foreign),
        (quickbooks, "RATES", {}),
        (xero, "ACCOUNTS", _accounts(xero.ACCOUNTS, home)),
        (xero, "CURRENCIES", foreign),
        (xero, "RATES", {}),
        (zoho, "LENDER_ACCOUNTS", _accounts(zoho.LENDER_ACCOUNTS, home)),
        (zoho, "CURRENCIES", tuple((code, "$") for code in (home, *foreign))),
        (zoho, "RATES", {}),
    ]
    patches = [patch.object(*change) for change in changes]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in reversed(patches):
            each.stop()


def _accounts(rows: Any, home: str) -> Any:
    return tuple(tuple(home if cell == USUAL else cell for cell in row) for row in rows)


def lends_in(sandbox: SandboxServer, code: str, rates: Mapping[str, str]) -> None:
    """The companies have a currency, with its rates from their days on."""
    faces: Any = sandbox.faces
    company, org = faces["quickbooks"].company, faces["zoho"].org
    company.rates[code] = dict(rates)
    faces["xero"].company.rates[code] = dict(rates)
    known = {row["currency_code"] for row in org.tables["currencies"].rows.values()}
    if code not in known:
        company.by_hand = True
        writing.write(company, "CompanyCurrency", "create", {"Code": code})
        company.by_hand = False
        faces["xero"].company.currencies.append(code)
        places = 0 if smallest(code) == 1 else 2
        row = {"currency_code": code, "currency_symbol": "$", "price_precision": places}
        lists.write_currency(org, row)
    made = org.currency_by_code(code)["currency_id"]
    for day, rate in rates.items():
        lists.write_rate(org, made, {"effective_date": day, "rate": Decimal(rate)})
