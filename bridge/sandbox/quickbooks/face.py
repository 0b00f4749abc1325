"""The QuickBooks Online API as a whole: one realm behind its routes."""

from __future__ import annotations

import secrets
from threading import RLock
from typing import Any

import msgspec

from bridge.sandbox.clock import Clock
from bridge.sandbox.quickbooks import (
    batch,
    bookkeeper,
    cdc,
    demo,
    evaluate,
    faults,
    lists,
    people,
    query,
    schema,
    snapshot,
)
from bridge.sandbox.quickbooks.auth import FIRST_REFRESH_TOKEN, STATIC_TOKEN, Auth
from bridge.sandbox.quickbooks.company import Company
from bridge.sandbox.quickbooks.envelopes import fault_response, success
from bridge.sandbox.quickbooks.faults import Refused
from bridge.sandbox.quickbooks.limits import Limits
from bridge.sandbox.quickbooks.listing import listing
from bridge.sandbox.quickbooks.rendering import render
from bridge.sandbox.quickbooks.requestids import RequestIds
from bridge.sandbox.quickbooks.settings import Settings
from bridge.sandbox.quickbooks.tables import Row
from bridge.sandbox.quickbooks.writing import write
from bridge.sandbox.wire import HTML, Request, Response, decode

READ_PATHS = ("query", "cdc")
PRINTED = ("invoice", "creditmemo", "payment", "salesreceipt", "refundreceipt")
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\ntrailer <</Root 1 0 R>>\n%%EOF\n"
"""A form as it would be printed: nothing that a program reads."""
LOGIN_PATHS = ("/oauth2/", "/connect/", "/v2/oauth2/", "/.well-known/")


