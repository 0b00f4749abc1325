"""Reading a TOML file that a person edits: every mistake at once, each with its line and a way out.

Numbers with decimals are read exactly. `load` turns what pydantic says about a file into problems
that name file, line, table, key and value, and the nearest valid choice.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from bridge.core.message import Detail, Message, message
from bridge.errors import ConfigurationError, Problem
from bridge.odd_values import odd

Place = tuple[str | int, ...]
"""Where a value is: ("deposits", 1, "account")."""

Check = Callable[[Any], Iterable[tuple[Place, Detail, Detail]]]
"""A rule across values: yields (place, what, fix)."""

ModelT = TypeVar("ModelT", bound=BaseModel)

_OURS = "bridge"
_SIZE_MAX = 4_000_000


@dataclass(frozen=True)
class TomlFile:
    """A file that is valid TOML, and on which line each of its values begins."""

    path: Path
    content: dict[str, Any]
    text: str

    @cached_property
    def lines(self) -> dict[Place, int]:
        """Line by place. Only who tells a problem asks, and it takes as long as the reading."""
        return _Positions(self.text).found

    def where(self, place: Place) -> str:
        """`mappings/quickbooks.toml:12 [lines.interest] item`."""
        known = place
        while known and known not in self.lines:
            known = known[:-1]
        line = f":{self.lines[known]}" if known else ""
        return f"{shown(self.path)}{line} {spelled(place)}".strip()


def refusal(what: Detail, fix: Detail = "") -> PydanticCustomError:
    """The error that a validator raises when a value is wrong: what of it, and what would be
    right."""
    return PydanticCustomError(_OURS, "{what}", {"what": what, "fix": fix})


def nearest(word: str, choices: Collection[str]) -> Detail:
    """A sentence with the choice that was probably meant, or with all of them."""
    by_lower = {choice.lower(): choice for choice in choices}
    near = get_close_matches(word.strip().lower(), sorted(by_lower), n=1, cutoff=0.55)
    if near:
        return message("did_you_mean", word=by_lower[near[0]])
    listed = sorted(choices)[:40]
    return message("choose_one", choices=listed) if listed else ""


def shown(path: Path) -> str:
    """The path as the person sees it: from the folder they are in when it is below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError, RuntimeError):  # RuntimeError: links that lead in a circle
        return str(path)


def meant(word: str, choices: Collection[str]) -> Message | None:
    """A sentence with the choice that was probably meant; None where nothing is like it."""
    near = nearest(word, choices)
    is_one = isinstance(near, Message) and near.code == "did_you_mean"
    return near if isinstance(near, Message) and is_one else None


def spelled(place: Place) -> str:
    """`[lines.interest] item`; the elements of a list count from 1: `[deposits 2] account`."""
    names = [f" {part + 1}" if isinstance(part, int) else f".{part}" for part in place]
    table = "".join(names[:-1]).lstrip(".")
    last = names[-1].lstrip(". ") if names else ""
    if place and isinstance(place[-1], int):
        return f"[{''.join(names).lstrip('.')}]"
    return f"[{table}] {last}" if table else last


