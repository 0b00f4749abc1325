"""The beginning of every verb that works with a lender's data: settings, logs, one system."""

from __future__ import annotations

import getpass
import os
import re
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from bridge import logs, settings
from bridge.cli.output import Output
from bridge.cli.paths import new_folder, refuse_among_deliveries
from bridge.clock import SystemClock
from bridge.core.identity import BooksId
from bridge.core.message import Message, message
from bridge.errors import ConfigurationError, UsageError
from bridge.settings import Settings
from bridge.store.soundness import in_passing
from bridge.store.store import Store
from bridge.tomlfiles import nearest, shown

_LOG_NAME = re.compile(r"bridge-(\d{4}-\d{2}-\d{2})\.log")


def open_settings(arguments: Namespace) -> Settings:
    """The settings in force."""
    return settings.load(arguments.config).settings


def chosen(arguments: Namespace, loaded: Settings) -> list[str] | None:
    """The systems that `--system` names; None for all that are on."""
    wanted = arguments.system
    if wanted is None:
        return None
    enabled = [name for name, system in loaded.systems.items() if system.enabled]
    if wanted not in enabled:
        raise UsageError(
            message("system_not_enabled", wanted=wanted, near=nearest(wanted, enabled))
        )
    return [wanted]


def companies(arguments: Namespace, loaded: Settings) -> dict[str, BooksId]:
    """System → its books, of those that are on and not ruled out by `--system`."""
    names = chosen(arguments, loaded)
    return {
        name: BooksId(name, system.company_id)
        for name, system in loaded.systems.items()
        if system.enabled and (names is None or name in names)
    }


def state_file(loaded: Settings) -> Path:
    """The state store's file. Raises UsageError when nothing was ever synced."""
    path = Path(loaded.state.url.removeprefix("sqlite:///"))
    if not path.exists():
        raise UsageError(message("no_state", path=shown(path)))
    return path


@contextmanager
def open_state(loaded: Settings) -> Iterator[Store]:
    """The state store as it is. Raises UsageError when nothing was ever synced."""
    path = state_file(loaded)
    with in_passing(path):
        store = Store.open(loaded.state.url)
        try:
            yield store
        finally:
            store.close()


def this_person() -> str:
    """The person who decides, for the record: the user's name, or its number where the machine has
    no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid {os.getuid()}"


def secret_in(file: Path, what: Message) -> str:
    """The one secret that a file holds. Raises ConfigurationError when it holds anything else."""
    try:
        given = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            message("secret_unread", file=str(file), what=what, reason=type(error).__name__)
        ) from error
    if not given or len(given.split()) != 1:
        raise ConfigurationError(message("secret_not_one", file=str(file), what=what))
    return given


def start_logs(loaded: Settings, out: Output, writes: bool = True) -> None:
    """Log lines go to stderr; where a person reads at a terminal, to a file a day instead.

    A dry run writes no file: then there are none.
    """
    if not out.watched:
        logs.configure(loaded.logs.level.upper())
        return
    if not writes:
        logs.silence()
        return
    today = SystemClock().today(loaded.lender.timezone)
    folder = loaded.logs.folder
    refuse_among_deliveries(folder, "[logs] folder", loaded)
    new_folder(folder, "[logs] folder", 0o700, ConfigurationError)
    path = folder / f"bridge-{today.isoformat()}.log"
    logs.configure(loaded.logs.level.upper(), path.open("a", encoding="utf-8", buffering=1))
    _drop_old(folder, today - timedelta(days=loaded.logs.keep_days))


def _drop_old(folder: Path, before: date) -> None:
    for path in folder.iterdir():
        named = _LOG_NAME.fullmatch(path.name)
        if named and named.group(1) < before.isoformat():
            path.unlink(missing_ok=True)
