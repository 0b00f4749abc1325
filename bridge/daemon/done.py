"""Which due times are done with: what a start needs to know what was missed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from bridge.files import replace_durably

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Done:
    """Job → the last due time that was worked through, in a file beside the state store.

    A file that is gone or damaged costs a pass that finds nothing to do, and a report made again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def last(self, job: str) -> datetime | None:
        """In UTC; None when nobody knows of any."""
        return self._all().get(job)

    def set(self, job: str, slot: datetime) -> None:
        """Raises OSError when the disk refuses."""
        content = {**self._all(), job: slot.astimezone(UTC)}
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_durably(self._path, msgspec.json.encode(content))

    def _all(self) -> dict[str, datetime]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Instant])
        except (OSError, msgspec.DecodeError):
            return {}
