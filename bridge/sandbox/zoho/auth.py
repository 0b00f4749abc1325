"""OAuth 2 of Zoho Accounts: refresh tokens that stay, few access tokens (FACTS Z3).

Refusals arrive with HTTP 200 and an `error` in the body, except the throttle (FACTS Z4).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bridge.sandbox.clock import Clock
from bridge.sandbox.wire import Request, Response, answer
from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.settings import Settings

CLIENT_ID, CLIENT_SECRET = "demo-client", "demo-secret"
STATIC_TOKEN = "demo-access"
FIRST_REFRESH_TOKEN = "demo-refresh-zoho"
EVERYTHING = "ZohoBooks.fullaccess.all"
CODE_S = 180
LONGEST_CODE_S = 600
WINDOW_S = 600
TOKENS_IN_WINDOW = 10
LIVE_ACCESS_TOKENS = 15
REFRESH_TOKENS = 20


@dataclass(slots=True)
class Grant:
    """A refresh token: what it allows, when it made access tokens, and which of them live."""

    scope: str
    made_s: list[float] = field(default_factory=list)
    access: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Code:
    """A code from the consent page, or from the API console (a Self Client: no redirect_uri)."""

    expires_s: float
    scope: str
    offline: bool
    redirect_uri: str = ""


@dataclass(slots=True)
class Tokens:
    """The codes and tokens that are valid now. Grants lie in the order of their making."""

    codes: dict[str, Code] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    online: dict[str, tuple[float, str]] = field(default_factory=dict)


class Auth:
    """The authorize, token and revoke endpoints, and the check of each API call."""

    def __init__(self, settings: Settings, clock: Clock, static_token: bool) -> None:
        self._settings, self._clock, self._static = settings, clock, static_token
        self.tokens = Tokens(grants={FIRST_REFRESH_TOKEN: Grant(EVERYTHING)})

    def authorize(self, request: Request) -> Response:
        """Consent at once: send the browser back with a code."""
        asked = request.query
        target = asked.get("redirect_uri", "")
        if asked.get("client_id") != CLIENT_ID or not target:
            return answer({"error": "invalid_client"})
        code = "1000." + secrets.token_hex(16)
        offline = asked.get("access_type") == "offline"
        # Who has agreed before gets a refresh token again only when asked again (FACTS Z2).
        again = asked.get("prompt") == "consent" or not self.tokens.grants
        scope = asked.get("scope") or EVERYTHING
        expires_s = self._clock.seconds() + CODE_S
        self.tokens.codes[code] = Code(expires_s, scope, offline and again, target)
        host = f"http://{request.headers.get('host', '127.0.0.1')}/zoho"
        back = {
            "code": code,
            "state": asked.get("state", ""),
            "location": "us",
            "accounts-server": host,
        }
        mark = "&" if "?" in target else "?"
        return Response(302, headers={"Location": f"{target}{mark}{urlencode(back)}"})

    def self_client_code(self, scope: str, seconds: float) -> str:
        """Make a code as a person does in the API console, for a client without a web page."""
        if not scope or not CODE_S <= seconds <= LONGEST_CODE_S:
            raise ValueError(f"scope is needed, and seconds from {CODE_S} to {LONGEST_CODE_S}")
        code = "1000." + secrets.token_hex(16)
        expires_s = self._clock.seconds() + seconds
        self.tokens.codes[code] = Code(expires_s, scope, offline=True)
        return code

    def token(self, request: Request) -> Response:
        """Give an access token; parameters are read from the query and from the form."""
        asked = {**request.query, **request.form()}
        if asked.get("client_id") != CLIENT_ID:
            return answer({"error": "invalid_client"})
        if asked.get("client_secret") != CLIENT_SECRET:
            return answer({"error": "invalid_client_secret"})
        kind = asked.get("grant_type")
        if kind == "authorization_code":
            return self._by_code(request, asked)
        if kind == "refresh_token":
            grant = self.tokens.grants.get(asked.get("refresh_token", ""))
            if grant is None:
                return answer({"error": "invalid_code"})
            return self._issue(request, grant, None)
        return answer({"error": "unsupported_grant_type"})

    def revoke(self, request: Request) -> Response:
        """End a refresh token and every access token that it made."""
        token = {**request.query, **request.form()}.get("token", "")
        if self.tokens.grants.pop(token, None) is None:
            return answer({"error": "invalid_code"})
        return answer({"status": "success"})

    def check(self, request: Request) -> str:
        """Return the scope of the token that a request carries, or refuse with 401."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        accepted = ["zoho-oauthtoken"]
        if self._settings.bearer == "accept":
            accepted.append("bearer")
        if kind.lower() not in accepted or not token.strip():
            raise refused(14)
        token = token.strip()
        if self._static and token == STATIC_TOKEN:
            return EVERYTHING
        now = self._clock.seconds()
        for grant in self.tokens.grants.values():
            if grant.access.get(token, 0) > now:
                return grant.scope
        expires_s, scope = self.tokens.online.get(token, (0.0, ""))
        if expires_s > now:
            return scope
        raise refused(57)

    def _by_code(self, request: Request, asked: dict[str, str]) -> Response:
        code = self.tokens.codes.pop(asked.get("code", ""), None)
        if code is None or code.expires_s <= self._clock.seconds():
            return answer({"error": "invalid_code"})
        # Which word a wrong address is refused with is on no record (FACTS Z6).
        if code.redirect_uri != asked.get("redirect_uri", ""):
            return answer({"error": "invalid_code"})
        grant = Grant(code.scope)
        if not code.offline:
            return self._issue(request, grant, None)
        fresh = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self.tokens.grants[fresh] = grant
        while len(self.tokens.grants) > REFRESH_TOKENS:
            # The twenty-first silently ends the oldest, with its access tokens.
            del self.tokens.grants[next(iter(self.tokens.grants))]
        return self._issue(request, grant, fresh)

    def _issue(self, request: Request, grant: Grant, fresh: str | None) -> Response:
        now = self._clock.seconds()
        grant.made_s = [each for each in grant.made_s if each > now - WINDOW_S]
        if self._settings.token_limits and len(grant.made_s) >= TOKENS_IN_WINDOW:
            return self._denied()
        grant.made_s.append(now)
        token = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        expires_s = now + self._settings.access_token_s
        grant.access = {name: until for name, until in grant.access.items() if until > now}
        grant.access[token] = expires_s
        while len(grant.access) > LIVE_ACCESS_TOKENS:
            del grant.access[next(iter(grant.access))]
        if grant not in self.tokens.grants.values():
            self.tokens.online[token] = (expires_s, grant.scope)
        given: dict[str, Any] = {"access_token": token}
        if fresh:
            given["refresh_token"] = fresh
        given["api_domain"] = f"http://{request.headers.get('host', '127.0.0.1')}/zoho"
        given["token_type"] = "Bearer"
        given["expires_in"] = self._settings.access_token_s
        return answer(given)

    def _denied(self) -> Response:
        """Refuse one token too many: recorded with 400, in older texts with 200 (FACTS Z4)."""
        text = "You have made too many requests continuously. Please try again after some time."
        body = {"error_description": text, "error": "Access Denied", "status": "failure"}
        return answer(body, int(self._settings.token_throttle_status))


def allows(scope: str, module: str, verb: str) -> bool:
    """Return whether a list of scopes covers an operation."""
    for each in scope.replace(" ", ",").split(","):
        if each.lower() == EVERYTHING.lower():
            return True
        name, _, right = each.removeprefix("ZohoBooks.").partition(".")
        if name == module and right.upper() in ("ALL", verb):
            return True
    return False
