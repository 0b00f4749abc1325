"""What can go wrong with a small lender whose books agreed: each made once, for every door."""

from __future__ import annotations

from typing import Any

import requests

from tests.cli.small_lender import Lender, small_ledger

LOANS = (61, 84)
INVOICE = "DY7F3A-L84"
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


def loan(number: int, **other: Any) -> dict[str, Any]:
    """Another loan like the second, which nobody has paid on."""
    return {**two_loans()["debts"][1], "debt_id": number, **other}


def lent_more(lender: Lender, *loans: dict[str, Any]) -> None:
    ledger = two_loans()
    ledger["debts"] += loans
    lender.deliver(counted(ledger))


def payment(number: int, amount: Any = 1000.0, debt: int = 84) -> dict[str, Any]:
    row = next(m for m in small_ledger()["movements"] if m["type"] == "PAYMENT")
    return {**row, "movement_id": number, "debt_id": debt, "amount": amount, "date": "2026-11-18"}


def paid_more(lender: Lender, number: int = 9001) -> None:
    """A payment of 1,000 on the second loan, whose balance the ledger tells with it."""
    ledger = two_loans()
    ledger["movements"].append(payment(number))
    ledger["debts"][1]["remaining"] -= 1000
    lender.deliver(counted(ledger))


def hand(lender: Lender, **wish: Any) -> None:
    """What a bookkeeper does, and the comparison that sees it: a pass by itself does not."""
    lender.control("quickbooks/edit", **wish)
    lender.run("reconcile")


def books(lender: Lender) -> dict[str, Any]:
    url = f"{lender.sandbox.url}/_sandbox/quickbooks/books"
    found: dict[str, Any] = requests.get(url, timeout=60).json()
    return found


def borrower(lender: Lender) -> str:
    """The name in the books of the borrower of loan 84."""
    return next(str(d["customer"]) for d in books(lender)["documents"] if d["number"] == INVOICE)


def customer_id(lender: Lender, invoice: str = INVOICE) -> str:
    posted = {each["reference"]: each for each in lender.json("export")["documents"]}
    return str(posted[posted[invoice]["customer"]]["external_id"])


def rewrite(lender: Lender, old: str, new: str) -> None:
    """Change the settings."""
    path = lender.folder / "bridge.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# ── the ledger ───────────────────────────────────────────────────────────────────────────────


def an_unread_row(lender: Lender) -> None:
    ledger = two_loans()
    ledger["movements"].append(payment(9001, amount="no sé"))
    lender.deliver(counted(ledger))


def five_unread_rows_of_six(lender: Lender) -> None:
    ledger = two_loans()
    ledger["debts"] = [*ledger["debts"], *(loan(n, amount="?") for n in range(9001, 9006))]
    ledger["debts"].append(loan(9006))
    lender.deliver(counted(ledger))
    lender.run("sync")


def an_unknown_currency(lender: Lender) -> None:
    lent_more(lender, loan(9001, currency="ZZZ"))


def a_missing_rate(lender: Lender) -> None:
    """The mapping's rates of Mexico's peso begin with the year."""
    lent_more(lender, loan(9001, currency="MXN", created_on="2025-12-30", due_on="2026-03-01"))


def an_edited_amount(lender: Lender) -> None:
    """Of a loan that was paid: its invoice stays, and a person says what the difference is."""
    ledger = two_loans()
    edited = {"amount": 1000000.0, "remaining": 40000.0, "is_paid": False, "status": "OPEN"}
    told = {"principal": None, "interest_pct": None, "instalments": None, "instalment_amount": None}
    ledger["debts"][0] |= edited | told
    lender.deliver(counted(ledger))


def a_loan_of_an_unknown_borrower(lender: Lender) -> None:
    lent_more(lender, loan(9001, debtor_id=777))


def a_payment_of_an_unknown_loan(lender: Lender) -> None:
    ledger = two_loans()
    ledger["movements"].append(payment(9001, debt=777))
    lender.deliver(counted(ledger))


def a_closed_period(lender: Lender) -> None:
    lender.control("quickbooks/edit", action="lock", date="2026-12-31")
    paid_more(lender)


def a_refused_delivery(lender: Lender) -> None:
    lender.deliver(counted(two_loans() | {"debts": [], "movements": []}))


def an_old_ledger(lender: Lender) -> None:
    rewrite(lender, "max_age_days = 36500", "max_age_days = 3")


# ── our writes ───────────────────────────────────────────────────────────────────────────────


def a_rejected_document(lender: Lender) -> None:
    lender.control("quickbooks/edit", action="inactivate", kind="customer", id=customer_id(lender))
    paid_more(lender)


def a_dropped_document(lender: Lender) -> None:
    a_rejected_document(lender)
    lender.run("sync")
    (entry,) = lender.json("outbox", "list", "--state", "rejected")["entries"]
    lender.json("outbox", "drop", str(entry["entry"]))


def a_rejected_customer(lender: Lender) -> None:
    """Somebody else of the borrower's name is in the books already: the loan waits behind."""
    ledger = two_loans()
    person = {**ledger["debtors"][0], "debtor_id": 901, "name": "Ana Prueba"}
    ledger["debtors"].append(person)
    ledger["debts"].append(loan(9001, debtor_id=901))
    lender.deliver(counted(ledger))
    lender.control("quickbooks/edit", action="add", kind="customer", name=person["name"])


def a_plan_over_the_limits(lender: Lender) -> None:
    rewrite(lender, "documents = 100000", "documents = 1")
    lent_more(lender, loan(9001), loan(9002))


def books_that_rest(lender: Lender) -> None:
    run = lender.json("history")["runs"][-1]["run"]
    lender.run("undo", str(run))


# ── other people's work in the books ─────────────────────────────────────────────────────────


def a_customer_who_owes_made_inactive(lender: Lender) -> None:
    hand(lender, action="inactivate", kind="customer", id=customer_id(lender))


def an_edited_document(lender: Lender) -> None:
    hand(lender, action="edit", kind="invoice", number=INVOICE, set={"amount": "719000"})


def a_void_document(lender: Lender) -> None:
    row = next(m for m in two_loans()["movements"] if m["type"] == "PAYMENT")
    hand(lender, action="void", kind="receipt", number=f"DY7F3A-P{row['movement_id']}")


def a_deleted_document(lender: Lender) -> None:
    hand(lender, action="delete", kind="invoice", number=INVOICE)


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


def clearing_made_income(lender: Lender) -> None:
    where = {"kind": "account", "name": "Loan clearing"}
    hand(lender, action="retype", type="Income", **where)


def an_item_put_on_income(lender: Lender) -> None:
    hand(lender, action="retarget", kind="item", name="Loan principal", account="Services")


def a_journal_to_income(lender: Lender) -> None:
    lines = [{"account": "Loan clearing", "debit": "90"}, {"account": "Services", "credit": "90"}]
    wish = {"kind": "journal", "number": "J-2", "date": JOURNAL_DAY}
    hand(lender, action="add", lines=lines, **wish)
