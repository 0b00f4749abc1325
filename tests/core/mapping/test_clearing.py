"""Renewals, payments taken back and money each have an account of their own, or it is told."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bridge.core.books import Account, BooksItem
from bridge.core.mapping.booking import resolve
from bridge.core.mapping.clearing import mixed
from tests.core.builders import ITEMS, LIMITS, chart, mapping
from tests.in_words import in_words

ACCOUNTS = {"20": "Renewals clearing", "21": "Reversals clearing", "22": "Undeposited Funds"}
BANK: dict[str, Any] = {"account": "1000"}
MXN: dict[str, Any] = {"account": "1001", "currency": ["MXN"]}


def renewal(account: str, **more: Any) -> dict[str, Any]:
    return {"account": account, "method": ["renewal"], **more}


CASES: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "apart": ([renewal("20"), MXN, BANK], []),
    "on money's way to the bank": ([renewal("22"), BANK], ["where money waits for the bank"]),
    "with reversals": ([renewal("21"), BANK], ["[lines.reversal]"]),
    "with what is lent": ([renewal("1"), BANK], ["[lines.principal]"]),
    "with money": ([renewal("1000"), BANK], ["takes money too"]),
    "none": ([MXN, BANK], ['go to "Bank MXN"', 'go to "Bank"']),
    "after a rule of a currency": ([MXN, renewal("20"), BANK], ['go to "Bank MXN"']),
    "of one route only": ([renewal("20", route=["R1"]), BANK], ['go to "Bank"']),
}


@pytest.mark.parametrize(("rules", "told"), CASES.values(), ids=CASES)
def test_what_runs_into_one_account_is_told(rules: Any, told: list[str]) -> None:
    whole = chart()
    more = tuple(
        Account(id=i, number="", name=n, classification="asset") for i, n in ACCOUNTS.items()
    )
    item = BooksItem(id="ir", name="taken back", account_id="21")
    whole = msgspec.structs.replace(
        whole, accounts=(*whole.accounts, *more), items=(*whole.items, item)
    )
    lines = {purpose: {"item": purpose} for purpose in ITEMS} | {"reversal": {"item": "taken back"}}
    booking, problems = resolve(mapping(lines=lines, deposits=rules), whole, LIMITS, "m.toml")
    assert booking is not None, problems
    found = [in_words(each.what) for each in mixed(booking, whole, "m.toml")]
    assert len(found) == len(told), found
    assert all(words in what for words, what in zip(told, found, strict=True))
