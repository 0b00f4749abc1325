"""One body by itself, held to the official description: for tests of what is written."""

from __future__ import annotations

from typing import Any

from bridge.systems.transport import from_json, to_json
from tests.contract import defects, judging, quickbooks
from tests.contract.exchanges import Violation
from tests.contract.numbers import violations as of_numbers
from tests.contract.openapi import METHODS
from tests.contract.scalars import Spot


def violations(system: str, method: str, path: str, body: Any) -> list[Violation]:
    """What is wrong with a body, documented defects left out. QuickBooks: `path` is the entity."""
    value = from_json(to_json(body))
    found = list(of_numbers(value))
    if system == "quickbooks":
        found += quickbooks.body(path, value)
    else:
        operation = judging.operation(system, method, judging.API_ROOT[system] + path)
        assert operation is not None, f"{method} {path} is not described"
        content = operation.raw["requestBody"]["content"]["application/json"]
        spot = Spot("request", operation.name)
        found += operation.description.check(content["schema"], value, spot)
    return defects.undocumented(system, found)


def example(path: str, method: str = "get") -> Any:
    """The example answer of one of Xero's operations, as the description has it."""
    assert method in METHODS, method
    (description,) = judging.xero()
    responses = description.document["paths"][path][method]["responses"]
    good = responses.get("200") or responses[200]
    return good["content"]["application/json"]["example"]
