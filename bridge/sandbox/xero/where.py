"""The `where` filter: comparisons joined by AND, OR, with brackets (FACTS X31)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from bridge.sandbox.xero.faults import Refused, bad_filter
from bridge.sandbox.xero.values import is_id

Field = Callable[[str], Any]
Test = Callable[[Field], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)"""
    r"""|(?P<op>==|!=|>=|<=|&&|\|\||>|<|=|!|\(|\)|,)|(?P<name>[A-Za-z_][A-Za-z0-9_.]*))"""
)
_METHODS = ("contains", "startswith", "endswith")
DEEPEST = 50


def parse(text: str, check: Callable[[str], None]) -> Test:
    """Return the test that a filter stands for; Refused (16) if it cannot be read.

    `check` refuses the name of a field that does not exist.
    """
    parser = _Parser(text, check)
    test = parser.either()
    if parser.peek() is not None:
        raise parser.wrong()
    return test


class _Parser:
    """Reads a filter from left to right."""

    def __init__(self, text: str, check: Callable[[str], None]) -> None:
        self._check = check
        self._text, self._tokens, self._place, self._depth = text, _tokens(text), 0, 0

    def peek(self) -> tuple[str, str] | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def wrong(self) -> Refused:
        at = self.peek()
        return bad_filter(f"Syntax error near '{at[1] if at else 'end'}' in '{self._text}'")

    def either(self) -> Test:
        tests = [self.both()]
        while self._taken("op", "||") or self._taken("name", "or"):
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda field: any(test(field) for test in tests)

    def both(self) -> Test:
        tests = [self._one()]
        while self._taken("op", "&&") or self._taken("name", "and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda field: all(test(field) for test in tests)

    def _one(self) -> Test:
        if self._taken("op", "!"):
            inner = self._one()
            return lambda field: not inner(field)
        if self._taken("op", "("):
            self._depth += 1
            if self._depth > DEEPEST:
                raise self.wrong()
            test = self.either()
            self._need("op", ")")
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        name = self._need("name")
        stem, _, method = name.rpartition(".")
        if method.lower() in _METHODS and self._taken("op", "("):
            wanted = self._value()
            self._need("op", ")")
            self._check(stem)
            return _method(stem, method.lower(), str(wanted))
        self._check(name)
        at = self.peek()
        if at is None or at[0] != "op" or at[1] not in _COMPARE:
            # A name alone is a yes-or-no field.
            return lambda field: field(name) is True
        self._place += 1
        return _compare(name, at[1], self._value(), self.wrong)

    def _value(self) -> Any:
        at = self.peek()
        if at is None:
            raise self.wrong()
        self._place += 1
        kind, text = at
        if kind == "text":
            return text[1:-1].replace('\\"', '"')
        if kind == "number":
            return Decimal(text)
        word = text.lower()
        if kind != "name":
            self._place -= 1
            raise self.wrong()
        if word in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[word]
        if word in ("guid", "datetime", "datetime.parse", "guid.parse"):
            return self._call(word)
        self._place -= 1
        raise self.wrong()

    def _call(self, word: str) -> str:
        self._need("op", "(")
        parts = [self._value()]
        while self._taken("op", ","):
            parts.append(self._value())
        self._need("op", ")")
        if word.startswith("guid"):
            if not is_id(str(parts[0])):
                raise self.wrong()
            return str(parts[0]).lower()
        if isinstance(parts[0], str):
            return parts[0].replace("T00:00:00", "")
        if not 3 <= len(parts) <= 6 or not all(isinstance(part, Decimal) for part in parts):
            raise self.wrong()
        day = f"{int(parts[0]):04d}-{int(parts[1]):02d}-{int(parts[2]):02d}"
        time = [int(part) for part in parts[3:]] + [0] * (6 - len(parts))
        return f"{day}T{time[0]:02d}:{time[1]:02d}:{time[2]:02d}" if any(time) else day

    def _taken(self, kind: str, text: str) -> bool:
        at = self.peek()
        if at is None or at[0] != kind or at[1].lower() != text:
            return False
        self._place += 1
        return True

    def _need(self, kind: str, text: str = "") -> str:
        at = self.peek()
        if at is None or at[0] != kind or (text and at[1] != text):
            raise self.wrong()
        self._place += 1
        return at[1]


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}


def _compare(name: str, sign: str, wanted: Any, wrong: Callable[[], Refused]) -> Test:
    """Compare a field; text regardless of case, and what is missing equals null only."""
    test = _COMPARE[sign]
    wanted = wanted.casefold() if isinstance(wanted, str) else wanted

    def compare(field: Field) -> bool:
        found = field(name)
        found = found.casefold() if isinstance(found, str) else found
        if sign in ("==", "=", "!="):
            return test(found, wanted)
        if found is None:
            return False
        if isinstance(found, str) != isinstance(wanted, str):
            raise wrong()
        return test(found, wanted)

    return compare


def _method(name: str, method: str, wanted: str) -> Test:
    wanted = wanted.casefold()
    tests: dict[str, Callable[[str], bool]] = {
        "contains": lambda text: wanted in text,
        "startswith": lambda text: text.startswith(wanted),
        "endswith": lambda text: text.endswith(wanted),
    }
    test = tests[method]
    return lambda field: test(str(field(name) or "").casefold())


def _tokens(text: str) -> list[tuple[str, str]]:
    made: list[tuple[str, str]] = []
    place = 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None or found.end() == place:
            raise bad_filter(f"Syntax error at position {place} in '{text}'")
        kind = str(found.lastgroup)
        made.append((kind, found[kind]))
        place = found.end()
    return made
