"""A process of its own for each row, so that its memory and its imports are its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from bench.figures import Line, Size

_ROOT = Path(__file__).parents[1]


class RowFailed(Exception):
    """A row ended without figures."""


def in_own_process(name: str, size: Size, folder: Path) -> list[Line]:
    """The row's lines; memory is then its own. Raises RowFailed with what it said."""
    command = [sys.executable, "-m", "bench.rows", name, msgspec.json.encode(size).decode()]
    done = subprocess.run(
        [*command, str(folder)], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RowFailed(f"{name}:\n{done.stderr}")
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=list[Line])
