"""The login to Xero (FACTS X1).

Two ways: a person's consent in the browser, with a refresh token that changes at each use and
dies after 60 days without one (FACTS X2); or a custom connection, which has no refresh token and
exists for organisations of Australia, New Zealand, the United Kingdom and the United States only
(FACTS X3).
"""

from __future__ import annotations

import threading
from base64 import b64encode
from urllib.parse import urlencode

from bridge.errors import ConfigurationError, TryLater
from bridge.systems import oauth
from bridge.systems.login import BY_ITSELF, GRANT, BrowserLogin
from bridge.systems.needs import Clock, Credentials
from bridge.systems.tokens import StaticToken, Tokens
from bridge.systems.transport import Reply, Request, Transport
from bridge.systems.xero.settings import Settings

NAME = "xero"
SCOPES = (
    "accounting.contacts",
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.manualjournals.read",
    "accounting.settings.read",
    "accounting.reports.trialbalance.read",
)
"""The granular ones: apps made since 2026-03-02 can not ask for the broad ones (FACTS X4)."""

BROWSER_SCOPE = " ".join(("offline_access", *SCOPES))

LOGIN = BrowserLogin(system=NAME, scope=BROWSER_SCOPE, company_field="", by_itself=True)
"""Xero connects a person, who may reach several organisations: the address that comes back names
none, the list of connections does."""

_REFRESH_TOKEN_S = 60 * 24 * 3600
"""Unused; the answer does not say it (FACTS X2)."""


def token_endpoint(settings: Settings, credentials: Credentials) -> oauth.TokenEndpoint:
    """The endpoint where this installation's app gets its tokens. A secret in the settings counts
    first."""
    secret = settings.client_secret or credentials.get(NAME, "", oauth.CLIENT_SECRET)
    secret = oauth.app_secret(NAME, settings.client_id, secret, "developer.xero.com")
    return oauth.TokenEndpoint(
        url=settings.token_url,
        client_id=settings.client_id,
        client_secret=secret,
        headers={"Accept": "application/json"},
        idle_s=_REFRESH_TOKEN_S,
    )


def tokens(
    settings: Settings, transport: Transport, credentials: Credentials, clock: Clock
) -> Tokens:
    """The source of access tokens that the settings or the credential store ask for."""
    if settings.access_token:
        return StaticToken(settings.access_token)
    endpoint = token_endpoint(settings, credentials)
    grant = settings.grant or credentials.get(NAME, settings.company_id, GRANT)
    if grant == BY_ITSELF:
        return CustomConnection(endpoint, transport, clock)
    return oauth.RefreshedTokens(
        endpoint,
        transport,
        credentials,
        clock,
        system=NAME,
        company=settings.company_id,
    )


class CustomConnection:
    """Tokens of a machine-to-machine connection: asked for anew each time, nothing is stored."""

    def __init__(self, endpoint: oauth.TokenEndpoint, transport: Transport, clock: Clock) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._ends_at = 0.0

    def current(self) -> str:
        return self._token if self.should_work(self._token) else self.renewed(self._token)

    def should_work(self, token: str) -> bool:
        alive = self._clock.monotonic() < self._ends_at
        return bool(token) and token == self._token and alive

    def renewed(self, refused: str) -> str:
        """Ask for one, unless another thread has done so since `refused` was handed out."""
        with self._lock:
            if not self.should_work(self._token) or self._token == refused:
                grant = self._ask()
                self._token = grant.access_token
                self._ends_at = self._clock.monotonic() + grant.lives_s
            return self._token

    def _ask(self) -> oauth.Grant:
        pair = f"{self._endpoint.client_id}:{self._endpoint.client_secret}".encode()
        form = {"grant_type": BY_ITSELF, "scope": " ".join(SCOPES)}
        headers = {
            **self._endpoint.headers,
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": f"Basic {b64encode(pair).decode()}",
        }
        body = urlencode(form).encode()
        secrets = (self._endpoint.client_secret,)
        request = Request(
            method="POST", url=self._endpoint.url, headers=headers, body=body, secrets=secrets
        )
        answer = self._transport.send(request)
        if not isinstance(answer, Reply):
            raise TryLater(f"The login server of Xero could not be reached: {answer.cause}.")
        content = answer.json()
        error = content.get("error") if isinstance(content, dict) else None
        if error in ("invalid_client", "unauthorized_client", "invalid_scope"):
            raise ConfigurationError(
                f"Xero refuses this custom connection ({error}). Compare the client id and "
                f"secret with those at developer.xero.com, and its scopes with: {' '.join(SCOPES)}"
            )
        grant = oauth.grant_in(answer)
        if grant is None:
            raise TryLater(f"The login server of Xero answered {answer.status} without a token.")
        oauth.require_access(grant, NAME)
        return grant
