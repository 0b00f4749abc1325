"""Mapping files as checked values: the rules that need no company to be checked.

What needs the live chart of accounts is checked when a run begins
(`core/mapping/mapping_file.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bridge import tomlfiles
from bridge.core.mapping import templates
from bridge.core.mapping.mapping_file import BooksMapping
from bridge.core.message import Detail, message
from bridge.core.money import EXPONENTS, NO_CURRENCY
from bridge.source import registry as ledgers
from bridge.source.questions import Question
from bridge.tomlfiles import Place


def load_books_mapping(path: Path) -> BooksMapping:
    """`mappings/<system>.toml`. Raises ConfigurationError with every problem."""
    return tomlfiles.load(path, BooksMapping, BOOKS_CHECKS)


def load_ledger_mapping(kind: str, path: Path) -> Any:
    """`mappings/<ledger>.toml`. Raises ConfigurationError with every problem."""
    declared = ledgers.about(kind)
    mapping = tomlfiles.load(path, ledgers.part(declared.mapping))
    check = ledgers.part(declared.check) if declared.check else None
    problems = check(mapping, tomlfiles.shown(path)) if check else []
    if problems:
        raise tomlfiles.wrong(tomlfiles.shown(path), problems)
    return mapping


def open_questions(kind: str, path: Path) -> tuple[Question, ...]:
    """The questions that a file of this ledger may leave open and that the mapping does not answer
    yet, in the order in which they are asked."""
    mapping = load_ledger_mapping(kind, path)
    return tuple(
        question
        for question in ledgers.questions(kind)
        if question.any_currency or getattr(mapping, question.key) == question.shipped
    )


def _templates(mapping: BooksMapping) -> Iterator[tuple[Place, Detail, Detail]]:
    written: list[tuple[Place, str]] = [
        *((("lines", purpose, "description"), rule.description)
          for purpose, rule in mapping.lines.items()),
        *((("memos", key), text) for key, text in mapping.memos.model_dump().items()),
        *((("customers", key), getattr(mapping.customers, key))
          for key in ("name", "suffix", "currency_suffix")),
    ]  # fmt: skip
    for place, text in written:
        for mistake in templates.check(text):
            yield place, message("no_template", text=tomlfiles.quoted(text)), mistake


def _names(mapping: BooksMapping) -> Iterator[tuple[Place, Detail, Detail]]:
    rules = mapping.customers
    needed = {
        "name": (rules.name, {"name", "reference"}, "{name}"),
        "suffix": (rules.suffix, {"reference"}, "{reference}"),
        "currency_suffix": (rules.currency_suffix, {"currency"}, "{currency}"),
    }
    for key, (text, fields, example) in needed.items():
        if not templates.fields_of(text) & fields:
            what = message("one_name", text=tomlfiles.quoted(text))
            yield ("customers", key), what, message("put_into_it", example=example)


def _lines(mapping: BooksMapping) -> Iterator[tuple[Place, Detail, Detail]]:
    for purpose, rule in mapping.lines.items():
        if not rule.item and not rule.account:
            fix = message("line_add", purpose=purpose)
            yield ("lines", purpose), message("line_names_none"), fix


def _deposits(mapping: BooksMapping) -> Iterator[tuple[Place, Detail, Detail]]:
    conditions = ("method", "collector", "route", "store", "currency")
    taken = False
    if not mapping.deposits:
        yield ("deposits",), message("has_no_rule"), message("deposits_add")
    for number, rule in enumerate(mapping.deposits):
        if taken:
            what = message("never_reached")
            yield ("deposits", number), what, message("move_to_end")
        taken = taken or not any(getattr(rule, key) for key in conditions)
        for place, code in enumerate(rule.currency):
            yield from _currency(("deposits", number, "currency", place), code)
    if mapping.deposits and not taken:
        what = message("has_conditions")
        fix = message("end_with_account")
        yield ("deposits", len(mapping.deposits) - 1), what, fix


def _currencies(mapping: BooksMapping) -> Iterator[tuple[Place, Detail, Detail]]:
    for code, rules in mapping.currencies.items():
        yield from _currency(("currencies", code), code)
        days = [entry.from_date for entry in rules.rates]
        for number, day in enumerate(days):
            if day in days[:number]:
                place: Place = ("currencies", code, "rates", number)
                yield place, message("second_rate", day=day), message("keep_one")


def _currency(place: Place, code: str) -> Iterator[tuple[Place, Detail, Detail]]:
    known = set(EXPONENTS) - {NO_CURRENCY}
    if code not in known:
        yield place, message("no_currency_code", code=code), tomlfiles.nearest(code, known)


BOOKS_CHECKS = (_templates, _names, _lines, _deposits, _currencies)
