"""`sandbox`: the accounting systems on this machine, until stopped."""

from __future__ import annotations

import errno
import signal
import sys
import threading
from argparse import Namespace

from bridge.cli.output import Output
from bridge.cli.paths import refuse_own_here, writable
from bridge.core.message import message
from bridge.errors import UsageError
from bridge.sandbox.server import serve


def run(arguments: Namespace, out: Output) -> int:
    """Print one JSON line with the addresses when ready; stop on SIGTERM or Ctrl-C."""
    if arguments.data is not None:
        refuse_own_here(arguments.data, "--data", arguments.config)
        writable(arguments.data, "--data")
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    try:
        serve(
            arguments.host,
            arguments.port,
            arguments.data,
            arguments.fast,
            arguments.static_token,
            ready=lambda line: print(line, file=sys.stdout, flush=True),
            until=stop,
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            where = f"{arguments.host}:{arguments.port}"
            raise UsageError(message("sandbox_in_use", where=where)) from error
        if error.errno in (errno.EADDRNOTAVAIL, errno.EACCES) or isinstance(error, OverflowError):
            raise UsageError(
                message("sandbox_host", host=arguments.host, reason=error.strerror or "")
            ) from error
        raise
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{error}") from error
    finally:
        signal.signal(signal.SIGTERM, before)
    out.say(message("sandbox_stopped"))
    return 0
