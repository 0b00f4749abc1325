"""The state store: ledger as accepted, bindings, outbox, mirror of the books, history."""

from bridge.store.stage import Stage
from bridge.store.store import Store, Work
from bridge.store.values import (
    NO_LOAN,
    Accepted,
    Count,
    DayCalls,
    DecisionRecord,
    Entry,
    LoanKey,
    MirrorTotal,
    NewEntry,
    RunRecord,
)

__all__ = [
    "NO_LOAN",
    "Accepted",
    "Count",
    "DayCalls",
    "DecisionRecord",
    "Entry",
    "LoanKey",
    "MirrorTotal",
    "NewEntry",
    "RunRecord",
    "Stage",
    "Store",
    "Work",
]
