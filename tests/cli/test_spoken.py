"""What people read at a terminal: every sentence of these modules in the three languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge import instance
from bridge.cli import failures, main
from bridge.cli.languages import LANGUAGES
from bridge.cli.spoken import FORMS, pattern, spoken
from bridge.cli.words_of_sync import HEADS
from tests.cli.small_lender import Lender

ROOT = Path(__file__).parents[2] / "bridge"
MODULES = sorted(
    [
        *(ROOT / "store").glob("*.py"),
        ROOT / "credentials.py",
        *(ROOT / "cli" / f"{name}.py" for name in ("backup", "paths", "plans", "restore")),
        *(ROOT / "cli" / f"{name}.py" for name in ("main", "reports", "session", "sync")),
    ]
)
RAISED = re.compile(
    r"(?:\w*Error|Damaged|damaged|Problem|Refused|TryLater|Unreadable|\w+Needed|error)"
)
OUR_OWN = {"ValueError", "TypeError", "AssertionError", "RuntimeError", "PasswordDeleteError"}
"""Mistakes of ours, and what another library is told: nobody reads them."""
SAID = {"line", "say"}


def sentences(path: Path) -> Iterator[str]:
    """What is raised or said there, with `‹1›` and so on where something is filled in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        said = name in SAID and getattr(getattr(node.func, "value", None), "id", "") == "out"
        if name in OUR_OWN or not (said or RAISED.fullmatch(name)):
            continue
        for argument in node.args[: 1 if said else None]:
            told = _text(argument)
            if " " in re.sub(r"‹.+?›", "", told).strip(" :();"):
                yield told


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as value):
            return value
        case ast.JoinedStr(values=values):
            parts = [
                each.value if isinstance(each, ast.Constant) else _filled(each) for each in values
            ]
            return "".join(map(str, parts))
        case _:
            return ""


def _filled(node: ast.expr) -> str:
    """A value that shows where it is, the same for the same; where a count stands, a count."""
    told = ast.unparse(node).strip("f'{}")
    counts = ("changes", "touched", "waited", "len(")
    return "7" if any(word in told for word in counts) else f"‹{told.split('!')[0]}›"


CASES = [
    pytest.param(told, id=f"{path.stem}-{told[:60]}")
    for path in MODULES
    for told in sentences(path)
]


@pytest.mark.parametrize("language", ["es", "pt"])
@pytest.mark.parametrize("told", CASES)
def test_every_sentence_has_its_form_in_the_other_languages(told: str, language) -> None:
    said = spoken(told, language)
    assert said != told
    assert set(re.findall(r"‹.+?›", said)) == set(re.findall(r"‹.+?›", told))


def constants() -> Iterator[str]:
    yield from (f"{words} and run again. Nothing is lost." for words in failures._DISK.values())
    yield from (f"{words} and run again. Nothing is lost." for words in failures._STORE.values())
    rest = "Look at bridge.toml, or name another one."
    yield from (f"{words} /srv/x. {rest}" for words in failures._PLACE.values())
    yield "This user has no right to /srv/x. Give it the right and run again. Nothing is lost."
    yield from (each.format("812") for each in (instance.AT_WORK, instance.SERVED))
    yield from (f"Stopped. {left}" for left in main.STOPPED.values())
    yield from ("clean: 3 changes", "clean: nothing to do", "person: 2 tasks for a person: x")
    yield (
        "The state store is damaged. Nothing is sent. Put the newest backup in its place: "
        "ledger-bridge restore FILE. Without one: ledger-bridge rebuild."
    )
    yield "The state store does not answer. Check [state] url and run again."


ENGLISH = re.compile(r"\b(?:the|The|is|and|of|disk|file|again|Nothing|There|this|This)\b")


@pytest.mark.parametrize("language", ["es", "pt"])
@pytest.mark.parametrize("told", constants())
def test_what_a_disk_or_a_store_refuses_is_said_without_english(told: str, language) -> None:
    assert not ENGLISH.search(spoken(told, language))


def test_each_form_says_all_that_is_filled_in_and_is_taken_for_no_other() -> None:
    for english, *others in FORMS:
        names = set(re.findall(r"\{(\w+)\}", english))
        for each in others:
            assert set(re.findall(r"\{(\w+)\}", each)) == names, english
        assert pattern(english).fullmatch(re.sub(r"\{\w+\}", "4", english)), english


def test_what_is_of_no_form_stays_as_it_is() -> None:
    for told in ("", "xero: the provider's own words", "3 rows: changes"):
        assert spoken(told, "es") == told


def test_what_is_inside_is_said_too_and_a_system_goes_first() -> None:
    inside = (
        "The state store /x is damaged (binding has 3 rows, and had 9; page 4: bad). Nothing was "
        "sent. Put the newest backup in its place: ledger-bridge restore FILE. Without one: "
        "ledger-bridge rebuild, which sets the damaged file aside and makes the state anew from "
        "the ledger and the books."
    )
    assert "(binding tiene 3 filas, y tenía 9; page 4: bad)" in spoken(inside, "es")
    assert spoken("xero: nothing to do", "pt") == "xero: nada a fazer"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_heads_of_a_pass_are_as_many_in_each_language(language) -> None:
    assert len(HEADS[language]) == 10
    assert [h[0] == ">" for h in HEADS[language]] == [h[0] == ">" for h in HEADS["en"]]


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("es_CO.UTF-8", ["sistema", "en duda", "Cartera del", "en orden:"]),
        ("pt_BR.UTF-8", ["sistema", "em dúvida", "Carteira de", "em ordem:"]),
        ("C.UTF-8", ["system", "in doubt", "Ledger of", "clean:"]),
    ],
)
def test_a_pass_is_told_in_the_language_of_the_terminal(
    lender: Lender, monkeypatch, locale, words
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    code, out, _ = lender.run("sync")
    assert code == 0
    for word in words:
        assert word in out
    (lender.folder / "state" / "sandbox.db").write_bytes(b"no database at all" * 999)
    code, _, err = lender.run("sync")
    assert code == 78
    assert ("damaged" in err) == (locale == "C.UTF-8")
    assert lender.json("sync", code=78)["error"].startswith("The state store")
