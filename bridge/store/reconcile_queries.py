"""Questions of reconciling: the mirror against the bindings and the outbox, as sets.

Only rows that differ leave the database one by one; the others are counted and summed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, text, tuple_

from bridge.core.books import Kind, PostedDocument, Status
from bridge.core.delivery import Binding, State
from bridge.core.identity import BooksId
from bridge.core.ledger import Borrower
from bridge.store import tables
from bridge.store.bindings import BINDING, BY_EXTERNAL_ID, OUTBOX, decode_binding
from bridge.store.engine import by, is_sqlite
from bridge.store.entries import BY_RUN, BY_STATE
from bridge.store.mirror import MIRROR
from bridge.store.rows import DECODERS
from bridge.store.session import PARAMETERS, Part, chunks
from bridge.store.values import LoanKey, MirrorTotal

INSTALLATION = tables.INSTALLATION
LOAN = tables.LEDGER_LOAN
BORROWER = tables.LEDGER_BORROWER

_posted = msgspec.json.Decoder(PostedDocument).decode
_AT_ONCE = 500
_UNPROVED = (State.POSTED.value, State.DRIFTED.value)
_DONE = (State.POSTED.value, State.CONFIRMED.value)
_SAME = and_(
    MIRROR.c.books == BINDING.c.books,
    MIRROR.c.kind == BINDING.c.kind,
    MIRROR.c.external_id == BINDING.c.external_id,
)


class Unbound(msgspec.Struct, frozen=True, kw_only=True):
    document: PostedDocument
    taken_back: bool
    """Whether it is one that we voided."""


class ReconcileQueries(Part):
    """The part of a unit of work that reconciling needs, on another unit's transaction."""

    def same_sums(self, where: BooksId) -> dict[tuple[Kind, str], MirrorTotal]:
        """(kind, currency) → bound live documents that the books hold as we last saw them."""
        books = self._books_of(where)
        sums = (func.sum(MIRROR.c.total_cents), func.sum(MIRROR.c.open_cents))
        query = (
            select(MIRROR.c.kind, MIRROR.c.currency, func.count(), *sums)
            .select_from(BINDING.join(MIRROR, _SAME))
            .where(BINDING.c.books == books, BINDING.c.voided == 0, not_(self._suspect(books)))
            .group_by(MIRROR.c.kind, MIRROR.c.currency)
        )
        return {
            (Kind(kind), currency): MirrorTotal(count=count, total=total, open=still_open)
            for kind, currency, count, total, still_open in self._connection.execute(query)
        }

    def suspects(self, where: BooksId) -> Iterator[tuple[LoanKey, Binding, PostedDocument | None]]:
        """Bound live documents that may differ: absent, not live, of another version, with the
        number of another, or posted without a proof. With what the books say of them, if any."""
        books = self._books_of(where)
        query = (
            select(BINDING.c.installation, BINDING.c.loan, BINDING.c.body, MIRROR.c.body)
            .select_from(BINDING.outerjoin(MIRROR, _SAME))
            .where(BINDING.c.books == books, BINDING.c.voided == 0, self._suspect(books))
            .order_by(BINDING.c.reference)
            .execution_options(yield_per=_AT_ONCE)
        )
        for installation, loan, bound, posted in self._connection.execute(query):
            document = None if posted is None else _posted(posted)
            yield (installation, loan), decode_binding(bound), document

    def absent(self, where: BooksId, limit: int) -> dict[Kind, list[str]]:
        """External ids of bound live documents that the mirror does not have, at most so many."""
        query = (
            select(BINDING.c.kind, BINDING.c.external_id)
            .select_from(BINDING.outerjoin(MIRROR, _SAME))
            .where(
                BINDING.c.books == self._books_of(where),
                BINDING.c.voided == 0,
                MIRROR.c.status.is_(None),
            )
            .order_by(BINDING.c.kind, BINDING.c.reference)
            .limit(limit)
        )
        found: dict[Kind, list[str]] = {}
        for kind, external_id in self._connection.execute(query):
            found.setdefault(Kind(kind), []).append(external_id)
        return found

    def unbound(self, where: BooksId, prefixes: Sequence[str]) -> Iterator[Unbound]:
        """Live documents without a live binding that were ours, or have a number like ours; and
        drafts that have one."""
        books = self._books_of(where)
        was_ours = self._bound(books, voided=1)
        query = (
            select(MIRROR.c.body, was_ours)
            .where(
                or_(
                    and_(self._live(books), or_(was_ours, self._numbered(prefixes))),
                    and_(self._drafts(books), self._numbered(prefixes)),
                ),
                not_(self._bound(books, voided=0)),
            )
            .order_by(MIRROR.c.kind, MIRROR.c.number, MIRROR.c.external_id)
            .execution_options(yield_per=_AT_ONCE)
        )
        for body, taken_back in self._connection.execute(query):
            yield Unbound(document=_posted(body), taken_back=bool(taken_back))

    def foreign_sums(
        self,
        where: BooksId,
        prefixes: Sequence[str],
        kinds: Iterable[Kind],
        *,
        borrowers: bool,
    ) -> dict[tuple[Kind, str], MirrorTotal]:
        """(kind, currency) → live documents that were never ours: those of customers who are our
        borrowers, or those of all others."""
        query = (
            select(
                MIRROR.c.kind,
                MIRROR.c.currency,
                func.count(),
                func.sum(MIRROR.c.total_cents),
                func.sum(MIRROR.c.open_cents),
            )
            .where(self._foreign(where, prefixes, kinds, borrowers))
            .group_by(MIRROR.c.kind, MIRROR.c.currency)
        )
        return {
            (Kind(kind), currency): MirrorTotal(count=count, total=total, open=still_open)
            for kind, currency, count, total, still_open in self._connection.execute(query)
        }

    def foreign(
        self,
        where: BooksId,
        prefixes: Sequence[str],
        kinds: Iterable[Kind],
        limit: int,
        *,
        borrowers: bool,
    ) -> list[PostedDocument]:
        """The largest of those documents."""
        query = (
            select(MIRROR.c.body)
            .where(self._foreign(where, prefixes, kinds, borrowers))
            .order_by(MIRROR.c.total_cents.desc(), MIRROR.c.kind, MIRROR.c.external_id)
            .limit(limit)
        )
        return [_posted(body) for body in self._connection.execute(query).scalars()]

    def are_borrowers(self, where: BooksId, customers: Iterable[str]) -> set[str]:
        """Which of these customers of the books are borrowers of ours."""
        query = self._borrowers(self._books_of(where)).where(
            BINDING.c.external_id.in_(sorted(set(customers)))
        )
        query = by(query, BINDING, BY_EXTERNAL_ID)
        return {str(customer) for customer in self._connection.execute(query).scalars()}

    def open_documents(
        self, where: BooksId, currency: str, kinds: Iterable[Kind]
    ) -> Iterator[PostedDocument]:
        """Live documents of a currency that are not settled, anybody's."""
        t = MIRROR.c
        query = (
            select(t.body)
            .where(
                self._live(self._books_of(where)),
                t.currency == currency,
                t.kind.in_([kind.value for kind in kinds]),
                t.open_cents != Decimal(0),
            )
            .execution_options(yield_per=_AT_ONCE)
        )
        for body in self._connection.execute(query).scalars():
            yield _posted(body)

    def open_by_due(self, where: BooksId) -> Iterator[tuple[str, date, Decimal]]:
        """(currency, due date, open sum) of our own live invoices."""
        as_text = "CAST(mirror.body AS TEXT)"
        if is_sqlite(self._connection):
            due = f"json_extract({as_text}, '$.due')"
        else:
            due = "convert_from(mirror.body, 'UTF8')::json ->> 'due'"
        books = self._books_of(where)
        query = (
            select(MIRROR.c.currency, text(f"{due} AS due"), func.sum(MIRROR.c.open_cents))
            .select_from(BINDING.join(MIRROR, _SAME))
            .where(
                self._live(books),
                BINDING.c.voided == 0,
                MIRROR.c.kind == Kind.INVOICE.value,
                MIRROR.c.open_cents != Decimal(0),
            )
            .group_by(MIRROR.c.currency, text("due"))
        )
        for currency, day, amount in self._connection.execute(query):
            if day is not None:
                yield currency, date.fromisoformat(day), amount

    def posted_in(self, where: BooksId, run: str) -> dict[str, int]:
        """Kind → writes of a run that reached the books."""
        t = OUTBOX.c
        query = (
            select(t.kind, func.count())
            .where(t.books == self._books_of(where), t.run == run, t.state.in_(_DONE))
            .group_by(t.kind)
            .order_by(t.kind)
        )
        query = by(query, OUTBOX, BY_RUN)
        return {kind: number for kind, number in self._connection.execute(query)}  # noqa: C416

    def installations(self) -> list[tuple[str, str, str, date]]:
        """(source, installation, prefix, as of) in the order of their first delivery."""
        t = INSTALLATION.c
        query = select(t.source, t.installation, t.prefix, t.as_of).order_by(t.id)
        return [(row[0], row[1], row[2], row[3]) for row in self._connection.execute(query)]

    def borrower_names(self, loans: Iterable[LoanKey]) -> dict[LoanKey, str]:
        """Loan → its borrower's name, for those that the ledger knows."""
        wanted: dict[str, list[str]] = {}
        for installation, loan in loans:
            wanted.setdefault(installation, []).append(loan)
        found: dict[LoanKey, str] = {}
        decode = DECODERS[Borrower]
        for installation, ids in wanted.items():
            for part in chunks(ids, PARAMETERS):
                query = (
                    select(LOAN.c.id, BORROWER.c.body)
                    .select_from(
                        INSTALLATION.join(LOAN, LOAN.c.installation == INSTALLATION.c.id).join(
                            BORROWER,
                            and_(
                                BORROWER.c.installation == LOAN.c.installation,
                                BORROWER.c.id == LOAN.c.borrower,
                            ),
                        )
                    )
                    .where(INSTALLATION.c.installation == installation, LOAN.c.id.in_(part))
                )
                for loan, body in self._connection.execute(query):
                    found[installation, str(loan)] = decode(body).name
        return found

    def _suspect(self, books: int) -> ColumnElement[bool]:
        unproved = select(OUTBOX.c.reference).where(
            OUTBOX.c.books == books, OUTBOX.c.state.in_(_UNPROVED)
        )
        unproved = by(unproved, OUTBOX, BY_STATE)
        return or_(
            func.coalesce(MIRROR.c.status, "") != Status.LIVE.value,
            MIRROR.c.version != BINDING.c.version,
            MIRROR.c.version == "",  # nothing tells whether it changed
            # Another document of the same moment may have the same version.
            and_(MIRROR.c.number != "", MIRROR.c.number != BINDING.c.reference),
            BINDING.c.accepted == 1,
            BINDING.c.reference.in_(unproved),
        )

    def _live(self, books: int) -> ColumnElement[bool]:
        return and_(MIRROR.c.books == books, MIRROR.c.status == Status.LIVE.value)

    def _drafts(self, books: int) -> ColumnElement[bool]:
        return and_(MIRROR.c.books == books, MIRROR.c.status == Status.DRAFT.value)

    def _bound(self, books: int, voided: int) -> ColumnElement[bool]:
        """Whether a binding is about the mirror's row. As a set: for a correlated subquery SQLite
        picks the primary key and walks all bindings for each row (seen 2026-11-21, 3.40)."""
        bound = select(BINDING.c.kind, BINDING.c.external_id).where(
            BINDING.c.books == books, BINDING.c.voided == voided
        )
        return tuple_(MIRROR.c.kind, MIRROR.c.external_id).in_(bound)

    def _numbered(self, prefixes: Sequence[str]) -> ColumnElement[bool]:
        """Whether the number begins like a reference of ours (`LIKE` would ignore case)."""
        starts = [
            func.substr(MIRROR.c.number, 1, len(prefix) + 1) == f"{prefix}-" for prefix in prefixes
        ]
        return or_(False, *starts)

    def _borrowers(self, books: int) -> Select[tuple[str]]:
        """The customers of the books that we have posted or adopted."""
        return select(BINDING.c.external_id).where(
            BINDING.c.books == books, BINDING.c.kind == Kind.CUSTOMER.value
        )

    def _foreign(
        self,
        where: BooksId,
        prefixes: Sequence[str],
        kinds: Iterable[Kind],
        borrowers: bool,
    ) -> ColumnElement[bool]:
        books = self._books_of(where)
        theirs = MIRROR.c.customer_id.in_(self._borrowers(books))
        return and_(
            theirs if borrowers else not_(theirs),
            self._live(books),
            MIRROR.c.kind.in_([kind.value for kind in kinds]),
            MIRROR.c.bound == 0,
            not_(self._numbered(prefixes)),
        )
