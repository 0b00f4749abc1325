"""Batches: up to 30 independent items, each with its own outcome (FACTS Q28)."""

from __future__ import annotations

from typing import Any

from bridge.sandbox.quickbooks import evaluate, faults, query, schema
from bridge.sandbox.quickbooks.company import Company
from bridge.sandbox.quickbooks.faults import Refused, wrong_length
from bridge.sandbox.quickbooks.tables import Row
from bridge.sandbox.quickbooks.writing import write

MOST_ITEMS = 30
BID_WITH_REQUESTID = 10
OPERATIONS = ("create", "update", "delete")


def run(company: Company, body: Any, requestid: str) -> Row:
    """Do every item and answer each by its bId; one item's fault costs no other its outcome."""
    items = body.get("BatchItemRequest") if isinstance(body, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise faults.missing("BatchItemRequest")
    if len(items) > MOST_ITEMS:
        raise faults.business(f"The maximum number of batch items is {MOST_ITEMS}.")
    longest = max((len(str(item.get("bId", ""))) for item in items), default=0)
    if requestid and longest > BID_WITH_REQUESTID:
        raise Refused([wrong_length("bId", BID_WITH_REQUESTID, longest)])
    return {"BatchItemResponse": [_item(company, item) for item in items], "time": company.time()}


def size(body: Any) -> int:
    items = body.get("BatchItemRequest") if isinstance(body, dict) else None
    return len(items) if isinstance(items, list) else 0


def _item(company: Company, item: Row) -> Row:
    answer: Row = {"bId": item.get("bId", "")}
    try:
        answer.update(_outcome(company, item))
    except Refused as fault:
        answer["Fault"] = fault.body()
    return answer


def _outcome(company: Company, item: Row) -> Row:
    if "Query" in item:
        signs = company.settings.query_signs
        question = query.parse(str(item["Query"]), signs, company.today())
        return {"QueryResponse": evaluate.ask(company, question)}
    names = [name for name in item if name in schema.ENTITIES]
    operation = item.get("operation")
    if len(names) != 1:
        raise faults.unsupported_property()
    if operation not in OPERATIONS:
        raise faults.unsupported(str(operation))
    options = [str(item["optionsData"])] if item.get("optionsData") else []
    return {names[0]: write(company, names[0], str(operation), item[names[0]], options)}
