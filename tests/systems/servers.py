"""Servers on loopback that answer as told, byte by byte or by a function."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple

import requests

Script = Callable[[socket.socket, bytes], None]


class RawServer:
    """Reads one whole request from each connection and runs the next step of a script on it."""

    def __init__(self, *steps: Script) -> None:
        self._steps = list(steps)
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # A last connection ends the accept below; it finds no step.
        self._steps.clear()
        with socket.create_connection(self._listener.getsockname()):
            pass
        self._thread.join(60)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if not self._steps:
                    return
                request = _whole_request(connection)
                self.requests.append(request)
                self._steps.pop(0)(connection, request)


def _whole_request(connection: socket.socket) -> bytes:
    connection.settimeout(60)
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return received
        received += part
        if not received[:1].isalpha():  # not HTTP: the first words of TLS
            return received
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def says(status: int, body: bytes, **headers: str) -> Script:
    """Answer whole and close."""

    def step(connection: socket.socket, _: bytes) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return step


def sends(raw: bytes) -> Script:
    """Send these bytes and close."""

    def step(connection: socket.socket, _: bytes) -> None:
        connection.sendall(raw)

    return step


def resets(connection: socket.socket, _: bytes) -> None:
    """Close with a reset instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def resets_after(raw: bytes) -> Script:
    """Send a part of an answer, then reset."""

    def step(connection: socket.socket, request: bytes) -> None:
        connection.sendall(raw)
        resets(connection, request)

    return step


def hangs(until: threading.Event) -> Script:
    """Answer nothing until the event is set."""

    def step(connection: socket.socket, _: bytes) -> None:
        until.wait(60)

    return step


class Call(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answered(NamedTuple):
    status: int
    body: bytes
    headers: Mapping[str, str] = MappingProxyType({})


@contextmanager
def http_server(answer: Callable[[Call], Answered]) -> Iterator[str]:
    """An HTTP server with kept-alive connections, answered by a function in many threads."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            status, content, headers = answer(
                Call(self.command, self.path, dict(self.headers), body)
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815  (the library's names)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def relay(
    url: str,
    before: Callable[[Call], None] = lambda _: None,
    after: Callable[[Call], None] = lambda _: None,
) -> Iterator[str]:
    """A server that passes every call on to another, and lets a test act before or after one."""

    def answer(call: Call) -> Answered:
        before(call)
        headers = {name: value for name, value in call.headers.items() if name.lower() not in _OWN}
        with requests.Session() as session:
            reply = session.request(
                call.method, url + call.path, headers=headers, data=call.body or None, timeout=60
            )
        after(call)
        return Answered(reply.status_code, reply.content)

    with http_server(answer) as own:
        yield own


_OWN = {"host", "content-length", "accept-encoding", "connection"}
