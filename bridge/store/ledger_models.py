"""The tables that a state store keeps of the ledger.

Ledger rows are keyed by (installation, the source's own id) and never deleted: `present` is 0 for
what the source no longer has. `body` is the whole row as JSON, amounts as text; the other columns
are what is searched, joined or summed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, LargeBinary, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from bridge.store.types import Cents, NativeId

metadata = MetaData()
COMPACT = {"sqlite_with_rowid": False}


class Base(SQLModel, registry=registry(metadata=metadata)):
    """Definitions only: statements are written on the tables, rows leave as plain values."""


class _LedgerRow(Base):
    installation: int = Field(primary_key=True)
    id: str = Field(primary_key=True, sa_type=NativeId)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    present: int
    noted: int
    """Whether the reader noticed something in the row."""
    body: bytes = Field(sa_type=LargeBinary)


class Installation(Base, table=True):
    """One phone or company that ids belong to."""

    __tablename__ = "installation"
    id: int | None = Field(default=None, primary_key=True)
    source: str
    installation: str = Field(unique=True)
    prefix: str = Field(unique=True)
    as_of: date


class Intake(Base, table=True):
    """One accepted snapshot; its number is the change sequence of everything it touched."""

    __tablename__ = "intake"
    seq: int | None = Field(default=None, primary_key=True)
    installation: int = Field(foreign_key="installation.id", index=True)
    at: str
    as_of: date
    complete: int
    present: bytes = Field(sa_type=LargeBinary)
    totals: bytes = Field(sa_type=LargeBinary)
    counts: bytes = Field(sa_type=LargeBinary)


class LedgerParty(_LedgerRow, table=True):
    """Stores, routes and collectors."""

    __tablename__ = "ledger_party"
    __table_args__ = (COMPACT,)
    kind: str = Field(primary_key=True)


class LedgerBorrower(_LedgerRow, table=True):
    __tablename__ = "ledger_borrower"
    __table_args__ = (
        Index("ix_ledger_borrower_name", "name_key", "installation", "present"),
        COMPACT,
    )
    name_key: str
    phone: str
    document: str


class LedgerLoan(_LedgerRow, table=True):
    __tablename__ = "ledger_loan"
    __table_args__ = (
        Index("ix_ledger_loan_borrower", "installation", "borrower", "present", "currency"),
        COMPACT,
    )
    borrower: str = Field(sa_type=NativeId)
    currency: str
    start: date
    opening_cents: Decimal | None = Field(sa_type=Cents)
    gross_cents: Decimal | None = Field(sa_type=Cents)
    annulled: int


class LedgerInstalment(_LedgerRow, table=True):
    __tablename__ = "ledger_instalment"
    __table_args__ = (Index("ix_ledger_instalment_loan", "installation", "loan"), COMPACT)
    loan: str = Field(sa_type=NativeId)
    number: int
    due: date
    cents: Decimal = Field(sa_type=Cents)


class LedgerRepayment(_LedgerRow, table=True):
    __tablename__ = "ledger_repayment"
    __table_args__ = (
        Index("ix_ledger_repayment_loan", "installation", "loan", "paid_on", "cents"),
        COMPACT,
    )
    loan: str = Field(sa_type=NativeId)
    paid_on: date
    cents: Decimal = Field(sa_type=Cents)
    state: str
    kind: str


class LedgerAdjustment(_LedgerRow, table=True):
    __tablename__ = "ledger_adjustment"
    __table_args__ = (Index("ix_ledger_adjustment_loan", "installation", "loan"), COMPACT)
    loan: str = Field(sa_type=NativeId)
    day: date
    kind: str
    cents: Decimal = Field(sa_type=Cents)


class LedgerChange(Base, table=True):
    """When anything about a loan last changed; also of loans that rows name and nobody has."""

    __tablename__ = "ledger_change"
    __table_args__ = (Index("ix_ledger_change_seq", "change_seq"), COMPACT)
    installation: int = Field(primary_key=True)
    loan: str = Field(primary_key=True, sa_type=NativeId)
    change_seq: int
