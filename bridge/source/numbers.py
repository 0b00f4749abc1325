"""One number as people write it, exactly, or none: a cell that could mean another one is not read.

`1.234` is one thousand two hundred thirty-four in Bogotá and one point two three four in
Guadalajara (FACTS L5): what a cell's form says of the convention is told, and its column decides.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum

import msgspec

_LONGEST = 40
_LEFTOVER = 7
"""Decimals from which a number is what a program leaves of a division: nobody types them."""
_BLANKS = " \u00a0\u2009\u202f"
_APOSTROPHES = "'’‘`´ʼ′"
_SHAPE = re.compile(
    r"(?P<before>(?:[^0-9.,]|(?<=[A-Za-z/])\.)*)"
    rf"(?P<digits>[.,]?[0-9](?:[0-9.,{_APOSTROPHES}{_BLANKS}]*[0-9])?)"
    r"(?P<power>[eE][+-]?[0-9]{1,2})?"
    r"(?P<cents>[.,][oO]{2}(?![A-Za-z])|[.,] ?[-–—=]{1,2})?"
    r"(?P<after>[^0-9]*)"
)
"""Signs and words, digits, then `,oo` (zeros typed as letters) or `.-` (no cents)."""
_APART = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]{1,2})?")
_BY_APOSTROPHES = re.compile(r"[1-9][0-9]{0,2}('[0-9]{3})+(?:[.,][0-9]{1,2})?")
_MILLIONS = re.compile(r"([1-9][0-9]{0,2})'([0-9]{3})([.,])([0-9]{3})(?:([.,])([0-9]{1,2}))?")
_MANTISSA = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_PAID = re.compile(
    rf"(?i:(?:abon|pag|entreg|consign|transf)\w*|dio|deu)\s*:?\s*([$ ]*[0-9][0-9.,{_APOSTROPHES}]*)"
)


class Form(Enum):
    """The evidence that the way a number is written gives about the convention of its column."""

    SILENT = "silent"
    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    AMBIGUOUS = "ambiguous"
    """One separator and three digits: thousands or thousandths, by the convention only."""


class Number(msgspec.Struct, frozen=True):
    """A number read from text, exactly as written."""

    value: Decimal
    form: Form
    marks: tuple[str, ...] = ()
    """Signs and words beside the digits: `$`, `US$`, `pesos`, `M/CTE`."""
    scientific: bool = False
    misgrouped: bool = False
    """Whether a sign is missing or too much between its thousands: `2500.000`, `50.0000`."""


def read_number(text: str, grouping: str) -> Number | None:
    """The number, with `grouping` (`.` or `,`) between thousands; None when it is not one."""
    if len(text) > _LONGEST:
        return None
    match = _SHAPE.fullmatch(text.strip().lstrip(_APOSTROPHES))
    if match is None:
        return None
    before, after = _beside(match["before"], "("), _beside(match["after"], ")")
    if before is None or after is None or before.bracket != after.bracket:
        return None
    if before.minus + after.minus + before.bracket > 1:
        return None
    written = _written(match, grouping)
    if written is None:
        return None
    plain, form, misgrouped = written
    value = Decimal(plain + (match["power"] or ""))
    marks = tuple(mark for mark in (before.mark, after.mark) if mark)
    negative = before.minus or after.minus or before.bracket
    return Number(
        -value if negative else value, form, marks, match["power"] is not None, misgrouped
    )


def paid_number(text: str, grouping: str) -> Decimal | None:
    """The one number in words such as `abonó 50.000`: a hint for a person, never posted.

    Any word besides, `mil` above all, could make another number of it: then there is none.
    """
    match = _PAID.fullmatch(text.strip())
    number = read_number(match[1], grouping) if match else None
    return None if number is None or number.misgrouped else number.value


class _Beside(msgspec.Struct, frozen=True):
    mark: str
    minus: bool
    bracket: bool


def _beside(text: str, bracket: str) -> _Beside | None:
    """The signs that stand on one side of the digits; None when that is more than a sign and a
    mark."""
    minus = sum(text.count(sign) for sign in "-−")
    brackets = text.count(bracket)
    if minus > 1 or brackets > 1:
        return None
    mark = text.replace("-", "").replace("−", "").replace(bracket, "").strip()
    return _Beside(mark, bool(minus), bool(brackets))


def _written(match: re.Match[str], grouping: str) -> tuple[str, Form, bool] | None:
    """The digits as machines write them, what their form says, and whether it is in doubt."""
    digits = re.sub(f"[{_APOSTROPHES}]", "'", re.sub(f"[{_BLANKS}]", " ", match["digits"]))
    cents = match["cents"] or ""
    if match["power"]:
        if cents or not _MANTISSA.fullmatch(digits):
            return None
        return digits.replace(",", "."), Form.SILENT, False
    if cents and cents[-1] not in "oO":
        return _without_cents(digits, grouping)
    if cents:
        digits += f"{cents[0]}00"
    if " " in digits:
        return _by_blanks(digits, grouping)
    if "'" in digits:
        return _by_apostrophes(digits, grouping)
    return _by_points(digits, grouping)


def _without_cents(digits: str, grouping: str) -> tuple[str, Form, bool] | None:
    """`50.000.-`: the mark ends whole units, so that every sign before it groups."""
    if digits.isdecimal():
        return digits, Form.SILENT, False
    if "'" in digits or " " in digits:
        read = _by_apostrophes(digits, grouping) if "'" in digits else _by_blanks(digits, grouping)
        return read if read and "." not in read[0] else None
    for sign in ".,":
        if _grouped(digits, sign):
            form = Form.AGREES if sign == grouping else Form.CONTRADICTS
            return digits.replace(sign, ""), form, False
    return None


def _by_blanks(digits: str, grouping: str) -> tuple[str, Form, bool] | None:
    """`1 234 567,89`. Three digits after a last sign could be thousands as well: not read."""
    if not _APART.fullmatch(digits):
        return None
    whole = digits.replace(" ", "")
    return whole.replace(",", "."), _decimals_say(whole, grouping), False


def _by_apostrophes(digits: str, grouping: str) -> tuple[str, Form, bool] | None:
    """`2'500.000`, and `1'234'567,89`. `2'500` alone may be short for millions: not read."""
    if match := _MILLIONS.fullmatch(digits):
        millions, thousands, sign, units, point, cents = match.groups()
        if sign != grouping or point == sign:
            return None
        return f"{millions}{thousands}{units}.{cents or '0'}", Form.AGREES, False
    match = _BY_APOSTROPHES.fullmatch(digits)
    if match is None or (digits.count("'") == 1 and match.end(1) == len(digits)):
        return None
    whole = digits.replace("'", "")
    return whole.replace(",", "."), _decimals_say(whole, grouping), False


def _decimals_say(whole: str, grouping: str) -> Form:
    if whole.isdecimal():
        return Form.SILENT
    return Form.CONTRADICTS if grouping in whole else Form.AGREES


def _by_points(digits: str, grouping: str) -> tuple[str, Form, bool] | None:
    """`1.234.567,89`, `1,234,567.89` and their parts."""
    dots, commas = digits.count("."), digits.count(",")
    if not dots and not commas:
        return digits, Form.SILENT, False
    if dots and commas:
        point = "." if digits.rfind(".") > digits.rfind(",") else ","
        whole, _, decimals = digits.rpartition(point)
        separator = "," if point == "." else "."
        typed = len(decimals) <= 2 or len(decimals) >= _LEFTOVER
        if not typed or point in whole or not _grouped(whole, separator):
            return None
        form = Form.AGREES if separator == grouping else Form.CONTRADICTS
        return f"{whole.replace(separator, '')}.{decimals}", form, False
    sign = "." if dots else ","
    if dots + commas > 1:
        if not _grouped(digits, sign):
            return None
        form = Form.AGREES if sign == grouping else Form.CONTRADICTS
        return digits.replace(sign, ""), form, False
    return _lone_separator(digits, sign, grouping)


def _lone_separator(digits: str, sign: str, grouping: str) -> tuple[str, Form, bool] | None:
    whole, _, tail = digits.partition(sign)
    groups = sign == grouping
    if len(tail) == 3 and 1 <= len(whole) <= 3:
        if whole[0] != "0":
            return (whole + tail if groups else f"{whole}.{tail}"), Form.AMBIGUOUS, False
        if groups:
            # `0.500` of pesos: five hundred with a zero too much, or half a peso?
            return f"{whole}.{tail}", Form.AMBIGUOUS, len(whole) > 1
    if not whole and (groups or len(tail) > 2):
        return None
    form = Form.CONTRADICTS if groups else Form.AGREES
    # `2500.000` lacks a sign and `50.0000` has a digit too much, if the sign groups.
    misgrouped = groups and (len(tail) == 3 or (3 < len(tail) < _LEFTOVER and len(whole) <= 3))
    return f"{whole or '0'}.{tail}", form, misgrouped


def _grouped(whole: str, separator: str) -> bool:
    """Whether a whole number has the sign between all of its thousands and nowhere else."""
    first, *groups = whole.split(separator)
    return (
        1 <= len(first) <= 3
        and first[0] != "0"
        and all(part.isdecimal() for part in (first, *groups))
        and bool(groups)
        and all(len(group) == 3 for group in groups)
    )
