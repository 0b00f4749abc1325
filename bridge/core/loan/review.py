"""The findings about one loan's rows: the ledger's own contradictions.

Nothing here changes what is posted; see `findings.CATALOGUE`. What the reader saw in single rows
comes along as their notes; what only the whole ledger shows (homonyms, orphans) the store finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bridge.core.findings import Finding
from bridge.core.ledger import (
    Adjustment,
    AdjustmentKind,
    Borrower,
    Loan,
    LoanFile,
    LoanKind,
    Note,
    Repayment,
    Row,
)
from bridge.core.loan import lending
from bridge.core.loan.owed import balance as balance_of
from bridge.core.mapping.naming import unkept
from bridge.core.message import Detail, message
from bridge.core.money import NO_CURRENCY

ZERO = Decimal(0)
RENEWED = "renewed"


def review(file: LoanFile, tolerance: Decimal = ZERO) -> tuple[Finding, ...]:
    """Every finding about one loan and the rows under it, in a fixed order."""
    found = list(_notes(file))
    if file.loan is not None and file.borrower is not None:
        found.extend(_money(file, file.loan, tolerance))
        found.extend(_dates(file, file.loan))
    return tuple(found)


def review_borrower(borrower: Borrower) -> tuple[Finding, ...]:
    """The findings about a borrower: the reader's notes, and the letters of the name that the books
    cannot keep."""
    notes = list(borrower.notes)
    if lost := unkept(borrower.name):
        notes = [note for note in notes if note.code != "borrower.name_cleanup"]
        notes.append(Note("borrower.name_cleanup", message("signs_dropped", number=lost)))
    return tuple(
        Finding(
            code=note.code,
            subject=f"borrower:{borrower.id}",
            detail=note.detail,
            file=borrower.origin.file,
            row=borrower.origin.line,
        )
        for note in notes
    )


def _notes(file: LoanFile) -> Iterator[Finding]:
    rows: list[tuple[str, Row]] = []
    if file.loan is not None:
        rows.append(("loan", file.loan))
    rows += [("movement", row) for row in (*file.repayments, *file.adjustments)]
    for kind, row in rows:
        for note in row.notes:
            yield Finding(
                code=note.code,
                subject=f"{kind}:{row.id}",
                detail=note.detail,
                file=row.origin.file,
                row=row.origin.line,
            )


def paid_without_payment(file: LoanFile) -> str:
    """The code of why a loan that the ledger says is paid, and of which no movement paid anything,
    is not posted; empty when it is another loan.

    "Cancelado" and a balance of nothing may mean paid, renewed or never lent: a person knows. Where
    the ledger also says how much was paid in all, it was paid before its payments were kept.
    """
    loan = file.loan
    owed = balance_of(file)
    if loan is None or owed <= 0 or not _is_said_paid(loan) or _has_payments(file):
        return ""
    is_told = loan.collected is not None and loan.collected >= owed
    return "cutover.paid_before" if is_told else "loan.paid_unexplained"


def _has_payments(file: LoanFile) -> bool:
    rows: tuple[Repayment | Adjustment, ...] = (*file.repayments, *file.adjustments)
    return any(lending.effect(row) < 0 for row in rows)


def _is_said_paid(loan: Loan) -> bool:
    if loan.reported_balance is not None:
        return loan.reported_balance <= 0
    return bool(loan.reported_paid) or loan.reported_state == RENEWED


def _money(file: LoanFile, loan: Loan, tolerance: Decimal) -> Iterator[Finding]:
    balance = balance_of(file)
    owed = max(balance, ZERO)
    reported = loan.reported_balance
    without = paid_without_payment(file)
    if without == "loan.paid_unexplained":
        detail = message("said_paid", amount=owed, currency=loan.currency)
        yield _about(loan, without, detail, -owed)
    elif without:
        pass
    elif reported is not None and abs(reported - owed) > tolerance:
        yield _about(
            loan,
            "loan.balance_mismatch",
            message("balance", shown=reported, amount=owed, currency=loan.currency),
            reported - owed,
        )
    elif reported is None and _is_said_paid(loan) and owed > tolerance:
        detail = message("left_owed", amount=owed, currency=loan.currency)
        yield _about(loan, "loan.balance_mismatch", detail, -owed)
    if loan.collected is not None:
        yield from _paid_in_all(file, loan, tolerance)
    if loan.reported_paid is not None and reported is not None:
        if loan.reported_paid and reported > 0:
            detail = message("paid_and_owed", amount=reported, currency=loan.currency)
            yield _about(loan, "loan.paid_flag_mismatch", detail)
        elif not loan.reported_paid and reported <= 0 and not _written_off(file):
            yield _about(loan, "loan.paid_flag_mismatch", message("nothing_owed"))
    opening = lending.opening(loan, file.adjustments) if loan.agreed is None else loan.agreed
    if loan.kind is LoanKind.CASH_LOAN and loan.currency != NO_CURRENCY:
        yield from _terms(loan, opening)


def _paid_in_all(file: LoanFile, loan: Loan, tolerance: Decimal) -> Iterator[Finding]:
    """The sum of payments that the ledger tells beside what it tells of them, or of the balance."""
    assert loan.collected is not None
    paid = sum((-lending.effect(row) for row in file.repayments), ZERO)
    start = lending.opening(loan, file.adjustments) if loan.agreed is None else loan.agreed
    if not _has_payments(file) and loan.reported_balance is not None:
        paid = start - loan.reported_balance
    if abs(loan.collected - paid) > tolerance:
        detail = message("paid_in_all", shown=loan.collected, amount=paid)
        yield _about(loan, "loan.balance_mismatch", detail, paid - loan.collected)


def _about(loan: Loan, code: str, detail: Detail, amount: Decimal | None = None) -> Finding:
    return Finding(
        code=code,
        subject=f"loan:{loan.id}",
        detail=detail,
        file=loan.origin.file,
        row=loan.origin.line,
        amount=amount,
        currency=loan.currency if amount is not None else "",
    )


def _terms(loan: Loan, opening: Decimal) -> Iterator[Finding]:
    if loan.principal is not None and loan.interest is not None:
        parts = loan.principal + loan.interest
        with_insurance = parts + (loan.insurance or ZERO)
        if opening not in (parts, with_insurance):
            detail = message("split", parts=parts, amount=opening)
            yield _about(loan, "loan.split_mismatch", detail, opening - parts)
    number, each = loan.instalments, loan.instalment_amount
    if number and each and not lending.pays_off(number, each, opening):
        detail = message("schedule", number=number, each=each, amount=opening)
        yield _about(loan, "loan.schedule_mismatch", detail, opening - number * each)


def _dates(file: LoanFile, loan: Loan) -> Iterator[Finding]:
    for row in file.repayments:
        if row.paid_on < loan.start and row.amount:
            yield Finding(
                code="movement.before_loan",
                subject=f"movement:{row.id}",
                related=(f"loan:{loan.id}",),
                detail=message("before_loan", day=row.paid_on, start=loan.start),
                file=row.origin.file,
                row=row.origin.line,
            )


def _written_off(file: LoanFile) -> bool:
    return any(row.kind is AdjustmentKind.WRITE_OFF for row in file.adjustments)
