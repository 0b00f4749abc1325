"""The sandbox in a process of its own, so that what an answer costs the bridge can be measured.

Beside what its control API does, it keeps moments of a company to come back to, tells which calls
were made and how they were answered, and strikes one call by its name.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from multiprocessing.connection import Connection
from typing import Any

from bridge.sandbox.calls import Calls
from bridge.sandbox.injection import Fault, Faults
from bridge.sandbox.server import SandboxServer
from bridge.sandbox.wire import Face, Request, Response
from tests.answers.hostile import Answer, wish_of
from tests.answers.shapes import only_asks, shape_of

SAMPLE_BYTES = 200_000


class Aimed(Fault):
    """A fault that strikes the calls of one name."""

    shape = ""

    def strikes(self, face: Face, request: Request, target: str) -> bool:
        del target
        return face.system == self.system and shape_of(request) == self.shape


class Observed(Calls):
    """Counters that also keep an answer of each call, and whether it writes or logs in."""

    def __init__(self, face: Face) -> None:
        self.face = face
        super().__init__()

    def clear(self) -> None:
        super().clear()
        self.answers: dict[str, tuple[str, bytes]] = {}
        self.secrets: set[str] = set()

    def add(self, request: Request, response: Response | None, fault: str) -> None:
        super().add(request, response, fault)
        shape = shape_of(request)
        kind = "write" if self.face.writes(request) and not only_asks(shape) else "read"
        kind = "login" if self.face.is_login(request) else kind
        body = response.body if response and response.status < 300 else b""
        if body or shape not in self.answers:
            self.answers[shape] = (kind, body[:SAMPLE_BYTES])
        self.secrets.add(request.headers.get("authorization", "").rpartition(" ")[2])


class Ground:
    """A running sandbox in another process."""

    def __init__(self, url: str, pipe: Connection) -> None:
        self.url = url
        self._pipe = pipe

    def save(self, system: str) -> bytes:
        """A company as it is now."""
        return self._ask("save", system)  # type: ignore[no-any-return]

    def load(self, system: str, saved: bytes, moment: str) -> None:
        """That company again, at that moment, with nothing planned and nothing counted."""
        self._ask("load", system, saved, moment)

    def calls(self, system: str) -> dict[str, tuple[str, bytes]]:
        """Name of each call since the counters began → what kind it is, and an answer to it."""
        return self._ask("calls", system)  # type: ignore[no-any-return]

    def secrets(self, system: str) -> set[str]:
        """What proved who asked, since the counters began."""
        return self._ask("secrets", system)  # type: ignore[no-any-return]

    def strike(self, system: str, shape: str, answer: Answer, count: int, *, loses: bool) -> None:
        """The next so many calls of that name are answered so; 0: until it is lifted. `loses`:
        beside that, the reply to each write is lost once."""
        self._ask("strike", system, shape, answer, count, loses)

    def lose(self, system: str) -> None:
        """The reply to each write is lost once, and nothing else is wrong."""
        self._ask("lose", system)

    def lift(self) -> int:
        """Nothing strikes any more. How often it did."""
        return self._ask("lift")  # type: ignore[no-any-return]

    def _ask(self, *what: Any) -> Any:
        self._pipe.send(what)
        done, answer = self._pipe.recv()
        if not done:
            raise RuntimeError(answer)
        return answer


class _Served:
    """The other end: what is asked of the sandbox."""

    def __init__(self, sandbox: SandboxServer) -> None:
        self.sandbox = sandbox
        self.sandbox.control.calls = {name: Observed(face) for name, face in sandbox.faces.items()}

    def save(self, system: str) -> bytes:
        return self.sandbox.faces[system].save()

    def load(self, system: str, saved: bytes, moment: str) -> None:
        control = self.sandbox.control
        control.faults, face = Faults(), self.sandbox.faces[system]
        control.late.clear()
        face.reset()
        face.load(saved)
        control.calls[system].clear()
        control.clock.reset()
        control._shift({"at": moment, "still": True})

    def calls(self, system: str) -> dict[str, tuple[str, bytes]]:
        found = self.sandbox.control.calls[system]
        assert isinstance(found, Observed)
        return found.answers

    def secrets(self, system: str) -> set[str]:
        found = self.sandbox.control.calls[system]
        assert isinstance(found, Observed)
        return {each for each in found.secrets if len(each) > 8}

    def strike(self, system: str, shape: str, answer: Answer, count: int, loses: bool) -> None:
        made = Faults().plan({"system": system, "count": count, **wish_of(answer)})
        aimed = Aimed(**{each.name: getattr(made, each.name) for each in fields(made)})
        aimed.shape = shape
        self.sandbox.control.faults = _Striking(aimed, loses)

    def lose(self, system: str) -> None:
        nothing = Aimed(system, "reset")
        self.sandbox.control.faults = _Striking(nothing, loses=True)

    def lift(self) -> int:
        planned = self.sandbox.control.faults
        self.sandbox.control.faults = Faults()
        return planned.struck if isinstance(planned, _Striking) else 0


class _Striking(Faults):
    """One fault and how often it struck; beside it each write may lose its reply once."""

    def __init__(self, fault: Fault, loses: bool) -> None:
        super().__init__()
        self.struck, self.loses = 0, loses
        self._lost: set[tuple[str, str, bytes]] = set()
        self._planned.append(fault)

    def take(self, face: Face, request: Request, target: str) -> Fault | None:
        found = super().take(face, request, target)
        if found is not None:
            self.struck += 1
            return found
        told = (request.method, request.path, request.body)
        is_write = face.writes(request) and not only_asks(shape_of(request))
        if not self.loses or not is_write or face.is_login(request) or told in self._lost:
            return None
        self._lost.add(told)
        return Fault(face.system, "reset", "after")


def _serve(pipe: Connection) -> None:
    with SandboxServer(fast=True) as sandbox:
        served = _Served(sandbox)
        pipe.send(sandbox.url)
        while True:
            try:
                verb, *what = pipe.recv()
            except EOFError:
                return
            try:
                pipe.send((True, getattr(served, verb)(*what)))
            except Exception as error:  # noqa: BLE001  (told to whoever asked)
                pipe.send((False, f"{type(error).__name__}: {error}"))


@contextmanager
def ground() -> Iterator[Ground]:
    """A sandbox for the length of a with block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Ground(ours.recv(), ours)
    finally:
        ours.close()
        process.join(60)
