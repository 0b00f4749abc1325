"""A batch whose numbers are not ours says nothing of any document in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.delivery import InDoubt, Posted
from tests.systems.quickbooks.bench import CUSTOMER, INVOICE, benches

LIES: list[dict[str, Any]] = [
    *({"field": "bId", "how": "set", "value": value} for value in ("q9", ["i0"], 0, "i0")),
    {"field": "bId", "how": "drop"},
    {"field": "bId", "how": "swap"},
    {"field": "DocNumber", "how": "swap"},
    {"field": "BatchItemResponse", "how": "repeat"},
    *({"field": "BatchItemResponse", "how": "set", "value": value} for value in ({}, [], "x", [1])),
]


@pytest.mark.parametrize("wish", LIES, ids=lambda wish: "-".join(map(str, wish.values())))
def test_each_document_of_such_a_batch_is_looked_up(wish: dict[str, Any]) -> None:
    second = msgspec.structs.replace(
        INVOICE,
        reference="DYT-L2",
        lines=(msgspec.structs.replace(INVOICE.lines[0], amount=Decimal(70)),),
    )
    with benches(mode="backfill") as bench:
        bench.posted(CUSTOMER)
        outgoing = [bench.outgoing(INVOICE), bench.outgoing(second)]
        fault = {"system": "quickbooks", "kind": "lie", "count": 1, **wish}
        bench.control("POST", "faults", {**fault, "match": {"path": "/batch", "body": "DYT-L1"}})
        outcomes = bench.system.post(outgoing)
        assert all(isinstance(outcome, InDoubt) for outcome in outcomes), outcomes
        for document in (INVOICE, second):
            found = bench.find(document)
            assert found is not None
            assert found.total == sum(line.amount for line in document.lines)
            assert bench.count(document) == 1


def test_a_batch_that_is_numbered_as_it_was_sent_is_believed() -> None:
    second = msgspec.structs.replace(INVOICE, reference="DYT-L2")
    with benches(mode="backfill") as bench:
        bench.posted(CUSTOMER)
        outcomes = bench.system.post([bench.outgoing(INVOICE), bench.outgoing(second)])
        assert all(isinstance(outcome, Posted) for outcome in outcomes), outcomes
