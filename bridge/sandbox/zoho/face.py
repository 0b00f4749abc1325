"""The Zoho Books API as a whole: one organization behind its routes."""

from __future__ import annotations

import time
from threading import RLock
from typing import Any

from bridge.sandbox.clock import Clock
from bridge.sandbox.wire import Request, Response, answer
from bridge.sandbox.zoho import bookkeeper, demo, ledger, routes, snapshot
from bridge.sandbox.zoho.auth import CODE_S, FIRST_REFRESH_TOKEN, STATIC_TOKEN, Auth, allows
from bridge.sandbox.zoho.calls import Call
from bridge.sandbox.zoho.faults import Refused, refused
from bridge.sandbox.zoho.limits import Limits
from bridge.sandbox.zoho.organization import ORGANIZATION_ID, Organization
from bridge.sandbox.zoho.paging import noisy
from bridge.sandbox.zoho.settings import Settings

API = "/books/v3/"


class ZohoBooks:
    """One organization behind the API. A lock lets one request at a time at the books."""

    system = "zoho"

    def __init__(self, clock: Clock, *, fast: bool = False, static_token: bool = True) -> None:
        self._clock, self._fast, self._static = clock, fast, static_token
        self._lock = RLock()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._settings = Settings()
            self._lift_limits()
            self.org = Organization(self._settings, self._clock)
            demo.open_organization(self.org)
            self.auth = Auth(self._settings, self._clock, self._static)
            self.limits = Limits(self._settings, self._clock)

    def handle(self, request: Request) -> Response:
        """Answer a request; while it waits for the books it counts as being in process."""
        if self.is_login(request):
            with self._lock:
                return self._login(request)
        try:
            self.limits.enter()
        except Refused as fault:
            return self._refusal(fault)
        try:
            if self._settings.work_ms:
                time.sleep(self._settings.work_ms / 1000)
            with self._lock:
                response = self._route(request)
        finally:
            self.limits.leave()
        response.headers.update(self.limits.headers())
        return response

    def writes(self, request: Request) -> bool:
        return request.method != "GET" and request.path.startswith(API)

    def is_login(self, request: Request) -> bool:
        return request.path.startswith("/oauth/")

    def refusal(self, status: int) -> Response:
        return self._refusal(refused({429: 44, 401: 14}.get(status, 1000)))

    def refused(self, code: str, text: str, status: int) -> Response:
        """See wire. Zoho's codes are numbers; what is none is given as it is."""
        number = code.removeprefix("-").isdecimal()
        return answer({"code": int(code) if number else code, "message": text}, status)

    def unkept(self, request: Request) -> Response:
        with self._lock:
            before = self.save()
            response = self.handle(request)
            given = self.org.last_id
            self.load(before)
            self.org.last_id = given  # an id is never given twice
        return response

    def throttled(self) -> int:
        return self.limits.refused

    def edit(self, wish: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if wish.get("action") == "generate_code":
                seconds = float(wish.get("seconds", CODE_S))
                return {"code": self.auth.self_client_code(str(wish.get("scope", "")), seconds)}
            try:
                return bookkeeper.follow(self.org, wish)
            except Refused as fault:
                raise ValueError(f"{fault.code}: {fault.message}") from fault

    def books(self) -> dict[str, Any]:
        with self._lock:
            return ledger.books(self.org)

    def settings(self) -> dict[str, Any]:
        return self._settings.shown()

    def change_settings(self, wish: dict[str, Any]) -> None:
        with self._lock:
            self._settings.change(wish)
            demo.show_settings(self.org)

    def meters(self) -> dict[str, Any]:
        return {
            "calls_today": self.limits.in_day,
            "calls_day_quota": self._settings.day_quota,
            "most_in_process": self.limits.most_at_once,
        }

    def save(self) -> bytes:
        with self._lock:
            return snapshot.save(self.org, self.auth, self.limits)

    def load(self, saved: bytes) -> None:
        with self._lock:
            snapshot.load(saved, self.org, self.auth, self.limits)
            self._lift_limits()

    def urls(self, base: str) -> dict[str, str]:
        return {
            "base": base,
            "api": f"{base}/books/v3",
            "token": f"{base}/oauth/v2/token",
            "authorize": f"{base}/oauth/v2/auth",
            "revoke": f"{base}/oauth/v2/token/revoke",
            "organization_id": ORGANIZATION_ID,
            "refresh_token": FIRST_REFRESH_TOKEN,
            **({"access_token": STATIC_TOKEN} if self._static else {}),
        }

    def _lift_limits(self) -> None:
        if self._fast:
            self._settings.limits = self._settings.token_limits = False
            self._settings.read_lag_s = 0

    def _login(self, request: Request) -> Response:
        path = request.path.rstrip("/")
        if path == "/oauth/v2/auth":
            return self.auth.authorize(request)
        if path == "/oauth/v2/token" and request.method == "POST":
            return self.auth.token(request)
        if path == "/oauth/v2/token/revoke" and request.method == "POST":
            return self.auth.revoke(request)
        if path == "/oauth/serverinfo":
            host = f"http://{request.headers.get('host', '127.0.0.1')}/{self.system}"
            return answer({"result": "success", "locations": {"us": host}})
        return answer({"error": "invalid_request"}, 404)

    def _route(self, request: Request) -> Response:
        try:
            return self._answer(request)
        except Refused as fault:
            return self._refusal(fault)

    def _answer(self, request: Request) -> Response:
        scope = self.auth.check(request)
        self.limits.count()
        if not request.path.startswith(API):
            raise refused(5)
        place = request.path.removeprefix(API).rstrip("/")
        found = routes.find(place)
        if found is None:
            raise refused(5)
        route, ids = found
        handler = route.handlers.get(request.method)
        if handler is None:
            raise refused(37, request.method)
        if place.split("/")[0] != "organizations":
            self._check_organization(request)
        if not allows(scope, route.module, routes.VERBS[request.method]):
            raise refused(57)
        if self._settings.subscription == "ended":
            raise refused(103001)
        made = handler(Call(self.org, request, ids))
        body = {"code": 0, "message": made.message, **made.content}
        return answer(noisy(body) if self._settings.type_noise else body, made.status)

    def _check_organization(self, request: Request) -> None:
        given = request.query.get("organization_id", "")
        if not given:
            raise refused(900001)
        if given != ORGANIZATION_ID:
            raise refused(6041, given)

    def _refusal(self, fault: Refused) -> Response:
        return answer(fault.body(self._settings.language), fault.status)
