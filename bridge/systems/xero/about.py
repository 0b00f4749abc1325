"""Xero, before anything is asked of it."""

from __future__ import annotations

from bridge.systems.about import About, uuid

ABOUT = About(
    adapter="bridge.systems.xero.adapter:Xero",
    product="Xero",
    base_url="https://api.xero.com/api.xro/2.0",
    token_url="https://identity.xero.com/connect/token",
    authorize_url="https://login.xero.com/identity/connect/authorize",
    company={
        "es": "tenant id, como 70784a63-0000-4000-8000-000000000001",
        "en": "tenant id, like 70784a63-0000-4000-8000-000000000001",
        "pt": "tenant id, como 70784a63-0000-4000-8000-000000000001",
    },
    as_company=uuid,
    company_where="any id: `ledger-bridge connect xero` tells those that the login reaches",
    company_example="00000000-0000-0000-0000-000000000000",
    client_example="xxxxxxxxxxxxxxxx",
    portal="developer.xero.com",
    demo_company="70784a63-0000-4000-8000-000000000001",
    receipts=("PUT", "/Payments"),
)
