"""The parts that one pass works with. Made by `wiring`, which alone knows concrete classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from bridge.core.guards import SnapshotLimits
from bridge.core.identity import BooksId
from bridge.core.mapping.electronic import Declared
from bridge.core.mapping.mapping_file import BooksMapping
from bridge.core.tie_out.known import Fresh
from bridge.source.base import Source
from bridge.store import Store
from bridge.systems.base import AccountingReader, AccountingSystem, books_of

System = TypeVar("System", bound=AccountingReader)

Progress = Callable[[str, int, int], None]
"""(what is done, so many, of so many; 0 when nobody knows)."""


def silent(what: str, done: int, of: int) -> None:
    """Progress for nobody."""


class Time(Protocol):
    """The clock, as far as a pass needs it."""

    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Books(Generic[System]):
    """One company's books: the system they are kept in and how things are booked there."""

    system: System
    mapping: BooksMapping
    where: str
    """The mapping file, for messages."""
    cutover: date | None = None
    """The day of going live with these books."""
    declared: Declared = field(default_factory=Declared)
    """What was said of the company's electronic invoices."""
    patient: bool = False
    """Whether nobody waits for the pass, or has just mended something in the books."""

    @property
    def id(self) -> BooksId:
        return books_of(self.system)

    @property
    def name(self) -> str:
        return self.system.name

    @property
    def company(self) -> str:
        return self.system.company_id


@dataclass(frozen=True)
class PlanLimits:
    """The size that a plan may have before a person must look at it."""

    documents: int = 2000
    voids: int = 50
    money: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Orders:
    """The orders of one pass beside what the ledger says."""

    limits: PlanLimits
    approved: tuple[str, ...] = ()
    """Digests of plans that a person has seen; with any, nothing else is done."""
    remap: bool = False
    """Whether what is posted is brought to what the mapping says now, too."""
    take_over: str = ""
    """Who says that no other state posts to these books any more."""
    progress: Progress = silent


@dataclass(frozen=True)
class Bridge(Generic[System]):
    """One lender's bridge. A dry run is a `Bridge[AccountingReader]` on a scratch store: it has
    nothing to post with and nothing to write to."""

    lender: str
    store: Store
    source: Source
    source_where: str
    books: dict[str, Books[System]]
    clock: Time
    today: date
    """The lender's business day."""
    fresh: Fresh
    """How new the ledger must be today."""
    snapshot_limits: SnapshotLimits
    plan_limits: PlanLimits


Live = Bridge[AccountingSystem]
Dry = Bridge[AccountingReader]


@dataclass(frozen=True)
class Ledger:
    """The parts that one reading of the ledger works with; both stores are copies of one state."""

    store: Store
    before: Store | None
    """The state without the delivery; None: nothing was ever taken in."""
    source: Source
    name: str
    limits: SnapshotLimits
    clock: Time
    today: date
