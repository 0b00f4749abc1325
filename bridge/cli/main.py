"""`ledger-bridge`: reads the command, runs its verb, and says how it ended."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TextIO

from bridge.cli.arguments import parser
from bridge.cli.output import INTERRUPTED, Output

Verb = Callable[[argparse.Namespace, Output], int]

CLOSED_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code; never raises."""
    _streams_that_take_everything()
    try:
        arguments = parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    arguments.config = getattr(arguments, "config", None)
    arguments.json = getattr(arguments, "json", False)
    out = Output(sys.stdout, sys.stderr, json=arguments.json)
    code = _run(arguments, out)
    for stream in (sys.stdout, sys.stderr):
        _let_go_if_broken(stream)
    return code


def _run(arguments: argparse.Namespace, out: Output) -> int:
    from bridge import logs
    from bridge.errors import BridgeError

    # Nobody's plugin looks at settings; and to look for one is to open every package there is.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if out.watched:  # until the verb says where its log lines go
        logs.silence()
    try:
        code = _verb(arguments.run)(arguments, out)
        sys.stdout.flush()
    except BridgeError as error:
        out.error(error.what, error.problems, error.exit_code, error.document)
        return error.exit_code
    except KeyboardInterrupt:
        from bridge.core.message import message

        # What a stopped verb leaves behind: a login that nobody finished, or that of a pass.
        login = arguments.verb == "connect"
        left = message("left_login") if login else message("left_pass")
        out.say(message("stopped", left=left))
        return INTERRUPTED
    except BrokenPipeError:
        return CLOSED_PIPE
    except Exception as error:  # noqa: BLE001  the one at the top
        return _unexpected(error, arguments, out)
    return code


def _streams_that_take_everything() -> None:
    """Neither what is typed nor what is said ever fails on a sign that the terminal cannot tell."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdin is None:  # the caller closed it
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 (for the whole run)
    elif hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")


def _let_go_if_broken(stream: TextIO) -> None:
    """Keep the interpreter from ending with an error of its own about a stream that is shut."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _verb(name: str) -> Verb:
    """The verb, loaded. What is loaded stays: to look through it for waste, again and again while
    it grows, would take a sixth of a short verb's time."""
    module, function = name.split(":")
    gc.disable()
    try:
        verb: Verb = getattr(import_module(module), function)
    finally:
        gc.freeze()
        gc.enable()
    return verb


def _unexpected(error: Exception, arguments: argparse.Namespace, out: Output) -> int:
    """A disk or store that refuses is told in words; a mistake of ours is written down."""
    from bridge.cli import failures
    from bridge.core.message import message

    words = failures.known(error)
    if words is not None:
        out.error(words, (), failures.TRY_LATER)
        return failures.TRY_LATER
    words = failures.damaged(error) or failures.misplaced(error)
    if words is not None:
        out.error(words, (), failures.CONFIGURATION)
        return failures.CONFIGURATION
    ident, path = failures.written_down(error, arguments.verb, _log_folder(arguments.config))
    kept = message("details_in", path=str(path)) if path else message("details_not")
    out.error(message("unexpected", ident=ident, kept=kept), (), 1)
    return 1


def _log_folder(config: Path | None) -> Path | None:
    """The folder of the logs by the settings, when they can be read at all."""
    from bridge import settings
    from bridge.errors import BridgeError

    try:
        return settings.load(config).settings.logs.folder
    except (BridgeError, OSError):
        return None


if __name__ == "__main__":
    sys.exit(main())
