"""The login to QuickBooks Online (FACTS Q1, Q2)."""

from __future__ import annotations

from bridge.systems.login import BrowserLogin
from bridge.systems.needs import Credentials
from bridge.systems.oauth import CLIENT_SECRET, TokenEndpoint, app_secret
from bridge.systems.quickbooks.settings import Settings

NAME = "quickbooks"
LOGIN = BrowserLogin(system=NAME, scope="com.intuit.quickbooks.accounting", company_field="realmId")


def token_endpoint(settings: Settings, credentials: Credentials) -> TokenEndpoint:
    """The endpoint where this installation's app gets its tokens. A secret in the settings counts
    first."""
    secret = settings.client_secret or credentials.get(NAME, "", CLIENT_SECRET)
    secret = app_secret(NAME, settings.client_id, secret, "developer.intuit.com")
    return TokenEndpoint(
        url=settings.token_url,
        client_id=settings.client_id,
        client_secret=secret,
        # Without this header the answer does not tell the connection's hard end (FACTS Q3).
        headers={
            "Accept": "application/json",
            "x-include-refresh-token-hard-expires-in": "true",
        },
    )
