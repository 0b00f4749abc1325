"""A run that something stops before its end: it is written down with what stopped it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bridge.core.message import written
from bridge.errors import BridgeError, SnapshotRefused, TryLater
from bridge.pipeline.context import Bridge, System


@contextmanager
def ended_if_stopped(bridge: Bridge[System], run: str) -> Iterator[None]:
    """The rest of a run. Whatever is foreseen and stops it ends it in the history, too."""
    try:
        yield
    except BridgeError as error:
        at = bridge.clock.now().isoformat()
        with bridge.store.begin() as work:
            work.runs.end(run, _word(error), written(error.what), {}, at)
        raise


def _word(error: BridgeError) -> str:
    if isinstance(error, SnapshotRefused):
        return "refused"
    return "later" if isinstance(error, TryLater) else "person"
