"""The Xero API as a whole: one organisation behind its routes."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from bridge.sandbox.clock import Clock
from bridge.sandbox.wire import HTML, Request, Response, answer
from bridge.sandbox.xero import bookkeeper, demo, faults, snapshot
from bridge.sandbox.xero.auth import FIRST_REFRESH_TOKEN, STATIC_TOKEN, AccessToken, Auth
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.envelopes import in_xml
from bridge.sandbox.xero.faults import Invalid, Refused
from bridge.sandbox.xero.idempotency import Keys
from bridge.sandbox.xero.limits import Limits
from bridge.sandbox.xero.listing import listing
from bridge.sandbox.xero.routes import Routes
from bridge.sandbox.xero.settings import Settings
from bridge.sandbox.xero.values import new_id

API = "/api.xro/2.0"
SAME = {"Organisations": "Organisation"}
WRITES = ("PUT", "POST", "DELETE")


class Xero:
    """One organisation behind the Xero API. A lock lets one request at a time at the books."""

    system = "xero"

    def __init__(self, clock: Clock, *, fast: bool = False, static_token: bool = True) -> None:
        self._clock, self._fast, self._static = clock, fast, static_token
        self._lock = threading.RLock()
        self._pause = threading.Event()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._settings = Settings(limits=not self._fast)
            self.company = Company(self._settings, self._clock, demo.HOME)
            demo.open_company(self.company)
            self.auth = Auth(self._settings, self._clock, self._static)
            self.limits = Limits(self._settings, self._clock)
            self.keys = Keys(self._settings, self._clock)
            self.routes = Routes(self.company, demo.APP)

    def handle(self, request: Request) -> Response:
        if request.path.startswith(API):
            response = self._api(request)
        else:
            with self._lock:
                response = self._other(request)
        response.headers.setdefault("xero-correlation-id", new_id())
        return response

    def writes(self, request: Request) -> bool:
        return request.method in WRITES and request.path.startswith(API)

    def is_login(self, request: Request) -> bool:
        return request.path.startswith(("/connect/", "/identity/"))

    def refusal(self, status: int) -> Response:
        if status == 429:
            return self.limits.refusal("minute", 1)
        if status == 401:
            return faults.unauthorized("TokenExpired").response
        return faults.crashed()

    def refused(self, code: str, text: str, status: int) -> Response:
        """See wire. Xero tells refusals of documents apart by their words alone."""
        response = faults.validation([{"ValidationErrors": [{"Message": text}]}]).response
        return replace(response, status=status)

    def unkept(self, request: Request) -> Response:
        with self._lock:
            before = self.save()
            response = self.handle(request)
            self.load(before)
        return response

    def throttled(self) -> int:
        return self.limits.refused

    def edit(self, wish: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self.company.begin()
            try:
                return bookkeeper.follow(self.company, wish)
            except Invalid as refused:
                self.company.rollback(0)
                raise ValueError("; ".join(refused.messages)) from refused
            except (ValueError, KeyError, TypeError):
                self.company.rollback(0)
                raise

    def books(self) -> dict[str, Any]:
        with self._lock:
            return listing(self.company)

    def settings(self) -> dict[str, Any]:
        return self._settings.shown()

    def change_settings(self, wish: dict[str, Any]) -> None:
        with self._lock:
            self._settings.change(wish)

    def meters(self) -> dict[str, Any]:
        return {"calls_today": self.limits.day.used(self._clock.seconds())}

    def save(self) -> bytes:
        with self._lock:
            return snapshot.save(self.company, self.auth, self.limits, self.keys)

    def load(self, saved: bytes) -> None:
        with self._lock:
            snapshot.load(saved, self.company, self.auth, self.limits, self.keys)
            self._settings.limits = not self._fast

    def urls(self, base: str) -> dict[str, str]:
        return {
            "base": base,
            "api": f"{base}{API}",
            "connections": f"{base}/connections",
            "token": f"{base}/connect/token",
            "authorize": f"{base}/identity/connect/authorize",
            "revoke": f"{base}/connect/revocation",
            "tenant": demo.TENANT,
            "refresh_token": FIRST_REFRESH_TOKEN,
            **({"access_token": STATIC_TOKEN} if self._static else {}),
        }

    def _other(self, request: Request) -> Response:
        path = request.path.rstrip("/")
        if path == "/identity/connect/authorize":
            return self.auth.authorize(request)
        if path == "/connect/token" and request.method == "POST":
            return self.auth.token(request)
        if path == "/connect/revocation" and request.method == "POST":
            return self.auth.revoke(request)
        try:
            if path.lower().startswith("/connections"):
                return self._connections(request, path.split("/")[2:])
        except Refused as fault:
            return fault.response
        return Response(404, b"", HTML)

    def _connections(self, request: Request, rest: list[str]) -> Response:
        """List the organisations that the user has connected, or end a connection."""
        self.auth.check(request)
        connected = self._settings.connection == "active"
        if rest:
            if request.method != "DELETE" or rest[0] != demo.CONNECTION or not connected:
                return Response(404, b"", HTML)
            self._settings.connection = "removed"
            return Response(204)
        one = {
            "id": demo.CONNECTION,
            "authEventId": "d99ecdfe-0000-4000-8000-000000000001",
            "tenantId": demo.TENANT,
            "tenantType": "ORGANISATION",
            "tenantName": self.company.organisation["Name"],
            "createdDateUtc": "2026-01-02T15:00:00.1833130",
            "updatedDateUtc": "2026-01-02T15:00:00.8491980",
        }
        return answer([one] if connected else [])

    def _api(self, request: Request) -> Response:
        """Answer an accounting call; several may be in the house, one at the books."""
        at_once = self.limits.enter()
        try:
            if self._settings.processing_ms:
                self._pause.wait(self._settings.processing_ms / 1000)
            with self._lock:
                response = self._counted(request, at_once)
        finally:
            self.limits.leave()
        wants_json = "json" in request.headers.get("accept", "")
        is_json = response.content_type.startswith("application/json") and response.body
        # XML unless JSON is asked for (FACTS X36).
        return response if wants_json or not is_json else in_xml(response)

    def _counted(self, request: Request, at_once: int) -> Response:
        """Check login, tenant and scope, count the call, and answer it."""
        place = [part for part in request.path[len(API) :].split("/") if part]
        try:
            held = self.auth.check(request)
            self._check_tenant(request, held)
            name = "/".join(place[:2]) if place[:1] == ["Reports"] else "".join(place[:1])
            reads = request.method == "GET"
            self.auth.check_scope(held, SAME.get(name, name), reads=reads)
            self.limits.admit(at_once)
        except Refused as fault:
            return fault.response
        try:
            response = self._once(request, place)
        except Refused as fault:
            response = fault.response
        response.headers.update(self.limits.headers())
        return response

    def _check_tenant(self, request: Request, held: AccessToken) -> None:
        """The tenant must be named and connected; a custom connection has but one."""
        tenant = request.headers.get("xero-tenant-id", "").lower()
        optional = self._settings.custom_connection_tenant_header == "optional"
        if held.custom and not tenant and optional:
            return
        if tenant != demo.TENANT or self._settings.connection != "active":
            raise faults.forbidden()

    def _once(self, request: Request, place: list[str]) -> Response:
        """Answer a request; a write once for each key."""
        settings = self._settings
        if settings.organisation == "offline":
            raise faults.offline()
        if len(request.body) > settings.body_limit_bytes:
            if settings.body_too_large == "413":
                return Response(413, b"", HTML)
            raise faults.api_error(10, "ValidationException", "The request body is too large.")
        key = self.keys.key(request)
        known = self.keys.recall(key, request) if key else None
        if known:
            return known
        try:
            response = self._answer(request, place)
        except Refused as fault:
            response = fault.response
        if key:
            self.keys.remember(key, request, response)
        return response

    def _answer(self, request: Request, place: list[str]) -> Response:
        if not place:
            raise faults.not_found()
        self.company.begin()
        whole = False
        try:
            response = self.routes.answer(request, place)
            whole = True
            return response
        except Refused:
            whole = True
            raise
        except Invalid as refused:
            raise faults.validation(
                [{"ValidationErrors": [{"Message": each} for each in refused.messages]}]
            ) from None
        finally:
            if not whole:
                self.company.rollback(0)
