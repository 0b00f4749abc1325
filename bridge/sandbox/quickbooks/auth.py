"""OAuth 2: codes, expiring access tokens, rotating refresh tokens (FACTS Q1, Q2, Q4)."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec

from bridge.sandbox.clock import Clock
from bridge.sandbox.quickbooks.faults import unauthorized
from bridge.sandbox.quickbooks.settings import Settings
from bridge.sandbox.wire import Request, Response, answer

CLIENT_ID, CLIENT_SECRET = "demo-client", "demo-secret"
STATIC_TOKEN = "demo-access"
FIRST_REFRESH_TOKEN = "demo-refresh-quickbooks"
HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
DAY_S = 86_400
CODE_S = 600


@dataclass(slots=True)
class RefreshToken:
    """A refresh token: the connection it belongs to, and when it stops working."""

    connection: str
    issued_s: float
    expires_s: float
    hard_expires_s: float
    used: bool = False


@dataclass(slots=True)
class Tokens:
    """The codes and tokens that are valid now."""

    codes: dict[str, float] = field(default_factory=dict)
    access: dict[str, tuple[str, float]] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)
    revoked: dict[str, float] = field(default_factory=dict)


class Auth:
    """The token, authorize, revoke and discovery endpoints, and the check of each API call."""

    def __init__(self, settings: Settings, clock: Clock, realm: str, static_token: bool) -> None:
        self._settings, self._clock, self._realm = settings, clock, realm
        self._static = static_token
        self.tokens = Tokens()
        if not static_token:
            settings.demo_refresh_token = "single_use"
        self.tokens.refresh[FIRST_REFRESH_TOKEN] = self._fresh("demo", None)

    def discovery(self, base: str) -> Response:
        return answer(
            {
                "issuer": "https://oauth.platform.intuit.com/op/v1",
                "authorization_endpoint": f"{base}/connect/oauth2",
                "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
                "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
                "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
                "jwks_uri": f"{base}/op/v1/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "scopes_supported": ["openid", "com.intuit.quickbooks.accounting"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    def authorize(self, request: Request) -> Response:
        """Send the browser straight back: the demo user always agrees."""
        target = request.query.get("redirect_uri", "")
        if request.query.get("client_id") != CLIENT_ID or not target:
            return _denied("invalid_request")
        code = secrets.token_urlsafe(24)
        self.tokens.codes[code] = self._clock.seconds() + CODE_S
        back = {"code": code, "state": request.query.get("state", ""), "realmId": self._realm}
        mark = "&" if "?" in target else "?"
        return Response(302, headers={"Location": f"{target}{mark}{urlencode(back)}"})

    def token(self, request: Request) -> Response:
        if not _is_client(request):
            return _denied("invalid_client", status=401)
        form = request.form()
        grant = form.get("grant_type")
        if grant == "authorization_code":
            return self._by_code(request, form.get("code", ""))
        if grant == "refresh_token":
            return self._by_refresh(request, form.get("refresh_token", ""))
        return _denied("unsupported_grant_type")

    def revoke(self, request: Request) -> Response:
        """Either token ends the whole connection."""
        if not _is_client(request):
            return _denied("invalid_client", status=401)
        try:
            token = str(msgspec.json.decode(request.body)["token"])
        except (msgspec.DecodeError, KeyError, TypeError):
            token = request.form().get("token", "")
        held = self.tokens.refresh.get(token)
        connection = held.connection if held else self.tokens.access.get(token, ("", 0.0))[0]
        if not connection:
            return _denied("invalid_request")
        self._end(connection)
        return Response(200)

    def check(self, request: Request) -> None:
        """Refuse with 401 unless the request carries a token that is valid now."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise unauthorized("Malformed bearer token: too short or too long")
        if self._static and token == STATIC_TOKEN:
            return
        if token in self.tokens.revoked:
            raise unauthorized("Token revoked")
        held = self.tokens.access.get(token)
        if held is None:
            raise unauthorized("Malformed bearer token: too short or too long")
        if held[1] <= self._clock.seconds():
            raise unauthorized("Token expired")

    def _by_code(self, request: Request, code: str) -> Response:
        if self.tokens.codes.pop(code, 0) <= self._clock.seconds():
            return _denied("invalid_grant", "Token invalid")
        return self._issue(request, secrets.token_hex(8), None)

    def _by_refresh(self, request: Request, token: str) -> Response:
        held, now = self.tokens.refresh.get(token), self._clock.seconds()
        if held is None:
            known = token in self.tokens.access or token == STATIC_TOKEN
            return _denied(
                "invalid_grant", "Incorrect Token type or clientID" if known else "Token invalid"
            )
        if token == FIRST_REFRESH_TOKEN and self._settings.demo_refresh_token == "reusable":
            return self._issue(request, secrets.token_hex(8), None)
        if held.used:
            if self._settings.refresh_reuse_revokes:
                self._end(held.connection)
            return _denied("invalid_grant", "Token invalid")
        if now >= min(held.expires_s, held.hard_expires_s):
            return _denied("invalid_grant", "Token invalid")
        return self._issue(request, held.connection, token)

    def _issue(self, request: Request, connection: str, token: str | None) -> Response:
        """Give a new access token and the refresh token to use from now on."""
        now, settings = self._clock.seconds(), self._settings
        held = self.tokens.refresh.get(token or "")
        daily = settings.refresh_rotation == "daily"
        if token and held and daily and now - held.issued_s < DAY_S:
            held.expires_s = now + settings.refresh_token_s
            fresh, current = token, held
        else:
            if held:
                held.used = True
            fresh = "RT1-" + secrets.token_urlsafe(30)
            current = self.tokens.refresh[fresh] = self._fresh(connection, held)
        access = "eyJ" + secrets.token_urlsafe(120)
        self.tokens.access[access] = (connection, now + settings.access_token_s)
        given: dict[str, Any] = {
            "token_type": "bearer",
            "access_token": access,
            "expires_in": settings.access_token_s,
            "refresh_token": fresh,
            "x_refresh_token_expires_in": int(current.expires_s - now),
        }
        if request.headers.get(HARD_EXPIRY_HEADER, "").lower() == "true":
            given["x_refresh_token_hard_expires_in"] = int(current.hard_expires_s - now)
        return answer(given)

    def _fresh(self, connection: str, before: RefreshToken | None) -> RefreshToken:
        now = self._clock.seconds()
        hard = before.hard_expires_s if before else now + self._settings.refresh_token_hard_s
        return RefreshToken(connection, now, now + self._settings.refresh_token_s, hard)

    def _end(self, connection: str) -> None:
        for held in self.tokens.refresh.values():
            if held.connection == connection:
                held.used = True
        for token, (owner, _) in list(self.tokens.access.items()):
            if owner == connection:
                self.tokens.revoked[token] = self._clock.seconds()


def _denied(error: str, description: str = "", status: int = 400) -> Response:
    body = {"error": error}
    if description:
        body["error_description"] = description
    return answer(body, status)


def _is_client(request: Request) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return False
    try:
        return base64.b64decode(given).decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"
    except (binascii.Error, UnicodeDecodeError):
        return False
