"""The daemon's small HTTP app, on this machine alone: how it is, and the ledger's webhooks.

A provider's or a phone's calls reach it through a proxy that speaks TLS; it is never bound to a
public address itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from socket import SHUT_RDWR
from socketserver import TCPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bridge.clock import Clock, SystemClock
from bridge.source.webhooks import BODY_MAX, STATUS, Outcome

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
REQUEST_S = 10.0
"""How long a call may last in all, however its bytes come in."""
AT_ONCE = 16
"""Calls under way. For one more, the oldest goes: whoever only holds a line keeps nobody out."""
FAREWELL_S = 2.0
"""How long the end of the daemon waits for calls that are being answered."""

Health = Callable[[], Mapping[str, Any]]
Take = Callable[[Mapping[str, str], bytes], Outcome]
"""(headers, raw body) → what became of an event."""


class _Server(HTTPServer):
    """A few calls at a time, each for a short time."""

    request_queue_size = 64

    def __init__(self, port: int, health: Health, hooks: Mapping[str, Take], clock: Clock) -> None:
        self.health, self.hooks = health, hooks
        self._clock = clock
        self._lock = Lock()
        self._calls: dict[Any, tuple[float, Thread]] = {}
        """Socket → when its time is over, and who answers; the oldest first."""
        super().__init__((HOST, port), _Page)

    def server_bind(self) -> None:
        """Bind without asking a name server what this machine is called."""
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        answering = Thread(
            target=self._answer, args=(request, client_address), name="answer", daemon=True
        )
        with self._lock:
            if len(self._calls) >= AT_ONCE:
                self._cut(next(iter(self._calls)))
            self._calls[request] = (self._clock.monotonic() + REQUEST_S, answering)
        answering.start()

    def service_actions(self) -> None:
        """End the calls whose time is over; between one call and the next, several times a
        second."""
        now = self._clock.monotonic()
        with self._lock:
            for request in [call for call, (until, _) in self._calls.items() if until <= now]:
                self._cut(request)

    def server_close(self) -> None:
        super().server_close()
        with self._lock:
            answering = [thread for _, thread in self._calls.values()]
            for request in list(self._calls):
                self._cut(request)
        until = self._clock.monotonic() + FAREWELL_S
        for thread in answering:
            thread.join(max(until - self._clock.monotonic(), 0.0))

    def _answer(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError as error:  # whoever asked has gone away, or took too long
            log.debug("gone", extra={"event": "request.lost", "error": type(error).__name__})
        finally:
            with self._lock:
                self._calls.pop(request, None)
            self.shutdown_request(request)

    def _cut(self, request: Any) -> None:
        """No more bytes for it: whoever reads it finds its end."""
        del self._calls[request]
        with suppress(OSError):  # it has gone away already
            request.shutdown(SHUT_RDWR)


class _Page(BaseHTTPRequestHandler):
    timeout = REQUEST_S

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        if urlsplit(self.path).path == "/health":
            self._say(200, self.server.health())
        else:
            self._say(404, {"error": "There is nothing here."})

    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        name = urlsplit(self.path).path.removeprefix("/webhooks/")
        take = self.server.hooks.get(name)
        if take is None:
            self._say(404, {"error": "There is nothing here."})
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()) or len(length) > 9:
            self._say(411, {"error": "Say how long the body is."})
            return
        body = b""
        if int(length) <= BODY_MAX:
            body = self.rfile.read(int(length))
            if len(body) < int(length):
                return  # cut off on the way; the sender will try again
            try:
                outcome = take(dict(self.headers), body)
            except Exception as error:  # noqa: BLE001  the one at the top of a request
                fields = {"event": "webhook.failed", "error": type(error).__name__}
                log.error("failed", extra=fields)
                self._say(500, {"error": "Try again later."})
                return
        else:
            outcome = "too large"
        log.info("received", extra={"event": "webhook.received", "outcome": outcome})
        self._say(STATUS[outcome], {"outcome": outcome})

    def log_message(self, format: str, *args: object) -> None:
        """Addresses are written nowhere; what came of a request is."""

    def _say(self, status: int, answer: Mapping[str, Any]) -> None:
        body = msgspec.json.encode(answer)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def listening(
    port: int, health: Health, hooks: Mapping[str, Take], clock: Clock | None = None
) -> Iterator[int]:
    """Serve while the block lasts, and give the port (0 takes a free one). Raises OSError."""
    server = _Server(port, health, hooks, clock or SystemClock())
    thread = Thread(target=server.serve_forever, args=(0.1,), name="listen", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
