"""What is new beside what is gone: the best pairs first, and no guess between equals."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.likeness import BY_CONTENT, Pair, matched, near_names
from bridge.source.deudores.weak import weak_id

CASES = {
    "one and one": ([("B", "A", 2)], {"B": "A"}, {}),
    "the better one": ([("B", "A", 2), ("B", "C", 4)], {"B": "C"}, {}),
    "each to its best": (
        [("B", "A", 4), ("B", "C", 2), ("D", "C", 4), ("D", "A", 2)],
        {"B": "A", "D": "C"},
        {},
    ),
    "one old, a better new": ([("B", "A", 4), ("D", "A", 2)], {"B": "A"}, {}),
    "left to its second": ([("B", "A", 4), ("D", "A", 3), ("D", "C", 2)], {"B": "A", "D": "C"}, {}),
    "two olds": ([("B", "A", 2), ("B", "C", 2)], {}, {"B": ("A", "C")}),
    "two news": ([("B", "A", 2), ("D", "A", 2)], {}, {"B": ("A",), "D": ("A",)}),
    "beside a doubt": (
        [("B", "A", 4), ("B", "C", 4), ("D", "C", 2)],
        {},
        {"B": ("A", "C"), "D": ("C",)},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_most_alike_is_a_pair_and_what_is_equally_so_is_asked(case: str) -> None:
    pairs, clear, unclear = CASES[case]
    found = matched(Pair(*pair) for pair in pairs)
    assert (found.clear, found.unclear) == (clear, unclear)


@given(st.sets(st.tuples(st.sampled_from("ABCD"), st.sampled_from("wxyz"), st.integers(1, 3))))
def test_no_old_one_is_given_twice_nor_where_it_is_in_doubt(
    pairs: set[tuple[str, str, int]],
) -> None:
    best = {(new, old): score for new, old, score in sorted(pairs, key=lambda pair: pair[2])}
    found = matched(Pair(new, old, score) for (new, old), score in best.items())
    assert len(set(found.clear.values())) == len(found.clear)
    assert not found.clear.keys() & found.unclear.keys()
    doubtful = {old for olds in found.unclear.values() for old in olds}
    assert not doubtful & set(found.clear.values())


@pytest.mark.parametrize(
    ("new", "old", "near"),
    [
        ("ana ruiz", "ana ruis", True),
        ("ana ruiz", "ana", True),
        ("ruiz ana", "ana ruiz", True),
        ("ana ruiz", "bob diaz", False),
        ("ana ruiz", "ana gomez", False),
        ("", "", False),
    ],
)
def test_names_that_may_be_one(new: str, old: str, near: bool) -> None:
    assert near_names({"n": new}, {"o": old}) == ([("n", "o")] if near else [])


def test_ids_made_from_content_are_known_by_their_look() -> None:
    ids = [weak_id("loan", str(number)) for number in range(100)]
    assert all(fnmatch.fnmatchcase(each, BY_CONTENT) for each in ids)
    assert not any(fnmatch.fnmatchcase(each, BY_CONTENT) for each in ("12", "W1", "W12345678-9"))
