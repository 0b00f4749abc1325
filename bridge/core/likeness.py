"""Rows that are named by their content: which new one is yesterday's, corrected.

Such a row has another name as soon as a cell of it is corrected. What is gone and what is new are
joined by likeness, the best first; what is as like as another is left to a person with both named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

BY_CONTENT = "W" + "[0-9A-Z]" * 9
"""What ids look like that are made from content, as SQLite's GLOB says it."""
NEAR = 80
"""Of 100: names that share so much may be one, typed otherwise."""
COMPARED = 4_000_000
"""So many pairs of names are compared; in a list that was changed from end to end, none."""


class Pair(msgspec.Struct, frozen=True):
    """A new row and a vanished row, and how much they have in common."""

    new: str
    old: str
    score: int


class Matched(msgspec.Struct, frozen=True):
    """The result of matching: the pairs that are certain, and those that a person must look at."""

    clear: dict[str, str]
    """New → the only old one that it is most like, and that is most like it."""
    unclear: dict[str, tuple[str, ...]]
    """New → the old ones that it may be: several, or one that others may be as well."""


def matched(pairs: Iterable[Pair]) -> Matched:
    """Each new row joined to the vanished row that is most like it; a vanished row is used once.

    A new row whose like went to a better match counts as new: whatever is answered about that
    match, as many rows stay as the file has.
    """
    levels: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        levels[pair.score].append(pair)
    clear: dict[str, str] = {}
    unclear: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for score in sorted(levels, reverse=True):
        doubtful = {old for olds in unclear.values() for old in olds}
        olds_of: dict[str, list[str]] = defaultdict(list)
        news_of: dict[str, list[str]] = defaultdict(list)
        for pair in levels[score]:
            if pair.new not in clear and pair.new not in unclear and pair.old not in taken:
                olds_of[pair.new].append(pair.old)
                news_of[pair.old].append(pair.new)
        for new, olds in sorted(olds_of.items()):
            only = olds[0] not in doubtful and len(news_of[olds[0]]) == len(olds) == 1
            if only:
                clear[new] = olds[0]
            else:
                unclear[new] = tuple(sorted(olds))
        taken = set(clear.values())
    return Matched(clear, unclear)


def near_names(new: Mapping[str, str], old: Mapping[str, str]) -> list[tuple[str, str]]:
    """(new, old) people whose names may be one name."""
    if len(new) * len(old) > COMPARED:
        return []
    from rapidfuzz import fuzz, process  # few ledgers have rows without numbers of their own

    people: Sequence[tuple[str, str]] = [*old.items()]
    names = [name for _, name in people]
    return [
        (person, people[at][0])
        for person, name in new.items()
        if name
        for _, _, at in process.extract(
            name, names, scorer=fuzz.token_set_ratio, score_cutoff=NEAR, limit=None
        )
    ]
