"""The command line: exit codes, one JSON document, and words instead of tracebacks."""

from __future__ import annotations

import errno
import json
import re
import shlex
import sqlite3
from pathlib import Path

import pytest

from bridge.cli import failures, main, version
from bridge.cli.arguments import parser
from bridge.errors import (
    ConfigurationError,
    LoginRequired,
    PersonNeeded,
    Problem,
    TryLater,
    UsageError,
)


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    """A folder with no bridge.toml, and no variables of this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(failures.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("bridge.settings.LOOKUP", (tmp_path / "bridge.toml",))


@pytest.fixture
def failing(monkeypatch):
    """Makes `version` raise something."""

    def install(error: BaseException) -> None:
        def run(arguments, out):
            raise error

        monkeypatch.setattr(version, "run", run)

    return install


def test_without_a_verb_it_is_a_usage_mistake(capsys):
    assert main.main([]) == 2
    assert capsys.readouterr().out == ""


def test_help_ends_well_and_names_every_verb(capsys):
    assert main.main(["--help"]) == 0
    text = capsys.readouterr().out
    verbs = "demo init connect doctor sync reconcile status history explain outbox mappings export"
    for verb in [*verbs.split(" "), "backup", "sandbox", "run"]:
        assert f"\n    {verb} " in text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("snyc", 'there is no "snyc"; did you mean sync?'),
        ("login xero", 'there is no "login"; did you mean connect?'),
        ("help", "did you mean --help?"),
        ("outbox lst", 'there is no "lst"; did you mean list?'),
        ("reconcile --as-of 20/11/2026", "is not a day; write 2026-11-20"),
        ("reconcile --format htm", 'there is no format "htm"; did you mean html?'),
        ("export --format pdf", 'there is no "pdf"'),
        ("outbox show x", "invalid int value"),
        ("sync --nonsense", "unrecognized arguments"),
    ],
)
def test_a_wrong_call_is_answered_with_what_was_meant(capsys, line, said):
    assert main.main(line.split()) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("arguments", [["--json", "version"], ["version", "--json"]])
def test_common_options_stand_before_or_after_the_verb(capsys, arguments):
    assert main.main(arguments) == 0
    assert "version" in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--config", "x.toml", "mappings", "check"],
        ["mappings", "--config", "x.toml", "check"],
        ["mappings", "check", "--config", "x.toml"],
    ],
)
def test_the_settings_file_is_named_anywhere_in_the_call(capsys, arguments):
    assert main.main(arguments) == 78
    assert "x.toml: there is no such file." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PersonNeeded("x"), 1),
        (UsageError("x"), 2),
        (TryLater("x"), 75),
        (ConfigurationError("x"), 78),
        (LoginRequired("x"), 78),
    ],
)
def test_every_kind_of_error_has_its_exit_code(failing, capsys, error, code):
    failing(error)
    assert main.main(["version"]) == code
    captured = capsys.readouterr()
    assert captured.err == "ledger-bridge: x\n"
    assert captured.out == ""


def test_problems_are_told_in_words_and_as_one_document(failing, capsys):
    failing(ConfigurationError("It is wrong.", [Problem("a.toml:1", "is bad.", "Fix it.")]))
    assert main.main(["version", "--json"]) == 78
    captured = capsys.readouterr()
    assert "a.toml:1: is bad. Fix it." in captured.err
    assert json.loads(captured.out) == {
        "error": "It is wrong.",
        "problems": [{"where": "a.toml:1", "what": "is bad.", "fix": "Fix it."}],
        "exit_code": 78,
    }


def test_an_interruption_is_a_sentence(failing, capsys):
    failing(KeyboardInterrupt())
    assert main.main(["version"]) == 130
    assert capsys.readouterr().err.startswith("Stopped.")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.OperationalError("database or disk is full"), "The disk is full."),
        (sqlite3.OperationalError("attempt to write a readonly database"), "is read-only."),
        (sqlite3.OperationalError("unable to open database file"), "cannot be opened."),
        (sqlite3.OperationalError("database is locked"), "Another program holds"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full."),
        (OSError(errno.EROFS, "Read-only file system"), "The disk is read-only."),
    ],
)
def test_a_disk_or_store_that_refuses_means_try_later(failing, capsys, error, said):
    outer = RuntimeError("wrapped")
    outer.__cause__ = error
    failing(outer)
    assert main.main(["version"]) == 75
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("said", ["file is not a database", "database disk image is malformed"])
def test_a_store_that_is_damaged_is_no_reason_to_try_later(failing, capsys, said):
    outer = RuntimeError("wrapped")
    outer.__cause__ = sqlite3.DatabaseError(said)
    failing(outer)
    assert main.main(["version"]) == 78
    assert "The state store is damaged. Nothing is sent." in capsys.readouterr().err


def test_a_mistake_of_ours_is_one_line_and_the_details_are_in_a_file(failing, capsys, tmp_path):
    failing(KeyError("Ana Pérez owes money"))
    assert main.main(["version", "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err + captured.out
    assert json.loads(captured.out)["exit_code"] == 1
    (log,) = tmp_path.rglob("errors.log")
    assert str(log) in captured.err
    kept = log.read_text(encoding="utf-8")
    assert "KeyError" in kept
    assert "test_main.py" in kept
    assert "Ana" not in kept


def test_our_assertions_are_kept_with_their_words(failing, tmp_path):
    failing(AssertionError("not exact: 0.5"))
    assert main.main(["version"]) == 1
    (log,) = tmp_path.rglob("errors.log")
    assert "not exact: 0.5" in log.read_text(encoding="utf-8")


def test_a_reader_that_closes_the_pipe_gets_no_words(failing, capsys):
    failing(BrokenPipeError())
    assert main.main(["version"]) == 141
    assert capsys.readouterr().err == ""


READMES = ("README.md", "README.es.md")


def read(name):
    return (Path(__file__).parents[2] / name).read_text(encoding="utf-8")


def test_both_readmes_have_the_same_commands_to_type_and_name_each_other():
    """What is typed is no word of a language; what stands behind it is."""
    blocks = [
        [
            re.sub(r"\s*#.*", "", line)
            for block in re.findall(r"```\n(.*?)```", read(name), re.DOTALL)
            for line in block.splitlines()
        ]
        for name in READMES
    ]
    assert blocks[1] == blocks[0][: len(blocks[1])]
    assert "](README.es.md)" in read("README.md").split("\n## ")[0]
    assert "](README.md)" in read("README.es.md").split("\n## ")[0]


def test_the_spanish_readme_has_every_verb_of_the_other_one():
    def verbs(text):
        rows = re.findall(r"^\| `.*", text, re.MULTILINE)
        cells = [re.split(r"(?<!\\)\|", row)[1] for row in rows]
        return {word for cell in cells for word in re.findall(r"`([a-z]+)", cell)}

    known = set(parser()._subparsers._group_actions[0].choices)
    theirs, ours = (verbs(read(name)) & known for name in READMES)
    assert ours == theirs
    assert len(ours) > 15


@pytest.mark.parametrize("name", READMES)
def test_every_command_of_the_readme_is_one(name):
    """As it is printed, with the words in capitals taken for what a person writes."""
    readme = read(name)
    blocks = "\n".join(re.findall(r"```\n(.*?)```", readme, re.DOTALL))
    found = re.findall(r"(?<![\w-])ledger-bridge (?!.*\bbridge\.cli)([^\n#&|`]+)", blocks)
    found += re.findall(r"`ledger-bridge ([^`|&\[]+)&?`", readme)
    assert len(found) > 10
    for command in found:
        words = [word for word in shlex.split(command) if word not in ("&&", "…")]
        parser().parse_args(words)
