"""Bugs that are planted to see the laws catch them. Each changes the product at run time only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

from bridge.core.books import Kind, PostedDocument
from bridge.core.delivery import Outcome, Unavailable
from bridge.core.loan import draft
from bridge.errors import TryLater
from bridge.pipeline import doubts, giving_up
from bridge.pipeline.forgotten import Keeping
from bridge.store import Entry, Store, outbox_rows, soundness
from bridge.store.upkeep import Lineage
from bridge.systems import registry, transport
from bridge.systems.base import Newest
from tests.pipeline.world import COMPANIES

Plant = Callable[[], AbstractContextManager[None]]


@contextmanager
def no_lookup() -> Iterator[None]:
    """A write in doubt is sent again without a look at the books."""

    def absent(
        store: Any, system: Any, entries: Sequence[Entry], *_: Any, **__: Any
    ) -> dict[int, Outcome]:
        del store, system
        return {entry.id: Unavailable("not in the books") for entry in entries}

    with mock.patch.object(doubts, "looked_up", absent):
        yield


@contextmanager
def empty_page() -> Iterator[None]:
    """Books that cannot be asked are taken for books in which there is nothing."""
    with ExitStack() as stack:
        for name in COMPANIES:
            adapter = registry.load(name)
            find, read = adapter.find, adapter.read

            def found(this: Any, *asked: Any, find: Any = find) -> dict[str, PostedDocument]:
                try:
                    return find(this, *asked)  # type: ignore[no-any-return]
                except TryLater:
                    return {}

            def listed(
                this: Any, kinds: Sequence[Kind], read: Any = read
            ) -> Iterator[PostedDocument]:
                try:
                    yield from read(this, kinds)
                except TryLater:
                    return

            stack.enter_context(mock.patch.object(adapter, "find", found))

            def new(this: Any, *asked: Any, newest: Any = adapter.newest) -> Newest:
                try:
                    return newest(this, *asked)  # type: ignore[no-any-return]
                except TryLater:
                    return Newest()

            stack.enter_context(mock.patch.object(adapter, "read", listed))
            stack.enter_context(mock.patch.object(adapter, "newest", new))
        yield


@contextmanager
def key_after_void() -> Iterator[None]:
    """What was voided comes back under the reference, and the key, that it had before."""
    with mock.patch.object(draft, "with_generation", lambda base, generation: base):
        yield


@contextmanager
def any_wait() -> Iterator[None]:
    """A wait is as long as a header says."""
    centuries = 10.0**11
    with (
        mock.patch.object(transport, "LONGEST_WAIT_S", centuries),
        mock.patch.object(outbox_rows, "LONGEST_WAIT", timedelta(seconds=centuries)),
    ):
        yield


@contextmanager
def state_believed() -> Iterator[None]:
    """A state is believed to know all that was posted: an older copy, and a second one too."""

    def nothing(this: Any, *asked: Any) -> bool:
        del this, asked
        return False

    def same(this: Any, kept: Any) -> tuple[Lineage, int]:
        del this
        return Lineage.SAME, kept.passes

    with (
        mock.patch.object(Keeping, "meet", nothing),
        mock.patch.object(Keeping, "finds_more", nothing),
        mock.patch.object(Store, "lineage", same),
    ):
        yield


@contextmanager
def pages_believed() -> Iterator[None]:
    """No store is looked through."""
    with mock.patch.object(soundness, "look_through_if_due", lambda path, now: None):
        yield


@contextmanager
def endless_patience() -> Iterator[None]:
    """What the books never clearly answer is tried for ever."""
    with mock.patch.object(giving_up, "is_over", lambda *_: False):
        yield


PLANTS: dict[str, Plant] = {
    "no-lookup": no_lookup,
    "empty-page": empty_page,
    "key-after-void": key_after_void,
    "any-wait": any_wait,
    "state-believed": state_believed,
    "pages-believed": pages_believed,
    "endless-patience": endless_patience,
}
