"""The ledger's own contradictions are told, and none of them changes an amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.findings import CATALOGUE, Finding, Severity
from bridge.core.ledger import AdjustmentKind, Loan
from bridge.core.review import review, review_borrower
from tests.core.builders import BORROWER, account, adjusted, file, loan, noted, paid


def codes(of: Loan, *rows: Any) -> list[str]:
    return [finding.code for finding in review(file(of, *rows))]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reported_balance": Decimal(100000)}, "debt.balance_mismatch"),
        ({"reported_balance": Decimal(120000), "reported_paid": True}, "debt.paid_flag_mismatch"),
        ({"interest": Decimal(10000)}, "debt.split_mismatch"),
        ({"instalments": 10, "instalment_amount": Decimal(9000)}, "debt.schedule_mismatch"),
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


def test_an_overpaid_loan_reported_at_zero_agrees() -> None:
    assert codes(loan(reported_balance=Decimal(0)), paid(1, "125000")) == []


def test_a_paid_loan_that_is_not_marked_is_told() -> None:
    nothing_owed = loan(reported_balance=Decimal(0), reported_paid=False)
    assert codes(nothing_owed, paid(1, "120000")) == ["debt.paid_flag_mismatch"]


def test_a_written_off_loan_need_not_be_marked_as_paid() -> None:
    nothing_owed = loan(reported_balance=Decimal(0), reported_paid=False)
    written_off = adjusted(2, AdjustmentKind.WRITE_OFF, "120000")
    assert codes(nothing_owed, written_off) == []


def test_what_the_reader_noticed_about_a_borrower_is_told() -> None:
    noticed = msgspec.structs.replace(BORROWER, notes=noted("debtor.missing_phone"))
    assert [(f.code, f.subject) for f in review_borrower(noticed)] == [
        ("debtor.missing_phone", "debtor:11")
    ]


def test_a_payment_before_its_loan_is_told() -> None:
    (found,) = review(file(loan(), paid(1, "5", date(2026, 7, 30))))
    assert (found.code, found.subject, found.related) == (
        "movement.before_debt",
        "movement:1",
        ("debt:84",),
    )


def test_what_the_reader_noticed_comes_along() -> None:
    found = review(
        file(loan(notes=noted("text.too_long")), paid(1, "5", notes=noted("movement.zero")))
    )
    assert [(f.code, f.subject) for f in found] == [
        ("text.too_long", "debt:84"),
        ("movement.zero", "movement:1"),
    ]


def test_every_code_has_a_severity_and_only_errors_or_waits_hold() -> None:
    finding = Finding(code="debt.orphan", subject="debt:1")
    assert (finding.severity, finding.holds) == (Severity.ERROR, True)
    assert all("." in code for code in CATALOGUE)
