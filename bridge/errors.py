"""The errors that stop a run, grouped by what must happen next, and the problems with a user's
input.

What happens to a single document is a value (`core/delivery.py`); our own mistakes are assertions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.core.message import Detail, Message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a person must fix: where it is, what is wrong, and what would be right."""

    where: Detail
    what: Detail
    fix: Detail

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.fix}".strip()

    @property
    def told(self) -> Message:
        """All of it as one message."""
        from bridge.core.message import message  # `--help` and its like do without

        if isinstance(self.what, str):
            return message("problem_as_written", where=self.where, what=self.what, fix=self.fix)
        if not self.fix:
            return message("problem_alone", where=self.where, what=self.what)
        return message("problem", where=self.where, what=self.what, fix=self.fix)


class BridgeError(Exception):
    """Stops a run. `exit_code` is what the command line answers."""

    exit_code = 1

    def __init__(self, what: Detail, problems: Sequence[Problem] = ()) -> None:
        super().__init__(str(what))
        self.what = what
        self.problems = tuple(problems)
        self.document: dict[str, object] = {}
        """What the verb's JSON document says beside the error: the verdict and its tasks."""


class PersonNeeded(BridgeError):
    """A decision only a person can take: a refused snapshot, an unsafe plan, an ambiguity."""

    exit_code = 1


class SnapshotRefused(PersonNeeded):
    """The ledger as delivered cannot be trusted. Nothing was planned."""


class UsageError(BridgeError):
    """The command was called in a way that means nothing."""

    exit_code = 2


class TryLater(BridgeError):
    """The other side, the disk or a lock is not available now. Nothing is lost."""

    exit_code = 75

    def __init__(
        self, what: Detail, retry_after_s: float | None = None, problems: Sequence[Problem] = ()
    ) -> None:
        super().__init__(what, problems)
        self.retry_after_s = retry_after_s


class QuestionRefused(TryLater):
    """A question to the other side was read and refused, which says nothing about what was asked
    for: it may be put in another way."""


class ConfigurationError(BridgeError):
    """Settings or mapping files are wrong; every problem is in `problems`."""

    exit_code = 78


class LoginRequired(BridgeError):
    """The connection to an accounting system has ended; a person must connect again."""

    exit_code = 78
