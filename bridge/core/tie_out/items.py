"""The reconciling items: what lies between the ledger and one company's books, line by line."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec

from bridge.core.message import Detail
from bridge.core.renamed import in_words_of_now


class ItemKind(StrEnum):
    """Why the two sides may differ, in the order in which a person wants to read it."""

    MISSING = "missing"
    TOMBSTONED = "tombstoned"
    MISMATCHED = "mismatched"
    DRIFTED = "drifted"
    ORPHANED = "orphaned"
    PRINCIPAL = "principal"
    """What was lent stands on income, or nobody can tell. Its amount is what stands wrongly inside
    the books: no part of the difference."""
    CHECK = "check"
    """A bookkeeper's check that the books themselves do not pass: no part of the difference."""
    REJECTED = "rejected"
    IN_DOUBT = "in_doubt"
    REMAINDER = "remainder"
    """What nothing explains. Never counted as explained."""
    HELD = "held"
    PENDING = "pending"
    FOREIGN = "foreign"
    ACCEPTED = "accepted"
    """Different, and left so by a person."""


BREAKING = frozenset(
    {
        ItemKind.MISSING,
        ItemKind.TOMBSTONED,
        ItemKind.MISMATCHED,
        ItemKind.DRIFTED,
        ItemKind.ORPHANED,
        ItemKind.PRINCIPAL,
    }
)
"""Kinds that mean that the books do not say what we posted."""


SETTLES_ITSELF = frozenset({"none", "run_sync"})
"""Actions that ask nothing of a person."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    kind: ItemKind
    currency: str = ""
    amount: Decimal = Decimal(0)
    worth: Decimal = Decimal(0)
    """What it is worth, where it does nothing to what customers owe: a recovery."""
    reference: str = ""
    external_id: str = ""
    document: str = ""
    """The document's kind, where one is meant."""
    field: str = ""
    ledger: str = ""
    books: str = ""
    cause: str
    action: str
    detail: Detail = ""
    subject: str = ""
    """The ledger's row (`loan:142`), where there is one."""
    loan: str = ""
    file: str = ""
    """Where that row stands: the file, and its line or row in it (0: nobody knows)."""
    row: int = 0
    count: int = 1
    """How many documents it stands for: more than one in the line that closes a long list."""

    def __post_init__(self) -> None:
        in_words_of_now(self, "cause", "subject")
