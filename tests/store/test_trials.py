"""What was tried in vain: counted of each write, for its books alone, until it is dealt with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bridge.core.delivery import InDoubt, Outcome, Posted, Rejected, State, Unavailable
from bridge.core.identity import BooksId
from bridge.core.tie_out.patience import PERHAPS_THERE, UNCLEAR
from bridge.store import Entry, Store
from bridge.store.trials import Trial
from tests.store.enqueued import claimed, enqueue, new
from tests.store.rows import BOOKS, COMPANY, NOW, SYSTEM, customer, posted

LATER = NOW + timedelta(days=2)
NUMBER = "DY7F3A-D1"


def sent(store: Store, *references: str) -> list[Entry]:
    """Creations of these that are on their way."""
    enqueue(store, *(new(customer(reference), 6) for reference in references))
    return claimed(store)


def trials(store: Store) -> dict[int, Trial]:
    with store.read() as work:
        return work.trials.under_trial(BOOKS)


def test_trials_and_passes_add_up_since_the_first(store: Store) -> None:
    one, two = sent(store, NUMBER, "DY7F3A-D2")
    with store.begin() as work:
        work.trials.tried_in_vain([one.id, two.id], NOW, counts=False)
        work.trials.tried_in_vain([one.id], LATER, counts=True)
        work.trials.tried_in_vain([one.id], LATER, counts=True)
        work.trials.tried_in_vain([one.id], LATER, counts=False)
        work.trials.tried_in_vain([], LATER, counts=True)
    assert trials(store) == {
        one.id: Trial(unclear=2, passes=2, since=NOW),
        two.id: Trial(unclear=1, passes=0, since=NOW),
    }


def test_an_earlier_instant_counts_from_then_on(store: Store) -> None:
    """A clock that is ahead for one pass must not put off for years what a person is told."""
    (one,) = sent(store, NUMBER)
    with store.begin() as work:
        for now in (NOW + timedelta(days=1200), NOW, LATER):
            work.trials.tried_in_vain([one.id], now, counts=True)
    assert trials(store) == {one.id: Trial(unclear=0, passes=3, since=NOW)}


ENDS: dict[str, tuple[Outcome, bool]] = {
    "in doubt": (InDoubt("cut"), True),
    "put off": (Unavailable("busy"), True),
    "posted": (Posted(posted(customer().kind, "9")), False),
    "refused": (Rejected("no", "6240"), False),
}


@pytest.mark.parametrize("end", ENDS)
def test_they_are_told_of_what_is_still_to_be_made(store: Store, end: str) -> None:
    outcome, told = ENDS[end]
    (one,) = sent(store, NUMBER)
    with store.begin() as work:
        work.trials.tried_in_vain([one.id], NOW, counts=True)
        work.outbox.move(one, outcome, NOW)
    assert (one.id in trials(store)) is told
    with store.read() as work:
        assert work.trials.under_trial(BooksId(SYSTEM, "another company")) == {}


Asked = Callable[[Store, str, str], set[str]]


def given_up(store: Store, company: str, reference: str) -> set[str]:
    with store.read() as work:
        return work.trials.given_up(BooksId(SYSTEM, company), [reference, "DY7F3A-D9"])


def perhaps_made(store: Store, company: str, reference: str) -> set[str]:
    with store.read() as work:
        return work.trials.perhaps_made(BooksId(SYSTEM, company), [reference, "DY7F3A-D9"])


@pytest.mark.parametrize(
    ("outcome", "given", "perhaps"),
    [
        (None, False, True),
        (InDoubt("cut"), False, True),
        (Unavailable("busy"), False, False),
        (Posted(posted(customer().kind, "9")), False, False),
        (Rejected("no", "6240"), False, False),
        (Rejected("no", UNCLEAR), True, True),
        (Rejected("no", PERHAPS_THERE), True, True),
    ],
    ids=["sending", "in doubt", "put off", "posted", "refused", "unclear", "perhaps there"],
)
def test_what_may_be_in_the_books_is_known_by_its_reference(
    store: Store, outcome: Outcome | None, given: bool, perhaps: bool
) -> None:
    (one,) = sent(store, NUMBER)
    if outcome is not None:
        with store.begin() as work:
            work.outbox.move(one, outcome, NOW)
    assert one.state is State.SENDING
    asked: list[tuple[Asked, bool]] = [(given_up, given), (perhaps_made, perhaps)]
    for ask, expected in asked:
        assert ask(store, COMPANY, NUMBER) == ({NUMBER} if expected else set())
        assert ask(store, COMPANY, f"{NUMBER}.2") == set()
        assert ask(store, "another company", NUMBER) == set()


def test_however_many_are_asked_about_all_are_found(store: Store) -> None:
    """More than one statement takes."""
    names = [f"DY7F3A-D{number}" for number in range(1, 1205)]
    enqueue(store, *(new(customer(name), 6) for name in names))
    with store.begin() as work:
        work.outbox.claim(BOOKS, NOW, len(names))
    with store.read() as work:
        assert work.trials.perhaps_made(BOOKS, names) == set(names)
