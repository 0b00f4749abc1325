"""One system's traffic, judged and counted."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bridge.systems.truth import flaw
from tests.contract import callsites, defects, judging, traffic
from tests.contract.callsites import Site
from tests.contract.exchanges import Exchange, NotJson, Violation, decoded
from tests.contract.judging import JSON


@dataclass(frozen=True)
class Verdict:
    """What a contract test found."""

    system: str
    requests: int
    answers: int
    violations: list[str]
    """With the first call that each was seen at."""
    documented: int
    """Places of the table of defects that the traffic came by."""
    unhit: list[str]
    unused: list[Site]
    """Places of the adapter that call the wire and were not used."""
    unsent: list[str]
    """Fields that the adapter can write and were not sent."""
    unbelieved: list[str]
    """Answers that the adapter would take for untrue."""

    @property
    def complaints(self) -> list[str]:
        """What a person must do something about; none where all is well."""
        return [
            *self.violations,
            *(f"in the table of defects, and nothing hits it: {place}" for place in self.unhit),
            *(f"a call that the traffic never makes: {file}:{line}" for file, line in self.unused),
            *(f"a field that the traffic never sends: {name}" for name in self.unsent),
            *(f"an answer that the adapter would not believe: {each}" for each in self.unbelieved),
        ]

    def __str__(self) -> str:
        total = len(self.violations)
        return (
            f"{self.system}: {self.requests} requests and {self.answers} answers checked, "
            f"{total} violations, {self.documented} documented defects of the descriptions"
        )


def check(system: str) -> Verdict:
    """Record the traffic of one system and judge it by the official descriptions."""
    with tempfile.TemporaryDirectory() as folder:
        recorded = traffic.record(system, Path(folder))
    return judged(recorded)


def judged(recorded: traffic.Traffic) -> Verdict:
    system, exchanges = recorded.system, recorded.exchanges
    first: dict[tuple[str, str, str], tuple[Violation, Exchange]] = {}
    for exchange, violation in judging.violations(system, exchanges):
        first.setdefault(violation.key, (violation, exchange))
    found = [violation for violation, _ in first.values()]
    wrong = defects.undocumented(system, found)
    unhit = defects.unhit(system, found)
    return Verdict(
        system=system,
        requests=sum(exchange.ours for exchange in exchanges),
        answers=len(exchanges),
        violations=[f"{violation} at {first[violation.key][1]}" for violation in wrong],
        documented=sum(len(defect.places) for defect in defects.of(system)) - len(unhit),
        unhit=unhit,
        unused=sorted(callsites.written(system) - recorded.used),
        unsent=sorted(callsites.names_written(system) - _names(exchanges)),
        unbelieved=sorted(set(_unbelieved(system, exchanges))),
    )


def _unbelieved(system: str, exchanges: Iterable[Exchange]) -> Iterator[str]:
    shapes = importlib.import_module(f"bridge.systems.{system}.shapes").SHAPES
    for exchange in exchanges:
        with suppress(NotJson):
            content = decoded(exchange.answer)
            if isinstance(content, dict | list) and (wrong := flaw(content, shapes)):
                yield f"{exchange}: {wrong}"


def _names(exchanges: Iterable[Exchange]) -> set[str]:
    bodies = (e.body for e in exchanges if e.ours and e.headers.get("content-type") == JSON)
    return {name for body in bodies if body for name in callsites.names_in(decoded(body))}
