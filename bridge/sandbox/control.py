"""The control API under /_sandbox: faults, the bookkeeper's hand, the books, the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bridge.sandbox.calls import Calls
from bridge.sandbox.clock import Clock
from bridge.sandbox.injection import Faults
from bridge.sandbox.late import Late
from bridge.sandbox.wire import Face, Request, Response, answer, decode

LATENCY_MS = 60_000


class Control:
    """The things that a test or a person may do to the sandbox that no API allows."""

    def __init__(self, faces: dict[str, Face], clock: Clock) -> None:
        self.faces, self.clock = faces, clock
        self.faults = Faults()
        self.late = Late(clock)
        self.calls = {system: Calls() for system in faces}
        self.latency_s = dict.fromkeys(faces, 0.0)

    def handle(self, request: Request) -> Response:
        """Answer a control request; the path starts after /_sandbox."""
        try:
            wish = decode(request.body) if request.body.strip() else {}
        except msgspec.DecodeError as error:
            return answer({"error": f"not JSON: {error}"}, 400)
        if not isinstance(wish, dict):
            return answer({"error": "a JSON object is expected"}, 400)
        place = [part for part in request.path.split("/") if part]
        try:
            done = self._do(request.method, place, wish)
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            return answer({"error": str(error)}, 400)
        if done is None:
            return answer({"error": f"no {request.method} {request.path}"}, 404)
        return answer(done)

    def _do(self, method: str, place: list[str], wish: dict[str, Any]) -> Any:
        common: dict[tuple[str, str], Callable[[], Any]] = {
            ("POST", "faults"): lambda: self._plan(wish),
            ("GET", "faults"): lambda: {"faults": list(self.faults)},
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "reset"): self.reset,
            ("POST", "clock"): lambda: self._shift(wish),
            ("GET", "clock"): self._clock,
        }
        if len(place) == 1:
            action = common.get((method, place[0]))
            return action() if action else None
        if len(place) != 2 or place[0] not in self.faces:
            return None
        return self._of_face(method, place[0], place[1], wish)

    def _of_face(self, method: str, system: str, what: str, wish: dict[str, Any]) -> Any:
        face = self.faces[system]
        actions: dict[tuple[str, str], Callable[[], Any]] = {
            ("POST", "edit"): lambda: face.edit(wish),
            ("GET", "books"): face.books,
            ("GET", "calls"): lambda: self._calls(system),
            ("DELETE", "calls"): lambda: self._clear_calls(system),
            ("GET", "settings"): face.settings,
            ("POST", "settings"): lambda: self._change_settings(face, wish),
            ("GET", "latency"): lambda: self._latency(system),
            ("POST", "latency"): lambda: self._set_latency(system, wish),
        }
        action = actions.get((method, what))
        return action() if action else None

    def reset(self) -> dict[str, Any]:
        """Start again: demo companies, no faults, no latency, true time, counters at zero."""
        self.clock.reset()
        self.faults.clear()
        self.late.clear()
        for system, face in self.faces.items():
            face.reset()
            self.calls[system].clear()
            self.latency_s[system] = 0.0
        return {"reset": True}

    def _plan(self, wish: dict[str, Any]) -> dict[str, Any]:
        if wish.get("system") and wish["system"] not in self.faces:
            raise ValueError(f"system must be one of {', '.join(self.faces)}")
        self.faults.plan(wish)
        return {"faults": list(self.faults)}

    def _clear_faults(self) -> dict[str, Any]:
        self.faults.clear()
        return {"faults": []}

    def _shift(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Shift the clock further; `at` sets it, `still` stops it or lets it go on, and `reset`
        brings back the true time."""
        if wish.get("reset"):
            self.clock.reset()
        if "still" in wish:
            self.clock.stand(still=bool(wish["still"]))
        if wish.get("at"):
            self.late.move_clock(_moment(str(wish["at"])) - self.clock.now())
        days, seconds = float(wish.get("days", 0)), float(wish.get("seconds", 0))
        self.late.move_clock(timedelta(days=days, seconds=seconds))
        return self._clock()

    def _clock(self) -> dict[str, Any]:
        shift_s = self.clock.shift.total_seconds()
        now = self.clock.now().isoformat()
        return {"now": now, "shift_s": shift_s, "still": self.clock.still}

    def _calls(self, system: str) -> dict[str, Any]:
        face = self.faces[system]
        return {
            "system": system,
            **self.calls[system].shown(),
            "throttled": face.throttled(),
            **face.meters(),
        }

    def _clear_calls(self, system: str) -> dict[str, Any]:
        self.calls[system].clear()
        return self._calls(system)

    def _change_settings(self, face: Face, wish: dict[str, Any]) -> dict[str, Any]:
        face.change_settings(wish)
        return face.settings()

    def _latency(self, system: str) -> dict[str, Any]:
        return {"ms": round(self.latency_s[system] * 1000)}

    def _set_latency(self, system: str, wish: dict[str, Any]) -> dict[str, Any]:
        wanted = int(wish["ms"])
        if not 0 <= wanted <= LATENCY_MS:
            raise ValueError(f"ms must be between 0 and {LATENCY_MS}")
        self.latency_s[system] = wanted / 1000
        return self._latency(system)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"at needs its zone: {text}Z")
    return moment
