"""Single values, and what a description says of them in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.contract.exchanges import Side, Violation

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, Decimal),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_LENGTH = re.compile(r"max(?:imum)?[-_ ]len\w*(?: allowed)?(?: is)? \[?(\d+)\b", re.IGNORECASE)
_ALLOWED = re.compile(r"allowed values ?:(.*)", re.IGNORECASE | re.DOTALL)
_VARIANTS = re.compile(r"Variants: (.*?)(?:\. |$)", re.DOTALL)
_CODE = re.compile(r"<code>(.*?)</code>", re.DOTALL)
_WORD = re.compile(r"[\w.]+")
_MS_DATE = re.compile(r"/Date\(-?\d+(\+0000)?\)/")
_TEXT_FORM = {"true": True, "false": False}

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Spot:
    """Where in a document one is: the last named schema, and the way on from there."""

    side: Side
    schema: str
    way: str = ""

    def inside(self, name: str) -> Spot:
        return Spot(self.side, self.schema, f"{self.way}.{name}" if self.way else name)

    def at(self, schema: str) -> Spot:
        return Spot(self.side, schema)

    def wrong(self, what: str, seen: object) -> Violation:
        subject = f"{self.schema}.{self.way}" if self.way else self.schema
        return Violation(self.side, what, subject, str(seen))


def check_scalar(schema: Schema, value: Any, spot: Spot) -> Iterator[Violation]:
    """What of a text, number or yes-or-no a schema without parts does not allow."""
    allowed = schema.get("enum")
    if allowed and value not in allowed and value != "":
        yield spot.wrong("enum", f"{value!r} is not one of {allowed}")
    if isinstance(value, str):
        limit = schema.get("maxLength") or (
            _limit(str(schema.get("description") or "")) if spot.side == "request" else None
        )
        if limit is not None and len(value) > limit:
            yield spot.wrong("length", f"{len(value)} characters, not {limit}")
        form = _form(schema, spot.side)
        if form and not _fits(form, value):
            yield spot.wrong("format", f"{value!r} is no {form}")


def _form(schema: Schema, side: Side) -> str:
    """The form that a text must have. Xero takes plain dates and answers milliseconds (facts)."""
    if schema.get("x-is-msdate") or schema.get("x-is-msdate-time"):
        return "date" if side == "request" else "ms date"
    return str(schema.get("format") or "")


def _fits(form: str, text: str) -> bool:
    try:
        match form:
            case "uuid":
                return str(UUID(text)) == text.lower()
            case "date":
                return date.fromisoformat(text).isoformat() == text
            case "date-time":
                return bool(datetime.fromisoformat(text))
            case "ms date":
                return bool(_MS_DATE.fullmatch(text))
    except ValueError:
        return False
    return True


def is_a(value: Any, kind: str) -> bool:
    """Whether a decoded value is of a type of JSON Schema; yes and no are no numbers."""
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, TYPES[kind])


def kind_of_parts(value: Any) -> str:
    """Whether a value is a list or an object; empty when it is neither."""
    return next(kind for kind in ("array", "object", "") if not kind or is_a(value, kind))


def _limit(words: str) -> int | None:
    found = _LENGTH.search(words)
    return int(found.group(1)) if found else None


def base_type(content_type: str) -> str:
    """A content type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def variants(parameter: Schema) -> list[str]:
    """Names that the description adds in words: `Variants: <code>..._startswith</code>`."""
    told = _VARIANTS.search(str(parameter.get("description") or ""))
    return [w for w in _WORD.findall(told.group(1)) if "_" in w] if told else []


def in_words(parameter: Schema, value: str, spot: Spot) -> Iterator[Violation]:
    """What of a parameter's value is not among its "Allowed Values", or is too long."""
    text = str(parameter.get("description") or "")
    if told := _ALLOWED.search(text):
        words = [word for code in _CODE.findall(told.group(1)) for word in _WORD.findall(code)]
        if words and value not in words:
            yield spot.wrong("enum", f"{value!r} is not one of {words}")
    if (limit := _limit(text)) is not None and len(value) > limit:
        yield spot.wrong("length", f"{len(value)} characters, not {limit}")


def typed(schema: Schema, text: str) -> Any:
    """The value that a text in a URL stands for, where its type is told."""
    match schema.get("type"):
        case "integer" | "number" if re.fullmatch(r"-?\d+", text):
            return int(text)
        case "boolean":
            return _TEXT_FORM.get(text.lower(), text)
    return text
