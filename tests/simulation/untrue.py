"""Untrue answers of one day: what is said to be done and is not kept, fields that cannot be so, and
what was sent, with its token, in the words of the answer.

They are the sandbox's own (`bridge/sandbox/README.md`). The fields and what is told in them are
those of `tests/pipeline/test_untrue_answers.py`: whatever could be true is believed, by anybody.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tests.pipeline.lies import lies
from tests.simulation.agenda import Agenda
from tests.simulation.estate import KEYS, Estate
from tests.simulation.hand import Hand
from tests.simulation.quiet import Quiet
from tests.simulation.trace import Broken, Trace
from tests.simulation.troubles import LOGINS, WRITES

MANY = (3, 10, 40)
"""So many answers, whatever is asked: few of them have the field, or words."""


@dataclass
class Untrue:
    """Arms a day's untrue answers. They are cleared with all other troubles."""

    estate: Estate
    agenda: Agenda
    hand: Hand
    trace: Trace

    def arm(self, day: int) -> None:
        for event in self.agenda.events(day, "untrue"):
            chance = event.chance()
            system = chance.choice(self.estate.systems)
            self.agenda.pick(chance, KINDS)(self, system, chance)

    def plan(self, system: str, times: int, wish: dict[str, Any], **match: str) -> None:
        self.estate.control("POST", "faults", system=system, count=times, match=match, **wish)
        self.trace.say(f"to come: {str(wish)[:200]}, {times} times, {system} {match}")


def unkept(untrue: Untrue, system: str, chance: random.Random) -> None:
    """A write is said to be done, and nothing of it is there."""
    method, paths = WRITES[system]
    match = {"method": method, "path": chance.choice(paths)}
    untrue.hand.lied_to.add(system)
    untrue.plan(system, chance.choices((1, 2, 5), (6, 3, 1))[0], {"kind": "unkept"}, **match)


def lie(untrue: Untrue, system: str, chance: random.Random) -> None:
    """Where the next answers have a field, it says what cannot be so, is left out or exchanged."""
    untrue.plan(system, chance.choice(MANY), chance.choice(lies(system)))


def echo(untrue: Untrue, system: str, chance: random.Random) -> None:
    """The true answers have everything that was sent in their words, token and all."""
    match = {"path": LOGINS[system]} if untrue.estate.oauth and chance.random() < 0.2 else {}
    untrue.plan(system, chance.choice(MANY), {"kind": "echo"}, **match)


KINDS: dict[Callable[[Untrue, str, random.Random], None], float] = {unkept: 1, lie: 3, echo: 2}


def no_secret_is_kept_or_said(quiet: Quiet) -> None:
    """No token stands in a file of the state, or in what a comparison says."""
    secrets = sorted(quiet.seams.secrets | {"demo-secret"})
    said = msgspec.json.encode([*quiet.found.values()])
    kept = {path.name: path.read_bytes() for path in _files(quiet.estate.folder)}
    for name, content in {"the comparison": said, **kept}.items():
        for secret in secrets:
            if secret.encode() in content:
                raise Broken("no secret is kept or said", f"{name} has {secret!r}")


def _files(folder: Path) -> list[Path]:
    """The files of the state, and of its log; not those in which tokens belong."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [each for each in found if not any(part.startswith(KEYS) for part in each.parts)]