def read(path: Path) -> TomlFile:
    """The file as it is. Raises ConfigurationError when it is not there or not valid TOML."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        fix = message("run_init")
        raise _one(Problem(shown(path), message("no_such_file"), fix)) from error
    except OSError as error:
        fix = message("right_to_read")
        raise _one(
            Problem(shown(path), message("unreadable_because", reason=error.strerror or ""), fix)
        ) from error
    if len(raw) > _SIZE_MAX:
        raise _one(Problem(shown(path), message("too_large_file"), message("right_one")))
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fix = message("save_utf8")
        raise _one(Problem(f"{shown(path)}:{line}", message("not_utf8"), fix)) from error
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise _one(_syntax_problem(path, text, str(error))) from error
    return TomlFile(path, content, text)


def load(path: Path, model: type[ModelT], checks: Iterable[Check] = ()) -> ModelT:
    """The file as a checked value. Raises ConfigurationError with every problem in it."""
    file = read(path)
    try:
        value = model.model_validate(file.content)
    except ValidationError as error:
        problems = problems_of(error, model, file.where)
        raise wrong(shown(path), problems) from error
    problems = [
        Problem(file.where(place), what, fix)
        for check in checks
        for place, what, fix in check(value)
    ]
    if problems:
        raise wrong(shown(path), problems)
    return value


def wrong(name: str, problems: list[Problem]) -> ConfigurationError:
    """The error for a file with these problems."""
    if len(problems) == 1:
        return ConfigurationError(message("file_problem", file=name), problems)
    return ConfigurationError(message("file_problems", file=name, count=len(problems)), problems)


def problems_of(
    error: ValidationError, model: type[BaseModel], where: Callable[[Place], Detail]
) -> list[Problem]:
    """Everything pydantic found, in our words."""
    problems = [_problem(details, model, where) for details in error.errors()]
    return sorted(problems, key=lambda problem: _by_line(str(problem.where)))


def _by_line(where: str) -> tuple[str, int]:
    line = re.match(r"(.*?):(\d+)", where)
    return (line.group(1), int(line.group(2))) if line else (where, 0)


def _one(problem: Problem) -> ConfigurationError:
    file = str(problem.where).split(":")[0]
    return ConfigurationError(message("file_unusable", file=file), [problem])


def _syntax_problem(path: Path, text: str, said: str) -> Problem:
    line = re.search(r"at line (\d+), column (\d+)", said)
    number = int(line.group(1)) if line else text.count("\n") + 1
    lines = text.splitlines()
    value = lines[number - 1].strip()[:60] if 0 < number <= len(lines) else ""
    what = message("no_toml", value=value, reason=said.split(" (at", maxsplit=1)[0])
    fix = message("toml_quotes")
    return Problem(f"{shown(path)}:{number}", what, fix)


def _problem(
    details: ErrorDetails, model: type[BaseModel], where: Callable[[Place], Detail]
) -> Problem:
    place: Place = tuple(part for part in details["loc"] if part != "[key]")
    context = details.get("ctx", {})
    kind, value = details["type"], details["input"]
    if kind == _OURS:
        return Problem(where(place), context["what"], context["fix"])
    if kind == "extra_forbidden":
        key = str(place[-1])
        return Problem(where(place), message("key_unknown", key=key), _key_fix(key, model, place))
    if kind == "missing":
        return Problem(where(place), message("is_missing"), message("add_line", key=str(place[-1])))
    if kind in ("literal_error", "enum"):
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        return Problem(
            where(place), message("not_known_here", value=quoted(value)), _choice(value, choices)
        )
    fix: Detail = _FIXES.get(kind, "")
    if kind == "string_type" and isinstance(value, int | Decimal):
        fix = message("write_in_quotes", value=str(value))
    if kind == "tuple_type" and isinstance(value, str):
        fix = message("write_in_brackets", value=value)
    return Problem(where(place), odd(kind, quoted(value), context), fix)


_FIXES = {
    "string_type": message("fix_text"),
    "tuple_type": message("fix_list"),
    "bool_parsing": message("fix_bool"),
    "bool_type": message("fix_bool"),
    "int_parsing": message("fix_whole"),
    "int_type": message("fix_whole"),
    "int_from_float": message("fix_entire"),
    "decimal_parsing": message("fix_decimal"),
    "decimal_type": message("fix_decimal"),
    "date_parsing": message("fix_date"),
    "date_from_datetime_parsing": message("fix_date"),
    "date_type": message("fix_date"),
    "time_parsing": message("fix_time"),
    "time_type": message("fix_time"),
    "greater_than": message("fix_larger"),
    "greater_than_equal": message("fix_larger"),
    "less_than_equal": message("fix_smaller"),
    "model_type": message("fix_table"),
    "dict_type": message("fix_table"),
}


def quoted(value: object) -> str:
    """A value as it stands in the file, cut when it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value) if not isinstance(value, str) else f'"{value}"'
    return text if len(text) <= 80 else text[:77] + "…"


