"""The tables that a state store is made of; what it keeps of the ledger is in `ledger_models`.

Loaded where one is made or brought up to date; statements are written on `tables`, which says the
same more lightly. Books are one company in one accounting system. `body` is what a row is about,
as JSON; the other columns are what is searched, joined or summed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, Integer, LargeBinary, text
from sqlmodel import Field

from bridge.store import ledger_models
from bridge.store.ledger_models import COMPACT, Base
from bridge.store.types import Cents, NativeId

metadata = ledger_models.metadata


class Finding(Base, table=True):
    __tablename__ = "finding"
    id: int | None = Field(default=None, primary_key=True)
    scope: str = Field(index=True)
    code: str
    body: bytes = Field(sa_type=LargeBinary)


class Books(Base, table=True):
    """One company in one accounting system, and how far it is planned."""

    __tablename__ = "books"
    __table_args__ = (Index("ix_books", "system", "company", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    system: str
    company: str
    planned_through: int = 0
    paused: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Why no pass may post here until a person lets it; empty: passes go on."""


class Revisit(Base, table=True):
    """A loan to be planned again although its rows did not change, and why."""

    __tablename__ = "revisit"
    __table_args__ = (COMPACT,)
    books: int = Field(primary_key=True, foreign_key="books.id")
    installation: str = Field(primary_key=True)
    loan: str = Field(primary_key=True)
    reason: str


class HoldRow(Base, table=True):
    """An amount that the ledger has and the books do not get yet."""

    __tablename__ = "hold"
    __table_args__ = (Index("ix_hold_loan", "books", "installation", "loan"),)
    id: int | None = Field(default=None, primary_key=True)
    books: int = Field(foreign_key="books.id")
    installation: str
    loan: str
    body: bytes = Field(sa_type=LargeBinary)


class BindingRow(Base, table=True):
    """Our reference tied to the system's id. `loan` is empty for customers."""

    __tablename__ = "binding"
    __table_args__ = (
        Index("ix_binding_loan", "books", "installation", "loan"),
        Index("ix_binding_base", "books", "base"),
        Index("ix_binding_external", "books", "kind", "external_id"),
        COMPACT,
    )
    books: int = Field(primary_key=True, foreign_key="books.id")
    reference: str = Field(primary_key=True)
    base: str
    kind: str
    external_id: str
    version: str
    installation: str
    loan: str
    voided: int
    reversed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """1: a document of an open period has undone it; both stay."""
    accepted: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """1: a person left it as the books have it."""
    body: bytes = Field(sa_type=LargeBinary)


