"""The demo, played once: what a person reads on the screen, and the reports that it leaves."""

from __future__ import annotations

import argparse
import io
import json
import re
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bridge.cli import demo, main
from bridge.cli.output import Output
from bridge.cli.shipped import shipped
from bridge.report.texts import texts
from tests.expected import problems
from tests.report.example import EXAMPLE

pytestmark = pytest.mark.not_quick

SYSTEMS = ("QuickBooks Online", "Xero", "Zoho Books")


class Played(NamedTuple):
    code: int
    text: str
    folder: Path

    def step(self, number: int) -> str:
        (part,) = re.findall(rf"(?ms)^{number}\. .*?(?=^\d\. |\Z)", self.text)
        return part

    def report(self, name: str) -> str:
        path = self.folder / "demo" / "reports" / name
        return path.read_text(encoding="utf-8")

    def page(self, name: str) -> str:
        page = re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", self.report(name))
        return " ".join(unescape(page).split())

    def document(self, name: str) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.report(name))
        return loaded


FIRST, SECOND = "deudores/reconciliation-2026-11-19", "deudores/reconciliation-2026-11-20"
SHOP = "tienda/reconciliation-2026-11-19"


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    stale = folder / "demo" / "state" / "deudores" / "bridge.db"
    stale.parent.mkdir(parents=True)
    stale.write_text("of an earlier demo")
    words = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("LC_ALL", raising=False)
        patch.delenv("LC_MESSAGES", raising=False)
        patch.setenv("LANG", "es_CO.UTF-8")
        code = demo.run(argparse.Namespace(keep=True, open=False), Output(words, io.StringIO()))
    return Played(code, words.getvalue(), folder)


def test_the_story_is_told_to_its_end_in_the_persons_language_and_fits_a_screen(played):
    assert played.code == 0
    assert [int(n) for n in re.findall(r"(?m)^(\d)\. ", played.text)] == list(range(1, 9))
    told, _, pages = played.text.partition("El informe:")
    assert all(len(line) <= 100 for line in told.splitlines())
    names = [Path(line.strip()) for line in pages.split("\n") if line.strip()]
    assert [name.name.split(".", 1)[1] for name in names] == ["es.html", "es.html"]
    assert [name.parent.name for name in names] == ["tienda", "deudores"]
    assert all(page.exists() for page in names)


def test_a_tidy_shop_simply_agrees(played):
    assert "Tienda Doña Rosa: Cuadra\n" in played.step(2)
    page = played.page(f"{SHOP}.es.html")
    assert "Tienda Doña Rosa Conciliación de cartera" in page
    assert "Hoy no hay nada que hacer." in page
    assert "partidas conciliatorias" not in page
    document = played.document(f"{SHOP}.json")
    assert (document["verdict"], document["result"], document["tasks"]) == ("clean", "agrees", [])
    assert document["findings"] == []


def test_all_books_tie_out_to_the_cent_with_nothing_unexplained(played):
    for name in (FIRST, SECOND):
        systems = played.document(f"{name}.json")["systems"]
        assert len(systems) == 3
        for system in systems.values():
            for tie in system["currencies"].values():
                assert Decimal(tie["unexplained"]) == 0
                assert Decimal(tie["ledger"]) - Decimal(tie["explained"]) == Decimal(
                    tie["control_account"]
                )


def expected() -> list[dict[str, Any]]:
    return problems(shipped("config/sample/deudores/dia1/problemas_esperados.json"))


def test_the_page_lists_the_planted_problems_as_what_they_are_and_no_other(played):
    document = played.document(f"{FIRST}.json")
    found = {each["code"] for each in document["findings"]}
    assert {problem["code"] for problem in expected()} == {
        code for code in found if not code.startswith(("file.", "amount.mixed", "date.mixed"))
    }
    page = played.page(f"{FIRST}.es.html")
    words = texts("es")
    for code in found:
        assert words.cause(code) in page, code
    for task in document["tasks"]:
        assert words.cause(task["code"]) in page
        assert words.subject(task["subject"]) in page


def test_what_waits_for_a_person_is_listed_with_its_reason(played):
    fourth = played.step(4)
    assert "Crédito Fácil SAS: No cuadra" in fourth
    assert re.search(r" 31\.500,00 COP +Movimiento 44 +El movimiento tiene fecha futura\.", fourth)
    assert re.search(r" 600,00 Sin moneda +Préstamo 142 +No se puede saber la moneda", fourth)


def test_the_second_time_nothing_is_posted_and_a_lost_reply_is_looked_up(played):
    again, day_two = played.step(5), played.step(6)
    for system in SYSTEMS:
        assert f"   {system}: nada que hacer, " in again
        assert f"   {system}: una respuesta perdida dejó " in day_two


def test_what_the_bookkeeper_did_is_told_with_cause_and_action(played):
    last = " ".join(played.step(8).split())
    assert "Alguien anuló este documento en la contabilidad" in last
    assert "DY7F3A-P1042 · Jesús Adrián Orozco" in last
    assert "Total: 720.000,00 → 999.000,00 · Renglones: 600.000,00 → 879.000,00" in last
    assert "ledger-bridge drift repost DY7F3A-L84" in last
    assert "279.000,00 COP de más en la contabilidad" in last


def test_amounts_and_the_lack_of_a_currency_are_written_for_people(played):
    assert "22.510.666,17" in played.text
    assert "XXX" not in played.text
    assert not re.search(r"\d{4,}\.\d\d\b", played.text)


def test_the_spanish_page_of_the_sample_has_no_english_particulars(played):
    for name in (FIRST, SECOND, SHOP):
        page = played.page(f"{name}.es.html")
        for word in ("debt", "debtor", "row", "column", "is not", "the", "owed", "same", "loan"):
            assert not re.search(rf"\b{word}\b", page), word
        assert not re.search(r"\b(debt|movement|debtor|document|file):", page)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_the_same_figures_in_a_table_and_another_language_its_own(
    tmp_path, monkeypatch
):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    screen = Terminal()
    told = demo._Demo(tmp_path, Output(screen, Terminal()))
    told.locale = "es-CO"
    told._compared(EXAMPLE)
    assert "48.215.000" in screen.getvalue()
    assert "QuickBooks Online: does not agree" in screen.getvalue()


def test_there_is_no_json_document_of_a_story(capsys):
    assert main.main(["demo", "--json"]) == 2
    assert "has no JSON document" in capsys.readouterr().err
