"""Workbooks: exact numbers, both date systems, and nothing a hostile file could use."""

from __future__ import annotations

import gc
import tracemalloc
import zipfile
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.core.ledger import Loan
from bridge.errors import BridgeError, SnapshotRefused
from bridge.report.details import english
from bridge.source.files import sharedtexts
from tests.source.conftest import Read, source

HEAD = ["ID deuda", "ID deudor", "Monto", "Fecha", "Interés (%)", "Capital", "Concepto"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def workbook(tmp_path):
    def write(rows, **options):
        path = tmp_path / "libro.xlsx"
        book = xlsxwriter.Workbook(path, options)
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        percent = book.add_format({"num_format": "0%"})
        sheet = book.add_worksheet("Deudas")
        sheet.write_row(0, 0, HEAD)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif column == 4 and isinstance(value, float):
                    sheet.write_number(number, column, value, percent)
                elif isinstance(value, str) and value.startswith("=SUM"):
                    sheet.write_formula(number, column, value, None, 1500)
                else:
                    sheet.write(number, column, value)
        book.close()
        return path

    return write


def raw_book(path, sheet, extra=None):
    """A workbook of one sheet, from its XML."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{relations}"><sheets>'
        '<sheet name="D" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | (extra or {})).items():
            archive.writestr(name, content)
    return path


def sheet_xml(*rows):
    cells = [
        "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in HEAD[:4]),
        *rows,
    ]
    body = "".join(f"<row>{row}</row>" for row in cells)
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'


@pytest.mark.parametrize("base_1904", [False, True])
def test_dates_are_read_in_both_date_systems(workbook, base_1904):
    path = workbook([[1, 1, 5000, date(2026, 2, 1)]], default_date_format="", date_1904=base_1904)
    assert Read(path).one(Loan, "1").start == date(2026, 2, 1)


def test_shared_texts_formulas_and_percentages_are_understood(workbook):
    path = workbook([["A1", 1, "=SUM(F2:F2)", "01/02/2026", 0.2, 1250, "Préstamo"]])
    loan = Read(path).one(Loan, "A1")
    assert (loan.gross, loan.interest_rate) == (Decimal("1500.00"), Decimal(20))
    assert (loan.interest, loan.concept) == (Decimal("250.00"), "Préstamo")


def test_amounts_are_the_text_of_the_file_never_a_float(tmp_path):
    row = (
        "<c><v>1</v></c><c><v>1</v></c><c><v>123456789012.12</v></c>"
        '<c t="inlineStr"><is><t>01/02/2026</t></is></c>'
    )
    path = raw_book(tmp_path / "b.xlsx", sheet_xml(row))
    assert Read(path).one(Loan, "1").gross == Decimal("123456789012.12")


def test_cells_without_reference_and_phonetic_hints_are_read(tmp_path):
    row = (
        '<c t="inlineStr"><is><t>X</t><rPh sb="0" eb="1"><t>no</t></rPh></is></c><c><v>1</v></c>'
        '<c><v>1E3</v></c><c><v>46054</v></c><c r="XFD2"><v>9</v></c>'
    )
    loan = Read(raw_book(tmp_path / "b.xlsx", sheet_xml(row))).one(Loan, "X")
    assert (loan.gross, loan.start) == (Decimal("1000.00"), date(2026, 2, 1))


def test_an_error_value_is_an_unreadable_amount(tmp_path):
    row = '<c><v>1</v></c><c><v>1</v></c><c t="e"><v>#REF!</v></c><c><v>46054</v></c>'
    read = Read(raw_book(tmp_path / "b.xlsx", sheet_xml(row)))
    assert read.findings[-1].code == "amount.unreadable"
    assert "“#REF!” is not an amount" in english(read.findings[-1].detail)


HOSTILE = {
    "a document type": '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet_xml(),
    "broken XML": sheet_xml()[:-30],
    "a huge cell": sheet_xml(f'<c t="inlineStr"><is><t>{"a" * 200_000}</t></is></c>'),
    "a shared text that is not there": sheet_xml('<c t="s"><v>7</v></c>'),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_sheet_is_refused(tmp_path, content):
    with pytest.raises(SnapshotRefused) as refused:
        Read(raw_book(tmp_path / "b.xlsx", content))
    assert refused.value.problems


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = raw_book(tmp_path / "b.xlsx", "<a>" + " " * 200_000_000)
    with pytest.raises(SnapshotRefused, match="refused_grows"):
        source(path).snapshot()


def test_shared_texts_are_bounded(workbook):
    path = workbook([[n, 1, 5, "01/02/2026", "", "", f"texto {n}"] for n in range(50)])
    with pytest.raises(SnapshotRefused, match="mend_part_large"):
        source(path, limits={"shared_text_bytes": 500}).snapshot()


def test_rows_are_bounded(workbook):
    path = workbook([[n, 1, 5, "01/02/2026"] for n in range(50)])
    with pytest.raises(SnapshotRefused, match=r"refused_rows\(number=20\)"):
        Read(path, limits={"rows": 20})


def test_a_workbook_without_tables_says_what_it_needs(tmp_path):
    path = raw_book(tmp_path / "b.xlsx", f'<worksheet xmlns="{MAIN}"/>')
    with pytest.raises(SnapshotRefused) as refused:
        source(path).snapshot()
    assert "no heading row" in english(refused.value.problems[0].told)


@settings(suppress_health_check=list(HealthCheck), max_examples=100)
@given(at=st.floats(0, 1, exclude_max=True), wrong=st.binary(min_size=1, max_size=30))
def test_a_damaged_workbook_ends_in_rows_or_in_our_own_error(workbook, at, wrong):
    path = workbook([[n, 1, 5, "01/02/2026", 0.2, "", f"texto {n}"] for n in range(8)])
    content = bytearray(path.read_bytes())
    start = int(at * len(content))
    content[start : start + len(wrong)] = wrong
    path.write_bytes(content)
    try:
        Read(path)
    except BridgeError as error:
        assert error.problems


def test_shared_texts_beyond_those_that_are_held_are_read_exactly(workbook, monkeypatch):
    monkeypatch.setattr(sharedtexts, "HELD", 2_000)
    monkeypatch.setattr(sharedtexts, "_WRITTEN_AT_ONCE", 300)
    said = {str(n): f"Año {n} · {'ñ€𝄞'[n % 3] * (n % 40)}!" for n in range(1, 400)}
    rows = [[n, 1, 5, "01/02/2026", "", "", text] for n, text in said.items()]
    read = Read(workbook(rows))
    assert {loan.id: loan.concept for loan in read.of(Loan)} == said


def test_shared_texts_take_no_more_memory_when_there_are_more(tmp_path, monkeypatch):
    monkeypatch.setattr(sharedtexts, "HELD", 10_000)
    held = []
    for count in (2_000, 40_000):
        gc.collect()
        tracemalloc.start()
        texts = sharedtexts.SharedTexts(tmp_path)
        for n in range(count):
            texts.append(f"Carmen Restrepo {n}")
        texts.finish()
        held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert texts[count - 1] == f"Carmen Restrepo {count - 1}"
    few, many = held
    assert many - few < 38_000 * 16  # eight bytes for the place of each


def test_a_huge_shared_text_is_refused(tmp_path):
    texts = f'<sst xmlns="{MAIN}"><si><t>{"a" * 150_000}</t></si></sst>'
    path = raw_book(tmp_path / "b.xlsx", sheet_xml(), {"xl/sharedStrings.xml": texts})
    with pytest.raises(SnapshotRefused, match=r"refused_cell\(number=100000\)"):
        source(path).snapshot()
