"""Every message that the product makes has words in each language, and says all that it carries."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from bridge.report.texts import LANGUAGES, texts

BRIDGE = Path(__file__).parents[2] / "bridge"
UNSAID = {
    ("cron_refused", "reason"),
    ("no_toml", "reason"),
    ("refused_cut_short", "text"),
    ("refused_not_unpacked", "text"),
    ("refused_uncounted", "entity"),
    ("refused_unreadable", "text"),
    ("refused_way_of_packing", "text"),
    ("state_is_none", "reason"),
}
"""Values that are for programs and logs: what a parser said, in its own English."""


class Made(NamedTuple):
    """One place where a message is made."""

    where: str
    code: str
    values: frozenset[str]


def made_in(source: str, where: str = "") -> Iterator[Made]:
    """The messages that a module makes. A code that is not written out is none."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id == "message":
            code = call.args[0] if len(call.args) == 1 else None
            assert isinstance(code, ast.Constant), f"{where}:{call.lineno}: write the code out"
            names = [keyword.arg for keyword in call.keywords]
            assert None not in names, f"{where}:{call.lineno}: write each value by its name"
            yield Made(f"{where}:{call.lineno}", str(code.value), frozenset(map(str, names)))


def words_in(source: str) -> Iterator[tuple[str, str | None]]:
    """Table and code of each word of another table; None where the code is not written out."""
    for call in ast.walk(ast.parse(source)):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "Word"
        ):
            table, code = call.args
            assert isinstance(table, ast.Constant), "write the table out"
            yield str(table.value), str(code.value) if isinstance(code, ast.Constant) else None


def rooms(text: str) -> frozenset[str]:
    """The names in a text in whose place a value stands."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def faults(made: Made) -> Iterator[str]:
    """Why a message cannot be said in every language, or not wholly."""
    for language in LANGUAGES:
        text = texts(language).tables["details"].get(made.code)
        if text is None:
            yield f"{made.where}: {made.code} has no words in {language}"
            continue
        unsaid = {name for name in made.values if (made.code, name) in UNSAID}
        for name in sorted(rooms(text) - made.values):
            yield f"{made.where}: {made.code} gives no {name}, which {language} says"
        for name in sorted(made.values - unsaid - rooms(text)):
            yield f"{made.where}: {made.code} gives {name}, which {language} does not say"


SOURCES = {
    str(path.relative_to(BRIDGE)): path.read_text(encoding="utf-8")
    for path in sorted(BRIDGE.rglob("*.py"))
    if "sandbox" not in path.parts
}
MADE = [made for where, source in SOURCES.items() for made in made_in(source, where)]


def test_the_messages_are_found() -> None:
    assert len({made.code for made in MADE}) > 250


def test_every_message_has_words_in_each_language_and_says_every_value() -> None:
    assert [fault for made in MADE for fault in faults(made)] == []


def test_no_words_are_left_of_a_message_that_nobody_makes() -> None:
    codes = {made.code for made in MADE}
    for language in LANGUAGES:
        assert set(texts(language).tables["details"]) - codes == set()


def test_every_word_within_a_message_is_in_its_table() -> None:
    for source in SOURCES.values():
        for table, code in words_in(source):
            for language in LANGUAGES:
                assert table in texts(language).tables
                assert code is None or code in texts(language).tables[table]


def test_messages_are_made_in_one_way() -> None:
    """By `message`, whose calls are found above."""
    for where, source in SOURCES.items():
        calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
        names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        assert "Message" not in names or where == "core/message.py", where


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('message("nobody_says_this")', "nobody_says_this has no words in es"),
        ('message("no_loan")', "no_loan gives no loan, which es says"),
        ('message("no_loan", loan=1, day=2)', "no_loan gives day, which es does not say"),
    ],
)
def test_a_message_that_cannot_be_said_is_told(source: str, fault: str) -> None:
    (made,) = made_in(source, "x.py")
    assert f"x.py:1: {fault}" in list(faults(made))


@pytest.mark.parametrize("source", ["message(code)", 'message("no_loan", **values)'])
def test_a_message_whose_code_or_values_are_hidden_is_told(source: str) -> None:
    with pytest.raises(AssertionError, match="write"):
        list(made_in(source))
