"""Which loan a person means: by a reference, or by the ledger's own number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bridge import wiring
from bridge.clock import SystemClock
from bridge.core.identity import BooksId
from bridge.errors import BridgeError
from bridge.settings import Settings
from bridge.store.store import Work
from bridge.store.values import NO_LOAN, LoanKey

_LOAN_REFERENCE = re.compile(r"[A-Z0-9]{1,6}-L([A-Za-z0-9]+)(\.\d+)?")


def loan_of(
    work: Work, loaded: Settings, companies: Mapping[str, BooksId], wanted: str
) -> LoanKey | None:
    """The loan that `DY7F3A-P1136`, `84`, `loan:84` or `dev-7f3a/84` is about."""
    for where in companies.values():
        found = work.bindings.loan_of(where, wanted)
        if found is not None:
            return found
        for entry in work.entries.of(where, reference=wanted, limit=1):
            if entry.loan != NO_LOAN:
                return entry.loan
    return numbered(work, loaded, wanted)


def numbered(work: Work, loaded: Settings, wanted: str) -> LoanKey | None:
    """The loan with that number, of the installation named, or of the one now delivering."""
    named = _LOAN_REFERENCE.fullmatch(wanted)
    number = named.group(1) if named else wanted.removeprefix("debt:").removeprefix("loan:")
    installation, slash, after = number.rpartition("/")
    if slash:
        return (installation, after) if work.ledger.loan_file(installation, after) else None
    try:
        today = SystemClock().today(loaded.lender.timezone)
        installation = wiring.open_source(loaded, today).snapshot().facts.installation
    except BridgeError:
        return None
    return (installation, number) if work.ledger.loan_file(installation, number) else None
