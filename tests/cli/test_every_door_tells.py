"""Whatever keeps the verdict from green is told at every door: each cause × each door.

A cause is made on a lender with two loans whose books agree; then every door is opened, and each
must name the task and answer 1. Words are the reports' own tests' business; here it is what, which
row or document, and the exit code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
import requests

from bridge import settings
from bridge.cli.standing import in_passing
from bridge.core import said
from tests.cli.small_lender import Lender, small_ledger

LOANS = (61, 84)
JOURNAL_DAY = "2026-11-10"
Ledger = dict[str, Any]


def two_loans() -> Ledger:
    ledger = small_ledger()
    ledger["debts"] = [debt for debt in ledger["debts"] if debt["debt_id"] in LOANS]
    owing = {debt["debtor_id"] for debt in ledger["debts"]}
    for rows, key in (("debtors", "debtor_id"), ("consents", "debtor_id")):
        ledger[rows] = [row for row in ledger[rows] if row[key] in owing]
    ledger["movements"] = [row for row in ledger["movements"] if row["debt_id"] in LOANS]
    return counted(ledger)


def counted(ledger: Ledger) -> Ledger:
    ledger["counts"] = {key: len(ledger[key]) for key in ledger["counts"]}
    return ledger


def payment(number: int, amount: Any = 1000.0) -> dict[str, Any]:
    row = next(m for m in small_ledger()["movements"] if m["type"] == "PAYMENT")
    return {**row, "movement_id": number, "debt_id": 84, "amount": amount, "date": "2026-11-18"}


def paid_more(lender: Lender, *numbers: int, amount: Any = 1000.0) -> None:
    ledger = two_loans()
    ledger["movements"] += [payment(number, amount) for number in numbers]
    lender.deliver(counted(ledger))


def hand(lender: Lender, **wish: Any) -> None:
    """What a bookkeeper does, and the comparison that sees it: a pass by itself does not."""
    lender.control("quickbooks/edit", **wish)
    lender.run("reconcile")


def books(lender: Lender) -> dict[str, Any]:
    url = f"{lender.sandbox.url}/_sandbox/quickbooks/books"
    found: dict[str, Any] = requests.get(url, timeout=10).json()
    return found


def borrower(lender: Lender) -> str:
    """The name in the books of the borrower of loan 84."""
    return next(str(d["customer"]) for d in books(lender)["documents"] if d["number"] == INVOICE)


def customer_id(lender: Lender) -> str:
    posted = {each["reference"]: each for each in lender.json("export")["documents"]}
    return str(posted[posted[INVOICE]["customer"]]["external_id"])


INVOICE = "DY7F3A-L84"


def an_unread_row(lender: Lender) -> None:
    paid_more(lender, 9001, amount="no vino")


def an_unknown_currency(lender: Lender) -> None:
    ledger = two_loans()
    ledger["debts"].append({**ledger["debts"][0], "debt_id": 9001, "currency": "ZZZ"})
    lender.deliver(counted(ledger))


def a_closed_period(lender: Lender) -> None:
    lender.control("quickbooks/edit", action="lock", date="2026-12-31")
    paid_more(lender, 9001)


def a_refused_delivery(lender: Lender) -> None:
    lender.deliver(counted(two_loans() | {"debts": [], "movements": []}))


def an_old_ledger(lender: Lender) -> None:
    path = lender.folder / "bridge.toml"
    text = path.read_text("utf-8")
    assert "max_age_days = 36500" in text
    path.write_text(text.replace("max_age_days = 36500", "max_age_days = 3"), encoding="utf-8")


def a_rejected_document(lender: Lender) -> None:
    lender.control("quickbooks/edit", action="inactivate", kind="customer", id=customer_id(lender))
    paid_more(lender, 9001)


def a_dropped_document(lender: Lender) -> None:
    a_rejected_document(lender)
    lender.run("sync")
    (entry,) = lender.json("outbox", "list", "--state", "rejected")["entries"]
    lender.json("outbox", "drop", str(entry["entry"]))


def an_edited_document(lender: Lender) -> None:
    hand(lender, action="edit", kind="invoice", number=INVOICE, set={"amount": "719000"})


def a_void_document(lender: Lender) -> None:
    row = next(m for m in two_loans()["movements"] if m["type"] == "PAYMENT")
    hand(lender, action="void", kind="receipt", number=f"DY7F3A-P{row['movement_id']}")


def an_unknown_document_with_our_number(lender: Lender) -> None:
    wish = {"kind": "invoice", "number": "DY7F3A-L999", "amount": "700", "date": JOURNAL_DAY}
    hand(lender, action="add", customer="Otra", **wish)


def an_invoice_by_hand(lender: Lender) -> None:
    wish = {"kind": "invoice", "number": "A-17", "amount": "500", "date": JOURNAL_DAY}
    hand(lender, action="add", customer=borrower(lender), **wish)


def a_receipt_by_hand(lender: Lender) -> None:
    wish = {"kind": "receipt", "number": "A-18", "amount": "500", "date": JOURNAL_DAY}
    hand(lender, action="add", customer=borrower(lender), **wish)


def a_credit_note_by_hand(lender: Lender) -> None:
    wish = {"kind": "credit_note", "number": "A-19", "amount": "500", "date": JOURNAL_DAY}
    hand(lender, action="add", customer=borrower(lender), **wish)


def a_journal(lender: Lender) -> None:
    accounts = books(lender)["accounts"]
    receivable = next(a["id"] for a in accounts if a["type"] == "Accounts Receivable")
    equity = next(a["id"] for a in accounts if a["class"] == "equity")
    lines = [
        {"account": receivable, "debit": "90", "customer": customer_id(lender)},
        {"account": equity, "credit": "90"},
    ]
    wish = {"kind": "journal", "number": "J-1", "date": JOURNAL_DAY}
    hand(lender, action="add", lines=lines, **wish)


def books_that_rest(lender: Lender) -> None:
    run = lender.json("history")["runs"][-1]["run"]
    lender.run("undo", str(run))


CAUSES: dict[Callable[[Lender], None], tuple[str, str]] = {
    an_unread_row: ("amount.unreadable", "9001"),
    an_unknown_currency: ("debt.currency_unknown", "9001"),
    a_closed_period: ("books.period_closed", "9001"),
    a_refused_delivery: ("delivery.refused", "inbox"),
    an_old_ledger: ("delivery.old", ""),
    a_rejected_document: ("outbox.rejected", "DY7F3A-P9001"),
    a_dropped_document: ("outbox.dropped", "DY7F3A-P9001"),
    an_edited_document: ("books.edited", INVOICE),
    a_void_document: ("books.voided", "DY7F3A-P"),
    an_unknown_document_with_our_number: ("reference.unknown", "DY7F3A-L999"),
    an_invoice_by_hand: ("books.by_hand_on_borrower", "A-17"),
    a_receipt_by_hand: ("books.by_hand_on_borrower", "A-18"),
    a_credit_note_by_hand: ("books.by_hand_on_borrower", "A-19"),
    a_journal: ("control.journal", "J-1"),
    books_that_rest: ("pass.resting", ""),
}
"""What is done → the task's code, and what tells which one it is."""


