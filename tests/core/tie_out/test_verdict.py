"""One law for the verdict: green only when nothing that is known keeps it from being so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from bridge.core.findings import CATALOGUE, Finding
from bridge.core.tie_out.causes import CAUSES, a_check_fails, lent_money_is_income
from bridge.core.tie_out.items import BREAKING, Item, ItemKind
from bridge.core.tie_out.known import Behind, BooksKnown, Delivery, Fresh, Known, Reason, Stop
from bridge.core.tie_out.tasks import Task
from bridge.core.tie_out.verdict import Result, Verdict, verdict
from bridge.report.said import reason_of

TODAY = date(2026, 11, 20)
LEDGER = Delivery(day=TODAY, as_of=TODAY, source="ledger.json")
BOOKS = BooksKnown(system="xero", company="1")
GREEN = Known(
    fresh=Fresh(today=TODAY, read_since=TODAY, max_age_days=3),
    delivery=LEDGER,
    ledger=LEDGER,
    books=(BOOKS,),
)


def item(kind: ItemKind = ItemKind.FOREIGN, action: str = "none", **more: Any) -> Item:
    given = {"cause": "books.by_hand", "amount": Decimal(5), "currency": "COP"} | more
    return Item(kind=kind, action=action, **given)


def books(*items: Item, **more: Any) -> Known:
    return replace(GREEN, books=(replace(BOOKS, items=items, **more),))


def read_on(day: date, as_of: date) -> Known:
    ledger = replace(LEDGER, day=day, as_of=as_of)
    return replace(GREEN, delivery=ledger, ledger=ledger)


REFUSED = replace(
    LEDGER,
    accepted=False,
    as_of=None,
    problems=(Reason("ledger.json", "has no loans.", "Again."),),
)
UNREAD = Finding(code="row.unreadable", subject="file:pagos.csv", file="pagos.csv", row=7)


def held(code: str, action: str, **more: Any) -> Item:
    return item(ItemKind.HELD, action, cause=code, subject="loan:2", **more)


RED: dict[str, tuple[Known, str]] = {
    "a state that has read no ledger": (replace(GREEN, delivery=None, ledger=None),
                                        "ledger.never_read"),
    "a first delivery that was refused": (replace(GREEN, delivery=REFUSED, ledger=None),
                                          "delivery.refused"),
    "a refused delivery after a good one": (replace(GREEN, delivery=REFUSED), "delivery.refused"),
    "a ledger that is four days old": (read_on(TODAY, date(2026, 11, 16)), "delivery.old"),
    "a ledger that was read yesterday": (read_on(date(2026, 11, 19), date(2026, 11, 19)),
                                         "delivery.not_read"),
    "a row that could not be read": (replace(GREEN, findings=(UNREAD,)), "row.unreadable"),
    "a closed period": (books(held("books.period_closed", "open_period")), "books.period_closed"),
    "a movement that nobody approved": (books(held("movement.not_approved", "wait")),
                                        "movement.not_approved"),
    "an edited amount of no effect": (
        books(held("loan.amount_edited", "decide_amount", amount=Decimal(0))),
        "loan.amount_edited"),
    "a rejected document": (
        books(item(ItemKind.REJECTED, "fix_rejected", cause="outbox.rejected")), "outbox.rejected"),
    "a dropped document": (
        books(item(ItemKind.PENDING, "decide_dropped", cause="outbox.dropped")), "outbox.dropped"),
    "a correction stopped by an edit": (
        books(item(ItemKind.PENDING, "decide_correction", cause="outbox.drifted")),
        "outbox.drifted"),
    "what nothing explains": (
        books(item(ItemKind.REMAINDER, "find_entry", cause="control.manual_entries")),
        "control.manual_entries"),
    "what a pass should have planned": (
        books(item(ItemKind.REMAINDER, "run_sync", cause="ledger.not_planned")),
        "ledger.not_planned"),
    "a document by hand on a borrower": (
        books(item(action="say_what_it_is", cause="books.by_hand_on_borrower")),
        "books.by_hand_on_borrower"),
    "a journal": (books(item(action="explain_journal", cause="control.journal")),
                  "control.journal"),
    "principal as income": (
        books(item(ItemKind.PRINCIPAL, "move_from_income", cause="principal.income")),
        "principal.income"),
    "a check of the books": (
        books(item(ItemKind.CHECK, "book_handed_out", cause="check.renewals")),
        "check.renewals"),
    "a plan over the limits": (books(stops=(Stop(code="pass.unsafe_plan"),)), "pass.unsafe_plan"),
    "books that rest": (books(rests_after="a-run"), "pass.resting"),
    **{f"{kind.value} at amount zero": (
        books(item(kind, "look_closer", cause="posting.differs", amount=Decimal(0))),
        "posting.differs") for kind in sorted(BREAKING)},
}  # fmt: skip


@pytest.mark.parametrize("what", RED)
def test_each_of_these_is_a_task_and_exit_code_1(what: str) -> None:
    known, code = RED[what]
    answer = verdict(known)
    assert [task.code for task in answer.tasks] == [code]
    assert (answer.result, answer.exit_code, answer.word) == (Result.DIFFERS, 1, "person")
    assert answer.reason == code
    assert answer.systems == {"xero": Result.DIFFERS}
    assert code in reason_of(answer)


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
def test_each_cause_is_needed(
    cause: Callable[[Known], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it something wrong is green, and nothing else is."""
    assert not list(cause(GREEN))
    seen = {what for what, (known, _) in RED.items() if list(cause(known))}
    monkeypatch.setattr("bridge.core.tie_out.verdict.CAUSES", [c for c in CAUSES if c is not cause])
    wrongly = {what for what, (known, _) in RED.items() if verdict(known).green}
    assert wrongly == seen != set()


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_finding_is_a_task_when_it_asks(code: str) -> None:
    finding = Finding(code=code, subject="loan:2", file="deudas.csv", row=3, amount=Decimal(7))
    known = replace(GREEN, findings=(finding,) if finding.asks else ())
    told = [(t.code, t.where.file, t.where.row, t.amount) for t in verdict(known).tasks]
    assert told == ([(code, "deudas.csv", 3, 7)] if finding.asks else [])


