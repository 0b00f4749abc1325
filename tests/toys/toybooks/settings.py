"""What one connection to the toy's books needs to know."""

from __future__ import annotations

import msgspec

from .about import ABOUT


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One company."""

    company_id: str
    base_url: str = ABOUT.base_url
    token_url: str = ABOUT.token_url
    authorize_url: str = ABOUT.authorize_url
    client_id: str = ""
    client_secret: str = ""
    access_token: str = ""

    def __repr__(self) -> str:
        return f"Settings(company_id={self.company_id!r})"
