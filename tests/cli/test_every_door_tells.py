"""Whatever keeps the verdict from green is told at every door: each cause × each door.

A cause is made on a lender with two loans whose books agree; then every door is opened, and each
must tell it whole: what it is (a code, or its words in the page's language), which row or document,
the amount as that form writes it, file and row, and the exit code.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.clock import SystemClock
from bridge.core.money import NO_CURRENCY
from bridge.core.tie_out.verdict import Result
from bridge.report.texts import texts
from bridge.sandbox.server import SandboxServer
from tests.cli import wrongs
from tests.cli.doors import LANGUAGES, Fact, codes, health, opened, silent, wrong_exit_codes
from tests.cli.small_lender import Lender, lender_in
from tests.cli.wrongs import INVOICE, JOURNAL_DAY, customer_id, hand, two_loans


class Kept:
    """A sandbox and a folder, made once, as they were when all agreed, for every test."""

    def __init__(self, folder: Path, sandbox: SandboxServer) -> None:
        self.folder, self.sandbox = folder, sandbox
        self._books = b""

    def bring_back(self, capsys: Any) -> Lender:
        """The lender, in the folder that commands run in."""
        face, aside = self.sandbox.faces["quickbooks"], self.folder.with_name("aside")
        if self._books:
            face.load(self._books)
            for path in self.folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            shutil.copytree(aside, self.folder, dirs_exist_ok=True)
            return Lender(self.folder, self.sandbox, capsys, "quickbooks")
        lender = lender_in(self.folder, self.sandbox, capsys)
        lender.deliver(two_loans())
        assert lender.json("sync")["tasks"] == []
        assert lender.json("reconcile")["result"] == "agrees"
        shutil.copytree(self.folder, aside)
        self._books = face.save()
        return lender


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("lender") / "here"
    folder.mkdir()
    with SandboxServer(fast=True) as sandbox:
        yield Kept(folder, sandbox)


@pytest.fixture
def agreed(kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Lender:
    """Two loans, posted and compared: nothing waits for anybody."""
    monkeypatch.chdir(kept.folder)
    return kept.bring_back(capsys)


DEBTS, MOVEMENTS = "deudores_snapshot.json debts", "deudores_snapshot.json movements"
DEBTORS = "deudores_snapshot.json debtors"


def row(code: str, subject: str, number: int, amount: str = "0", currency: str = "COP") -> Fact:
    """A fact about a row of the ledger."""
    file = DEBTS if subject.startswith(("loan", "borrower")) else MOVEMENTS
    if amount == "0" and currency == "COP":
        currency = ""
    return Fact(code, subject, amount, currency, file, number)


def document(code: str, reference: str, amount: str = "0", number: int = 0) -> Fact:
    """A fact about a document in the books, ours with the row that it was made of."""
    file = {"L": DEBTS, "P": MOVEMENTS, "D": DEBTORS}.get(reference[7:8], "") if number else ""
    return Fact(code, reference, amount, "COP", file, number)


CAUSES: dict[Callable[[Lender], None], tuple[Fact, ...]] = {
    wrongs.an_unread_row: (row("amount.unreadable", "movement:9001", 4),),
    wrongs.five_unread_rows_of_six: tuple(
        row("amount.unreadable", f"loan:{9001 + n}", 3 + n) for n in range(5)
    ),
    wrongs.an_unknown_currency: (
        row("loan.currency_unknown", "loan:9001", 3, "720000", NO_CURRENCY),
    ),
    wrongs.a_missing_rate: (row("rate.missing", "loan:9001", 3, "720000", "MXN"),),
    wrongs.an_edited_amount: (row("loan.amount_edited", "loan:61", 1, "40000"),),
    wrongs.a_loan_of_an_unknown_borrower: (row("loan.orphan", "loan:9001", 3, "720000"),),
    wrongs.a_payment_of_an_unknown_loan: (
        row("movement.orphan", "movement:9001", 4, "-1000", NO_CURRENCY),
    ),
    wrongs.a_closed_period: (row("books.period_closed", "movement:9001", 4, "-1000"),),
    wrongs.a_refused_delivery: (Fact("delivery.refused", "file:inbox", file="inbox"),),
    wrongs.an_old_ledger: (Fact("delivery.old", "file:inbox", file="inbox"),),
    wrongs.a_rejected_document: (document("outbox.rejected", "DY7F3A-P9001", "-1000", 4),),
    wrongs.a_dropped_document: (document("outbox.dropped", "DY7F3A-P9001", "-1000", 4),),
    wrongs.a_rejected_customer: (
        Fact("outbox.rejected", "DY7F3A-D901", "0", "COP", DEBTORS, 3, behind=1),
    ),
    wrongs.a_plan_over_the_limits: (Fact("pass.unsafe_plan"),),
    wrongs.books_that_rest: (
        Fact("pass.resting"),
        row("run.undone", "loan:84", 2, "720000"),
    ),
    wrongs.a_customer_who_owes_made_inactive: (
        document("customer.inactive", "DY7F3A-D57", "0", 2),
    ),
    wrongs.an_edited_document: (document("books.edited", INVOICE, "1000", 2),),
    wrongs.a_void_document: (document("books.voided", "DY7F3A-P396", "-320000", 1),),
    wrongs.a_deleted_document: (document("books.deleted", INVOICE, "720000", 2),),
    wrongs.an_unknown_document_with_our_number: (
        document("reference.unknown", "DY7F3A-L999", "-700"),
    ),
    wrongs.an_invoice_by_hand: (document("books.by_hand_on_borrower", "A-17", "-500"),),
    wrongs.a_receipt_by_hand: (document("books.by_hand_on_borrower", "A-18", "500"),),
    wrongs.a_credit_note_by_hand: (document("books.by_hand_on_borrower", "A-19", "500"),),
    wrongs.a_journal: (document("control.journal", "J-1", "-90"),),
    wrongs.a_journal_to_income: (document("principal.to_income", "J-2", "90"),),
    wrongs.clearing_made_income: (document("principal.is_income", "1310", "1400000"),),
    wrongs.an_item_put_on_income: (document("principal.is_income", "4010"),),
}
"""What goes wrong → everything that is then told of it at each door."""

ALSO = {
    wrongs.a_rejected_document: "customer.inactive",
    wrongs.a_dropped_document: "customer.inactive",
    wrongs.a_plan_over_the_limits: "ledger.not_planned",
}
"""What follows from it, and a comparison tells besides."""

IN_THE_SETTINGS = {wrongs.clearing_made_income, wrongs.an_item_put_on_income}
"""What keeps a pass from beginning, until the chart of accounts is put right. It is a person's task
all the same; `doctor`, which looks at the settings, says 78."""


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
def test_every_door_tells(agreed: Lender, cause: Callable[[Lender], None]) -> None:
    cause(agreed)
    facts = CAUSES[cause]
    told = dict(opened(agreed))
    assert silent(told, facts) == []
    assert wrong_exit_codes(told, 1, of_doctor=78 if cause in IN_THE_SETTINGS else 1) == {}
    also = [ALSO[cause]] if cause in ALSO else []
    known = sorted([*(fact.code for fact in facts), *also])
    for name, found in codes(told).items():
        assert found == ([each.code for each in facts] if name == "sync" and also else known), name


def test_where_nothing_is_wrong_every_door_is_green(agreed: Lender) -> None:
    told = dict(opened(agreed))
    assert wrong_exit_codes(told, 0) == {}
    assert set(map(tuple, codes(told).values())) == {()}
    for language in LANGUAGES:
        for form in ("html", "txt"):
            page, words = told[f"{language}.{form}"].text, texts(language)
            assert words("today_none") in page
            assert words.of("results", Result.AGREES) in page
            assert words.of("results", Result.DIFFERS) not in page


def test_a_refused_delivery_is_told_the_next_morning_too(
    agreed: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when nobody asks for it again: the comparison alone, which reads no ledger."""
    wrongs.a_refused_delivery(agreed)
    agreed.run("sync")
    now = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda clock: now(clock) + timedelta(days=1))
    told = dict(opened(agreed, "sync"))
    assert silent(told, CAUSES[wrongs.a_refused_delivery]) == []
    assert wrong_exit_codes(told, 1) == {}


