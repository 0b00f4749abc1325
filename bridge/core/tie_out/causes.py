"""The causes that keep the verdict from green: each makes tasks of what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

import msgspec

from bridge.core.message import Detail, message
from bridge.core.tie_out.items import BREAKING, SETTLES_ITSELF, Item, ItemKind
from bridge.core.tie_out.known import CONFIGURATION, TRY_LATER, Behind, Known, Reason
from bridge.core.tie_out.tasks import ZERO, Place, Task

Cause = Callable[[Known], Iterable[Task]]


def the_ledger_was_never_read(known: Known) -> Iterator[Task]:
    """Nothing can agree with a ledger that nobody knows."""
    if known.ledger is None and (known.delivery is None or known.delivery.accepted):
        yield Task(code="ledger.never_read", action="run_sync_now")


def the_newest_delivery_was_refused(known: Known) -> Iterator[Task]:
    """One task for every reason: each is put right by itself."""
    delivery = known.delivery
    if delivery is None or delivery.accepted:
        return
    for problem in delivery.problems or (Reason(delivery.source, "", ""),):
        yield Task(
            code="delivery.refused",
            action="deliver_again",
            subject=f"file:{delivery.source}",
            where=_place_of(problem),
            detail=_reason(problem),
        )


def _place_of(problem: Reason) -> Place:
    """File and row of a reason to refuse a delivery."""
    where = problem.where
    if isinstance(where, str):
        return Place(where)
    file, row = where.value("file"), where.value("row")
    return Place(file if isinstance(file, str) else "", row if isinstance(row, int) else 0)


def _reason(problem: Reason) -> Detail:
    """The reason to refuse a delivery: the mistake, and the remedy."""
    if isinstance(problem.what, str):
        return f"{problem.what} {problem.fix}".strip()
    return message("mistake", what=problem.what, fix=problem.fix) if problem.fix else problem.what


def the_ledger_is_old(known: Known) -> Iterator[Task]:
    """The delivery's day, and the day on which anybody looked for a newer one."""
    fresh, ledger = known.fresh, known.ledger
    if ledger is None:
        return
    age_days = (fresh.today - (ledger.as_of or ledger.day)).days
    if fresh.max_age_days is not None and age_days > fresh.max_age_days:
        yield Task(
            code="delivery.old",
            action="deliver_newer",
            subject=f"file:{ledger.source}",
            where=Place(ledger.source),
            detail=message("days_old", day=ledger.as_of or ledger.day, number=age_days),
        )
    if fresh.read_since is not None and ledger.day < fresh.read_since:
        refused = known.delivery is not None and not known.delivery.accepted
        if not refused:
            yield Task(
                code="delivery.not_read",
                action="run_sync_now",
                detail=message("not_read_since", day=ledger.day, start=fresh.read_since),
            )


def a_row_asks(known: Known) -> Iterator[Task]:
    """Rows that could not be read, and those that contradict themselves.

    What is held for the same reason is told with its amount, by the books.
    """
    held = {(item.cause, item.subject) for _, item in _items(known, ItemKind.HELD)}
    for finding in known.findings:
        if (finding.code, finding.subject) in held:
            continue
        yield Task(
            code=finding.code,
            action=action_for(finding.code),
            subject=finding.subject,
            currency=finding.currency,
            amount=finding.amount or ZERO,
            where=Place(finding.file, finding.row),
            detail=finding.detail,
            answerable=finding.code not in SAID_OTHERWISE,
        )


def something_is_held(known: Known) -> Iterator[Task]:
    """Held for a person's decision. What is wrong in the ledger itself is told once for all books
    that hold the same, in the words of the finding about the row: it knows what stands there."""
    words = _words_of_findings(known)
    systems = {books.system for books in known.books}
    seen: dict[tuple[str, str, str, Decimal, Detail], set[str]] = {}
    rows = list(_items(known, ItemKind.HELD))
    for system, item in rows:
        seen.setdefault(_row(item), set()).add(system)
    for system, item in rows:
        if item.action == "none":
            continue
        everywhere = item.subject != "" and seen[_row(item)] == systems
        task = _of_item(item, "" if everywhere else system)
        said = words.get((item.cause, item.subject), [])
        if said and item.detail not in said:
            task = msgspec.structs.replace(task, detail=said[0])
        yield task


