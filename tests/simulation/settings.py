"""What is one way with one seed and another way with the next: switches, mapping, settings."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.pipeline.world import COMPANIES, ROOT

SYSTEMS = (*((name,) for name in COMPANIES), tuple(COMPANIES))

SWITCHES: dict[str, dict[str, Sequence[object]]] = {
    "quickbooks": {
        "requestid": ("replay", "ignore"),
        "requestid_replays_faults": (False, True),
        "payment_moves_invoice_synctoken": (False, True),
        "payment_moves_invoice_time": (True, False),
        "over_application": ("refuse", "unapply"),
        "query_order": ("id", "newest"),
        "names_ignore_case": (True, False),
        "inactive_frees_name": (True, False),
    },
    "xero": {
        "idempotency": ("replay", "ignore"),
        "bulk_order": ("request", "reversed"),
        "modified_since": ("inclusive", "exclusive"),
        "lock_day": ("refuse", "accept"),
        "contact_name_match": ("match", "refuse"),
        "quiet_due_dates": (False, True),
    },
    "zoho": {
        "read_lag_s": (0, 2, 20, 90),
        "loose_filters": ("substring", "exact"),
        "payment_moves_invoice_time": (True, False),
        "overdue_hides_partially_paid": (True, False),
        "header_value_stored": ("no", "yes"),
        "type_noise": (False, True),
        "duplicate_rows": (False, True),
    },
}
"""What no source tells, or a company may have set otherwise (`bridge/sandbox/README.md`)."""

LIFTED: dict[str, dict[str, Any]] = {
    "quickbooks": {"limits": False},
    "xero": {"limits": False, "calls_per_day": 1_000_000},
    "zoho": {"limits": False, "token_limits": False, "requests_per_day": 0},
}
"""The sandbox without rate limits; a day may bring them back."""

RULES: dict[str, tuple[str, ...]] = {
    "overpayment": ("credit", "credit", "hold"),
    "amount_edited": ("ask", "ask", "correct"),
    "invoice_per": ("loan", "loan", "loan", "instalment"),
    "interest": ("upfront", "upfront", "upfront", "as_due"),
    "before_loan": ("own_date", "loan_date"),
    "closed_period": ("hold", "adjust"),
    "lookalike": ("ask", "ask", "adopt"),
}
"""Rules of a mapping file → what a lender may have chosen, the usual ones more often."""

OWN: tuple[tuple[str, ...], ...] = (
    (),
    (),
    ("name",),
    ("amount", "date"),
    ("name", "amount", "date", "due", "customer"),
)
"""What a lender may want back when somebody edits it in the books."""


def switches(name: str, chance: random.Random) -> dict[str, object]:
    """The sandbox's switches of one system."""
    more = {"plan": "Ultimate"} if name == "zoho" else {}
    drawn = {key: chance.choice(values) for key, values in SWITCHES[name].items()}
    return {**drawn, **LIFTED[name], **more}


RATES = {"CLP": "4.35", "PYG": "0.552"}
"""What a unit of a currency without decimals is worth at home, all the time."""


def whole_currency(chance: random.Random) -> str:
    """A currency without decimals in which nearly half of the lenders lend too; else empty."""
    return chance.choice(sorted(RATES)) if chance.random() < 0.45 else ""


def rules(chance: random.Random) -> dict[str, str]:
    return {rule: chance.choice(choices) for rule, choices in RULES.items()}


def mapping(
    name: str, chosen: Mapping[str, str], own: Sequence[str], folder: Path, whole: str = ""
) -> Path:
    """The shipped mapping file with these rules, these fields as the ledger's own, and a rate of
    one currency more."""
    text = (ROOT / "mappings" / f"{name}.toml").read_text(encoding="utf-8")
    for rule, value in chosen.items():
        was = next(line for line in text.splitlines() if line.startswith(f"{rule} = "))
        text = text.replace(f"\n{was}\n", f'\n{rule} = "{value}"\n')
    listed = ", ".join(f'"{each}"' for each in own)
    assert "\nown = []\n" in text
    text = text.replace("\nown = []\n", f"\nown = [{listed}]\n")
    if whole:
        rates = f'[{{ from = "2025-01-01", rate = "{RATES[whole]}" }}]'
        text += f'\n[currencies.{whole}]\nsource = "manual"\nrates = {rates}\n'
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def limits(chance: random.Random) -> dict[str, str]:
    """How large a plan may be before a person looks at it."""
    if chance.random() < 0.7:
        return {}
    documents, voids = chance.choice(("5", "15")), chance.choice(("0", "2"))
    return {
        "LEDGER_BRIDGE_LIMITS__DOCUMENTS": documents,
        "LEDGER_BRIDGE_LIMITS__VOIDS": voids,
    }


def modes(chance: random.Random) -> dict[str, str]:
    """Documents one by one, or in batches where the product has them."""
    return {"LEDGER_BRIDGE_SYSTEMS__QUICKBOOKS__MODE": chance.choice(("single", "backfill"))}


def readings(chance: random.Random) -> dict[str, str]:
    """Books of Zoho that are read wholly, as small ones are, or by what changed from the first
    document on, and in turns so short that a life sees several."""
    if chance.random() < 0.5:
        return {}
    section = "LEDGER_BRIDGE_SYSTEMS__ZOHO__"
    days = chance.choice(("2", "3", "7"))
    return {f"{section}IN_PART_FROM": "0", f"{section}WHOLE_EVERY_DAYS": days}
