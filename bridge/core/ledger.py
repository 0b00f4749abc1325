"""The lender's side: borrowers, loans, what was paid and what was adjusted.

Rows are what a source delivers, already in the ledger's words, exact and with their origin.
Amounts are decimals with at most two places and never negative unless a field says so. Dates are
business days in the lender's time zone. Ids are the source's own, as text.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from bridge.core.message import Detail
from bridge.core.renamed import in_words_of_now


class LoanKind(StrEnum):
    CASH_LOAN = "cash_loan"
    RUNNING_ACCOUNT = "running_account"
    """Goods sold on credit (fiado): open-ended, grows by charges."""


class Frequency(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"
    NONE = "none"


class RepaymentState(StrEnum):
    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    ANNULLED = "annulled"


class RepaymentKind(StrEnum):
    INSTALMENT = "instalment"
    PARTIAL = "partial"
    PAYOFF = "payoff"
    RECOVERY = "recovery"
    RENEWAL = "renewal"
    VISIT = "visit"
    """A collector's visit without money (amount 0): kept, never posted."""


class AdjustmentKind(StrEnum):
    CHARGE = "charge"
    INTEREST = "interest"
    LATE_FEE = "late_fee"
    COLLECTION_COST = "collection_cost"
    INSURANCE = "insurance"
    DISCOUNT = "discount"
    WRITE_OFF = "write_off"
    REFUND = "refund"
    REVERSAL = "reversal"


INCREASES = frozenset(
    {
        AdjustmentKind.CHARGE,
        AdjustmentKind.INTEREST,
        AdjustmentKind.LATE_FEE,
        AdjustmentKind.COLLECTION_COST,
        AdjustmentKind.INSURANCE,
        AdjustmentKind.REFUND,
        AdjustmentKind.REVERSAL,
    }
)
"""Adjustments that raise what the borrower owes; the others lower it."""

CHARGES = INCREASES - {AdjustmentKind.REFUND, AdjustmentKind.REVERSAL}
"""Adjustments that are part of a loan's gross amount."""


class Note(msgspec.Struct, frozen=True):
    """A remark of the reader about one row: a finding's code and its particulars (no names)."""

    code: str
    detail: Detail = ""

    def __post_init__(self) -> None:
        in_words_of_now(self, "code")


