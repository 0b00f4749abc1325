"""The ledger's own contradictions are told, and none of them changes an amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.findings import CATALOGUE, Finding, Severity
from bridge.core.ledger import AdjustmentKind, Loan
from bridge.core.loan.review import paid_without_payment, review, review_borrower
from bridge.core.message import message
from tests.core.builders import BORROWER, account, adjusted, file, loan, noted, paid


def codes(of: Loan, *rows: Any) -> list[str]:
    return [finding.code for finding in review(file(of, *rows))]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reported_balance": Decimal(100000)}, "loan.balance_mismatch"),
        ({"reported_balance": Decimal(120000), "reported_paid": True}, "loan.paid_flag_mismatch"),
        ({"interest": Decimal(10000)}, "loan.split_mismatch"),
        ({"instalments": 10, "instalment_amount": Decimal(9000)}, "loan.schedule_mismatch"),
    ],
)
def test_figures_that_disagree_are_told(changes: dict[str, Any], code: str) -> None:
    assert codes(loan(**changes)) == [code]


def test_figures_that_agree_are_not() -> None:
    good = loan(
        interest=Decimal(20000),
        reported_balance=Decimal(120000),
        reported_paid=False,
        instalments=10,
        instalment_amount=Decimal(12000),
    )
    assert codes(good) == []
    assert codes(account(reported_balance=Decimal(50000))) == []


def test_a_total_may_hold_the_insurance_or_not() -> None:
    insured = {"interest": Decimal(20000), "insurance": Decimal(3000)}
    assert codes(loan(**insured)) == []
    assert codes(loan("123000", **insured)) == []
    assert codes(loan("124000", **insured)) == ["loan.split_mismatch"]


def test_an_overpaid_loan_reported_at_zero_agrees() -> None:
    assert codes(loan(reported_balance=Decimal(0)), paid(1, "125000")) == []


def test_a_paid_loan_that_is_not_marked_is_told() -> None:
    nothing_owed = loan(reported_balance=Decimal(0), reported_paid=False)
    assert codes(nothing_owed, paid(1, "120000")) == ["loan.paid_flag_mismatch"]


def test_a_written_off_loan_need_not_be_marked_as_paid() -> None:
    nothing_owed = loan(reported_balance=Decimal(0), reported_paid=False)
    written_off = adjusted(2, AdjustmentKind.WRITE_OFF, "120000")
    assert codes(nothing_owed, written_off) == []


def test_what_the_reader_noticed_about_a_borrower_is_told() -> None:
    noticed = msgspec.structs.replace(BORROWER, notes=noted("borrower.missing_phone"))
    assert [(f.code, f.subject) for f in review_borrower(noticed)] == [
        ("borrower.missing_phone", "borrower:11")
    ]


def test_signs_of_a_name_that_the_books_cannot_keep_are_counted_in_one_finding() -> None:
    noticed = noted("borrower.name_cleanup", "borrower.missing_phone")
    named = msgspec.structs.replace(BORROWER, name="Luz \U0001f642 Marina", notes=noticed)
    assert [(f.code, f.detail) for f in review_borrower(named)] == [
        ("borrower.missing_phone", ""),
        ("borrower.name_cleanup", message("signs_dropped", number=1)),
    ]


@pytest.mark.parametrize(("rest", "told"), [("0", []), ("1", ["loan.balance_mismatch"])])
def test_a_loan_said_to_be_paid_of_which_something_is_left_is_told(
    rest: str, told: list[str]
) -> None:
    assert codes(loan(reported_paid=True), paid(1, str(120_000 - int(rest)))) == told


def test_a_payment_before_its_loan_is_told() -> None:
    (found,) = review(file(loan(), paid(1, "5", date(2026, 7, 30))))
    assert (found.code, found.subject, found.related) == (
        "movement.before_loan",
        "movement:1",
        ("loan:84",),
    )


def test_what_the_reader_noticed_comes_along() -> None:
    found = review(
        file(loan(notes=noted("text.too_long")), paid(1, "5", notes=noted("movement.zero")))
    )
    assert [(f.code, f.subject) for f in found] == [
        ("text.too_long", "loan:84"),
        ("movement.zero", "movement:1"),
    ]


def test_every_code_has_a_severity_and_only_errors_or_waits_hold() -> None:
    finding = Finding(code="loan.orphan", subject="loan:1")
    assert (finding.severity, finding.holds) == (Severity.ERROR, True)
    assert all("." in code for code in CATALOGUE)


@pytest.mark.parametrize(
    ("collected", "balance", "rows", "differs"),
    [
        ("30000", "90000", (), ""),
        ("30000", "85000", (), "5000"),
        ("30000", None, (), "-30000"),
        ("30000", "90000", (paid(1, "30000"),), ""),
        ("31000", "90000", (paid(1, "30000"),), "-1000"),
    ],
)
def test_what_was_paid_in_all_is_held_against_the_rows_or_the_balance(
    collected: str, balance: str | None, rows: tuple[Any, ...], differs: str
) -> None:
    """Where no row pays anything, the balance says what was paid."""
    of = loan(
        collected=Decimal(collected),
        reported_balance=None if balance is None else Decimal(balance),
    )
    told = [f.amount for f in review(file(of, *rows)) if "paid_in_all" in str(f.detail)]
    assert told == ([Decimal(differs)] if differs else [])


@pytest.mark.parametrize(("left", "told"), [("1", False), ("0", True), ("-1", True)])
def test_a_loan_with_something_owed_need_not_be_marked_as_paid(left: str, told: bool) -> None:
    of = loan(reported_balance=Decimal(left), reported_paid=False)
    rest = paid(1, str(120_000 - int(left)))
    assert ("loan.paid_flag_mismatch" in codes(of, rest)) is told


def test_only_a_loan_that_owes_something_can_be_paid_without_a_payment() -> None:
    charge = adjusted(1, AdjustmentKind.CHARGE, "500")
    assert paid_without_payment(file(None, charge)) == ""
    assert paid_without_payment(file(loan("0", "0", reported_paid=True))) == ""
    assert paid_without_payment(file(loan())) == ""
    assert paid_without_payment(file(loan(reported_paid=True))) == "loan.paid_unexplained"
    assert paid_without_payment(file(loan(reported_paid=True), paid(1, "1"))) == ""
    told = loan(reported_paid=True, collected=Decimal(120_000))
    assert paid_without_payment(file(told)) == "cutover.paid_before"
    less = loan(reported_paid=True, collected=Decimal(119_999))
    assert paid_without_payment(file(less)) == "loan.paid_unexplained"


def test_what_asks_a_person_though_it_holds_nothing_is_this() -> None:
    asks = {code for code, rule in CATALOGUE.items() if rule.asks and not rule.holds}
    assert asks >= {
        "loan.balance_mismatch",
        "loan.schedule_mismatch",
        "loan.split_mismatch",
        "delivery.newer_unread",
        "file.nothing_read",
        "file.total_differs",
        "file.unread_ledger",
    }
