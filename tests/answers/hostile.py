"""The hostile answers: those that any call may get, and those that lie in what a call says."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

MILLION = 1_000_000
FIELDS = {"id": 3, "amount": 3, "date": 2, "list": 2, "text": 1, "count": 2, "flag": 2}
"""Of each class, how many of a call's fields are lied in: the first that come."""


@dataclass(frozen=True)
class Answer:
    """One hostile answer: its class in the table, its name, and the sandbox's wish for it."""

    of: str
    name: str
    wish: dict[str, Any] = field(default_factory=dict)
    body: str = ""
    """The name of a body that is too large to be sent about."""


WAITS = ("1000000000000", "²", "-5", "1e9", "nan", "Wed, 21 Oct 9999 07:28:00 GMT", "soon")

BODIES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "object": lambda: b"{}",
    "list": lambda: b"[]",
    "null": lambda: b"null",
    "text": lambda: b'"x"',
    "number": lambda: b"7",
    "true": lambda: b"true",
    "not a number": lambda: b'{"Id": NaN, "code": NaN}',
    "broken off": lambda: b'{"code": 0, "invoices": [{"invoice_id": "1"',
    "not UTF-8": lambda: b'{"code": 0, "message": "\xff\xfe\xc3("}',
    "deep lists": lambda: b"[" * 200_000 + b"]" * 200_000,
    "deep objects": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a million values": lambda: b"[" + b"0," * (2 * MILLION) + b"0]",
    "a million objects": lambda: b"[" + b'{"a":0},' * MILLION + b"{}]",
    "60 MB of text": lambda: b'{"message": "' + b"x" * (60 * MILLION) + b'"}',
    "70 MB of blanks": lambda: b" " * (70 * MILLION) + b"{}",
    "packed zeros": lambda: gzip.compress(b"0" * (300 * MILLION), 6),
    "not packed": lambda: b"{}",
    "page": lambda: b"<html><body>Maintenance</body></html>",
}
_PACKED = {"headers": {"Content-Encoding": "gzip"}}


def wish_of(answer: Answer) -> dict[str, Any]:
    """The sandbox's wish for an answer, with its body."""
    if not answer.body:
        return answer.wish
    body = b64encode(BODIES[answer.body]()).decode()
    return {"kind": "answer", "base64": body, **answer.wish}


def _of_the_line() -> Iterator[Answer]:
    for kind in ("reset", "500", "503", "html"):
        for when in ("before", "after"):
            yield Answer("line", f"{kind} {when}", {"kind": kind, "when": when})
    for kind in ("half", "429", "401", "page"):
        yield Answer("line", kind, {"kind": kind})
    yield Answer("line", "page after", {"kind": "page", "when": "after"})
    yield Answer("line", "interim", {"kind": "interim"})
    yield Answer("line", "drip", {"kind": "drip", "seconds": 0.001})
    yield Answer("line", "late", {"kind": "late", "seconds": 4})
    yield Answer("line", "unkept", {"kind": "unkept"})
    yield Answer("line", "echo", {"kind": "echo"})
    elsewhere = {"headers": {"Location": "http://127.0.0.1:9/elsewhere"}}
    for status in (204, 206, 302, 307, 403, 404, 409, 418, 422, 599):
        wish = {"kind": "answer", "status": status, "text": "{}", **elsewhere}
        yield Answer("status", f"{status}", wish)
    for code, status in (("99999", 400), ("0", 400), ("-1", 200), ("", 400)):
        wish = {"kind": "refuse", "code": code, "status": status, "text": "No, by no known rule"}
        yield Answer("refusal", f"code {code or 'none'} with {status}", wish)
    for value in WAITS:
        wish = {"kind": "429", "headers": {"Retry-After": value}}
        yield Answer("wait", f"Retry-After {value}", wish)
        if value in ("1000000000000", "²"):
            yield Answer("wait", f"503 Retry-After {value}", wish | {"kind": "503"})


def _of_bodies() -> Iterator[Answer]:
    for name in BODIES:
        packed = _PACKED if name.endswith(("packed", "packed zeros")) else {}
        yield Answer("body", f"body {name}", {"when": "after", **packed}, name)
    for name in ("object", "null", "page"):
        yield Answer("body", f"body {name} instead", {"when": "before"}, name)


def of_any_call(kind: str) -> list[Answer]:
    """What any call of this kind (`read`, `write`, `login`) may be answered."""
    every = [*_of_the_line(), *_of_bodies()]
    if kind != "write":
        every = [each for each in every if each.name not in ("late", "unkept")]
        every = [each for each in every if not each.name.endswith(" instead")]
    return every


