"""`init --from`: a lender's own file is understood, what it leaves open is asked, and kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bridge import settings
from bridge.cli.main import main
from bridge.mappingfiles import load_ledger_mapping
from tests.found.desk import FOUND

LENDER = ["", "", "", "", "", "", ""]
"""Enter at each question about the lender: language, name, zone, currency, system, company,
invoices."""
WEEKS = "prestamos_semanas.xlsx"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "es_CO.UTF-8")
    return tmp_path


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets a person answer, one line for each question."""

    def answers(lines: Iterable[str]) -> None:
        waiting = iter(lines)

        def typing() -> str:
            line = next(waiting, None)
            if line is None:
                raise EOFError
            return line

        monkeypatch.setattr("builtins.input", typing)

    return answers


def mapping_of(folder: Path) -> Any:
    return load_ledger_mapping("deudores", folder / "mappings" / "deudores.toml")


def test_only_what_the_file_leaves_open_is_asked_with_what_each_answer_makes_of_it(
    typed, capsys, nowhere: Path
) -> None:
    typed([*LENDER, "2", ""])
    assert main(["init", "--from", str(FOUND / "W1" / WEEKS), "ana"]) == 0
    said = capsys.readouterr().err
    assert said.count("Escriba el número") == 1
    assert "¿Qué día se pagaron?" in said
    assert "saldo 1.640.000 COP" in said
    assert "saldo 2.160.000 COP, por resolver 3" in said
    assert f"{WEEKS} PRESTAMOS 2026, fila 5" in said
    assert mapping_of(nowhere / "ana").undated_payments == "period"


def test_the_mapping_says_who_answered_and_when_and_keeps_its_comments(
    typed, capsys, nowhere: Path
) -> None:
    typed([*LENDER, "1", ""])
    assert main(["init", "--from", str(FOUND / "W1" / WEEKS), "ana"]) == 0
    text = (nowhere / "ana" / "mappings" / "deudores.toml").read_text(encoding="utf-8")
    (line,) = [each for each in text.split("\n") if each.startswith("undated_payments")]
    assert line.startswith('undated_payments = "hold"')
    assert "# " in line
    assert line.rstrip()[-10:-6].isdecimal()  # the year
    assert "# Abonos en columnas sin fecha" in text


def test_the_file_itself_is_the_ledger_of_the_settings(typed, capsys, nowhere: Path) -> None:
    file = shutil.copy(FOUND / "W1" / WEEKS, nowhere)
    typed([*LENDER, "2", ""])
    assert main(["init", "--from", WEEKS, "ana"]) == 0
    loaded = settings.load(nowhere / "ana" / "bridge.toml").settings
    assert loaded.source.path == Path(file)
    told = checked(capsys, "--config", "ana/bridge.toml")
    assert [each["owed"] for each in told["sums"]] == ["1640000.00"]


def test_with_yes_the_safe_answers_are_taken(capsys, nowhere: Path) -> None:
    assert main(["init", "--yes", "--from", str(FOUND / "W1" / WEEKS), "ana"]) == 0
    assert mapping_of(nowhere / "ana").undated_payments == "hold"


def test_a_file_that_leaves_nothing_open_is_not_asked_about(typed, capsys, nowhere: Path) -> None:
    rows = ["ID,Nombre,Fecha,Prestó,Moneda", "1,Ana,2026-10-03,100000,COP"]
    (nowhere / "prestamos.csv").write_text("\n".join(rows), encoding="utf-8")
    typed(LENDER)
    assert main(["init", "--from", "prestamos.csv", "ana"]) == 0
    assert "no deja preguntas abiertas" in capsys.readouterr().err


def test_dates_that_can_be_read_in_one_way_are_not_asked_about(
    typed, capsys, nowhere: Path
) -> None:
    rows = ["ID,Nombre,Fecha,Prestó,Moneda", "1,Ana,13/10/2026,1000,COP", "2,Luz,01/10/26,2000,COP"]
    (nowhere / "prestamos.csv").write_text("\n".join(rows), encoding="utf-8")
    typed(LENDER)
    assert main(["init", "--from", "prestamos.csv", "ana"]) == 0
    said = capsys.readouterr().err
    assert "no deja preguntas abiertas" in said
    assert "fila 0" not in said


