"""Zoho Books, before anything is asked of it. Addresses are those of the data centre US."""

from __future__ import annotations

from bridge.systems.about import About

ABOUT = About(
    adapter="bridge.systems.zoho.adapter:ZohoBooks",
    product="Zoho Books",
    base_url="https://www.zohoapis.com/books/v3",
    token_url="https://accounts.zoho.com/oauth/v2/token",
    authorize_url="https://accounts.zoho.com/oauth/v2/auth",
    company={
        "es": "organization id, solo cifras",
        "en": "organization id, digits only",
        "pt": "organization id, só algarismos",
    },
    company_where="Settings, Organization profile: Organization ID",
    company_example="10000000000",
    client_example="1000.xxxxxxxx",
    portal="api-console.zoho.com",
    demo_company="600000000001",
    receipts=("POST", "/customerpayments"),
)
