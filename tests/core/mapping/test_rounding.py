"""What the bridge works out is in what is paid in the currency; the last part takes the rest."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.books import Company, Invoice, Receipt
from bridge.core.ledger import AdjustmentKind
from bridge.core.loan.lending import split
from bridge.core.loan.translate import translate
from bridge.core.mapping.mapping_file import Policies
from bridge.core.mapping.rounding import Rounding, earlier_roundings, rounding_of
from bridge.core.money import EXPONENTS
from bridge.source.deudores.owing import interest_within
from bridge.source.deudores.rows import interest_of
from tests.core.builders import LIMITS, Shelf, adjusted, booking, file, loan, paid

WHOLE = {"COP": Decimal(1), "CLP": Decimal(1), "PYG": Decimal(1)}
"""What is paid in; every other currency is paid to the cent (ledger_sources.md §7.2)."""
CURRENCIES = sorted(set(EXPONENTS) - {"XXX"})
SHAPES = [
    {"invoice_per": per, "interest": interest}
    for per, interest in itertools.product(("loan", "instalment"), ("upfront", "as_due"))
]
SPLITS: dict[str, dict[str, Any]] = {
    "interest": {"principal": "100000"},
    "insurance": {
        "principal": "100000",
        "interest": Decimal(15000),
        "insurance": Decimal(5000),
    },
    "by rate": {"principal": None},
}


def _booking(currency: str, **changes: Any) -> Any:
    made = booking(**changes)
    company = msgspec.structs.replace(
        made.company, home_currency=currency, currencies=(currency,), multicurrency=False
    )
    return msgspec.structs.replace(made, company=company)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: "-".join(s.values()))
@pytest.mark.parametrize("parts", SPLITS.values(), ids=SPLITS)
@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_invoice_is_in_what_is_paid_in_its_currency(
    currency: str, parts: dict[str, Any], shape: dict[str, str]
) -> None:
    policies = {"no_split": "interest_rate", "no_split_rate": "17"}
    book = _booking(currency, policies=policies, **shape)
    lent = loan("120000", **parts, currency=currency, instalments=7, frequency="weekly")
    made = translate(file(lent), book, ())
    invoices = [d for d in made.documents if isinstance(d, Invoice)]
    unit = WHOLE.get(currency, Decimal("0.01"))
    assert sum(invoice.total for invoice in invoices) == 120000
    assert [line for i in invoices for line in i.lines if line.amount % unit] == []
    if shape["invoice_per"] == "instalment":
        principal = [i.total for i in invoices if "I" in i.reference]
        assert len(set(principal[:-1])) <= (1 if shape["interest"] == "upfront" else 2)
        assert principal[-1] <= principal[0]


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_repayment_in_parts_is_split_by_whole_amounts(currency: str) -> None:
    limits = msgspec.structs.replace(LIMITS, receipt_parts=True)
    book = msgspec.structs.replace(_booking(currency, invoice_per="instalment"), limits=limits)
    lent = loan("120000", currency=currency, instalments=7, frequency="weekly")
    made = translate(file(lent, paid(1, "50000"), paid(2, "90000")), book, ())
    receipts = [d for d in made.documents if isinstance(d, Receipt)]
    unit = WHOLE.get(currency, Decimal("0.01"))
    assert sum(receipt.total for receipt in receipts) == 140000
    assert [receipt for receipt in receipts if receipt.total % unit] == []


@pytest.mark.parametrize("currency", CURRENCIES)
def test_interest_of_a_rate_is_in_what_is_paid(currency: str) -> None:
    unit = WHOLE.get(currency, Decimal("0.01"))
    made = interest_of(Decimal(333333), Decimal("7.5"), currency)
    assert made is not None
    assert made % unit == 0
    assert interest_within(Decimal(100000), Decimal(17), currency) % unit == 0


@pytest.mark.parametrize(
    ("asked", "currency", "step", "unit"),
    [
        ({}, "COP", "1", "1"),
        ({}, "CLP", "1", "1"),
        ({}, "PYG", "1", "1"),
        ({}, "MXN", "0.01", "0.01"),
        ("0.01", "COP", "1", "1"),
        ("0.01", "CLP", "1", "1"),
        ("50", "COP", "50", "1"),
        ("50", "MXN", "50", "0.01"),
        ({"COP": "100"}, "COP", "100", "1"),
        ({"COP": "100"}, "MXN", "0.01", "0.01"),
        ({"COP": "0.01"}, "COP", "0.01", "0.01"),
        ({"CLP": "0.01"}, "CLP", "1", "1"),
        ({"MXN": "0.5"}, "MXN", "0.5", "0.01"),
    ],
)
def test_the_step_is_the_lenders_and_never_finer_than_the_currency(
    asked: Any, currency: str, step: str, unit: str
) -> None:
    policies = Policies.model_validate({"instalment_step": asked})
    made = rounding_of(loan(currency=currency), (), policies)
    assert made == Rounding(step=Decimal(step), unit=Decimal(unit))


def test_the_ledgers_own_cents_are_split_in_cents() -> None:
    lent = loan(instalments=7, frequency="weekly", instalment_amount=Decimal("17142.86"))
    made = translate(file(lent), booking(invoice_per="instalment"), ())
    totals = [d.total for d in made.documents if isinstance(d, Invoice)]
    assert totals == [Decimal("17142.86")] * 6 + [Decimal("17142.84")]


def test_what_is_left_over_is_the_last_ones() -> None:
    lent = loan("120000.50", instalments=7, frequency="weekly")
    made = translate(file(lent), booking(invoice_per="instalment"), ())
    totals = [d.total for d in made.documents if isinstance(d, Invoice)]
    assert totals == [Decimal(17143)] * 6 + [Decimal("17142.50")]


@given(st.integers(1, 10**7), st.integers(2, 60), st.sampled_from(["COP", "CLP", "MXN", "PYG"]))
def test_no_instalment_is_below_zero(total: int, number: int, currency: str) -> None:
    lent = loan(str(total), None, currency=currency, instalments=number, frequency="weekly")
    made = translate(file(lent), _booking(currency, invoice_per="instalment"), ())
    totals = [d.total for d in made.documents if isinstance(d, Invoice)]
    assert sum(totals) == total
    assert min(totals) > 0


@given(st.integers(1, 10**7), st.integers(0, 10**6), st.lists(st.integers(1, 10**6), max_size=20))
def test_the_interest_in_what_is_paid_ends_at_the_interest(
    principal: int, interest: int, payments: list[int]
) -> None:
    rounding = Rounding(step=Decimal(1), unit=Decimal(1))
    total, before, earned = Decimal(principal + interest), Decimal(0), Decimal(0)
    for payment in [*payments, principal + interest]:
        part = split(total, Decimal(interest), before, Decimal(payment), rounding)
        assert part % 1 == 0
        earned, before = earned + part, before + payment
    assert earned == interest


# --- What is posted stays ------------------------------------------------------------------------


@pytest.mark.parametrize("currency", ["COP", "CLP", "MXN"])
@pytest.mark.parametrize("nth", range(0, 40, 6))
@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: "-".join(s.values()))
def test_a_posted_loan_keeps_what_its_instalments_were_rounded_to(
    shape: dict[str, str], nth: int, currency: str
) -> None:
    policies = {"no_split": "interest_rate", "no_split_rate": "17"}
    now = _booking(currency, policies=policies, **shape)
    lent = loan("120000", None, currency=currency, instalments=7, frequency="weekly")
    before = (every := list(earlier_roundings(lent)))[nth % len(every)]
    shelf = Shelf(msgspec.structs.replace(now, rounding=before))
    shelf.sync(file(lent, paid(1, "20000"), as_of=date(2026, 9, 2)))
    shelf.booking = now
    assert shelf.sync(file(lent, paid(1, "20000"), as_of=date(2026, 9, 2))) == []
    later = shelf.sync(file(lent, paid(1, "20000"), as_of=date(2026, 11, 19)))
    assert all("L84F" in done and done.startswith("create") for done in later)
    owed = [b.document.total for b in shelf.live() if isinstance(b.document, Invoice)]
    assert sum(owed) == 120000


@pytest.mark.parametrize("lost", ["3000", "17000"])
def test_interest_that_a_write_off_stopped_in_part_tells_the_rounding_all_the_same(
    lost: str,
) -> None:
    """Posted in cents: what is left of it is no amount of another rounding."""
    now = _booking("COP", interest="as_due")
    lent = loan("120000", "100000", instalments=7, frequency="weekly")
    of = file(
        lent,
        adjusted(1, AdjustmentKind.WRITE_OFF, lost, date(2026, 8, 4)),
        adjusted(2, AdjustmentKind.DISCOUNT, "100", date(2026, 8, 4)),
    )
    shelf = Shelf(msgspec.structs.replace(now, rounding=next(earlier_roundings(lent))))
    shelf.sync(of)
    interest = [b.document.total for b in shelf.live() if "L84F" in b.reference]  # type: ignore[union-attr]
    assert sum(interest) == 20000 - Decimal(lost)
    assert interest[0] % 1 != 0
    shelf.booking = now
    assert shelf.sync(of) == []
    assert shelf.last is not None
    assert shelf.last.holds == ()


def test_interest_that_nothing_stopped_tells_the_rounding_by_all_of_it() -> None:
    """2,857.72 is less than the 2,858 of another rounding, and no part of it."""
    now = _booking("COP", interest="as_due")
    lent = loan("120004", "100000", instalments=7, frequency="weekly")
    shelf = Shelf(msgspec.structs.replace(now, rounding=next(earlier_roundings(lent))))
    of = file(lent, as_of=date(2026, 8, 11))
    assert shelf.sync(of) == ["create DY7F3A-L84", "create DY7F3A-L84F01"]
    shelf.booking = now
    assert shelf.sync(of) == []


def test_a_loan_whose_source_tells_the_balance_alone_keeps_what_that_was_rounded_to() -> None:
    now = _booking("COP", invoice_per="instalment")
    lent = loan(instalments=7, frequency="weekly", agreed=Decimal(60000))
    shelf = Shelf(msgspec.structs.replace(now, rounding=next(earlier_roundings(lent))))
    of = file(lent, as_of=lent.start)
    shelf.sync(of)
    totals = [b.document.total for b in shelf.live() if isinstance(b.document, Invoice)]
    assert totals == [Decimal("8571.43")] * 6 + [Decimal("8571.42")]
    shelf.booking = now
    assert shelf.sync(of) == []


# --- Books that keep fewer decimals --------------------------------------------------------------


def _keeping(decimals: int, **changes: Any) -> Any:
    made = booking(**changes)
    company: Company = msgspec.structs.replace(made.company, decimals={"COP": decimals, "MXN": 0})
    return msgspec.structs.replace(made, company=company)


def test_books_without_cents_get_whole_instalments_of_any_currency() -> None:
    book = _keeping(0, invoice_per="instalment")
    lent = loan(currency="MXN", instalments=7, frequency="weekly")
    totals = [d.total for d in translate(file(lent), book, ()).documents if isinstance(d, Invoice)]
    assert totals == [Decimal(17143)] * 6 + [Decimal(17142)]


@pytest.mark.parametrize(
    ("of", "rows"),
    [
        (loan("120000.50"), ()),
        (loan(principal="100000.25"), ()),
        (loan(), (paid(1, "5000.10"),)),
    ],
)
def test_a_loan_with_cents_is_held_whole_where_the_books_keep_none(of: Any, rows: Any) -> None:
    made = translate(file(of, *rows), _keeping(0), ())
    assert made.keep
    assert [hold.code for hold in made.holds] == ["books.decimals"]
    assert translate(file(of, *rows), _keeping(2), ()).holds == ()
