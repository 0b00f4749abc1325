"""What happened, line by line; how often; and every log line that the product wrote."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.logs import JsonLines


class Broken(AssertionError):
    """A law does not hold: which one, and what differs."""

    def __init__(self, law: str, what: str) -> None:
        super().__init__(f"{law}: {what}")
        self.law, self.what = law, what


class Trace:
    """The run as lines and figures. The same seed makes the same lines."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: a place whose name is another one in every run, and is left out."""
        self._folder = str(folder)
        self.lines: list[str] = []
        self.figures: dict[str, Counter[str]] = {}
        self.logs: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line.replace(self._folder, "FOLDER"))

    def count(self, group: str, what: str, times: int = 1) -> None:
        self.figures.setdefault(group, Counter())[what] += times

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Collect log lines just as the product would write them."""
        root, bridge = logging.getLogger(), logging.getLogger("bridge")
        handler = _Kept(self.logs)
        levels = root.level, bridge.level
        root.addHandler(handler)
        bridge.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            root.removeHandler(handler)
            root.setLevel(levels[0])
            bridge.setLevel(levels[1])


class _Kept(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("bridge.sandbox"):
            self._lines.append(self.format(record))
