"""A state store around one piece of work: whole before it, in order after it, or a copy of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import DatabaseError

from bridge.core.message import Detail
from bridge.errors import ConfigurationError
from bridge.store import soundness
from bridge.store.engine import file_of, parsed
from bridge.store.store import Store
from bridge.store.upkeep import ends_work


@contextmanager
def in_order(url: str, now: datetime) -> Iterator[soundness.Sound | None]:
    """Look through a store that was not left in order; leave it so, unless the work breaks off."""
    path = file_of(parsed(url))
    if path is None:
        yield None
        return
    looked = soundness.look_through_if_due(path, now)
    try:
        yield looked
    except DatabaseError:
        raise
    except BaseException:
        soundness.leave_in_order(path)
        raise
    soundness.leave_in_order(path)


@contextmanager
def at_work(url: str) -> Iterator[None]:
    """Leave a sign while the block works: a pass that dies leaves it behind, one that ends takes it
    away before the store is closed."""
    path = file_of(parsed(url))
    if path is None:
        yield
        return
    soundness.at_work(path)
    try:
        yield
    finally:
        ends_work(path)


def scratch_of(url: str, without_state: Callable[[Detail], None] | None) -> Store:
    """A private copy of the state. `without_state` is told why one that cannot be used is left out,
    and the copy is then an empty one; without it, such a state raises."""
    try:
        return Store.open(url, migrate=False).scratch()
    except (ConfigurationError, DatabaseError, OSError) as error:
        if without_state is None:
            raise
        without_state(error.what if isinstance(error, ConfigurationError) else _short(error))
        return Store.blank()


def _short(error: Exception) -> str:
    """The complaint of a disk or a database, without the statement that it said it of."""
    return str(getattr(error, "orig", None) or error)
