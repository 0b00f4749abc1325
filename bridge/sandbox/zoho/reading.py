"""Request bodies: JSON or a form with JSONString, checked key by key. Last verified 2026-11-20."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from bridge.sandbox.wire import Request, decode
from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.schema import BODIES
from bridge.sandbox.zoho.settings import Settings
from bridge.sandbox.zoho.tables import Row

FORM = "application/x-www-form-urlencoded"
TRUE, FALSE = (True, 1, "true", "1"), (False, 0, "false", "0", "")
LARGEST = Decimal("1e13")


def body_of(request: Request) -> Any:
    """Return the JSON of a request. A form is the older way; without JSONString it is 1038."""
    kind = request.headers.get("content-type", "").lower()
    text: str | bytes = request.body
    if kind.startswith(FORM) and request.body:
        text = request.form().get("JSONString", "")
        if not text:
            raise refused(1038)
    if not text:
        return {}
    try:
        return decode(text.encode() if isinstance(text, str) else text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise refused(1038) from None


def checked(settings: Settings, resource: str, body: Any) -> Row:
    """Return the body with every value of its kind, or refuse the first that is not."""
    if not isinstance(body, dict):
        raise refused(1038)
    known, made = BODIES[resource], {}
    for name, value in body.items():
        kind = known.get(name)
        if kind is None:
            if settings.unknown_body_keys == "refuse":
                raise refused(900013, name)
        elif value is None:
            if settings.null_values == "refuse":
                raise refused(2, name)
        else:
            made[name] = _value(settings, f"{resource}.{name}", name, kind, value)
    return made


def _value(settings: Settings, place: str, name: str, kind: str, value: Any) -> Any:
    if kind == "*":
        return value
    if kind == "[]":
        if place not in BODIES:
            return value
        if isinstance(value, dict) and name.endswith("_address"):
            return checked(settings, place, value)
        if not isinstance(value, list):
            raise refused(2, name)
        return [checked(settings, place, each) for each in value]
    if kind[0] == "s":
        return _text(name, kind, value)
    if kind == "d":
        return day(value, name)
    if kind == "b":
        return boolean(value, name)
    if isinstance(value, str) and settings.quoted_numbers == "refuse":
        raise refused(2, name)
    number = decimal(value, name)
    if kind == "i":
        if number != number.to_integral_value():
            raise refused(2, name)
        return int(number)
    return number


def _text(name: str, kind: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise refused(2, name)
    text = str(value)
    if kind != "s" and len(text) > int(kind[1:]):
        raise refused(4, name)
    return text


def decimal(value: Any, name: str) -> Decimal:
    """Read an exact number, as number or as text."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise refused(2, name)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise refused(2, name) from None
    if not number.is_finite() or abs(number) > LARGEST:
        raise refused(2, name)
    return number


def boolean(value: Any, name: str) -> bool:
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise refused(2, name)


def day(value: Any, name: str) -> str:
    """Read a date as yyyy-mm-dd."""
    if not isinstance(value, str) or len(value) != len("yyyy-mm-dd"):
        raise refused(2, name)
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise refused(2, name) from None
