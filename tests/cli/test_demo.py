"""The demo, played once: what a person reads on the screen, and the report that it leaves."""

from __future__ import annotations

import argparse
import io
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from bridge.cli import demo, main
from bridge.cli.output import Output
from tests.report.example import EXAMPLE


class Played(NamedTuple):
    code: int
    text: str
    folder: Path

    def step(self, number: int) -> str:
        (part,) = re.findall(rf"(?ms)^{number}\. .*?(?=^\d\. |\Z)", self.text)
        return part

    def report(self, ending: str) -> str:
        path = self.folder / "demo" / "reports" / f"reconciliation-2026-11-20.{ending}"
        return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    stale = folder / "demo" / "state" / "bridge.db"
    stale.parent.mkdir(parents=True)
    stale.write_text("of an earlier demo")
    words = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        code = demo.run(argparse.Namespace(keep=True, open=False), Output(words, io.StringIO()))
    return Played(code, words.getvalue(), folder)


def test_the_story_is_told_to_its_end_and_fits_a_screen(played):
    assert played.code == 0
    assert [int(n) for n in re.findall(r"(?m)^(\d)\. ", played.text)] == [1, 2, 3, 4, 5, 6, 7]
    ending = played.text.splitlines().index(
        next(x for x in played.text.splitlines() if "report:" in x)
    )
    assert all(len(line) <= 100 for line in played.text.splitlines()[:ending])
    pages = [Path(line.split()[-1]) for line in played.text.splitlines()[ending:]]
    assert [page.name.split(".", 1)[1] for page in pages] == ["es.html", "en.html"]
    assert all(page.exists() for page in pages)


def test_what_is_held_back_is_listed_with_its_reason(played):
    third = played.step(3)
    assert "Held back (6)" in third
    assert re.search(r"−31\.500,00 COP +Movement 44 +The movement is dated in the future\.", third)
    assert re.search(r"\+600,00 No currency +Loan 142 +The loan's currency cannot be told\.", third)
    assert "both sides agree, to the cent" in third


def test_the_second_time_nothing_is_posted_and_a_lost_reply_is_looked_up(played):
    again, day_two = played.step(4), played.step(5)
    for system in ("quickbooks", "xero", "zoho"):
        assert f"   {system}: nothing to do, " in again
        assert f"   {system}: a lost reply left " in day_two


def test_what_the_bookkeeper_did_is_told_with_cause_and_action(played):
    last = played.step(7)
    assert "they do NOT agree" in last
    assert "Somebody voided this document in the books after the bridge posted it." in last
    assert "→ Decide which side is right." in last
    assert "DY7F3A-P1042 · Jesús Adrián Orozco" in last
    words = " ".join(last.split())
    assert "Total: 720.000,00 → 999.000,00 · Lines: 600.000,00 → 879.000,00" in words
    assert words.count("DY7F3A-L84") == 1
    assert "The 7 things held back are in the report" in last


def test_amounts_and_the_lack_of_a_currency_are_written_for_people(played):
    assert "22.510.666,17" in played.text
    assert "XXX" not in played.text
    assert not re.search(r"\d{4,}\.\d\d\b", played.text)


def test_the_spanish_page_of_the_sample_has_no_english_particulars(played):
    page = re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", played.report("es.html"))
    for word in ("debt", "debtor", "row", "column", "is not", "the", "owed", "same name", "loan"):
        assert not re.search(rf"\b{word}\b", page), word
    assert not re.search(r"\b(debt|movement|debtor|document|file):", page)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_the_same_figures_in_a_table(tmp_path):
    screen = Terminal()
    told = demo._Demo(tmp_path, Output(screen, Terminal()))
    told.locale = "es-CO"
    told._compared(EXAMPLE)
    assert "48.215.000" in screen.getvalue()
    assert "QuickBooks Online: they do NOT agree" in screen.getvalue()


def test_there_is_no_json_document_of_a_story(capsys):
    assert main.main(["demo", "--json"]) == 2
    assert "has no JSON document" in capsys.readouterr().err
