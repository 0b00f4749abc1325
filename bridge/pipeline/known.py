"""Everything that the verdict is decided from, out of the state store: one value for every door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

import msgspec

from bridge.core.change.owning import borrowers_of, row_of
from bridge.core.findings import Finding
from bridge.core.identity import BooksId
from bridge.core.message import message
from bridge.core.tie_out.items import SETTLES_ITSELF, Item, ItemKind
from bridge.core.tie_out.known import LOGIN, Behind, BooksKnown, Delivery, Fresh, Known, Stop
from bridge.core.tie_out.reconcile import held
from bridge.core.tie_out.reconciliation import Notice, SystemResult
from bridge.core.tie_out.tally import LISTED, Tally
from bridge.core.tie_out.tasks import Place
from bridge.core.tie_out.verdict import Verdict, verdict
from bridge.errors import BridgeError, ConfigurationError, LoginRequired, TryLater
from bridge.pipeline.issuing import Unanswered
from bridge.pipeline.limits import UnsafePlan
from bridge.pipeline.older_state import to_be_told
from bridge.pipeline.other_company import CODE as OTHER_COMPANY
from bridge.pipeline.other_company import OtherCompany, with_question
from bridge.pipeline.resting import Resting
from bridge.pipeline.second_writer import SecondWriter
from bridge.pipeline.under_way import UnderWay, under_way
from bridge.store import LoanKey, Work
from bridge.store.tasks import Compared
from bridge.systems.base import AccountingReader

OF_THE_STORE = frozenset({ItemKind.HELD, ItemKind.PENDING, ItemKind.REJECTED, ItemKind.IN_DOUBT})
"""Kinds that the state store knows newer than any comparison."""
OF_THE_WRITES = (OF_THE_STORE - {ItemKind.HELD}) | {ItemKind.MISMATCHED}
_ABSENT = "books.absent"
_NOT_SINCE = Stop(
    code="pass.later",
    detail=message("not_compared_since_login"),
    exit_code=TryLater.exit_code,
)
_RUNS = 100
"""How far back the last pass of a company's books is looked for."""


def known(
    work: Work,
    books: Mapping[str, BooksId],
    fresh: Fresh,
    *,
    compared: Mapping[str, SystemResult] | None = None,
    stops: Mapping[str, Sequence[Stop]] | None = None,
) -> Known:
    """All that is known now of these books (system → company) and of the ledger.

    `compared` has what a comparison found just now; for other books the last comparison counts.
    `stops` says what ended this pass before its time.
    """
    compared, stops = compared or {}, stops or {}
    delivery, ledger = _deliveries(work)
    return Known(
        fresh=fresh,
        delivery=delivery,
        ledger=ledger,
        findings=_placed_findings(work),
        books=tuple(
            _books(work, where, compared.get(name), stops.get(name, ()))
            for name, where in books.items()
        ),
        answers=frozenset(work.tasks.answers()),
    )


def standing(work: Work, books: Mapping[str, BooksId], fresh: Fresh) -> Verdict:
    """The verdict by the state store alone: what the last pass and the last comparison left."""
    return verdict(known(work, books, fresh, stops=last_stops(work, books)))


def last_stops(work: Work, books: Iterable[str]) -> dict[str, list[Stop]]:
    """The stops of each company's last pass, and those that no finished pass has told a person."""
    found: dict[str, list[Stop]] = {}
    for run in work.runs.latest(limit=_RUNS):
        for name in books:
            if run.verb == "sync" and run.ended_at and name in run.counts and name not in found:
                stops = run.counts[name].get("stops", ())
                found[name] = msgspec.convert(stops, list[Stop])
    for name in books:
        said = {stop.code for stop in found.get(name, ())}
        untold = [stop for stop in to_be_told(work, name) if stop.code not in said]
        if untold:
            found[name] = [*found.get(name, ()), *untold]
    return found


def after_comparison(
    work: Work,
    results: Sequence[SystemResult],
    fresh: Fresh,
    stops: Mapping[str, Sequence[Stop]],
) -> Known:
    """All that is known right after a comparison. A stop of the last pass that only a person can
    end counts until a pass goes through."""
    books = {made.system: made.books for made in results}
    left = last_stops(work, books)
    together = {
        name: [*stops.get(name, ()), *(each for each in left.get(name, ()) if each.lasts)]
        for name in books
    }
    compared = {made.system: made for made in results}
    return known(work, books, fresh, compared=compared, stops=together)


