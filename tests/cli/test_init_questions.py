"""Every question of `init` at a real terminal: good, bad and empty answers, Ctrl-C and Ctrl-D."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge import settings
from bridge.clock import SystemClock
from bridge.settingtypes import ElectronicInvoicing
from bridge.systems.registry import SYSTEMS
from tests.cli.terminal import CTRL_C, CTRL_D, Terminal, terminal

XERO = "70784a63-0000-4000-8000-000000000001"
FIRST = "Language and country"
QUESTIONS = {
    "locale": FIRST,
    "name": "Nombre de la empresa",
    "timezone": "Zona horaria",
    "currency": "Moneda en que",
    "path": "Carpeta donde",
    "systems": "Programas de contabilidad",
    "quickbooks": "Número de la empresa en QuickBooks",
    "xero": "Número de la empresa en Xero",
    "zoho": "Número de la empresa en Zoho Books",
    "issues quickbooks": "factura electrónica desde QuickBooks",
    "issues xero": "factura electrónica desde Xero",
    "issues zoho": "factura electrónica desde Zoho Books",
}
GOOD = {
    "locale": "es-MX",
    "name": 'Tía "Rosa" \\ Ñandú',
    "timezone": "america/tijuana",
    "currency": "usd",
    "path": "mi buzón",
    "systems": "Zoho, xero quickbooks",
    "zoho": "600 000 000 001",
    "xero": XERO.upper(),
    "quickbooks": "4620816365000000001",
    "issues zoho": "SÍ",
    "issues xero": "no",
    "issues quickbooks": "no  se",
}
BAD = [
    ("locale", "Colombia", "Escríbalo así: es-CO"),
    ("locale", "es-ZZZ", "es-CO"),
    ("timezone", "America/Mexico_Cty", '¿Quiso decir "America/Mexico_City"?'),
    ("timezone", "+++", "America/Bogota"),
    ("currency", "XXX", "no es una moneda conocida"),
    ("currency", "pesos", "no es una moneda conocida"),
    ("path", "x" * 300, "no puede ser una carpeta"),
    ("systems", "quickboks", '¿Quiso decir "quickbooks"?'),
    ("systems", ",", "Escoja entre: quickbooks, xero, zoho"),
    ("systems", "siigo", "no es un programa que se conozca"),
    ("quickbooks", "Mi empresa", "solo cifras"),
    ("xero", "77", "tenant id"),
    ("zoho", "org-x", "solo cifras"),
    ("issues quickbooks", "quizás", "Escriba sí, no o no sé"),
    ("issues zoho", "1", "Escriba sí, no o no sé"),
    ("name", b"\xff\xfe", "no se puede leer como texto"),
    ("name", "a\x16\x1bb", "no se puede leer como texto"),
]
ALL = {"LANG": "es_CO.UTF-8", "PYTHONUTF8": "1"}


def at(person: Terminal, question: str) -> None:
    person.until(f"{QUESTIONS[question]}")
    person.until(":")


def walk(person: Terminal, answers: dict[str, str], until: str = "") -> None:
    """Answer every question in order, up to one."""
    asked = list(QUESTIONS)[:6]
    for system in _systems(answers):
        asked += [system, f"issues {system}"]
    for question in asked:
        at(person, question)
        if question == until:
            return
        person.types(f"{answers.get(question, '')}\n")


def _systems(answers: dict[str, str]) -> list[str]:
    return (answers.get("systems") or "quickbooks").lower().replace(",", " ").split()


def test_every_answer_lands_where_it_belongs(tmp_path: Path) -> None:
    with terminal(["init"], tmp_path, ALL) as person:
        walk(person, GOOD)
        code, said = person.end()
    assert code == 0, said
    loaded = settings.load(tmp_path / "bridge.toml", {}).settings
    assert (loaded.lender.name, loaded.lender.locale) == (GOOD["name"], "es-MX")
    assert (loaded.lender.timezone, loaded.lender.home_currency) == ("America/Tijuana", "USD")
    assert loaded.source.path == tmp_path / "mi buzón"
    assert {name: each.company_id for name, each in loaded.systems.items()} == {
        "zoho": "600000000001",
        "xero": XERO,
        "quickbooks": GOOD["quickbooks"],
    }
    assert loaded.systems["zoho"].base_url == "https://www.zohoapis.com/books/v3"
    said = {name: each.electronic_invoicing for name, each in loaded.systems.items()}
    assert {name: each and each.issues for name, each in said.items()} == {
        "zoho": "yes",
        "xero": "no",
        "quickbooks": "unknown",
    }
    assert said["xero"] is not None
    assert said["xero"].answered_by
    assert said["xero"].answered_on == SystemClock().today("America/Tijuana")
    mapping = (tmp_path / "mappings" / "deudores.toml").read_text(encoding="utf-8")
    assert 'default_currency = "USD"' in mapping
    assert 'default_locale = "es-MX"' in mapping


def test_empty_answers_take_what_is_offered(tmp_path: Path) -> None:
    with terminal(["init"], tmp_path, ALL) as person:
        walk(person, {})
        code, said = person.end()
    assert code == 0, said
    loaded = settings.load(tmp_path / "bridge.toml", {}).settings
    assert (loaded.lender.timezone, loaded.lender.home_currency) == ("America/Bogota", "COP")
    assert list(loaded.systems) == ["quickbooks"]
    assert loaded.systems["quickbooks"].electronic_invoicing == ElectronicInvoicing(
        issues="unknown"
    )
    assert "hasta entonces allí no se registra nada" in said


@pytest.mark.parametrize(("locale", "issues"), [("es-HN", "no"), ("es-PE", "unknown")])
def test_who_says_nothing_of_electronic_invoices_is_taken_by_the_country(
    tmp_path: Path, locale: str, issues: str
) -> None:
    with terminal(["init"], tmp_path, ALL) as person:
        walk(person, {"locale": locale})
        code, said = person.end()
    assert code == 0, said
    found = settings.load(tmp_path / "bridge.toml", {}).settings.systems["quickbooks"]
    assert found.electronic_invoicing is not None
    assert found.electronic_invoicing.issues == issues
    assert ("electronic_invoicing" in said) is (issues == "unknown")


def test_the_language_follows_the_answer_and_only_chosen_systems_are_written(
    tmp_path: Path,
) -> None:
    with terminal(["init", "casa"], tmp_path, ALL) as person:
        at(person, "locale")
        person.types("pt_br\n")
        for question, answer in (
            ("Nome da empresa", "Crédito Já"),
            ("Fuso horário", ""),
            ("Moeda em que", ""),
            ("Pasta onde", ""),
            ("Programas de contabilidade", "xero"),
            ("Número da empresa no Xero", ""),
            ("nota fiscal eletrônica pelo Xero", "Sim"),
        ):
            person.until(question)
            person.types(f"{answer}\n")
        code, said = person.end()
    assert code == 0, said
    folder = tmp_path / "casa"
    loaded = settings.load(folder / "bridge.toml", {}).settings
    assert (loaded.lender.timezone, loaded.lender.home_currency) == ("America/Sao_Paulo", "BRL")
    assert loaded.report.languages == ("pt",)
    assert list(loaded.systems) == ["xero"]
    names = sorted(each.name for each in (folder / "mappings").iterdir())
    assert names == ["deudores.toml", "xero.toml"]
    written = (folder / "bridge.toml").read_text(encoding="utf-8")
    assert "[systems.quickbooks]" not in written
    assert "intuit.com/connect" not in written
    assert "client_id do seu aplicativo no Xero" in said
    assert "até lá nada é lançado ali" in said


@pytest.mark.parametrize(("question", "wrong", "said"), BAD, ids=lambda each: str(each)[:12])
def test_a_wrong_answer_is_told_and_asked_again(
    tmp_path: Path, question: str, wrong: str | bytes, said: str
) -> None:
    system = question.removeprefix("issues ")
    systems = system if system in SYSTEMS else "quickbooks"
    answers = {"locale": "es-CO", "systems": systems}
    with terminal(["init"], tmp_path, ALL) as person:
        walk(person, answers, until=question)
        person.types(wrong if isinstance(wrong, bytes) else wrong.encode())
        person.types("\n")
        person.until(said)
        at(person, question)
        person.types(f"{GOOD[question] if question != 'systems' else 'quickbooks'}\n")
        for _ in range(9):  # Enter for whatever else is asked
            person.types("\n")
        code, after = person.end()
    assert code == 0, after
    settings.load(tmp_path / "bridge.toml", {})


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    ("key", "code", "words"),
    [(CTRL_C, 130, "No se escribió nada"), (CTRL_D, 2, "No se escribió nada")],
    ids=["ctrl-c", "ctrl-d"],
)
def test_leaving_at_any_question_writes_nothing(
    tmp_path: Path, question: str, key: str, code: int, words: str
) -> None:
    answers = {"locale": "es-CO", "systems": "quickbooks xero zoho"}
    with terminal(["init"], tmp_path, ALL) as person:
        walk(person, answers, until=question)
        person.waits()
        person.types(key)
        ended, said = person.end()
    assert ended == code, said
    assert words in said
    assert list(tmp_path.iterdir()) == []


def test_answers_that_stay_wrong_end_it_in_words(tmp_path: Path) -> None:
    with terminal(["init"], tmp_path, ALL) as person:
        for _ in range(5):
            at(person, "locale")
            person.types("Bogotá\n")
        code, said = person.end()
    assert code == 2, said
    assert "init --yes" in said
    assert list(tmp_path.iterdir()) == []
