"""Answers that drip, a byte a second, and that nobody waits for: their time is simulated.

The sandbox's answer begins to drip, the simulated clock goes on past the end of every exchange, and
the product's own watch has to cut the connection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from bridge.sandbox import connection
from bridge.sandbox.wire import Response
from bridge.systems import deadline

LONGEST_S = 600.0
"""No answer is waited for so long."""
CUT_WITHIN_S = 60.0
"""Of real time, from the moment when the watch is woken."""
_FIRST = {
    1.0: b"H",
    2.0: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
}
"""Seconds between two bytes, which only say where it begins to drip → what came before."""


class Drips:
    """The answers that drip in one world, of which there is one at a time."""

    def __init__(self) -> None:
        self.watch: deadline.Deadlines | None = None
        """The watch over the request that is under way."""
        self.begun = False
        self.cut = threading.Event()
        self.pass_time: Callable[[float], None] = lambda seconds: None
        """Makes time go on."""

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """With a sandbox whose answers drip in simulated time."""
        send, cut = connection.Connection._send, deadline._cut

        def sent(this: Any, response: Response, *, keep: bool, body: bool = True) -> None:
            if not response.drip_s:
                send(this, response, keep=keep, body=body)
                return
            this.request.sendall(_FIRST[response.drip_s])
            self._drip()
            raise ConnectionError("nobody reads any more")

        def cut_off(exchange: deadline.Exchange) -> None:
            cut(exchange)
            self.cut.set()

        with (
            mock.patch.object(connection.Connection, "_send", sent),
            mock.patch.object(deadline, "_cut", cut_off),
        ):
            yield

    def _drip(self) -> None:
        """Byte by byte, until nobody waits any more."""
        assert self.watch is not None, "a request is under way"
        self.cut.clear()
        self.begun = True
        self.pass_time(LONGEST_S)
        with self.watch._changed:
            self.watch._changed.notify_all()
        self.cut.wait(CUT_WITHIN_S)
