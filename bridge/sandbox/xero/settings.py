"""The switches: what sources leave open, and what an organisation may have set differently."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

CHOICES = {
    "app": ("new", "old"),
    "asset_lines": ("accept", "refuse"),
    "body_too_large": ("413", "400"),
    "bulk_order": ("request", "reversed"),
    "concurrent_problem": ("concurrent", "Concurrent", "concurrency"),
    "connection": ("active", "removed"),
    "contact_name_match": ("match", "refuse"),
    "credit_note_number_match": ("match", "refuse"),
    "custom_connection_tenant_header": ("optional", "required"),
    "deleted_number": ("free", "kept"),
    "demo_refresh_token": ("reusable", "single_use"),
    "idempotency": ("replay", "ignore"),
    "lock_day": ("refuse", "accept"),
    "long_payment_reference": ("refuse", "cut"),
    "missing_scope": ("401", "403"),
    "modified_since": ("inclusive", "exclusive"),
    "organisation": ("online", "offline"),
    "overpayment_reference": ("keep", "ignore"),
    "reconciled_payment_delete": ("accept", "refuse"),
    "unarchive_by_api": ("refuse", "accept"),
}


@dataclass(slots=True)
class Settings:
    """Each field is one switch; README.md says what it decides and where the doubt comes from."""

    access_token_s: int = 1800
    refresh_token_s: int = 5_184_000
    refresh_grace_s: int = 1800
    demo_refresh_token: str = "reusable"
    app: str = "new"
    custom_connections: bool = True
    custom_connection_tenant_header: str = "optional"
    missing_scope: str = "401"
    connection: str = "active"
    organisation: str = "online"
    limits: bool = True
    calls_per_minute: int = 60
    calls_per_day: int = 1000
    calls_per_app_minute: int = 10_000
    calls_at_once: int = 5
    concurrent_problem: str = "concurrent"
    processing_ms: int = 0
    idempotency: str = "replay"
    idempotency_s: int = 360
    body_limit_bytes: int = 10_000_000
    body_too_large: str = "413"
    summarize_errors: bool = True
    all_or_nothing: bool = True
    bulk_order: str = "request"
    modified_since: str = "inclusive"
    quiet_due_dates: bool = False
    lock_day: str = "refuse"
    asset_lines: str = "accept"
    contact_name_match: str = "match"
    unarchive_by_api: str = "refuse"
    credit_note_number_match: str = "match"
    deleted_number: str = "kept"
    overpayment_reference: str = "keep"
    payment_reference_length: int = 255
    long_payment_reference: str = "refuse"
    reconciled_payment_delete: str = "accept"
    rate_decimals: int = 6
    multicurrency: bool = True
    country: str = "CO"
    mail_invoices: bool = False
    approvals_per_month: int = 0

    def shown(self) -> dict[str, Any]:
        return asdict(self)

    def change(self, wish: dict[str, Any]) -> None:
        """Change some switches, or none if one of them is wrong."""
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in wish.items():
            if name not in kinds:
                raise ValueError(f"no switch {name}; there are {', '.join(sorted(kinds))}")
            if type(value) is not kinds[name]:
                raise ValueError(f"{name} must be of type {kinds[name].__name__}")
            if name in CHOICES and value not in CHOICES[name]:
                raise ValueError(f"{name} must be one of {', '.join(CHOICES[name])}")
        for name, value in wish.items():
            setattr(self, name, value)
