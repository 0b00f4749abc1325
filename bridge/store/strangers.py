"""Documents of the books that no binding is about, as they were read last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec
from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from bridge.core.books import Kind, PostedDocument, Status
from bridge.core.identity import base_reference, is_ours
from bridge.core.lookalike import Stranger
from bridge.store.bindings import BINDING
from bridge.store.decisions import DECISION
from bridge.store.mirror import MIRROR
from bridge.store.session import Session

DIFFERENT = "different"
"""The verb of a decision: that document of the books is not this one of ours."""

_posted = msgspec.json.Decoder(PostedDocument).decode


class Strangers(Session):
    """The part of a unit of work that tells our documents from others."""

    def recognise(self, system: str, company: str) -> None:
        """Mark what bindings are about, live or voided ones; the rest are strangers."""
        bound = exists().where(
            BINDING.c.books == MIRROR.c.books,
            BINDING.c.kind == MIRROR.c.kind,
            BINDING.c.external_id == MIRROR.c.external_id,
        )
        t = MIRROR.c
        self._connection.execute(
            MIRROR.update()
            .where(t.books == self._books_of(system, company), t.bound == 0, bound)
            .values(bound=1)
        )

    def stranger_totals(self, system: str, company: str, limit: int) -> set[Decimal] | None:
        """The totals that live strangers have; None when there are more than `limit`."""
        query = select(MIRROR.c.total_cents).where(*self._strange(system, company)).distinct()
        found = list(self._connection.execute(query.limit(limit + 1)).scalars())
        return set(found) if len(found) <= limit else None

    def strangers(
        self, system: str, company: str, kind: Kind, total: Decimal
    ) -> Iterator[Stranger]:
        """Live strangers of one kind and total, and whose they are."""
        t, customer = MIRROR.c, MIRROR.alias("customer")
        whose = and_(
            customer.c.books == t.books,
            customer.c.kind == Kind.CUSTOMER.value,
            customer.c.external_id == t.customer_id,
        )
        query = (
            select(t.body, customer.c.body)
            .select_from(MIRROR.outerjoin(customer, whose))
            .where(*self._strange(system, company), t.kind == kind.value, t.total_cents == total)
            .order_by(t.external_id)
        )
        for body, customer_body in self._connection.execute(query):
            name = _posted(customer_body).name if customer_body else ""
            yield Stranger(document=_posted(body), customer_name=name)

    def stranger_numbers(
        self, system: str, company: str, prefixes: Sequence[str]
    ) -> dict[str, list[Kind]]:
        """Base reference → kinds of live strangers whose number has the form of ours."""
        t = MIRROR.c
        found: dict[str, list[Kind]] = {}
        for prefix in prefixes:
            start = func.substr(t.number, 1, len(prefix) + 1) == f"{prefix}-"
            query = select(t.number, t.kind).where(*self._strange(system, company), start)
            for number, kind in self._connection.execute(query):
                found.setdefault(base_reference(number), []).append(Kind(kind))
        return found

    def numbered(
        self, system: str, company: str, prefixes: Sequence[str], *, strange: bool = False
    ) -> Iterator[tuple[str, Kind, str]]:
        """(number, kind, external id) of everything that has a number of our form, bound or not,
        taken back or not. `strange`: only what no binding is about."""
        t = MIRROR.c
        for prefix in prefixes:
            start = func.substr(t.number, 1, len(prefix) + 1) == f"{prefix}-"
            query = select(t.number, t.kind, t.external_id).where(
                t.books == self._books_of(system, company), start
            )
            if strange:
                query = query.where(t.bound == 0)
            for number, kind, external_id in self._connection.execute(query):
                if is_ours(number, prefix):
                    yield number, Kind(kind), external_id

    def strangers_numbered(
        self, system: str, company: str, kind: Kind, base: str
    ) -> Iterator[Stranger]:
        """Live strangers that carry this reference of ours, in any generation."""
        t = MIRROR.c
        query = (
            select(t.body)
            .where(
                *self._strange(system, company),
                t.kind == kind.value,
                or_(t.number == base, func.substr(t.number, 1, len(base) + 1) == f"{base}."),
            )
            .order_by(t.external_id)
        )
        for (body,) in self._connection.execute(query):
            yield Stranger(document=_posted(body), customer_name="")

    def told_apart(self) -> set[tuple[str, str]]:
        """(reference, external id) pairs of which a person said that they are not the same."""
        t = DECISION.c
        query = select(t.reference, t.detail).where(t.verb == DIFFERENT)
        return set(self._connection.execute(query).tuples())

    def _strange(self, system: str, company: str) -> tuple[ColumnElement[bool], ...]:
        t = MIRROR.c
        return (
            t.books == self._books_of(system, company),
            t.bound == 0,
            t.status == Status.LIVE.value,
        )
