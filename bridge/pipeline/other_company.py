"""Books of a company to which this state has never posted, while it has documents in another
company of the same system: nothing is sent there before a person has confirmed the company."""

from __future__ import annotations

from bridge.core.identity import BooksId
from bridge.core.message import Detail, message
from bridge.core.tie_out.known import Stop
from bridge.errors import BridgeError, PersonNeeded
from bridge.pipeline.context import Books, Bridge, System
from bridge.pipeline.issuing import unanswered
from bridge.report.details import english
from bridge.store import Store, Work

CODE = "pass.other_company"


class OtherCompany(PersonNeeded):
    """bridge.toml names another company than the one that has the documents."""

    def __init__(self, system: str, detail: Detail) -> None:
        told = english(detail)
        super().__init__(
            f"bridge.toml names another company of {system} than before: {told}. Nothing was "
            "posted: everything would be posted there once more. If it is the wrong one, correct "
            "company_id. If it is meant: ledger-bridge sync --new-company"
        )
        self.detail = detail
        """The particulars for reports."""


def other_company(store: Store, books: Books[System]) -> OtherCompany | None:
    """Why nothing may be posted to this company; None where something may."""
    with store.read() as work:
        detail = _detail(work, books.id)
    return OtherCompany(books.name, detail) if detail else None


def open_question(store: Store, books: Books[System]) -> BridgeError | None:
    """The question that must be answered before anything is sent to these books."""
    return other_company(store, books) or unanswered(store, books)


def with_question(work: Work, where: BooksId, stops: list[Stop]) -> list[Stop]:
    """The stops of a pass, with the question about another company, as it stands now, in front."""
    others = [stop for stop in stops if stop.code != CODE]
    detail = _detail(work, where)
    return [Stop(code=CODE, detail=detail), *others] if detail else others


def welcome(bridge: Bridge[System], who: str) -> None:
    """Write down that a person means these companies, as far as they are asked about."""
    at = bridge.clock.now().isoformat()
    with bridge.store.begin() as work:
        for books in bridge.books.values():
            if _detail(work, books.id):
                work.decisions.welcome_company(books.id, who, at)


def _detail(work: Work, where: BooksId) -> Detail:
    """The companies with documents of ours, how many each has, and the one named now; empty where
    there is no question."""
    if work.bindings.counts(where) or work.decisions.is_welcome(where):
        return ""
    there = work.bindings.documents_elsewhere(where)
    had = ", ".join(f"{each} ({number})" for each, number in there.items())
    return message("other_company", others=had, text=where.company) if had else ""
