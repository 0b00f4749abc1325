"""What a person must do, in every form of the report: the verdict's tasks, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from html import unescape
from xml.etree import ElementTree as ET

import msgspec
import pytest

from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.tasks import NOWHERE, Place, Task
from bridge.core.tie_out.verdict import GREEN, Result, Verdict
from bridge.report.figures import figures
from bridge.report.render import content
from bridge.report.tasks import LISTED, jobs
from bridge.report.texts import LANGUAGES, texts
from bridge.report.view import walks
from tests.report.example import (
    ALL_AGREE,
    EXAMPLE,
    IN_TRANSIT,
    QUICKBOOKS,
    TASKS,
    UNREAD,
    WITH_ITEMS,
    XERO,
    answering,
)

replace = msgspec.structs.replace
STATES = {
    Result.AGREES: ALL_AGREE,
    Result.AGREES_WITH_ITEMS: WITH_ITEMS,
    Result.DIFFERS: EXAMPLE,
    Result.UNCHECKED: UNREAD,
}
PEOPLE = ("html", "text", "xlsx")


def shown(reconciliation, form: str, language: str = "es") -> str:
    """What a person reads of a report, in one line."""
    made = content(reconciliation, form, language, "es-CO")
    if form == "xlsx":
        book = zipfile.ZipFile(io.BytesIO(made))
        names = (n for n in book.namelist() if n.startswith("xl/worksheets/sheet"))
        cells = (cell for n in sorted(names) for cell in ET.fromstring(book.read(n)).iter())
        return " | ".join(cell.text for cell in cells if cell.text)
    text = made.decode("utf-8-sig")
    if form == "html":
        text = unescape(re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", text))
    return " ".join(text.split())


def telling(*tasks: Task, systems=(XERO,), result: Result = Result.DIFFERS):
    """A report of these tasks alone."""
    return replace(
        answering(result, systems),
        verdict=Verdict(
            result=result,
            reason="x",
            tasks=tasks,
            systems={each.system: result for each in systems},
        ),
    )


@pytest.mark.parametrize("form", PEOPLE)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("result", Result)
def test_each_answer_is_said_in_its_own_words_and_only_green_says_that_nothing_is_to_do(
    result, language, form
):
    words = texts(language)
    page = shown(STATES[result], form, language)
    assert words.of("results", result).lower() in page.lower()
    assert (words("today_none") in page) == (result in GREEN)


@pytest.mark.parametrize("form", PEOPLE)
def test_no_form_judges_by_itself(form):
    """Books that tie out to the cent are as good as the verdict says, and no better."""
    unread = Task(code="row.unreadable", action="fix_source", where=Place("movimientos.csv", 12))
    page = shown(telling(unread), form)
    assert "No cuadra" in page or "no cuadra" in page
    assert "Hoy no hay nada que hacer" not in page
    assert not re.search(r"(?<![Nn]o )[Cc]uadra", page)


FACT = Task(
    code="row.unreadable",
    action="fix_source",
    subject="movement:19",
    where=Place("movimientos.csv", 12),
    currency="COP",
    amount=Decimal(25000),
    detail=TASKS[0].detail,
)


@pytest.mark.parametrize("form", ["html", "text"])
def test_a_task_says_what_where_how_much_what_to_do_and_what_follows(form):
    page = shown(telling(FACT), form)
    for part in (
        "La fila no se puede leer.",
        "movimientos.csv, fila 12",
        "Movimiento 19",
        "25.000 COP",
        "columna Monto: «25.ooo» no es",
        "Corrija la fila en la cartera.",
        "Si no hace nada: No se registra",
    ):
        assert part in page
    assert page.count("fila 12") == 1


def test_the_csv_and_the_workbook_name_the_row_too():
    table = content(telling(FACT), "csv", "es", "es-CO").decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert {name: row[name] for name in ("record", "file", "row", "amount", "currency")} == {
        "record": "task",
        "file": "movimientos.csv",
        "row": "12",
        "amount": "25000.00",
        "currency": "COP",
    }
    assert row["cause"] == "row.unreadable"
    assert row["action_text"] == "Corrija la fila en la cartera."
    assert row["consequence_text"] == "No se registra, y la contabilidad queda sin ella."
    assert row["task"] == FACT.id
    book = shown(telling(FACT), "xlsx")
    assert "movimientos.csv | 12 | 25000 | COP" in book
    assert row["consequence_text"] in book


def test_the_json_document_has_the_verdict_and_every_task():
    document = json.loads(content(EXAMPLE, "json", "es", "es-CO"))
    assert (document["verdict"], document["result"]) == ("person", "differs")
    assert "1 row.unreadable" in document["reason"]
    assert [task["id"] for task in document["tasks"]] == [task.id for task in TASKS]
    wanted = {
        "id": TASKS[0].id,
        "code": "row.unreadable",
        "amount": "25000.00",
        "currency": "COP",
        "subject": "",
        "external_id": "",
        "system": "",
        "where": {"file": "movimientos.csv", "row": 12},
        "action": "fix_source",
        "detail": "row 12, column Monto: “25.ooo” is not an amount; write it like 1.234.567,89",
    }
    assert document["tasks"][0] | wanted == document["tasks"][0]
    words = {r: json.loads(content(s, "json", "es", "es-CO"))["verdict"] for r, s in STATES.items()}
    assert list(words.values()) == ["clean", "clean", "person", "later"]


def test_the_ledgers_own_tasks_stand_first_and_the_rest_as_the_verdict_puts_them():
    found = jobs(EXAMPLE, texts("es"), figures(EXAMPLE, "es", "es-CO"))
    assert [job.of_ledger for job in found] == [True] * 5 + [False] * 5
    told = [(job.rows[0].task.system, job.rows[0].task.code) for job in found]
    ordered = sorted(TASKS, key=lambda task: task.system != "")
    assert told == list(dict.fromkeys((task.system, task.code) for task in ordered))
    assert {row.id for job in found for row in job.rows} == {task.id for task in TASKS}
    edited = next(job for job in found if job.rows[0].task.code == "books.edited")
    assert (edited.count, edited.totals) == (2, (("100.000", "COP"),))


def test_what_several_companies_wait_for_is_told_once():
    held = replace(FACT, code="loan.currency_unknown", action="set_currency", where=NOWHERE)
    both = [replace(held, system=name) for name in ("quickbooks", "xero")]
    (job,) = jobs(
        telling(*both, systems=(QUICKBOOKS, XERO)),
        texts("es"),
        figures(EXAMPLE, "es", "es-CO"),
    )
    (row,) = job.rows
    assert row.books == ("QuickBooks Online", "Xero")
    assert job.totals == (("25.000", "COP"),)


def test_many_rows_of_one_kind_are_cut_and_counted_on_the_page_and_all_in_the_data():
    many = [replace(FACT, where=Place("movimientos.csv", n)) for n in range(2, LISTED + 4)]
    found = telling(*many)
    for form in ("html", "text"):
        page = shown(found, form)
        assert "y 2 más en el libro de Excel" in page
        assert f"fila {LISTED + 1} " in page
        assert f"fila {LISTED + 2} " not in page
    assert content(found, "csv", "es", "es-CO").decode().count("row.unreadable") == len(many)


@pytest.mark.parametrize("form", ["html", "text"])
def test_the_command_has_the_documents_own_number(form):
    page = shown(EXAMPLE, form)
    assert "ledger-bridge drift accept DY7F3A-L84" in page
    assert "ledger-bridge drift repost DY7F3A-P1136" in page
    assert "ledger-bridge drift adopt DY7F3A-L9 999" in page
    assert "{" not in page


@pytest.mark.parametrize("form", ["html", "text"])
def test_a_task_on_a_document_shows_whose_it_is_and_what_was_changed(form):
    page = shown(EXAMPLE, form)
    assert "María Fernanda Ñáñez" in page
    assert "Total: 480.000 → 580.000" in page
    assert "de más en la contabilidad" in page


@pytest.mark.parametrize("form", ["html", "text"])
def test_only_items_that_no_task_is_about_settle_themselves(form):
    item = next(item for item in QUICKBOOKS.items if item.cause == "books.by_hand")
    page = shown(WITH_ITEMS, form)
    assert "Se resuelve solo" in page
    assert "Hecho a mano (1)" in page or "Hecho a mano +180.000" in page
    asking = Task(
        code=item.cause,
        action="look_closer",
        system="xero",
        subject=item.reference,
        external_id=item.external_id,
        currency="COP",
        amount=item.amount,
    )
    asked = shown(telling(asking, systems=(IN_TRANSIT,)), form)
    settled = asked.partition("Se resuelve solo")[2].partition("Todas las partidas")[0]
    assert "1037" not in settled
    assert "DY7F3A-P1141" in settled


def test_the_way_from_the_ledger_to_the_books_adds_up():
    form = figures(EXAMPLE, "es", "es-CO")
    for system in (QUICKBOOKS, XERO, IN_TRANSIT):
        for walk in walks(system, texts("es"), form):
            ledger, books, rest, *steps = (
                Decimal(text.replace(".", "").replace(",", "."))
                for text in (
                    walk.ledger,
                    walk.control_account,
                    walk.unexplained,
                    *(step.amount for step in walk.steps),
                )
            )
            assert ledger + sum(steps) + rest == books


LENT = Item(
    kind=ItemKind.PRINCIPAL,
    currency="COP",
    amount=Decimal(300000),
    reference="AJ-9",
    external_id="94",
    document="journal",
    cause="principal.to_income",
    action="move_from_income",
)


def test_what_was_lent_and_stands_on_income_is_no_part_of_the_difference():
    form = figures(EXAMPLE, "es", "es-CO")
    (walk,) = walks(replace(XERO, items=(LENT,)), texts("es"), form)
    assert (walk.ledger, walk.steps, walk.control_account) == ("48.215.000", (), "48.215.000")
    task = Task(
        code=LENT.cause,
        action=LENT.action,
        system="xero",
        subject="AJ-9",
        external_id="94",
        currency="COP",
        amount=LENT.amount,
    )
    page = shown(telling(task, systems=(replace(XERO, items=(LENT,)),)), "text")
    assert "AJ-9 · Asiento manual · 300.000 COP" in page
    assert "de menos en la contabilidad" not in page


def test_a_closing_line_of_a_long_list_counts_for_what_it_stands_for():
    rest = Item(
        kind=ItemKind.FOREIGN, currency="COP", amount=Decimal(-5000), cause="list.more",
        action="none", count=100,
    )  # fmt: skip
    system = replace(IN_TRANSIT, items=(*IN_TRANSIT.items, rest))
    page = shown(answering(Result.AGREES_WITH_ITEMS, (system,)), "text")
    assert "Hecho a mano (101)" in page


@pytest.mark.parametrize("form", ["html", "text"])
def test_rounding_is_not_said_to_be_made_by_hand(form):
    cents = Item(
        kind=ItemKind.FOREIGN, currency="COP", amount=Decimal("0.18"), cause="control.rounding",
        action="none",
    )  # fmt: skip
    system = replace(XERO, items=(cents,), counts={"matched": 5, "foreign": 1})
    page = shown(answering(Result.AGREES_WITH_ITEMS, (system,)), form)
    assert "Redondeo entre monedas" in page
    assert "a mano" not in page


@pytest.mark.parametrize("form", ["html", "text"])
def test_figures_can_be_copied_into_a_sheet(form):
    for language in LANGUAGES:
        page = shown(EXAMPLE, form, language)
        assert not re.search("[\N{MINUS SIGN}\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]", page)


def test_a_text_report_fits_80_columns():
    for language in LANGUAGES:
        for state in STATES.values():
            made = content(state, "text", language, "es-CO").decode()
            assert max(map(len, made.splitlines())) <= 80


def test_hours_are_told_by_the_lenders_clock():
    made = content(ALL_AGREE, "text", "es", "es-CO", "America/Bogota").decode()
    assert "5:30 a. m." in made
    assert "UTC" not in made
