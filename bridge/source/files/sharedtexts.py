"""The texts that a workbook's cells share: the first ones in memory, the others on disk."""

from __future__ import annotations

import os
import tempfile
import weakref
from array import array
from pathlib import Path

HELD = 4 * 1024 * 1024
"""Bytes of texts that are held: a sheet's own words are among its first."""
_WRITTEN_AT_ONCE = 256 * 1024


class SharedTexts:
    """A list of texts in as much memory for a million of them as for some thousands."""

    def __init__(self, staging: Path | None) -> None:
        self._staging = staging
        self._first: list[str] = []
        self._room = HELD
        self._descriptor = -1
        self._ends = array("Q", (0,))
        self._waiting = bytearray()

    def __len__(self) -> int:
        return len(self._first) + len(self._ends) - 1

    def append(self, text: str) -> None:
        """One more text."""
        if self._room > 0:
            self._room -= len(text) + 60
            self._first.append(text)
            return
        written = text.encode()
        self._waiting += written
        self._ends.append(self._ends[-1] + len(written))
        if len(self._waiting) >= _WRITTEN_AT_ONCE:
            self.finish()

    def finish(self) -> None:
        """Write down what waits: all texts can be read then."""
        if self._waiting and self._descriptor < 0:
            copy = tempfile.TemporaryFile(dir=self._staging, buffering=0)  # noqa: SIM115
            weakref.finalize(self, copy.close)
            self._descriptor = copy.fileno()
        waiting = memoryview(bytes(self._waiting))
        while waiting:
            waiting = waiting[os.write(self._descriptor, waiting) :]
        self._waiting.clear()

    def __getitem__(self, position: int) -> str:
        if position < len(self._first):
            return self._first[position]
        number = position - len(self._first)
        start, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._descriptor, end - start, start).decode()
