"""What is understood of a ledger adds up: start, charges, payments and what is taken off to what is
owed, loan by loan and in each sum."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bridge.core.change.ledger_reading import ChangedLoan, Largest, LedgerReading, LoanTally
from bridge.core.change.planned import SHOWN, NoticeTally
from bridge.core.findings import Finding, Severity
from bridge.core.ledger import AdjustmentKind, LoanFile, RepaymentState, SnapshotFacts
from bridge.core.loan.owed import balance
from bridge.core.loan.review import review
from bridge.core.loan.understood import UnderstoodLoan, understood
from tests.core.builders import account, adjusted, file, loan, noted, paid

FACTS = SnapshotFacts(
    source="test", installation="dev-7f3a", as_of=date(2026, 11, 19), generated_at="",
    format="csv", complete=True, locale="es", default_currency="COP",
)  # fmt: skip
FILES = {
    "nothing paid": file(loan()),
    "paid and charged": file(
        loan(gross="123000"), paid(1, "20000"), adjusted(2, AdjustmentKind.LATE_FEE, "3000")
    ),
    "discount": file(
        loan(), paid(1, "50000"), adjusted(2, AdjustmentKind.DISCOUNT, "10000"), paid(3, "60000")
    ),
    "written off and recovered": file(
        loan(),
        paid(1, "20000"),
        adjusted(2, AdjustmentKind.WRITE_OFF, "100000"),
        paid(3, "30000", date(2026, 10, 1)),
    ),
    "paid too much": file(loan(), paid(1, "130000")),
    "sold on credit": file(account(), paid(1, "20000")),
    "pending": file(loan(), paid(1, "20000", state=RepaymentState.PENDING)),
}


def known(of: LoanFile) -> UnderstoodLoan:
    found = understood(of, review(of))
    assert found is not None
    return found


@pytest.mark.parametrize("of", FILES.values(), ids=FILES)
def test_a_loan_adds_up_to_what_it_owes(of: LoanFile) -> None:
    found = known(of)
    paid = found.paid_before + found.repaid
    assert found.started + found.added - paid - found.taken_off == found.owed == balance(of)


def test_what_a_balance_shows_to_be_paid_is_told_beside_what_was_agreed() -> None:
    found = known(file(loan(gross="30000", agreed=Decimal(120_000))))
    assert (found.started, found.paid_before, found.owed) == (120_000, 90_000, 30_000)
    assert (found.repaid, found.taken_off) == (0, 0)


def test_a_payment_that_is_not_approved_pays_nothing() -> None:
    found = known(FILES["pending"])
    assert (found.repaid, found.payments, found.owed) == (0, 0, 120_000)


def test_a_loan_that_nobody_has_is_none() -> None:
    assert understood(file(None, paid(1, "20000"))) is None


def test_only_what_is_of_the_loan_itself_holds_all_of_it() -> None:
    own = known(file(loan(notes=noted("loan.currency_unknown"))))
    of_a_payment = known(file(loan(), paid(1, "20000", notes=noted("movement.future_date"))))
    assert own.held == ("loan.currency_unknown",)
    assert of_a_payment.held == ()


def test_sums_are_of_kind_and_currency_and_leave_annulled_loans_out() -> None:
    tally = LoanTally()
    for of in (*FILES.values(), file(loan(annulled=True)), file(None, paid(9, "700"))):
        tally.add(of, understood(of, review(of)))
    tally.add(of := file(loan(currency="MXN")), understood(of))
    sums = {(each.kind.value, each.currency): each for each in tally.sums()}
    lent = sums["cash_loan", "COP"]
    assert (lent.loans, sums["cash_loan", "MXN"].loans) == (6, 1)
    assert sums["running_account", "COP"].owed == 30_000
    assert lent.owed == sum(known(FILES[n]).owed for n in FILES if n != "sold on credit")
    assert lent.started + lent.added - lent.repaid - lent.taken_off == lent.owed
    assert lent.open == sum(known(of).owed > 0 for n, of in FILES.items() if n != "sold on credit")
    assert tally.annulled == 1
    assert (tally.strays, tally.strays_effect) == (1, Decimal(-700))


def test_payments_are_told_by_method_with_their_first_and_last_day() -> None:
    tally = LoanTally()
    days = (date(2026, 9, 8), date(2026, 9, 1), date(2026, 9, 5))
    of = file(loan(), *(paid(n, "100", day) for n, day in enumerate(days, start=1)))
    tally.add(of, understood(of))
    other = file(loan(), paid(7, "50", method="transfer"))
    tally.add(other, understood(other))
    cash, transfer = tally.payments()
    assert (cash.method, cash.count, cash.amount) == ("cash", 3, 300)
    assert (cash.first, cash.last) == (min(days), max(days))
    assert (transfer.method, transfer.amount) == ("transfer", 50)


def test_held_loans_count_in_their_sum_with_what_they_owe() -> None:
    tally = LoanTally()
    for of in (file(loan(notes=noted("loan.currency_unknown"))), file(loan())):
        tally.add(of, understood(of, review(of)))
    (lent,) = tally.sums()
    assert (lent.loans, lent.held, lent.held_owed) == (2, 1, 120_000)
    assert [each.held for each in tally.held.largest()] == [("loan.currency_unknown",)]


def test_of_many_the_twenty_largest_are_kept_and_all_are_counted() -> None:
    several: Largest[int] = Largest(Decimal)
    for number in range(2020):
        several.add(number)
    assert several.count == 2020
    assert several.largest() == tuple(range(2019, 1999, -1))


@pytest.mark.parametrize("strays", [0, 1, 2])
def test_a_payment_of_a_loan_that_nobody_has_waits_for_a_person(strays: int) -> None:
    tally = LoanTally()
    tally.add(file(loan()), known(file(loan())))
    for number in range(strays):
        tally.add(file(None, paid(number, "700")), None)
    reading = LedgerReading(
        name="ledger", facts=FACTS, tables=(), rows=(), sums=tally.sums(), annulled=0,
        strays=tally.strays, strays_effect=tally.strays_effect, payments=(), found=(),
        first=(), held=(), changed=None, changed_loans=0,
    )  # fmt: skip
    assert reading.asks is (strays > 0)


def test_a_change_tells_by_how_much_more_is_owed() -> None:
    before, now = known(FILES["nothing paid"]), known(FILES["discount"])
    assert ChangedLoan(before=before, now=now).moved == -120_000
    assert ChangedLoan(before=None, now=before).moved == 120_000
    assert ChangedLoan(before=before, now=None).moved == -120_000


def test_findings_are_counted_by_code_and_the_first_are_kept() -> None:
    tally = NoticeTally()
    for number in range(SHOWN + 1):
        tally.add(Finding(code="loan.overpaid", subject=f"loan:{number}"))
    tally.add(Finding(code="amount.mixed", subject="file:a"))
    mixed, overpaid = tally.notices()
    assert (mixed.code, overpaid.count, len(overpaid.first)) == ("amount.mixed", SHOWN + 1, SHOWN)
    assert mixed.severity is Severity.WARNING
