"""Laws that no sequence of writes may break, attacked at random."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.clock import Clock
from bridge.sandbox.zoho import (
    applications,
    bookkeeper,
    creditnotes,
    invoices,
    journals,
    payments,
    people,
    refunds,
)
from bridge.sandbox.zoho.face import ZohoBooks
from bridge.sandbox.zoho.faults import Refused
from bridge.sandbox.zoho.organization import Organization
from tests.sandbox.zoho.client import DAY

RATES = ("216.73", "220.119", "3987.45")
STEPS = 40


def check(org: Organization) -> None:
    """The books balance, the rows say what the books say, and the control account what is owed."""
    books = org.books
    debits, credits = books.journal.trial_balance()
    assert debits == credits
    by_currency: dict[str, Decimal] = defaultdict(Decimal)
    home = ZERO
    for kept in books.documents.values():
        assert 0 <= kept.open <= kept.claim
        assert kept.open or not kept.home_open
        by_currency[kept.currency] += kept.side * kept.open
        home += kept.side * kept.home_open
    if org.settings.excess_account == "receivable":
        assert books.journal.balance(org.receivable_id) == home
        for currency, owed in by_currency.items():
            assert books.journal.balance_in(org.receivable_id, currency) == owed
    for row in org.tables["invoices"].rows.values():
        kept = books.documents.get(row["invoice_id"])
        if row["state"] == "sent":
            assert kept is not None
            assert row["balance"] == kept.open
        else:  # posts nothing; one that was void before it was sent is in no journal at all
            assert kept is None or kept.void
            assert row["balance"] == (row["total"] if row["state"] == "draft" else 0)
        settled = row["payment_made"] + row["credits_applied"] + row["write_off_amount"]
        assert row["state"] == "void" or row["balance"] + settled == row["total"]
    for row in org.tables["payments"].rows.values():
        assert row["unused_amount"] == books.documents[row["payment_id"]].open
    for row in org.tables["creditnotes"].rows.values():
        if row["state"] == "open":
            assert row["balance"] == books.documents[row["creditnote_id"]].open
    for contact_id in org.tables["contacts"].rows:
        owed, credit = people.amounts(org, contact_id)
        assert owed - credit == books.receivables.balance(contact_id)


class Dice:
    """Something that a client or a person might do, as the dice say."""

    def __init__(self, org: Organization, seed: int, customers: list[str]) -> None:
        self.org, self.customers = org, customers
        self.dice = random.Random(seed)
        self.moves = (
            *(self.invoice,) * 3,
            *(self.pay,) * 3,
            *(self.credit, self.apply_note, self.apply_excess, self.take_off) * 2,
            *(self.change_invoice, self.move_invoice, self.change_payment, self.move_note) * 2,
            *(self.refund, self.undo_refund, self.apply_journal, self.by_hand),
        )

    def roll(self) -> None:
        """Make one move; a refusal is fine as long as the laws hold."""
        self.customer = self.dice.choice(self.customers)
        self.amount = Decimal(self.dice.randint(1, 99_999)) / 100
        self.org.by_hand = self.dice.random() < 0.2
        try:
            self.dice.choice(self.moves)()
        except Refused:
            pass
        finally:
            self.org.by_hand = False

    def one(self, table: str) -> str:
        """The id of one of the customer's records; one that is not there when there is none."""
        ids = self.org.tables[table].ids("customer_id", self.customer)
        return self.dice.choice(ids) if ids else "none"

    def body(self, **more: Any) -> dict[str, Any]:
        rate = Decimal(self.dice.choice(RATES))
        return {"customer_id": self.customer, "date": DAY, "exchange_rate": rate, **more}

    def lines(self) -> list[dict[str, Any]]:
        items = list(self.org.tables["items"].rows)
        count = self.dice.randint(1, 3)
        return [{"item_id": self.dice.choice(items), "rate": self.amount} for _ in range(count)]

    def parts(self) -> list[dict[str, Any]]:
        owed = self.org.tables["invoices"].ids("customer_id", self.customer)
        some = self.dice.sample(owed, min(len(owed), self.dice.randint(0, 3)))
        return [{"invoice_id": row_id, "amount_applied": self.amount / 4} for row_id in some]

    def invoice(self) -> None:
        body = self.body(line_items=self.lines())
        invoices.create(self.org, body, send=self.dice.random() < 0.8)

    def credit(self) -> None:
        draft = self.dice.random() < 0.2
        creditnotes.create(self.org, self.body(line_items=self.lines(), is_draft=draft))

    def payment(self) -> dict[str, Any]:
        money = {"amount": self.amount, "payment_mode": "cash", "bank_charges": ZERO}
        return self.body(**money, invoices=self.parts())

    def pay(self) -> None:
        payments.create(self.org, self.payment())

    def apply_note(self) -> None:
        creditnotes.apply(self.org, self.one("creditnotes"), {"invoices": self.parts()})

    def apply_excess(self) -> None:
        part = {"payment_id": self.one("payments"), "amount_applied": self.amount / 5}
        body = {"invoice_payments": [part]}
        creditnotes.apply_credits(self.org, self.one("invoices"), body)

    def take_off(self) -> None:
        for use in applications.of_invoice(self.org, self.one("invoices"))[:1]:
            if use["source"] == applications.PAYMENT:
                payments.remove_from_invoice(self.org, use)
            elif use["source"] != applications.WRITE_OFF:
                applications.undo(self.org, use)

    def change_invoice(self) -> None:
        invoices.update(self.org, self.one("invoices"), self.body(line_items=self.lines()))

    def move_invoice(self) -> None:
        move = self.dice.choice(
            [
                invoices.void,
                invoices.delete,
                invoices.write_off,
                invoices.cancel_write_off,
                invoices.to_draft,
                invoices.mark_sent,
            ]
        )
        move(self.org, self.one("invoices"))

    def change_payment(self) -> None:
        if self.dice.random() < 0.5:
            payments.delete(self.org, self.one("payments"))
        else:
            payments.update(self.org, self.one("payments"), self.payment())

    def move_note(self) -> None:
        note = self.one("creditnotes")
        if self.dice.random() < 0.5:
            self.dice.choice([creditnotes.void, creditnotes.delete])(self.org, note)
        else:
            creditnotes.set_state(self.org, note, self.dice.choice(["open", "draft"]))

    def refund(self) -> None:
        table = self.dice.choice(["payments", "creditnotes"])
        account = self.org.account_named("Bank COP")
        back = {"date": DAY, "amount": self.amount / 3, "from_account_id": account}
        refunds.create(self.org, table, self.one(table), back)

    def undo_refund(self) -> None:
        row = self.org.row("refunds", self.one("refunds"))
        refunds.delete(self.org, row["credit_id"], row["refund_id"])

    def apply_journal(self) -> None:
        (row,) = self.org.tables["journals"].rows.values()
        part = {"invoice_id": self.one("invoices"), "amount_applied": Decimal(2)}
        line_id = row["line_items"][1]["line_id"]
        journals.apply(self.org, row["journal_id"], line_id, {"invoices": [part]})

    def by_hand(self) -> None:
        kind = self.dice.choice(["invoice", "receipt", "credit_note"])
        table, number = bookkeeper.KINDS[kind]
        wanted = {"amount": str(self.amount)}
        if self.dice.random() < 0.3:
            wanted = {"customer": self.dice.choice(self.customers)}
        wish = {"action": "edit", "kind": kind, "id": self.one(table), "set": wanted}
        try:
            bookkeeper.follow(self.org, wish)
        except bookkeeper.Misunderstood:
            assert wish["id"] == "none", number