def of_the_writes(all_known: Known) -> Known:
    """The part of all that is known that is about our own writes: an undoing is judged by that."""
    today = all_known.fresh.today
    ledger = all_known.ledger or Delivery(day=today, as_of=today)
    return Known(
        fresh=Fresh(today=today),
        delivery=ledger,
        ledger=ledger,
        books=tuple(
            BooksKnown(
                system=each.system,
                company=each.company,
                items=tuple(item for item in each.items if item.kind in OF_THE_WRITES),
                behind=each.behind,
                stops=each.stops,
            )
            for each in all_known.books
        ),
    )


def stop_of(error: BridgeError) -> Stop:
    """The stop that an error means, where it ended the work on one company's books."""
    kinds: tuple[tuple[type[BridgeError], str], ...] = (
        (TryLater, "pass.later"),
        (LoginRequired, LOGIN),
        (Unanswered, "pass.unanswered"),
        (ConfigurationError, "pass.configuration"),
        (UnsafePlan, "pass.unsafe_plan"),
        (Resting, "pass.resting"),
        (SecondWriter, "pass.second_writer"),
        (OtherCompany, OTHER_COMPANY),
    )
    code = next((code for kind, code in kinds if isinstance(error, kind)), "pass.stopped")
    told = error.what
    if error.problems:
        told = message("together", parts=(told, *(each.told for each in error.problems)))
    if isinstance(error, Unanswered | SecondWriter | OtherCompany):
        return Stop(code=code, detail=error.detail, exit_code=error.exit_code)
    return Stop(code=code, detail=told, exit_code=error.exit_code)


def unchecked(system: AccountingReader, error: BridgeError) -> SystemResult:
    """The result of books that could not be read to the end."""
    codes = {LoginRequired: "unchecked.login", TryLater: "unchecked.try_later"}
    code = next((c for kind, c in codes.items() if isinstance(error, kind)), "unchecked.refused")
    return SystemResult(
        system=system.name,
        company=system.company_id,
        checked=False,
        exit_code=error.exit_code,
        notices=(Notice(code, error.what),),
    )


def keep_comparison(
    work: Work, result: SystemResult, at: datetime, day: date, stop: Stop | None
) -> None:
    """Keep what a comparison showed, for the doors that do not read the books themselves."""
    where = result.books
    before = work.tasks.comparison(where)
    if not result.checked:
        kept = before or Compared(at=at.isoformat(), day=day)
        work.tasks.put_comparison(where, msgspec.structs.replace(kept, stop=stop))
        return
    items = tuple(item for item in result.items if item.kind not in OF_THE_STORE)
    made = Compared(
        at=at.isoformat(),
        day=day,
        items=items,
        versions=work.bindings.versions_of(where, (item.reference for item in items)),
        planned_through=work.plans.planned_through(where),
    )
    work.tasks.put_comparison(where, made)


def logged_in(work: Work, where: BooksId) -> None:
    """Note that a pass has reached these books: an ended login, seen by the last comparison, is no
    longer in the way. That they were not compared since still counts."""
    last = work.tasks.comparison(where)
    if last is not None and last.stop is not None and last.stop.code == LOGIN:
        work.tasks.put_comparison(where, msgspec.structs.replace(last, stop=_NOT_SINCE))


def with_places(work: Work, items: Iterable[Item]) -> tuple[Item, ...]:
    """The items with the file and row of the ledger that each is about, where the ledger has it:
    of a document of ours it is the row that it was made of."""
    listed = tuple(items)
    places = work.tasks.places(item.subject for item in listed if not item.file)
    documents = [item for item in listed if not item.file and item.subject not in places]
    made_of = _places_of_documents(work, documents)
    return tuple(
        item
        if item.file or place is None
        else msgspec.structs.replace(item, file=place.file, row=place.row)
        for item in listed
        for place in (places.get(item.subject) or made_of.get(item.reference),)
    )


def _places_of_documents(work: Work, items: Sequence[Item]) -> dict[str, Place]:
    """Our reference → file and row of the ledger that its document was made of."""
    installations = work.ledger.installations_by_prefix()
    documents: dict[LoanKey, set[str]] = defaultdict(set)
    for item in items:
        installation = installations.get(item.reference.rpartition("-")[0])
        if installation is not None and item.loan:
            loan = item.loan.removeprefix(f"{installation}/")
            documents[installation, loan].add(item.reference)
    found = _places_of_customers(work, [item.reference for item in items if not item.loan])
    if not documents:
        return found
    for file in work.ledger.loan_files(work.ledger.change_seq(), documents):
        for reference in documents[file.installation, file.loan_id]:
            row = row_of(reference, file)
            if row is not None:
                found[reference] = Place(row.origin.file, row.origin.line)
    return found


