"""The switches: what sources leave open, and what a company may have set differently."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

CHOICES = {
    "asset_account_on_service_item": ("accept", "refuse"),
    "requestid": ("replay", "ignore"),
    "over_application": ("refuse", "unapply"),
    "paid_document_reduction": ("refuse", "unapply"),
    "inactive_reference": ("610", "2500"),
    "query_strings": ("insensitive", "exact"),
    "query_order": ("id", "newest"),
    "query_signs": ("accept", "refuse"),
    "cdc_beyond_30_days": ("error", "cut"),
    "cdc_overflow": ("cut", "error"),
    "batch_metering": ("call", "item"),
    "throttle_format": ("json", "xml"),
    "throttle_status": ("429", "403"),
    "refresh_rotation": ("each", "daily"),
    "demo_refresh_token": ("reusable", "single_use"),
    "subscription": ("active", "ended"),
    "administrator": ("yes", "no"),
    "quoted_numbers": ("accept", "refuse"),
    "foreign_undeposited": ("accept", "refuse"),
    "sales_tax": ("off", "on", "without_exempt"),
    "closed_period": ("6210", "5010"),
}


@dataclass(slots=True)
class Settings:
    """Each field is one switch; README.md says what it decides and where the doubt comes from."""

    asset_account_on_service_item: str = "accept"
    requestid: str = "replay"
    requestid_retention_s: int = 86_400
    requestid_replays_faults: bool = False
    payment_moves_invoice_synctoken: bool = False
    payment_moves_invoice_time: bool = True
    over_application: str = "refuse"
    paid_document_reduction: str = "refuse"
    require_currency_ref: bool = False
    require_global_tax_calculation: bool = False
    sparse_requires_customer: bool = False
    inactive_reference: str = "610"
    inactive_frees_name: bool = True
    names_ignore_case: bool = True
    account_number_length: int = 20
    quoted_numbers: str = "accept"
    foreign_undeposited: str = "accept"
    query_strings: str = "insensitive"
    query_order: str = "id"
    query_signs: str = "accept"
    cdc_beyond_30_days: str = "error"
    cdc_overflow: str = "cut"
    batch_metering: str = "call"
    limits: bool = True
    requests_per_minute: int = 500
    requests_per_second: int = 10
    batches_per_minute: int = 40
    monthly_reads: int = 500_000
    monthly_block: bool = False
    throttle_format: str = "json"
    throttle_status: str = "429"
    retry_after_s: int = 0
    access_token_s: int = 3600
    refresh_token_s: int = 8_726_400
    refresh_token_hard_s: int = 157_680_000
    refresh_rotation: str = "each"
    demo_refresh_token: str = "reusable"
    refresh_reuse_revokes: bool = False
    subscription: str = "active"
    administrator: str = "yes"
    multicurrency: bool = True
    country: str = "CO"
    mail_forms: bool = False
    sales_tax: str = "off"
    closed_period: str = "6210"
    custom_txn_numbers: bool = True
    warn_duplicate_numbers: bool = True
    auto_apply_credit: bool = False
    auto_apply_payments: bool = False

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
