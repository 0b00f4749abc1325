"""A loan as it was understood of the ledger's rows, in the words and sums that its lender knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.findings import Finding
from bridge.core.ledger import INCREASES, LoanFile, LoanKind
from bridge.core.loan import lending
from bridge.core.loan.owed import balance

ZERO = Decimal(0)


class UnderstoodLoan(msgspec.Struct, frozen=True, kw_only=True):
    """One loan, all of it: start + added - paid before - repaid - taken off is what is owed."""

    loan: str
    borrower: str
    """The name; empty where nobody knows whose loan it is."""
    kind: LoanKind
    currency: str
    start: date
    due: date | None
    started: Decimal
    """What was owed on day one, interest agreed then included."""
    interest: Decimal | None
    """The part of it that is interest; None: the ledger does not say."""
    added: Decimal
    """Charges, interest and fees since, and what was given back."""
    paid_before: Decimal
    """What the file says was paid, or shows by a balance, without saying when."""
    repaid: Decimal
    taken_off: Decimal
    """Discounts and write-offs, less what came in on these after all."""
    owed: Decimal
    payments: int
    annulled: bool = False
    """Whether it was never lent after all: it counts in no sum."""
    held: tuple[str, ...] = ()
    """Codes of what keeps the whole loan out of the books until somebody decides."""
    file: str = ""
    row: int = 0


class KindSum(msgspec.Struct, kw_only=True):
    """The loans of one kind and currency, added up."""

    kind: LoanKind
    currency: str
    loans: int = 0
    open: int = 0
    """Of which something is owed."""
    started: Decimal = ZERO
    added: Decimal = ZERO
    paid_before: Decimal = ZERO
    repaid: Decimal = ZERO
    taken_off: Decimal = ZERO
    owed: Decimal = ZERO
    payments: int = 0
    held: int = 0
    held_owed: Decimal = ZERO

    def add(self, loan: UnderstoodLoan) -> None:
        self.loans += 1
        self.open += loan.owed > 0
        self.started += loan.started
        self.added += loan.added
        self.paid_before += loan.paid_before
        self.repaid += loan.repaid
        self.taken_off += loan.taken_off
        self.owed += loan.owed
        self.payments += loan.payments
        if loan.held:
            self.held += 1
            self.held_owed += loan.owed


def understood(file: LoanFile, found: Iterable[Finding] = ()) -> UnderstoodLoan | None:
    """The loan as its rows tell it; None for one that only payments name.

    `found`: what was noticed about its rows, by themselves and in the whole ledger.
    """
    loan = file.loan
    if loan is None:
        return None
    opening = lending.opening(loan, file.adjustments)
    started = opening if loan.agreed is None else loan.agreed
    added = sum((a.amount for a in file.adjustments if a.kind in INCREASES), ZERO)
    paid = [-lending.effect(row) for row in file.repayments]
    owed = balance(file)
    repaid = sum(paid, ZERO)
    reasons = [f.code for f in found if f.holds and not _of_a_movement(f)]
    return UnderstoodLoan(
        loan=loan.id,
        borrower=file.borrower.name if file.borrower else "",
        kind=loan.kind,
        currency=loan.currency,
        start=loan.start,
        due=loan.due,
        started=started,
        interest=loan.interest,
        added=added,
        repaid=repaid,
        paid_before=started - opening,
        taken_off=opening + added - repaid - owed,
        owed=owed,
        payments=sum(1 for amount in paid if amount),
        annulled=loan.annulled,
        held=tuple(dict.fromkeys(reasons)),
        file=loan.origin.file,
        row=loan.origin.line,
    )


def _of_a_movement(finding: Finding) -> bool:
    """Whether only one payment or charge is meant, and the rest of the loan goes on."""
    return finding.subject.startswith("movement:")
