"""The switches: what sources leave open, and what an organization may have set differently."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

# Requests a day by plan (FACTS Z41).
REQUESTS_A_DAY = {
    "Free": 1_000,
    "Standard": 2_000,
    "Professional": 5_000,
    "Premium": 10_000,
    "Elite": 10_000,
    "Ultimate": 10_000,
}

CHOICES: dict[str, tuple[str, ...]] = {
    "plan": tuple(REQUESTS_A_DAY),
    "loose_filters": ("substring", "exact"),
    "unknown_body_keys": ("refuse", "ignore"),
    "null_values": ("refuse", "accept"),
    "quoted_numbers": ("accept", "refuse"),
    "invoice_line_account": ("ignore", "honour"),
    "item_account_types": ("any", "income"),
    "deposit_account_types": ("bank_and_cash", "any"),
    "page_size": ("clamp", "refuse"),
    "journal_modified_filter": ("equal", "after"),
    "header_value_stored": ("no", "yes"),
    "upsert_created_status": ("201", "200"),
    "bearer": ("accept", "refuse"),
    "token_throttle_status": ("400", "200"),
    "subscription": ("active", "ended"),
    "language": ("en", "es"),
    "day_resets_at": ("organization", "utc"),
    "removed_invoice_payment": ("excess", "reduce"),
    "excess_account": ("receivable", "unearned_revenue"),
    "field_creation": ("accept", "refuse", "unauthorized"),
}


@dataclass(slots=True)
class Settings:
    """Each field is one switch; README.md says what it decides and where the doubt comes from."""

    limits: bool = True
    plan: str = "Professional"
    requests_per_minute: int = 100
    requests_per_day: int = 0
    in_flight: int = 5
    work_ms: int = 0
    day_resets_at: str = "organization"
    token_limits: bool = True
    access_token_s: int = 3600
    token_throttle_status: str = "400"
    bearer: str = "accept"
    read_lag_s: int = 2
    loose_filters: str = "substring"
    unknown_body_keys: str = "refuse"
    null_values: str = "refuse"
    quoted_numbers: str = "accept"
    duplicate_contact_names: bool = False
    reference_number_length: int = 100
    payment_reference_length: int = 100
    invoice_line_account: str = "ignore"
    item_account_types: str = "any"
    deposit_account_types: str = "bank_and_cash"
    page_size: str = "clamp"
    lock_includes_the_day: bool = True
    lock_names_module: bool = True
    journal_modified_filter: str = "equal"
    overdue_hides_partially_paid: bool = True
    overdue_moves_modified_time: bool = False
    payment_moves_invoice_time: bool = True
    removed_invoice_payment: str = "excess"
    paid_invoice_edit: bool = True
    header_only_edit: bool = True
    header_value_stored: str = "no"
    upsert_created_status: str = "201"
    upsert_accepts_number_flag: bool = True
    excess_account: str = "receivable"
    field_creation: str = "accept"
    field_unique_at_once: bool = True
    price_precision: int = 2
    salesperson_mandatory: bool = False
    locations: bool = False
    type_noise: bool = False
    duplicate_rows: bool = False
    language: str = "en"
    country: str = "CO"
    mail_invoices: bool = False
    subscription: str = "active"

    @property
    def day_quota(self) -> int:
        return self.requests_per_day or REQUESTS_A_DAY[self.plan]

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
            if name == "price_precision" and value not in (0, 1, 2):
                raise ValueError("price_precision must be 0, 1 or 2")
        for name, value in wish.items():
            setattr(self, name, value)