@pytest.mark.parametrize(
    "between",
    [
        item(),
        held("interest.not_due", "none"),
        held("recovery.income", "none"),
        item(ItemKind.ACCEPTED, "none", cause="books.accepted"),
        item(ItemKind.PENDING, "run_sync", cause="outbox.pending"),
        item(cause="control.rounding", amount=Decimal("0.01")),
    ],
    ids=lambda between: between.cause,
)
def test_what_waits_for_nobody_is_green_but_for_items(between: Item) -> None:
    answer = verdict(books(between))
    assert (answer.result, answer.tasks) == (Result.AGREES_WITH_ITEMS, ())
    assert (answer.exit_code, answer.word) == (0, "clean")


def test_nothing_between_the_sides_is_simply_green() -> None:
    answer = verdict(GREEN)
    assert (answer.result, answer.exit_code, answer.tasks) == (Result.AGREES, 0, ())
    assert reason_of(answer) == "both sides agree"


@pytest.mark.parametrize(
    ("age_days", "red"), [(0, False), (3, False), (4, True)], ids=["today", "Friday's", "older"]
)
def test_a_delivery_may_be_as_old_as_the_settings_say(age_days: int, red: bool) -> None:
    known = read_on(TODAY, date(2026, 11, 20 - age_days))
    assert bool(verdict(known).tasks) is red


def test_nobody_is_asked_how_old_a_ledger_is_where_nothing_says_how_old_it_may_be() -> None:
    known = replace(read_on(date(2026, 1, 1), date(2026, 1, 1)), fresh=Fresh(today=TODAY))
    assert verdict(known).green


def test_books_that_could_not_be_read_are_unchecked_and_a_task_comes_first() -> None:
    later = Stop(code="pass.later", exit_code=75)
    answer = verdict(books(stops=(later,)))
    assert (answer.result, answer.exit_code, answer.word) == (Result.UNCHECKED, 75, "later")
    assert answer.reason == "pass.later"
    known = replace(books(stops=(later,)), findings=(UNREAD,))
    assert (verdict(known).result, verdict(known).exit_code) == (Result.DIFFERS, 1)


def test_a_login_that_ended_keeps_its_exit_code_whatever_else() -> None:
    ended = books(stops=(Stop(code="pass.login", exit_code=78),))
    assert (verdict(ended).result, verdict(ended).exit_code) == (Result.UNCHECKED, 78)
    assert verdict(replace(ended, findings=(UNREAD,))).exit_code == 1, "a person has a task as well"


