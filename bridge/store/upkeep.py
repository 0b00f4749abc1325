"""The facts that the state store knows of itself: which state it is, and how many passes it has
seen.

Beside the file stands a small one that says the same. A state that has seen fewer passes than that
one says is an older one: a copy was put in its place, or what was written last got lost.
"""

from __future__ import annotations

import secrets
from enum import StrEnum
from pathlib import Path

import msgspec
from sqlalchemy import select

from bridge.files import replace_durably
from bridge.store.engine import upsert
from bridge.store.session import Part
from bridge.store.tables import UPKEEP

BESIDE = ".kept"
"""How the name of the small file ends."""
AT_WORK = ".working"
"""How the name of a file ends that is there while a pass has the state open."""
_STATE, _PASSES, _NEWEST, _BEFORE = "state", "passes", "newest_pass", "pass_before"


class Lineage(StrEnum):
    """The answer that the state and the small file give of each other."""

    SAME = "same"
    """It is the state that was left here, with all that it saw."""
    OLDER = "older"
    """It has seen fewer passes than the one that was left here."""
    UNKNOWN = "unknown"
    """It was made elsewhere, or is new here, or followed others than it was left with: nothing
    says how it was left."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Which state it is, and how many passes it has seen."""

    state: str
    passes: int
    newest: str = ""
    """A name that only the newest pass has: counts alone may be alike in two lines of passes."""
    before: str = ""
    """That of the pass before it, which the small file has where a pass dies before it says so."""
    left: str = ""
    """How the file looked when it was left in order; empty while a pass is at work on it."""

    def beside(self, other: Kept | None) -> Lineage:
        """The lineage that follows when the small file says `other`."""
        if other is None or other.state != self.state:
            return Lineage.UNKNOWN
        if other.passes > self.passes:
            return Lineage.OLDER
        follows = other.newest in ("", self.newest, self.before)
        return Lineage.SAME if follows else Lineage.UNKNOWN


def read_beside(path: Path) -> Kept | None:
    """The content of the small file beside a state. One that cannot be read says nothing."""
    try:
        return msgspec.json.decode(path.with_suffix(BESIDE).read_bytes(), type=Kept)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def log_is_lost(path: Path) -> bool:
    """Whether a pass died on this state and what it wrote last is not beside it any more: SQLite
    takes its log away only when the last who has the state open closes it, and before that a pass
    says that it ends (`ends_work`)."""
    died = path.with_suffix(AT_WORK).exists()
    return died and path.exists() and not log_of(path).exists()


def log_of(path: Path) -> Path:
    """The log of what SQLite wrote that is not in the file yet."""
    return Path(f"{path}-wal")


def begins_work(path: Path) -> None:
    """Note that a pass has the state open: from here on its log is there until it ends."""
    replace_durably(path.with_suffix(AT_WORK), b"")


def ends_work(path: Path) -> None:
    """Note that the pass is over, before it closes the state. Takes no room on the disk."""
    path.with_suffix(AT_WORK).unlink(missing_ok=True)


def write_beside(path: Path, kept: Kept) -> None:
    """Have the small file on the disk, before anything is sent that the state may forget."""
    replace_durably(path.with_suffix(BESIDE), msgspec.json.encode(kept))


class Upkeep(Part):
    """The part of a unit of work that is about the state itself."""

    def kept(self) -> Kept:
        """Which state it is, and its passes; a new one has no name yet."""
        return Kept(
            state=self.noted(_STATE),
            passes=int(self.noted(_PASSES) or 0),
            newest=self.noted(_NEWEST),
            before=self.noted(_BEFORE),
        )

    def count_pass(self, at_least: int = 0) -> Kept:
        """Count one more pass, beyond `at_least`; it gets a name, and so does a new state."""
        before = self.kept()
        self.note(_STATE, before.state or secrets.token_hex(8))
        self.note(_PASSES, str(max(before.passes, at_least) + 1))
        self.note(_NEWEST, secrets.token_hex(8))
        self.note(_BEFORE, before.newest)
        return self.kept()

    def noted(self, name: str) -> str:
        """The value noted under a name; empty when nothing was."""
        query = select(UPKEEP.c.value).where(UPKEEP.c.name == name)
        return str(self._connection.execute(query).scalar() or "")

    def note(self, name: str, value: str) -> None:
        upsert(self._connection, UPKEEP, [{"name": name, "value": value}])
