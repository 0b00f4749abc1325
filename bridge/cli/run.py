"""`run`: the daemon, until it is told to stop."""

from __future__ import annotations

import errno
import logging
import signal
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bridge import ledgerkey, logs, settings
from bridge.cli.output import Output
from bridge.clock import Clock, SystemClock
from bridge.core.message import message
from bridge.daemon import jobs
from bridge.daemon.app import HOST, Take, listening
from bridge.daemon.done import Done
from bridge.daemon.notify import beat, tell
from bridge.daemon.service import Daemon, Job
from bridge.daemon.times import DueTimes
from bridge.errors import UsageError
from bridge.instance import beside, only_daemon
from bridge.settings import Settings
from bridge.source import registry as ledgers
from bridge.source.files.arriving import Watch
from bridge.source.webhooks import Outcome, Receiver

log = logging.getLogger(__name__)

STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run(arguments: Namespace, out: Output) -> int:
    """Serve until SIGTERM or Ctrl-C. A pass under way then ends as it does when a process dies:
    what was on its way is looked up by the next one."""
    found = settings.load(arguments.config)
    loaded, config = found.settings, found.path.resolve()
    logs.configure(loaded.logs.level.upper())
    clock = SystemClock()
    with ExitStack() as stack:
        stack.enter_context(only_daemon(loaded.state.url))
        daemon = _daemon(loaded, config, clock)
        stack.enter_context(_interrupted_once())
        try:
            if loaded.listen.port is not None:
                _listen(stack, loaded, daemon, clock, out)
            log.info("ready", extra={"event": "daemon.started"})
            out.say(message("daemon_works"))
            tell(READY="1", STATUS="waiting")
            daemon.serve()
        except KeyboardInterrupt:
            tell(STOPPING="1")
            log.info("stopped", extra={"event": "daemon.stopped"})
    out.say(message("daemon_stopped"))
    return 0


def _daemon(loaded: Settings, config: Path, clock: Clock) -> Daemon:
    times = {"sync": loaded.schedule.sync, "report": loaded.schedule.report}
    made = [
        Job(
            name,
            DueTimes(times[name], loaded.lender.timezone),
            partial(jobs.run, jobs.verb(name, config), beat),
        )
        for name in jobs.COMMANDS
    ]
    done = Done(_memory(loaded))
    return Daemon(made, done, clock, Watch(loaded.source.path, done.last("sync")).look)


def _memory(loaded: Settings) -> Path:
    """The file in which the daemon of this state store keeps what it has done."""
    return beside(loaded.state.url, ".daemon.json") or loaded.state_folder / "daemon.json"


def _listen(stack: ExitStack, loaded: Settings, daemon: Daemon, clock: Clock, out: Output) -> None:
    hooks: dict[str, Take] = {}
    kind = loaded.source.kind
    dialect = ledgers.about(kind).calls
    if dialect is not None:
        receiver = Receiver(dialect)

        def take(headers: Mapping[str, str], body: bytes) -> Outcome:
            secret = ledgerkey.read(loaded, clock)
            outcome = receiver.take(headers, body, secret, clock.now())
            if outcome == "accepted":
                daemon.ask("sync")
            return outcome

        hooks[kind] = take
    port = loaded.listen.port or 0
    try:
        port = stack.enter_context(listening(port, partial(health_of, loaded, daemon), hooks))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise UsageError(
            message("daemon_port", host=HOST, port=port, reason=error.strerror or "")
        ) from error
    out.say(message("daemon_listens", host=HOST, port=port))


def health_of(loaded: Settings, daemon: Daemon) -> dict[str, Any]:
    """The jobs, and the verdict that every other door tells. Without a name in it."""
    from bridge.cli.standing import in_passing  # not before somebody asks: it needs the whole store
    from bridge.report import said

    return {**daemon.health(), **said.document(in_passing(loaded))}


@contextmanager
def _interrupted_once() -> Iterator[None]:
    """SIGTERM ends the work as Ctrl-C does; a second one does not disturb the ending."""

    def stop(number: int, frame: object) -> None:
        for each in STOPS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, stop) for each in STOPS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
