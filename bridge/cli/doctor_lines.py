"""The lines that `doctor` prints: one for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from bridge.core.message import Detail, message
from bridge.errors import BridgeError, Problem
from bridge.report.details import english


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    topic: str
    state: Literal["ok", "warning", "problem"] = "ok"
    finding: Detail
    advice: Detail = ""
    exit_code: int = 0


def told(topic: str, error: BridgeError) -> Iterator[Line]:
    """An error as lines: one for each problem in it."""
    for problem in error.problems or [Problem("", error.what, "")]:
        yield wrong(topic, problem, error.exit_code)


def wrong(topic: str, problem: Problem, exit_code: int = 78) -> Line:
    """A problem as a line."""
    found = problem.what
    if problem.where:
        found = message("finding_at", where=problem.where, what=problem.what)
    return Line(
        topic=topic, state="problem", finding=found, advice=problem.fix, exit_code=exit_code
    )


def plain(line: Line) -> dict[str, object]:
    """A line in JSON documents."""
    said = {"finding": english(line.finding), "advice": english(line.advice)}
    return {"topic": line.topic, "state": line.state, **said, "exit_code": line.exit_code}
