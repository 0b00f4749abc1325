"""Waits for the address that a browser ends a login on: on loopback, or pasted by the person."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from urllib.parse import urlsplit

from bridge.clock import Clock

PASTED_MAX = 65_536
TRIES_MAX = 5
REQUEST_S = 10
_NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)

_TAKEN = "The login has arrived. Go back to ledger-bridge: it says how it ended. Close this page."
_REFUSED = "This is not the login that ledger-bridge waits for."


class Doorbell:
    """Keeps the first address that is ours, and wakes whoever waits for it."""

    def __init__(self, path: str, is_ours: Callable[[str], bool]) -> None:
        self.path = path
        self.address = ""
        self.bell, self._button = socket.socketpair()
        self._is_ours = is_ours
        self._lock = threading.Lock()

    def accepts(self, address: str) -> bool:
        """Whether to tell the browser that it is done."""
        return self._is_ours(address)

    def ring(self, address: str) -> None:
        with self._lock:
            if not self.address:
                self.address = address
                self._button.send(b"!")

    def close(self) -> None:
        self.bell.close()
        self._button.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int, door: Doorbell) -> None:
        self.door = door
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Page)

    def server_bind(self) -> None:
        """Bind without asking a name server what this machine is called."""
        TCPServer.server_bind(self)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away says nothing."""


class _Page(BaseHTTPRequestHandler):
    timeout = REQUEST_S

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        door = self.server.door
        if urlsplit(self.path).path != door.path:
            self._say(404, "There is nothing here.")
        elif door.accepts(self.path):
            self._say(200, _TAKEN)
            door.ring(self.path)
        else:
            self._say(400, _REFUSED)

    def log_message(self, format: str, *args: object) -> None:
        """The address holds a code: it is written nowhere."""

    def _say(self, status: int, words: str) -> None:
        body = words.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def listening(host: str, port: int, door: Doorbell) -> Iterator[int]:
    """Serve the page that the browser is sent back to, and give its port. Raises OSError.

    `localhost` is two addresses, and a browser may try either; both are taken, so that no other
    program of this machine gets the code.
    """
    with ExitStack() as stack:
        stack.callback(door.close)
        first = _Server("127.0.0.1" if host == "localhost" else host, port, door)
        servers = [first]
        stack.callback(first.server_close)
        taken = int(first.server_address[1])
        if host == "localhost":
            try:
                servers.append(_Server("::1", taken, door))
            except OSError as error:
                if error.errno not in _NO_IPV6:
                    raise
            else:
                stack.callback(servers[-1].server_close)
        for server in servers:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield taken


def wait(
    door: Doorbell | None,
    typed: int | None,
    read: Callable[[str], object | None],
    say: Callable[[str], None],
    clock: Clock,
    wait_s: float,
) -> str:
    """The address that arrives first, or nothing when none does in time.

    `door` is None where nobody listens, `typed` is the descriptor of what a person types. A line
    in which `read` finds nothing is told so, a few times.
    """
    until = clock.monotonic() + wait_s
    watched: list[socket.socket | int] = [door.bell] if door else []
    watched += [typed] if typed is not None else []
    text, tries = b"", 0
    while watched and tries < TRIES_MAX and (left_s := until - clock.monotonic()) > 0:
        ready, _, _ = select.select(watched, [], [], left_s)
        if door and door.bell in ready:
            return door.address
        if typed is None or typed not in ready:
            continue
        part = _typed(typed)
        if not part or len(text) > PASTED_MAX:
            watched.remove(typed)
        text += part
        *lines, text = text.split(b"\n") if part else [text, b""]
        for line in filter(None, (each.strip() for each in lines)):
            address = line.decode(errors="replace")
            if read(address) is not None:
                return address
            tries += 1
            say("That is not the address that the login ended on. Copy all of it, and paste it:")
    return ""


def _typed(descriptor: int) -> bytes:
    """The bytes typed so far; nothing at the end of it, or when nobody can type."""
    with contextlib.suppress(OSError):
        return os.read(descriptor, PASTED_MAX)
    return b""
