"""The jobs that the daemon does at their times: verbs of the command line, each in a process of its
own.

So a pass reads bridge.toml and mappings as they are now, gives back all its memory when it ends,
and cannot take the daemon along, whatever becomes of it.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.daemon.notify import BEAT_S

log = logging.getLogger(__name__)

COMMANDS = {"sync": ("sync", "--scheduled"), "report": ("reconcile",)}
"""Job → verb, in the order in which they are done when both are due."""
GIVE_UP_S = 60.0
"""How long a verb that was told to stop may take to end."""

TRY_LATER = 75
VERDICTS = {0: "clean", 1: "person", TRY_LATER: "later", 78: "configuration"}


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a job, by the exit code of its verb, negative for a signal that killed it."""

    exit_code: int

    @property
    def verdict(self) -> str:
        if self.exit_code < 0:
            return "killed"
        return VERDICTS.get(self.exit_code, "failed")

    @property
    def later(self) -> bool:
        """Whether doing the same again in a while may be all that is needed."""
        return self.verdict in ("later", "killed")


def verb(name: str, config: Path) -> Sequence[str]:
    """The command of a job. Its answer goes nowhere; its log lines go where the daemon's go."""
    program = (sys.executable, "-m", "bridge.cli.main")
    return (*program, *COMMANDS[name], "--config", str(config), "--json")


def run(command: Sequence[str], beat: Callable[[], None]) -> Ended:
    """Run a verb to its end. When this is interrupted, so is the verb, as by Ctrl-C."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the daemon, which passes it on
        )
    except OSError as error:  # no memory or no process left, for now
        log.error("not begun", extra={"event": "job.not_begun", "error": error.strerror})
        return Ended(TRY_LATER)
    with process:
        try:
            while True:
                try:
                    return Ended(process.wait(BEAT_S))
                except subprocess.TimeoutExpired:
                    beat()
        except KeyboardInterrupt:
            _stop(process)
            raise


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(GIVE_UP_S)
    except subprocess.TimeoutExpired:
        process.kill()
