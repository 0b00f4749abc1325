"""The answers of people about rows without numbers of their own; they count from the next intake
on."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, or_, select

from bridge.core.findings import Finding
from bridge.store import tables
from bridge.store.engine import upsert
from bridge.store.findings import FINDING
from bridge.store.session import Part

LIKENESS = tables.LIKENESS
_LEDGER = {
    "borrower": {"borrower": tables.LEDGER_BORROWER},
    "loan": {"loan": tables.LEDGER_LOAN},
    "movement": {
        "repayment": tables.LEDGER_REPAYMENT,
        "adjustment": tables.LEDGER_ADJUSTMENT,
    },
}
"""A subject's word → the kinds of rows that it may mean."""
SAME, DIFFERENT, GONE = "same", "different", "gone"
_finding = msgspec.json.Decoder(Finding).decode


class SaidAlike(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a person about one task."""

    task: str
    answer: str
    old: str
    at: str
    who: str


class AlikeAnswers(Part):
    """The part of a unit of work that keeps what is the same, another one, or gone."""

    def asked(self, code: str, subject: str) -> Finding | None:
        """The question about this row, if there is one."""
        query = select(FINDING.c.body).where(FINDING.c.code == code).order_by(FINDING.c.id)
        found = map(_finding, self._connection.execute(query).scalars())
        return next((each for each in found if each.subject == subject), None)

    def say_same(self, task: str, new: str, old: str, who: str, at: str) -> bool:
        """The new row has the old one's name from the next intake on (subjects: `loan:W…`)."""
        return self._say(task, SAME, new, [old], who, at)

    def say_different(self, task: str, new: str, olds: list[str], who: str, at: str) -> bool:
        """The rows are different ones. A row that is not in the file, and was taken for this one
        alone, is gone."""
        said = self._say(task, DIFFERENT, new, olds, who, at)
        return said and (len(olds) > 1 or self.say_gone(task, olds[0], who, at))

    def say_gone(self, task: str, old: str, who: str, at: str) -> bool:
        """The row is rightly no longer in the file. False: the ledger has no such row."""
        return self._say(task, GONE, "", [old], who, at)

    def take_back(self, task: str) -> bool:
        """Forget what was said of this task. False: nothing was."""
        gone = self._connection.execute(delete(LIKENESS).where(LIKENESS.c.task == task))
        return gone.rowcount > 0

    def said(self) -> list[SaidAlike]:
        """Everything that was said, the oldest first; of one task once."""
        query = select(LIKENESS).order_by(LIKENESS.c.at, LIKENESS.c.task, LIKENESS.c.new_id.desc())
        found: dict[str, SaidAlike] = {}
        for row in self._connection.execute(query):
            said = SaidAlike(
                task=row.task, answer=row.answer, old=str(row.old_id), at=row.at, who=row.who
            )
            found.setdefault(row.task, said)
        return [*found.values()]

    def _say(self, task: str, answer: str, new: str, olds: list[str], who: str, at: str) -> bool:
        places = [self._place(old) for old in olds]
        if not all(places):
            return False
        _, _, new_id = new.partition(":")
        lines = [
            {
                "installation": installation,
                "kind": kind,
                "new_id": new_id,
                "old_id": old_id,
                "answer": answer,
                "task": task,
                "at": at,
                "who": who,
            }
            for installation, kind, old_id in filter(None, places)
        ]
        if new_id:
            t = LIKENESS.c
            mine = or_(t.task == task, t.new_id == new_id)
            same = t.installation == lines[0]["installation"], t.kind == lines[0]["kind"]
            self._connection.execute(delete(LIKENESS).where(mine, *same, t.answer != GONE))
        upsert(self._connection, LIKENESS, lines)
        return True

    def _place(self, subject: str) -> tuple[int, str, str] | None:
        """Installation, kind and id of a row that the ledger has."""
        word, _, native_id = subject.partition(":")
        for kind, table in _LEDGER.get(word, {}).items():
            query = select(table.c.installation).where(
                table.c.installation.in_(select(tables.INSTALLATION.c.id)),
                table.c.id == native_id,
            )
            installation = self._connection.execute(query).scalar()
            if installation is not None:
                return int(installation), kind, native_id
        return None