WRONG: dict[str, list[Any]] = {
    "id": [[], ["1"], {}, 7, None, "", "../x\r\nA: b", "x" * 5000, "999999999", True],
    "amount": [
        Decimal("1e400"),
        "abc",
        [],
        Decimal(-5),
        None,
        "NaN",
        "1e400",
        Decimal("0.001"),
        {},
    ],
    "date": ["yesterday", "2026-13-45", "", 7, None, [], "9999-12-31", "0001-01-01T00:00:00Z"],
    "list": [{}, None, "x", [], [None], [[]], [7], [{}]],
    "text": [7, None, [], {}, "\u0000", "x" * 100_000],
    "count": [10**12, -1, "many", None, 0],
    "flag": ["no", None, 7, [], True, False],
}
TOKENS: dict[str, list[Any]] = {
    "access_token": ["", "a\r\nX: y", None, 7, [], {}, "x" * 100_000, "ñ"],
    "refresh_token": ["", "a\nb", None, 7, []],
    "expires_in": [10**15, -1, 0, "abc", None, [], "3600", Decimal("1e400")],
    "expires_in_sec": [10**15],
    "x_refresh_token_expires_in": [10**15, -1, "abc", None],
    "token_type": [None, 7, "mac"],
    "api_domain": ["http://evil.example", 7, None],
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d|/Date\(")
_NUMBER = re.compile(r"-?\d+\.\d+")
_LIES_MORE = {"id": ("drop", "swap"), "list": ("drop", "repeat"), "amount": ("drop",)}


def lies_about(content: bytes) -> list[Answer]:
    """What can be wrong in this answer: of each class of field, its first ones in every way."""
    try:
        told = json.loads(content, parse_float=Decimal)
    except ValueError:
        return []
    found: list[Answer] = []
    left = dict(FIELDS)
    for name, kind in _fields(told):
        if not left[kind]:
            continue
        left[kind] -= 1
        for value in WRONG[kind]:
            wish = {"kind": "lie", "field": name, "value": value}
            found.append(Answer(f"lie: {kind}", f"{name} = {_shown(value)}", wish))
        for how in _LIES_MORE.get(kind, ()):
            wish = {"kind": "lie", "field": name, "how": how}
            found.append(Answer(f"lie: {kind}", f"{name} {how}", wish))
    return found


def lies_about_tokens(content: bytes) -> list[Answer]:
    """What can be wrong in the answer to a login."""
    told = json.loads(content) if content else {}
    found = [
        Answer("token", f"{name} = {_shown(value)}", {"kind": "lie", "field": name, "value": value})
        for name, values in TOKENS.items()
        if name in told
        for value in values
    ]
    for error in ("invalid_grant", "invalid_client", "invalid_code", "slow_down", "", [], 7):
        for status in (200, 400):
            wish = {"kind": "answer", "status": status, "text": json.dumps({"error": error})}
            found.append(Answer("token", f"error {_shown(error)} with {status}", wish))
    return found


def _shown(value: Any) -> str:
    said = json.dumps(value, default=str, ensure_ascii=True)
    return said if len(said) < 40 else f"{said[:12]}... ({len(said)} signs)"


def _fields(content: Any) -> Iterator[tuple[str, str]]:
    """(name, class) of each field once, outer ones first."""
    seen: dict[str, str] = {}
    for name, value in _walked(content):
        kind = _class_of(name, value)
        if kind:
            seen.setdefault(name, kind)
    yield from seen.items()


def _walked(content: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(content, list):
        for each in content[:3]:
            yield from _walked(each)
    if isinstance(content, dict):
        for name, value in content.items():
            if not isinstance(value, dict):
                yield name, value
        for value in content.values():
            yield from _walked(value)


_ID = re.compile(r"(?:^|_)(?:id|number)$|I[dD]$|(?:Number|SyncToken|bId|value)$")
_COUNT = re.compile(r"count|page|total_?results|startposition|maxresults|code", re.IGNORECASE)


def _class_of(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, list):
        return "list"
    if _ID.search(name) and isinstance(value, str | int):
        return "id"
    if isinstance(value, int | Decimal):
        return "count" if _COUNT.search(name) else "amount"
    if isinstance(value, str):
        if _DATE.match(value):
            return "date"
        return "amount" if _NUMBER.fullmatch(value) else "text"
    return ""