def test_a_reply_that_was_lost_is_no_green() -> None:
    doubt = item(ItemKind.IN_DOUBT, "run_sync", cause="outbox.in_doubt")
    answer = verdict(books(doubt))
    assert (answer.result, answer.exit_code, answer.reason) == (
        Result.UNCHECKED,
        75,
        "outbox.in_doubt",
    )


def test_without_books_nothing_was_checked() -> None:
    assert verdict(replace(GREEN, books=())).result is Result.UNCHECKED


def test_an_answer_counts_until_the_fact_changes_and_never_for_what_is_held() -> None:
    by_hand = item(action="say_what_it_is", cause="books.by_hand_on_borrower")
    (task,) = verdict(books(by_hand)).tasks
    answered = replace(books(by_hand), answers=frozenset({task.id}))
    assert verdict(answered).result is Result.AGREES_WITH_ITEMS
    more = replace(answered, books=books(replace(by_hand, amount=Decimal(6))).books)
    assert verdict(more).result is Result.DIFFERS
    for what in ("a closed period", "a rejected document", "what nothing explains"):
        known, _ = RED[what]
        (task,) = verdict(known).tasks
        assert verdict(replace(known, answers=frozenset({task.id}))).result is Result.DIFFERS


def test_what_is_held_in_all_books_alike_is_told_once_as_the_ledgers_own() -> None:
    one = held("movement.orphan", "restore_loan", file="pagos.csv", row=4)
    two = (replace(BOOKS, items=(one,)), replace(BOOKS, system="zoho", items=(one,)))
    known = replace(GREEN, books=two, findings=(Finding(code="movement.orphan", subject="loan:2"),))
    (task,) = verdict(known).tasks
    assert (task.system, task.where.file, task.where.row) == ("", "pagos.csv", 4)
    other = (two[0], replace(two[1], items=(replace(one, amount=Decimal(9)),)))
    assert [t.system for t in verdict(replace(known, books=other)).tasks] == ["zoho", "xero"]


def test_what_is_held_is_told_in_the_words_of_the_finding_about_the_row() -> None:
    words = 'deudas.csv, row 2, column Moneda: "pesos" can be COP, MXN; write the code'
    about = {"code": "loan.currency_unknown", "subject": "loan:2"}
    known = replace(
        books(held("loan.currency_unknown", "set_currency")),
        findings=(Finding(**about, detail=words), Finding(**about, detail="another")),
    )
    assert [task.detail for task in verdict(known).tasks] == [words]
    same = replace(known, books=books(held(about["code"], "set_currency", detail="another")).books)
    assert [task.detail for task in verdict(same).tasks] == ["another"]


def test_what_waits_behind_a_rejected_write_is_part_of_its_task() -> None:
    customer = item(
        ItemKind.REJECTED,
        "fix_rejected",
        cause="outbox.rejected",
        reference="DY-D1",
        amount=Decimal(0),
    )
    waits = item(ItemKind.PENDING, "run_sync", cause="outbox.pending", amount=Decimal(90))
    behind = {"DY-D1": Behind(count=3, amounts={"COP": Decimal(90)})}
    (task,) = verdict(books(customer, waits, behind=behind)).tasks
    assert (task.behind, task.behind_amounts) == (3, {"COP": Decimal(90)})


def test_one_document_is_one_task_whatever_its_fields() -> None:
    fields = [
        item(ItemKind.DRIFTED, "put_right", cause="books.edited", reference="DY-L1", field=field)
        for field in ("total", "day")
    ]
    (task,) = verdict(books(*fields)).tasks
    assert (task.subject, task.amount) == ("DY-L1", Decimal(10))


def test_what_is_about_everything_comes_first_then_what_is_worth_most() -> None:
    rows = tuple(
        Finding(code="row.unreadable", subject=f"file:{n}", amount=Decimal(n)) for n in (3, 9, 1)
    )
    answer = verdict(replace(GREEN, delivery=REFUSED, findings=rows))
    assert [(t.code, t.amount) for t in answer.tasks] == [
        ("delivery.refused", 0),
        ("row.unreadable", 9),
        ("row.unreadable", 3),
        ("row.unreadable", 1),
    ]


