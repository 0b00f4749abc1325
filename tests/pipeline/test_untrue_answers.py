"""Whatever an answer says, nothing of it is kept that can not be true.

A product answers for a whole pass with ids that are none, with another's answer, with amounts and
dates that are none, or with no object at all. The pass may wait; it neither fails nor binds what
is not so. When answers are true again, the books are those of a lender who was never lied to.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import TryLater
from bridge.sandbox.server import SandboxServer
from tests.contract.openapi import words
from tests.pipeline.ledger import Rows
from tests.pipeline.test_whole_documents import lent
from tests.pipeline.world import World

SYSTEMS = ("quickbooks", "xero", "zoho")
SEEDS = int(os.environ.get("BRIDGE_LIE_SEEDS", "6"))
"""How many seeds for each system; 200 and more with BRIDGE_LIE_SEEDS=200."""
PASSES = 6
DEEP = "[" * 49 + "]" * 49
BODIES = ("{}", "[]", "null", '"text"', DEEP, '{"a":' * 49 + "1" + "}" * 49, "1e400")
NO_IDS: tuple[Any, ...] = (["1"], {"value": "1"}, "", True, "1\n2", "9" * 65)
NO_AMOUNTS: tuple[Any, ...] = ("abc", "1e400", "NaN", "1_000", [], {}, True, "1" * 19)
NO_ROWS: tuple[Any, ...] = ({}, "text", [1], [[]], 7)
NO_DATES: tuple[Any, ...] = ("2026-13-45", "20261120", 7, ["2026-11-20"])

CALLS = {
    "quickbooks": words("/customer /invoice /payment /creditmemo /salesreceipt /batch /query /cdc"),
    "xero": words(
        "/Contacts /Invoices /Payments /CreditNotes /BankTransactions /Overpayments /Allocations "
        "/Organisation /Accounts /Reports /Currencies /TaxRates"
    ),
    "zoho": words(
        "/contacts /invoices /customerpayments /creditnotes /journals /organizations /items "
        "/chartofaccounts /settings/currencies /settings/fields /transactionlock /status"
    ),
}
"""Parts of the paths on which a system writes and reads in a pass."""
FIELDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "quickbooks": {
        "Id": NO_IDS,
        "bId": ("q9", ["q1"], 1),
        "SyncToken": (["0"], 0),
        "TxnId": ({}, ""),
        "TotalAmt": NO_AMOUNTS,
        "Amount": NO_AMOUNTS[:4],
        "Balance": ([], "abc"),
        "CurrentBalance": ("1e400",),
        "TxnDate": NO_DATES,
        "DueDate": NO_DATES,
        "LastUpdatedTime": ("2026-13-45T00:00:00Z", 7),
        "time": (7, "9999-12-31T23:59:59Z", "2999-01-01T00:00:00Z"),
        "CustomerRef": ("1", [], {"value": ["1"]}),
        "Line": ({}, "text", [1]),
        "QueryResponse": ([], "text", 7),
        "CDCResponse": ({}, [], [{}]),
        "BatchItemResponse": ({}, [], "text"),
        "DocNumber": (["L"], "another", 7),
        "PrivateNote": ([], "x" * 200_000),
        "HomeCurrency": ("COP", {}),
    },
    "xero": {
        **dict.fromkeys(("ContactID", "InvoiceID", "CreditNoteID", "PaymentID"), NO_IDS),
        **dict.fromkeys(("BankTransactionID", "OverpaymentID", "AccountID"), NO_IDS[:2]),
        **dict.fromkeys(("Invoices", "Contacts", "Payments", "CreditNotes"), NO_ROWS),
        **dict.fromkeys(("Accounts", "Currencies", "Organisations", "Reports"), NO_ROWS),
        "Total": NO_AMOUNTS,
        "Amount": NO_AMOUNTS[:4],
        "AmountDue": ([], "abc"),
        "Value": ("1e400", "NaN", []),
        "Date": ("/Date(999999999999999999999)/", *NO_DATES),
        "DueDate": NO_DATES,
        "UpdatedDateUTC": ("/Date(x)/", 7),
        "DateTimeUTC": (7, "/Date(253402300799000)/", "/Date(0)/"),
        "Contact": ("1", [], {"ContactID": ["1"]}),
        "LineItems": ({}, "text", [1]),
        "Allocations": ({}, [1], [{"Invoice": []}]),
        "InvoiceNumber": (["L"], "another", 7),
        "Reference": ([], "x" * 200_000, "another"),
        "BaseCurrency": ([], ""),
        "CurrencyRate": ("0x1", [], -1),
        "pagination": ([], {"pageCount": "x"}, {"pageCount": -1}),
        "IsDeleted": ("x", []),
    },
    "zoho": {
        **dict.fromkeys(("contact_id", "invoice_id", "creditnote_id", "payment_id"), NO_IDS),
        **dict.fromkeys(("journal_id", "account_id", "item_id", "organization_id"), NO_IDS[:2]),
        **dict.fromkeys(("invoices", "contacts", "creditnotes", "customerpayments"), NO_ROWS),
        **dict.fromkeys(("journals", "currencies", "organizations", "invoices_credited"), NO_ROWS),
        **dict.fromkeys(("invoice", "contact", "payment", "creditnote", "journal"), NO_ROWS),
        "total": NO_AMOUNTS,
        "balance": NO_AMOUNTS[:4],
        "amount": ("1e400", [], "abc"),
        "current_balance": ("NaN", {}),
        "date": NO_DATES,
        "due_date": NO_DATES,
        "transaction_lock_date": NO_DATES,
        "last_modified_time": (7, [], "9999-12-31T23:59:59+1400"),
        "customer_id": ([], {"id": "1"}),
        "line_items": ({}, "text", [1]),
        "custom_fields": ({}, [1]),
        "invoice_number": (["L"], "another", {}),
        "reference_number": ([], "x" * 200_000, "another"),
        "currency_code": ([], ""),
        "price_precision": ("x", -1, [], "²"),
        "page_context": ("text", 7, [1], {"has_more_page": []}),
        "code": ("0", "²", [], 1e30, -1, True, "9" * 5000),
        "status": ([], 7, {}),
    },
}
TURNED = {
    "quickbooks": ("Id", "DocNumber", "PaymentRefNum", "CustomerRef", "bId", "TotalAmt"),
    "xero": words(
        "InvoiceID ContactID PaymentID InvoiceNumber Reference Total Invoices CreditNotes Accounts "
        "BaseCurrency DateTimeUTC pagination"
    ),
    "zoho": words(
        "invoice_id contact_id payment_id customer_id invoice_number reference_number total "
        "invoices invoices_credited transactions currency_code status page_context code item_id"
    ),
}
"""Fields that are left out, and exchanged between two objects."""
REPEATED = {
    "quickbooks": ("Invoice", "Payment", "Customer", "BatchItemResponse", "Line"),
    "xero": ("Invoices", "Payments", "Contacts", "CreditNotes", "Accounts"),
    "zoho": ("invoices", "contacts", "customerpayments", "creditnotes", "invoices_credited"),
}


def lies(system: str) -> list[dict[str, Any]]:
    """Every lie that a system is tried with."""
    fields = FIELDS[system].items()
    told: list[dict[str, Any]] = [
        {"kind": "lie", "field": field, "how": "set", "value": value}
        for field, values in fields
        for value in values
    ]
    for how, names in (("drop", TURNED), ("swap", TURNED), ("repeat", REPEATED)):
        told += [{"kind": "lie", "field": field, "how": how} for field in names[system]]
    return told + [{"kind": "answer", "when": "after", "text": text} for text in BODIES]


@dataclass
class Lied(World):
    """A lender's world, and the lies that were told in it."""

    told: list[str] = field(default_factory=list)


