"""A delivery is believed whole or refused whole, with every problem told."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from datetime import date

import pytest

from bridge.core.ledger import Loan, Repayment
from bridge.errors import ConfigurationError, SnapshotRefused
from bridge.report.details import english
from bridge.source.deudores.reader import Deudores
from bridge.source.registry import load
from tests.source.conftest import DAY1, SAMPLES, Read, source


@pytest.fixture
def package(tmp_path):
    """A copy of the sample package, to damage."""
    folder = tmp_path / "paquete"
    folder.mkdir()
    for path in DAY1.iterdir():
        shutil.copy(path, folder / path.name)
    return folder


def refused(path, **changes):
    """The problems of a delivery that must be refused, before or while it is read."""
    with pytest.raises(SnapshotRefused) as caught:
        list(source(path, **changes).snapshot().rows())
    assert caught.value.problems
    return [english(problem.told) for problem in caught.value.problems]


def manifest_of(package):
    return json.loads((package / "manifest.json").read_text(encoding="utf-8"))


def save(package, manifest):
    (package / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def rehash(package, name, **more):
    """Make the manifest vouch for a file as it is now."""
    manifest = manifest_of(package)
    content = (package / name).read_bytes()
    for entry in manifest["files"]:
        if entry["name"] == name:
            digest = hashlib.sha256(content).hexdigest()
            entry |= {"bytes": len(content), "sha256": digest} | more
    save(package, manifest)


def zipped(folder, path, inside=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"{inside}{file.name}")
    return path


def test_every_wrong_file_of_a_package_is_told_at_once(package):
    (package / "deudas.csv").unlink()
    data = bytearray((package / "movimientos.csv").read_bytes())
    data[5000] ^= 1
    (package / "movimientos.csv").write_bytes(data)
    (package / "deudores.xlsx").write_bytes(b"PK")
    told = refused(package)
    assert len(told) == 3
    assert "deudas.csv: it is missing" in told[0]
    assert "not the file that was exported" in told[1]
    assert "bytes" in told[2]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"schema": "otro/2"}, "of a version that is not known"),
        ({"as_of": "ayer"}, "not a date"),
        ({"device_id": ""}, "phone's id is missing"),
        ({"default_currency": "PESOS"}, "not a currency"),
        ({"files": []}, "lists no file"),
        (
            {"files": [{"name": "../x", "content": "all", "bytes": 1, "sha256": ""}]},
            "cannot stand in the list",
        ),
        (
            {"files": [{"name": "x", "content": "gps", "bytes": 1, "sha256": ""}]},
            "cannot stand in the list",
        ),
        ({"files": "x"}, "it is cut or was edited"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(package, change, what):
    save(package, manifest_of(package) | change)
    assert any(what in told for told in refused(package))


def test_a_manifest_that_is_not_json_is_refused(package):
    (package / "manifest.json").write_bytes(b"{")
    assert "it is cut or was edited" in refused(package)[0]


def test_a_package_without_one_of_its_tables_is_refused(package):
    manifest = manifest_of(package)
    manifest["files"] = [e for e in manifest["files"] if e["name"] == "deudas.csv"]
    save(package, manifest)
    told = refused(package)
    assert len(told) == 2
    assert "borrowers" in told[0]
    assert "movements" in told[1]


def test_a_package_with_fewer_rows_than_declared_is_refused(package):
    path = package / "movimientos.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-3]))
    rehash(package, "movimientos.csv")
    with pytest.raises(SnapshotRefused, match=r"refused_declared\(number=1134, before=1137\)"):
        list(source(package, "csv").snapshot().rows())


def test_a_snapshot_of_another_day_than_its_manifest_is_refused(package):
    save(package, manifest_of(package) | {"as_of": "2026-11-18"})
    assert "two exports are mixed" in refused(package)[0]


@pytest.mark.parametrize("inside", ["", "paquete/"])
@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_a_zip_of_a_package_reads_as_its_folder(package, tmp_path, inside, form, day1):
    path = zipped(package, tmp_path / "paquete.zip", inside)
    read = Read(path, form)
    assert read.rows == day1(form).rows
    assert read.snapshot.complete_after_reading()


def test_a_zip_protected_with_a_password_is_refused(package, tmp_path):
    path = zipped(package, tmp_path / "p.zip")
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    assert any("password" in told for told in refused(path))


def test_a_zip_with_a_file_twice_is_refused(tmp_path):
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/x.csv", "1")
        archive.writestr("b/x.csv", "2")
    assert any("twice" in told for told in refused(path))


def test_a_bomb_is_refused_from_its_directory(tmp_path):
    path = tmp_path / "bomba.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deudas.csv", b"0" * 60_000_000)
    assert any("would grow" in told for told in refused(path))
    limits = {"unpacked_bytes": 1000}
    assert any("unpacked it would have" in told for told in refused(path, limits=limits))


def test_a_truncated_zip_is_refused(package, tmp_path):
    path = zipped(package, tmp_path / "p.zip")
    path.write_bytes(path.read_bytes()[:-500])
    assert "damaged" in refused(path)[0]


def test_a_form_that_is_not_there_is_named(tmp_path):
    shutil.copy(SAMPLES / "dia2" / "deudores_snapshot.json", tmp_path)
    with pytest.raises(SnapshotRefused) as caught:
        source(tmp_path, "xlsx").snapshot()
    assert "not there in the form xlsx" in english(caught.value.problems[0].told)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "password"),
        (bytes(range(256)) * 20, "not text"),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj", "no heading row"),
        (b"{", "it is cut or was edited"),
        (b'{"schema": 5}', "it is cut or was edited"),
        (b"[" * 100_000, "it is cut or was edited"),
        (b'{"debtor": [{"debtorId": 1}], "movement": 3}', "it is cut or was edited"),
        (b"PK\x03\x04garbage", "damaged"),
        (b"hola\n", "no heading row"),
        (b"a\x81;b\nc;d\n", "its text cannot be read"),
        (b"\xef\xbb\xbfa;\xff\n", "its text cannot be read"),
    ],
)
def test_what_is_no_ledger_is_refused_with_the_reason(tmp_path, content, what):
    path = tmp_path / "archivo.dat"
    path.write_bytes(content)
    assert any(what in told for told in refused(path))


def test_a_missing_path_is_told(tmp_path):
    assert "does not exist" in refused(tmp_path / "nada.csv")[0]


def test_an_empty_folder_is_told(tmp_path):
    assert "has no ledger in it. Put one there" in refused(tmp_path)[0]


def test_what_a_file_is_follows_from_its_content(tmp_path, day1):
    path = tmp_path / "deudores.csv"
    shutil.copy(DAY1 / "deudores.xlsx", path)
    assert len(Read(path).of(Loan)) == 200
    shutil.copy(DAY1 / "deudores_snapshot.json", path)
    assert len(Read(path).of(Loan)) == 200


def test_a_workbook_alone_is_read_but_absence_means_nothing():
    read = Read(DAY1 / "deudores.xlsx")
    assert len(read.of(Repayment)) == 900
    assert not read.snapshot.complete_after_reading()


def snapshot_with(**changes):
    document = json.loads((SAMPLES / "dia2" / "deudores_snapshot.json").read_text(encoding="utf-8"))
    return json.dumps(document | changes).encode()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"schema": "deudores-snapshot/2"}, "of a version that is not known"),
        ({"counts": {"debtors": 121, "debts": 201, "movements": 1}}, "and says 1"),
        ({"counts": {"debtors": 121}}, "does not say how many"),
        ({"device_id": " "}, "phone's id is missing"),
        ({"as_of": "20.11.2026"}, "not a date"),
        ({"default_currency": "PES"}, "not a currency"),
    ],
)
def test_a_snapshot_that_does_not_agree_with_itself_is_refused(tmp_path, changes, what):
    path = tmp_path / "s.json"
    path.write_bytes(snapshot_with(**changes))
    assert any(what in told for told in refused(path))


def test_a_snapshot_above_its_limit_is_refused_with_advice(tmp_path):
    told = refused(SAMPLES / "dia2" / "deudores_snapshot.json", limits={"json_bytes": 1000})
    assert "CSV package" in told[0]


def test_records_that_cannot_be_read_are_told_and_the_rest_is_read(tmp_path):
    debts = [
        {
            "debt_id": 1,
            "debtor_id": 1,
            "amount": "12.50",
            "remaining": 0,
            "created_on": "2026-01-01",
        },
        {
            "debt_id": 2,
            "debtor_id": 1,
            "amount": "mucho",
            "remaining": 0,
            "created_on": "2026-01-01",
        },
        {"debt_id": 3, "debtor_id": 1, "amount": 5, "remaining": 0, "created_on": "2026-31-01"},
        {"debtor_id": 1, "amount": 5, "remaining": 0, "created_on": "2026-01-01"},
        7,
    ]
    path = tmp_path / "s.json"
    counts = {"debtors": 0, "debts": 5, "movements": 0}
    path.write_bytes(snapshot_with(debtors=[], debts=debts, movements=[], counts=counts))
    read = Read(path)
    assert [(loan.id, str(loan.gross)) for loan in read.of(Loan)] == [("1", "12.50")]
    found = {(f.code, f.subject) for f in read.findings}
    assert ("amount.unreadable", "loan:2") in found
    assert ("date.unreadable", "loan:3") in found
    assert sum(f.code == "row.unreadable" for f in read.findings) == 2
    assert read.facts.complete
    assert not read.snapshot.complete_after_reading()


@pytest.mark.parametrize(
    "record",
    [b'{"debt_id":1,"amount":1e9999999999999999999}', b'{"a":"\xff"}', b"[]"],
)
def test_a_damaged_record_costs_itself_only(tmp_path, record):
    counts = {"debtors": 0, "debts": 1, "movements": 0}
    content = snapshot_with(debtors=[], debts=["x"], movements=[], counts=counts)
    path = tmp_path / "s.json"
    path.write_bytes(content.replace(b'"debts": ["x"]', b'"debts": [' + record + b"]"))
    read = Read(path)
    assert read.of(Loan) == []
    assert read.snapshot.unreadable == 1


def test_nesting_without_end_is_refused(tmp_path):
    content = snapshot_with(debts=["x"])
    path = tmp_path / "s.json"
    path.write_bytes(content.replace(b'["x"]', b"[" * 100_000 + b"]" * 100_000))
    assert "it is cut or was edited" in refused(path)[0]


def test_a_file_that_cannot_be_read_is_refused_unless_another_form_is_wanted(tmp_path):
    shutil.copy(SAMPLES / "dia2" / "deudores_snapshot.json", tmp_path / "s.json")
    (tmp_path / "deudas.csv").write_bytes(b"")
    assert "empty" in refused(tmp_path)[0]
    assert len(Read(tmp_path, "json").of(Loan)) == 201


def test_a_half_read_snapshot_says_nothing_of_absence():
    snapshot = source(DAY1).snapshot()
    next(iter(snapshot.rows()))
    assert not snapshot.complete_after_reading()


def test_the_registry_knows_the_source_and_names_the_others():
    assert load("deudores") is Deudores
    with pytest.raises(ConfigurationError) as unknown:
        load("deudor")
    assert "Use deudores" in english(unknown.value.problems[0].fix)


def test_an_unknown_time_zone_is_a_configuration_error(mapping):
    with pytest.raises(ConfigurationError):
        Deudores(DAY1, mapping, "Bogota/America", date(2026, 11, 20))
