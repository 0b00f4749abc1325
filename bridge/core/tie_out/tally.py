"""Adds reconciling items up: what they explain, how many there are, and which are listed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from bridge.core.tie_out.items import SETTLES_ITSELF, Item, ItemKind
from bridge.core.tie_out.reconcile import rounded
from bridge.core.tie_out.reconciliation import COUNTED, TieOut, in_order

LISTED = 1000
"""Items listed of one kind and currency; the rest is summed in one closing line."""
_Place = tuple[ItemKind, str, bool]
"""Kind, currency, and whether it asks nothing of a person: a closing line never mixes the two."""


class Tally:
    """The sums and counts of reconciling items as they stream by; memory follows what is listed,
    not what there is."""

    def __init__(self, listed: int = LISTED) -> None:
        self._listed = listed
        self._items: list[Item] = []
        self._seen: Counter[_Place] = Counter()
        self._rest: dict[_Place, tuple[int, Decimal, Item]] = {}
        self._not_posted: dict[str, Decimal] = defaultdict(Decimal)
        self._in_books: dict[str, Decimal] = defaultdict(Decimal)
        self.counts: Counter[str] = Counter()

    def add(self, items: Sequence[Item], not_posted: Sequence[Decimal] = ()) -> None:
        """Take the items of one document, counted once under the first one's kind.

        `not_posted` is the part of each amount that lies between the ledger and what we posted;
        the rest lies between that and the books.
        """
        parts = [*not_posted, *[Decimal(0)] * (len(items) - len(not_posted))]
        for item, part in zip(items, parts, strict=True):
            self._not_posted[item.currency] += part
            self._in_books[item.currency] += item.amount - part
            self._keep(item)
        if items:
            self.counts[items[0].kind.value] += items[0].count

    def beside(self, items: Sequence[Item]) -> None:
        """Take items that explain nothing: what they tell lies inside the books, on one side."""
        for item in items:
            self.counts[item.kind.value] += item.count
            self._keep(item)

    def tie(
        self,
        currency: str,
        ledger: Decimal,
        documents: Decimal,
        control: Decimal,
        rounding: Decimal = Decimal(0),
    ) -> TieOut:
        """The figures of one currency; what is left in a bracket becomes a remainder item.

        `rounding` is what translating foreign documents may leave on an account that holds them in
        this currency; a rest within it is an item of its own.
        """
        rest = self.rest(currency, documents, control)
        if 0 < abs(rest) <= rounding:
            self.add([rounded(currency, rest)])
        not_posted, in_books = self._not_posted[currency], self._in_books[currency]
        self._remainder(currency, ledger - documents - not_posted, "ledger.not_planned", "run_sync")
        unaccounted = documents - control - in_books
        self._remainder(currency, unaccounted, "control.manual_entries", "find_entry")
        return TieOut(
            currency=currency,
            ledger=ledger,
            documents=documents,
            control_account=control,
            explained=not_posted + in_books,
        )

    def rest(self, currency: str, documents: Decimal, control: Decimal) -> Decimal:
        """The amount between our documents and the control account that no item explains so far."""
        return documents - control - self._in_books[currency]

    def currencies(self) -> set[str]:
        return {c for c in (*self._not_posted, *self._in_books) if c}

    def items(self) -> tuple[Item, ...]:
        closing = [
            Item(
                kind=kind,
                currency=currency,
                amount=amount,
                cause="list.more",
                action=last.action,
                count=count,
            )
            for (kind, currency, _), (count, amount, last) in self._rest.items()
        ]
        return tuple(sorted([*self._items, *closing], key=in_order))

    def all_counts(self, bound: int) -> dict[str, int]:
        """Counts by kind; `matched` is every bound live document that nothing was said about."""
        off = ("missing", "mismatched", "drifted", "tombstoned", "accepted")
        found = dict(self.counts)
        found["matched"] = bound - sum(self.counts[kind] for kind in off)
        return {kind: found.pop(kind, 0) for kind in COUNTED} | dict(sorted(found.items()))

    def _keep(self, item: Item) -> None:
        place = (item.kind, item.currency, item.action in SETTLES_ITSELF)
        self._seen[place] += 1
        if self._seen[place] <= self._listed:
            self._items.append(item)
            return
        count, amount, _ = self._rest.get(place, (0, Decimal(0), item))
        self._rest[place] = (count + item.count, amount + item.amount, item)

    def _remainder(self, currency: str, amount: Decimal, cause: str, action: str) -> None:
        if amount:
            self.counts[ItemKind.REMAINDER.value] += 1
            self._items.append(
                Item(
                    kind=ItemKind.REMAINDER,
                    currency=currency,
                    amount=amount,
                    cause=cause,
                    action=action,
                )
            )
