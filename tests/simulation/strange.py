"""Strange answers of one day: interim, dripping, empty and late ones, and waits of centuries.

They are the sandbox's own (`bridge/sandbox/README.md`); what drips does so in simulated time.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.simulation.agenda import Agenda
from tests.simulation.estate import Estate
from tests.simulation.seams import Seams
from tests.simulation.trace import Trace
from tests.simulation.troubles import LOGINS, LOOKUPS, READS, WRITES

TARGETS = {"write": 5, "read": 2, "lookup": 2}
WAITS = (
    "1000000000000",
    "99999999999999999999999",
    "Fri, 31 Dec 2049 23:59:59 GMT",
    "Thu, 01 Jan 9999 00:00:00 GMT",
    "²",
    "soon",
)
"""What a Retry-After may say that nobody can wait for."""
AHEAD = (timedelta(days=40), timedelta(days=1200))
"""How far the clock may be ahead when the books ask to wait."""


@dataclass
class Strange:
    """Arms a day's strange answers. They are cleared with all other troubles."""

    estate: Estate
    seams: Seams
    agenda: Agenda
    trace: Trace

    def arm(self, day: int) -> None:
        for event in self.agenda.events(day, "strange"):
            chance = event.chance()
            self.agenda.pick(chance, KINDS)(self, chance)

    def plan(self, chance: random.Random, kind: str, **wish: object) -> None:
        """The next requests of some kind are answered so."""
        system = chance.choice(self.estate.systems)
        target = self.agenda.pick(chance, TARGETS | ({"login": 1} if self.estate.oauth else {}))
        if kind == "late":
            target = "write"
        method, path = {
            "read": READS[system],
            "lookup": LOOKUPS[system],
            "login": ("", LOGINS[system]),
            "write": (WRITES[system][0], chance.choice(WRITES[system][1])),
        }[target]
        times = chance.choices((1, 2, 5), (6, 3, 1))[0]
        match = {"method": method, "path": path}
        named = {"system": system, "kind": kind, "count": times, "match": match}
        self.estate.control("POST", "faults", **named, **wish)
        self.trace.say(f"to come: {kind} {wish}, {times} times, {system} {method} {path}")


def interim(strange: Strange, chance: random.Random) -> None:
    """103 Early Hints comes before the true answer."""
    strange.plan(chance, "interim")


def drip(strange: Strange, chance: random.Random) -> None:
    """The answer comes a byte at a time: from its first line on, or when all but its body came."""
    strange.plan(chance, "drip", seconds=chance.choice((1, 2)))


def page(strange: Strange, chance: random.Random) -> None:
    """200, and a page for people."""
    strange.plan(chance, "page", when=chance.choice(("before", "after")))


def empty(strange: Strange, chance: random.Random) -> None:
    """200, and JSON in which nothing is said."""
    text = chance.choice(("{}", "[]", "null", '""', ""))
    strange.plan(chance, "answer", text=text, when=chance.choice(("before", "after")))


def far(strange: Strange, chance: random.Random) -> None:
    """429, and a wait that ends in another age."""
    strange.plan(chance, "429", headers={"Retry-After": chance.choice(WAITS)})


def ahead(strange: Strange, chance: random.Random) -> None:
    """The bridge's clock is far ahead, for the rest of the pass, when it is asked to wait."""
    strange.seams.leap = chance.choice(AHEAD)
    strange.plan(chance, "429", headers={"Retry-After": "30"})


def late(strange: Strange, chance: random.Random) -> None:
    """The connection is cut, and the write is applied some seconds after."""
    strange.plan(chance, "late", seconds=chance.choice((1, 4, 20)))


KINDS: dict[Callable[[Strange, random.Random], None], float] = {
    interim: 4,
    drip: 2,
    page: 2,
    empty: 2,
    far: 2,
    ahead: 1,
    late: 2,
}
