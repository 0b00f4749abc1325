"""Loans that could not be tied to the books again, since the books did not tell all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from bridge.core.books import Kind
from bridge.core.identity import BooksId
from bridge.core.tie_out.known import Stop
from bridge.pipeline.apart import Unread, fetched
from bridge.store import LoanKey, Work
from bridge.systems.base import AccountingReader

UNTIED = "rebuild.untold"
"""The code of the task that says so."""
_NOTED = "untied.{}.{}"
"""What the state notes of each company: the loans, and what came back."""
_SILENT = "silent.{}.{}"
"""And the documents and customers that gave no answer."""


def note_untied(
    work: Work,
    where: BooksId,
    untold: Mapping[LoanKey, str],
    silent: Collection[tuple[Kind, str]] = (),
) -> None:
    """Note which loans were left out, whole, and what gave no answer. None: all are tied."""
    asked = msgspec.json.encode(sorted(silent)).decode() if untold else ""
    if asked != work.upkeep.noted(_SILENT.format(where.system, where.company)):
        work.upkeep.note(_SILENT.format(where.system, where.company), asked)
    lines = [[*key, came] for key, came in sorted(untold.items())]
    told = msgspec.json.encode(lines).decode() if lines else ""
    if told != work.upkeep.noted(_NOTED.format(where.system, where.company)):
        work.upkeep.note(_NOTED.format(where.system, where.company), told)


def untied(work: Work, where: BooksId) -> dict[LoanKey, str]:
    """Loan → what came back instead of a document of it, when it was tied last. Nothing of it is
    taken for known by itself."""
    told = work.upkeep.noted(_NOTED.format(where.system, where.company))
    lines = msgspec.json.decode(told, type=list[tuple[str, str, str]]) if told else []
    return {(installation, loan): came for installation, loan, came in lines}


def silent(work: Work, where: BooksId) -> list[tuple[Kind, str]]:
    """The documents and customers that gave no answer when it was tied last."""
    told = work.upkeep.noted(_SILENT.format(where.system, where.company))
    return msgspec.json.decode(told, type=list[tuple[Kind, str]]) if told else []


def are_silent(system: AccountingReader, asked: Collection[tuple[Kind, str]]) -> bool:
    """Whether none of these is told even now: then reading all of the books would teach nothing.
    Raises what `fetched` raises."""
    unread = Unread()
    for kind in sorted({kind for kind, _ in asked}):
        fetched(system, kind, [each for of, each in asked if of is kind], unread)
    return bool(asked) and unread.keys() == {*asked}


def still_untied(work: Work, where: BooksId) -> list[Stop]:
    """The stop that a person is told of such loans, although the others go on."""
    left = untied(work, where)
    return [Stop(code=UNTIED, detail="; ".join(sorted(left.values())))] if left else []
