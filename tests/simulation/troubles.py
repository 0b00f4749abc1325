"""What goes wrong around the bridge on one day, armed before its passes run."""

from __future__ import annotations

import random
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bridge.errors import BridgeError, TryLater
from tests.simulation.agenda import Agenda
from tests.simulation.estate import Estate, unlike
from tests.simulation.seams import (
    AFTER_ANSWER,
    AFTER_COMMIT,
    BEFORE_REQUEST,
    PLACES,
    READING,
    Seams,
)
from tests.simulation.settings import LIFTED
from tests.simulation.trace import Broken, Trace

WRITES = {
    "quickbooks": ("POST", ("/invoice", "/payment", "/customer", "/creditmemo")),
    "xero": ("", ("/Invoices", "/Payments", "/Contacts", "/CreditNotes")),
    "zoho": ("POST", ("/invoices", "/customerpayments", "/contacts", "/creditnotes")),
}
READS = {"quickbooks": ("", "/(batch|cdc)"), "xero": ("GET", "/"), "zoho": ("GET", "/")}
LOOKUPS = {
    "quickbooks": ("", "/query"),
    "xero": ("GET", "where="),
    "zoho": (
        "GET",
        "(reference_number|invoice_number|creditnote_number|contact_name|sort_order=D)",
    ),
}
LOGINS = {"quickbooks": "tokens/bearer", "xero": "connect/token", "zoho": r"oauth/v2/token(\?|$)"}
HTTP = {"reset": 4, "timeout": 2, "500": 2, "503": 2, "429": 2, "html": 1, "half": 3}
TARGETS = {"write": 5, "read": 2, "lookup": 2, "blind": 3}
"""blind: an answer is lost, and what could be asked about it does not answer either."""
LIMITS: dict[str, dict[str, tuple[int, int]]] = {
    "quickbooks": {"requests_per_minute": (15, 60), "requests_per_second": (2, 10)},
    "xero": {"calls_per_minute": (8, 40), "calls_per_day": (40, 120)},
    "zoho": {"requests_per_minute": (15, 60), "requests_per_day": (60, 250)},
}
FIRST = {"request": 40, "commit": 40, READING: 60}
"""The latest of each that anything is armed for."""


