"""One HTTP/1.1 connection: reads requests, writes answers, and breaks where told to."""

from __future__ import annotations

import logging
import select
import socket
import struct
from collections.abc import Callable
from http import HTTPStatus
from socketserver import StreamRequestHandler
from typing import Any
from urllib.parse import parse_qsl, unquote

from bridge.sandbox.wire import Request, Response

log = logging.getLogger("bridge.sandbox")

LINE = 65_536
HEADERS = 100
BODY = 64 * 1024 * 1024
SLICE_S = 0.2


class Broken(Exception):
    """The answer must not be sent; `hold_s` is how long the client is kept waiting."""

    def __init__(self, hold_s: float = 0) -> None:
        super().__init__()
        self.hold_s = hold_s


class Connection(StreamRequestHandler):
    """Serves requests one after the other until either side closes."""

    disable_nagle_algorithm = True
    rbufsize = LINE
    server: Any
    request: socket.socket

    def handle(self) -> None:
        self.server.connected(self.request)
        try:
            while self._serve_one():
                pass
        except (ConnectionError, TimeoutError, ValueError, OSError) as error:
            log.debug("connection ended: %s", type(error).__name__)
        finally:
            self.server.disconnected(self.request)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            log.debug("connection was gone before it was closed")

    def _serve_one(self) -> bool:
        start = self.rfile.readline(LINE)
        if not start.strip():
            return start in (b"\r\n", b"\n")
        method, target, version = start.decode("latin-1").split()
        headers = self._headers()
        if "transfer-encoding" in headers:
            self._send(Response(411), keep=False)
            return False
        length = int(headers.get("content-length") or 0)
        if not 0 <= length <= BODY:
            self._send(Response(413), keep=False)
            return False
        if headers.get("expect", "").lower() == "100-continue":
            self.request.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self.rfile.read(length) if length else b""
        wish = headers.get("connection", "").lower()
        keep = wish != "close" if version == "HTTP/1.1" else wish == "keep-alive"
        path, _, query = target.partition("?")
        request = Request(
            method,
            unquote(path),
            dict(parse_qsl(query, keep_blank_values=True)) if query else {},
            headers,
            body,
            str(self.client_address[0]),
        )
        answer: Callable[[Request, str], Response] = self.server.answer
        try:
            response = answer(request, target)
        except Broken as broken:
            self._break(broken.hold_s)
            return False
        keep = keep and not response.cut
        self._send(response, keep=keep, body=method != "HEAD")
        return keep

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _ in range(HEADERS):
            line = self.rfile.readline(LINE)
            if line in (b"\r\n", b"\n", b""):
                return headers
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        raise ValueError("too many headers")

    def _send(self, response: Response, *, keep: bool, body: bool = True) -> None:
        lines = [
            f"HTTP/1.1 {response.status} {_reason(response.status)}",
            "Server: ledger-bridge-sandbox",
            f"Content-Type: {response.content_type}",
            f"Content-Length: {len(response.body)}",
            f"Connection: {'keep-alive' if keep else 'close'}",
        ]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        length = len(response.body) // 2 if response.cut else len(response.body)
        told = head + response.body[:length] if body else head
        if response.interim_s is not None:
            self.request.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")
            self.server.stopping.wait(response.interim_s)
        if not response.drip_s:
            self.request.sendall(told)
            return
        for place in range(len(told)):
            self.request.sendall(told[place : place + 1])
            if self.server.stopping.wait(response.drip_s):
                return

    def _break(self, hold_s: float) -> None:
        """Keep the client waiting until it gives up or the time is over, then cut with a reset."""
        waited = 0.0
        while waited < hold_s and not self.server.stopping.is_set():
            if select.select([self.request], [], [], SLICE_S)[0]:
                break
            waited += SLICE_S
        linger = struct.pack("ii", 1, 0)
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
