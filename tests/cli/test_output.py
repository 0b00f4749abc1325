"""Results on stdout, messages on stderr, nothing that commands a terminal."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bridge.cli.output import Output, printable


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_table_is_plain_columns_away_from_a_terminal():
    stdout = io.StringIO()
    Output(stdout, io.StringIO()).table(["name", ">total"], [["a", "10.00"], ["long name", "9.00"]])
    assert stdout.getvalue() == "name       total\na          10.00\nlong name   9.00\n"


def test_a_table_on_a_terminal_takes_names_literally(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    stdout = Terminal()
    Output(stdout, io.StringIO()).table(["name"], [["[red]Ana[/red]"]])
    assert "[red]Ana[/red]" in stdout.getvalue()
    assert "\x1b[" not in stdout.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "")


def test_with_json_only_the_document_is_on_stdout():
    stdout, stderr = io.StringIO(), io.StringIO()
    out = Output(stdout, stderr, json=True)
    out.line("for people")
    out.table(["a"], [["b"]])
    out.say("a message")
    out.document({"amount": Decimal("10.50"), "path": Path("/x")})
    assert json.loads(stdout.getvalue()) == {"amount": "10.50", "path": "/x"}
    assert stderr.getvalue() == "a message\n"


def test_progress_is_silent_away_from_a_terminal():
    stderr = io.StringIO()
    with Output(io.StringIO(), stderr).progress() as progress:
        progress("reading", 1, 2)
    assert stderr.getvalue() == ""


def test_progress_is_shown_on_a_terminal():
    stdout, stderr = io.StringIO(), Terminal()
    with Output(stdout, stderr).progress() as progress:
        progress("reading", 1, 2)
        progress("reading", 2, 2)
        progress("posting", 1, 0)
    assert stdout.getvalue() == ""
    assert "reading" in stderr.getvalue()


@given(st.text())
def test_no_text_commands_a_terminal(text):
    shown = printable(text)
    assert len(shown) == len(text)
    assert not any(ord(sign) < 32 and sign != "\n" for sign in shown)
    assert "\x1b" not in shown