class QuickBooks:
    """One company behind the QuickBooks API. A lock lets one request at a time at the books."""

    system = "quickbooks"

    def __init__(self, clock: Clock, *, fast: bool = False, static_token: bool = True) -> None:
        self._clock, self._fast, self._static = clock, fast, static_token
        self._lock = RLock()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._settings = Settings(limits=not self._fast)
            self.company = Company(self._settings, self._clock, demo.HOME)
            demo.open_company(self.company)
            self.auth = Auth(self._settings, self._clock, demo.REALM, self._static)
            self.limits = Limits(self._settings, self._clock)
            self.requestids = RequestIds(self._settings, self._clock)

    def handle(self, request: Request) -> Response:
        with self._lock:
            response = self._route(request)
        response.headers.setdefault("intuit_tid", f"1-{secrets.token_hex(12)}")
        return response

    def writes(self, request: Request) -> bool:
        place = request.path.split("/")
        return (
            request.method == "POST"
            and request.path.startswith("/v3/")
            and place[-1] not in READ_PATHS
        )

    def is_login(self, request: Request) -> bool:
        return request.path.startswith(LOGIN_PATHS)

    def refusal(self, status: int) -> Response:
        fault = faults.throttled() if status == 429 else faults.system_failure()
        if status == 401:
            fault = faults.unauthorized("Token expired")
        return fault_response(fault, self.company, self._settings)

    def refused(self, code: str, text: str, status: int) -> Response:
        fault = faults.refused(code, text, text)
        fault.status = status
        return fault_response(fault, self.company, self._settings)

    def unkept(self, request: Request) -> Response:
        with self._lock:
            before = self.save()
            response = self.handle(request)
            given = dict(self.company.sequences)
            self.load(before)
            self.company.sequences.update(given)  # an id is never given twice
        return response

    def throttled(self) -> int:
        return self.limits.refused

    def edit(self, wish: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            try:
                return bookkeeper.follow(self.company, wish)
            except Refused as fault:
                details = "; ".join(str(error.detail) for error in fault.errors)
                raise ValueError(details) from fault

    def books(self) -> dict[str, Any]:
        with self._lock:
            return listing(self.company)

    def settings(self) -> dict[str, Any]:
        return self._settings.shown()

    def change_settings(self, wish: dict[str, Any]) -> None:
        with self._lock:
            self._settings.change(wish)
            demo.show_settings(self.company)
            people.index(self.company)

    def meters(self) -> dict[str, Any]:
        return {
            "core_plus": dict(self.limits.reads),
            "core_plus_month": self.limits.reads_this_month,
        }

    def save(self) -> bytes:
        with self._lock:
            return snapshot.save(self.company, self.auth, self.limits, self.requestids)

    def load(self, saved: bytes) -> None:
        with self._lock:
            snapshot.load(saved, self.company, self.auth, self.limits, self.requestids)
            self._settings.limits = not self._fast

    def urls(self, base: str) -> dict[str, str]:
        return {
            "base": base,
            "api": f"{base}/v3/company/{demo.REALM}",
            "token": f"{base}/oauth2/v1/tokens/bearer",
            "authorize": f"{base}/connect/oauth2",
            "revoke": f"{base}/v2/oauth2/tokens/revoke",
            "discovery": f"{base}/.well-known/openid_configuration",
            "realm": demo.REALM,
            "refresh_token": FIRST_REFRESH_TOKEN,
            **({"access_token": STATIC_TOKEN} if self._static else {}),
        }

    def _route(self, request: Request) -> Response:
        path = request.path.rstrip("/")
        if path.startswith("/.well-known/openid"):
            host = request.headers.get("host", "127.0.0.1")
            return self.auth.discovery(f"http://{host}/{self.system}")
        if path == "/connect/oauth2":
            return self.auth.authorize(request)
        if path == "/oauth2/v1/tokens/bearer":
            return self.auth.token(request)
        if path == "/v2/oauth2/tokens/revoke":
            return self.auth.revoke(request)
        place = path.split("/")
        if place[1:3] != ["v3", "company"] or len(place) < 5:
            return Response(404, b"<html><body>Not Found</body></html>", HTML)
        try:
            return self._company_call(request, place[3], place[4:])
        except Refused as fault:
            return fault_response(fault, self.company, self._settings)

    def _company_call(self, request: Request, realm: str, place: list[str]) -> Response:
        self.auth.check(request)
        if realm != demo.REALM:
            raise faults.forbidden()
        if self._settings.administrator == "no":
            raise faults.not_an_administrator()
        name = place[0].lower()
        is_batch = name == "batch"
        is_read = request.method == "GET" or name in READ_PATHS or is_batch
        self.limits.admit(is_read=is_read, is_batch=is_batch)
        if is_batch and request.method == "POST":
            return self._batch(request)
        if is_read and place[-1] == "pdf" and name in PRINTED and len(place) == 3:
            self.company.row(schema.BY_PATH[name], place[1])
            self.limits.meter()
            return Response(200, PDF, "application/pdf")
        if is_read:
            value = self._read(request, name, place[1:])
            self.limits.meter()
            return success(value)
        if request.method != "POST":
            raise faults.unsupported(request.method)
        return self._remembered(request, name, place[1:])

    def _read(self, request: Request, name: str, rest: list[str]) -> Row:
        company, asked = self.company, request.query
        if name == "query":
            statement = asked.get("query") or _text(request.body)
            signs = company.settings.query_signs
            found = evaluate.ask(company, query.parse(statement, signs, company.today()))
            return {"QueryResponse": found, "time": company.time()}
        if name == "cdc":
            return cdc.changes(company, asked.get("entities", ""), asked.get("changedSince", ""))
        entity = schema.BY_PATH.get(name)
        if entity is None:
            raise faults.unsupported(name)
        if entity == "CompanyInfo":
            if rest and rest[0] not in (demo.REALM, "1"):
                raise faults.not_found()
            row = company.info
        elif entity == "Preferences":
            row = company.preferences
        elif entity == "ExchangeRate":
            code = asked.get("sourcecurrencycode", "").upper()
            day = asked.get("asofdate") or company.today().isoformat()
            row = lists.read_rate(company, code, day)
        elif not rest:
            raise faults.missing("Id")
        elif len(rest) > 1:
            raise faults.unsupported("/".join(rest[1:]))
        elif not rest[0].isdigit():
            raise faults.bad_format("Id", rest[0])
        else:
            row = render(company, entity, company.row(entity, rest[0]))
        return {entity: row, "time": company.time()}

    def _batch(self, request: Request) -> Response:
        requestid = request.query.get("requestid", "")
        self.requestids.check(requestid, is_batch=True)
        known = self.requestids.recall(requestid)
        if known:
            return known
        body = _json(request.body)
        response = success(batch.run(self.company, body, requestid))
        by_item = self._settings.batch_metering == "item"
        self.limits.meter(batch.size(body) if by_item else 1)
        self.requestids.remember(requestid, response)
        return response

    def _remembered(self, request: Request, name: str, rest: list[str]) -> Response:
        """Do a write once for each requestid."""
        requestid = request.query.get("requestid", "")
        self.requestids.check(requestid, is_batch=False)
        known = self.requestids.recall(requestid)
        if known:
            return known
        try:
            response = success(self._write(request, name, rest))
        except Refused as fault:
            response = fault_response(fault, self.company, self._settings)
        self.requestids.remember(requestid, response)
        return response

    def _write(self, request: Request, name: str, rest: list[str]) -> Row:
        company, asked = self.company, request.query
        entity = schema.BY_PATH.get(name)
        if entity is None or rest:
            raise faults.unsupported(name)
        operation = asked.get("operation", "").lower()
        options = [each.strip() for each in asked.get("include", "").lower().split(",")]
        if operation not in ("", "create", "update", "delete", "void"):
            raise faults.unsupported(operation)
        if operation == "void" and entity not in (*schema.VOID_BY_OPERATION, "JournalEntry"):
            raise faults.unsupported("void")
        row = write(company, entity, operation, _json(request.body), options)
        if not row:
            # A void that QBO does not do answers as if it had (FACTS Q12).
            return {"BatchItemResponse": [], "time": company.time()}
        return {entity: row, "time": company.time()}


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise faults.not_utf8() from None


def _json(body: bytes) -> Any:
    _text(body)
    try:
        return decode(body)
    except msgspec.DecodeError:
        raise faults.unsupported_property() from None