@dataclass
class Told:
    """What one door said, and the exit code."""

    text: str
    exit_code: int


def opened(lender: Lender) -> Iterator[tuple[str, Told]]:
    """Every door, one after the other. The pass first: later ones know what it left."""
    out = lender.folder / "out"
    verbs = {
        "sync": ("sync",),
        "reconcile": ("reconcile", "--format", "html,text,csv,json", "--out", str(out)),
        "status": ("status",),
        "tasks": ("tasks",),
        "doctor": ("doctor",),
    }
    for name, words in verbs.items():
        code, text, _ = lender.run(*words, "--json")
        yield name, Told(text, code)
    verdict = in_passing(settings.load(lender.folder / "bridge.toml").settings)
    yield "/health", Told(json.dumps(said.document(verdict)), verdict.exit_code)
    for path in sorted(out.iterdir()):
        yield path.suffix, Told(path.read_text(encoding="utf-8-sig"), 1)


BY_CODE = ("sync", "reconcile", "status", "tasks", "doctor", "/health", ".json", ".csv")
PAGES = (".html", ".txt")


@pytest.fixture
def agreed(lender: Lender) -> Lender:
    """Two loans, posted and compared: nothing waits for anybody."""
    lender.deliver(two_loans())
    assert lender.json("sync")["tasks"] == []
    assert lender.json("reconcile")["result"] == "agrees"
    return lender


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
def test_every_door_tells(agreed: Lender, cause: Callable[[Lender], None]) -> None:
    cause(agreed)
    code, mark = CAUSES[cause]
    told = dict(opened(agreed))
    assert told.keys() == {*BY_CODE, *PAGES}
    assert {name for name, door in told.items() if door.exit_code != 1} == set()
    assert {name for name in BY_CODE if code not in told[name].text} == set()
    assert {name for name in told if name != "doctor" and mark not in told[name].text} == set()
    tasks = [task for task in json.loads(told["reconcile"].text)["tasks"] if task["code"] == code]
    assert tasks, told["reconcile"].text
    for name in ("status", "/health"):
        known = json.loads(told[name].text)["tasks"]
        assert {task["id"] for task in tasks} <= {task["id"] for task in known}