def live(seed: int, switches: dict[str, Any]) -> ZohoBooks:
    """Live through forty random steps; the laws hold after each of them."""
    face = ZohoBooks(Clock(), fast=True)
    face.change_settings(switches)
    org = face.org
    mexican = {"contact_name": "Lupe", "currency_id": org.currency_by_code("MXN")["currency_id"]}
    customers = [
        people.create(org, {"contact_name": "Ana"})["contact_id"],
        people.create(org, mexican)["contact_id"],
    ]
    _journal(org, customers[0])
    dice = Dice(org, seed, customers)
    for _ in range(STEPS):
        dice.roll()
        check(org)
    return face


def _journal(org: Organization, customer: str) -> None:
    sides = (("Bank COP", "debit", ""), ("Accounts Receivable", "credit", customer))
    lines = [
        {
            "account_id": org.account_named(name),
            "debit_or_credit": side,
            "amount": Decimal(7),
            "customer_id": who,
        }
        for name, side, who in sides
    ]
    journals.write(org, {"journal_date": DAY, "line_items": lines})


SWITCHES = st.fixed_dictionaries(
    {
        "excess_account": st.sampled_from(["receivable", "unearned_revenue"]),
        "removed_invoice_payment": st.sampled_from(["excess", "reduce"]),
        "price_precision": st.sampled_from([0, 2]),
        "read_lag_s": st.sampled_from([0, 30]),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), switches=SWITCHES)
def test_the_books_balance_whatever_is_written_and_survive_a_restart(
    seed: int, switches: dict[str, Any]
) -> None:
    face = live(seed, switches)
    other = ZohoBooks(Clock(), fast=True)
    other.load(face.save())
    assert other.books() == face.books()
    check(other.org)


@settings(max_examples=30, deadline=None)
@given(
    parts=st.lists(st.decimals("0.01", "9999.99", places=2), min_size=1, max_size=6),
    rate=st.sampled_from(RATES),
)
def test_a_fully_settled_foreign_invoice_leaves_no_cent(parts: list[Decimal], rate: str) -> None:
    face = ZohoBooks(Clock(), fast=True)
    org = face.org
    currency = org.currency_by_code("MXN")["currency_id"]
    customer = people.create(org, {"contact_name": "Lupe", "currency_id": currency})["contact_id"]
    line = {"item_id": next(iter(org.tables["items"].rows)), "rate": sum(parts, ZERO)}
    body = {"customer_id": customer, "date": DAY, "line_items": [line]}
    body["exchange_rate"] = Decimal("216.7319")
    owed = invoices.create(org, body, send=True)["invoice_id"]
    for part in parts:
        applied = [{"invoice_id": owed, "amount_applied": part}]
        payment = {"customer_id": customer, "date": DAY, "amount": part, "payment_mode": "cash"}
        payments.create(org, {**payment, "exchange_rate": Decimal(rate), "invoices": applied})
    assert org.tables["invoices"][owed]["balance"] == 0
    assert org.books.journal.balance(org.receivable_id) == 0
    check(org)