def test_a_state_that_has_read_no_ledger_is_never_green(lender: Lender) -> None:
    lender.run("sync")
    lender.run("reconcile")
    states = [path for path in lender.folder.rglob("*.db*") if "inbox" not in path.parts]
    assert states
    for path in states:
        path.unlink()
    for verb in ("status", "tasks"):
        assert lender.run(verb)[0] != 0, verb
    assert [task["code"] for task in health(lender)["tasks"]] == ["ledger.never_read"]
    found = lender.json("reconcile", code=1)
    assert "ledger.never_read" in {task["code"] for task in found["tasks"]}
    causes = {item["cause"] for item in found["systems"]["quickbooks"]["items"]}
    assert "books.by_hand" not in causes


def test_an_answer_is_kept_until_the_fact_changes_and_can_be_taken_back(agreed: Lender) -> None:
    wrongs.an_invoice_by_hand(agreed)
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


def test_all_tasks_of_one_kind_are_answered_at_once(agreed: Lender) -> None:
    """A company whose bookkeeper has long invoiced the same people in another business."""
    for number in ("B-1", "B-2", "B-3"):
        wish = {"kind": "invoice", "number": number, "amount": "500", "date": JOURNAL_DAY}
        agreed.control("quickbooks/edit", action="add", customer=wrongs.borrower(agreed), **wish)
    wrongs.a_journal(agreed)
    kind = ("--code", "books.by_hand_on_borrower")
    for wrong in (
        (),
        ("--system", "quickbooks"),
        ("--code", "books.edited"),
        (*kind, "--system", "xero"),
        (*kind, "1f0c44a9"),
    ):
        assert agreed.run("tasks", "answer", *wrong)[0] == 2
    told = agreed.json("tasks", "answer", *kind, "--system", "quickbooks", "--note", "su tienda")
    assert len(told["answered"]) == 3
    after = agreed.json("tasks", code=1)
    assert [task["code"] for task in after["tasks"]] == ["control.journal"]
    assert {answer["note"] for answer in after["answers"]} == {"su tienda"}


def test_no_task_is_answered_when_one_of_the_kind_takes_no_answer(agreed: Lender) -> None:
    wrongs.five_unread_rows_of_six(agreed)
    wrongs.hand(agreed, action="delete", kind="invoice", number=INVOICE)
    assert agreed.run("tasks", "answer", "--code", "books.deleted")[0] == 2
    assert agreed.json("tasks", code=1)["answers"] == []
    assert len(agreed.json("tasks", "answer", "--code", "amount.unreadable")["answered"]) == 5


def test_what_can_only_be_put_right_takes_no_answer(agreed: Lender) -> None:
    wrongs.a_closed_period(agreed)
    (task,) = agreed.json("sync", code=1)["tasks"]
    code, _, err = agreed.run("tasks", "answer", task["id"])
    assert code == 2
    assert "not settled by an answer" in err


def test_a_dropped_document_is_left_so_by_an_answer_or_sent_after_all(agreed: Lender) -> None:
    wrongs.a_dropped_document(agreed)
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