class OutboxEntry(Base, table=True):
    """One write that is wanted, and what became of it."""

    __tablename__ = "outbox"
    __table_args__ = (
        # The order in which entries are claimed; those that wait for nobody come first.
        Index("ix_outbox_claim", "books", "state", "waiting", "phase", "operation", "kind", "id"),
        Index("ix_outbox_loan", "books", "installation", "loan"),
        Index("ix_outbox_base", "books", "base"),
        Index("ix_outbox_run", "run", "state"),
        Index("ix_outbox_customer", "books", "customer"),
        # The same intent is never under way twice.
        Index(
            "ix_outbox_under_way",
            "books",
            "key",
            unique=True,
            sqlite_where=text("state IN ('pending', 'sending', 'in_doubt')"),
            postgresql_where=text("state IN ('pending', 'sending', 'in_doubt')"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    books: int = Field(foreign_key="books.id")
    run: str
    phase: int
    operation: str
    kind: str
    reference: str
    base: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The reference without its generation."""
    customer: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Whose document it is; empty: a customer itself."""
    target: str
    generation: int
    key: str
    installation: str
    loan: str
    reason: str
    state: str
    attempt: int
    not_before: str
    waiting: int
    """How many references it names that are not bound yet."""
    code: str
    detail: str
    document: bytes = Field(sa_type=LargeBinary)


class Wait(Base, table=True):
    """An entry waits until the reference it names is bound."""

    __tablename__ = "wait"
    __table_args__ = (Index("ix_wait_entry", "entry"), COMPACT)
    books: int = Field(primary_key=True, foreign_key="books.id")
    reference: str = Field(primary_key=True)
    entry: int = Field(primary_key=True, foreign_key="outbox.id")


class Decision(Base, table=True):
    """The decision of a person, who and when."""

    __tablename__ = "decision"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    who: str
    verb: str
    entry: int | None = Field(default=None, index=True)
    reference: str
    detail: str


class MirrorRow(Base, table=True):
    """A document as the books last told it."""

    __tablename__ = "mirror"
    __table_args__ = (
        Index("ix_mirror_number", "books", "number"),
        Index("ix_mirror_customer", "books", "customer_id"),
        Index(
            "ix_mirror_stranger",
            "books",
            "total_cents",
            sqlite_where=text("bound = 0"),
            postgresql_where=text("bound = 0"),
        ),
        COMPACT,
    )
    books: int = Field(primary_key=True, foreign_key="books.id")
    kind: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    version: str
    status: str
    number: str
    customer_id: str
    currency: str
    total_cents: Decimal = Field(sa_type=Cents)
    open_cents: Decimal = Field(sa_type=Cents)
    bound: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """1: a binding, live or voided, is about it; 0: a stranger."""
    body: bytes = Field(sa_type=LargeBinary)


class MirrorCursor(Base, table=True):
    """The point up to which the books have been read."""

    __tablename__ = "mirror_cursor"
    books: int = Field(primary_key=True, foreign_key="books.id")
    name: str = Field(primary_key=True)
    cursor: str


class Run(Base, table=True):
    __tablename__ = "run"
    id: str = Field(primary_key=True)
    verb: str
    system: str
    started_at: str
    ended_at: str
    verdict: str
    reason: str
    counts: bytes = Field(sa_type=LargeBinary)


class CallDay(Base, table=True):
    """Calls that one UTC day's runs made to these books."""

    __tablename__ = "call_day"
    __table_args__ = (COMPACT,)
    books: int = Field(primary_key=True, foreign_key="books.id")
    day: date = Field(primary_key=True)
    total: int
    metered: int
    throttled: int


class DeliveryRow(Base, table=True):
    """The newest attempt to read the ledger (1), and the newest that was accepted (2)."""

    __tablename__ = "delivery"
    id: int = Field(primary_key=True)
    body: bytes = Field(sa_type=LargeBinary)


class Comparison(Base, table=True):
    """The results of the last reconciliation of these books that a person may have to act on."""

    __tablename__ = "comparison"
    books: int = Field(primary_key=True, foreign_key="books.id")
    body: bytes = Field(sa_type=LargeBinary)


class Answer(Base, table=True):
    """The answer of a person about a task; it counts as long as the task is about the same fact."""

    __tablename__ = "answer"
    task: str = Field(primary_key=True)
    at: str
    who: str
    note: str
    body: bytes = Field(sa_type=LargeBinary)


class Likeness(Base, table=True):
    """The answer of a person about rows without numbers of their own: the same, another one, or
    gone."""

    __tablename__ = "likeness"
    __table_args__ = (Index("ix_likeness_task", "task"), COMPACT)
    installation: int = Field(primary_key=True, foreign_key="installation.id")
    kind: str = Field(primary_key=True)
    new_id: str = Field(primary_key=True, sa_type=NativeId)
    """Empty: nothing has come in the old one's place."""
    old_id: str = Field(primary_key=True, sa_type=NativeId)
    answer: str
    """`same`, `different` or `gone`."""
    task: str
    """The task that it answered."""
    at: str
    who: str


class JobSlot(Base, table=True):
    """A table of an older program. Nothing is written here any more; an update drops nothing
    either."""

    __tablename__ = "job_slot"
    job: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    lease_until: str
    done_at: str


class Upkeep(Base, table=True):
    """The facts that the state store knows of itself."""

    __tablename__ = "upkeep"
    __table_args__ = (COMPACT,)
    name: str = Field(primary_key=True)
    value: str


class Trial(Base, table=True):
    """The attempts at a write without a clear answer."""

    __tablename__ = "trial"
    entry: int = Field(
        primary_key=True, foreign_key="outbox.id", sa_column_kwargs={"autoincrement": False}
    )
    unclear: int
    passes: int
    since: str