def _words_of_findings(known: Known) -> dict[tuple[str, str], list[Detail]]:
    """Code and subject → what each finding about it says."""
    said: dict[tuple[str, str], list[Detail]] = {}
    for finding in known.findings:
        if finding.detail:
            said.setdefault((finding.code, finding.subject), []).append(finding.detail)
    return said


def _row(item: Item) -> tuple[str, str, str, Decimal, Detail]:
    return (item.cause, item.subject, item.currency, item.amount, item.detail)


def a_write_is_stuck(known: Known) -> Iterator[Task]:
    """Rejected, stopped by an edit, or dropped; with everything that waits behind it."""
    for books in known.books:
        for item in books.items:
            if item.kind not in (ItemKind.REJECTED, ItemKind.PENDING):
                continue
            if item.action in SETTLES_ITSELF:
                continue
            behind = books.behind.get(item.reference, Behind(count=0))
            yield msgspec.structs.replace(
                _of_item(item, books.system),
                behind=behind.count,
                behind_amounts=behind.amounts,
                answerable=item.cause == "outbox.dropped",
            )


def the_books_differ(known: Known) -> Iterator[Task]:
    """The books do not hold what was posted; one task for each document, whatever its fields."""
    for books in known.books:
        documents: dict[tuple[str, ...], list[Item]] = {}
        for item in books.items:
            if item.kind in BREAKING and item.kind is not ItemKind.PRINCIPAL:
                key = (item.kind, item.cause, item.reference, item.external_id, item.currency)
                documents.setdefault(key, []).append(item)
        for items in documents.values():
            amount = sum((item.amount for item in items), ZERO)
            yield _of_item(msgspec.structs.replace(items[0], amount=amount), books.system)


def something_is_unexplained(known: Known) -> Iterator[Task]:
    for system, item in _items(known, ItemKind.REMAINDER):
        yield msgspec.structs.replace(
            _of_item(item, system),
            action="run_sync_now" if item.action == "run_sync" else item.action,
        )


def somebody_booked_by_hand(known: Known) -> Iterator[Task]:
    """Documents on our own borrowers and entries on the control account, until a person answers."""
    for system, item in _items(known, ItemKind.FOREIGN):
        if item.action not in SETTLES_ITSELF:
            yield msgspec.structs.replace(_of_item(item, system), answerable=True)


def lent_money_is_income(known: Known) -> Iterator[Task]:
    """In this morning's chart, or by an entry there: each is a task, whatever its amount. Of an
    entry a person may say that it is right."""
    for system, item in _items(known, ItemKind.PRINCIPAL):
        may_be_right = item.cause in {"principal.to_income", "principal.entry_unread"}
        yield msgspec.structs.replace(_of_item(item, system), answerable=may_be_right)


def a_check_fails(known: Known) -> Iterator[Task]:
    """One task for each check that fails. A person may say that it is right, since it is about the
    books alone."""
    for system, item in _items(known, ItemKind.CHECK):
        yield msgspec.structs.replace(_of_item(item, system), answerable=True)


def the_work_was_stopped(known: Known) -> Iterator[Task]:
    """A plan that nobody approved yet, a refusal: what a person must say before it goes on."""
    for books in known.books:
        for stop in books.stops:
            mends_otherwise = stop.exit_code in (TRY_LATER, CONFIGURATION)
            mends_otherwise = mends_otherwise and stop.code not in OF_SETTINGS
            if not mends_otherwise and stop.code != "pass.resting":
                yield Task(
                    code=stop.code,
                    action=STOPS[stop.code],
                    system=books.system,
                    detail=stop.detail,
                )


def the_books_rest(known: Known) -> Iterator[Task]:
    for books in known.books:
        if books.rests_after:
            yield Task(
                code="pass.resting",
                action="resume_sync",
                system=books.system,
                detail=message("undone", run=books.rests_after),
            )