def test_where_nothing_is_wrong_every_door_is_green(agreed: Lender) -> None:
    told = dict(opened(agreed))
    assert {name for name in BY_CODE[:6] if told[name].exit_code != 0} == set()
    for name in ("sync", "reconcile", "status", "/health"):
        document = json.loads(told[name].text)
        assert (document["verdict"], document["tasks"]) == ("clean", [])


def test_a_state_that_has_read_no_ledger_is_never_green(lender: Lender) -> None:
    lender.json("sync")
    lender.json("reconcile")
    states = [path for path in lender.folder.rglob("*.db*") if "inbox" not in path.parts]
    assert states
    for path in states:
        path.unlink()
    found = lender.json("reconcile", code=1)
    assert "ledger.never_read" in {task["code"] for task in found["tasks"]}
    causes = {item["cause"] for item in found["systems"]["quickbooks"]["items"]}
    assert "books.by_hand" not in causes


def test_an_answer_is_kept_until_the_fact_changes_and_can_be_taken_back(agreed: Lender) -> None:
    an_invoice_by_hand(agreed)
    (task,) = agreed.json("tasks", code=1)["tasks"]
    assert agreed.json("tasks", "answer", task["id"], "--note", "de su tienda") == {
        "answered": [task["id"]]
    }
    assert agreed.json("sync")["tasks"] == []
    assert agreed.json("reconcile")["result"] == "agrees_with_items"
    (kept,) = agreed.json("tasks")["answers"]
    assert (kept["note"], kept["task"]["code"]) == ("de su tienda", task["code"])
    assert agreed.run("tasks", "answer", task["id"])[0] == 2
    agreed.json("tasks", "reopen", task["id"])
    assert agreed.json("reconcile", code=1)["tasks"][0]["id"] == task["id"]
    assert agreed.run("tasks", "reopen", task["id"])[0] == 2


def test_what_can_only_be_put_right_takes_no_answer(agreed: Lender) -> None:
    a_closed_period(agreed)
    (task,) = agreed.json("sync", code=1)["tasks"]
    code, _, err = agreed.run("tasks", "answer", task["id"])
    assert code == 2
    assert "not settled by an answer" in err


def test_a_dropped_document_is_left_so_by_an_answer_or_sent_after_all(agreed: Lender) -> None:
    a_dropped_document(agreed)
    agreed.control("quickbooks/edit", action="reactivate", kind="customer", id=customer_id(agreed))
    (task,) = agreed.json("tasks", code=1)["tasks"]
    agreed.json("tasks", "answer", task["id"])
    assert agreed.json("reconcile")["result"] == "agrees_with_items"
    (entry,) = agreed.json("outbox", "list", "--state", "dropped")["entries"]
    agreed.json("outbox", "retry", str(entry["entry"]))
    assert agreed.json("sync")["systems"]["quickbooks"]["confirmed"] == 1
    assert agreed.json("reconcile")["result"] == "agrees"


def test_what_waits_behind_a_rejected_customer_is_told_with_it(lender: Lender) -> None:
    lender.deliver(two_loans())
    for debtor in two_loans()["debtors"]:
        lender.control("quickbooks/edit", action="add", kind="customer", name=debtor["name"])
    found = lender.json("sync", code=1)["tasks"]
    refused = [task for task in found if task["code"] == "outbox.rejected"]
    assert {task["subject"][:8] for task in refused} == {"DY7F3A-D"}
    pending = lender.json("status", code=1)["systems"]["quickbooks"]["outbox"]["pending"]
    assert sum(task["behind"]["count"] for task in refused) == pending > 0
    owed = lender.json("status", code=1)["owed"]["COP"]
    assert sum(Decimal(task["behind"]["amounts"]["COP"]) for task in refused) == Decimal(owed)


def test_a_by_hand_document_of_another_customer_is_no_task(agreed: Lender) -> None:
    wish = {"kind": "invoice", "number": "B-1", "amount": "500", "date": JOURNAL_DAY}
    hand(agreed, action="add", customer="Otra", **wish)
    found = agreed.json("reconcile")
    assert (found["result"], found["tasks"]) == ("agrees_with_items", [])
