"""The law of the verdict under attack: whatever is known, green means that nothing is wrong."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bridge.core.findings import CATALOGUE, Finding
from bridge.core.tie_out.causes import CAUSES, STOPS
from bridge.core.tie_out.checks import (
    CheckCode,
    CheckFigures,
    Evidence,
    Outcome,
    checks,
    sign_of,
)
from bridge.core.tie_out.items import SETTLES_ITSELF, Item, ItemKind
from bridge.core.tie_out.known import (
    CONFIGURATION,
    TRY_LATER,
    Behind,
    BooksKnown,
    Delivery,
    Fresh,
    Known,
    Stop,
)
from bridge.core.tie_out.verdict import Result, verdict
from bridge.errors import Problem

DAY = date(2026, 11, 20)
ASKING = sorted(code for code, rule in CATALOGUE.items() if rule.holds or rule.asks)
AMOUNTS = st.integers(-500, 500).map(lambda cents: Decimal(cents) / 100)
FILES = st.sampled_from(("", "prestamos.csv", "pagos.csv"))
DAYS = st.integers(-9, 0).map(lambda days: DAY + timedelta(days=days))
ACTIONS = st.sampled_from(("none", "run_sync", "put_right", "say_what_it_is", "open_period"))

ITEMS = st.builds(
    Item,
    kind=st.sampled_from(ItemKind),
    currency=st.sampled_from(("COP", "USD")),
    amount=AMOUNTS,
    reference=st.sampled_from(("", "DY-L1", "DY-P1", "A-17")),
    external_id=st.sampled_from(("", "1", "2")),
    cause=st.sampled_from(
        ("books.edited", "outbox.dropped", "outbox.rejected", "principal.to_income", *ASKING)
    ),
    action=ACTIONS,
    detail=st.sampled_from(("", "pagos.csv, row 4, column abono: no")),
    subject=st.sampled_from(("", "loan:1", "movement:1")),
    file=FILES,
    row=st.integers(0, 3),
    count=st.integers(1, 3),
)
"""Anything, whether the program would ever make it or not."""

FINDINGS = st.builds(
    Finding,
    code=st.sampled_from(ASKING),
    subject=st.sampled_from(("loan:1", "movement:1", "file:pagos.csv")),
    detail=st.sampled_from(("", "pagos.csv, row 4, column abono: no")),
    amount=st.none() | AMOUNTS,
    file=FILES,
    row=st.integers(0, 3),
)
STOPPED = st.builds(
    Stop,
    code=st.sampled_from(sorted(STOPS)),
    exit_code=st.sampled_from((1, TRY_LATER, CONFIGURATION)),
)
BOOKS = st.builds(
    BooksKnown,
    system=st.sampled_from(("quickbooks", "xero")),
    company=st.just("1"),
    items=st.lists(ITEMS, max_size=5).map(tuple),
    behind=st.dictionaries(
        st.sampled_from(("DY-L1", "DY-P1")),
        st.builds(
            Behind,
            count=st.integers(1, 3),
            amounts=st.dictionaries(st.just("COP"), AMOUNTS, max_size=1),
        ),
        max_size=1,
    ),
    stops=st.lists(STOPPED, max_size=1).map(tuple),
    rests_after=st.sampled_from(("", "", "", "a-run")),
)
DELIVERIES = st.builds(
    Delivery,
    day=DAYS,
    as_of=st.none() | DAYS,
    source=FILES,
    accepted=st.booleans(),
    problems=st.lists(st.builds(Problem, FILES, FILES, FILES), max_size=2).map(tuple),
)
ANYTHING = st.builds(
    Known,
    fresh=st.builds(
        Fresh,
        today=st.just(DAY),
        read_since=st.none() | DAYS,
        max_age_days=st.none() | st.integers(0, 9),
    ),
    delivery=st.none() | DELIVERIES,
    ledger=st.none() | DELIVERIES.map(lambda each: replace(each, accepted=True)),
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    books=st.lists(BOOKS, max_size=2, unique_by=lambda each: each.system).map(tuple),
)

READ = Delivery(day=DAY, as_of=DAY, source="cartera.xlsx")
QUIET = st.builds(
    Item,
    kind=st.sampled_from((ItemKind.FOREIGN, ItemKind.HELD, ItemKind.PENDING, ItemKind.ACCEPTED)),
    currency=st.just("COP"),
    amount=AMOUNTS,
    cause=st.sampled_from(("books.by_hand", "interest.not_due", "outbox.pending")),
    action=st.just("none"),
)
GREEN = st.builds(
    Known,
    fresh=st.just(Fresh(today=DAY, read_since=DAY, max_age_days=3)),
    delivery=st.just(READ),
    ledger=st.just(READ),
    books=st.lists(
        st.builds(
            BooksKnown,
            system=st.sampled_from(("quickbooks", "xero", "zoho")),
            company=st.just("1"),
            items=st.lists(QUIET, max_size=4).map(tuple),
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda each: each.system,
    ).map(tuple),
)


def seen(known: Known) -> int:
    return sum(len(list(cause(known))) for cause in CAUSES)


@settings(max_examples=150, deadline=None)
@given(ANYTHING)
def test_green_is_exactly_that_nothing_is_seen_and_everything_was_checked(known: Known) -> None:
    answer = verdict(known)
    doubt = any(item.kind is ItemKind.IN_DOUBT for each in known.books for item in each.items)
    stopped = any(each.stops for each in known.books)
    assert bool(answer.tasks) is bool(seen(known))
    if answer.green:
        assert known.books
        assert not (doubt or stopped or seen(known))
        assert answer.exit_code == 0
    elif not seen(known):
        assert doubt or stopped or not known.books
        assert answer.result is Result.UNCHECKED
    if seen(known):
        assert answer.result is Result.DIFFERS
        assert answer.exit_code in (1, CONFIGURATION)


@settings(max_examples=150, deadline=None)
@given(ANYTHING)
def test_every_task_has_an_id_of_its_own_and_none_is_lost(known: Known) -> None:
    tasks = verdict(known).tasks
    assert len({task.id for task in tasks}) == len(tasks)
    places = {
        (task.code, task.system, task.subject, task.amount, task.where)
        for cause in CAUSES
        for task in cause(known)
    }
    told = {(task.code, task.system, task.subject, task.amount, task.where) for task in tasks}
    assert told == places


@pytest.mark.not_quick
@settings(max_examples=150, deadline=None)
@given(GREEN, st.data())
def test_any_trouble_takes_the_green_away(known: Known, data: st.DataObject) -> None:
    assert verdict(known).green
    first, *others = known.books
    breaking = ITEMS.filter(
        lambda item: item.action not in SETTLES_ITSELF and item.kind is not ItemKind.ACCEPTED
    )
    worse = data.draw(
        st.one_of(
            FINDINGS.map(lambda finding: replace(known, findings=(finding,))),
            breaking.map(lambda item: replace(first, items=(*first.items, item))),
            STOPPED.map(lambda stop: replace(first, stops=(stop,))),
            st.just(replace(first, rests_after="a-run")),
            st.just(replace(known, delivery=replace(READ, accepted=False))),
            st.just(replace(known, ledger=None, delivery=None)),
            st.integers(4, 90).map(
                lambda days: replace(known, ledger=replace(READ, as_of=DAY - timedelta(days=days)))
            ),
            st.just(replace(known, ledger=replace(READ, day=DAY - timedelta(days=1)))),
        )
    )
    if isinstance(worse, BooksKnown):
        worse = replace(known, books=(worse, *others))
    if any(stop.code == "pass.resting" for each in worse.books for stop in each.stops):
        return  # told by `rests_after`, which lasts longer than the pass
    assert not verdict(worse).green


@settings(max_examples=150, deadline=None)
@given(ANYTHING)
def test_only_what_an_answer_may_settle_is_settled_by_one(known: Known) -> None:
    before = verdict(known)
    answered = replace(known, answers=frozenset(task.id for task in before.tasks))
    after = verdict(answered)
    assert [task.id for task in after.tasks] == [t.id for t in before.tasks if not t.answerable]
    assert verdict(replace(answered, answers=frozenset())) == before


SEEN = st.dictionaries(
    st.sampled_from(CheckCode),
    st.builds(
        CheckFigures,
        amounts=st.dictionaries(st.just("COP"), AMOUNTS, max_size=1),
        why=st.sampled_from(("", "no_renewals")),
        impossible=st.booleans(),
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(GREEN, ANYTHING), SEEN, st.data())
def test_a_failing_check_is_never_beside_a_green_verdict(
    known: Known, seen_in_books: dict[CheckCode, CheckFigures], data: st.DataObject
) -> None:
    """Whatever breaks a check and waits for a person breaks it; and nothing else does."""
    answer = verdict(known)
    for books in known.books:
        codes = st.sampled_from(CheckCode)
        signs = tuple(sign_of(item, data.draw(codes)) for item in books.items)
        tasks = (*answer.of(books.system), *answer.of(""))
        found = checks(Evidence(signs=signs, seen=seen_in_books), tasks)
        assert [check.code for check in found] == list(CheckCode)
        failing = {check.code for check in found if check.outcome is Outcome.FAILS}
        assert not (failing and answer.green)
        asked = {(task.code, task.subject) for task in tasks}
        assert failing == {s.code for s in signs if (s.cause, s.subject) in asked}
        for check in found:
            if check.outcome is Outcome.HOLDS:
                assert check.code in seen_in_books
                assert not check.why
