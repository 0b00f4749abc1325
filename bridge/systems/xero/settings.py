"""The settings that one connection to Xero needs."""

from __future__ import annotations

from typing import Literal

import msgspec

from bridge.systems.budget import Budget
from bridge.systems.settling import CAUTIOUS_S, settles_after_s
from bridge.systems.xero.about import ABOUT

API = "/api.xro/2.0"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One organisation. The defaults are those of the real product."""

    company_id: str
    """The tenant id, as GET /connections tells it."""
    base_url: str = ABOUT.base_url
    """With or without the path of the accounting API."""
    token_url: str = ABOUT.token_url
    authorize_url: str = ABOUT.authorize_url
    client_id: str = ""
    client_secret: str = ""
    """Empty: taken from the credential store (company "", name `client_secret`)."""
    access_token: str = ""
    """A fixed access token, for the sandbox; empty: tokens are renewed."""
    grant: Literal["", "refresh_token", "client_credentials"] = ""
    """client_credentials: a custom connection (organisations of AU, NZ, UK and US only).
    Empty: as the credential store says (name `grant`), else refresh_token."""
    mode: Literal["single", "backfill"] = "single"
    """Both are the same here: fifty documents go in a call, and each is answered by itself."""
    parallel: int = 5
    """Calls in flight; Xero allows five for one organisation, over all of this app's processes."""
    calls_per_minute: int = 60
    """0 lifts the limit (sandbox with --fast)."""
    batch_size: int = 50
    """Documents in a call; Xero advises at most fifty."""
    calls_kept: int = 20
    """Calls of the day that writes leave over, so that what is in doubt can be looked up."""
    lists_age_s: float = 600
    """How long accounts and other lists are kept before they are read again."""
    lag_s: float | None = None
    """Seconds before a write without an answer that is not found counts as absent; None is
    `CAUTIOUS_S`, but nothing for a sandbox with --fast on this machine. No source tells when Xero
    gives a request up."""
    budget: Budget = Budget()
    documents_known: int = 0
    """Documents that the books had when they were read last: how long a list may be."""

    def __repr__(self) -> str:
        return f"Settings(company_id={self.company_id!r}, base_url={self.base_url!r})"

    @property
    def root(self) -> str:
        """The address of /connections: the host of the API."""
        return self.base_url.rstrip("/").removesuffix(API)

    @property
    def api(self) -> str:
        """The address of the accounting API."""
        return self.root + API

    @property
    def settles_after_s(self) -> float:
        return settles_after_s(
            self.lag_s, CAUTIOUS_S, self.base_url, unlimited=not self.calls_per_minute
        )
