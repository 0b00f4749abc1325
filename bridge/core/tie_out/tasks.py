"""Tasks: what a person must do before ledger and books can be said to agree."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from bridge.core.message import Detail, fact_of
from bridge.core.renamed import in_words_of_now, then

ZERO = Decimal(0)


class Place(msgspec.Struct, frozen=True):
    """The place in a lender's file where something stands."""

    file: str = ""
    row: int = 0
    """Line of a text, row of a sheet, number of a record. 0: the file as a whole."""


NOWHERE = Place()


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a person must do before the verdict can be green."""

    code: str
    """What is wrong: a finding's, a hold's or an item's code, or one of `causes.CODES`."""
    action: str
    """What to do: a code that every language has words for, as for what happens otherwise."""
    system: str = ""
    """Empty: it is about the ledger itself, whatever the books."""
    subject: str = ""
    """The ledger's row (`loan:142`) or our reference (`DY7F3A-L142`), where there is one."""
    external_id: str = ""
    currency: str = ""
    amount: Decimal = ZERO
    """Its effect on ledger less books, or what the row is worth; 0 where nobody knows."""
    where: Place = NOWHERE
    detail: Detail = ""
    loan: str = ""
    count: int = 1
    """How many documents it stands for: more than one in the line that closes a long list."""
    behind: int = 0
    """Writes that wait for this one and go nowhere before it is settled."""
    behind_amounts: dict[str, Decimal] = {}
    """What those do to ledger less books, by currency."""
    answerable: bool = False
    """Whether a person's answer ("it is nothing") settles it; else it can only be put right."""
    nth: int = 1
    alike: int = 1
    """Which it is of how many that say the same of different rows, in the order of these."""

    def __post_init__(self) -> None:
        in_words_of_now(self, "code", "subject")

    @property
    def place(self) -> str:
        """The subject of the task and its place in the file, in one short line."""
        row = f"row {self.where.row}" if self.where.row else ""
        return ", ".join(part for part in (self.subject, self.where.file, row) if part)

    @property
    def id(self) -> str:
        """A short name that stays while the fact is the same: what a person's answer is kept by.

        Where a row stands is no part of it: rows move, and files are named by their day. Of rows
        that say the same, how many there are is: when one is put right, nobody knows any more
        which of them an answer was about.
        """
        place = f"{self.where.file}, row {self.where.row}"
        of_a_file = not self.subject or self.subject.startswith("file:")
        parts = [
            then(self.code),
            self.system,
            then(self.subject),
            self.external_id,
            self.currency,
            f"{self.amount:f}",
            self.where.file if of_a_file else "",
            fact_of(self.detail).replace(place, ""),
        ]
        if self.alike > 1:
            parts.append(f"{self.nth} of {self.alike}")
        if self.behind:
            parts += [f"{self.behind}", *map(str, sorted(self.behind_amounts.items()))]
        digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:8]


def told_apart(tasks: Iterable[Task]) -> list[Task]:
    """The tasks without those that are told twice; those that say the same of different rows are
    numbered, so that each has an id of its own."""
    alike: dict[str, dict[tuple[str, int, str, str, int], Task]] = {}
    for task in tasks:
        key = (task.where.file, task.where.row, task.action, task.loan, task.count)
        alike.setdefault(task.id, {})[key] = task
    return [
        msgspec.structs.replace(each[key], nth=nth, alike=len(each))
        for each in alike.values()
        for nth, key in enumerate(sorted(each), 1)
    ]


def counted(tasks: Iterable[Task]) -> list[tuple[str, str, int]]:
    """(code, system, how many) of tasks, in their order: what a line for a person has room for."""
    counts: Counter[tuple[str, str]] = Counter()
    for task in tasks:
        counts[task.code, task.system] += task.count
    return [(code, system, number) for (code, system), number in counts.items()]


def sums_of_each(tasks: Iterable[Task]) -> dict[tuple[str, str], dict[str, Decimal]]:
    """(code, system) → what its tasks are worth, whichever side they are on, by currency."""
    sums: dict[tuple[str, str], dict[str, Decimal]] = {}
    for task in tasks:
        worth = sums.setdefault((task.code, task.system), {})
        if task.amount:
            worth[task.currency] = worth.get(task.currency, ZERO) + abs(task.amount)
    return sums


def first_of_each(tasks: Iterable[Task]) -> list[Task]:
    """The first task of every code and system, in the order of `counted`."""
    first: dict[tuple[str, str], Task] = {}
    for task in tasks:
        first.setdefault((task.code, task.system), task)
    return [*first.values()]