def tell(world: Lied, chance: random.Random) -> None:
    """Some calls are answered untruly until that is forgotten."""
    for call in chance.sample(CALLS[world.system], chance.randrange(1, 4)):
        wish = chance.choice(lies(world.system))
        world.told.append(f"{call} {str(wish)[:200]}")
        match = {"path": call}
        world.control("POST", "faults", system=world.system, count=0, match=match, **wish)


def under_lies(world: Lied, chance: random.Random) -> None:
    tell(world, chance)
    for _ in range(2):
        with suppress(TryLater):
            world.sync()
        world.clock.move(600)
    world.control("DELETE", "faults")


def until_clean(world: Lied) -> None:
    for _ in range(PASSES):
        try:
            result = world.sync()
        except TryLater:
            world.clock.move(3600)
            continue
        if result.verdict == "clean":
            return
        assert result.verdict != "person", (result.reason, world.told)
        world.clock.move(3600)
    pytest.fail(f"never came to rest: {world.told}")


def first_day() -> Rows:
    return lent({11: "receipt", 12: "credit note", 13: "write-off", 14: "recovery", 15: "receipt"})


def second_day() -> Rows:
    """A receipt less, one of another amount, a loan of another due date, one more of each."""
    made = first_day()
    del made.movements[111]
    made.movements[151]["amount"] = 35_000
    made.debts[12]["due_on"] = "2027-01-15"
    more = lent({21: "receipt", 22: "credit note", 24: "recovery"})
    for name in ("debtors", "debts", "movements"):
        getattr(made, name).update(getattr(more, name))
    return made


def essence(world: World) -> Any:
    """What the books say, without the names that they give."""
    books = world.books()
    fields = ("kind", "number", "customer", "currency", "date", "due", "amount", "open", "status")
    documents = Counter(tuple(str(d.get(name)) for name in fields) for d in books["documents"])
    accounts = {(a["name"], a["currency"]): a["balance"] for a in books["accounts"]}
    return documents, accounts, Counter(c["name"] for c in books["customers"])


def fresh(folder: Path, sandbox: SandboxServer, system: str) -> Lied:
    world = Lied(folder, sandbox, system)
    world.overrides = {
        "LEDGER_BRIDGE_LIMITS__SHRINK_MONEY_PERCENT": "100",
        "LEDGER_BRIDGE_LIMITS__SHRINK_ROWS_PERCENT": "100",
    }
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    return world


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(sandbox: SandboxServer, tmp_path_factory: Any) -> dict[str, Any]:
    """What the books say of a lender who was never lied to."""
    found = {}
    for system in SYSTEMS:
        world = fresh(tmp_path_factory.mktemp(system), sandbox, system)
        for day in (first_day(), second_day()):
            day.write(world.snapshot)
            until_clean(world)
        found[system] = essence(world)
    return found


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("system", SYSTEMS)
def test_lies_leave_the_books_as_if_they_had_never_been_told(
    system: str, seed: int, tmp_path: Path, sandbox: SandboxServer, undisturbed: dict[str, Any]
) -> None:
    chance = random.Random(seed)
    world = fresh(tmp_path, sandbox, system)
    for day in (first_day(), second_day()):
        day.write(world.snapshot)
        under_lies(world, chance)
        until_clean(world)
    assert essence(world) == undisturbed[system], world.told
