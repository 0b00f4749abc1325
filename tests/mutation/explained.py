"""Mutants that are no wrongs: what they change, nobody can tell from outside, and why."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.mutation.areas import ROOT
from tests.mutation.operators import Mutant

LISTED = Path(__file__).with_name("explained.toml")


@dataclass(frozen=True, slots=True)
class Explained:
    """A mutant by its module, its line as it stands there and what is changed in it."""

    path: str
    line: str
    what: str
    why: str

    def is_of(self, mutant: Mutant) -> bool:
        """Whether this is the mutant meant: line numbers move, so its line's text counts."""
        if (mutant.path, mutant.what) != (self.path, self.what):
            return False
        return _lines_of(mutant.path)[mutant.lines[0] - 1].strip() == self.line


def listed() -> list[Explained]:
    """All that `explained.toml` has."""
    told = tomllib.loads(LISTED.read_text(encoding="utf-8"))
    return [Explained(**each) for each in told.get("mutant", [])]


@cache
def _lines_of(path: str) -> list[str]:
    return (ROOT / path).read_text(encoding="utf-8").splitlines()