def _choice(value: object, choices: list[str]) -> Message:
    listed = message("choose_one", choices=choices)
    hint = meant(str(value), choices)
    return message("hint_and_list", hint=hint, listed=listed) if hint else listed


def _key_fix(key: str, model: type[BaseModel], place: Place) -> Detail:
    if re.search(r"secret|password|token|refresh", key, re.IGNORECASE):
        return message("secrets_in_keyring")
    return nearest(key, _keys_at(model, place[:-1]))


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    """The keys that the table at this place may have."""
    kind: Any = model
    for part in place:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = names[str(part)].annotation if str(part) in names else None
        else:
            kind = next((inner for inner in _inside(kind)), None)
        while get_origin(kind) is not None and not _is_container(kind):
            kind = next((inner for inner in _inside(kind)), None)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [field.alias or name for name, field in kind.model_fields.items()]
    return []


def _is_container(kind: Any) -> bool:
    return get_origin(kind) in (dict, tuple, list)


def _inside(kind: Any) -> Iterator[Any]:
    """The types of a container's or union's values, models first."""
    inner = [each for each in get_args(kind) if each not in (type(None), Ellipsis)]
    if get_origin(kind) is dict:
        inner = inner[1:]
    yield from sorted(inner, key=lambda each: not isinstance(each, type))


_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\])*"' r"|'[^']*'", re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}\n#]*")
_BLANK = re.compile(r"[ \t\n\r]*(?:#[^\n]*[ \t\n\r]*)*")
_SPACE = re.compile(r"[ \t]*")


class _Positions:
    """The line of every key and list element of a text known to be valid TOML."""

    def __init__(self, text: str) -> None:
        self.found: dict[Place, int] = {}
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._tables: dict[Place, int] = {}
        self._document()

    def _document(self) -> None:
        table: Place = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self) -> Place:
        start, many = self._at, self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        names = self._key()
        self._at += 2 if many else 1
        place: Place = ()
        for name in names[:-1]:
            place = (*place, name)
            if place in self._tables:
                place = (*place, self._tables[place])
        place = (*place, names[-1])
        self._note(place, start)
        if many:
            self._tables[place] = self._tables.get(place, -1) + 1
            place = (*place, self._tables[place])
            self._note(place, start)
        return place

    def _pair(self, table: Place) -> None:
        start = self._at
        place = table
        for name in self._key():
            place = (*place, name)
            self._note(place, start)
        self._at += 1
        self._value(place)

    def _key(self) -> list[str]:
        names = []
        while True:
            self._skip(_SPACE)
            if self._text[self._at] in "\"'":
                names.append(tomllib.loads(f"key = {self._skip(_STRING)}")["key"])
            else:
                names.append(self._skip(_BARE_KEY))
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return names
            self._at += 1

    def _value(self, place: Place) -> None:
        self._skip(_SPACE)
        match self._text[self._at]:
            case "[":
                self._inside("]", lambda number: self._element((*place, number)))
            case "{":
                self._inside("}", lambda number: self._pair(place))
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_BARE_VALUE)

    def _inside(self, end: str, each: Callable[[int], None]) -> None:
        self._at += 1
        number = 0
        self._skip(_BLANK)
        while self._text[self._at] != end:
            each(number)
            number += 1
            self._skip(_BLANK)
            if self._text[self._at] == ",":
                self._at += 1
                self._skip(_BLANK)
        self._at += 1

    def _element(self, place: Place) -> None:
        self._note(place, self._at)
        self._value(place)

    def _note(self, place: Place, at: int) -> None:
        self.found.setdefault(place, bisect_right(self._starts, at))

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        assert match is not None, "the text was valid TOML"
        self._at = match.end()
        return match.group()
