"""The verdict on one lender's ledger and books: one of four answers, and the tasks that explain it.

Every door shows the same one: `sync`, `reconcile`, `status`, `doctor`, `/health`, every form of the
report, and the exit code. A bookkeeper's words for the four stand in `report/texts`.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from enum import StrEnum

import msgspec

ZERO = Decimal(0)


class Result(StrEnum):
    """The four answers, best first."""

    AGREES = "agrees"
    """Ledger and books say the same, and nothing lies between them."""
    AGREES_WITH_ITEMS = "agrees_with_items"
    """Every cent between them is explained, and none of it waits for anybody."""
    DIFFERS = "differs"
    """A person must act."""
    UNCHECKED = "unchecked"
    """It could not be found out now; trying again later may be all that is needed."""


class Place(msgspec.Struct, frozen=True):
    """Where in a lender's file something stands."""

    file: str = ""
    row: int = 0
    """Line of a text, row of a sheet, number of a record. 0: the file as a whole."""


NOWHERE = Place()


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a person must do before the verdict can be green."""

    code: str
    """What is wrong: a finding's, a hold's or an item's code, or one of `CAUSES`."""
    action: str
    """What to do: a code that every language has words for, as for what happens otherwise."""
    system: str = ""
    """Empty: it is about the ledger itself, whatever the books."""
    subject: str = ""
    """The ledger's row (`debt:142`) or our reference (`DY7F3A-L142`), where there is one."""
    external_id: str = ""
    currency: str = ""
    amount: Decimal = ZERO
    """Its effect on ledger less books, or what the row is worth; 0 where nobody knows."""
    where: Place = NOWHERE
    detail: str = ""

    @property
    def id(self) -> str:
        """A short name that stays while the fact is the same: what a person's answer is kept by."""
        parts = (
            self.code,
            self.system,
            self.subject,
            self.external_id,
            self.currency,
            f"{self.amount:f}",
            self.where.file,
            self.detail,
        )
        digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:8]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer and everything that keeps it from green."""

    result: Result
    reason: str
    """One code for why, the gravest where there are several."""
    tasks: tuple[Task, ...] = ()
    """Those that are worth most first."""
