"""Delimited text in the wild: encodings, delimiters, quotes, rows that are not data."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.core.ledger import Loan, Repayment
from bridge.errors import BridgeError, SnapshotRefused
from bridge.report.details import english
from bridge.source.files import delimited
from tests.source.conftest import Read, source

HEAD = "ID movimiento;ID deuda;Fecha;Concepto;Tipo de movimiento;Monto;Forma de pago\n"
ROW = "1;9;01/02/2026;{};Pago;5.000;Efectivo\n"


def test_a_row_that_cannot_be_read_names_file_row_column_and_what_would_be_right(csv_file):
    rows = HEAD + ROW.format("x") + "2;9;31/02/2026;x;Regalo;5 mil;\n" + "3;9;01/02/2026;;Pago;1;\n"
    read = Read(csv_file(rows))
    assert [row.id for row in read.of(Repayment)] == ["1", "3"]
    finding = next(f for f in read.findings if f.subject == "movement:2")
    assert finding.code == "row.unreadable"
    assert finding.related == ("loan:9",)
    for part in (
        "row 3, column Monto: “5 mil” is not an amount; write it like 1.234.567,89",
        "column Fecha: “31/02/2026” is not a date; write dd/mm/yyyy",
        "column Tipo de movimiento: “Regalo” is not a type of movement; use Pago",
    ):
        assert part in english(finding.detail)
    assert read.snapshot.unreadable == 1


def test_an_unquoted_delimiter_in_a_text_does_not_shift_amounts(csv_file):
    read = Read(csv_file(HEAD + "1;9;01/02/2026;pan; leche;Pago;5.000;Efectivo\n"))
    assert read.of(Repayment) == []
    assert "has 8 cells, and there are 7 headings" in english(read.findings[-1].detail)


def test_quotes_that_do_not_close_cost_their_rows_only(csv_file):
    text = HEAD + ROW.format("x") + '2;9;01/02/2026;"a"b;Pago;1;\n' + ROW.format("y")
    read = Read(csv_file(text))
    assert len(read.of(Repayment)) == 2
    assert read.snapshot.unreadable == 1
    never = Read(csv_file(HEAD + ROW.format("x") + '2;9;01/02/2026;"abierto;Pago;1;\n'))
    assert never.snapshot.unreadable == 1


@pytest.mark.parametrize("blanks", [1, 9, 10, 11, 500])
def test_rows_after_empty_rows_are_read_however_many_there_are(csv_file, blanks):
    read = Read(csv_file(HEAD + ROW.format("x") + ";;;;;;\n" * blanks + ROW.format("y")))
    assert len(read.of(Repayment)) == 2
    assert read.snapshot.unreadable == 0
    assert f"{blanks} blank rows" in [english(f.detail) for f in read.findings]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiters_and_encodings_are_found(csv_file, delimiter, encoding):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(["ID deuda", "ID deudor", "Concepto", "Monto", "Moneda", "Fecha"])
    writer.writerow([1, 2, "Ñame, plátano; y más", "1.500,00", "COP", "01/02/2026"])
    loan = Read(csv_file(out.getvalue().encode(encoding))).one(Loan, "1")
    assert loan.concept == "Ñame, plátano; y más"
    assert loan.gross == 1500


def test_missing_columns_are_named_with_the_nearest_heading(csv_file):
    path = csv_file("ID deuda;ID deudor;Montto;Fecha;Saldo\n1;1;5;01/02/2026;5\n")
    with pytest.raises(SnapshotRefused) as refused:
        source(path).snapshot()
    told = english(refused.value.problems[0].told)
    assert '"Monto"' in told
    assert '(≈ "Montto")' in told


def test_two_columns_with_one_heading_are_a_question(csv_file):
    path = csv_file("ID deuda;ID deudor;Monto;Monto;Fecha\n1;1;5;6;01/02/2026\n")
    with pytest.raises(SnapshotRefused, match="refused_two_headings"):
        source(path).snapshot()


def test_an_unknown_method_is_read_as_other_and_told_once(csv_file):
    rows = "".join(f"{n};9;01/02/2026;;Pago;5.000;Trueque\n" for n in range(5))
    read = Read(csv_file(HEAD + rows))
    assert {row.method for row in read.of(Repayment)} == {"other"}
    assert [f.code for f in read.findings].count("value.unknown") == 1


def test_many_unreadable_rows_are_counted_not_listed(csv_file):
    rows = "".join(f"{n};9;x;;Pago;5;\n" for n in range(50))
    read = Read(csv_file(HEAD + rows), limits={"reported_rows": 10})
    told = [f for f in read.findings if "unreadable" in f.code]
    assert len(told) == 11
    assert "40 more rows" in english(told[-1].detail)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_above_its_limit_is_refused(csv_file, monkeypatch, encoding):
    monkeypatch.setattr(delimited, "CHUNK", 100)
    path = csv_file((HEAD + ROW * 100).encode(encoding))
    with pytest.raises(SnapshotRefused) as refused:
        source(path, limits={"file_bytes": 500}).snapshot()
    assert "above the limit of 500 bytes" in english(refused.value.problems[0].told)


@pytest.mark.parametrize("chunk", [16, delimited.CHUNK])
@pytest.mark.parametrize("end", [b"\xc3", b"\xff\n", b"\x00"])
def test_a_text_that_is_utf8_until_its_torn_end_is_refused(csv_file, monkeypatch, chunk, end):
    monkeypatch.setattr(delimited, "CHUNK", chunk)
    no_windows_text = "Í".encode()  # its second byte, 8D, is no letter of Windows-1252
    path = csv_file(HEAD.encode() + no_windows_text + ROW.encode() + end)
    with pytest.raises(SnapshotRefused) as refused:
        source(path).snapshot()
    told = english(refused.value.problems[0].told)
    assert "its text cannot be read" in told or "is not text" in told


def test_a_torn_end_does_not_matter_where_all_the_bytes_are_windows_letters(csv_file):
    read = Read(csv_file(HEAD.encode() + ROW.format("Ñame").encode("cp1252") + b"\xc3"))
    assert [row.concept for row in read.of(Repayment)] == ["Ñame"]


def test_a_row_of_totals_is_never_a_payment(csv_file):
    read = Read(csv_file(HEAD + ROW.format("x") + "TOTAL;;;;;5.000;\nSuma;;;;;5.000;\n"))
    assert len(read.of(Repayment)) == 1
    assert [f.code for f in read.findings].count("file.total_row") == 2


NASTY = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), whitelist_characters="\n;\",'="), max_size=30
)


@settings(
    suppress_health_check=list(HealthCheck),
    max_examples=60,
)
@given(texts=st.lists(NASTY, min_size=1, max_size=5))
def test_any_text_survives_the_way_through_csv(tmp_path, texts):
    from bridge.source.texts import clean

    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["ID movimiento", "ID deuda", "Fecha", "Concepto", "Monto"])
    for number, text in enumerate(texts, start=1):
        writer.writerow([number, 9, "01/02/2026", text, "5.000"])
    path = tmp_path / "n.csv"
    path.write_bytes(out.getvalue().encode("utf-8-sig"))
    rows = Read(path).of(Repayment)
    assert [row.concept for row in rows] == [clean(text) for text in texts]


HEADS = (
    b"",
    HEAD.encode(),
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b'{"schema":"deudores-snapshot/1",',
    b"PK",
)


@settings(
    suppress_health_check=list(HealthCheck),
    max_examples=200,
)
@given(head=st.sampled_from(HEADS), body=st.binary(max_size=400))
def test_random_bytes_end_in_rows_or_in_our_own_error(tmp_path, head, body):
    path = tmp_path / "r.bin"
    path.write_bytes(head + body)
    try:
        list(source(path).snapshot().rows())
    except BridgeError as error:
        assert error.problems
