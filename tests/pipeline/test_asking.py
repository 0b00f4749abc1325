"""One question about many documents: what is in the way of the answer stands alone, and the
product itself is asked only where nothing at all was answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from bridge.core.delivery import Operation, Outcome, Posted, State
from bridge.errors import QuestionRefused, TryLater
from bridge.pipeline.asking import Asking
from bridge.store import Entry
from tests.store.enqueued import new
from tests.store.rows import invoice, posted


class Product:
    """Answers questions but those about some documents; counts what it is asked."""

    def __init__(
        self, silent: Sequence[int] = (), refused: Sequence[int] = (), is_there: bool = True
    ) -> None:
        self.silent, self.refused, self.is_there = set(silent), set(refused), is_there
        self.questions: list[list[int]] = []
        self.greeted = 0

    def ask(self, entries: Sequence[Entry]) -> list[Outcome]:
        ids = [entry.id for entry in entries]
        self.questions.append(ids)
        if self.refused & set(ids):
            raise QuestionRefused("a sign that is not taken")
        if self.silent & set(ids):
            raise TryLater("nobody answers")
        return [Posted(posted(entry.kind, f"id {entry.id}")) for entry in entries]

    def greet(self) -> None:
        self.greeted += 1
        if not self.is_there:
            raise TryLater("the product is away")


def entries(number: int) -> list[Entry]:
    """So many creations in doubt, with ids from 1."""
    wish = new(invoice("DY7F3A-L1"), 9)
    return [
        Entry(
            id=id,
            run="run-1",
            operation=Operation.CREATE,
            kind=wish.document.kind,
            document=wish.document,
            generation=1,
            key=wish.key,
            phase=wish.phase,
            loan=wish.loan,
            target="",
            reason="",
            state=State.IN_DOUBT,
            attempt=1,
            not_before="",
            waiting=0,
            code="",
            detail="",
        )
        for id in range(1, number + 1)
    ]


Case = tuple[int, Product, list[int], list[int]]
CASES: dict[str, Callable[[], Case]] = {
    "everything is answered at once": lambda: (9, Product(), [], []),
    "one is silent": lambda: (9, Product(silent=[5]), [5], []),
    "the first and the last are silent": lambda: (9, Product(silent=[1, 9]), [1, 9], []),
    "one is refused": lambda: (9, Product(refused=[4]), [], [4]),
    "two are refused, one is silent": lambda: (9, Product(silent=[3], refused=[2, 9]), [3], [2, 9]),
    "a single one is silent": lambda: (1, Product(silent=[1]), [1], []),
    "a single one is refused": lambda: (1, Product(refused=[1]), [], [1]),
    "all but one are silent": lambda: (7, Product(silent=range(2, 8)), [*range(2, 8)], []),
}
"""How many are asked about, of whom, which get no answer, and which are refused."""


@pytest.mark.parametrize("case", CASES)
def test_what_is_in_the_way_costs_no_other_its_answer(case: str) -> None:
    number, product, silent, refused = CASES[case]()
    asking = Asking(product.greet)
    found, left = asking.each(product.ask, entries(number))
    assert {id: o.document.external_id for id, o in found.items() if isinstance(o, Posted)} == {
        id: f"id {id}" for id in range(1, number + 1) if id not in {*silent, *refused}
    }
    assert [entry.id for entry in left] == refused
    assert sorted(asking.unanswered) == silent
    assert {doubt.cause for doubt in asking.unanswered.values()} <= {"nobody answers"}


def test_what_is_answered_whole_is_one_question() -> None:
    product = Product()
    Asking(product.greet).each(product.ask, entries(9))
    assert (product.questions, product.greeted) == ([[*range(1, 10)]], 0)


@pytest.mark.parametrize(
    ("silent", "greeted"), [(3, 0), (4, 1), (12, 1)], ids=["few", "more", "many"]
)
def test_after_a_few_without_an_answer_the_product_is_asked_once_whether_it_is_there(
    silent: int, greeted: int
) -> None:
    product = Product(silent=range(1, silent + 1))
    asking = Asking(product.greet)
    asking.each(product.ask, entries(silent))
    assert (len(asking.unanswered), product.greeted) == (silent, greeted)
    asking.make_sure()
    assert product.greeted == 1


def test_a_product_that_is_away_ends_the_pass_after_a_few_questions() -> None:
    product = Product(silent=range(1, 101), is_there=False)
    asking = Asking(product.greet)
    with pytest.raises(TryLater, match="is away"):
        asking.each(product.ask, entries(100))
    assert len(asking.unanswered) == 4
    with pytest.raises(TryLater, match="is away"):
        asking.make_sure()


def test_a_product_that_answered_is_there() -> None:
    product = Product(silent=[1], is_there=False)
    asking = Asking(product.greet)
    asking.each(product.ask, entries(2))
    asking.make_sure()
    assert (sorted(asking.unanswered), product.greeted) == ([1], 0)


def test_nothing_without_an_answer_is_nothing_to_make_sure_of() -> None:
    product = Product(is_there=False)
    Asking(product.greet).make_sure()
    assert product.greeted == 0


def test_so_many_are_split_off_in_one_pass_and_no_more() -> None:
    """Every one of them costs a question, repeated and waited for."""
    product = Product(silent=range(1, 65))
    asking = Asking(product.greet)
    found, refused = asking.each(product.ask, entries(64))
    assert (found, refused) == ({}, [])
    assert sorted(asking.unanswered) == [*range(1, 65)]
    assert sum(len(asked) == 1 for asked in product.questions) == 20
