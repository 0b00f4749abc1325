"""Templates of memos, descriptions and names: fields in braces, a few filters, nothing executable.

    {reference} · {concept|cut:60} · {date|%d/%m/%Y} · {name|upper} · {ticket|default:no ticket}

A doubled brace stands for itself. `check` says what a person wrote wrongly; `render` never raises:
what is not a known field stays as it was written, and a field without a value is left out together
with the blank before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from bridge.core.message import Message, message
from bridge.core.signs import kept

Value = str | int | Decimal | date | None

FIELDS = frozenset(
    {
        "reference",
        "name",
        "loan",
        "concept",
        "date",
        "currency",
        "collector",
        "route",
        "store",
        "ticket",
        "method",
        "number",
        "corrected",
        "original_date",
    }
)
"""What a template may name. `number` is an instalment's; `corrected` a reference."""

CUT_LONGEST = 4000

_PART = re.compile(r"(?P<blank> ?)(?:(?P<brace>\{\{|\}\})|\{(?P<inside>[^{}]*)\})")
_FIELD = re.compile(r"[a-z_]+")
_DAY_CODES: dict[str, Callable[[date], str]] = {
    "%d": lambda day: f"{day.day:02}",
    "%m": lambda day: f"{day.month:02}",
    "%y": lambda day: f"{day.year % 100:02}",
    "%Y": lambda day: f"{day.year:04}",
    "%%": lambda day: "%",
}
_WORDS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "trim": lambda text: " ".join(text.split()),
}
_WITH_NUMBER: dict[str, Callable[[str, int], str]] = {
    "cut": lambda text, length: text[:length],
    "last": lambda text, length: text[-length:],
}
FILTERS = (*_WORDS, *(f"{name}:N" for name in _WITH_NUMBER), "default:TEXT", "%d/%m/%Y")
"""The filters there are, as a person would write them."""


def render(template: str, values: Mapping[str, Value]) -> str:
    """The template with its fields filled in, of signs that every accounting system takes."""

    def filled(part: re.Match[str]) -> str:
        blank, brace, inside = part.group("blank", "brace", "inside")
        if brace:
            return blank + brace[0]
        name, *filters = inside.split("|")
        if name not in values and name not in FIELDS:
            return part.group()
        text = _filtered(values.get(name), filters)
        return blank + text if text else ""

    return kept(_PART.sub(filled, template))


def check(template: str, allowed: Collection[str] = FIELDS) -> list[Message]:
    """The mistakes in a template, one message for each; empty when there is none."""
    mistakes = [mistake for inside in _insides(template) for mistake in _wrong(inside, allowed)]
    if "{" in (rest := _PART.sub("", template)) or "}" in rest:
        mistakes.append(message("template_brace"))
    return mistakes


def fields_of(template: str) -> set[str]:
    """The names that a template uses."""
    return {inside.split("|")[0] for inside in _insides(template)}


def _insides(template: str) -> Iterator[str]:
    found = (part.group("inside") for part in _PART.finditer(template))
    return (inside for inside in found if inside is not None)


def _filtered(value: Value, filters: list[str]) -> str:
    text = _plain(value)
    for filter in filters:
        name, _, argument = filter.partition(":")
        if filter.startswith("%"):
            text = _day(value, filter) if isinstance(value, date) else text
        elif name in _WORDS:
            text = _WORDS[name](text)
        elif name in _WITH_NUMBER and _length(argument):
            text = _WITH_NUMBER[name](text, _length(argument))
        elif name == "default":
            text = text or argument
    return text


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else kept(str(value))


def _day(day: date, pattern: str) -> str:
    return re.sub(r"%[dmyY%]", lambda code: _DAY_CODES[code.group()](day), pattern)


def _length(argument: str) -> int:
    """The number given to a filter; 0 when it is none."""
    if re.fullmatch(r"[0-9]{1,4}", argument) is None:
        return 0
    return min(int(argument), CUT_LONGEST)


def _wrong(inside: str, allowed: Collection[str]) -> Iterator[Message]:
    name, *filters = inside.split("|")
    if name not in allowed:
        yield message("template_field", name=f"{{{name}}}", near=_nearest(name, allowed))
    for filter in filters:
        kind, _, argument = filter.partition(":")
        if filter.startswith("%"):
            if unknown := set(re.findall(r"%.?", filter)) - set(_DAY_CODES):
                codes = ", ".join(sorted(unknown))
                yield message("template_date", codes=codes)
        elif kind in _WITH_NUMBER:
            if not _length(argument):
                yield message("template_number", filter=filter, most=CUT_LONGEST, kind=kind)
        elif kind != "default" and (kind not in _WORDS or argument):
            yield message("template_filter", filter=filter, near=_nearest(kind, FILTERS))


def _nearest(word: str, choices: Collection[str]) -> Message:
    near = get_close_matches(word.strip().lower(), sorted(choices), n=1)
    if near:
        return message("did_you_mean_bare", word=near[0])
    return message("there_are", choices=sorted(choices))
