"""The command line as a person meets it: on a real pseudo-terminal, in a process of its own."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE_S = 120
"""Only how long a test may hang: nothing waits for it to pass."""
ROOT = Path(__file__).parents[2]
CTRL_C, CTRL_D = "\x03", "\x04"


class Terminal:
    """A program at a terminal, what it has shown so far, and a person who types."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self._process, self._master = process, master
        self.shown = ""

    def until(self, words: str) -> str:
        """Wait until the words are shown; what came up to them is taken away."""
        while words not in self.shown:
            assert self._read(), f"it ended without {words!r}: {self.shown}"
        before, _, self.shown = self.shown.partition(words)
        return before + words

    def waits(self) -> None:
        """Wait until the program reads from the terminal: a key that comes before would end
        nothing, since a read that begins after the signal knows nothing of it."""
        process = Path(f"/proc/{self._process.pid}")
        if not (process / "syscall").exists():
            return
        while not _reads_from_terminal(process):
            assert self._process.poll() is None, self.shown

    def types(self, text: str | bytes) -> None:
        os.write(self._master, text if isinstance(text, bytes) else text.encode())

    def end(self) -> tuple[int, str]:
        """Exit code, and all that was shown since the last wait."""
        while self._read():
            pass
        return self._process.wait(PATIENCE_S), self.shown

    def _read(self) -> bool:
        assert select.select([self._master], [], [], PATIENCE_S)[0], self.shown
        try:
            part = os.read(self._master, 65536)
        except OSError:  # Linux: how a terminal says that nobody is left at its other end
            return False
        self.shown += part.decode(errors="replace").replace("\r\n", "\n")
        return bool(part)


def _reads_from_terminal(process: Path) -> bool:
    """Reading a file of its own, a module for one, is no waiting for a key."""
    call, *given = (process / "syscall").read_text("ascii").split()
    if call not in ("0", "63"):
        return False
    with suppress(FileNotFoundError):
        return (process / "fd" / str(int(given[0], 16))).readlink().is_relative_to("/dev")
    return False


@contextmanager
def terminal(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """`ledger-bridge ARGUMENTS` in a folder, with the terminal as its controlling one."""
    master, theirs = pty.openpty()
    command = [sys.executable, "-m", "bridge.cli.main", *arguments]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    process = subprocess.Popen(
        [sys.executable, "-c", _TAKE_IT, *command],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"} | dict(environment or {}),
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)


_TAKE_IT = (
    "import fcntl, os, signal, sys, termios; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
"""Ctrl-C reaches who has the terminal as its controlling one, and is heeded: tests that run in the
background of a shell are told to ignore it, and would pass that on."""
