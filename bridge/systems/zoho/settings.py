"""The settings that one connection to Zoho Books needs."""

from __future__ import annotations

from typing import Literal

import msgspec

from bridge.systems.budget import Budget
from bridge.systems.settling import CAUTIOUS_S, settles_after_s
from bridge.systems.zoho.about import ABOUT

LAG_S = 120.0
"""How long after a write a listing may still not show it (FACTS Z29). How long Zoho works on a
request no source tells: the write may be made as late as `CAUTIOUS_S`, and is listed after that."""

_PATH = "/books/v3"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One organization. The defaults are those of the real product, data centre US."""

    company_id: str
    """The organization_id."""
    base_url: str = ABOUT.base_url
    """Its path may be left out: the `api_domain` of a data centre will do."""
    token_url: str = ABOUT.token_url
    authorize_url: str = ABOUT.authorize_url
    client_id: str = ""
    client_secret: str = ""
    """Empty: taken from the credential store (company "", name `client_secret`)."""
    access_token: str = ""
    """A fixed access token, for the sandbox; empty: tokens are renewed."""
    mode: Literal["single", "backfill"] = "single"
    """There are no batches. backfill leaves a larger part of the day's calls to others."""
    parallel: int = 5
    """Five calls at once on the free plan, ten on paid ones (FACTS Z41)."""
    calls_per_minute: int = 100
    """0 lifts the limit, for a sandbox with --fast."""
    lists_age_s: float = 600
    """How long items and other lists are kept before they are read again."""
    lag_s: float | None = None
    """Seconds before a write without an answer that is not found counts as absent, what Zoho works
    on it and what listings lag together; None is the sum of `CAUTIOUS_S` and `LAG_S`, but nothing
    for a sandbox with --fast on this machine, which does not lag."""
    budget: Budget = Budget()
    whole_every_days: int = 7
    """Within so many days all of the books is read afresh, part of it each day."""
    in_part_from: int = 3000
    """Books of fewer documents are read in full each time, in no more calls."""
    documents_known: int = 0
    """Documents that the books had when they were read last: how long a list may be."""

    def __repr__(self) -> str:
        return f"Settings(company_id={self.company_id!r}, base_url={self.base_url!r})"

    @property
    def root(self) -> str:
        url = self.base_url.rstrip("/")
        return url if url.endswith(_PATH) else url + _PATH

    @property
    def settles_after_s(self) -> float:
        usual = CAUTIOUS_S + LAG_S
        return settles_after_s(
            self.lag_s, usual, self.base_url, unlimited=not self.calls_per_minute
        )
