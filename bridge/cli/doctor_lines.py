"""The lines that `doctor` prints: one for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from bridge.errors import BridgeError, Problem
from bridge.report.details import plain_problem


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    topic: str
    state: Literal["ok", "warning", "problem"] = "ok"
    finding: str
    advice: str = ""
    exit_code: int = 0


def told(topic: str, error: BridgeError) -> Iterator[Line]:
    """An error as lines: one for each problem in it."""
    for problem in error.problems or [Problem("", error.what, "")]:
        yield wrong(topic, problem, error.exit_code)


def wrong(topic: str, problem: Problem, exit_code: int = 78) -> Line:
    """A problem as a line."""
    told = plain_problem(problem)
    finding = f"{told['where']}: {told['what']}" if problem.where else told["what"]
    return Line(
        topic=topic, state="problem", finding=finding, advice=told["fix"], exit_code=exit_code
    )
