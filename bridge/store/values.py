"""The values that go into the store and come out of it: plain values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.books import Document, Kind
from bridge.core.delivery import Binding, Operation, Outgoing, State
from bridge.core.message import Detail

LoanKey = tuple[str, str]
"""(installation, loan id), as in `LoanFile`."""

Totals = dict[tuple[str, str], int]
"""(entity, currency) → cents."""

NO_LOAN: LoanKey = ("", "")
"""For customers, who belong to no single loan."""


class Count(msgspec.Struct, frozen=True):
    """The changes that an intake made to the rows of one entity."""

    new: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an intake."""

    change_seq: int
    counts: dict[str, Count]
    loans_touched: int

    @property
    def changes(self) -> int:
        return sum(c.new + c.changed + c.removed for c in self.counts.values())


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A write to be put into the outbox."""

    operation: Operation
    document: Document
    key: str
    phase: int
    generation: int = 1
    loan: LoanKey = NO_LOAN
    target: str = ""
    """For an update or a void: the reference of the binding it is about."""
    reason: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A write in the outbox. `links` and `binding` are filled in by `claim` and `in_doubt`."""

    id: int
    run: str
    operation: Operation
    kind: Kind
    document: Document
    generation: int
    key: str
    phase: int
    loan: LoanKey
    target: str
    reason: str
    state: State
    attempt: int
    not_before: str
    waiting: int
    code: str
    detail: Detail
    links: dict[str, str] = {}
    binding: Binding | None = None

    @property
    def reference(self) -> str:
        return self.document.reference

    def outgoing(self) -> Outgoing:
        """The entry as an accounting system takes it."""
        return Outgoing(
            entry=self.id,
            operation=self.operation,
            key=self.key,
            document=self.document,
            links=self.links,
            target=self.binding,
        )


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    verb: str
    system: str
    started_at: str
    ended_at: str
    verdict: str
    reason: str
    counts: dict[str, Any]


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True):
    at: str
    who: str
    verb: str
    entry: int | None
    reference: str
    detail: str


class DayCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Calls to one company's books: all of them, the metered ones, and refusals for rate."""

    total: int = 0
    metered: int = 0
    throttled: int = 0


class MirrorTotal(msgspec.Struct, frozen=True, kw_only=True):
    """Live documents of one kind and currency as the books last told them."""

    count: int
    total: Decimal
    open: Decimal


json = msgspec.json.Encoder(order="deterministic", decimal_format="string").encode
"""JSON as the store keeps it: exact decimals, always the same bytes for the same value."""
