"""Transaction locks: up to which day a module is closed. Last verified 2026-11-20."""

from __future__ import annotations

from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.organization import Organization
from bridge.sandbox.zoho.tables import Row

MODULES = ("sales", "purchase", "accountant", "banking", "inventory_adjustments")
STATES = ("disabled", "enabled", "enabled_with_logging")


def put(org: Organization, body: Row) -> Row:
    """Lock a module up to a day; without a module, sales and journals are locked together."""
    state = body.get("transaction_lock_status") or "enabled"
    module = body.get("transaction_lock_module") or ""
    if state not in STATES:
        raise refused(4, "transaction_lock_status")
    if module and module not in MODULES:
        raise refused(4, "transaction_lock_module")
    if state != "disabled" and not body.get("transaction_lock_date"):
        raise refused(4, "transaction_lock_date")
    for name in [module] if module else ["sales", "accountant"]:
        before = org.locks.get(name)
        org.locks[name] = {
            "transaction_lock_id": before["transaction_lock_id"] if before else org.next_id(),
            "transaction_lock_status": state,
            "transaction_lock_module": name,
            "transaction_lock_date": body.get("transaction_lock_date", ""),
            "reason": body.get("reason", ""),
        }
    return shown(org, module or "sales")


def clear(org: Organization, lock_id: str) -> None:
    """Open everything, or the one module whose lock is named."""
    for name, lock in list(org.locks.items()):
        if not lock_id or lock["transaction_lock_id"] == lock_id:
            del org.locks[name]


def shown(org: Organization, module: str) -> Row:
    lock = org.locks.get(module) or {
        "transaction_lock_id": "",
        "transaction_lock_status": "disabled",
        "transaction_lock_module": module,
        "transaction_lock_date": "",
        "reason": "",
    }
    enabled = lock["transaction_lock_status"] != "disabled"
    if not org.settings.lock_names_module:
        lock = {name: value for name, value in lock.items() if name != "transaction_lock_module"}
    return {
        **lock,
        "lock_status": "locked" if enabled else "unlocked",
        "user_exceptions": [],
        "user_exceptions_count": 0,
        "account_exceptions": [],
        "account_exceptions_count": 0,
    }
