"""Access tokens: renewed in time, by one thread of one process at a time.

A refresh token that changes value is durable in the credential store before the access token
that came with it is used: a crash in between must not end the connection. Of two parallel
renewals one fails and the provider may revoke both, so they queue on the store's lock
(FACTS Q4, X2).
"""

from __future__ import annotations

import logging
import re
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal
from urllib.parse import urlencode

import msgspec

from bridge.core.message import message
from bridge.errors import ConfigurationError, LoginRequired, TryLater
from bridge.systems.needs import Clock, Credentials
from bridge.systems.transport import Answer, Reply, Request, Transport

log = logging.getLogger("bridge.systems.oauth")

REFRESH_TOKEN = "refresh_token"
CLIENT_SECRET = "client_secret"
"""Kept for the whole installation: its company is empty."""

GRANT_ENDS = "grant_ends"
"""Name under which the connection's own end dates are kept, beside the token."""

_EARLY_S = 120
"""Renewed so long before it ends, so that no request travels with a dying token."""
_LONGEST_LIFE_S = 86_400
_USUAL_LIFE_S = 3600
_LONGEST_LOGIN_S = 10 * 366 * 86_400
_SECRET_FIELDS = ("refresh_token", "code")
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
"""What fits into a header, and is one word there (RFC 6750 section 2.1, RFC 6749 appendix A.12)."""


class TokenEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The address where a provider hands out tokens, and the way it does."""

    url: str
    client_id: str
    client_secret: str
    client_auth: Literal["basic", "form"] = "basic"
    headers: dict[str, str] = {}
    idle_s: int | None = None
    """How long a refresh token lives unused, where the provider does not say it in its answer."""
    ended: frozenset[str] = frozenset({"invalid_grant"})
    """Errors that say: the code, or the login, is not good any more."""
    unknown: frozenset[str] = frozenset({"invalid_client", "unauthorized_client"})
    """Errors that say: no such client, or another secret."""
    crowded: str = ""
    """The error that says: too many tokens. Nothing is lost; `crowded_s` are to be waited."""
    crowded_s: float = 0
    hint: str = ""
    """What else a refusal may come from, told with it."""

    def __repr__(self) -> str:
        return f"TokenEndpoint({self.url!r})"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a token endpoint."""

    access_token: str
    """Empty where the answer has none that could be one."""
    expires_in: int = _USUAL_LIFE_S
    refresh_token: str = ""
    x_refresh_token_expires_in: int | None = None
    x_refresh_token_hard_expires_in: int | None = None
    api_domain: str = ""
    """Where the API of this account is, where the provider says it."""

    @property
    def lives_s(self) -> float:
        """The seconds that the access token is used: a little less than it lives."""
        return self.expires_in - min(_EARLY_S, self.expires_in / 4)

    def __repr__(self) -> str:
        return f"Grant(expires_in={self.expires_in})"


class GrantEnds(msgspec.Struct, frozen=True, kw_only=True):
    """When the connection itself ends: if unused, and in any case. ISO instants, or empty."""

    idle: str = ""
    hard: str = ""


