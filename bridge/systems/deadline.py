"""The end of every exchange: after so long its connection is cut, whatever drips in over it.

Time-outs of sockets begin anew with each byte. A server that sends one a second, in a status line,
in headers or in a body of any form, would keep a pass waiting for ever.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from bridge.systems.needs import Clock


class Exchange:
    """One request under way."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.connection: Any = None
        """What it goes over, as soon as there is one: its `sock` may come later."""
        self.sock: Any = None
        """Its socket, once it stands: of an answer that ends with its connection, the connection
        lets go of it before the body is read."""
        self.is_over = False
        """Whether it was cut: then nothing of the answer counts."""


class Deadlines:
    """The watch over all exchanges of one transport: one thread, which starts with the first."""

    def __init__(self, clock: Clock, total_s: float) -> None:
        self._clock = clock
        self._total_s = total_s
        self._changed = threading.Condition()
        self._under_way: dict[Exchange, None] = {}
        """In order of their ends, since all last equally long."""
        self._thread: threading.Thread | None = None
        self._sleeps = self._is_closed = False

    @contextlib.contextmanager
    def exchange(self) -> Iterator[Exchange]:
        """An exchange that is cut when it lasts too long."""
        begun = Exchange(self._clock.monotonic() + self._total_s)
        with self._changed:
            self._under_way[begun] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
            elif self._sleeps:
                self._changed.notify()
        try:
            yield begun
        finally:
            with self._changed:
                self._under_way.pop(begun, None)

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._is_closed:
                now = self._clock.monotonic()
                for exchange in [each for each in self._under_way if each.until <= now]:
                    del self._under_way[exchange]
                    _cut(exchange)
                self._sleeps = not self._under_way
                first = next(iter(self._under_way), None)
                self._changed.wait(None if first is None else first.until - now)


def _cut(exchange: Exchange) -> None:
    """End the exchange: whoever waits for its bytes finds that there are no more."""
    exchange.is_over = True
    sock = exchange.sock or getattr(exchange.connection, "sock", None)
    if sock is not None:
        with contextlib.suppress(OSError):  # it may be closed already
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
