"""Which account money goes to, at which rate, and what of a payment its document says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError

from bridge.core.books import Application, Invoice, Kind, PostedDocument, Receipt, Sale, with_uses
from bridge.core.ledger import AdjustmentKind
from bridge.core.loan.translate import translate
from bridge.core.mapping.booking import Booking, resolve
from tests.core.builders import (
    ITEMS,
    LIMITS,
    START,
    Shelf,
    account,
    adjusted,
    booking,
    chart,
    file,
    loan,
    mapping,
    paid,
)

BANK, BANK_MXN = "7", "8"


@pytest.mark.parametrize("field", ["collector", "route", "store"])
@pytest.mark.parametrize(
    ("of_payment", "of_loan", "where"),
    [("Ana", "", "1100"), ("", "Ana", "1100"), ("Luis", "Ana", "1000"), ("", "", "1000")],
)
def test_a_payment_says_who_took_it_else_its_loan_does(
    field: str, of_payment: str, of_loan: str, where: str
) -> None:
    """`1100` is told by the collector, route or store; `1000` takes the rest."""
    rules: list[dict[str, Any]] = [{"account": "1100", field: ["Ana"]}, {"account": "1000"}]
    book = booking(deposits=rules)
    named = loan(**{field: of_loan})
    found = book.deposit_account(named, paid(1, "500", **{field: of_payment}))
    assert found == {"1100": "1", "1000": BANK}[where]


def test_an_account_that_is_not_there_is_a_problem_and_no_crash() -> None:
    rules = [{"account": "9999"}, {"account": "1000"}]
    made, problems = resolve(mapping(deposits=rules), chart(), LIMITS, "mappings/test.toml")
    assert made is None
    assert any("9999" in f"{problem}" for problem in problems)


@pytest.mark.parametrize(("day", "asked"), [(date(2025, 12, 31), True), (date(2026, 1, 1), False)])
def test_the_books_are_asked_for_a_rate_where_they_are_to_be_and_the_mapping_has_none(
    day: date, asked: bool
) -> None:
    rates = [{"from": date(2026, 1, 1), "rate": Decimal("215.40")}]
    told = booking(currencies={"MXN": {"rates": rates, "source": "books"}})
    assert told.asks_books_for_rate("MXN", day) is asked
    assert not booking().asks_books_for_rate("MXN", day)
    assert not told.asks_books_for_rate("USD", day)


def at_home(**changes: Any) -> Booking:
    """Where a sale is booked in the currency of the account that its money goes to."""
    made = booking(**changes)
    limits = msgspec.structs.replace(LIMITS, sales_in_account_currency=True)
    currencies = {BANK: "COP", BANK_MXN: "MXN"}
    return msgspec.structs.replace(made, limits=limits, deposit_currencies=currencies)


def test_income_is_worth_at_home_where_its_account_is_kept_in_that() -> None:
    book = at_home()
    assert book.is_worth_at_home(BANK, "MXN")
    assert not book.is_worth_at_home(BANK_MXN, "MXN")
    assert not book.is_worth_at_home(BANK, "COP")
    plain = msgspec.structs.replace(book, limits=LIMITS)
    assert not plain.is_worth_at_home(BANK, "MXN")


@pytest.mark.parametrize(
    ("where", "currency", "total"), [("1000", "COP", "215400.00"), ("1001", "MXN", "1000")]
)
def test_a_foreign_recovery_is_in_its_accounts_currency_and_says_how_it_was_worked_out(
    where: str, currency: str, total: str
) -> None:
    of = file(
        loan(currency="MXN"),
        adjusted(1, AdjustmentKind.WRITE_OFF, "120000", date(2026, 9, 1)),
        paid(2, "1000", date(2026, 9, 5)),
    )
    rules = [{"account": where, "currency": ["MXN"]}, {"account": "1000"}]
    made = translate(of, at_home(deposits=rules), [])
    (sale,) = [document for document in made.documents if isinstance(document, Sale)]
    (line,) = sale.lines
    assert (sale.currency, sale.total) == (currency, Decimal(total))
    assert ("1000 MXN × 215.40" in line.description) is (currency == "COP")


def test_at_home_a_recovery_says_nothing_of_rates() -> None:
    of = file(
        loan(),
        adjusted(1, AdjustmentKind.WRITE_OFF, "120000", date(2026, 9, 1)),
        paid(2, "1000", date(2026, 9, 5)),
    )
    made = translate(of, at_home(), [])
    (sale,) = [document for document in made.documents if isinstance(document, Sale)]
    assert (sale.currency, sale.total) == ("COP", Decimal(1000))
    assert "×" not in sale.lines[0].description


def test_a_memo_may_say_the_ticket_and_the_method_of_a_payment() -> None:
    book = booking(memos={"receipt": "{ticket} {method} {concept}"})
    rows = [paid(1, "500", ticket="T-9", concept="abono")]
    (receipt,) = [
        document
        for document in translate(file(loan(), *rows), book, []).documents
        if isinstance(document, Receipt)
    ]
    assert receipt.memo == "T-9 cash abono"


def test_a_line_may_say_what_its_own_row_does() -> None:
    lines = {purpose: {"item": purpose} for purpose in ITEMS}
    lines["discount"] = {"item": "discount", "description": "{concept} {date}"}
    lines["principal"] = {"item": "principal", "description": "{concept} {date}"}
    less = adjusted(5, AdjustmentKind.DISCOUNT, "400", date(2026, 9, 2), concept="Rebaja")
    book = booking(lines=lines, internal_note="")
    made = translate(file(loan(concept="Nevera"), less), book, [])
    told = {
        line.purpose: line.description
        for document in made.documents
        for line in getattr(document, "lines", ())
    }
    assert told["principal"] == "Nevera 2026-08-03"
    assert told["discount"] == "Rebaja 2026-09-02"


def test_a_payment_has_the_dimension_of_its_own_store_and_the_loan_that_of_the_loan() -> None:
    book = booking()
    rule = mapping(tags={"class": {"from": "store", "values": {"A": "Norte", "B": "Sur"}}})
    book = msgspec.structs.replace(book, mapping=rule, tags={"class": {"A": "1", "B": "2"}})
    made = translate(file(loan(store="A"), paid(1, "500", store="B")), book, []).documents
    tags = {document.kind: document.tags for document in made}
    assert tags[Kind.INVOICE] == (("class", "1"),)
    assert tags[Kind.RECEIPT] == (("class", "2"),)


def test_a_running_account_without_a_due_date_is_due_after_thirty_days() -> None:
    (invoice,) = translate(file(account()), booking(), []).documents
    assert isinstance(invoice, Invoice)
    assert (invoice.due - START).days == 30


@pytest.mark.parametrize(("ours", "theirs"), [(False, False), (True, False), (False, True)])
def test_credit_stays_credit_whoever_says_so(ours: bool, theirs: bool) -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500")))
    receipt = shelf.bindings["DY7F3A-P1"].document
    assert isinstance(receipt, Receipt)
    posted = PostedDocument(kind=Kind.RECEIPT, external_id="1", version="1", on_account=theirs)
    used = (Application("DY7F3A-L84", Decimal(5)),)
    made = with_uses(msgspec.structs.replace(receipt, on_account=ours), used, posted)
    assert isinstance(made, Receipt)
    assert (made.on_account, made.applications) == (ours or theirs, used)


def test_a_loan_whose_currency_was_wrong_is_posted_anew_in_the_right_one() -> None:
    for first, then in (("COP", "MXN"), ("MXN", "COP")):
        shelf = Shelf()
        shelf.sync(file(loan(currency=first)))
        assert shelf.sync(file(loan(currency=then))) == [
            "void DY7F3A-L84",
            "create DY7F3A-L84.2",
        ]


def test_behind_a_lock_another_currency_is_held() -> None:
    for first, then in (("COP", "MXN"), ("MXN", "COP")):
        shelf = Shelf()
        shelf.sync(file(loan(currency=first)))
        shelf.booking = booking(locked=date(2026, 9, 30))
        assert shelf.sync(file(loan(currency=then))) == []
        assert shelf.last is not None
        assert {hold.code for hold in shelf.last.holds} == {"books.period_closed"}


@pytest.mark.parametrize(("first", "then"), [("COP", "MXN"), ("MXN", "COP")])
def test_behind_a_lock_a_customer_of_every_currency_keeps_its_loan_in_the_old_one(
    first: str, then: str
) -> None:
    """Where one customer has documents in any currency, the loan's own currency still tells."""
    limits = msgspec.structs.replace(LIMITS, one_currency_per_customer=False)
    shelf = Shelf(msgspec.structs.replace(booking(), limits=limits))
    shelf.sync(file(loan(currency=first)))
    shelf.booking = msgspec.structs.replace(booking(locked=date(2026, 9, 30)), limits=limits)
    assert shelf.sync(file(loan(currency=then), paid(1, "500", date(2026, 10, 5)))) == []
    assert shelf.last is not None
    assert {hold.code for hold in shelf.last.holds} == {"books.period_closed"}


def test_a_mapping_is_what_it_was_when_it_was_read() -> None:
    with pytest.raises(ValidationError):
        mapping().interest = "as_due"