def _places_of_customers(work: Work, references: Sequence[str]) -> dict[str, Place]:
    """Reference of a customer → file and row of the borrower that it was made of."""
    borrowers = {each: [f"borrower:{name}" for name in borrowers_of(each)] for each in references}
    placed = work.tasks.places(chain.from_iterable(borrowers.values()))
    return {
        each: next(placed[name] for name in names if name in placed)
        for each, names in borrowers.items()
        if not placed.keys().isdisjoint(names)
    }


def behind_of(work: Work, where: BooksId, waiting: Iterable[UnderWay]) -> dict[str, Behind]:
    """The writes that wait for others: reference of a write that a person must settle → what waits
    for it."""
    writes = list(waiting)
    stuck = {
        each.entry.reference
        for each in writes
        for item in each.items
        if item.kind is ItemKind.REJECTED or item.action not in SETTLES_ITSELF
    }
    by_entry = {each.entry.id: each for each in writes}
    found: dict[str, Behind] = {}
    for reference, entries in work.entries.behind(where, stuck).items():
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        for entry in entries:
            for item in by_entry[entry].items if entry in by_entry else ():
                amounts[item.currency] += item.amount
        found[reference] = Behind(count=len(entries), amounts=dict(amounts))
    return found


def _deliveries(work: Work) -> tuple[Delivery | None, Delivery | None]:
    """The newest attempt to read the ledger, and the newest delivery that was accepted."""
    attempt, accepted = work.tasks.delivery(), work.tasks.delivery(accepted=True)
    if accepted is None and (intake := work.tasks.last_intake()) is not None:
        at, as_of = intake  # taken in by an older program
        accepted = Delivery(day=datetime.fromisoformat(at).date(), at=at, as_of=as_of)
    return attempt, accepted


def _placed_findings(work: Work) -> tuple[Finding, ...]:
    """The findings that ask something, each with its file and row where the ledger has the row."""
    findings = work.findings.asking()
    places = work.tasks.places(f.subject for f in findings if not f.file)
    return tuple(
        f
        if f.file or f.subject not in places
        else msgspec.structs.replace(f, file=places[f.subject].file, row=places[f.subject].row)
        for f in findings
    )


def _books(
    work: Work, where: BooksId, result: SystemResult | None, stops: Sequence[Stop]
) -> BooksKnown:
    last = work.tasks.comparison(where)
    just_read = result is not None and result.checked
    writes = list(under_way(work, where, just_read=just_read))
    behind = behind_of(work, where, writes)
    if result is not None and just_read:
        items = result.items
    else:
        items = (*_of_the_store(work, where, writes), *_still(work, where, last))
    stopped = list(stops)
    if result is None and last is not None and last.stop is not None:
        stopped.append(last.stop)
    return BooksKnown(
        system=where.system,
        company=where.company,
        items=with_places(work, items),
        behind=behind,
        stops=tuple(with_question(work, where, stopped)),
        rests_after=work.decisions.paused_by(where),
    )


def _of_the_store(work: Work, where: BooksId, writes: Iterable[UnderWay]) -> tuple[Item, ...]:
    """The items for holds and for writes under way, a long list summed up as in a comparison."""
    tally = Tally(LISTED)
    for (_, loan), hold in work.plans.loan_holds(where):
        tally.add([held(hold, loan)])
    for each in writes:
        loan = each.entry.loan[1]
        items = [each.otherwise] if each.otherwise is not None else each.items
        tally.add([msgspec.structs.replace(item, loan=loan) for item in items])
    return tally.items()


def _still(work: Work, where: BooksId, last: Compared | None) -> list[Item]:
    """The items of the last comparison that nothing has dealt with since."""
    if last is None:
        return []
    versions = work.bindings.versions_of(where, last.versions)
    by_id = (i for i in last.items if i.reference not in last.versions or i.cause == _ABSENT)
    bound = work.bindings.bound_ids(where, (i.external_id for i in by_id))
    planned = work.plans.planned_through(where) != last.planned_through

    def stands(item: Item) -> bool:
        if item.kind in (ItemKind.ACCEPTED, ItemKind.PRINCIPAL):
            return True  # the latter is about an account, whose id may be a document's as well
        if item.reference in last.versions:
            anew = item.cause == _ABSENT and item.external_id not in bound  # of the same version
            return versions.get(item.reference) == last.versions[item.reference] and not anew
        if item.cause == "ledger.not_planned":
            return not planned
        return item.external_id not in bound

    return [item for item in last.items if stands(item)]
