"""The login to Zoho, and the source of access tokens (FACTS Z2).

A refresh token never changes and never ends by itself, but gives at most ten access tokens in
ten minutes: one is kept in the credential store and shared by every process (FACTS Z3). Errors of
the token server arrive with HTTP 200 (FACTS Z4).
"""

from __future__ import annotations

import logging
import threading

import msgspec

from bridge.errors import LoginRequired, TryLater
from bridge.systems import oauth
from bridge.systems.login import BrowserLogin
from bridge.systems.needs import Clock, Credentials
from bridge.systems.oauth import CLIENT_SECRET, REFRESH_TOKEN, Grant, TokenEndpoint, app_secret
from bridge.systems.transport import Transport
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
    "ZohoBooks.settings.UPDATE",
    "ZohoBooks.accountants.ALL",
)
"""settings.CREATE and UPDATE: the field for our reference. accountants: the chart, the lock, and
the journals that recoveries are."""

DATA_CENTRES = {
    "https://accounts.zoho.com": "https://www.zohoapis.com",
    "https://accounts.zoho.eu": "https://www.zohoapis.eu",
    "https://accounts.zoho.in": "https://www.zohoapis.in",
    "https://accounts.zoho.com.au": "https://www.zohoapis.com.au",
    "https://accounts.zoho.jp": "https://www.zohoapis.jp",
    "https://accounts.zohocloud.ca": "https://www.zohoapis.ca",
    "https://accounts.zoho.sa": "https://www.zohoapis.sa",
    "https://accounts.zoho.com.cn": "https://www.zohoapis.com.cn",
}
"""Login server → API (FACTS Z1). No answer sends us anywhere: what one says is compared with the
settings, and this table tells a person what to write there."""

_FRESH_S = 60
"""So old a token may be and still be called fresh: one that is refused later has ended, however
long it was to live."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An access token in the credential store."""

    token: str
    ends_at: float
    made_at: float = 0
    """Unix seconds, both."""

    def __repr__(self) -> str:
        return f"Kept(ends_at={self.ends_at})"


def keep_access(grant: Grant, credentials: Credentials, clock: Clock, company: str) -> None:
    """Share the first access token of a new login, so that none of the ten goes to waste. The one
    before, which may lack a scope, is forgotten with it."""
    now = clock.now().timestamp()
    kept = Kept(token=grant.access_token, ends_at=_end(now, grant), made_at=now)
    credentials.set(NAME, company, ACCESS_TOKEN, msgspec.json.encode(kept).decode())


def _end(now: float, grant: Grant) -> float:
    return now + grant.lives_s


LOGIN = BrowserLogin(
    system=NAME,
    scope=",".join(SCOPES),
    company_field="",
    options={"access_type": "offline", "prompt": "consent"},
    code_form=r"1000\.[0-9a-f]{8,}\.?[0-9a-f]*",
    server_field="accounts-server",
    servers={
        accounts: {
            "base_url": f"{api}/books/v3",
            "token_url": f"{accounts}/oauth/v2/token",
            "authorize_url": f"{accounts}/oauth/v2/auth",
        }
        for accounts, api in DATA_CENTRES.items()
    },
    endless=True,
    keep=keep_access,
)
"""Zoho asks for the user, not for an organization: its list tells whether ours is among them.
Without `offline` there is no refresh token, without `consent` none the second time (FACTS Z2)."""


def token_endpoint(settings: Settings, credentials: Credentials) -> TokenEndpoint:
    """The endpoint where this installation's client gets its tokens. A secret in the settings
    counts first."""
    secret = settings.client_secret or credentials.get(NAME, "", CLIENT_SECRET)
    secret = app_secret(NAME, settings.client_id, secret, "api-console.zoho.com")
    return TokenEndpoint(
        url=settings.token_url,
        client_id=settings.client_id,
        client_secret=secret,
        client_auth="form",
        ended=frozenset({"invalid_code"}),
        unknown=frozenset({"invalid_client", "invalid_client_secret"}),
        # With 400 or 200, and for the rest of ten minutes; never a lost login (FACTS Z4).
        crowded="Access Denied",
        crowded_s=600,
        hint="If they are right, the account may be of another data centre than token_url.",
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
        self._not_before, self._why_not = float("-inf"), ""

    def current(self) -> str:
        if self._alive(self._kept):
            return self._kept.token
        return self.renewed(self._kept.token)

    def should_work(self, token: str) -> bool:
        return token == self._kept.token and self._alive(self._kept)

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
        """A new token that is refused lacks a scope or a role (the same 57, FACTS Z5):
        another one would be refused too, and there are only ten."""
        age_s = self._clock.now().timestamp() - stored.made_at
        same = bool(refused) and stored.token == refused
        if same and 0 <= age_s < _FRESH_S and self._alive(stored):
            raise LoginRequired(
                "Zoho refuses a fresh access token: a scope or the user's role is missing. Give "
                "the user the role, or run: ledger-bridge connect zoho"
            )

    def _renew(self) -> Kept:
        wait_s = self._not_before - self._clock.monotonic()
        if wait_s > 0:
            raise TryLater(self._why_not, retry_after_s=wait_s)
        now = self._clock.now().timestamp()
        refresh_token = self._credentials.get(NAME, self._company, REFRESH_TOKEN)
        if not refresh_token:
            raise LoginRequired(
                f"Zoho organization {self._company} is not connected: nobody has logged in to it. "
                f"Run: ledger-bridge connect zoho"
            )
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        answer = self._transport.send(oauth.token_request(self._endpoint, form))
        ended = (
            f"The connection to Zoho organization {self._company} has ended. "
            f"Run: ledger-bridge connect zoho"
        )
        try:
            grant = oauth.granted(answer, self._endpoint, NAME, ended)
            oauth.require_access(grant, NAME)
        except TryLater as reason:
            if reason.retry_after_s:
                self._not_before = self._clock.monotonic() + reason.retry_after_s
                self._why_not = str(reason)
            raise
        kept = Kept(token=grant.access_token, ends_at=_end(now, grant), made_at=now)
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
