"""How one logs in to Zoho, and where access tokens come from (zoho_books.md §1).

A refresh token never changes and never ends by itself, but gives at most ten access tokens in
ten minutes: one is kept in the credential store and shared by every process. Errors of the token
server arrive with HTTP 200. Last verified 2026-11-20.
"""

from __future__ import annotations

import logging
import threading
from urllib.parse import urlencode

import msgspec

from bridge.errors import ConfigurationError, LoginRequired, TryLater
from bridge.systems.login import BrowserLogin
from bridge.systems.needs import Clock, Credentials
from bridge.systems.oauth import REFRESH_TOKEN, Grant, TokenEndpoint
from bridge.systems.transport import Answer, Reply, Request, Transport
from bridge.systems.zoho.settings import Settings

log = logging.getLogger("bridge.systems.zoho.login")

NAME = "zoho"
ACCESS_TOKEN = "access_token"
SCOPES = (
    "ZohoBooks.contacts.ALL",
    "ZohoBooks.invoices.ALL",
    "ZohoBooks.customerpayments.ALL",
    "ZohoBooks.creditnotes.ALL",
    "ZohoBooks.settings.READ",
    "ZohoBooks.settings.CREATE",
    "ZohoBooks.accountants.ALL",
)
"""accountants: the chart, the lock, and the journals that recoveries are."""

LOGIN = BrowserLogin(
    system=NAME,
    scope=",".join(SCOPES),
    company_field="",
    options={"access_type": "offline", "prompt": "consent"},
)
"""Zoho asks for the user, not for an organization: the chart shows whether it is the right one.
Without `offline` there is no refresh token, without `consent` none the second time (§1)."""

_EARLY_S = 120
_FRESH_S = 300
_CROWDED_WAIT_S = 600.0
"""More than ten tokens in ten minutes: nothing comes for the rest of the window."""
_CLIENT_ERRORS = frozenset({"invalid_client", "invalid_client_secret"})


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An access token in the credential store."""

    token: str
    ends_at: float
    made_at: float = 0
    """Unix seconds, both."""

    def __repr__(self) -> str:
        return f"Kept(ends_at={self.ends_at})"


def token_endpoint(settings: Settings, credentials: Credentials) -> TokenEndpoint:
    """Where this installation's client gets its tokens. A secret in the settings counts first."""
    secret = settings.client_secret or credentials.get(NAME, "", "client_secret")
    if not (settings.client_id and secret):
        raise ConfigurationError(
            "Zoho needs the client id and secret of a client at api-console.zoho.com (a Self "
            "Client will do). Set client_id in [systems.zoho] and run: ledger-bridge connect zoho"
        )
    return TokenEndpoint(
        url=settings.token_url,
        client_id=settings.client_id,
        client_secret=secret,
        client_auth="form",
    )