class Origin(msgspec.Struct, frozen=True):
    """The place that a row came from: file (or page), line or sheet row, and cells changed in
    reading."""

    file: str
    line: int
    cells: tuple[tuple[str, str], ...] = ()


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that every ledger row has."""

    id: str
    origin: Origin
    notes: tuple[Note, ...] = ()


class Store(Row, frozen=True, kw_only=True, tag="store"):
    name: str
    city: str = ""
    country: str = ""
    currency: str = ""
    kind: str = ""


class Route(Row, frozen=True, kw_only=True, tag="route"):
    name: str
    city: str = ""
    currency: str = ""


class Collector(Row, frozen=True, kw_only=True, tag="collector"):
    name: str
    phone: str = ""
    route: str = ""
    active: bool = True


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    granted_on: date | None = None
    purposes: tuple[str, ...] = ()
    channel: str = ""
    policy_version: str = ""
    revoked_on: date | None = None


class Borrower(Row, frozen=True, kw_only=True, tag="borrower"):
    name: str
    """Trimmed, blanks collapsed, NFC; the original is in `origin.cells` when it differed."""
    document_type: str = ""
    document_number: str = ""
    phone: str = ""
    """E.164 when it can be."""
    address: str = ""
    store: str = ""
    route: str = ""
    created_on: date | None = None
    state: str = "active"
    consents: tuple[Consent, ...] | None = None
    """None: the source does not tell; empty: none was ever given."""


class Loan(Row, frozen=True, kw_only=True, tag="loan"):
    borrower: str
    kind: LoanKind
    currency: str
    """ISO code, or `money.NO_CURRENCY` when it cannot be told (then the loan is held)."""
    start: date
    due: date | None = None
    opening: Decimal | None = None
    """What the borrower owed on day one, when the source says it."""
    gross: Decimal | None = None
    """Opening plus every charge so far, where the source says that. One of the two is set."""
    principal: Decimal | None = None
    interest: Decimal | None = None
    interest_rate: Decimal | None = None
    """Flat, in percent of the principal, on the whole term."""
    insurance: Decimal | None = None
    instalments: int | None = None
    instalment_amount: Decimal | None = None
    frequency: Frequency | None = None
    skipped_weekdays: tuple[int, ...] = ()
    """Days without instalment, Monday is 0."""
    first_due: date | None = None
    concept: str = ""
    reported_balance: Decimal | None = None
    """What the source itself says is owed: compared, never posted. May be negative."""
    agreed: Decimal | None = None
    """What was owed on day one, where the source tells no payments: `opening` is then what it says
    is left, and that is all that is carried into the books."""
    collected: Decimal | None = None
    """What the source says was paid in all, without saying when."""
    reported_paid: bool | None = None
    reported_state: str = ""
    renews: str = ""
    renewed_balance: Decimal | None = None
    handed_out: Decimal | None = None
    collector: str = ""
    route: str = ""
    store: str = ""
    annulled: bool = False
    written_off_on: date | None = None


class Instalment(Row, frozen=True, kw_only=True, tag="instalment"):
    loan: str
    number: int
    due: date
    amount: Decimal


class Repayment(Row, frozen=True, kw_only=True, tag="repayment"):
    loan: str
    paid_on: date
    amount: Decimal
    """Above zero; 0 only for a visit; below zero only with the note `movement.negative_payment`."""
    paid_at: datetime | None = None
    method: str = ""
    """cash, transfer, card, wallet:NAME, other, non_cash; empty when the source does not say."""
    ticket: str = ""
    external_reference: str = ""
    state: RepaymentState = RepaymentState.APPROVED
    kind: RepaymentKind = RepaymentKind.INSTALMENT
    reverses: str = ""
    collector: str = ""
    route: str = ""
    store: str = ""
    concept: str = ""


class Adjustment(Row, frozen=True, kw_only=True, tag="adjustment"):
    loan: str
    on: date
    kind: AdjustmentKind
    amount: Decimal
    concept: str = ""
    reverses: str = ""
    approved_by: str = ""


Entity = Store | Route | Collector | Borrower | Loan | Instalment | Repayment | Adjustment


class SnapshotFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that a delivery tells about itself."""

    source: str
    installation: str
    """The phone or company the ids belong to."""
    as_of: date
    generated_at: str
    format: str
    complete: bool
    """Whether absence means deletion. Never true for a feed page or a loose file."""
    locale: str
    default_currency: str
    written_on: date | None = None
    """The day on which its newest file was written, where it says no day of its own."""
    by_content: bool = False
    """Whether ids, or some of them, are made from what the rows say: one corrected has another."""
    letters: str = ""
    """The two that begin this ledger's numbers in the books; empty: the first of its name."""
    declared_counts: dict[str, int] = {}
    """Rows by entity ("borrowers", "loans", "movements") as the delivery itself declares them."""


class ReadTable(msgspec.Struct, frozen=True, kw_only=True):
    """One table of a delivery, and what it was taken for."""

    file: str
    """The file, or file and sheet."""
    kind: str
    """Which of the ledger's tables: borrowers, loans, movements, balances, splitwise; client is one
    client's account, with labels above it."""
    line: int = 0
    """The row of its heading; 0: it has none."""
    columns: tuple[tuple[str, str], ...] = ()
    """(heading as written, field that it was taken for), in the order of the sheet."""


class LoanFile(msgspec.Struct, frozen=True, kw_only=True):
    """One loan with everything about it: what translation works on.

    `loan` is None when the source no longer has it. `borrower` is None for an orphan. Rows are
    live ones, in order of date and id. A row delivered twice with other content carries the note
    `movement.duplicate_conflict`.
    """

    installation: str
    prefix: str
    loan_id: str
    as_of: date
    loan: Loan | None
    borrower: Borrower | None
    homonym: bool = False
    """Whether another borrower has the same name (accents, case and blanks aside)."""
    instalments: tuple[Instalment, ...] = ()
    repayments: tuple[Repayment, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
