"""Documents of the books that no binding is about, as they were read last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import msgspec
from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select

from bridge.core.books import Kind, MadeInBooks, PostedDocument, Status
from bridge.core.change.lookalike import Stranger
from bridge.core.delivery import AMBIGUOUS
from bridge.core.identity import BooksId, base_reference, is_ours
from bridge.store.bindings import BINDING, BY_EXTERNAL_ID, OUTBOX
from bridge.store.decisions import BRIDGE, DECISION
from bridge.store.engine import begins_with, by
from bridge.store.mirror import BY_NUMBER, MIRROR, STRANGERS
from bridge.store.session import PARAMETERS, Part, Session, chunks
from bridge.store.trials import BY_BASE, Trials

DIFFERENT = "different"
"""The verb of a decision: that document of the books is not this one of ours."""
_LEFT = "left_unknown"
"""The same of a look at the books: nobody knew the loan of that document."""

_posted = msgspec.json.Decoder(PostedDocument).decode
_UNBOUND = MIRROR.c.bound == literal_column("0")
"""Said in the words of the index of strangers: it is not used for a value that is yet to come."""


class Strangers(Part):
    """The part of a unit of work that tells our documents from others."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._trials = Trials(session)

    def recognise(self, where: BooksId) -> None:
        """Mark what bindings are about, live or voided ones; the rest are strangers."""
        t = MIRROR.c
        about = select(BINDING.c.reference).where(
            BINDING.c.books == t.books,
            BINDING.c.kind == t.kind,
            BINDING.c.external_id == t.external_id,
        )
        bound = by(about.correlate(MIRROR), BINDING, BY_EXTERNAL_ID).exists()
        known = (
            MIRROR.update().where(t.books == self._books_of(where), _UNBOUND, bound).values(bound=1)
        )
        self._connection.execute(by(known, MIRROR, STRANGERS))

    def totals(self, where: BooksId, limit: int) -> set[Decimal] | None:
        """The totals that live strangers have; None when there are more than `limit`."""
        query = select(MIRROR.c.total_cents).where(*self._strange(where)).distinct()
        query = by(query, MIRROR, STRANGERS)
        found = list(self._connection.execute(query.limit(limit + 1)).scalars())
        return set(found) if len(found) <= limit else None

    def of_total(self, where: BooksId, kind: Kind, total: Decimal) -> Iterator[Stranger]:
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
            .where(*self._strange(where), t.kind == kind.value, t.total_cents == total)
            .order_by(t.external_id)
        )
        query = by(query, MIRROR, STRANGERS)
        for body, customer_body in self._connection.execute(query):
            name = _posted(customer_body).name if customer_body else ""
            yield Stranger(document=_posted(body), customer_name=name)

    def numbers(self, where: BooksId, prefixes: Sequence[str]) -> dict[str, list[Kind]]:
        """Base reference → kinds of live strangers whose number has the form of ours."""
        t = MIRROR.c
        found: dict[str, list[Kind]] = {}
        for prefix in prefixes:
            start = func.substr(t.number, 1, len(prefix) + 1) == f"{prefix}-"
            query = select(t.number, t.kind).where(*self._strange(where), start)
            query = by(query, MIRROR, STRANGERS)
            for number, kind in self._connection.execute(query):
                found.setdefault(base_reference(number), []).append(Kind(kind))
        return found

    def numbered(
        self, where: BooksId, prefixes: Sequence[str], *, strange: bool = False
    ) -> Iterator[tuple[str, Kind, str]]:
        """(number, kind, external id) of everything that has a number of our form, bound or not,
        taken back or not. `strange`: only what no binding is about."""
        t = MIRROR.c
        for prefix in prefixes:
            start = func.substr(t.number, 1, len(prefix) + 1) == f"{prefix}-"
            query = select(t.number, t.kind, t.external_id).where(
                t.books == self._books_of(where), start
            )
            if strange:
                query = by(query.where(_UNBOUND), MIRROR, STRANGERS)
            for number, kind, external_id in self._connection.execute(query):
                if is_ours(number, prefix):
                    yield number, Kind(kind), external_id

    def never_heard_of(
        self, where: BooksId, found: Iterable[MadeInBooks], prefixes: Sequence[str]
    ) -> list[MadeInBooks]:
        """The documents of `found` that count, have a number of our form, and that this state knows
        nothing of: neither the document nor the number is bound, and it was not so before; nor was
        the number found more than once, which a person has been told. What we sent and the books
        never told us of may be there by now."""
        ours = {
            (each.kind, each.external_id): each
            for each in found
            if each.live and any(is_ours(each.number, prefix) for prefix in prefixes)
        }
        t, books = BINDING.c, self._books_of(where)
        for part in chunks([*ours.values()], PARAMETERS):
            numbers = [e.number for e in part]
            known: set[tuple[Kind, str]] = set()
            for kind in {e.kind for e in part}:
                ids = [e.external_id for e in part if e.kind is kind]
                query = select(t.external_id).where(
                    t.books == books, t.kind == kind.value, t.external_id.in_(ids)
                )
                query = by(query, BINDING, BY_EXTERNAL_ID)
                known |= {(kind, each) for each in self._connection.execute(query).scalars()}
            named = select(t.reference).where(t.books == books, t.reference.in_(numbers))
            names = set(self._connection.execute(named).scalars())
            names |= self.were_several(where, numbers)
            names |= self._trials.perhaps_made(where, numbers)
            for each in part:
                if each.number in names or (each.kind, each.external_id) in known:
                    del ours[each.kind, each.external_id]
        told = self._said_of((DIFFERENT, _LEFT)) if ours else set()
        return [
            each
            for each in ours.values()
            if (base_reference(each.number), each.external_id) not in told
        ]

    def were_several(self, where: BooksId, references: Sequence[str]) -> set[str]:
        """The references that the books once had more than once, when they were looked for."""
        t, found = OUTBOX.c, set[str]()
        for part in chunks(references, PARAMETERS):
            query = select(t.reference).where(
                t.books == self._books_of(where),
                t.base.in_(sorted({base_reference(reference) for reference in part})),
                t.reference.in_(part),
                t.code == AMBIGUOUS,
            )
            query = by(query, OUTBOX, BY_BASE)
            found.update(self._connection.execute(query).scalars())
        return found

    def live(self, where: BooksId, prefixes: Sequence[str]) -> list[MadeInBooks]:
        """Strangers with a number of our form that count, as the books were read last."""
        return [
            MadeInBooks(kind=kind, external_id=external_id, number=number)
            for number, kind, external_id in self.numbered(where, prefixes, strange=True)
            if (told := self._body(where, kind, external_id)) and told.status is Status.LIVE
        ]

    def leave_unknown(self, at: str, found: Iterable[MadeInBooks]) -> None:
        """Write down that nobody knows the loan of these: they are not looked into again."""
        lines = [
            {
                "at": at,
                "who": BRIDGE,
                "verb": _LEFT,
                "entry": None,
                "reference": base_reference(each.number),
                "detail": each.external_id,
            }
            for each in found
        ]
        if lines:
            self._connection.execute(DECISION.insert(), lines)

    def _body(self, where: BooksId, kind: Kind, external_id: str) -> PostedDocument | None:
        t = MIRROR.c
        query = select(t.body).where(
            t.books == self._books_of(where),
            t.kind == kind.value,
            t.external_id == external_id,
        )
        body = self._connection.execute(query).scalar()
        return None if body is None else _posted(body)

    def with_number(self, where: BooksId, kind: Kind, base: str) -> Iterator[Stranger]:
        """Live strangers that carry this reference of ours, in any generation."""
        t = MIRROR.c
        query = (
            select(t.body)
            .where(
                *self._strange(where),
                t.kind == kind.value,
                begins_with(self._connection, t.number, base),
                or_(t.number == base, func.substr(t.number, 1, len(base) + 1) == f"{base}."),
            )
            .order_by(t.external_id)
        )
        for (body,) in self._connection.execute(by(query, MIRROR, BY_NUMBER)):
            yield Stranger(document=_posted(body), customer_name="")

    def told_apart(self) -> set[tuple[str, str]]:
        """(reference, external id) pairs of which a person said that they are not the same."""
        return self._said_of((DIFFERENT,))

    def is_told_apart(self, reference: str, external_id: str) -> bool:
        """Whether a person said so of these two."""
        t = DECISION.c
        said = (t.verb == DIFFERENT, t.reference == reference, t.detail == external_id)
        return self._connection.execute(select(t.id).where(*said).limit(1)).first() is not None

    def _said_of(self, verbs: Sequence[str]) -> set[tuple[str, str]]:
        t = DECISION.c
        query = select(t.reference, t.detail).where(t.verb.in_(verbs))
        return set(self._connection.execute(query).tuples())

    def _strange(self, where: BooksId) -> tuple[ColumnElement[bool], ...]:
        t = MIRROR.c
        return (
            t.books == self._books_of(where),
            _UNBOUND,
            t.status == Status.LIVE.value,
        )