STOPS = {
    "pass.later": "wait",
    "pass.configuration": "mend_settings",
    "pass.login": "log_in",
    "pass.no_end": "look_why_ended",
    "pass.no_writes": "look_why_none",
    "pass.not_asked": "answer_invoicing",
    "pass.other_company": "say_which_company",
    "pass.resting": "resume_sync",
    "pass.restored": "look_why_older",
    "pass.second_writer": "keep_one_writer",
    "pass.stopped": "read_problem",
    "rebuild.asked": "look_closer",
    "rebuild.untold": "tie_again",
    "rebuild.unknown": "void_or_renumber",
    "undo.left": "look_closer",
    "pass.unanswered": "answer_invoicing",
    "pass.unsafe_plan": "approve_plan",
}
"""Why work on one company's books ended → what to do."""

OF_SETTINGS = frozenset({"pass.unanswered"})
"""Those that a person mends by a word in bridge.toml, and must be told as a task."""

CAUSES: tuple[Cause, ...] = (
    the_ledger_was_never_read,
    the_newest_delivery_was_refused,
    the_ledger_is_old,
    lent_money_is_income,
    the_work_was_stopped,
    the_books_rest,
    something_is_unexplained,
    a_write_is_stuck,
    the_books_differ,
    somebody_booked_by_hand,
    a_check_fails,
    something_is_held,
    a_row_asks,
)
"""Everything that keeps the verdict from green, the gravest first."""

_OF_EVERYTHING = (
    "ledger.never_read",
    "delivery.refused",
    "delivery.old",
    "delivery.not_read",
    "pass.other_company",
    "pass.second_writer",
    "pass.stopped",
    "pass.no_end",
    "pass.no_writes",
    "undo.left",
    "pass.unanswered",
    "pass.unsafe_plan",
    "pass.resting",
    "pass.restored",
    "pass.not_asked",
)
CODES = frozenset({*_OF_EVERYTHING, *STOPS, "books.none"})
"""Codes of tasks and reasons beside those of findings, holds and items."""


def by_gravity_and_money(task: Task) -> tuple[object, ...]:
    about_all = task.code in _OF_EVERYTHING or task.code.startswith("principal.")
    place = _OF_EVERYTHING.index(task.code) if task.code in _OF_EVERYTHING else 0
    return (not about_all, place, -abs(task.amount), task.code, task.system, task.subject, task.id)


def _items(known: Known, kind: ItemKind) -> Iterator[tuple[str, Item]]:
    for books in known.books:
        for item in books.items:
            if item.kind is kind:
                yield books.system, item


def _of_item(item: Item, system: str) -> Task:
    return Task(
        code=item.cause,
        action=item.action,
        system=system,
        subject=item.subject or item.reference,
        external_id=item.external_id,
        currency=item.currency,
        amount=item.amount or item.worth,
        where=Place(item.file, item.row),
        detail=item.detail,
        loan=item.loan,
        count=item.count,
    )


SAID_OTHERWISE = frozenset({"identity.proposed", "identity.waiting"})
"""What is not settled by saying that it is nothing: the row would never be booked."""

ROW_ACTIONS = {
    "amount.over_limit": "approve_limit",
    "loan.amount_edited": "decide_amount",
    "loan.kind_unknown": "say_kind",
    "loan.balance_mismatch": "write_payment",
    "loan.balance_moved": "write_payment",
    "loan.balance_only": "allow_opening",
    "loan.currency_unknown": "set_currency",
    "loan.interest_unclear": "say_amount",
    "loan.orphan": "restore_borrower",
    "loan.paid_unexplained": "write_payment",
    "identity.proposed": "say_if_same",
    "identity.vanished": "say_if_gone",
    "identity.waiting": "say_of_owner",
    "movement.duplicate_conflict": "keep_one",
    "movement.future_date": "check_date",
    "movement.negative_payment": "fix_negative",
    "movement.not_approved": "wait",
    "movement.orphan": "restore_loan",
    "movement.refund": "book_refund",
    "movement.reversal_unmatched": "name_reversed",
}
"""What to do about a row of the ledger that is not booked as it stands."""


def action_for(code: str) -> str:
    """The action that a code asks for; if none is listed, the ledger's row is to be set right."""
    return ROW_ACTIONS.get(code, "fix_source")
