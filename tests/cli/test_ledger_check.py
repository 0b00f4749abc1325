"""`ledger check`: a lender sees what was understood of a file, before anything is posted."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.cli.main import main
from tests.cli.small_lender import small_ledger
from tests.found.cases import CASES, Case
from tests.found.desk import FOUND, Desk
from tests.source.conftest import SAMPLES

VARIANTS = sorted((SAMPLES / "variantes").iterdir())
ALONE = [case for case in CASES if not case.refused and not case.answer]


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a bridge.toml, where this terminal's language is Colombian Spanish."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "es_CO.UTF-8")
    return tmp_path


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["ledger", "check", *arguments, "--json"]) in (0, 1)
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def owed(told: dict[str, Any]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for each in told["sums"]:
        sums[each["currency"]] = sums.get(each["currency"], Decimal(0)) + Decimal(each["owed"])
    return {currency: amount for currency, amount in sums.items() if amount}


@pytest.mark.parametrize("case", ALONE, ids=lambda case: case.name)
def test_what_is_owed_is_what_the_store_makes_of_the_file(case: Case, capsys, tmp_path) -> None:
    told = checked(capsys, str(FOUND / case.folder))
    desk = Desk(tmp_path / "desk")
    desk.day(FOUND / case.folder)
    with desk.store.read() as work:
        totals = {c: amount for c, amount in work.ledger.totals().items() if amount}
    told_of_nobody = Decimal(told["strays_effect"])
    assert owed(told) | ({"XXX": told_of_nobody} if told_of_nobody else {}) == totals


@pytest.mark.parametrize("file", VARIANTS, ids=lambda file: file.name)
def test_nothing_is_left_behind(file: Path, capsys, nowhere: Path) -> None:
    checked(capsys, str(file))
    assert not list(nowhere.iterdir())


@pytest.mark.parametrize("locale", ["es_CO.UTF-8", "en_US.UTF-8", "pt_BR.UTF-8"])
@pytest.mark.parametrize("file", [*VARIANTS, SAMPLES / "dia1"], ids=lambda file: file.name)
def test_screen_and_page_tell_it_in_the_language_of_the_terminal(
    file: Path, locale: str, capsys, monkeypatch, nowhere: Path
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert main(["ledger", "check", str(file), "--page", "page.html"]) in (0, 1)
    told = capsys.readouterr().out
    page = (nowhere / "page.html").read_text(encoding="utf-8")
    known = {"es": "Lo que se entendió", "en": "What was understood", "pt": "O que foi entendido"}
    language = locale[:2]
    assert f'<html lang="{language}">' in page
    for each, words in known.items():
        assert (words in page) is (each == language)
        assert (words.upper() in told) is (each == language)


def test_the_first_loans_show_each_sum_as_a_person_reads_it(capsys) -> None:
    main(["ledger", "check", str(FOUND / "M01")])
    told = capsys.readouterr().out
    assert "entrega suelta" in told
    assert "2.800.000" in told
    assert "título de la columna" in told


def test_what_each_column_was_taken_for_stands_beside_its_heading(capsys) -> None:
    (table,) = checked(capsys, str(SAMPLES / "variantes" / "cartera_clientes.csv"))["tables"]
    taken = {each["heading"]: each["field"] for each in table["columns"]}
    assert table["kind"] == "loans"
    assert taken["NOMBRE COMPLETO"] == "name"
    assert taken["SALDO PENDIENTE"] == "balance"


def test_payments_in_columns_are_told_as_payments(capsys, nowhere: Path) -> None:
    rows = ["Nombre;Fecha;Prestó;10/10/2026;17/10/2026", "Ana;03/10/2026;100000;20000;5000"]
    (nowhere / "abonos.csv").write_text("\n".join(rows), encoding="utf-8")
    told = checked(capsys, "abonos.csv")
    fields = [each["field"] for each in told["tables"][0]["columns"]]
    assert fields == ["name", "start", "amount", "payment", "payment"]
    assert owed(told) == {"COP": Decimal("75000.00")}


@pytest.mark.parametrize(
    ("headings", "cells", "field", "left"),
    [
        (
            "Nombre;Fecha;Prestó;Debe;Abonó",
            "Ana;03/10/2026;100000;120000;30000",
            "collected",
            90000,
        ),
        (
            "Nombre;Fecha;Prestó;Debe;Abono",
            "Ana;03/10/2026;100000;120000;30000",
            "collected",
            90000,
        ),
        (
            "Nombre;Fecha;Prestó;Debe;Cuotas;Abono",
            "Ana;03/10/2026;100000;120000;4;30000",
            "instalment_amount",
            120000,
        ),
    ],
)
def test_what_was_paid_is_not_taken_for_the_instalment(
    headings: str, cells: str, field: str, left: int, capsys, nowhere: Path
) -> None:
    (nowhere / "cartera.csv").write_text(f"{headings}\n{cells}", encoding="utf-8")
    told = checked(capsys, "cartera.csv")
    taken = {each["heading"]: each["field"] for each in told["tables"][0]["columns"]}
    assert taken[headings.rpartition(";")[2]] == field
    assert owed(told) == {"COP": Decimal(left)}


@pytest.mark.parametrize(
    ("cells", "left", "held"),
    [
        (("30000", "0"), 330_000, 0),
        (("si", "no"), 360_000, 0),
        (("1", "0"), 360_000, 0),
        (("30000", "si"), 360_000, 1),
        (("", "40000"), 320_000, 0),
    ],
)
def test_a_column_of_what_was_paid_is_no_mark_that_a_loan_is_paid(
    cells: tuple[str, str], left: int, held: int, capsys, nowhere: Path
) -> None:
    rows = ["Nombre;Fecha;Prestó;Debe;Pagado"]
    rows += [f"Ana;03/10/2026;100000;120000;{cells[0]}"]
    rows += [f"Luz;04/10/2026;200000;240000;{cells[1]}"]
    (nowhere / "cartera.csv").write_text("\n".join(rows), encoding="utf-8")
    told = checked(capsys, "cartera.csv")
    assert owed(told) == {"COP": Decimal(left)}
    assert sum("amount.unreadable" in each["held"] for each in told["held"]) == held


@pytest.mark.parametrize("heading", ["Frecuencia", "Estado"])
def test_a_sum_among_words_holds_its_loan(heading: str, capsys, nowhere: Path) -> None:
    rows = [f"Nombre;Fecha;Prestó;Debe;{heading}", "Ana;03/10/2026;100000;120000;30000"]
    (nowhere / "cartera.csv").write_text("\n".join(rows), encoding="utf-8")
    (loan,) = checked(capsys, "cartera.csv")["held"]
    assert loan["held"] == ["amount.unreadable"]


def test_held_loans_come_with_reason_place_and_amount(capsys) -> None:
    told = checked(capsys, str(SAMPLES / "dia1"))
    held = {each["loan"]: each for each in told["held"]}
    assert held["200"]["held"] == ["loan.orphan"]
    assert held["200"]["owed"] == "4500.00"
    assert held["200"]["row"] == 200
    assert sum(each["held"] for each in told["sums"]) == len(held)


def test_payments_of_loans_that_are_not_there_are_told_with_what_they_would_do(capsys) -> None:
    told = checked(capsys, str(FOUND / "M09"))
    assert told["strays"] == 1
    assert told["strays_effect"] == "-50000.00"
    assert main(["ledger", "check", str(FOUND / "M09")]) == 1


def test_a_file_that_is_not_understood_is_refused_with_what_would_be_right(capsys) -> None:
    assert main(["ledger", "check", str(FOUND / "W1")]) != 0
    refused = capsys.readouterr().err
    assert "SEM 1" in refused
    assert "Traceback" not in refused


def test_a_file_that_is_not_there_is_a_sentence(capsys) -> None:
    assert main(["ledger", "check", "no.xlsx"]) != 0
    assert "no.xlsx" in capsys.readouterr().err


class TestBesideAState:
    """With a bridge.toml and a state, what changed since the delivery before is told."""

    def test_nothing_changed(self, lender) -> None:
        lender.run("sync")
        told = lender.json("ledger", "check", code=0)
        assert (told["changed_loans"], told["changed"]) == (0, [])

    def test_each_changed_loan_is_told_with_before_and_now(self, lender) -> None:
        lender.run("sync")
        ledger = small_ledger()
        (debt,) = [each for each in ledger["debts"] if each["debt_id"] == 84]
        number = 1 + max(each["movement_id"] for each in ledger["movements"])
        paid = {
            "movement_id": number,
            "debt_id": 84,
            "date": "2026-11-19",
            "amount": 20000,
            "type": "abono",
        }
        ledger["movements"].append(paid)
        debt["remaining"] -= 20000
        ledger["counts"]["movements"] += 1
        lender.deliver(ledger)
        before = state_of(lender.folder)
        told = lender.json("ledger", "check", code=0)
        assert told["changed_loans"] == 1
        (change,) = told["changed"]
        assert change["now"]["loan"] == "84"
        lowered = Decimal(change["before"]["owed"]) - Decimal(change["now"]["owed"])
        assert lowered == 20000
        assert change["now"]["payments"] == change["before"]["payments"] + 1
        assert state_of(lender.folder) == before
        out = lender.run("ledger", "check")[1]
        assert "Préstamo 84" in out
        assert "→" in out

    def test_the_page_is_not_written_over_the_bridges_own_files(self, lender) -> None:
        code, _, told = lender.run("ledger", "check", "--page", str(lender.folder / "bridge.toml"))
        assert code == 2
        assert "bridge.toml" in told

    def test_another_file_is_read_with_this_lenders_mapping(self, lender, tmp_path) -> None:
        copy = tmp_path / "otra"
        shutil.copytree(FOUND / "M01", copy)
        told = lender.json("ledger", "check", str(copy), code=0)
        assert owed(told) == {"COP": Decimal("2800000.00")}


def state_of(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in (folder / "state").rglob("*") if p.is_file()}
