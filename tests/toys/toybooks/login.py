"""How one logs in to the toy's books."""

from __future__ import annotations

from bridge.systems.login import BrowserLogin
from bridge.systems.needs import Credentials
from bridge.systems.oauth import CLIENT_SECRET, TokenEndpoint, app_secret

from .settings import Settings

NAME = "toybooks"
LOGIN = BrowserLogin(system=NAME, scope="all", company_field="company")


def token_endpoint(settings: Settings, credentials: Credentials) -> TokenEndpoint:
    """Where this installation's app gets its tokens."""
    secret = settings.client_secret or credentials.get(NAME, "", CLIENT_SECRET)
    secret = app_secret(NAME, settings.client_id, secret, "an app at apps.toy.example")
    return TokenEndpoint(
        url=settings.token_url, client_id=settings.client_id, client_secret=secret, headers={}
    )
