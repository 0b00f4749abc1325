"""Xero's OpenAPI description as a judge of request bodies.

Unlike a JSON Schema validator it also refuses fields that the description does not have, and
fields that Xero only answers: a body that holds one was a misunderstanding.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SPEC = Path(__file__).parents[2] / "data" / "specs" / "xero" / "xero_accounting.yaml"
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, Decimal),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@cache
def spec() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(SPEC.read_text(encoding="utf-8"), loader)
    return found


def operation(path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = spec()["paths"][path][method]
    return found


def example(path: str, method: str = "get") -> Any:
    """The example answer of an operation, as the description has it."""
    responses = operation(path, method)["responses"]
    good = responses.get("200") or responses.get(200)
    return good["content"]["application/json"]["example"]


def violations(path: str, method: str, body: Any) -> list[str]:
    """What is wrong with a request body, field by field."""
    content = operation(path, method)["requestBody"]["content"]["application/json"]
    return list(_violations(content["schema"], body, "body"))


def _violations(schema: dict[str, Any], value: Any, where: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = spec()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    kind = schema.get("type", "object")
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{where}: {value!r} is not a {kind}"
        return
    allowed = schema.get("enum")
    if allowed and value not in allowed and value != "":
        yield f"{where}: {value!r} is not one of {allowed}"
    if len(value) > schema["maxLength"] if "maxLength" in schema else False:
        yield f"{where}: longer than {schema['maxLength']}"
    if kind == "array":
        for index, item in enumerate(value):
            yield from _violations(schema["items"], item, f"{where}[{index}]")
    if kind == "object":
        properties = schema.get("properties", {})
        yield from (f"{where}: lacks {n}" for n in schema.get("required", ()) if n not in value)
        for name, item in value.items():
            if name not in properties:
                yield f"{where}: {name} is not a field"
            elif properties[name].get("readOnly"):
                yield f"{where}: {name} is only answered"
            else:
                yield from _violations(properties[name], item, f"{where}.{name}")
