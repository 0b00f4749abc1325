"""The command that this program was called by, so that the commands it prints run as they are
printed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from functools import cache
from pathlib import Path

NAME = "ledger-bridge"
_COMMAND = re.compile(r"(?<![\w./-])ledger-bridge(?= (?:--config |[a-z])|$)")
"""A command of ours, also where the line ends after its name and the verb stands on the next."""


@cache
def program() -> str:
    """The words that start this program in this shell: its name where the PATH has it."""
    given = sys.argv[0] if sys.argv else ""
    if Path(given).name != NAME:
        module = given.endswith(("bridge/cli/main.py", "bridge\\cli\\main.py"))
        return f"{shlex.quote(sys.executable)} -m bridge.cli.main" if module else NAME
    found = shutil.which(NAME)
    if found and os.path.realpath(found) == os.path.realpath(given):
        return NAME
    return shlex.quote(given)


def as_called(text: str) -> str:
    """The text with every command of ours in it as this shell can run it."""
    name = program()
    return text if name == NAME else _COMMAND.sub(lambda _: name, text)