@dataclass
class Troubles:
    """Arms a day's faults, and clears them."""

    estate: Estate
    seams: Seams
    agenda: Agenda
    trace: Trace
    of_pass: ExitStack = field(default_factory=ExitStack)
    """What lasts until the pass is over."""

    def arm(self, day: int) -> None:
        for event in self.agenda.events(day, "http"):
            self._http(event.chance())
        for event in self.agenda.events(day, "kill"):
            self._kill(event.chance())
        for event in self.agenda.events(day, "disk"):
            self._disk(event.chance())
        for event in self.agenda.events(day, "busy"):
            chance = event.chance()
            place = chance.choice((BEFORE_REQUEST, AFTER_ANSWER, READING))
            hold = lambda: self.seams.hold(self.estate.database, self.of_pass)  # noqa: E731
            self.seams.arm(place, place_in(chance, place), hold)
        for event in self.agenda.events(day, "beside"):
            chance = event.chance()
            self.seams.arm(BEFORE_REQUEST, place_in(chance, BEFORE_REQUEST), self.another)
        for event in self.agenda.events(day, "limits"):
            self._limits(event.chance())
        if self.estate.oauth:
            for event in self.agenda.events(day, "login"):
                self._disconnect(event.chance())

    def pass_over(self) -> None:
        """The process has ended; what outlives it stays as it is."""
        self.of_pass.close()
        self.of_pass = ExitStack()
        self.estate.clock.leap = timedelta()
        self.seams.dead = self.seams.full_disk = self.seams.full_keys = False

    def clear(self) -> None:
        """Nothing is wrong any more."""
        self.pass_over()
        self.seams.disarm()
        struck = [
            self.estate.control("GET", f"{name}/calls")["faults"] for name in self.estate.systems
        ]
        for faults in struck:
            for kind, times in faults.items():
                self.trace.count("faults", kind, times)
        self.estate.control("DELETE", "faults")
        for name in self.estate.systems:
            throttled = self.estate.control("GET", f"{name}/calls")["throttled"]
            self.trace.figures.setdefault("throttled", {})[name] = throttled  # type: ignore[arg-type]
            self.estate.control("DELETE", f"{name}/calls")
            self.estate.control("POST", f"{name}/settings", **LIFTED[name])

    def another(self) -> None:
        """A second bridge on the same state is told to wait; a dry run may look, and only look."""
        estate, seams = self.estate, self.seams
        with seams.unseen():
            try:
                with estate.bridge():
                    raise Broken("two at once", "a second bridge opened the same state store")
            except TryLater:
                self.trace.say("a second bridge was told to wait")
            before = estate.state_files(), self._books()
            try:
                estate.preview()
            except BridgeError as error:
                self.trace.say(f"a dry run beside it ended with {type(error).__name__}")
            # Within one process SQLite shares the index of the log, and marks in it who reads.
            changed = set(unlike(before[0], estate.state_files())) - {"state.db-shm"}
            if changed or self._books() != before[1]:
                raise Broken("a dry run writes nothing", f"beside a pass: {changed or 'the books'}")
        self.trace.count("faults", "another process beside it")

    def _books(self) -> list[Any]:
        return [self.estate.books_of(name) for name in self.estate.systems]

    def _http(self, chance: random.Random) -> None:
        kind = self.agenda.pick(chance, HTTP)
        system = chance.choice(self.estate.systems)
        if kind == "timeout":
            place = chance.choice((BEFORE_REQUEST, AFTER_ANSWER))
            sent = place == AFTER_ANSWER or chance.random() < 0.5
            number = place_in(chance, place)
            self.seams.arm(place, number, lambda: self.seams.time_out(sent=sent))
            return
        targets = TARGETS | ({"login": 1} if self.estate.oauth else {})
        target = self.agenda.pick(chance, targets)
        times = chance.choices((1, 2, 5, 60), (60, 25, 10, 5))[0]
        method, path = "", LOGINS[system]
        if target == "read":
            method, path = READS[system]
        elif target == "lookup":
            (method, path), times = LOOKUPS[system], chance.choice((1, 5, 40))
        elif target != "login":
            method, path = WRITES[system][0], chance.choice(WRITES[system][1])
        if target == "blind":
            self._plan(system, "503", "before", chance.choice((6, 40)), *LOOKUPS[system])
            kind = kind if kind in ("reset", "half", "500", "503") else "reset"
        # A refusal for rate comes before anything is read: after a write it does not exist.
        after = kind == "half" or target == "blind" or (kind != "429" and chance.random() < 0.6)
        self._plan(system, kind, "after" if after else "before", times, method, path)

    def _plan(self, system: str, kind: str, when: str, times: int, method: str, path: str) -> None:
        wish = {"system": system, "kind": kind, "when": when, "count": times}
        self.estate.control("POST", "faults", match={"method": method, "path": path}, **wish)
        self.trace.say(f"to come: {kind} {when}, {times} times, {system} {method} {path}")

    def _kill(self, chance: random.Random) -> None:
        place = self.agenda.pick(chance, dict.fromkeys(PLACES, 1.0))
        self.seams.arm(place, place_in(chance, place), lambda: self.seams.die(place))

    def _disk(self, chance: random.Random) -> None:
        if self.estate.oauth and chance.random() < 0.4:
            self.seams.full_keys = True
            return
        number = place_in(chance, AFTER_COMMIT)
        self.seams.arm(AFTER_COMMIT, number, self.seams.fill_disk)

    def _limits(self, chance: random.Random) -> None:
        system = chance.choice(self.estate.systems)
        wish: dict[str, Any] = {"limits": True}
        for name, (least, most) in LIMITS[system].items():
            if chance.random() < 0.7:
                wish[name] = chance.randrange(least, most)
        self.estate.control("POST", f"{system}/settings", **wish)
        self.trace.say(f"limits of {system}: {wish}")

    def _disconnect(self, chance: random.Random) -> None:
        """Somebody takes the app's access away at the provider."""
        system = chance.choice(self.estate.systems)
        if chance.random() < 0.5 and self.estate.disconnect(system):
            self.trace.count("faults", "access taken away")
            self.trace.say(f"{system} is disconnected")


def place_in(chance: random.Random, place: str) -> int:
    """For which passing of a place: early ones more often, so that most are reached."""
    most = FIRST[place] if place in FIRST else FIRST["request" if "re" in place else "commit"]
    most = FIRST["commit"] if "commit" in place else most
    return 1 + int(most * chance.random() ** 2)
