"""`init` in an empty folder gives settings and mappings that are good as they are."""

from __future__ import annotations

import io
import json

import pytest

from bridge import settings
from bridge.cli.main import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answer(monkeypatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))


def test_init_then_mappings_check(folder, capsys):
    assert main(["init", "--yes"]) == 0
    assert "ledger-bridge mappings check" in capsys.readouterr().out
    assert (folder / "state").stat().st_mode & 0o077 == 0
    assert main(["mappings", "check"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "ok          mappings/deudores.toml",
        "ok          mappings/quickbooks.toml",
    ]


def test_init_in_another_folder_says_how_to_go_on(folder, capsys):
    assert main(["init", "new/lender", "--yes"]) == 0
    assert "--config new/lender/bridge.toml" in capsys.readouterr().out
    assert main(["mappings", "check", "--config", "new/lender/bridge.toml"]) == 0


def test_init_overwrites_nothing_and_says_so(folder, capsys):
    (folder / "bridge.toml").write_text("mine", encoding="utf-8")
    assert main(["init", "--yes"]) == 0
    assert "kept      bridge.toml (was there already)" in capsys.readouterr().out
    assert (folder / "bridge.toml").read_text(encoding="utf-8") == "mine"
    assert (folder / "mappings" / "quickbooks.toml").exists()


def test_init_asks_and_asks_again_when_an_answer_is_wrong(folder, capsys, monkeypatch):
    answer(
        monkeypatch,
        'Tía "Rosa"',
        "America/Mexico_Cty",
        "America/Mexico_City",
        "es-MX",
        "mxn",
        "buzón",
        "77",
    )
    assert main(["init"]) == 0
    captured = capsys.readouterr()
    assert 'Did you mean "America/Mexico_City"?' in captured.err
    loaded = settings.load(None, {}).settings
    assert loaded.lender.name == 'Tía "Rosa"'
    assert loaded.lender.timezone == "America/Mexico_City"
    assert loaded.lender.locale == "es-MX"
    assert loaded.lender.home_currency == "MXN"
    assert loaded.source.path == folder / "buzón"
    assert loaded.systems["quickbooks"].company_id == "77"
    assert (folder / "buzón").is_dir()


def test_answers_that_stay_wrong_end_the_questions(folder, capsys, monkeypatch):
    answer(monkeypatch, "x", *["Bogotá"] * 9)
    assert main(["init"]) == 2
    assert "No usable answer" in capsys.readouterr().err
    assert not (folder / "bridge.toml").exists()


def test_init_with_json_is_one_document(folder, capsys):
    assert main(["init", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert "bridge.toml" in document["written"]
    assert document["kept"] == []


def test_init_on_a_file_is_a_usage_mistake(folder):
    (folder / "file").write_text("", encoding="utf-8")
    assert main(["init", "file"]) == 2


def test_mappings_check_tells_everything_wrong_in_all_files(folder, capsys):
    main(["init", "--yes"])
    for name in ("quickbooks", "deudores"):
        path = folder / "mappings" / f"{name}.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text("invoice_pr = 1\n" + text, encoding="utf-8")
    capsys.readouterr()
    assert main(["mappings", "check", "--json"]) == 78
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert [problem["where"] for problem in document["problems"]] == [
        "mappings/deudores.toml:1 invoice_pr",
        "mappings/quickbooks.toml:1 invoice_pr",
    ]
    assert 'Did you mean "invoice_per"?' in captured.err


def test_mappings_check_of_one_system(folder, capsys):
    main(["init", "--yes"])
    capsys.readouterr()
    assert main(["mappings", "check", "quickbooks", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [each["mapping"] for each in document["mappings"]] == ["quickbooks"]
    assert main(["mappings", "check", "quickboks"]) == 2
    assert 'Did you mean "quickbooks"?' in capsys.readouterr().err
