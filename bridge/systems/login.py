"""A login, step by step: the page to open, the address that comes back, the tokens.

Nothing is stored before all of it has gone well: the right login, the right company, and a code
that the provider takes. Only the words that tell our login from another are kept meanwhile, so
that the address may also be brought by another process (a server without a browser).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import msgspec

from bridge.errors import ConfigurationError, LoginRequired, Problem, TryLater, UsageError
from bridge.systems import oauth
from bridge.systems.needs import Clock, Credentials
from bridge.systems.transport import Transport

PENDING = "pending_login"
PENDING_S = 3600
"""How long an address may take to come back. The code in it ends sooner."""

_ADDRESS_MAX = 8192


GRANT = "grant"
"""Name in the credential store of how a company's tokens are got; none: by refresh token."""
BY_ITSELF = "client_credentials"
"""Value of `GRANT`: with the client secret alone, no person is asked."""

Keep = Callable[[oauth.Grant, Credentials, Clock, str], None]


class BrowserLogin(msgspec.Struct, frozen=True, kw_only=True):
    """The names that a product gives things in a login, and what it can do."""

    system: str
    scope: str
    company_field: str
    """Name under which the address that comes back tells the company; empty: it does not."""
    options: dict[str, str] = {}
    """The product's own parameters of the page that the browser opens."""
    code_form: str = ""
    """Form of a code that a person may get without a browser; empty: there is no such thing."""
    server_field: str = ""
    """Name under which the address that comes back tells which login server the account has."""
    servers: dict[str, dict[str, str]] = {}
    """Login server → settings that belong to it."""
    by_itself: bool = False
    """Whether an app may get tokens with its secret alone."""
    endless: bool = False
    """Whether a login lasts until somebody ends it."""
    keep: Keep | None = None
    """What is kept of a new login besides its refresh token."""


