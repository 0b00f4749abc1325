"""What a person should know about one loan's rows: the ledger's own contradictions.

Nothing here changes what is posted; see `findings.CATALOGUE`. What the reader saw in single rows
comes along as their notes; what only the whole ledger shows (homonyms, orphans) the store finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bridge.core import lending
from bridge.core.findings import Finding
from bridge.core.ledger import AdjustmentKind, Borrower, Loan, LoanFile, LoanKind, Row
from bridge.core.money import NO_CURRENCY

ZERO = Decimal(0)


def review(file: LoanFile, tolerance: Decimal = ZERO) -> tuple[Finding, ...]:
    """Every finding about one loan and the rows under it, in a fixed order."""
    found = list(_notes(file))
    if file.loan is not None and file.borrower is not None:
        found.extend(_money(file, file.loan, tolerance))
        found.extend(_dates(file, file.loan))
    return tuple(found)


def review_borrower(borrower: Borrower) -> tuple[Finding, ...]:
    """What the reader noticed about the borrower."""
    return tuple(
        Finding(
            code=note.code,
            subject=f"debtor:{borrower.id}",
            detail=note.detail,
            file=borrower.origin.file,
            row=borrower.origin.line,
        )
        for note in borrower.notes
    )


def _notes(file: LoanFile) -> Iterator[Finding]:
    rows: list[tuple[str, Row]] = []
    if file.loan is not None:
        rows.append(("debt", file.loan))
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


def _money(file: LoanFile, loan: Loan, tolerance: Decimal) -> Iterator[Finding]:
    subject = f"debt:{loan.id}"
    balance = lending.balance(file)
    owed = max(balance, ZERO)
    reported = loan.reported_balance
    if reported is not None and abs(reported - owed) > tolerance:
        yield Finding(
            code="debt.balance_mismatch",
            subject=subject,
            detail=f"the ledger says {reported}, its movements make {owed} {loan.currency}",
        )
    if loan.reported_paid is not None and reported is not None:
        if loan.reported_paid and reported > 0:
            yield Finding(
                code="debt.paid_flag_mismatch",
                subject=subject,
                detail=f"marked as paid with {reported} {loan.currency} owed",
            )
        elif not loan.reported_paid and reported <= 0 and not _written_off(file):
            yield Finding(
                code="debt.paid_flag_mismatch", subject=subject, detail="nothing owed, not marked"
            )
    opening = lending.opening(loan, file.adjustments)
    if loan.kind is LoanKind.CASH_LOAN and loan.currency != NO_CURRENCY:
        yield from _terms(loan, opening)


def _terms(loan: Loan, opening: Decimal) -> Iterator[Finding]:
    subject = f"debt:{loan.id}"
    if loan.principal is not None and loan.interest is not None:
        parts = loan.principal + loan.interest
        with_insurance = parts + (loan.insurance or ZERO)
        if opening not in (parts, with_insurance):
            yield Finding(
                code="debt.split_mismatch",
                subject=subject,
                detail=f"principal and interest make {parts}, the total is {opening}",
            )
    if loan.instalments and loan.instalment_amount:
        scheduled = loan.instalments * loan.instalment_amount
        if abs(scheduled - opening) >= loan.instalment_amount:
            yield Finding(
                code="debt.schedule_mismatch",
                subject=subject,
                detail=f"{loan.instalments} × {loan.instalment_amount} is not {opening}",
            )


def _dates(file: LoanFile, loan: Loan) -> Iterator[Finding]:
    for row in file.repayments:
        if row.paid_on < loan.start and row.amount:
            yield Finding(
                code="movement.before_debt",
                subject=f"movement:{row.id}",
                related=(f"debt:{loan.id}",),
                detail=f"paid {row.paid_on.isoformat()}, lent {loan.start.isoformat()}",
            )


def _written_off(file: LoanFile) -> bool:
    return any(row.kind is AdjustmentKind.WRITE_OFF for row in file.adjustments)
