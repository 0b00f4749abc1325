"""What every report promises: exact amounts, text that stays text, the reader's own forms."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.reconciliation import Notice, Reconciliation, TieOut
from bridge.report.csv import TITLES, neutral
from bridge.report.figures import Figures, figures, locale_for
from bridge.report.render import FORMATS, content, render
from bridge.report.texts import LANGUAGES, texts
from bridge.report.view import lines, remarks
from tests.report.example import EXAMPLE, NAMES, QUICKBOOKS, ZOHO

replace = msgspec.structs.replace
EMPTY = Reconciliation(
    lender="X", as_of=date(2026, 11, 20), generated_at=datetime(2026, 11, 21, tzinfo=UTC), run=""
)


def test_the_json_document_has_every_key_of_the_contract():
    document = json.loads(content(EXAMPLE, "json", "es", "es-CO"))
    assert document["as_of"] == "2026-11-20"
    system = document["systems"]["quickbooks"]
    assert system["agree"] is False
    assert system["currencies"]["USD"] == {
        "ledger": "9310.50", "documents": "8060.00", "control_account": "8060.00",
        "difference": "1250.50", "explained": "1250.50", "unexplained": "0.00",
    }  # fmt: skip
    assert {"matched", "missing", "mismatched", "orphaned", "drifted", "tombstoned", "held"} <= set(
        system["counts"]
    )
    for item in system["items"]:
        assert {
            "kind", "reference", "external_id", "field", "ledger", "books", "cause", "action",
        } <= set(item)  # fmt: skip


def test_amounts_in_json_have_the_currencys_decimals():
    tie = TieOut(
        currency="CLP", ledger=Decimal("5.00"), documents=Decimal(5), control_account=Decimal(5),
        explained=Decimal(0),
    )  # fmt: skip
    system = replace(QUICKBOOKS, tie_outs=(tie,), items=())
    document = json.loads(content(replace(EXAMPLE, systems=(system,)), "json", "es", "es-CO"))
    assert document["systems"]["quickbooks"]["currencies"]["CLP"]["ledger"] == "5"


@pytest.mark.parametrize("name", [*NAMES.values(), "Ana\nGil"])
def test_names_of_borrowers_never_reach_the_json(name):
    assert name not in content(EXAMPLE, "json", "es", "es-CO").decode()


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [v or "" for k, v in attrs if k in {"src", "href", "style"} or k[:2] == "on"]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_but_itself_and_runs_nothing(language):
    page = Page(content(EXAMPLE, "html", language, "es-CO").decode())
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links)
    assert "<script>alert('x')</script>" in page.text


HOSTILE = st.sampled_from(
    [
        "<script>",
        "</style>",
        "=cmd()",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "{{ 71*71 }}",
        "\"'><b>",
        "a\nb",
        "é",
    ]
)


@settings(deadline=None, max_examples=25)
@given(st.lists(HOSTILE, min_size=6, max_size=6))
def test_text_from_anywhere_stays_text(hostile):
    name, reference, detail, ledger, books, company = hostile
    item = Item(
        kind=ItemKind.DRIFTED, currency="COP", reference=reference, external_id=reference,
        field="memo", ledger=ledger, books=books, cause="books.edited", action="look_closer",
        detail=detail, subject=detail, loan="1",
    )  # fmt: skip
    system = replace(QUICKBOOKS, company_name=company, items=(item,), notices=())
    wild = replace(EXAMPLE, systems=(system,), names={"1": name}, lender=company, findings=())
    page = Page(content(wild, "html", "en", "en").decode())
    assert "script" not in page.tags
    assert page.tags.count("style") == 1
    assert "5041" not in page.text
    table = content(wild, "csv", "en", "en").decode("utf-8-sig")
    for row in list(csv.reader(io.StringIO(table, newline="")))[1:]:
        for title, cell in zip(TITLES, row, strict=True):
            assert title == "amount" or not cell.startswith(("=", "+", "-", "@", "\t", "\n"))
    workbook = zipfile.ZipFile(io.BytesIO(content(wild, "xlsx", "en", "en")))
    for sheet in (n for n in workbook.namelist() if n.startswith("xl/worksheets/sheet")):
        assert b"<f>" not in workbook.read(sheet)


def test_a_text_that_looks_like_a_formula_gets_a_mark_and_others_do_not():
    assert [neutral(t) for t in ("=1", "+1", "-1", "@a", "\tb", "DY-L1", "")] == [
        "'=1", "'+1", "'-1", "'@a", "'\tb", "DY-L1", "",
    ]  # fmt: skip


def test_the_csv_has_every_item_with_plain_amounts():
    table = content(EXAMPLE, "csv", "es", "es-CO").decode("utf-8-sig")
    every = list(csv.DictReader(io.StringIO(table, newline="")))
    rows = [row for row in every if row["record"] == "item"]
    assert len(rows) == len(QUICKBOOKS.items)
    total = sum(Decimal(r["amount"]) for r in rows if r["currency"] == "COP")
    assert total == QUICKBOOKS.tie_outs[0].difference
    assert {r["borrower"] for r in rows} >= {"María Fernanda Ñáñez", "'=cmd|' /C calc'!A0"}


def test_the_workbook_has_exact_amounts_and_quoted_text():
    odd = Item(
        kind=ItemKind.FOREIGN, currency="USD", amount=Decimal("-98765432109876.43"),
        reference="long", cause="books.by_hand", action="none",
    )  # fmt: skip
    cent = replace(odd, amount=Decimal("1234567890123.45"), reference="fits")
    system = replace(QUICKBOOKS, items=(odd, cent))
    made = content(replace(EXAMPLE, systems=(system, ZOHO)), "xlsx", "es", "es-CO")
    workbook = zipfile.ZipFile(io.BytesIO(made))
    sheets = b"".join(
        workbook.read(n) for n in workbook.namelist() if n.startswith("xl/worksheets/sheet")
    )
    # As on the page, an amount is read from the ledger to the books, against its item's sign.
    assert b"<v>-1234567890123.45</v>" in sheets
    assert b"98765432109876.43" in sheets
    assert b"<v>98765432109876" not in sheets
    names = ET.fromstring(workbook.read("xl/workbook.xml"))
    titles = [s.attrib["name"] for s in names.iter() if s.tag.endswith("}sheet")]
    assert titles == ["Resumen", "Para hacer hoy", "Partidas", "Llegó tarde", "Observaciones"]
    assert "Zoho" not in titles


def test_the_same_reconciliation_gives_the_same_workbook():
    first, second = (content(EXAMPLE, "xlsx", "en", "en") for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("language", "lender", "written", "day"),
    [
        ("es", "es-CO", "1.234.567,89", "20 de noviembre de 2026"),
        ("es", "es-MX", "1,234,567.89", "20 de noviembre de 2026"),
        ("en", "es-CO", "1,234,567.89", "November 20, 2026"),
        ("en", "en-GB", "1,234,567.89", "20 November 2026"),
        ("pt", "es-CO", "1.234.567,89", "20 de novembro de 2026"),
    ],
)
def test_amounts_and_dates_are_written_as_the_reader_writes_them(language, lender, written, day):
    form = Figures(locale_for(language, lender), {})
    assert form.amount(Decimal("1234567.89"), "USD") == written
    assert form.day(date(2026, 11, 20)) == day


def test_pesos_have_cents_everywhere_in_a_report_or_nowhere():
    whole = figures(EXAMPLE, "es", "es-CO")
    assert whole.amount(Decimal("5.00"), "COP") == "5"
    assert whole.amount(Decimal(5), "USD") == "5,00"
    assert whole.amount(Decimal(5), "CLP") == "5"
    item = replace(QUICKBOOKS.items[0], amount=Decimal("0.50"))
    system = replace(QUICKBOOKS, items=(item, *QUICKBOOKS.items))
    some = figures(replace(EXAMPLE, systems=(system,)), "es", "es-CO")
    assert some.amount(Decimal(5), "COP") == "5,00"


def test_a_minus_is_the_plain_one_and_an_effect_has_its_sign():
    form = figures(EXAMPLE, "es", "es-CO")
    assert form.signed(Decimal(-5), "USD") == "-5,00"
    assert form.signed(Decimal(5), "USD") == "+5,00"
    assert form.signed(Decimal(0), "USD") == "0,00"


@settings(max_examples=100)
@given(st.decimals("-99999999999.99", "99999999999.99", places=2))
def test_no_cent_is_lost_in_writing(amount):
    written = Figures(locale_for("es", "es-CO"), {}).amount(amount, "USD")
    assert Decimal(written.replace(".", "").replace(",", ".")) == amount


def test_sides_of_a_difference_are_written_in_the_readers_form():
    words, form = texts("es"), figures(EXAMPLE, "es", "es-CO")
    base = replace(QUICKBOOKS.items[0], currency="USD", ledger="", books="")
    cases = {
        ("lines", "500000.00 21; 3.00 9"): "500.000,00 (id 21); 3,00 (id 9)",
        ("lines", "500000.00; 3.00"): "500.000,00; 3,00",
        ("applications", "DY-L1 25000.00"): "DY-L1 25.000,00",
        ("due", "2026-12-02"): "2/12/2026",
        ("total", "10.50"): "10,50",
        ("total", "much"): "much",
        ("number", "12"): "12",
        ("status", "voided"): "anulado",
        ("total", ""): "",
    }
    for (name, text), written in cases.items():
        (line,) = lines([replace(base, field=name, ledger=text)], words, form, {})
        assert line.ledger == written


@pytest.mark.parametrize(
    ("language", "loan", "movement"),
    [
        ("es", "Préstamo 142", "Movimiento 501"),
        ("en", "Loan 142", "Movement 501"),
        ("pt", "Empréstimo 142", "Movimento 501"),
    ],
)
def test_people_read_rows_of_the_ledger_in_words_and_programs_as_codes(language, loan, movement):
    made = {form: content(EXAMPLE, form, language, "es-CO") for form in FORMATS}
    sheets = zipfile.ZipFile(io.BytesIO(made["xlsx"]))
    made["xlsx"] = b"".join(sheets.read(name) for name in sorted(sheets.namelist()))
    for form in ("html", "text", "xlsx"):
        shown = made[form].decode()
        assert loan in shown
        assert movement in shown
        assert "loan:" not in shown
        assert "movement:" not in shown
    for form in ("json", "csv"):
        shown = made[form].decode()
        assert loan not in shown
        assert "loan:142" in shown
        assert "movement:501" in shown


def test_a_row_of_an_unknown_kind_is_shown_as_it_is():
    assert texts("es").subject("visit:7") == "visit:7"
    assert texts("es").subject("loan") == "loan"
    assert texts("en").subject("file:a: b {id}.csv") == "File a: b {id}.csv"


def test_the_lines_behind_a_total_are_told_with_it():
    words, form = texts("en"), figures(EXAMPLE, "en", "en")
    shown = [line for line in lines(QUICKBOOKS.items, words, form, {}) if line.loan == "102"]
    assert [(line.field, line.detail) for line in shown] == [
        ("Due date", ""), ("Total", "Lines: 400,000 → 500,000"),
    ]  # fmt: skip
    fields = [item["field"] for item in _items_of(EXAMPLE) if item["loan"] == "102"]
    assert fields == ["due", "lines", "total"]


def test_lines_without_a_total_or_with_an_amount_stand_for_themselves():
    (due, part, total) = (item for item in QUICKBOOKS.items if item.loan == "102")
    words, form = texts("en"), figures(EXAMPLE, "en", "en")
    for rows in (
        (due, part),
        (part, replace(total, reference="DY7F3A-L103")),
        (replace(part, amount=Decimal(1)), total),
        (replace(part, cause="posting.differs", kind=ItemKind.MISMATCHED), total),
    ):
        assert "Lines" in [line.field for line in lines(rows, words, form, {})]


def _items_of(reconciliation: Reconciliation) -> list[dict[str, str]]:
    document = json.loads(content(reconciliation, "json", "es", "es-CO"))
    return document["systems"]["quickbooks"]["items"]


def test_a_day_in_a_notice_is_written_in_the_readers_form():
    for form in ("text", "html"):
        shown = content(EXAMPLE, form, "es", "es-CO").decode()
        assert "30/11/2026" in shown
        assert "2026-11-30" not in shown


def test_remarks_on_rows_come_worst_first_in_words():
    found = remarks(EXAMPLE.findings[::-1], texts("en"), figures(EXAMPLE, "en", "en"))
    assert [r.severity.value for r in found] == ["error", "warning", "warning", "info"]
    assert found[0].examples[0] == (
        "Loan 12", "the ledger shows 12,000; its movements make 10,000 COP",
    )  # fmt: skip


def test_a_ledger_without_currency_is_said_to_have_none():
    tie = TieOut(
        currency="XXX", ledger=Decimal(5), documents=Decimal(0), control_account=Decimal(0),
        explained=Decimal(5),
    )  # fmt: skip
    made = replace(EXAMPLE, systems=(replace(QUICKBOOKS, tie_outs=(tie,)),))
    for form in ("text", "html"):
        shown = content(made, form, "es", "es-CO").decode()
        assert "Sin moneda" in shown
        assert "XXX" not in shown


def test_a_terminal_is_not_moved_by_what_the_books_say():
    system = replace(QUICKBOOKS, notices=(Notice("unchecked.refused", "\x1b[2Jgone\x07"),))
    shown = content(replace(EXAMPLE, systems=(system,)), "text", "en", "en").decode()
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_reports_are_written_for_the_owner_only_and_replace_the_days_earlier_ones(tmp_path):
    for _ in range(2):
        paths = render(EXAMPLE, FORMATS, tmp_path / "new", ("es", "en"), "es-CO")
    assert [p.name for p in paths] == [
        "reconciliation-2026-11-20.es.html", "reconciliation-2026-11-20.en.html",
        "reconciliation-2026-11-20.es.xlsx", "reconciliation-2026-11-20.en.xlsx",
        "reconciliation-2026-11-20.json",
        "reconciliation-2026-11-20.es.csv", "reconciliation-2026-11-20.en.csv",
        "reconciliation-2026-11-20.es.txt", "reconciliation-2026-11-20.en.txt",
    ]  # fmt: skip
    assert sorted(paths) == sorted((tmp_path / "new").iterdir())
    assert {p.stat().st_mode & 0o777 for p in paths} == {0o600}


def test_codes_need_no_language(tmp_path):
    (path,) = render(EXAMPLE, ("json",), tmp_path, (), "es-CO")
    assert path.name == "reconciliation-2026-11-20.json"


def test_a_day_without_anything_still_makes_every_report(tmp_path):
    for path in render(EMPTY, FORMATS, tmp_path, ("es",), "es-CO"):
        assert path.stat().st_size > 100
