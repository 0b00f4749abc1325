"""Items and accounts by name in what a comparison found, as a bookkeeper knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from bridge.core.books import Account, Chart
from bridge.core.tie_out.items import Item


def label(account: Account) -> str:
    """Number and name, as a bookkeeper says it."""
    return f"{account.number} {account.name}".strip()


class Labels:
    """The names of a chart. Ids of items and of accounts may be the same in some products, so it
    matters which of them a line names."""

    def __init__(self, chart: Chart, line_target: str) -> None:
        self._accounts = {account.id: label(account) for account in chart.accounts}
        items = {item.id: item.name for item in chart.items} if line_target == "item" else {}
        self._on = {**self._accounts, **items}
        self._lists = {
            name: {value.id: value.name for value in values} for name, values in chart.lists.items()
        }

    def named(self, item: Item) -> Item:
        """The item with names in the place of ids, where its field shows ids."""
        match item.field:
            case "deposit_account":
                return self._with(item, lambda text: self._accounts.get(text, text))
            case "lines":
                return self._with(item, lambda text: _second(text, self._on))
            case "accounts":
                return self._with(item, lambda text: _second(text, self._accounts))
            case "tax":
                return self._with(item, self._taxed)
            case "tags":
                return self._with(item, self._tagged)
        return item

    def _with(self, item: Item, of_part: Callable[[str], str]) -> Item:
        sides = ("; ".join(map(of_part, side.split("; "))) for side in (item.ledger, item.books))
        ours, theirs = sides
        return msgspec.structs.replace(item, ledger=ours, books=theirs)

    def _taxed(self, text: str) -> str:
        code, _, on = text.partition(" ")
        return f"{self._lists.get('tax_code', {}).get(code, code)} {self._on.get(on, on)}".strip()

    def _tagged(self, text: str) -> str:
        dimension, _, value = text.partition(" ")
        return f"{dimension} {self._lists.get(dimension, {}).get(value, value)}".strip()


def _second(text: str, names: Mapping[str, str]) -> str:
    """A text `amount id` with the name in the place of the id."""
    amount, _, on = text.partition(" ")
    return f"{amount} {names.get(on, on)}".strip()
