"""Loans that could not be tied to the books again, since the books did not tell all of them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bridge.core.identity import BooksId
from bridge.core.tie_out.known import Stop
from bridge.store import LoanKey, Work

UNTIED = "rebuild.untold"
"""The code of the task that says so."""
_NOTED = "untied.{}.{}"
"""What the state notes of each company: the loans, and what came back."""


def note_untied(work: Work, where: BooksId, untold: Mapping[LoanKey, str]) -> None:
    """Note which loans were left out, whole. None: all are tied."""
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


def still_untied(work: Work, where: BooksId) -> list[Stop]:
    """The stop that a person is told of such loans, although the others go on."""
    left = untied(work, where)
    return [Stop(code=UNTIED, detail="; ".join(sorted(left.values())))] if left else []
