"""OpenDocument spreadsheets: exact values, what repeats, and nothing a hostile file could use."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.core.ledger import Loan
from bridge.errors import BridgeError, SnapshotRefused
from bridge.report.details import english
from bridge.source.files.delivered import PlainFile, SizeLimits
from bridge.source.files.opendocument import OpenDocument
from bridge.source.files.zippedxml import BookLimits
from tests.source import ods
from tests.source.conftest import Read, source

HEAD = ["ID deuda", "ID deudor", "Monto", "Fecha", "Interés (%)", "Concepto"]
LIMITS = BookLimits(SizeLimits(10**7, 10**9, 10**4), 10**6, 100, 20, 1000)


def rows(path, limits=LIMITS):
    (sheet,) = OpenDocument(PlainFile(path), limits, None).sheets()
    return list(sheet.rows())


def one_cell(tmp_path, xml):
    """What a cell of this XML is read as."""
    path = ods.write(tmp_path / "b.ods", ods.content(ods.table("D", [[xml]])))
    return rows(path)[0][1][0]


@pytest.mark.parametrize(
    ("said", "text", "wanted"),
    [
        ('office:value-type="float" office:value="123456789012.12"', "1", "123456789012.12"),
        ('office:value-type="float" office:value="1E3"', "1.000", "1E3"),
        ('office:value-type="currency" office:currency="COP" office:value="50000"', "$ 5", "50000"),
    ],
)
def test_amounts_are_the_text_of_the_file_never_a_float(tmp_path, said, text, wanted):
    xml = f"<table:table-cell {said}><text:p>{text}</text:p></table:table-cell>"
    read = one_cell(tmp_path, xml)
    assert isinstance(read, Decimal)
    assert read == Decimal(wanted)


@pytest.mark.parametrize(
    ("said", "body", "wanted"),
    [
        ('office:value-type="percentage" office:value="0.2"', "<text:p>20%</text:p>", "20%"),
        ('office:value-type="date" office:date-value="2026-02-01"', "", date(2026, 2, 1)),
        ('office:value-type="date" office:date-value="2026-02-01T10:00:00"', "", date(2026, 2, 1)),
        ('office:value-type="boolean" office:boolean-value="true"', "", True),
        ('office:value-type="float" office:value="NaN"', "<text:p>Err</text:p>", "NaN"),
        (
            'office:value-type="string" office:string-value=""',
            "<text:p>#REF!</text:p>",
            "#REF!",
        ),
        (
            'office:value-type="string"',
            '<text:p>Ana <text:s text:c="2"/><text:span>R</text:span></text:p><text:p>2</text:p>',
            "Ana   R\n2",
        ),
        (
            'office:value-type="string"',
            "<office:annotation><text:p>una nota</text:p></office:annotation><text:p>Ana</text:p>",
            "Ana",
        ),
    ],
)
def test_each_type_of_cell_is_what_it_says(tmp_path, said, body, wanted):
    xml = f"<table:table-cell {said}>{body}</table:table-cell>"
    assert one_cell(tmp_path, xml) == wanted


def test_repeated_cells_and_rows_are_as_many_as_they_say(tmp_path):
    again = 'table:number-columns-repeated="2"'
    twice = ods.row([ods.cell(5, again), "b"], 'table:number-rows-repeated="2"')
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    path = ods.write(tmp_path / "b.ods", ods.content(ods.table("D", [["a"], twice, blank, ["z"]])))
    assert rows(path) == [
        (1, ["a"]), (2, [5, 5, "b"]), (3, [5, 5, "b"]), (4, []), (5, []), (6, []), (7, ["z"]),
    ]  # fmt: skip


def test_a_stray_cell_far_away_makes_no_huge_row(tmp_path):
    wide = ods.cell("x", 'table:number-columns-repeated="16384"')
    gap = ods.row([], 'table:number-rows-repeated="1000000"')
    path = ods.write(tmp_path / "b.ods", ods.content(ods.table("D", [[wide], gap, ["z"]])))
    read = rows(path)
    assert len(read[0][1]) == LIMITS.columns
    assert [line for line, _ in read] == [1, *range(999_991, 1_000_003)]


def test_what_was_deleted_with_tracked_changes_is_no_sheet(tmp_path):
    gone = ods.table("Viejo", [["Monto"], [9]])
    tracked = f"<table:tracked-changes>{gone}</table:tracked-changes>"
    path = ods.write(tmp_path / "b.ods", ods.content(tracked, ods.table("D", [["a"]])))
    assert rows(path) == [(1, ["a"])]


SPACES = (
    '<table:table-cell office:value-type="string"><text:p>a<text:s text:c="99999999"/></text:p>'
    "</table:table-cell>"
)
HOSTILE = {
    "a document type": '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + ods.content(ods.table("D", [HEAD])),
    "broken XML": ods.content(ods.table("D", [HEAD]))[:-30],
    "a huge cell": ods.content(ods.table("D", [HEAD, ["a" * 200_000]])),
    "huge spaces": ods.content(ods.table("D", [HEAD, [SPACES]])),
    "too many rows": ods.content(
        ods.table("D", [HEAD, ods.row([1, 1, 5], 'table:number-rows-repeated="99999999"')])
    ),
    "no sheets": ods.content(),
}


@pytest.mark.parametrize("xml", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_sheet_is_refused(tmp_path, xml):
    with pytest.raises(SnapshotRefused) as refused:
        Read(ods.write(tmp_path / "b.ods", xml), limits={"rows": 1000})
    assert refused.value.problems


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = ods.write(tmp_path / "b.ods", "<a>" + " " * 200_000_000)
    with pytest.raises(SnapshotRefused, match="refused_grows"):
        source(path).snapshot()


def test_a_book_of_libreoffice_is_a_ledger(tmp_path):
    path = ods.book(
        tmp_path / "libro.ods", {"Deudas": [HEAD, ["A1", 1, 1500, date(2026, 2, 1), "20%", "Moto"]]}
    )
    read = Read(path, amount_is="lent")
    loan = read.one(Loan, "A1")
    assert (loan.principal, loan.interest_rate, loan.start) == (1500, 20, date(2026, 2, 1))
    assert read.facts.format == "ods"
    assert Read(tmp_path, amount_is="lent").one(Loan, "A1")


def test_a_text_document_is_no_ledger(tmp_path):
    mime = "application/vnd.oasis.opendocument.text"
    path = ods.write(tmp_path / "carta.ods", ods.content(), mime)
    with pytest.raises(SnapshotRefused) as refused:
        source(path).snapshot()
    assert "spreadsheet of another kind" in english(refused.value.problems[0].told)


@settings(suppress_health_check=list(HealthCheck), max_examples=60)
@given(at=st.integers(0, 1_500), wrong=st.binary(min_size=1, max_size=30))
def test_a_damaged_book_ends_in_rows_or_in_our_own_error(tmp_path, at, wrong):
    whole = ods.book(tmp_path / "l.ods", {"Deudas": [HEAD, [1, 1, 5, date(2026, 2, 1)]]})
    damaged = bytearray(whole.read_bytes())
    damaged[at : at + len(wrong)] = wrong
    path = tmp_path / "d.ods"
    path.write_bytes(damaged)
    try:
        Read(path)
    except BridgeError as error:
        assert error.problems
