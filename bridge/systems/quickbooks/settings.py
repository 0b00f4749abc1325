"""The settings that one connection to QuickBooks Online needs."""

from __future__ import annotations

from typing import Literal

import msgspec

from bridge.systems.budget import Budget
from bridge.systems.quickbooks.about import ABOUT
from bridge.systems.settling import settles_after_s

GIVES_UP_S = 120.0
"""QuickBooks itself works no longer than this on a request (FACTS Q33)."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One company. The defaults are those of the real product."""

    company_id: str
    """The realm."""
    base_url: str = ABOUT.base_url
    token_url: str = ABOUT.token_url
    authorize_url: str = ABOUT.authorize_url
    client_id: str = ""
    client_secret: str = ""
    """Empty: taken from the credential store (company "", name `client_secret`)."""
    access_token: str = ""
    """A fixed access token, for the sandbox; empty: tokens are renewed."""
    mode: Literal["single", "backfill"] = "single"
    """single: free writes, each with its own key. backfill: metered batches of 30, fewer calls."""
    parallel: int = 10
    """Calls in flight, batches too: as many as Intuit once named (FACTS Q34)."""
    calls_per_minute: int = 500
    calls_per_second: int = 10
    """0 lifts a limit (sandbox with --fast)."""
    batches_per_minute: int = 40
    batch_size: int = 30
    lists_age_s: float = 600
    """How long items and other lists are kept before they are read again."""
    lag_s: float | None = None
    """Seconds before a write without an answer that is not found counts as absent; None is
    `GIVES_UP_S`, but nothing for a sandbox with --fast on this machine."""
    budget: Budget = Budget()
    documents_known: int = 0
    """Documents that the books had when they were read last: how long a list may be."""

    def __repr__(self) -> str:
        return f"Settings(company_id={self.company_id!r}, base_url={self.base_url!r})"

    @property
    def settles_after_s(self) -> float:
        return settles_after_s(
            self.lag_s, GIVES_UP_S, self.base_url, unlimited=not self.calls_per_minute
        )
