"""Sums over what the books said last, made by the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select, text

from bridge.core.books import Kind, Status
from bridge.core.identity import BooksId
from bridge.store.bindings import BINDING
from bridge.store.engine import is_sqlite
from bridge.store.mirror import MIRROR, SAME
from bridge.store.session import Part
from bridge.store.values import MirrorTotal

RECEIVABLE_AND_SALES = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT, Kind.SALE)


class MirrorSums(Part):
    """The part of a unit of work that adds up the mirror, on another unit's transaction."""

    def dated_after(self, where: BooksId, kinds: Iterable[Kind], day: date) -> int:
        """The number of live documents of these kinds, anybody's, dated after a day."""
        query = select(func.count()).where(
            MIRROR.c.books == self._books_of(where),
            MIRROR.c.status == Status.LIVE.value,
            MIRROR.c.kind.in_([kind.value for kind in kinds]),
            text(f"{self._field('day')} > :after").bindparams(after=day.isoformat()),
        )
        return int(self._connection.execute(query).scalar_one())

    def of_purposes(
        self, where: BooksId, purposes: Sequence[str]
    ) -> dict[str, dict[str, MirrorTotal]]:
        """Purpose → currency → our live documents that have a line of it, as the books have them;
        each counts once, for the first purpose. Empty: those that have none of them."""
        bound = self._text("binding.body")
        cases = [(text(f'{bound} LIKE \'%"purpose":"{each}"%\''), each) for each in purposes]
        purpose = case(*cases, else_="")
        query = self._ours(where, (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.SALE))
        query = query.with_only_columns(
            purpose.label("purpose"),
            MIRROR.c.currency,
            func.count(),
            func.sum(MIRROR.c.total_cents),
            func.sum(MIRROR.c.open_cents),
        ).group_by(text("purpose"), MIRROR.c.currency)
        found: dict[str, dict[str, MirrorTotal]] = {}
        for name, currency, count, total, still_open in self._connection.execute(query):
            sums = MirrorTotal(count=count, total=total, open=still_open)
            found.setdefault(name, {})[currency] = sums
        return found

    def by_deposit(self, where: BooksId) -> dict[tuple[str, str], MirrorTotal]:
        """(account, currency) → our live receipts and recoveries by where the books have the
        money, and what of them settles nothing yet."""
        query = self._ours(where, (Kind.RECEIPT, Kind.SALE))
        query = query.with_only_columns(
            text(f"{self._field('deposit_account')} AS account"),
            MIRROR.c.currency,
            func.count(),
            func.sum(MIRROR.c.total_cents),
            func.sum(case((MIRROR.c.kind == Kind.RECEIPT.value, MIRROR.c.open_cents), else_=0)),
        ).group_by(text("account"), MIRROR.c.currency)
        return {
            (account or "", currency): MirrorTotal(count=count, total=total, open=rest)
            for account, currency, count, total, rest in self._connection.execute(query)
        }

    def dated_until(self, where: BooksId, day: date) -> int:
        """The number of live documents of ours dated on a day or before it."""
        query = self._ours(where, RECEIVABLE_AND_SALES).where(
            text(f"{self._field('day')} <= :until").bindparams(until=day.isoformat())
        )
        return int(self._connection.execute(query.with_only_columns(func.count())).scalar_one())

    def bound(self, where: BooksId, *, voided: bool) -> int:
        """The number of documents of ours that are in force, or that were taken back."""
        query = select(func.count()).where(
            BINDING.c.books == self._books_of(where),
            BINDING.c.voided == int(voided),
            BINDING.c.kind != Kind.CUSTOMER.value,
        )
        return int(self._connection.execute(query).scalar_one())

    def _ours(self, where: BooksId, kinds: Iterable[Kind]) -> Select[Any]:
        return (
            select(MIRROR.c.kind)
            .select_from(BINDING.join(MIRROR, SAME))
            .where(
                BINDING.c.books == self._books_of(where),
                BINDING.c.voided == 0,
                MIRROR.c.status == Status.LIVE.value,
                MIRROR.c.kind.in_([kind.value for kind in kinds]),
            )
        )

    def _text(self, column: str) -> str:
        if is_sqlite(self._connection):
            return f"CAST({column} AS TEXT)"
        return f"convert_from({column}, 'UTF8')"

    def _field(self, name: str) -> str:
        """The SQL of a text field of the document's body."""
        if is_sqlite(self._connection):
            return f"json_extract(CAST(mirror.body AS TEXT), '$.{name}')"
        return f"convert_from(mirror.body, 'UTF8')::json ->> '{name}'"
