"""OAuth 2 as Xero does it: codes, PKCE, rotating refresh tokens with a grace, custom connections.

As in FACTS X1, X2, X3.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from bridge.sandbox.clock import Clock
from bridge.sandbox.wire import HTML, Request, Response, answer
from bridge.sandbox.xero import faults
from bridge.sandbox.xero.scopes import BROAD, FULL, KNOWN, allows
from bridge.sandbox.xero.settings import Settings
from bridge.sandbox.xero.values import new_id

CLIENT_ID, CLIENT_SECRET = "demo-client", "demo-secret"
STATIC_TOKEN = "demo-access"
FIRST_REFRESH_TOKEN = "demo-refresh-xero"
USER_ID = "5b2f5e5c-0000-4000-8000-0000000000aa"
CODE_S = 300


@dataclass(slots=True)
class Code:
    """An authorization code: what it was asked with."""

    expires_s: float
    redirect_uri: str
    scope: str
    challenge: str = ""


@dataclass(slots=True)
class RefreshToken:
    """A refresh token; one that was used goes on for a while, in case the answer was lost."""

    scope: str
    expires_s: float
    used_s: float = 0
    revoked: bool = False


@dataclass(slots=True)
class AccessToken:
    """An access token. `custom` ones come from a custom connection: one organisation."""

    scope: str
    expires_s: float
    custom: bool = False


@dataclass(slots=True)
class Tokens:
    """The codes and tokens that are valid now."""

    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)


class Auth:
    """The authorize, token and revocation endpoints, and the check of each API call."""

    def __init__(self, settings: Settings, clock: Clock, static_token: bool) -> None:
        self._settings, self._clock, self._static = settings, clock, static_token
        self.tokens = Tokens()
        if not static_token:
            settings.demo_refresh_token = "single_use"
        expires_s = clock.seconds() + settings.refresh_token_s
        self.tokens.refresh[FIRST_REFRESH_TOKEN] = RefreshToken(FULL, expires_s)

    def authorize(self, request: Request) -> Response:
        """Send the browser straight back: the demo user always agrees."""
        asked = request.query
        target = asked.get("redirect_uri", "")
        if asked.get("client_id") != CLIENT_ID or asked.get("response_type") != "code":
            return _page("unauthorized_client")
        if not _good_target(target):
            return _page("invalid_request: Invalid redirect_uri")
        scope = asked.get("scope", "")
        back = {"state": asked["state"]} if "state" in asked else {}
        if self._bad_scopes(scope.split()):
            back["error"] = "invalid_scope"
        else:
            code = secrets.token_urlsafe(32)
            expires_s = self._clock.seconds() + CODE_S
            challenge = asked.get("code_challenge", "")
            self.tokens.codes[code] = Code(expires_s, target, scope, challenge)
            back.update(code=code, scope=scope, session_state=secrets.token_urlsafe(16))
        mark = "&" if "?" in target else "?"
        return Response(302, headers={"Location": f"{target}{mark}{urlencode(back)}"})

    def token(self, request: Request) -> Response:
        """Every error is a 400 with one word in it."""
        if "form" not in request.headers.get("content-type", ""):
            return _denied("invalid_request")
        form = request.form()
        client, secret = _client(request, form)
        if not client:
            return _denied("invalid_request")
        if client != CLIENT_ID or secret not in (None, CLIENT_SECRET):
            return _denied("invalid_client")
        grant = form.get("grant_type")
        if grant == "authorization_code":
            return self._by_code(form, public=secret is None)
        if grant == "refresh_token":
            return self._by_refresh(form.get("refresh_token", ""))
        if secret is None:
            return _denied("invalid_client")
        if grant == "client_credentials":
            return self._by_client(form.get("scope", ""))
        return _denied("unsupported_grant_type")

    def revoke(self, request: Request) -> Response:
        """End everything that the user has agreed to: all tokens, all connections."""
        form = request.form()
        client, secret = _client(request, form)
        if client != CLIENT_ID or secret not in (None, CLIENT_SECRET):
            return _denied("invalid_client")
        held = self.tokens.refresh.get(form.get("token", ""))
        if held and not held.revoked:
            for each in self.tokens.refresh.values():
                each.revoked = True
            self.tokens.access.clear()
            self._settings.connection = "removed"
        return Response(200)

    def check(self, request: Request) -> AccessToken:
        """Return the valid token that the request carries, or refuse with 401."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise faults.unauthorized("AuthenticationUnsuccessful")
        if self._static and token == STATIC_TOKEN:
            return AccessToken(FULL, 0)
        held = self.tokens.access.get(token)
        if held is None:
            raise faults.unauthorized("AuthenticationUnsuccessful")
        if held.expires_s <= self._clock.seconds():
            raise faults.token_expired(held.expires_s)
        return held

    def check_scope(self, held: AccessToken, resource: str, *, reads: bool) -> None:
        if allows(held.scope.split(), resource, reads=reads):
            return
        if self._settings.missing_scope == "403":
            raise faults.forbidden("AuthorizationUnsuccessful")
        raise faults.unauthorized("AuthorizationUnsuccessful", scope=True)

    def _by_code(self, form: dict[str, str], *, public: bool) -> Response:
        held = self.tokens.codes.pop(form.get("code", ""), None)
        if held is None or held.expires_s <= self._clock.seconds():
            return _denied("invalid_grant")
        if held.redirect_uri != form.get("redirect_uri"):
            return _denied("invalid_grant")
        if held.challenge:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") != held.challenge:
                return _denied("invalid_grant")
        elif public:
            return _denied("invalid_client")
        self._settings.connection = "active"
        return self._issue(held.scope)

    def _by_refresh(self, token: str) -> Response:
        """A used token works for half an hour more: the answer to it may have been lost."""
        held, now, settings = self.tokens.refresh.get(token), self._clock.seconds(), self._settings
        if held is None or held.revoked or now >= held.expires_s:
            return _denied("invalid_grant")
        demo = token == FIRST_REFRESH_TOKEN and settings.demo_refresh_token == "reusable"
        if held.used_s and now > held.used_s + settings.refresh_grace_s:
            return _denied("invalid_grant")
        if not demo:
            held.used_s = held.used_s or now
        return self._issue(held.scope)

    def _by_client(self, scope: str) -> Response:
        if not self._settings.custom_connections:
            return _denied("unauthorized_client")
        wanted = scope.split() or [each for each in FULL.split() if each != "offline_access"]
        if self._bad_scopes(wanted):
            return _denied("invalid_scope")
        granted = " ".join(wanted)
        access = self._access(granted, custom=True)
        return answer({**self._told(access), "scope": granted})

    def _issue(self, scope: str) -> Response:
        given = self._told(self._access(scope))
        if "openid" in scope.split():
            given["id_token"] = _jwt({"sub": USER_ID, "xero_userid": USER_ID})
        if "offline_access" in scope.split():
            fresh = secrets.token_urlsafe(32)
            expires_s = self._clock.seconds() + self._settings.refresh_token_s
            self.tokens.refresh[fresh] = RefreshToken(scope, expires_s)
            given["refresh_token"] = fresh
        return answer({**given, "scope": scope})

    def _told(self, access: str) -> dict[str, Any]:
        expires = self._settings.access_token_s
        return {"access_token": access, "expires_in": expires, "token_type": "Bearer"}

    def _access(self, scope: str, *, custom: bool = False) -> str:
        now = int(self._clock.seconds())
        expires_s = now + self._settings.access_token_s
        claims: dict[str, Any] = {
            "nbf": now,
            "exp": expires_s,
            "iss": "https://identity.xero.com",
            "aud": "https://identity.xero.com/resources",
            "client_id": CLIENT_ID,
            "jti": secrets.token_hex(16),
            "scope": scope.split(),
        }
        if not custom:
            claims |= {"sub": "demo", "xero_userid": USER_ID, "authentication_event_id": new_id()}
        token = _jwt(claims)
        self.tokens.access[token] = AccessToken(scope, expires_s, custom)
        return token

    def _bad_scopes(self, scopes: Iterable[str]) -> bool:
        """Apps made since March 2026 cannot have the broad scopes."""
        known = KNOWN | BROAD if self._settings.app == "old" else KNOWN
        return not set(scopes) <= known


def _jwt(claims: dict[str, Any]) -> str:
    """Write a token that can be read like the real one; its signature is noise."""
    parts = [msgspec.json.encode({"alg": "RS256", "typ": "JWT"}), msgspec.json.encode(claims)]
    parts.append(secrets.token_bytes(64))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _good_target(target: str) -> bool:
    """https, or localhost by name: 127.0.0.1 is refused."""
    place = urlsplit(target)
    return place.scheme == "https" or (place.scheme == "http" and place.hostname == "localhost")


def _page(text: str) -> Response:
    return Response(400, f"<html><body>Error: {text}</body></html>".encode(), HTML)


def _denied(error: str) -> Response:
    return answer({"error": error}, 400)


def _client(request: Request, form: dict[str, str]) -> tuple[str, str | None]:
    """Return the client and its secret, from the header or the form; None is a public client."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            client, _, secret = base64.b64decode(given).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return client or "?", secret
    return form.get("client_id", ""), form.get("client_secret")
