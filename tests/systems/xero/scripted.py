"""A server on loopback that answers as a test says, and an adapter that talks to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bridge.clock import ManualClock
from bridge.core.books import Document
from bridge.core.delivery import Binding, Operation, Outgoing
from bridge.core.identity import BooksId, key
from bridge.credentials import MemoryCredentials
from bridge.systems.transport import from_json
from bridge.systems.xero.adapter import Xero
from bridge.systems.xero.settings import Settings
from tests.systems.servers import Answered, Call, http_server
from tests.systems.xero.documents import ACCOUNTS, LINKS

TENANT = "70784a63-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
STAMP = f"/Date({int(NOW.timestamp()) * 1000})/"

TRIAL_BALANCE = {
    "RowType": "Header",
    "Cells": [{"Value": v} for v in ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")],
}
LISTS: dict[str, Any] = {
    "Organisation": [{"Name": "Crédito Fácil SAS", "BaseCurrency": "COP", "CountryCode": "CO"}],
    "Accounts": [
        {
            "AccountID": account_id,
            "Code": facts.code,
            "Name": facts.name,
            "Type": "BANK" if facts.is_bank else "CURRENT",
            "Class": "ASSET",
            "Status": "ACTIVE",
            "EnablePaymentsToAccount": facts.takes_payments,
            **({"CurrencyCode": facts.currency} if facts.is_bank else {}),
        }
        for account_id, facts in ACCOUNTS.items()
    ],
    "TaxRates": [{"Name": "Tax Exempt", "TaxType": "NONE", "Status": "ACTIVE"}],
    "TrackingCategories": [],
    "Currencies": [{"Code": code} for code in ("COP", "MXN", "USD")],
    "Reports/TrialBalance": [{"Rows": [TRIAL_BALANCE]}],
}
_ENVELOPE = {"Organisation": "Organisations", "Reports/TrialBalance": "Reports"}

Script = Callable[["Asked"], "Answered | None"]


class Asked:
    """A request, taken apart."""

    def __init__(self, call: Call) -> None:
        self.method = call.method
        parts = urlsplit(call.path)
        self.path = parts.path.removeprefix("/api.xro/2.0/")
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.headers = {name.lower(): value for name, value in call.headers.items()}
        self.body: Any = from_json(call.body) if call.body.startswith((b"{", b"[")) else None
        self.raw = call.body


def says(content: Any, status: int = 200, **headers: str) -> Answered:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Answered(status, body, {n.replace("_", "-"): v for n, v in headers.items()})


def listed(resource: str, rows: list[Any], **more: Any) -> Answered:
    """A page of a list, as Xero envelopes it."""
    return says({"Id": "x", "Status": "OK", "DateTimeUTC": STAMP, **more, resource: rows})


class Scripted:
    """What was asked of the server, and the adapter that asked."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.calls: list[Asked] = []
        self.clock = ManualClock(NOW)
        self.system: Xero = None  # type: ignore[assignment]

    def answer(self, call: Call) -> Answered:
        asked = Asked(call)
        answer = self.script(asked)
        if answer is None and asked.path in LISTS:
            resource = _ENVELOPE.get(asked.path, asked.path)
            return listed(resource, LISTS[asked.path])
        self.calls.append(asked)
        assert answer is not None, f"not expected: {asked.method} {asked.path} {asked.query}"
        return answer

    def post(self, *documents: Document, operation: Operation = Operation.CREATE) -> Any:
        return self.system.post([outgoing(document, operation) for document in documents])


def outgoing(
    document: Document, operation: Operation = Operation.CREATE, target: Binding | None = None
) -> Outgoing:
    return Outgoing(
        entry=1,
        operation=operation,
        key=key(BooksId("xero", TENANT), operation, document.reference, document.digest),
        document=document,
        links=LINKS,
        target=target,
    )


def settings_for(url: str, **more: Any) -> Settings:
    given = {
        "company_id": TENANT,
        "base_url": f"{url}/api.xro/2.0",
        "token_url": f"{url}/connect/token",
        "access_token": "demo-access",
        "calls_per_minute": 0,
    }
    return Settings(**{**given, **more})


@contextmanager
def scripted(
    script: Script, secrets: dict[tuple[str, str, str], str] | None = None, **settings: Any
) -> Iterator[Scripted]:
    made = Scripted(script)
    with http_server(made.answer) as url:
        made.system = Xero(
            settings_for(url, **settings),
            MemoryCredentials(secrets or {}),
            made.clock,
            jitter=lambda: 0,
        )
        with closing(made.system):
            yield made
