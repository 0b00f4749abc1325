"""Companies that may issue electronic invoices: nothing is posted before a person has said that an
invoice of ours does not become one."""

from __future__ import annotations

from bridge.core.mapping.electronic import Lacking, lack_of, lacking, office_of
from bridge.core.message import Detail
from bridge.core.tie_out.known import Stop
from bridge.errors import ConfigurationError, Problem
from bridge.pipeline.context import Books, System
from bridge.pipeline.to_do import has_work
from bridge.report.details import english
from bridge.store import Store

HELD = "books.unanswered"
"""The code of what the ledger has meanwhile."""
_ANSWERS = (
    'Ask the accountant and write the answer there: answer = "internal" (nothing that is posted '
    'here becomes an electronic invoice), "by_hand" (a person issues those that must be) or '
    '"not_here", with answered_by and answered_on.'
)


class Unanswered(ConfigurationError):
    """The accountant has not said that documents may be posted to this company, so none is."""

    def __init__(self, message: str, problem: Problem, detail: Detail) -> None:
        super().__init__(message, [problem])
        self.detail = detail
        """The particulars for reports."""


def unanswered(store: Store, books: Books[System]) -> Unanswered | None:
    """Why nothing may be posted to these books; None where something may.

    Where nobody was asked and documents of ours are there already, work goes on and a person is
    asked (`not_asked`): to stop what was posted for months would undo nothing.
    """
    lacks, country = _lacks(store, books)
    if lacks is None or (lacks is Lacking.NOT_ASKED and _posted(store, books)):
        return None
    where = f"bridge.toml, [systems.{books.name}] electronic_invoicing"
    detail = lack_of(books.declared, lacks, country)
    fix = _ANSWERS
    if lacks is Lacking.NOT_ASKED:
        fix = f'Write {{ issues = "no" }} if this company issues none. {_ANSWERS}'
    if lacks is Lacking.NOT_HERE:
        fix = "Switch this system off (enabled = false), or name another company."
    return Unanswered(
        f"Nothing is posted to {books.name}: its electronic invoices are an open question.",
        Problem(where, f"{english(detail)}.", fix),
        detail,
    )


def not_asked(store: Store, books: Books[System]) -> list[Stop]:
    """The question about electronic invoices, where work goes on without its answer."""
    lacks, country = _lacks(store, books)
    if lacks is not Lacking.NOT_ASKED or not _posted(store, books):
        return []
    return [Stop(code="pass.not_asked", detail=lack_of(books.declared, lacks, country))]


def _lacks(store: Store, books: Books[System]) -> tuple[Lacking | None, str]:
    """The gap in the accountant's answer, and the company's country where it had to be asked
    for."""
    said, country = books.declared, ""
    if not said.issues and not office_of(said) and has_work(store, books):
        country = books.system.chart().company.country
    return lacking(said, country), country


def _posted(store: Store, books: Books[System]) -> bool:
    with store.read() as work:
        return bool(work.bindings.counts(books.id))
