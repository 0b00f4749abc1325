"""The life of writes: claimed in order, moved only as the table allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, product

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError

from bridge.core.books import Kind
from bridge.core.delivery import (
    Drifted,
    InDoubt,
    Operation,
    Outcome,
    Posted,
    Rejected,
    State,
    Unavailable,
    may,
)
from bridge.core.identity import BooksId
from bridge.errors import UsageError
from bridge.store import NO_LOAN, Entry, Store, Work
from tests.store.enqueued import ONE, claimed, enqueue, new
from tests.store.rows import AT, BOOKS, COMPANY, NOW, SYSTEM, customer, invoice, posted, receipt


def references(entries: Sequence[Entry]) -> list[str]:
    return [entry.reference for entry in entries]


def post(store: Store, entries: Sequence[Entry]) -> None:
    with store.begin() as work:
        for entry in entries:
            work.outbox.move(entry, Posted(posted(entry.kind, f"id {entry.reference}")), NOW)


def first_loan(store: Store) -> None:
    enqueue(
        store,
        new(receipt("DY7F3A-P1", "DY7F3A-L1"), 13),
        new(invoice("DY7F3A-L1"), 9),
        new(invoice("DY7F3A-L2"), 9),
        new(customer(), 6, loan=NO_LOAN),
    )


def test_what_others_need_is_claimed_first_and_what_needs_it_waits(store: Store) -> None:
    first_loan(store)
    people = claimed(store)
    assert references(people) == ["DY7F3A-D1"]
    assert people[0].state is State.SENDING
    assert people[0].attempt == 1
    assert claimed(store) == []
    post(store, people)
    invoices = claimed(store)
    assert references(invoices) == ["DY7F3A-L1", "DY7F3A-L2"]
    assert invoices[0].links == {"DY7F3A-D1": "id DY7F3A-D1"}
    post(store, invoices[1:])
    assert claimed(store) == []
    post(store, invoices[:1])
    (paid,) = claimed(store)
    assert paid.outgoing().links == {
        "DY7F3A-D1": "id DY7F3A-D1",
        "DY7F3A-L1": "id DY7F3A-L1",
    }


def test_a_rejected_customer_holds_up_its_documents_only(store: Store) -> None:
    first_loan(store)
    enqueue(store, new(customer("DY7F3A-D2"), 6, loan=NO_LOAN))
    one, two = claimed(store)
    with store.begin() as work:
        work.outbox.move(one, Rejected("name taken", "6240"), NOW)
    post(store, [two])
    assert claimed(store) == []
    enqueue(store, new(invoice("DY7F3A-L9", "DY7F3A-D2"), 9, loan=("dev-7f3a", "9")))
    assert references(claimed(store)) == ["DY7F3A-L9"]
    with store.begin() as work:
        work.decisions.retry(one.id, "ana", AT)
    post(store, claimed(store))
    assert references(claimed(store)) == ["DY7F3A-L1", "DY7F3A-L2"]


def test_each_refusal_of_a_write_is_counted_for_its_reference_alone(store: Store) -> None:
    """The next try has another key: the books would answer the refusal again."""
    first_loan(store)
    enqueue(store, new(customer("DY7F3A-D2"), 6, loan=NO_LOAN))
    one, two = claimed(store)
    with store.begin() as work:
        assert work.trials.refusals(BOOKS, [one.reference]) == {}
        work.outbox.move(one, Rejected("name taken", "6240"), NOW)
        work.outbox.move(two, Unavailable("busy"), NOW)
        both = [one.reference, two.reference]
        assert work.trials.refusals(BOOKS, both) == {one.reference: 1}
        assert work.trials.refusals(BOOKS, [f"{one.reference}.2"]) == {}
        assert work.trials.refusals(BooksId(SYSTEM, "another company"), both) == {}


def test_a_binding_taken_over_from_the_books_ends_the_waiting(store: Store) -> None:
    first_loan(store)
    (person,) = claimed(store)
    post(store, [person])
    with store.begin() as work:
        binding = work.bindings.named(BOOKS, "DY7F3A-D1")
        assert binding is not None
        work.bindings.mark_voided(BOOKS, "DY7F3A-D1")
    assert claimed(store) == []
    with store.begin() as work:
        work.bindings.put(BOOKS, binding)
    assert references(claimed(store, 1)) == ["DY7F3A-L1"]


def test_claims_stop_at_the_limit_and_never_repeat(store: Store) -> None:
    enqueue(store, *(new(customer(f"DY7F3A-D{n}"), 6, loan=NO_LOAN) for n in range(1, 8)))
    seen = [references(claimed(store, 3)) for _ in range(4)]
    assert [len(part) for part in seen] == [3, 3, 1, 0]
    assert list(chain(*seen)) == [f"DY7F3A-D{n}" for n in range(1, 8)]


def test_what_was_refused_at_the_door_waits_its_time(store: Store) -> None:
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    (entry,) = claimed(store)
    with store.begin() as work:
        work.outbox.move(entry, Unavailable("rate limit", 60), NOW)
        assert work.outbox.claim(BOOKS, NOW + timedelta(seconds=59), 1) == []
        (again,) = work.outbox.claim(BOOKS, NOW + timedelta(seconds=60), 1)
    assert again.attempt == 2


@pytest.mark.parametrize("wait_s", [10.0**12 / 1000, 90_000, 86_400])
def test_no_wait_is_longer_than_a_day(store: Store, wait_s: float) -> None:
    enqueue(store, new(customer(), 0))
    (entry,) = claimed(store)
    with store.begin() as work:
        work.outbox.move(entry, Unavailable("refused for rate", wait_s), NOW)
        assert work.outbox.due_in_s(BOOKS, NOW) == 86_400
        assert work.outbox.claim(BOOKS, NOW + timedelta(days=1, seconds=-1), 1) == []
        assert len(work.outbox.claim(BOOKS, NOW + timedelta(days=1), 1)) == 1


def test_a_clock_that_was_years_ahead_holds_nothing_back(store: Store) -> None:
    enqueue(store, new(customer(), 0))
    (entry,) = claimed(store)
    with store.begin() as work:
        work.outbox.move(entry, Unavailable("refused for rate", 60), NOW + timedelta(days=4_000))
        assert work.outbox.due_in_s(BOOKS, NOW) is None
        assert len(work.outbox.claim(BOOKS, NOW, 1)) == 1


def test_after_a_crash_everything_on_its_way_is_in_doubt_and_never_claimed(store: Store) -> None:
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    claimed(store)
    with store.begin() as work:
        assert work.outbox.doubt_all(BOOKS) == 1
        assert work.outbox.claim(BOOKS, NOW, 10) == []
        (entry,) = work.outbox.in_doubt(BOOKS)
        work.outbox.move(entry, Posted(posted(Kind.CUSTOMER, "77", "3")), NOW)
        found = work.bindings.named(BOOKS, "DY7F3A-D1")
    assert found is not None
    assert (found.external_id, found.version, found.voided) == ("77", "3", False)


OUTCOMES: dict[State, Outcome] = {
    State.POSTED: Posted(posted(Kind.CUSTOMER, "77")),
    State.REJECTED: Rejected("no", "1"),
    State.PENDING: Unavailable("busy"),
    State.IN_DOUBT: InDoubt("reset"),
    State.DRIFTED: Drifted(None),
}
PATHS: dict[State, list[State]] = {
    State.PENDING: [],
    State.SENDING: [State.SENDING],
    State.IN_DOUBT: [State.SENDING, State.IN_DOUBT],
    State.POSTED: [State.SENDING, State.POSTED],
    State.REJECTED: [State.SENDING, State.REJECTED],
    State.DRIFTED: [State.SENDING, State.DRIFTED],
}


def brought_to(work: Work, state: State) -> Entry:
    work.outbox.enqueue("run-1", BOOKS, [new(customer(), 6, loan=NO_LOAN)])
    (entry,) = work.entries.of(BOOKS)
    for step in PATHS[state]:
        if step is State.SENDING:
            work.outbox.claim(BOOKS, NOW, 1)
        else:
            work.outbox.move(entry, OUTCOMES[step], NOW)
    return entry


@pytest.mark.parametrize(("now", "then"), product(PATHS, OUTCOMES))
def test_an_entry_moves_only_as_the_table_allows(store: Store, now: State, then: State) -> None:
    with store.begin() as work:
        entry = brought_to(work, now)
        before = work.entries.numbered(entry.id)
        if may(now, then):
            assert work.outbox.move(entry, OUTCOMES[then], NOW) is then
        else:
            with pytest.raises(AssertionError):
                work.outbox.move(entry, OUTCOMES[then], NOW)
            assert work.entries.numbered(entry.id) == before
            assert (work.bindings.named(BOOKS, "DY7F3A-D1") is None) == (now is not State.POSTED)


def test_a_void_marks_the_binding_and_an_update_replaces_what_was_posted(store: Store) -> None:
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    post(store, claimed(store))
    enqueue(store, new(invoice("DY7F3A-L1"), 9))
    post(store, claimed(store))
    edited = invoice("DY7F3A-L1", amount=5)
    enqueue(store, new(edited, 8, Operation.UPDATE, target="DY7F3A-L1"))
    (update,) = claimed(store)
    assert update.binding is not None
    assert update.binding.document == invoice("DY7F3A-L1")
    with store.begin() as work:
        work.outbox.move(update, Posted(posted(Kind.INVOICE, "id DY7F3A-L1", "1")), NOW)
        (bound,) = work.bindings.of_loan(BOOKS, ONE)
        assert (bound.document, bound.version) == (edited, "1")
        work.outbox.confirm_all({update.id: (State.CONFIRMED, "")})
    enqueue(store, new(edited, 5, Operation.VOID, target="DY7F3A-L1"))
    post(store, claimed(store))
    with store.read() as work:
        (bound,) = work.bindings.of_loan(BOOKS, ONE)
        assert bound.voided
        assert work.bindings.links(BOOKS, ["DY7F3A-L1", "DY7F3A-D1"]) == {
            "DY7F3A-D1": "id DY7F3A-D1"
        }
        assert work.bindings.by_external_id(BOOKS, Kind.INVOICE, "id DY7F3A-L1") == bound


def test_a_binding_of_another_company_is_never_found(store: Store) -> None:
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    post(store, claimed(store))
    with store.read() as work:
        assert work.bindings.named(BooksId(SYSTEM, "another"), "DY7F3A-D1") is None
        assert work.bindings.customer(BooksId("xero", COMPANY), "DY7F3A-D1") is None
        assert work.bindings.customer(BOOKS, "DY7F3A-D1") is not None


def test_the_same_intent_is_not_under_way_twice(store: Store) -> None:
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    with pytest.raises(IntegrityError):
        enqueue(store, new(customer(), 6, loan=NO_LOAN))
    with store.read() as work:
        assert work.outbox.counts(BOOKS) == {State.PENDING: 1}


def test_superseded_entries_leave_no_waits_behind(store: Store) -> None:
    first_loan(store)
    with store.begin() as work:
        assert work.entries.unsettled(BOOKS, [ONE]) == set()
        work.outbox.supersede(work.entries.planned_before(BOOKS, [ONE])[ONE])
        assert work.outbox.counts(BOOKS) == {State.PENDING: 1, State.SUPERSEDED: 3}
    post(store, claimed(store))
    assert claimed(store) == []
    enqueue(store, new(invoice("DY7F3A-L1"), 9))
    assert references(claimed(store)) == ["DY7F3A-L1"]


def test_what_was_superseded_waits_for_nothing_any_more(store: Store) -> None:
    """What it had waited for comes, and wakes nothing up."""
    first_loan(store)
    with store.begin() as work:
        work.outbox.supersede(work.entries.planned_before(BOOKS, [ONE])[ONE])
        given_up = work.entries.of(BOOKS, state=State.SUPERSEDED)
    assert {entry.waiting for entry in given_up} == {0}
    post(store, claimed(store))
    with store.read() as work:
        given_up = work.entries.of(BOOKS, state=State.SUPERSEDED)
    assert {entry.waiting for entry in given_up} == {0}


def test_counts_are_of_one_run_or_of_all(store: Store) -> None:
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    with store.begin() as work:
        work.outbox.enqueue("run-2", BOOKS, [new(invoice("DY7F3A-L1"), 9)])
        assert work.outbox.counts(BOOKS, run="run-2") == {State.PENDING: 1}
        assert work.outbox.counts(BOOKS, run="run-3") == {}
        assert work.outbox.counts(BOOKS) == {State.PENDING: 2}


def test_what_is_still_to_be_dealt_with_is_found_by_its_reference(store: Store) -> None:
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    with store.read() as work:
        found = work.entries.live_one(BOOKS, "DY7F3A-D1")
        assert found is not None
        assert found.reference == "DY7F3A-D1"
        assert work.entries.live_one(BOOKS, "DY7F3A-D1.2") is None
        assert work.entries.live_one(BooksId(SYSTEM, "another"), "DY7F3A-D1") is None


def test_another_loans_write_of_the_same_reference_is_seen(store: Store) -> None:
    enqueue(store, new(invoice("DY7F3A-L1"), 9))
    with store.read() as work:
        assert work.entries.under_way(BOOKS, ["DY7F3A-L1", "DY7F3A-L9"]) == {"DY7F3A-L1": {ONE}}
        assert work.entries.under_way(BooksId(SYSTEM, "another"), ["DY7F3A-L1"]) == {}


def test_what_takes_the_place_of_a_voided_document_waits_for_the_void(store: Store) -> None:
    """Only for a void, only of its own loan, and only for one of an earlier phase."""
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    post(store, claimed(store))
    enqueue(store, new(invoice("DY7F3A-L1"), 9), new(invoice("DY7F3A-L5"), 9))
    post(store, claimed(store))
    enqueue(
        store,
        new(invoice("DY7F3A-L5", amount=7), 8, Operation.UPDATE, target="DY7F3A-L5"),
        new(invoice("DY7F3A-L1"), 5, Operation.VOID, target="DY7F3A-L1"),
        new(invoice("DY7F3A-L7"), 9),
        new(invoice("DY7F3A-L8"), 9, loan=("dev-7f3a", "8")),
    )
    (void,) = claimed(store)
    assert (void.operation, void.reference) == (Operation.VOID, "DY7F3A-L1")
    assert references(claimed(store)) == ["DY7F3A-L8"]  # of another loan
    post(store, [void])
    assert references(claimed(store)) == ["DY7F3A-L5"]
    assert references(claimed(store)) == ["DY7F3A-L7"]  # an update holds up nothing


def test_a_change_is_of_its_target_and_keeps_what_is_known_of_it(store: Store) -> None:
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    post(store, claimed(store))
    second = replace(new(invoice("DY7F3A-L1.2"), 9), generation=2)
    enqueue(store, second)
    post(store, claimed(store))
    for target in ("", "DY7F3A-L1.2"):
        edited = invoice("DY7F3A-L1.2", amount=5 + len(target))
        change = new(edited, 8, Operation.UPDATE, target=target, key=f"u{target}")
        enqueue(store, replace(change, generation=2))
        (update,) = claimed(store)
        assert update.binding is not None
        assert update.binding.reference == "DY7F3A-L1.2"
        with store.begin() as work:
            work.outbox.move(update, Posted(posted(Kind.INVOICE, "id DY7F3A-L1.2", "1")), NOW)
            work.outbox.confirm_all({update.id: (State.CONFIRMED, "")})
            (bound,) = work.bindings.of_loan(BOOKS, ONE)
        assert (bound.document, bound.generation) == (edited, 2)
    enqueue(store, new(edited, 5, Operation.VOID, key="v"))
    (void,) = claimed(store)
    assert void.binding is not None
    post(store, [void])
    with store.read() as work:
        (bound,) = work.bindings.of_loan(BOOKS, ONE)
    assert bound.voided


def test_a_later_generation_is_not_sent_while_the_earlier_one_is_in_the_books(
    store: Store,
) -> None:
    """A person who drops the void of what was posted does not want it there twice."""
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    post(store, claimed(store))
    enqueue(store, new(invoice("DY7F3A-L1"), 9))
    post(store, claimed(store))
    void = new(invoice("DY7F3A-L1"), 5, Operation.VOID, target="DY7F3A-L1")
    again = replace(new(invoice("DY7F3A-L1.2"), 9), generation=2)
    enqueue(store, void, again)
    with store.begin() as work:
        (taking_back,) = work.entries.of(BOOKS, reference="DY7F3A-L1", state=State.PENDING)
        work.decisions.drop(taking_back.id, "ana", AT)
    assert claimed(store) == []
    with store.begin() as work:
        work.bindings.mark_voided(BOOKS, "DY7F3A-L1")
    assert references(claimed(store)) == ["DY7F3A-L1.2"]


def test_a_person_decides_and_it_is_kept_who_and_when(store: Store) -> None:
    enqueue(store, new(customer(), 6, loan=NO_LOAN))
    with store.begin() as work:
        (entry,) = work.entries.of(BOOKS, state=State.PENDING)
        with pytest.raises(UsageError, match="entry_unchangeable"):
            work.decisions.retry(entry.id, "ana", AT)
        work.decisions.drop(entry.id, "ana", AT)
        (decision,) = work.decisions.latest()
        assert (decision.who, decision.at, decision.verb) == ("ana", AT, "drop")
        assert work.entries.live_one(BOOKS, "DY7F3A-D1") is None
        with pytest.raises(UsageError, match="no_entry"):
            work.decisions.drop(404, "ana", AT)
