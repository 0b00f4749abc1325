"""The things that the verdict is made of beside ledger, outbox and holds: deliveries, comparisons,
answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec
from sqlalchemy import func, select

from bridge.core.identity import BooksId
from bridge.core.tie_out.items import Item
from bridge.core.tie_out.known import Delivery, Stop
from bridge.core.tie_out.tasks import Place, Task
from bridge.store import tables
from bridge.store.engine import upsert
from bridge.store.session import Part, chunks
from bridge.store.values import json

DELIVERY = tables.DELIVERY
COMPARISON = tables.COMPARISON
ANSWER = tables.ANSWER
INTAKE = tables.INTAKE
INSTALLATION = tables.INSTALLATION
_ROWS = {
    "loan": (tables.LEDGER_LOAN,),
    "movement": (
        tables.LEDGER_REPAYMENT,
        tables.LEDGER_ADJUSTMENT,
    ),
    "borrower": (tables.LEDGER_BORROWER,),
}
"""A subject's word → where rows of that kind are."""
_AT_ONCE = 500
_NEWEST, _ACCEPTED = 1, 2


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """The results that the last comparison of one company's books left to be known."""

    at: str
    """UTC."""
    day: date
    """The business day that it spoke of."""
    stop: Stop | None = None
    """Why the books could not be read to the end; then the rest is of the comparison before."""
    items: tuple[Item, ...] = ()
    """What the books showed: neither holds nor what is under way, which the store knows newer."""
    versions: dict[str, str] = {}
    """Reference → the version its binding had: one that moved on has been dealt with."""
    planned_through: int = 0


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A person's answer to a task."""

    id: str
    at: str
    who: str
    note: str
    task: Task


class _Placed(msgspec.Struct):
    """The part of a ledger row's body that tells where it came from."""

    class Origin(msgspec.Struct):
        file: str = ""
        line: int = 0

    origin: Origin


_delivery = msgspec.json.Decoder(Delivery).decode
_compared = msgspec.json.Decoder(Compared).decode
_task = msgspec.json.Decoder(Task).decode
_placed = msgspec.json.Decoder(_Placed).decode


class Tasks(Part):
    """The part of a unit of work that the verdict reads, and the doors write."""

    def put_delivery(self, delivery: Delivery) -> None:
        """Keep the newest attempt to read the ledger, in place of the one before."""
        places = (_NEWEST, _ACCEPTED) if delivery.accepted else (_NEWEST,)
        upsert(self._connection, DELIVERY, [{"id": p, "body": json(delivery)} for p in places])

    def delivery(self, *, accepted: bool = False) -> Delivery | None:
        """The newest attempt to read the ledger, or the newest that was accepted; None: none."""
        place = _ACCEPTED if accepted else _NEWEST
        query = select(DELIVERY.c.body).where(DELIVERY.c.id == place)
        body = self._connection.execute(query).scalar()
        return None if body is None else _delivery(body)

    def last_intake(self) -> tuple[str, date] | None:
        """(instant, day that it speaks of) of the newest delivery that was accepted."""
        query = select(INTAKE.c.at, INTAKE.c.as_of).order_by(INTAKE.c.seq.desc()).limit(1)
        row = self._connection.execute(query).first()
        return None if row is None else (row.at, row.as_of)

    def put_comparison(self, where: BooksId, compared: Compared) -> None:
        line = {"books": self._books_of(where), "body": json(compared)}
        upsert(self._connection, COMPARISON, [line])

    def comparison(self, where: BooksId) -> Compared | None:
        """The results of the last comparison of these books; None before the first."""
        query = select(COMPARISON.c.body).where(COMPARISON.c.books == self._books_of(where))
        body = self._connection.execute(query).scalar()
        return None if body is None else _compared(body)

    def answer(self, id: str, who: str, at: str, task: Task, note: str = "") -> None:
        """Keep a person's answer; it counts as long as a task of this id comes up."""
        line = {"task": id, "at": at, "who": who, "note": note, "body": json(task)}
        upsert(self._connection, ANSWER, [line])

    def reopen(self, id: str) -> bool:
        """Forget an answer. False: there is none."""
        gone = self._connection.execute(ANSWER.delete().where(ANSWER.c.task == id))
        return gone.rowcount > 0

    def last_answer(self) -> tuple[int, str]:
        """The number of answers, and the time when the newest was given."""
        row = self._connection.execute(select(func.count(), func.max(ANSWER.c.at))).one()
        return int(row[0]), str(row[1] or "")

    def answers(self) -> dict[str, Answered]:
        """Task id → what a person said, the oldest answer first."""
        query = select(ANSWER).order_by(ANSWER.c.at, ANSWER.c.task)
        return {
            row.task: Answered(
                id=row.task, at=row.at, who=row.who, note=row.note, task=_task(row.body)
            )
            for row in self._connection.execute(query)
        }

    def places(self, subjects: Iterable[str]) -> Mapping[str, Place]:
        """Subject (`loan:2`) → the file and row that it stands in, of those the ledger has."""
        wanted: dict[str, list[str]] = {}
        for subject in sorted(set(subjects)):
            kind, _, native_id = subject.partition(":")
            if kind in _ROWS and native_id:
                wanted.setdefault(kind, []).append(native_id)
        found: dict[str, Place] = {}
        for kind, ids in wanted.items():
            for table in _ROWS[kind]:
                for part in chunks(ids, _AT_ONCE):
                    query = select(table.c.id, table.c.body).where(
                        table.c.installation.in_(select(INSTALLATION.c.id)), table.c.id.in_(part)
                    )
                    for native_id, body in self._connection.execute(query):
                        origin = _placed(body).origin
                        found[f"{kind}:{native_id}"] = Place(origin.file, origin.line)
        return found
