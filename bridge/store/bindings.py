"""Bindings: our references tied to the ids of the accounting system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import and_, bindparam, func, select

from bridge.core.books import Kind, PostedDocument
from bridge.core.delivery import Binding
from bridge.core.identity import BooksId, base_reference
from bridge.store import tables
from bridge.store.engine import by, document_text, upsert
from bridge.store.session import BOOKS, PARAMETERS, Part, by_installation, chunks
from bridge.store.values import NO_LOAN, LoanKey, json

BINDING = tables.BINDING
OUTBOX = tables.OUTBOX
WAIT = tables.WAIT
decode_binding = msgspec.json.Decoder(Binding).decode
BY_LOAN, BY_BASE, BY_EXTERNAL_ID = "ix_binding_loan", "ix_binding_base", "ix_binding_external"
"""Indexes that find the few bindings of a loan, of a reference in any generation, or of a document
of the books."""

# Made once: for one row at a time, making a statement costs more than carrying it out.
_ONE_LESS = (
    OUTBOX.update().where(OUTBOX.c.id == bindparam("one")).values(waiting=OUTBOX.c.waiting - 1)
)
_SAW = (
    BINDING.update()
    .where(BINDING.c.books == bindparam("of"), BINDING.c.reference == bindparam("named"))
    .values(version=bindparam("seen"))
)


class Bindings(Part):
    """The part of a unit of work that knows what is in the books under which id.

    Bindings belong to one company's books: those of another are never found.
    """

    def of_loan(self, where: BooksId, loan: LoanKey) -> list[Binding]:
        """Every binding of a loan, all generations, voided ones too."""
        t = BINDING.c
        query = (
            select(t.body)
            .where(
                t.books == self._books_of(where),
                t.installation == loan[0],
                t.loan == loan[1],
            )
            .order_by(t.reference)
        )
        query = by(query, BINDING, BY_LOAN)
        return [decode_binding(body) for (body,) in self._connection.execute(query)]

    def named(self, where: BooksId, reference: str) -> Binding | None:
        """The binding of a full reference, live or voided."""
        t = BINDING.c
        query = select(t.body).where(t.books == self._books_of(where), t.reference == reference)
        body = self._connection.execute(query).scalar()
        return None if body is None else decode_binding(body)

    def by_external_id(self, where: BooksId, kind: Kind, external_id: str) -> Binding | None:
        """The binding of a document of the books; a live one if there is one."""
        t = BINDING.c
        query = (
            select(t.body)
            .where(
                t.books == self._books_of(where),
                t.kind == kind.value,
                t.external_id == external_id,
            )
            .order_by(t.voided, t.reference.desc())
            .limit(1)
        )
        query = by(query, BINDING, BY_EXTERNAL_ID)
        body = self._connection.execute(query).scalar()
        return None if body is None else decode_binding(body)

    def is_shared(self, where: BooksId, customer: Binding) -> bool:
        """Whether another customer of ours is the same one in the books: somebody merged them."""
        t = BINDING.c
        query = (
            select(t.reference)
            .where(
                t.books == self._books_of(where),
                t.kind == Kind.CUSTOMER.value,
                t.external_id == customer.external_id,
                t.reference != customer.reference,
                t.voided == 0,
            )
            .limit(1)
        )
        query = by(query, BINDING, BY_EXTERNAL_ID)
        return self._connection.execute(query).scalar() is not None

    def loan_of(self, where: BooksId, reference: str) -> LoanKey | None:
        """The loan that a reference was posted for; None for customers and unknown ones."""
        t = BINDING.c
        query = select(t.installation, t.loan).where(
            t.books == self._books_of(where), t.reference == reference
        )
        row = self._connection.execute(query).first()
        return None if row is None or row.loan == "" else (row.installation, row.loan)

    def loans_of(self, where: BooksId, references: Iterable[str]) -> dict[str, LoanKey]:
        """Reference → the loan that it was posted for, for those that are known and of a loan."""
        books, t = self._books_of(where), BINDING.c
        found: dict[str, LoanKey] = {}
        for part in chunks(references, PARAMETERS):
            query = select(t.reference, t.installation, t.loan).where(
                t.books == books, t.reference.in_(part), t.loan != ""
            )
            for row in self._connection.execute(query):
                found[row.reference] = (row.installation, row.loan)
        return found

    def links(self, where: BooksId, references: Iterable[str]) -> dict[str, str]:
        """Reference → external id, for those that are bound and not voided."""
        books = self._books_of(where)
        t = BINDING.c
        found: dict[str, str] = {}
        for part in chunks(references, PARAMETERS):
            query = select(t.reference, t.external_id).where(
                t.books == books, t.reference.in_(part), t.voided == 0
            )
            for reference, external_id in self._connection.execute(query):
                found[reference] = external_id
        return found

    def live(self, where: BooksId, kind: Kind | None = None) -> Iterator[tuple[LoanKey, Binding]]:
        """Everything that should be in the books, streamed by reference."""
        t = BINDING.c
        query = select(t.installation, t.loan, t.body).where(
            t.books == self._books_of(where), t.voided == 0
        )
        if kind is not None:
            query = query.where(t.kind == kind.value)
        for row in self._connection.execute(query.order_by(t.reference)):
            yield (row.installation, row.loan), decode_binding(row.body)

    def of_customer(self, where: BooksId, customer: str) -> list[Binding]:
        """The documents that should be in the books for a customer of that reference."""
        t = BINDING.c
        named = document_text(self._connection, t.body).contains(
            f'"customer":"{customer}"', autoescape=True
        )
        query = select(t.body).where(t.books == self._books_of(where), t.voided == 0, named)
        query = query.order_by(t.reference)
        found = [decode_binding(body) for (body,) in self._connection.execute(query)]
        return [each for each in found if getattr(each.document, "customer", "") == customer]

    def put(self, where: BooksId, binding: Binding, loan: LoanKey = NO_LOAN) -> None:
        """Write a binding over the one of the same reference. Entries that waited for it go on."""
        self.put_all(where, [(binding, loan)])

    def put_all(self, where: BooksId, bindings: Sequence[tuple[Binding, LoanKey]]) -> None:
        """Write several bindings over those of the same references, each with its loan."""
        books = self._books_of(where)
        lines = [
            {
                "books": books,
                "reference": binding.reference,
                "base": base_reference(binding.reference),
                "kind": binding.document.kind.value,
                "external_id": binding.external_id,
                "version": binding.version,
                "installation": loan[0],
                "loan": loan[1],
                "voided": int(binding.voided),
                "reversed": int(bool(binding.reversed_by)),
                "accepted": int(bool(binding.accepted)),
                "body": json(binding),
            }
            for binding, loan in bindings
        ]
        upsert(self._connection, BINDING, lines)
        self._release(books, [each.reference for each, _ in bindings if not each.voided])
        for binding, _ in bindings:
            undone = getattr(binding.document, "reverses", "")
            if undone:
                by = "" if binding.voided else binding.reference
                self._mark_reversed(where, undone, by)

    def mark_voided(
        self, where: BooksId, reference: str, posted: PostedDocument | None = None
    ) -> None:
        """The document is no longer in force; `posted` is what the books say is left of it."""
        binding = self.named(where, reference)
        assert binding is not None, f"{reference} is not bound"
        changed = msgspec.structs.replace(
            binding,
            voided=True,
            posted=posted or binding.posted,
            version=posted.version if posted else binding.version,
            accepted="",
            restore=False,
        )
        self._rewrite(where, changed)
        undone = getattr(binding.document, "reverses", "")
        if undone:
            self._mark_reversed(where, undone, "")

    def saw_versions(self, where: BooksId, versions: Mapping[str, str]) -> None:
        """The books have these references in another version, and the same in it: nothing to look
        at again until the version moves on. Only what is searched by changes."""
        books = self._books_of(where)
        lines = [{"of": books, "named": name, "seen": seen} for name, seen in versions.items()]
        if lines:
            self._connection.execute(_SAW, lines)

    def _mark_reversed(self, where: BooksId, reference: str, by: str) -> None:
        binding = self.named(where, reference)
        assert binding is not None, f"{reference} is undone and not bound"
        self._rewrite(where, msgspec.structs.replace(binding, reversed_by=by))

    def _rewrite(self, where: BooksId, binding: Binding) -> None:
        """Write a binding that is there over itself, without looking at those who wait for it."""
        t = BINDING.c
        self._connection.execute(
            BINDING.update()
            .where(t.books == self._books_of(where), t.reference == binding.reference)
            .values(
                external_id=binding.external_id,
                version=binding.version,
                voided=int(binding.voided),
                reversed=int(bool(binding.reversed_by)),
                accepted=int(bool(binding.accepted)),
                body=json(binding),
            )
        )

    def counts(self, where: BooksId) -> dict[tuple[Kind, bool], int]:
        """(kind, voided) → how many."""
        t = BINDING.c
        query = (
            select(t.kind, t.voided, func.count())
            .where(t.books == self._books_of(where))
            .group_by(t.kind, t.voided)
        )
        return {(Kind(k), bool(v)): n for k, v, n in self._connection.execute(query)}

    def documents_elsewhere(self, where: BooksId) -> dict[str, int]:
        """Other companies of a system → how many documents of ours are there and not void."""
        t = BINDING.c
        query = (
            select(BOOKS.c.company, func.count())
            .join_from(BINDING, BOOKS, BOOKS.c.id == t.books)
            .where(BOOKS.c.system == where.system, BOOKS.c.company != where.company, t.voided == 0)
            .where(t.kind != Kind.CUSTOMER.value)
            .group_by(BOOKS.c.company)
            .order_by(BOOKS.c.company)
        )
        return {row[0]: int(row[1]) for row in self._connection.execute(query)}

    def _release(self, books: int, references: Iterable[str]) -> None:
        """Lower the wait count of the entries that needed these references."""
        for part in chunks(references, PARAMETERS):
            those = and_(WAIT.c.books == books, WAIT.c.reference.in_(part))
            waited = self._connection.execute(select(WAIT.c.entry).where(those)).scalars().all()
            if waited:
                self._connection.execute(WAIT.delete().where(those))
                self._connection.execute(_ONE_LESS, [{"one": entry} for entry in waited])

    def by_loan(self, where: BooksId, loans: Iterable[LoanKey]) -> dict[LoanKey, list[Binding]]:
        """Loan → every binding of it, all generations, voided ones too, by reference."""
        t, books = BINDING.c, self._books_of(where)
        found: dict[LoanKey, list[Binding]] = {}
        for installation, part in by_installation(loans):
            query = (
                select(t.loan, t.body)
                .where(t.books == books, t.installation == installation, t.loan.in_(part))
                .order_by(t.reference)
            )
            for loan, body in self._connection.execute(by(query, BINDING, BY_LOAN)):
                found.setdefault((installation, loan), []).append(decode_binding(body))
        return found

    def under(
        self, where: BooksId, bases: Iterable[str]
    ) -> dict[str, list[tuple[LoanKey, Binding]]]:
        """Base reference → what is bound under it, all generations, and for which loan."""
        t, books = BINDING.c, self._books_of(where)
        found: dict[str, list[tuple[LoanKey, Binding]]] = {}
        for part in chunks(bases, PARAMETERS):
            query = select(t.base, t.installation, t.loan, t.body).where(
                t.books == books, t.base.in_(part)
            )
            for row in self._connection.execute(by(query, BINDING, BY_BASE)):
                bound = ((row.installation, row.loan), decode_binding(row.body))
                found.setdefault(row.base, []).append(bound)
        return found

    def customers(self, where: BooksId, bases: Iterable[str]) -> dict[str, Binding]:
        """Base reference → the live binding of that customer; the newest generation if several."""
        t, books = BINDING.c, self._books_of(where)
        found: dict[str, Binding] = {}
        for part in chunks(bases, PARAMETERS):
            query = select(t.base, t.body).where(
                t.books == books,
                t.base.in_(part),
                t.kind == Kind.CUSTOMER.value,
                t.voided == 0,
            )
            for base, body in self._connection.execute(by(query, BINDING, BY_BASE)):
                binding = decode_binding(body)
                if base not in found or binding.generation > found[base].generation:
                    found[base] = binding
        return found

    def customer(self, where: BooksId, base: str) -> Binding | None:
        """The binding of one customer."""
        return self.customers(where, [base]).get(base)

    def versions_of(self, where: BooksId, references: Iterable[str]) -> dict[str, str]:
        """Reference → version of its binding in force, of those that have one and that nobody has
        decided about."""
        books = self._books_of(where)
        t = BINDING.c
        found: dict[str, str] = {}
        for part in chunks(sorted(set(references)), PARAMETERS):
            query = select(t.reference, t.version).where(
                t.books == books, t.voided == 0, t.accepted == 0, t.reference.in_(part)
            )
            found.update(self._connection.execute(query).tuples().all())
        return found

    def bound_ids(self, where: BooksId, external_ids: Iterable[str]) -> set[str]:
        """Which of these documents of the books a binding in force is about."""
        books = self._books_of(where)
        t = BINDING.c
        found: set[str] = set()
        for part in chunks(sorted(set(external_ids)), PARAMETERS):
            for kind in Kind:
                query = select(t.external_id).where(
                    t.books == books,
                    t.kind == kind.value,
                    t.external_id.in_(part),
                    t.voided == 0,
                )
                query = by(query, BINDING, BY_EXTERNAL_ID)
                found.update(self._connection.execute(query).scalars())
        return found