def test_each_company_has_its_own_answer() -> None:
    other = replace(BOOKS, system="zoho", items=(item(ItemKind.MISSING, "look_closer"),))
    answer: Verdict = verdict(replace(GREEN, books=(BOOKS, other)))
    assert answer.systems == {"xero": Result.AGREES, "zoho": Result.DIFFERS}
    assert [task.system for task in answer.of("zoho")] == ["zoho"]
    assert answer.of("xero") == ()


def test_books_that_were_not_read_do_not_differ_because_of_the_ledger() -> None:
    unread = replace(BOOKS, system="zoho", stops=(Stop(code="pass.later", exit_code=75),))
    answer = verdict(replace(GREEN, books=(BOOKS, unread), findings=(UNREAD,)))
    assert answer.result is Result.DIFFERS
    assert answer.systems == {"xero": Result.DIFFERS, "zoho": Result.UNCHECKED}


def test_a_tasks_id_is_the_same_on_any_day_and_follows_the_fact() -> None:
    task = Task(code="x", action="y", subject="loan:2", amount=Decimal("5.00"))
    assert task.id == replace(task, action="z", loan="2").id
    assert len({task.id, replace(task, amount=Decimal(6)).id, replace(task, code="w").id}) == 3


def unread_rows(
    *rows: int, file: str = "pagos.csv", subject: str = "", placed: bool = True
) -> Known:
    """Rows that say the same and could not be read; `placed` when their words say where."""
    return replace(
        GREEN,
        findings=tuple(
            Finding(
                code="amount.unreadable",
                subject=subject or f"file:{file}",
                detail=(f"{file}, row {row}, column abono: " if placed else "") + '"mil" is wrong',
                file=file,
                row=row,
            )
            for row in rows
        ),
    )


@pytest.mark.parametrize("placed", [True, False])
def test_two_rows_with_the_same_text_are_two_tasks(placed: bool) -> None:
    tasks = verdict(unread_rows(4, 9, placed=placed)).tasks
    assert sorted(task.where.row for task in tasks) == [4, 9]
    assert len({task.id for task in tasks}) == 2
    answered = replace(unread_rows(4, 9, placed=placed), answers=frozenset({tasks[0].id}))
    assert [task.id for task in verdict(answered).tasks] == [tasks[1].id]


def test_an_answer_stays_when_the_row_moves_or_its_file_is_of_another_day() -> None:
    (before,) = verdict(unread_rows(4)).tasks
    assert verdict(replace(unread_rows(7), answers=frozenset({before.id}))).green
    both = frozenset(task.id for task in verdict(unread_rows(4, 9)).tasks)
    assert verdict(replace(unread_rows(12, 15), answers=both)).green
    (monday,) = verdict(unread_rows(4, file="lunes.csv", subject="movement:9")).tasks
    tuesday = unread_rows(6, file="martes.csv", subject="movement:9")
    assert verdict(replace(tuesday, answers=frozenset({monday.id}))).green


def test_an_answer_about_one_of_two_rows_is_no_answer_about_the_one_that_is_left() -> None:
    first, second = verdict(unread_rows(4, 9)).tasks
    for answered in (first, second):
        left = replace(unread_rows(9), answers=frozenset({answered.id}))
        assert [task.where.row for task in verdict(left).tasks] == [9]


def test_what_is_told_twice_of_one_row_is_one_task() -> None:
    assert len(verdict(unread_rows(4, 4)).tasks) == 1


@pytest.mark.parametrize(
    ("cause", "answerable"), [("principal.to_income", True), ("principal.income", False)]
)
def test_of_lent_money_on_income_only_an_entry_may_be_said_to_be_right(
    cause: str, answerable: bool
) -> None:
    found = lent_money_is_income(books(item(ItemKind.PRINCIPAL, "fix_account", cause=cause)))
    assert [task.answerable for task in found] == [answerable]


def test_of_a_check_that_fails_a_person_may_say_that_it_is_right() -> None:
    (task,) = a_check_fails(books(item(ItemKind.CHECK, "look", cause="check.other")))
    assert task.answerable


@pytest.mark.parametrize(
    ("code", "exit_code", "lasts"),
    [("pass.failed", 1, True), ("pass.failed", 75, False), ("pass.login", 78, False),
     ("pass.login", 75, False), ("pass.settings", 78, True)],
)  # fmt: skip
def test_what_stands_in_the_way_of_the_next_pass_too(
    code: str, exit_code: int, lasts: bool
) -> None:
    assert Stop(code=code, exit_code=exit_code).lasts is lasts
