"""What a seed wants to happen, event by event, so that any event can be left out of a replay.

Every event has chances of its own, made of the seed and its name and of nothing else. So a run
without some events is the same run without them: that is what makes a failing one smaller.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

MOST = {
    "lend": 3,
    "old": 5,
    "field": 9,
    "hand": 3,
    "desk": 2,
    "loss": 1,
    "calendar": 1,
    "skew": 1,
    "delivery": 2,
    "http": 5,
    "kill": 2,
    "disk": 1,
    "busy": 1,
    "beside": 1,
    "limits": 1,
    "again": 2,
    "look": 2,
    "login": 1,
    "webhook": 1,
    "swarm": 1,
    "strange": 3,
    "untrue": 1,
    "copy": 1,
    "copies": 1,
    "older": 1,
    "clone": 1,
    "log": 1,
    "page": 1,
    "stranger": 1,
    "forever": 1,
}
"""Topic → how many events a day may have of it. `lend` and `old` are of the first day only."""

_STREAKS = (0.0, 0.15, 0.4, 0.8)
_DISLIKED = 0.2
"""A seed never does a fifth of the kinds: without them, what they would hide comes out."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that may happen: `3.hand.0` is the bookkeeper's first act of the third day."""

    seed: int
    day: int
    topic: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.day}.{self.topic}.{self.number}"

    def chance(self) -> random.Random:
        return random.Random(f"{self.seed}/{self.name}")


class Agenda:
    """The events of a seed. With `only`, the others do not happen."""

    def __init__(self, seed: int, only: Collection[str] | None = None) -> None:
        self.seed = seed
        self.only = None if only is None else frozenset(only)
        self.met: list[str] = []
        """Names of the events that happened, in order."""

    def stream(self, *name: object) -> random.Random:
        """Chances of one thing by its name."""
        return random.Random("/".join(str(part) for part in (self.seed, *name)))

    def events(self, day: int, topic: str, most: int | None = None) -> Iterator[Event]:
        """The events of a topic on a day, fewer on days and in seeds that are calm about it."""
        streak = self.stream("streak", topic).choice(_STREAKS)
        chance = self.stream("count", day, topic)
        if topic in ("lend", "field", "calendar"):
            streak = max(streak, 0.5)
        count = sum(chance.random() < streak for _ in range(most or MOST[topic]))
        for number in range(count):
            event = Event(self.seed, day, topic, number)
            if self.only is None or event.name in self.only:
                self.met.append(event.name)
                yield event

    def pick(self, chance: random.Random, kinds: Mapping[T, float]) -> T:
        """One of the kinds by weight, of those that this seed does at all."""
        liked = {
            kind: weight
            for kind, weight in kinds.items()
            if weight
            and self.stream("dislikes", getattr(kind, "__name__", kind)).random() >= _DISLIKED
        }
        among = liked or {kind: weight for kind, weight in kinds.items() if weight}
        return chance.choices(list(among), list(among.values()))[0]
