"""A quiet moment: everything that the laws look at, as it is when nothing is under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bridge.core.tie_out.items import Item
from bridge.core.tie_out.reconciliation import SystemResult
from tests.simulation.estate import Estate
from tests.simulation.hand import Hand
from tests.simulation.ledger import FieldLedger
from tests.simulation.seams import Seams
from tests.simulation.trace import Trace


@dataclass
class Quiet:
    """Everything there is to look at in one quiet moment."""

    estate: Estate
    ledger: FieldLedger
    hand: Hand
    seams: Seams
    trace: Trace
    books: dict[str, dict[str, Any]] = field(init=False)
    found: dict[str, SystemResult] = field(init=False)

    def __post_init__(self) -> None:
        self.books = self.books_now()
        result = self.estate.reconcile(full=False)
        self.found = {each.system: each for each in result.systems}

    def books_now(self) -> dict[str, dict[str, Any]]:
        """All books; what was adopted has our number there too, which it is known by."""
        found = {name: self.estate.books_of(name) for name in self.estate.systems}
        for name, books in found.items():
            for document in books["documents"]:
                ours = self.hand.adopted.get((name, str(document["id"])))
                document["number"] = ours or document["number"]
        return found

    def items(self, system: str) -> tuple[Item, ...]:
        return self.found[system].items
