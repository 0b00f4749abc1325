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


def _templates(mapping: BooksMapping) -> Iterator[tuple[Place, str, str]]:
    written: list[tuple[Place, str]] = [
        *((("lines", purpose, "description"), rule.description)
          for purpose, rule in mapping.lines.items()),
        *((("memos", key), text) for key, text in mapping.memos.model_dump().items()),
        *((("customers", key), getattr(mapping.customers, key))
          for key in ("name", "suffix", "currency_suffix")),
    ]  # fmt: skip
    for place, text in written:
        for mistake in templates.check(text):
            yield place, f"{tomlfiles.quoted(text)} is not a template:", mistake


def _names(mapping: BooksMapping) -> Iterator[tuple[Place, str, str]]:
    rules = mapping.customers
    needed = {
        "name": (rules.name, {"name", "reference"}, "{name}"),
        "suffix": (rules.suffix, {"reference"}, "{reference}"),
        "currency_suffix": (rules.currency_suffix, {"currency"}, "{currency}"),
    }
    for key, (text, fields, example) in needed.items():
        if not templates.fields_of(text) & fields:
            what = f"{tomlfiles.quoted(text)} would give several borrowers one name."
            yield ("customers", key), what, f"Put {example} into it."


def _lines(mapping: BooksMapping) -> Iterator[tuple[Place, str, str]]:
    for purpose, rule in mapping.lines.items():
        if not rule.item and not rule.account:
            fix = f'Add item = "…" or account = "…" under [lines.{purpose}].'
            yield ("lines", purpose), "names neither item nor account.", fix


def _deposits(mapping: BooksMapping) -> Iterator[tuple[Place, str, str]]:
    conditions = ("method", "collector", "route", "store", "currency")
    taken = False
    if not mapping.deposits:
        yield ("deposits",), "has no rule.", 'Add [[deposits]] with account = "…".'
    for number, rule in enumerate(mapping.deposits):
        if taken:
            what = "is never reached: a rule without conditions stands before it."
            yield ("deposits", number), what, "Move the rule without conditions to the end."
        taken = taken or not any(getattr(rule, key) for key in conditions)
        for place, code in enumerate(rule.currency):
            yield from _currency(("deposits", number, "currency", place), code)
    if mapping.deposits and not taken:
        what = "has conditions, so that some payments would have no account."
        fix = "End with a rule that has only an account."
        yield ("deposits", len(mapping.deposits) - 1), what, fix


def _currencies(mapping: BooksMapping) -> Iterator[tuple[Place, str, str]]:
    for code, rules in mapping.currencies.items():
        yield from _currency(("currencies", code), code)
        days = [entry.from_date for entry in rules.rates]
        for number, day in enumerate(days):
            if day in days[:number]:
                place: Place = ("currencies", code, "rates", number)
                yield place, f"has a second rate from {day}.", "Keep one of the two."


def _currency(place: Place, code: str) -> Iterator[tuple[Place, str, str]]:
    known = set(EXPONENTS) - {NO_CURRENCY}
    if code not in known:
        yield place, f'"{code}" is not a currency code.', tomlfiles.nearest(code, known)


BOOKS_CHECKS = (_templates, _names, _lines, _deposits, _currencies)
