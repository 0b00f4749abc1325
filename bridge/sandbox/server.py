"""The sandbox as a server on loopback: faces, control, persistence, start and stop."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from types import TracebackType
from typing import Any

from bridge.sandbox.clock import Clock
from bridge.sandbox.connection import Broken, Connection
from bridge.sandbox.control import Control
from bridge.sandbox.faces import make_faces
from bridge.sandbox.injection import OF_ANSWERS, Fault, refusal, told
from bridge.sandbox.wire import Face, Request, Response, answer, decode, encode

log = logging.getLogger("bridge.sandbox")

CONTROL = "_sandbox"
LOOPBACK = ("127.", "::1", "::ffff:127.")
SAVE_EVERY_S = 15
SAVE_SHARE = 20
FORMAT = 1


class _Server(ThreadingHTTPServer):
    """Hands each request to the sandbox and keeps track of open connections."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, place: tuple[str, int], answer: Callable[[Request, str], Response]) -> None:
        self.answer = answer
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        if ":" in place[0]:
            self.address_family = socket.AF_INET6
        super().__init__(place, Connection)

    def server_bind(self) -> None:
        """Bind without asking a name server what this machine is called."""
        TCPServer.server_bind(self)

    def connected(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.add(connection)

    def disconnected(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.discard(connection)

    def hang_up(self) -> None:
        """End every open connection, so that no thread waits for a client."""
        self.stopping.set()
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("connection failed", exc_info=True)


class SandboxServer:
    """The accounting APIs on loopback. Use it as a context manager, or start and stop it.

    `fast` lifts rate limits. With `data`, the state is read from that file at the start and
    written to it from time to time and at the stop; without, it lives in memory.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        data: Path | None = None,
        fast: bool = False,
        static_token: bool = True,
    ) -> None:
        self._host, self._port, self._data = host, port, data
        self.clock = Clock()
        self.faces: dict[str, Face] = make_faces(self.clock, fast=fast, static_token=static_token)
        self.control = Control(self.faces, self.clock)
        self._server: _Server | None = None
        self._threads: list[threading.Thread] = []
        self._changed = threading.Event()
        self._saving = threading.Lock()
        if data is not None and data.exists():
            self._load(data)

    @property
    def url(self) -> str:
        assert self._server, "the sandbox is not started"
        port = self._server.server_address[1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{port}"

    def urls(self) -> dict[str, Any]:
        """Return what a client must know to connect to each face."""
        faces = {system: face.urls(f"{self.url}/{system}") for system, face in self.faces.items()}
        return {"url": self.url, "control": f"{self.url}/{CONTROL}", **faces}

    def start(self) -> SandboxServer:
        """Listen and serve in background threads."""
        assert self._server is None, "the sandbox is started already"
        self._server = _Server((self._host, self._port), self._answer)
        self._run("sandbox", lambda: self._listening().serve_forever(poll_interval=0.05))
        if self._data is not None:
            self._run("sandbox-save", self._save_from_time_to_time)
        return self

    def stop(self) -> None:
        """Stop serving and, with a data file, write everything down."""
        server, self._server = self._server, None
        if server is None:
            return
        server.hang_up()
        server.shutdown()
        server.server_close()
        for thread in self._threads:
            thread.join(timeout=10)
        self._threads.clear()
        if self._data is not None:
            self._save(self._data)

    def __enter__(self) -> SandboxServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _listening(self) -> _Server:
        assert self._server, "the sandbox is not started"
        return self._server

    def _run(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _answer(self, request: Request, target: str) -> Response:
        system, _, rest = request.path.lstrip("/").partition("/")
        request.path = f"/{rest}"
        if system == CONTROL:
            if not request.client.startswith(LOOPBACK):
                return answer({"error": "the control API answers on this machine only"}, 403)
            if request.method != "GET":
                self._changed.set()
            self.control.late.done_by_now()
            return self.control.handle(request)
        face = self.faces.get(system)
        if face is None:
            return answer({"error": "not found", "see": list(self.faces)}, 404)
        self.control.late.done_by_now(face, request)
        return self._call(face, request, target)

    def _call(self, face: Face, request: Request, target: str) -> Response:
        """Answer an API call, with the latency and the fault that it is to suffer."""
        fault = self.control.faults.take(face, request, target)
        calls = self.control.calls[face.system]
        delay_s = self.control.latency_s[face.system]
        if fault and fault.kind == "slow":
            delay_s += fault.seconds
        if delay_s:
            self._listening().stopping.wait(delay_s)
        if fault and fault.when == "before":
            response = self._suffer(fault, face, request)
            if response:
                return response
        unkept = fault is not None and fault.kind == "unkept"
        try:
            response = face.unkept(request) if unkept else face.handle(request)
        except Exception:
            log.exception("a request failed inside the sandbox")
            response = face.refusal(500)
        if face.writes(request) or face.is_login(request):
            self._changed.set()
        if fault and fault.kind in OF_ANSWERS:
            response = told(fault, request, response)
        elif fault and fault.when == "after":
            instead = self._suffer(fault, face, request)
            if instead:
                return instead
        calls.add(request, response, fault.kind if fault else "")
        return response

    def _suffer(self, fault: Fault, face: Face, request: Request) -> Response | None:
        """Return the fault's own answer, cut the connection, or (slow) let the true one pass."""
        if fault.kind in ("slow", "unkept"):
            return None
        if fault.kind == "late":
            self.control.late.put_off(face, request, fault.seconds)
        response = refusal(fault, face)
        self.control.calls[face.system].add(request, response, fault.kind)
        if response is None:
            raise Broken(fault.seconds if fault.kind == "timeout" else 0)
        return response

    def _load(self, data: Path) -> None:
        state = decode(data.read_bytes())
        if state.get("format") != FORMAT:
            raise ValueError(f"{data} was not written by this version of the sandbox")
        for system, face in self.faces.items():
            if system in state["faces"]:
                face.load(b64decode(state["faces"][system]))

    def _save(self, data: Path) -> None:
        """Write the state beside the file and put it in its place: whole, or as it was."""
        with self._saving:
            faces = {system: b64encode(face.save()).decode() for system, face in self.faces.items()}
            data.parent.mkdir(parents=True, exist_ok=True)
            part = data.with_name(data.name + ".part")
            with part.open("wb") as file:
                file.write(encode({"format": FORMAT, "faces": faces}))
                file.flush()
                os.fsync(file.fileno())
            part.replace(data)

    def _save_from_time_to_time(self) -> None:
        server, data = self._listening(), self._data
        assert data is not None
        pause_s = float(SAVE_EVERY_S)
        while not server.stopping.wait(pause_s):
            if self._changed.is_set():
                self._changed.clear()
                began = time.monotonic()
                self._save(data)
                pause_s = max(SAVE_EVERY_S, SAVE_SHARE * (time.monotonic() - began))


@contextlib.contextmanager
def serving(**options: Any) -> Iterator[SandboxServer]:
    """Serve for the length of a with block."""
    with SandboxServer(**options) as server:
        yield server


def serve(
    host: str = "127.0.0.1",
    port: int = 8765,
    data: Path | None = None,
    fast: bool = False,
    static_token: bool = True,
    *,
    ready: Callable[[str], None],
    until: threading.Event | None = None,
) -> None:
    """Serve until `until` is set or the program is interrupted.

    `ready` receives one line of JSON with the URLs as soon as requests are answered.
    """
    stop = until or threading.Event()
    with SandboxServer(host, port, data, fast, static_token) as server:
        ready(encode(server.urls()).decode())
        with contextlib.suppress(KeyboardInterrupt):
            stop.wait()


serve_forever = serve