def test_dates_that_can_be_read_in_two_ways_are_asked_about_with_a_place(
    typed, capsys, nowhere: Path
) -> None:
    rows = ["ID,Nombre,Fecha,Prestó,Moneda", "1,Ana,10/31/2026,1000,COP"]
    rows += ["2,Luz,01/10/2026,2000,COP"]
    (nowhere / "prestamos.csv").write_text("\n".join(rows), encoding="utf-8")
    typed([*LENDER, "3"])
    assert main(["init", "--from", "prestamos.csv", "ana"]) == 0
    said = capsys.readouterr().err
    assert "¿Qué va primero?" in said
    assert "prestamos.csv, fila" in said
    assert mapping_of(nowhere / "ana").date_order == "month_first"


def test_a_wrong_answer_is_told_and_asked_again(typed, capsys, nowhere: Path) -> None:
    typed([*LENDER, "9", "dos", "2", ""])
    assert main(["init", "--from", str(FOUND / "W1" / WEEKS), "ana"]) == 0
    said = capsys.readouterr().err
    assert '"9" no está en la lista' in said
    assert '"dos" no está en la lista' in said
    assert mapping_of(nowhere / "ana").undated_payments == "period"


def test_started_again_it_keeps_the_answers_and_asks_only_what_is_new(
    typed, capsys, nowhere: Path
) -> None:
    typed([*LENDER, "2", ""])
    assert main(["init", "--from", str(FOUND / "W1" / WEEKS), "ana"]) == 0
    mapping = nowhere / "ana" / "mappings" / "deudores.toml"
    kept = mapping.read_text(encoding="utf-8")
    capsys.readouterr()
    typed([""])
    assert main(["init", "--from", str(FOUND / "W1" / WEEKS), "ana"]) == 0
    said = capsys.readouterr().err
    assert "Qué día se pagaron" not in said
    assert mapping.read_text(encoding="utf-8") == kept
    balances = ["Nombre;Fecha;Prestó;Debe;Queda debiendo", "Ana;03/10/2026;100000;120000;50000"]
    (nowhere / "otra.csv").write_text("\n".join(balances), encoding="utf-8")
    typed(["MXN", "2"])
    assert main(["init", "--from", "otra.csv", "ana"]) == 0
    said = capsys.readouterr().err
    assert "¿En qué moneda" in said
    assert "¿Qué entra a la contabilidad?" in said
    changed = mapping_of(nowhere / "ana")
    assert changed.undated_payments == "period"
    assert changed.balance_without_payments == "opening"
    assert changed.default_currency == "MXN"


def test_leaving_in_the_middle_writes_nothing(monkeypatch, capsys, nowhere: Path) -> None:
    lines = iter(LENDER)

    def typing() -> str:
        try:
            return next(lines)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("builtins.input", typing)
    assert main(["init", "--from", str(FOUND / "W1" / WEEKS), "ana"]) == 130
    assert not list(nowhere.iterdir())


def test_a_file_that_is_not_there_is_a_sentence(capsys, nowhere: Path) -> None:
    assert main(["init", "--from", "no.xlsx", "ana"]) == 2
    assert "no.xlsx" in capsys.readouterr().err
    assert not list(nowhere.iterdir())


@pytest.mark.parametrize("folder", sorted(p.name for p in FOUND.iterdir() if p.is_dir()))
def test_every_found_file_ends_in_settings_that_can_be_checked(
    folder: str, capsys, nowhere: Path
) -> None:
    assert main(["init", "--yes", "--from", str(FOUND / folder), "ana"]) == 0
    capsys.readouterr()
    mapping_of(nowhere / "ana")
    main(["--config", "ana/bridge.toml", "ledger", "check"])
    assert "Traceback" not in capsys.readouterr().err


def checked(capsys, *arguments: str) -> Any:
    capsys.readouterr()
    main([*arguments, "ledger", "check", "--json"])
    return json.loads(capsys.readouterr().out)