class RefreshedTokens:
    """Tokens of one company's connection, renewed with its refresh token."""

    def __init__(
        self,
        endpoint: TokenEndpoint,
        transport: Transport,
        credentials: Credentials,
        clock: Clock,
        *,
        system: str,
        company: str,
    ) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._credentials = credentials
        self._clock = clock
        self._system = system
        self._company = company
        self._lock = threading.Lock()
        self._token = ""
        self._ends_at = 0.0
        self._unsaved: Grant | None = None

    def current(self) -> str:
        return self._token if self.should_work(self._token) else self.renewed(self._token)

    def should_work(self, token: str) -> bool:
        alive = self._clock.monotonic() < self._ends_at
        return bool(token) and token == self._token and alive

    def renewed(self, refused: str) -> str:
        """Renew, unless another thread has done so since `refused` was handed out."""
        with self._lock:
            if self.should_work(self._token) and self._token != refused:
                return self._token
            self._token = ""
            with self._saving(), self._credentials.lock(self._system, self._company):
                grant = self._unsaved or self._renew()
                self._unsaved = grant
                self._transport.secrecy.hold(grant.access_token, grant.refresh_token)
                # Durable before anyone uses the access token.
                save_grant(grant, self._credentials, self._clock, self._system, self._company)
                self._unsaved = None
            require_access(grant, self._system)
            self._ends_at = self._clock.monotonic() + grant.lives_s
            self._token = grant.access_token
            log.info(
                "token renewed",
                extra={
                    "event": "login.renewed",
                    "system": self._system,
                    "company": self._company,
                },
            )
            return self._token

    def _renew(self) -> Grant:
        """Ask with the stored refresh token; once more if another process has replaced it.

        The token is kept again before it is used: a disk that takes no more says so while it is
        still good, and has room for the one that comes back.
        """
        stored = self._stored()
        self._credentials.set(self._system, self._company, REFRESH_TOKEN, stored)
        answer = self._ask(stored)
        if self._refused(answer) and (newer := self._stored()) != stored:
            answer = self._ask(newer)
        ended = (
            f"The connection to {self._system} company {self._company} has ended. "
            f"Run: ledger-bridge connect {self._system}"
        )
        return granted(answer, self._endpoint, self._system, ended)

    def _refused(self, answer: Answer) -> bool:
        return isinstance(answer, Reply) and _error_of(answer) in self._endpoint.ended

    def _ask(self, refresh_token: str) -> Answer:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._transport.send(token_request(self._endpoint, form))

    def _stored(self) -> str:
        token = self._credentials.get(self._system, self._company, REFRESH_TOKEN)
        if not token:
            raise LoginRequired(
                message("company_not_connected", system=self._system, company=self._company)
            )
        return token

    @contextmanager
    def _saving(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TryLater(
                f"The login of {self._system} cannot be renewed, because it could not be saved "
                f"({error.strerror}). Make room or repair the state folder, and run again."
            ) from error


def save_grant(
    grant: Grant, credentials: Credentials, clock: Clock, system: str, company: str
) -> None:
    """Keep a grant's refresh token if it is a new one, and the dates on which it ends."""
    token = grant.refresh_token
    if not token or token == credentials.get(system, company, REFRESH_TOKEN):
        return
    credentials.set(system, company, REFRESH_TOKEN, token)
    now = clock.now().timestamp()
    ends = GrantEnds(
        idle=_iso(now, grant.x_refresh_token_expires_in),
        hard=_iso(now, grant.x_refresh_token_hard_expires_in),
    )
    credentials.set(system, company, GRANT_ENDS, msgspec.json.encode(ends).decode())


def grant_ends(credentials: Credentials, system: str, company: str) -> GrantEnds:
    """When the stored login ends, as far as the provider has told."""
    stored = credentials.get(system, company, GRANT_ENDS)
    return msgspec.json.decode(stored, type=GrantEnds) if stored else GrantEnds()


def exchange_code(
    endpoint: TokenEndpoint, transport: Transport, *, system: str, code: str, redirect_uri: str
) -> Grant:
    """Trade the code of a login for tokens. A code works once; one that came to no address, but
    was read by a person, is traded without a `redirect_uri`."""
    form = {"grant_type": "authorization_code", "code": code}
    if redirect_uri:
        form["redirect_uri"] = redirect_uri
    refused = (
        f"{system} does not accept the code of this login: it is wrong, was used before, or is "
        f"older than a few minutes. Run again: ledger-bridge connect {system}"
    )
    grant = granted(transport.send(token_request(endpoint, form)), endpoint, system, refused)
    require_access(grant, system)
    told = transport.secrecy.cleaned_text(grant.api_domain)
    transport.secrecy.hold(grant.access_token, grant.refresh_token)
    return msgspec.structs.replace(grant, api_domain=told)


def app_secret(system: str, client_id: str, secret: str | None, app: str) -> str:
    """The secret of this installation's app. Raises ConfigurationError when bridge.toml names no
    app, LoginRequired when nobody has logged in with it: the secret is asked for then."""
    if not client_id:
        raise ConfigurationError(message("login_needs", system=system, app=app))
    if not secret:
        raise LoginRequired(message("not_connected", system=system))
    return secret


def authorize_url(
    page: str,
    *,
    client_id: str,
    redirect_uri: str,
    scope: str,
    state: str,
    options: Mapping[str, str] | None = None,
) -> str:
    """The address that the person's browser opens to say yes. `options` are a product's own
    parameters."""
    query = {
        "client_id": client_id,
        "response_type": "code",
        "scope": scope,
        "redirect_uri": redirect_uri,
        "state": state,
        **(options or {}),
    }
    return f"{page}?{urlencode(query)}"


def token_request(endpoint: TokenEndpoint, form: dict[str, str]) -> Request:
    headers = {**endpoint.headers, "Content-Type": "application/x-www-form-urlencoded"}
    if endpoint.client_auth == "basic":
        pair = f"{endpoint.client_id}:{endpoint.client_secret}".encode()
        headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
    else:
        client = {"client_id": endpoint.client_id, "client_secret": endpoint.client_secret}
        form = {"grant_type": form["grant_type"], **client, **form}
    secrets = (endpoint.client_secret, *(form[each] for each in _SECRET_FIELDS if each in form))
    body = urlencode(form).encode()
    return Request(method="POST", url=endpoint.url, headers=headers, body=body, secrets=secrets)


def granted(answer: Answer, endpoint: TokenEndpoint, system: str, refused: str) -> Grant:
    """The grant in an answer. `refused` says what it means that there is none.

    Errors go by the body: some providers send them with status 200.
    """
    if not isinstance(answer, Reply):
        raise TryLater(f"The login server of {system} could not be reached: {answer.cause}.")
    error = _error_of(answer)
    hint = f" {endpoint.hint}".rstrip()
    if error in endpoint.ended:
        raise LoginRequired(f"{refused}{hint}")
    if error in endpoint.unknown:
        raise ConfigurationError(
            f"{system} does not know this client id and secret. Compare them with the keys of "
            f"your app at the provider; sandbox keys do not work with real companies. To give "
            f"another secret: ledger-bridge connect {system} --secret-file FILE{hint}"
        )
    if error and error == endpoint.crowded:
        raise TryLater(
            f"{system} gives no more access tokens for {endpoint.crowded_s / 60:.0f} minutes. "
            f"Nothing is lost: run it again after that.",
            retry_after_s=endpoint.crowded_s,
        )
    grant = grant_in(answer)
    if grant is None:
        raise TryLater(f"The login server of {system} answered {answer.status} without a token.")
    if grant.x_refresh_token_expires_in is None and endpoint.idle_s is not None:
        return msgspec.structs.replace(grant, x_refresh_token_expires_in=endpoint.idle_s)
    return grant


def grant_in(reply: Reply) -> Grant | None:
    """The grant in a reply, each part judged by itself; None when it holds no token at all.

    A refresh token that came back is good whatever is wrong beside it: the one before it is not.
    """
    content = reply.json()
    if not reply.ok or not isinstance(content, dict):
        return None
    found = Grant(
        access_token=_token(content.get("access_token")),
        expires_in=_seconds(content.get("expires_in"), _LONGEST_LIFE_S) or _USUAL_LIFE_S,
        refresh_token=_token(content.get("refresh_token")),
        x_refresh_token_expires_in=_seconds(
            content.get("x_refresh_token_expires_in"), _LONGEST_LOGIN_S
        ),
        x_refresh_token_hard_expires_in=_seconds(
            content.get("x_refresh_token_hard_expires_in"), _LONGEST_LOGIN_S
        ),
        api_domain=_token(content.get("api_domain")),
    )
    return found if found.access_token or found.refresh_token else None


def require_access(grant: Grant, system: str) -> None:
    """Raise TryLater when a grant has no access token that could be used."""
    if not grant.access_token:
        raise TryLater(f"The login server of {system} answered without an access token.")


def _token(value: object) -> str:
    return value if isinstance(value, str) and _TOKEN.fullmatch(value) else ""


def _seconds(value: object, most: int) -> int | None:
    """A time to live; None for what is none. Some providers write it as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not value > 0:
        return None
    return int(min(value, most))


def _error_of(reply: Reply) -> str:
    content = reply.json()
    error = content.get("error") if isinstance(content, dict) else None
    return error if isinstance(error, str) else ""


def _iso(now: float, seconds: int | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(now + seconds, UTC).isoformat()