class ZohoTokens:
    """Access tokens of one organization's connection, few of them."""

    def __init__(
        self,
        endpoint: TokenEndpoint,
        transport: Transport,
        credentials: Credentials,
        clock: Clock,
        company: str,
    ) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._credentials = credentials
        self._clock = clock
        self._company = company
        self._lock = threading.Lock()
        self._kept = Kept(token="", ends_at=0)
        self._not_before = 0.0

    def current(self) -> str:
        if self._alive(self._kept):
            return self._kept.token
        return self.renewed(self._kept.token)

    def renewed(self, refused: str) -> str:
        """Another token than the one refused: one that another thread or process has, or new."""
        with self._lock:
            if self._alive(self._kept) and self._kept.token != refused:
                return self._kept.token
            with self._credentials.lock(NAME, self._company):
                stored = self._stored()
                self._refuse_to_hurry(stored, refused)
                if not (self._alive(stored) and stored.token != refused):
                    stored = self._renew()
                self._kept = stored
            return self._kept.token

    def _refuse_to_hurry(self, stored: Kept, refused: str) -> None:
        """A new token that is refused lacks a scope or a role (the same 57, §1.5): another one
        would be refused too, and there are only ten."""
        age_s = self._clock.now().timestamp() - stored.made_at
        if refused and stored.token == refused and 0 <= age_s < _FRESH_S:
            raise LoginRequired(
                "Zoho refuses a fresh access token: a scope or the user's role is missing. Give "
                "the user the role, or run: ledger-bridge connect zoho"
            )

    def _renew(self) -> Kept:
        now = self._clock.now().timestamp()
        if now < self._not_before:
            raise _crowded(self._not_before - now)
        refresh_token = self._credentials.get(NAME, self._company, REFRESH_TOKEN)
        if not refresh_token:
            raise LoginRequired(
                f"Zoho organization {self._company} is not connected. "
                f"Run: ledger-bridge connect zoho"
            )
        form = {
            "grant_type": "refresh_token",
            "client_id": self._endpoint.client_id,
            "client_secret": self._endpoint.client_secret,
            "refresh_token": refresh_token,
        }
        request = Request(
            method="POST",
            url=self._endpoint.url,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
        )
        answer = self._transport.send(request)
        if _says_crowded(answer):
            self._not_before = now + _CROWDED_WAIT_S
            raise _crowded(_CROWDED_WAIT_S)
        grant = granted(answer, self._company)
        ends_at = now + max(grant.expires_in - _EARLY_S, 1)
        kept = Kept(token=grant.access_token, ends_at=ends_at, made_at=now)
        self._keep(kept)
        fields = {"event": "login.renewed", "system": NAME, "company": self._company}
        log.info("token renewed", extra=fields)
        return kept

    def _keep(self, kept: Kept) -> None:
        """Share the token. It works without; the next process would ask for one of its own."""
        text = msgspec.json.encode(kept).decode()
        try:
            self._credentials.set(NAME, self._company, ACCESS_TOKEN, text)
        except OSError as error:
            fields = {"event": "login.not_kept", "system": NAME, "error": type(error).__name__}
            log.warning("token not kept", extra=fields)

    def _stored(self) -> Kept:
        text = self._credentials.get(NAME, self._company, ACCESS_TOKEN)
        return msgspec.json.decode(text, type=Kept) if text else Kept(token="", ends_at=0)

    def _alive(self, kept: Kept) -> bool:
        return bool(kept.token) and self._clock.now().timestamp() < kept.ends_at


def granted(answer: Answer, company: str) -> Grant:
    """The grant in an answer of the token server, by its body: failures come with 200 too."""
    if not isinstance(answer, Reply):
        raise TryLater(f"The login server of Zoho could not be reached: {answer.cause}.")
    error = _error_of(answer)
    if error == "invalid_code":
        raise LoginRequired(
            f"The connection to Zoho organization {company} has ended, or belongs to another "
            f"data centre than token_url. Run: ledger-bridge connect zoho"
        )
    if error in _CLIENT_ERRORS:
        raise ConfigurationError(
            "Zoho does not know this client id and secret. Compare them with your client at the "
            "API console, and token_url with its data centre (.com, .eu, .in, …)."
        )
    try:
        grant = msgspec.json.decode(answer.body, type=Grant)
    except msgspec.DecodeError as problem:
        raise TryLater(
            f"The login server of Zoho answered {answer.status} without a token."
        ) from problem
    if not answer.ok or not grant.access_token:
        raise TryLater(f"The login server of Zoho answered {answer.status}.")
    return grant


def _error_of(reply: Reply) -> str:
    content = reply.json()
    error = content.get("error") if isinstance(content, dict) else None
    return error if isinstance(error, str) else ""


def _says_crowded(answer: Answer) -> bool:
    """`Access Denied`, with 400 or 200: too many tokens, never a lost connection."""
    return isinstance(answer, Reply) and _error_of(answer) == "Access Denied"


def _crowded(wait_s: float) -> TryLater:
    return TryLater("Zoho gives no more access tokens for ten minutes.", retry_after_s=wait_s)
