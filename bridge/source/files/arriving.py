"""Files that arrive in a watched folder: which are still on their way, and when all is at rest.

Nothing is opened here. A phone or a cloud drive writes a file in pieces, or under another name
first; what two looks find the same is at rest.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

UNDER_WAY = (
    ".part",
    ".partial",
    ".tmp",
    ".crdownload",
    ".download",
    ".filepart",
    ".opdownload",
    ".icloud",
    ".cloud",
    ".dropbox",
)
"""How the names end that browsers and cloud drives give to what is not there yet."""
_DEEPEST = 4
_MOST = 5_000

Picture = dict[str, tuple[int, int, int]]
"""Path → bytes, when it was last written, and which file it is."""


def visible(name: str) -> bool:
    """Whether a name is one that people give: no lock file and none of a system's own."""
    return not name.startswith((".", "~$", "__MACOSX"))


def on_its_way(name: str) -> bool:
    """Whether a name says that the file is not there yet."""
    return name.lower().endswith(UNDER_WAY)


class Watch:
    """A folder that is looked at from time to time, for what has arrived and come to rest."""

    def __init__(self, path: Path, since: datetime | None) -> None:
        self._path, self._since = path, since
        self._last: Picture | None = None
        self._taken: Picture | None = None

    def look(self) -> bool:
        """Whether something new lies there that is as it was at the look before.

        Said once for each thing. What goes away is no news, and of what was there before the
        first look only what was written since the time that was given is.
        """
        now = picture(self._path)
        last, self._last = self._last, now
        if now is None:
            return False
        if self._taken is None:
            self._taken = {name: told for name, told in now.items() if not self._is_new(told)}
        if now != last:
            return False
        arrived = any(self._taken.get(name) != told for name, told in now.items())
        self._taken = now
        return arrived

    def _is_new(self, told: tuple[int, int, int]) -> bool:
        return self._since is not None and told[1] > self._since.timestamp() * 10**9


def picture(path: Path) -> Picture | None:
    """The files at a path, by name; None when it cannot be looked at now, or is too much."""
    found: Picture = {}
    try:
        if path.is_dir():
            _gather(path, "", found, _DEEPEST)
        else:
            _add(path, path.name, found)
    except OSError:
        return None
    return found if len(found) <= _MOST else None


def _gather(folder: Path, prefix: str, found: Picture, depth: int) -> None:
    with os.scandir(folder) as inside:
        for each in inside:
            if not visible(each.name) or len(found) > _MOST:
                continue
            if each.is_dir(follow_symlinks=False):
                if depth:
                    _gather(Path(each.path), f"{prefix}{each.name}/", found, depth - 1)
            elif not on_its_way(each.name):
                _add(Path(each.path), prefix + each.name, found)


def _add(path: Path, name: str, found: Picture) -> None:
    told = path.stat()
    if told.st_size:  # an empty one stands in for what a drive has not fetched yet
        found[name] = (told.st_size, told.st_mtime_ns, told.st_ino)
