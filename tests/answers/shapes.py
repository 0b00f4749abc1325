"""What a request is asked for: one name for all requests that an adapter makes in one place."""

from __future__ import annotations

import json
import re
from typing import Any

from bridge.sandbox.wire import Request

_ID = re.compile(r"/[0-9][0-9-]*(?=/|$)|/[0-9a-f]{8}-[0-9a-f-]{27}(?=/|$)")
_QUERIED = re.compile(r"from (\w+)", re.IGNORECASE)
_WHERE = re.compile(r"(\w+) ?(?:=|in|like|<=?|>=?)[ ('\"]", re.IGNORECASE)
NOISE = {"minorversion", "requestid", "organization_id", "summarizeErrors", "unitdp"}
"""Parameters that come with every call."""
TELLING = {"operation", "filter_by", "status", "entities"}
"""Parameters whose value makes another call of it."""
DONE_TO = {"VOIDED": "void", "DELETED": "delete"}


def shape_of(request: Request) -> str:
    """The name of the call: method, path without ids, and what else tells one call from another."""
    told = [request.method, _ID.sub("/{id}", _without_company(request.path))]
    for name, value in sorted(request.query.items()):
        if name in ("where", "query"):
            told.append(_asked(value))
        elif name in TELLING:
            told.append(f"{name}={value}")
        elif name not in NOISE:
            told.append(name)
    told += _in_body(request)
    return " ".join(part for part in told if part)


def _without_company(path: str) -> str:
    return re.sub(r"/v3/company/[0-9]+", "", path)


def _asked(question: str) -> str:
    """The entity of a query, and the fields that it chooses by."""
    found = _QUERIED.search(question)
    entity = found[1] if found else ""
    chosen = question.lower().partition(" where ")[2] if found else question
    fields = sorted({name.lower() for name in _WHERE.findall(chosen)} - {"and", "or"})
    count = "count" if "count(" in question.lower() else ""
    return " ".join(filter(None, [entity, count, "+".join(fields)]))


def _in_body(request: Request) -> list[str]:
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/text"):
        return [_asked(request.body.decode("utf-8", "replace"))]
    if "json" not in kind or not request.body:
        return [form] if (form := request.form().get("grant_type", "")) else []
    try:
        content = json.loads(request.body)
    except ValueError:
        return []
    return _said(content)


def _said(content: Any) -> list[str]:
    if not isinstance(content, dict):
        return []
    if "BatchItemRequest" in content:
        return ["+".join(sorted({_item(each) for each in content["BatchItemRequest"]}))]
    if "Id" in content:
        return ["sparse" if content.get("sparse") else "update"]
    for each in content.values():
        first = each[0] if isinstance(each, list) and each else None
        if isinstance(first, dict) and first.get("Status") in DONE_TO:
            return [DONE_TO[first["Status"]]]
    return [DONE_TO[content["Status"]]] if content.get("Status") in DONE_TO else []


def _item(item: dict[str, Any]) -> str:
    if "Query" in item:
        return _asked(item["Query"])
    named = sorted(set(item) - {"bId", "operation", "options", "optionsData"})
    return f"{item.get('operation', '')} {' '.join(named)}".strip()


def only_asks(shape: str) -> bool:
    """Whether a call that is sent as a write changes nothing: a batch of questions."""
    if "/batch" not in shape:
        return False
    return not any(verb in shape for verb in ("create ", "update ", "delete ", "void "))
