"""Asking about many documents so that one that gets no answer never costs the others theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bridge.core.delivery import Unavailable
from bridge.core.tie_out.patience import A_FEW, short
from bridge.errors import TryLater

BY_THEMSELVES = 20
"""So many are asked for one by one; more of them are the product's own trouble."""

T = TypeVar("T")


class Untold:
    """The documents that get no answer even by themselves, in one go."""

    def __init__(
        self, is_there: Callable[[], object] | None = None, most: int = BY_THEMSELVES
    ) -> None:
        """`is_there` raises where the product answers nobody: it is asked after a few without an
        answer, unless anything was answered. Without one, the product has answered already."""
        self._is_there, self._most = is_there, most
        self.came: dict[str, str] = {}
        """Name → what came back instead."""

    def answered(self) -> None:
        """Something was: the product is there."""
        self._is_there = None

    def leave(self, name: str, trouble: TryLater) -> Unavailable:
        """Nothing is told about this one: the outcome of its write. Raises TryLater where the
        product asks to wait, or where it is not single documents' trouble."""
        if trouble.retry_after_s is not None or len(self.came) >= self._most:
            raise trouble
        if len(self.came) >= A_FEW and self._is_there is not None:
            self._is_there()
            self.answered()
        self.came[name] = short(str(trouble))
        return not_told(self.came[name])


def told_apart(
    ask: Callable[[Sequence[str]], Mapping[str, T]],
    names: Sequence[str],
    is_there: Callable[[], object],
    most: int = BY_THEMSELVES,
) -> tuple[dict[str, T], dict[str, str]]:
    """The answers, by name, and what came back instead of an answer about those that get
    none even alone: half of them is asked about, then half of those. Raises what `leave` raises.
    """
    found: dict[str, T] = {}
    untold = Untold(is_there, most)
    parts = [list(dict.fromkeys(names))] if names else []
    while parts:
        part = parts.pop()
        try:
            found |= ask(part)
            untold.answered()
        except TryLater as trouble:
            if len(part) == 1:
                untold.leave(part[0], trouble)
            elif trouble.retry_after_s is not None:
                raise
            else:
                half = len(part) // 2
                parts += [part[half:], part[:half]]
    return found, untold.came


def not_told(came: str) -> Unavailable:
    """The outcome of a write that was not sent, since the books do not tell what it is about."""
    return Unavailable(came, this_pass=False)
