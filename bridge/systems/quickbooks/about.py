"""QuickBooks Online, before anything is asked of it."""

from __future__ import annotations

from bridge.systems.about import About

ABOUT = About(
    adapter="bridge.systems.quickbooks.adapter:QuickBooks",
    product="QuickBooks",
    base_url="https://quickbooks.api.intuit.com",
    token_url="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    authorize_url="https://appcenter.intuit.com/connect/oauth2",
    company={
        "es": "company ID (realm), solo cifras",
        "en": "company ID (realm), digits only",
        "pt": "company ID (realm), só algarismos",
    },
    company_where="Settings, Account and settings, Billing & subscription: Company ID",
    company_example="9130350000000000",
    client_example="ABxxxxxxxx",
    portal="developer.intuit.com",
    demo_company="4620816365000000001",
    receipts=("POST", "/payment"),
)
