"""A folder of deliveries: the newest counts, by its own day, and nothing there goes unsaid."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.errors import SnapshotRefused
from bridge.report.details import english
from tests.source.conftest import DAY1, SAMPLES, Read

DAY2 = SAMPLES / "dia2" / "deudores_snapshot.json"
SNAPSHOT = DAY1 / "deudores_snapshot.json"
DUMP = SAMPLES / "variantes" / "volcado_tablas.json"
SHEET = "Préstamo,Cliente,Monto,Fecha\n{number},Ana Ruiz,1000,{day}\n"


def zipped(path: Path, *files: Path, inside: str = "") -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, f"{inside}{file.name}")


def copied(at: Path, file: Path = SNAPSHOT, **changes: str) -> None:
    at.parent.mkdir(parents=True, exist_ok=True)
    if not changes:
        shutil.copy(file, at)
        return
    at.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), encoding="utf-8")


def sheet(at: Path, day: str, number: int = 1) -> None:
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text(SHEET.format(number=number, day=day), encoding="utf-8")


def packages_by_day(inbox: Path) -> None:
    shutil.copytree(DAY1, inbox / "2026-11-19")
    (inbox / "2026-11-20").mkdir()
    shutil.copy(DAY2, inbox / "2026-11-20" / "deudores_snapshot.json")


def zips_whose_names_and_copying_say_nothing(inbox: Path) -> None:
    zipped(inbox / "a.zip", DAY2)
    zipped(inbox / "b.zip", *DAY1.iterdir(), inside="export/")


def snapshots_side_by_side(inbox: Path) -> None:
    copied(inbox / "z.json")
    copied(inbox / "a.json", DAY2)


def a_zip_beside_folders(inbox: Path) -> None:
    packages_by_day(inbox)
    shutil.rmtree(inbox / "2026-11-20")
    zipped(inbox / "lunes.zip", DAY2)


def by_year_and_month(inbox: Path) -> None:
    copied(inbox / "2026" / "11" / "19" / "deudores_snapshot.json")
    copied(inbox / "2026" / "11" / "20" / "deudores_snapshot.json", DAY2)


def older_sheets_beside_a_snapshot(inbox: Path) -> None:
    copied(inbox / "hoy" / "deudores_snapshot.json", DAY2)
    sheet(inbox / "cartera 18-11-2026.csv", "2026-11-01")


@pytest.mark.parametrize(
    "lay",
    [
        packages_by_day,
        zips_whose_names_and_copying_say_nothing,
        snapshots_side_by_side,
        a_zip_beside_folders,
        by_year_and_month,
        older_sheets_beside_a_snapshot,
    ],
)
def test_the_newest_delivery_counts_by_its_own_day(
    tmp_path: Path, lay: Callable[[Path], None]
) -> None:
    lay(tmp_path)
    read = Read(tmp_path)
    assert read.facts.as_of.isoformat() == "2026-11-20"
    (told,) = (finding for finding in read.findings if finding.code == "delivery.chosen")
    assert "(2026-11-20); older: " in english(told.detail)
    assert not told.asks


def test_of_two_deliveries_of_one_day_the_one_made_later_counts(tmp_path: Path) -> None:
    copied(tmp_path / "b.json", generated_at="2026-11-19T08:00:00-05:00", device_id="early")
    copied(tmp_path / "a.json", generated_at="2026-11-19T19:00:00-05:00", device_id="late")
    os.utime(tmp_path / "a.json", (0, 0))  # nothing that copying changes decides
    assert Read(tmp_path).facts.installation == "late"


def test_sheets_of_several_days_are_told_apart_by_the_days_in_their_names(tmp_path: Path) -> None:
    sheet(tmp_path / "cartera_2026-11-19.csv", "2026-11-01", 1)
    sheet(tmp_path / "cartera_20261120.csv", "2026-11-02", 2)
    sheet(tmp_path / "cartera 18.11.2026.csv", "2026-11-02", 3)
    read = Read(tmp_path)
    (told,) = (finding for finding in read.findings if finding.code == "delivery.chosen")
    assert english(told.detail) == (
        "read: cartera_20261120.csv (2026-11-20); older: cartera_2026-11-19.csv (2026-11-19), "
        "cartera 18.11.2026.csv (2026-11-18)"
    )
    assert not [row for row in read.rows if getattr(row, "id", "") in ("1", "3")]


def test_a_folder_with_the_files_of_one_delivery_is_that_delivery(tmp_path: Path) -> None:
    for name in ("deudas.csv", "deudores.csv", "movimientos.csv"):
        shutil.copy(DAY1 / name, tmp_path / name)
    read = Read(tmp_path)
    assert read.facts.format == "csv"
    assert "delivery.chosen" not in read.codes()


@pytest.mark.parametrize("folder", ["", "inbox"])
def test_a_table_dump_is_a_delivery_too(tmp_path: Path, folder: str) -> None:
    copied(tmp_path / folder / "volcado.json", DUMP)
    (tmp_path / folder / "notas.txt.md").write_text("nada", encoding="utf-8")
    assert len(Read(tmp_path).rows) > 2


def test_a_newest_zip_that_is_cut_short_is_refused_with_what_else_lies_there(
    tmp_path: Path,
) -> None:
    zipped(tmp_path / "2026-11-19.zip", *DAY1.iterdir())
    whole = (tmp_path / "2026-11-19.zip").read_bytes()
    (tmp_path / "2026-11-20.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SnapshotRefused, match=r"newest_not_whole\(file=2026-11-20\.zip") as said:
        Read(tmp_path)
    assert "2026-11-19.zip of 2026-11-19 lies there too, which is older" in english(
        said.value.problems[-1].told
    )
    assert "take it away" in english(said.value.problems[-1].fix)


def test_an_older_one_that_is_cut_short_keeps_nothing_up(tmp_path: Path) -> None:
    copied(tmp_path / "deudores_snapshot.json", DAY2)
    (tmp_path / "2026-11-18.zip").write_bytes(b"PK\x03\x04 cut")
    assert Read(tmp_path).facts.as_of.isoformat() == "2026-11-20"


@pytest.mark.parametrize("missing", ["manifest.json", "movimientos.csv"])
def test_a_newest_package_that_is_half_copied_is_refused(tmp_path: Path, missing: str) -> None:
    shutil.copytree(DAY1, tmp_path / "2026-11-19")
    shutil.copytree(DAY1, tmp_path / "2026-11-20")
    manifest = tmp_path / "2026-11-20" / "manifest.json"
    later = json.loads(manifest.read_text("utf-8")) | {"as_of": "2026-11-20"}
    manifest.write_text(json.dumps(later), encoding="utf-8")
    (tmp_path / "2026-11-20" / "deudores_snapshot.json").write_text(
        json.dumps(json.loads(SNAPSHOT.read_text("utf-8")) | {"as_of": "2026-11-20"}),
        encoding="utf-8",
    )
    (tmp_path / "2026-11-20" / missing).unlink()
    with pytest.raises(SnapshotRefused) as said:
        Read(tmp_path)
    assert any(missing in problem.where for problem in said.value.problems)


def test_a_snapshot_that_is_cut_short_is_refused_when_it_is_the_newest(tmp_path: Path) -> None:
    copied(tmp_path / "2026-11-19.json")
    text = DAY2.read_text("utf-8")
    (tmp_path / "2026-11-20.json").write_text(text[: len(text) // 2], encoding="utf-8")
    with pytest.raises(SnapshotRefused, match=r"newest_not_whole\(file=2026-11-20\.json"):
        Read(tmp_path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cartera.xls", "cartera.xls is an old Excel workbook"),
        ("cartera.ods", "cartera.ods is a sheet of another program"),
        ("hoy.zip.part", "hoy.zip.part is still being copied"),
        ("base.db", "base.db is no file that a ledger comes in"),
    ],
)
def test_what_is_newer_and_cannot_be_read_is_a_task(tmp_path: Path, name: str, said: str) -> None:
    copied(tmp_path / "2026-11-19.json")
    copied(tmp_path / "2026-11-20.json", DAY2)
    old_excel = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    (tmp_path / name).write_bytes(old_excel * name.endswith(".xls") + b"\0" * 64)
    read = Read(tmp_path)
    (told,) = (finding for finding in read.findings if finding.file == name)
    assert (told.code, told.asks) == ("delivery.newer_unread", True)
    assert english(told.detail).startswith(said)
    os.utime(tmp_path / name, (0, 0))
    told = next(finding for finding in Read(tmp_path).findings if finding.file == name)
    assert told.asks == name.endswith(".part")


@pytest.mark.parametrize("name", ["", "README.md", "cartera.xls"])
def test_an_empty_inbox_is_told_in_words(tmp_path: Path, name: str) -> None:
    if name:
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    with pytest.raises(SnapshotRefused, match=rf"no_delivery\(file={tmp_path.name}") as said:
        Read(tmp_path)
    assert "Put one there" in english(said.value.problems[0].fix)
    assert ("cartera.xls" in english(said.value.problems[-1].told)) == (name == "cartera.xls")


def test_hidden_folders_and_deep_ones_are_not_looked_into_for_ever(tmp_path: Path) -> None:
    copied(tmp_path / "deudores_snapshot.json")
    copied(tmp_path / ".trash" / "x.json", DAY2)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert Read(tmp_path).facts.as_of.isoformat() == "2026-11-19"
