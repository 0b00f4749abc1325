"""Particulars in the reader's language: ours by their values, others' as they came."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.books import Kind, PostedDocument, Several
from bridge.core.delivery import AMBIGUOUS, ambiguous
from bridge.core.findings import Finding
from bridge.core.message import Detail, Message, Word, fact_of, message, read, together, written
from bridge.report.details import english, said
from bridge.report.figures import Figures, locale_for
from bridge.report.texts import LANGUAGES, texts

D = Decimal
DAY = date(2026, 11, 20)
_TWICE = ambiguous(
    "DY7F3A-P121",
    Several(
        tuple(PostedDocument(kind=Kind.RECEIPT, external_id=i, version="0") for i in ("11", "15"))
    ),
)


def cell(what: Message) -> Message:
    return message("in_cell", row=141, column="Moneda", what=what)


SAID: list[tuple[Detail, str]] = [
    (
        message(
            "alike_one",
            row=3,
            amount=D("200000.00"),
            currency="COP",
            day=date(2026, 10, 15),
            old="W7HZ0Q4M2K",
        ),
        "ya no está: fila 3, 200.000 COP del 15/10/2026 (W7HZ0Q4M2K)",
    ),
    (
        message(
            "alike_many",
            parts=(
                message("one_person", row=3, old="W7HZ0Q4M2K"),
                message(
                    "one_row", row=5, amount=D(9000), currency="COP", day=DAY, old="W1B9TXC5RD"
                ),
            ),
        ),
        (
            "puede ser cualquiera de estas filas: 3: (W7HZ0Q4M2K); "
            "5: 9.000 COP 20/11/2026 (W1B9TXC5RD)"
        ),
    ),
    (message("more_rows", number=1200), "1.200 filas más"),
    (message("because_of", document="DY7F3A-C19"), "por DY7F3A-C19"),
    (message("no_loan", loan="9901"), "el préstamo 9901 no está en la cartera"),
    (
        message("closed_edit", shown=D(120000), currency="COP", amount=D(108000)),
        "registrado por 120.000 COP; la cartera dice 108.000, y su período está cerrado",
    ),
    (
        message("back_dated", day=date(2026, 6, 20), start=date(2026, 7, 4)),
        "abono del 20/06/2026; la contabilidad empezó el 4/07/2026",
    ),
    (
        message("overpaid", amount=D("5000.00"), currency="USD"),
        "5.000,00 USD más de lo que se debía",
    ),
    (
        message("still_owes", sums=[message("sum", amount=D(1250), currency="COP")]),
        "todavía debe 1.250 COP",
    ),
    (
        message("schedule", number=30, each=D("17000.00"), amount=D("480000.00")),
        "30 × 17.000 no da 480.000",
    ),
    (message("after", day=date(2027, 11, 18), as_of=DAY), "18/11/2027 es posterior a 20/11/2026"),
    (message("days_old", day=DAY, number=10), "del 20/11/2026: hace 10 días"),
    (cell(message("read_as", value="COP")), "fila 141, columna Moneda: se leyó como COP"),
    (
        cell(message("text_read_as", text="12500.5", value=D("12500.50"))),
        "fila 141, columna Moneda: «12500.5» se leyó como 12.500,50",
    ),
    (
        cell(
            message(
                "two_ways",
                text="1.234",
                against=message("cell_has", row2=9, column2="Valor", text2="1,234.50"),
            )
        ),
        (
            "fila 141, columna Moneda: «1.234» puede leerse de dos maneras, porque la fila 9 de "
            "Valor trae «1,234.50»; escríbalo con decimales, o decida ambiguous_amounts en "
            "mappings/deudores.toml"
        ),
    ),
    (
        message("delivery_read", file="b.zip", day=DAY, others=["a.zip", "+3"]),
        "se leyó b.zip (20/11/2026); más antiguas: a.zip, +3",
    ),
    (
        message("days_mixed", column="Fecha", day_forms=[Word("day_forms", "date cell")]),
        "columna Fecha: las fechas están escritas de varias formas: celda de fecha",
    ),
    (
        message(
            "account_of_income",
            account="27 Loan",
            type="Income",
            purposes=[
                message("by_item", purpose=Word("purposes", "principal"), item="Capital"),
                Word("purposes", "deposit"),
            ],
        ),
        'la cuenta 27 Loan es de tipo Income; se usa para capital "Capital", dinero recibido',
    ),
    (
        message("tried", number=4, day=date(2026, 11, 18), text="HTTP 500 from the books"),
        "se envió 4 veces desde el 18/11/2026: HTTP 500 from the books",
    ),
    (
        message("no_writes", number=1200, day=date(2026, 11, 20), text="HTTP 500"),
        "1.200 documentos esperan, y ninguno ha pasado desde el 20/11/2026: HTTP 500",
    ),
    (
        message("no_end", day=date(2026, 11, 20), text="Zoho has trouble (HTTP 503)."),
        "ningún proceso ha llegado al final desde el 20/11/2026: Zoho has trouble (HTTP 503).",
    ),
    (message("interrupted"), "el programa se detuvo mientras se enviaba"),
    (
        _TWICE.reason,
        (
            "2 documentos de la contabilidad llevan DY7F3A-P121 (ids 11, 15). Anule o elimine "
            "allí todos menos uno y haga que se busque de nuevo"
        ),
    ),
    (
        message("invoicing_not_asked", office="DIAN"),
        "nadie ha dicho si sus facturas van a DIAN",
    ),
    (
        message(
            "mistake",
            what=message("refused_column_amount", column="Recaudo", row=2, text="10.000"),
            fix=message("mend_column", column="Recaudo"),
        ),
        (
            "la columna «Recaudo» no se lee, y en la fila 2 tiene un valor: «10.000». Dígale al "
            "programa qué es: agregue el título al campo que le corresponde en [columns] de "
            "mappings/deudores.toml; o, si nada de ella se registra, a la lista de allí: "
            'ignore = ["Recaudo"]'
        ),
    ),
    (
        message(
            "problem",
            where=message("row_of_file", file="deudas.csv", row=1234),
            what=message("refused_quotes"),
            fix=message("mend_quotes"),
        ),
        (
            "deudas.csv, fila 1234: en más de mil filas unas comillas no cierran. Exporte otra "
            "vez el archivo con sus textos entre comillas"
        ),
    ),
    (message("sum", amount=D("600.00"), currency="XXX"), "600,00 Sin moneda"),
]


def form(language: str) -> Figures:
    return Figures(locale_for(language, "es-CO"), {"COP": 0})


def spanish(detail: Detail) -> str:
    return said(detail, texts("es"), form("es"))


@pytest.mark.parametrize(("detail", "wanted"), SAID, ids=[str(n) for n in range(len(SAID))])
def test_particulars_are_said_in_the_readers_words(detail: Detail, wanted: str) -> None:
    assert spanish(detail) == wanted
    for language in LANGUAGES:
        again = said(detail, texts(language), form(language))
        assert "{" not in again
        assert language == "es" or again != wanted


def test_a_document_that_the_books_have_twice_is_a_persons() -> None:
    assert _TWICE.code == AMBIGUOUS


def test_programs_read_plain_figures() -> None:
    owed = message("balance", shown=D("12000.00"), amount=D("10000.00"), currency="COP")
    assert english(owed) == "the ledger shows 12000.00; its movements make 10000.00 COP"
    assert english(message("on_day", day=DAY)) == "2026-11-20"


@given(st.text(max_size=60))
def test_what_a_cell_held_is_shown_and_never_run(text: str) -> None:
    assert spanish(cell(message("not_a_percentage", text=text))) == (
        f"fila 141, columna Moneda: «{text}» no es un porcentaje"
    )


@given(st.text(max_size=60))
def test_what_the_accounting_system_wrote_is_shown_as_it_came(text: str) -> None:
    words = f"6140: {text}"
    assert spanish(words) == words
    assert read(words) == words


def test_an_older_states_sentence_is_read_and_shown_as_it_is() -> None:
    kept = b'{"code":"movement.orphan","subject":"movement:4","detail":"debt 9 does not exist"}'
    finding = msgspec.json.decode(kept, type=Finding)
    assert spanish(finding.detail) == "debt 9 does not exist"


def test_a_message_is_kept_as_its_code_and_values() -> None:
    for detail, _ in SAID:
        assert isinstance(detail, Message)
        assert read(written(detail)) == detail
        assert json.loads(written(detail))["code"] == detail.code
        finding = Finding(code="row.unreadable", subject="file:x", detail=detail)
        assert msgspec.json.decode(msgspec.json.encode(finding), type=Finding) == finding


@pytest.mark.parametrize("text", ['{"is":"message"', '{"is":"message","code":5}', '{"kind":"x"}'])
def test_text_that_only_looks_like_a_message_stays_text(text: str) -> None:
    assert read(text) == text


def test_several_messages_are_said_one_after_the_other() -> None:
    day, place = message("not_a_date_like", text="ayer"), message("loan_without_id")
    assert spanish(together([cell(day), cell(place)])) == f"{spanish(cell(day))}; " + spanish(
        cell(place)
    )
    assert together([cell(day)]) == cell(day)
    assert together([]) == ""


def test_a_fact_stays_the_same_wherever_its_row_moves() -> None:
    here = together([cell(message("loan_without_id")), cell(message("loan_without_borrower"))])
    moved = written(here).replace("141", "142")
    assert fact_of(read(moved)) == fact_of(here) != fact_of(cell(message("loan_without_id")))
    assert fact_of("as it came") == "as it came"
