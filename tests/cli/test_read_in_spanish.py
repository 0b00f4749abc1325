"""What a person in a Spanish-speaking country reads at a terminal when something is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bridge.cli.main import main
from bridge.cli.words_of_calls import WORDS, said

ENGLISH = re.compile(
    r"\b(?:the|The|is|are|was|not|There|there|this|This|and|of|to|with|cannot|Write|Choose|Run|"
    r"Add|Put|Give|Name|Look|Make|Set|which|that|needs?|missing|known|problems?|warnings?|ok|"
    r"input|should|valid|required|unrecognized|expected|invalid|usage|options|show|finished)\b"
)
QUOTED = re.compile(
    r"`[^`]*`|\"[^\"]*\"|\[[^]]*\]|/\S+|\S+\.toml\S*|python -m bridge\S*|--[a-z-]+|"
    r"ledger-bridge [a-z ]+|developer\S+|Settings, [^.]*"
)
"""Commands, keys, paths, a product's own menus, and what the person wrote themselves."""

LENDER = """
[lender]
name = "Mi Casa SAS"
timezone = "America/Bogota"
home_currency = "COP"

[source]
kind = "deudores"
path = "."

[systems.quickbooks]
company_id = "9130350000000000"
"""
WRONG = """
[lender]
name = 7
timezone = "America/Bogotá"
locale = "es"
home_currency = "PESOS"
nombre = "x"

[source]
kind = "deudor"

[systems.quickbok]
company_id = ""

[limits]
documents = -1
voids = "many"
shrink_rows_percent = 200

[schedule]
sync = "1 2"
report = "0 6 * * 1-6"

[listen]
port = 0

[state]
url = "postgresql://x"
"""
NO_TOML = "[lender\n"
MAPPING = """
[lines.interest]
description = "{nombre} {date|%Q"
[customers]
name = "x"
[[deposits]]
account = ""
account_number = "7"
"""
SETTINGS = {"none": None, "wrong": WRONG, "no TOML": NO_TOML, "of an example": LENDER}
CALLS = (
    "sync", "sync --system nobody", "sync --approve a --apply b", "sync --list", "status", "tasks",
    "tasks answer X1", "history", "reconcile", "doctor", "mappings check", "mappings check nobody",
    "mappings accounts", "outbox list", "outbox show 7", "drift list", "drift accept", "undo r1",
    "connect quickbooks", "explain DY-1", "export", "export --format xlsx", "backup there/b.db",
    "restore nothing.db", "rebuild", "drift adopt", "sync --apply nothing.json",
)  # fmt: skip
MISUSED = (
    "snyc", "sync --nothing", "sync --system", "reconcile --as-of tomorrow", "outbox show seven",
    "reconcile --format pdf", "", "run --port x", "connect",
)  # fmt: skip


@pytest.fixture(autouse=True)
def in_spanish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "es_CO.UTF-8")
    monkeypatch.chdir(tmp_path)


def read(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, without what is nobody's words."""
    said = capsys.readouterr()
    return QUOTED.sub("", f"{said.out}\n{said.err}")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("settings", SETTINGS)
def test_what_is_refused_is_told_in_spanish(settings: str, call: str, tmp_path: Path, capsys):
    written = SETTINGS[settings]
    if written is not None:
        (tmp_path / "bridge.toml").write_text(written, encoding="utf-8")
        (tmp_path / "mappings").mkdir()
        for name in ("quickbooks", "deudores"):
            (tmp_path / "mappings" / f"{name}.toml").write_text(MAPPING, encoding="utf-8")
    config = [] if written is not None else ["--config", "nowhere.toml"]
    assert main([*config, *call.split()]) != 0
    told = read(capsys)
    assert not ENGLISH.findall(told), told


@pytest.mark.parametrize("call", MISUSED)
def test_a_wrong_call_is_told_in_spanish(call: str, capsys) -> None:
    assert main(call.split()) == 2
    told = read(capsys)
    assert not ENGLISH.findall(told), told


def test_the_headings_of_help_are_in_spanish(capsys) -> None:
    main(["sync", "--help"])
    told = capsys.readouterr().out
    assert told.startswith("uso: ")
    assert "\nopciones:" in told


@pytest.mark.parametrize("text", WORDS)
def test_each_sentence_about_a_call_fills_in_the_same_in_each_language(text: str) -> None:
    places = re.compile(r"%(?:\(\w+\))?[sr]")
    for language in ("es", "pt"):
        assert places.findall(said(text, language)) == [
            each for each in places.findall(text) if each != "%(type)s"
        ]  # type: ignore[arg-type]
