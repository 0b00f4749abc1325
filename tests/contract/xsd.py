"""Intuit's XML schemas as a judge of QuickBooks' JSON.

The JSON has the elements' names; what may come many times is a list; what is a text with
attributes in XML is an object with `value`; other attributes are fields (specs README).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import xmlschema

from tests.contract.exchanges import Violation
from tests.contract.openapi import SPECS
from tests.contract.scalars import Spot

NAMESPACE = "{http://schema.intuit.com/finance/v3}"
_NUMBERS = {"decimal": (int, Decimal), "float": (int, Decimal)}
_WHOLE = {"integer", "int", "long", "positiveInteger", "nonNegativeInteger", "short"}
MANY = 2


@cache
def schema() -> Any:
    return xmlschema.XMLSchema(str(SPECS / "quickbooks" / "IntuitRestServiceDef.xsd"))


@cache
def kind_of(name: str) -> Any:
    """A type by its name; None when the schema has none of that name."""
    return schema().maps.types.get(f"{NAMESPACE}{name}")


@cache
def entities() -> Mapping[str, Any]:
    """The objects of a company: Invoice, Payment, ..., each with its type."""
    return {
        element.local_name: element.type
        for element in schema().maps.elements.values()
        if element.substitution_group == f"{NAMESPACE}IntuitObject"
    }


@cache
def fields(name: str) -> Mapping[str, tuple[Any, bool]]:
    """Field → its type and whether it is a list, of a type, inherited ones included."""
    return _fields(kind_of(name))


@cache
def _fields(kind: Any) -> Mapping[str, tuple[Any, bool]]:
    found: dict[str, tuple[Any, bool]] = {}
    if kind.has_simple_content():
        found["value"] = (kind.content, False)
    else:
        for part in kind.content.iter_elements():
            if part.name is None:  # anything goes
                continue
            many = part.max_occurs is None or part.max_occurs >= MANY
            if part.ref is not None and part.local_name == "IntuitObject":
                found |= {name: (each, many) for name, each in entities().items()}
            else:
                found[part.local_name] = (part.type, many)
    for attribute in kind.attributes.values():
        if attribute.name is not None:
            found[attribute.local_name] = (attribute.type, False)
    return found


def check(name: str, value: Any, side: Any) -> Iterator[Violation]:
    """What of a decoded object the type of that name does not allow."""
    yield from _check(kind_of(name), value, Spot(side, name))


def check_fields(
    allowed: Mapping[str, tuple[Any, bool]], value: Any, spot: Spot
) -> Iterator[Violation]:
    """What of an object is not among the allowed fields, or is not as they are."""
    if not isinstance(value, dict):
        yield spot.wrong("type", f"{value!r} is not an object")
        return
    for name, each in value.items():
        inner = spot.inside(name)
        if name not in allowed:
            yield inner.wrong("unknown", each)
            continue
        kind, many = allowed[name]
        if many != isinstance(each, list):
            yield inner.wrong("type", f"{each!r} is {'no' if many else 'a'} list")
            continue
        for one in each if many else [each]:
            yield from _check(kind, one, inner)


def _check(kind: Any, value: Any, spot: Spot) -> Iterator[Violation]:
    if kind.is_simple():
        yield from _check_simple(kind, value, spot)
    elif kind.local_name != "IntuitAnyType":
        if kind.local_name:
            spot = spot.at(kind.local_name)
        yield from check_fields(_fields(kind), value, spot)


@cache
def _base(kind: Any) -> str:
    return kind.primitive_type.local_name if kind.primitive_type is not None else "string"


@lru_cache(maxsize=100_000)
def _valid(kind: Any, text: str) -> bool:
    """Remembered, since the same dates, words and amounts come again and again."""
    return bool(kind.is_valid(text))


def _check_simple(kind: Any, value: Any, spot: Spot) -> Iterator[Violation]:
    base = _base(kind)
    if base == "boolean":
        if not isinstance(value, bool):
            yield spot.wrong("type", f"{value!r} is not a boolean")
        return
    if base in _NUMBERS:
        whole = kind.local_name in _WHOLE
        allowed = (int,) if whole else _NUMBERS[base]
        if isinstance(value, bool) or not isinstance(value, allowed):
            yield spot.wrong("type", f"{value!r} is not a {'whole ' if whole else ''}number")
        elif not _valid(kind, f"{value:f}" if isinstance(value, Decimal) else str(value)):
            yield spot.wrong("format", f"{value!r} is no {kind.local_name}")
        return
    if not isinstance(value, str):
        yield spot.wrong("type", f"{value!r} is not a text")
    elif not _valid(kind, value):
        what = "enum" if kind.enumeration else "format"
        yield spot.wrong(what, f"{value!r} is no {kind.local_name}")
