"""Foreign money into a bank account at home, where the books take none that settles nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.books import Kind, Receipt
from bridge.core.ledger import AdjustmentKind, Loan
from bridge.core.mapping.booking import Booking
from tests.core.builders import Shelf, adjusted, booking, file, loan, paid

HOME_BANK = {"deposits": [{"account": "1000"}]}


def company(**rules: object) -> Booking:
    """Xero's ways: a receipt settles one invoice, a bank account tells money in its currency."""
    book = booking(**(HOME_BANK | rules))
    limits = msgspec.structs.replace(
        book.limits,
        receipt_parts=True,
        sales_in_account_currency=True,
        updates=frozenset(Kind) - {Kind.RECEIPT},
    )
    return msgspec.structs.replace(book, limits=limits)


def receipts(shelf: Shelf) -> dict[str, Decimal]:
    posted = (b.document for b in shelf.live())
    return {d.reference: d.total for d in posted if isinstance(d, Receipt)}


def holds(shelf: Shelf) -> list[tuple[str, str, Decimal]]:
    assert shelf.last is not None
    return [(h.code, h.subject, h.amount) for h in shelf.last.holds]


def mexican(gross: str = "100") -> Loan:
    """A loan in Mexican pesos; `gross` is with what was charged since."""
    return loan(gross, None, currency="MXN")


def test_what_settles_is_posted_and_only_the_rest_is_held() -> None:
    shelf = Shelf(company())
    shelf.sync(file(mexican(), paid(1, "130")))
    assert receipts(shelf) == {"DY7F3A-P1": Decimal(100)}
    assert holds(shelf) == [("books.no_credit", "movement:1", Decimal(-30))]
    assert shelf.sync(file(mexican(), paid(1, "130"))) == []


def test_to_the_cent_nothing_is_held() -> None:
    shelf = Shelf(company())
    shelf.sync(file(mexican(), paid(1, "100.00")))
    assert (receipts(shelf), holds(shelf)) == ({"DY7F3A-P1": Decimal(100)}, [])
    shelf = Shelf(company())
    shelf.sync(file(mexican(), paid(1, "100.01")))
    assert holds(shelf) == [("books.no_credit", "movement:1", Decimal("-0.01"))]


def test_a_bank_account_in_the_currency_and_money_at_home_are_credit_as_ever() -> None:
    ours = Shelf(company(deposits=[{"account": "1001", "currency": ["MXN"]}, {"account": "1000"}]))
    ours.sync(file(mexican(), paid(1, "130")))
    assert receipts(ours) == {"DY7F3A-P1": Decimal(100), "DY7F3A-P1S2": Decimal(30)}
    home = Shelf(company())
    home.sync(file(loan("100", None), paid(1, "130")))
    assert sum(receipts(home).values()) == Decimal(130)
    assert holds(ours) == holds(home) == []


def test_an_account_that_is_no_bank_takes_it_as_a_credit_note() -> None:
    shelf = Shelf(company(deposits=[{"account": "1100"}]))
    shelf.sync(file(mexican(), paid(1, "130")))
    assert sum(receipts(shelf).values()) == Decimal(130)
    assert holds(shelf) == []


def test_the_rest_is_posted_when_the_mapping_names_a_bank_account_in_the_currency() -> None:
    shelf = Shelf(company())
    shelf.sync(file(mexican(), paid(1, "130")))
    shelf.booking = company(
        deposits=[{"account": "1001", "currency": ["MXN"]}, {"account": "1000"}]
    )
    shelf.sync(file(mexican(), paid(1, "130")))
    assert sum(receipts(shelf).values()) == Decimal(130)
    assert holds(shelf) == []


def test_what_comes_later_is_settled_by_what_is_paid_later() -> None:
    """The rest stays held: another payment settles the fee, and nobody's money is used twice."""
    shelf = Shelf(company())
    fee = adjusted(2, AdjustmentKind.LATE_FEE, "12", date(2026, 10, 1))
    later = paid(3, "12", date(2026, 10, 2))
    shelf.sync(file(mexican(), paid(1, "130")))
    shelf.sync(file(mexican("112"), paid(1, "130"), fee))
    assert receipts(shelf) == {"DY7F3A-P1": Decimal(100)}
    shelf.sync(file(mexican("112"), paid(1, "130"), fee, later))
    assert receipts(shelf) == {"DY7F3A-P1": Decimal(100), "DY7F3A-P3": Decimal(12)}
    assert holds(shelf) == [("books.no_credit", "movement:1", Decimal(-30))]


def test_a_fee_of_the_same_day_that_arrives_late_is_settled_by_it() -> None:
    """Day by day or at once: the same sum; what is posted already stays as it is."""
    fee = adjusted(2, AdjustmentKind.LATE_FEE, "12", date(2026, 9, 1))
    daily = Shelf(company())
    daily.sync(file(mexican(), paid(1, "130")))
    daily.sync(file(mexican("112"), paid(1, "130"), fee))
    once = Shelf(company())
    once.sync(file(mexican("112"), paid(1, "130"), fee))
    assert receipts(daily) == {"DY7F3A-P1": Decimal(100), "DY7F3A-P1S2": Decimal(12)}
    assert sum(receipts(once).values()) == Decimal(112)
    assert holds(daily) == holds(once) == [("books.no_credit", "movement:1", Decimal(-18))]


def test_in_a_closed_month_what_is_posted_stays_and_the_rest_is_still_told_as_what_it_is() -> None:
    shelf = Shelf(company())
    shelf.sync(file(mexican(), paid(1, "130")))
    shelf.booking = company(locked=date(2026, 9, 30))
    assert shelf.sync(file(mexican(), paid(1, "130"))) == []
    assert holds(shelf) == [("books.no_credit", "movement:1", Decimal(-30))]


def test_an_edit_to_what_is_owed_ends_the_question() -> None:
    shelf = Shelf(company())
    shelf.sync(file(mexican(), paid(1, "130")))
    shelf.sync(file(mexican(), paid(1, "100")))
    assert sum(receipts(shelf).values()) == Decimal(100)
    assert holds(shelf) == []


def test_once_a_person_left_a_receipt_what_is_paid_more_is_one_question() -> None:
    shelf = Shelf(company())
    shelf.sync(file(mexican(), paid(1, "130")))
    shelf.accept("DY7F3A-P1")
    shelf.sync(file(mexican(), paid(1, "130")))
    assert shelf.sync(file(mexican(), paid(1, "150"))) == []
    assert holds(shelf) == [("books.drifted", "document:DY7F3A-P1", Decimal(-20))]