class Redirect(msgspec.Struct, frozen=True, kw_only=True):
    """The answer in an address that a browser was sent back to. Empty: it does not say."""

    code: str
    state: str = ""
    company: str = ""
    error: str = ""
    server: str = ""
    bare: bool = False
    """A code by itself: it came to no address of ours, so that there is no state to compare."""

    def __repr__(self) -> str:
        return f"Redirect(company={self.company!r}, error={self.error!r})"


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A login that was begun."""

    state: str
    redirect_uri: str
    at: str

    def __repr__(self) -> str:
        return f"Pending(at={self.at!r})"


class Login:
    """One login to one company.

    `endpoint` makes the token endpoint for a client secret, `page` is where the person says yes.
    `companies` asks with a client secret and an access token (none: with the secret alone) which
    companies a new login reaches; empty means that the address has told it. `base_url` is where
    the books are.
    """

    def __init__(
        self,
        product: BrowserLogin,
        *,
        page: str,
        client_id: str,
        company: str,
        base_url: str,
        endpoint: Callable[[str], oauth.TokenEndpoint],
        companies: Callable[[str, str], Mapping[str, str]],
        credentials: Credentials,
        transport: Transport,
        clock: Clock,
    ) -> None:
        self._product = product
        self._page = page
        self._client_id = client_id
        self._company = company
        self._base_url = base_url
        self._endpoint = endpoint
        self._companies = companies
        self._credentials = credentials
        self._transport = transport
        self._clock = clock
        self._mine: Pending | None = None

    @property
    def stored_secret(self) -> str:
        """The client secret of an earlier login; empty when there was none."""
        return self._credentials.get(self._product.system, "", oauth.CLIENT_SECRET) or ""

    def begin(self, redirect_uri: str) -> str:
        """The page to open in a browser. Forgets a login that was begun before."""
        state = secrets.token_urlsafe(24)
        now = self._clock.now().isoformat()
        begun = Pending(state=state, redirect_uri=redirect_uri, at=now)
        self._mine = begun
        stored = msgspec.json.encode(begun).decode()
        self._credentials.set(self._product.system, self._company, PENDING, stored)
        return oauth.authorize_url(
            self._page,
            client_id=self._client_id,
            redirect_uri=redirect_uri,
            scope=self._product.scope,
            state=state,
            options=self._product.options,
        )

    def read(self, address: str) -> Redirect | None:
        """The answer in a pasted or received address; None when it is not one that comes back."""
        address = address.strip()
        if len(address) > _ADDRESS_MAX:
            return None
        if self._product.code_form and re.fullmatch(self._product.code_form, address):
            return Redirect(code=address, bare=True)
        try:
            fields = parse_qs(urlsplit(address).query)
        except ValueError:
            return None
        code, state, error = (_only(fields, name) for name in ("code", "state", "error"))
        if not code and not error:
            return None
        return Redirect(
            code=code,
            state=state,
            company=_only(fields, self._product.company_field),
            error=error,
            server=_only(fields, self._product.server_field),
        )

    def is_ours(self, address: str) -> bool:
        """Whether an address comes back from the login that was begun last."""
        back, begun = self.read(address), self._begun()
        return bool(back and begun and _same(back.state, begun.state))

    def finish(self, address: str, secret: str) -> None:
        """Check the address, trade its code for tokens, and store them with the client secret.

        Raises LoginRequired or ConfigurationError, in words, when anything is not as it must be.
        """
        system = self._product.system
        back, begun = self.read(address), self._begun()
        if back is not None and back.bare:
            begun = Pending(state="", redirect_uri="", at=self._clock.now().isoformat())
        if back is None:
            raise LoginRequired(
                f"That is not the address which a login ends on: it has no code. "
                f"Run again: ledger-bridge connect {system}"
            )
        if begun is None:
            raise LoginRequired(
                f"No login to {system} was begun here within the last hour. "
                f"Run: ledger-bridge connect {system}"
            )
        if not _same(back.state, begun.state):
            raise LoginRequired(
                f"That address belongs to another login (its state is not ours). Nothing was "
                f"stored. Run again: ledger-bridge connect {system}"
            )
        try:
            grant = self._grant(back, begun, secret)
            self._require_reached(self._reached(secret, grant.access_token))
            self._store(secret, grant)
        except (LoginRequired, ConfigurationError):
            self._forget()
            raise
        self._forget()

    def finish_by_itself(self, secret: str) -> None:
        """Try the client secret alone, and store it, with that this company goes by it."""
        system = self._product.system
        if not self._product.by_itself:
            raise UsageError(f"{system} lets no app in by itself: leave --custom-connection out.")
        self._require_reached(self._reached(secret, ""))
        self._store(secret, None)

    @property
    def scope(self) -> str:
        """The rights that the bridge asks for, in the product's words."""
        return self._product.scope

    @property
    def takes_bare_codes(self) -> bool:
        return bool(self._product.code_form)

    @property
    def endless(self) -> bool:
        """Whether the stored login lasts until somebody ends it."""
        stored = self._credentials.get(self._product.system, self._company, GRANT)
        return self._product.endless or stored == BY_ITSELF

    def ends(self) -> oauth.GrantEnds:
        """When the stored login ends."""
        return oauth.grant_ends(self._credentials, self._product.system, self._company)

    def _grant(self, back: Redirect, begun: Pending, secret: str) -> oauth.Grant:
        system = self._product.system
        if back.error:
            raise LoginRequired(
                f"{system} did not let the bridge in (it says: {back.error[:80]}). Nothing was "
                f"stored. Run again and agree: ledger-bridge connect {system}"
            )
        self._require_company(back)
        endpoint = self._endpoint(secret)
        self._require_server("token_url", endpoint.url, back.server)
        grant = oauth.exchange_code(
            endpoint,
            self._transport,
            system=system,
            code=back.code,
            redirect_uri=begun.redirect_uri,
        )
        if not grant.refresh_token:
            raise LoginRequired(
                f"{system} gave no lasting login. Look at the scopes of your app there, and run "
                f"again: ledger-bridge connect {system}"
            )
        self._require_server("base_url", self._base_url, grant.api_domain)
        return grant

    def _require_company(self, back: Redirect) -> None:
        """The person chose a company in the browser; another one's books are never written to.

        Where the address does not tell the company, the companies that are reached do.
        """
        if back.company == self._company or not self._product.company_field:
            return
        system = self._product.system
        raise ConfigurationError(
            "The login was for another company. Nothing was stored.",
            [
                Problem(
                    f"[systems.{system}] company_id",
                    f"is {self._company}; the company chosen in the browser is "
                    f"{back.company or 'not told'}.",
                    "Connect again and choose the right company, or correct company_id.",
                )
            ],
        )

    def _require_server(self, setting: str, ours: str, told: str) -> None:
        """An account lives in one data centre; another one's servers do not know it."""
        told = told.rstrip("/")
        if not told or f"{ours.rstrip('/')}/".startswith(f"{told}/"):
            return
        system = self._product.system
        right = next(
            (
                settings
                for settings in self._product.servers.values()
                if settings[setting].startswith(f"{told}/")
            ),
            None,
        )
        lines = ", ".join(f'{name} = "{value}"' for name, value in (right or {}).items())
        raise ConfigurationError(
            "The login was for another data centre. Nothing was stored.",
            [
                Problem(
                    f"[systems.{system}] {setting}",
                    f"is {ours}; the account is at {told[:80]}.",
                    f"Write {lines}, and connect again."
                    if right
                    else "The bridge does not know that server, and sends nothing there.",
                )
            ],
        )

    def _reached(self, secret: str, access_token: str) -> Mapping[str, str]:
        system = self._product.system
        try:
            return self._companies(secret, access_token)
        except LoginRequired as refused:
            raise LoginRequired(
                f"{system} lets this login in, but does not show it which companies it reaches: a "
                f"scope or the person's role is missing. Nothing was stored."
            ) from refused

    def _require_reached(self, reached: Mapping[str, str]) -> None:
        if self._company in reached or (not reached and self._product.company_field):
            return
        system = self._product.system
        names = ", ".join(f"{name} ({company})" for company, name in reached.items())
        raise ConfigurationError(
            "The login does not reach the company of bridge.toml. Nothing was stored.",
            [
                Problem(
                    f"[systems.{system}] company_id",
                    f"is {self._company}; the login reaches {names or 'no company'}.",
                    "Copy the right id from there, or connect again and choose the right company.",
                )
            ],
        )

    def _store(self, secret: str, grant: oauth.Grant | None) -> None:
        """Keep a login in the place of the one before; without a grant, the secret is all."""
        system, store = self._product.system, self._credentials
        try:
            with store.lock(system, self._company):  # a running pass may be renewing the old one
                if secret != self.stored_secret:
                    store.set(system, "", oauth.CLIENT_SECRET, secret)
                if grant is None:
                    store.set(system, self._company, GRANT, BY_ITSELF)
                    for name in (oauth.REFRESH_TOKEN, oauth.GRANT_ENDS):
                        store.delete(system, self._company, name)
                    return
                oauth.save_grant(grant, store, self._clock, system, self._company)
                if self._product.keep:
                    self._product.keep(grant, store, self._clock, self._company)
                store.delete(system, self._company, GRANT)
        except OSError as error:
            raise TryLater(
                f"The login could not be saved ({error.strerror}). Make room or repair the state "
                f"folder, then run again: ledger-bridge connect {system}"
            ) from error

    def _begun(self) -> Pending | None:
        """The login begun by this process, else by another one; None when it is too old."""
        begun = self._mine
        if begun is None:
            stored = self._credentials.get(self._product.system, self._company, PENDING)
            if not stored:
                return None
            begun = msgspec.json.decode(stored, type=Pending)
        age = self._clock.now() - datetime.fromisoformat(begun.at)
        return begun if 0 <= age.total_seconds() <= PENDING_S else None

    def _forget(self) -> None:
        self._mine = None
        self._credentials.delete(self._product.system, self._company, PENDING)


def _only(fields: dict[str, list[str]], name: str) -> str:
    """A field that is there once; two of a name are none, since nobody knows which is meant."""
    values = fields.get(name, [])
    return values[0] if len(values) == 1 else ""


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())
