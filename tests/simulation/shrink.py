"""A smaller run that breaks the same law: fewer days, then fewer kinds of events, then fewer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from tests.simulation.simulation import Outcome

MOST_RUNS = 100


class Again(Protocol):
    """How the same seed ends with so many days, when only these events may happen."""

    def __call__(self, *, days: int, only: Sequence[str]) -> Outcome: ...


def shrink(
    found: Outcome, again: Again, say: Callable[[str], None], most_runs: int = MOST_RUNS
) -> Outcome:
    """The smallest failing run found within so many runs.

    The last day of a run always comes to rest, so what breaks on a day is the run up to it.
    """
    best = replace(found, days=found.lived)
    runs = 0
    for without in _ways():
        again_from = 0
        while runs < most_runs:
            rest = without(best.met, again_from)
            if rest is None:
                break
            runs += 1
            ended = again(days=best.days, only=rest)
            if ended.law != found.law:
                again_from += 1
                continue
            best = replace(ended, days=ended.lived)
            say(f"{len(best.met)} events still break it: {','.join(best.met)[:300]}")
    return best


Without = Callable[[Sequence[str], int], list[str] | None]
"""The events without the n-th part of them; None when there are not so many parts."""


def _ways() -> Iterator[Without]:
    """Whole topics first, then whole days, then ever smaller parts."""
    yield lambda met, number: _without(met, [name.split(".")[1] for name in met], number)
    yield lambda met, number: _without(met, [name.split(".")[0] for name in met], number)
    for parts in (4, 8, 1000):
        yield lambda met, number, parts=parts: _without(  # type: ignore[misc]
            met, [str(place * parts // max(len(met), 1)) for place in range(len(met))], number
        )


def _without(met: Sequence[str], groups: Sequence[str], number: int) -> list[str] | None:
    names = list(dict.fromkeys(groups))
    if number >= len(names):
        return None
    return [name for name, group in zip(met, groups, strict=True) if group != names[number]]
