"""The sandbox's companies, kept in another currency than theirs while a test runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from bridge.sandbox.quickbooks import demo as quickbooks
from bridge.sandbox.xero import demo as xero
from bridge.sandbox.zoho import demo as zoho

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
