"""`init` in an empty folder gives settings and mappings that are good as they are."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bridge import settings
from bridge.cli.init_words import WORDS
from bridge.cli.main import main
from bridge.cli.placeholders import left_in
from bridge.systems.registry import SYSTEMS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def answer(monkeypatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))


def filled(config: Path) -> None:
    """A bridge.toml in which nothing is left as the example has it."""
    text = config.read_text(encoding="utf-8")
    for placeholder in ("Mi empresa SAS", "9130350000000000", "ABxxxxxxxx"):
        text = text.replace(placeholder, "7000123")
    config.write_text(text, encoding="utf-8")


def test_init_then_mappings_check(folder, capsys):
    assert main(["init", "--yes"]) == 0
    assert "ledger-bridge mappings check" in capsys.readouterr().out
    assert (folder / "state").stat().st_mode & 0o077 == 0
    assert main(["mappings", "check"]) == 78
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [
        "ok          mappings/deudores.toml",
        "ok          mappings/quickbooks.toml",
    ]
    for left in ("[lender] name", "[systems.quickbooks] company_id", "quickbooks] client_id"):
        assert left in captured.err
    filled(folder / "bridge.toml")
    assert main(["mappings", "check"]) == 0


def test_init_in_another_folder_says_how_to_go_on(folder, capsys):
    assert main(["init", "new/lender", "--yes"]) == 0
    assert "--config new/lender/bridge.toml" in capsys.readouterr().out
    filled(folder / "new" / "lender" / "bridge.toml")
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
        "es-MX",
        'Tía "Rosa"',
        "America/Mexico_Cty",
        "America/Mexico_City",
        "mxn",
        "buzón",
        "quickbooks",
        "77",
        "yes",
    )
    assert main(["init"]) == 0
    captured = capsys.readouterr()
    assert '¿Quiso decir "America/Mexico_City"?' in captured.err
    loaded = settings.load(None, {}).settings
    assert loaded.lender.name == 'Tía "Rosa"'
    assert loaded.lender.timezone == "America/Mexico_City"
    assert loaded.lender.locale == "es-MX"
    assert loaded.lender.home_currency == "MXN"
    assert loaded.source.path == folder / "buzón"
    assert loaded.systems["quickbooks"].company_id == "77"
    assert (folder / "buzón").is_dir()


def test_answers_that_stay_wrong_end_the_questions(folder, capsys, monkeypatch):
    answer(monkeypatch, *["Bogotá"] * 9)
    assert main(["init"]) == 2
    assert "No usable answer" in capsys.readouterr().err
    answer(monkeypatch, "es-CO", "Tía Rosa")
    assert main(["init"]) == 2
    assert "Las respuestas se acabaron" in capsys.readouterr().err
    assert not (folder / "bridge.toml").exists()


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"LANG": "es_CO.UTF-8"}, "escrito"),
        ({"LANG": "es_CO.UTF-8", "LC_ALL": "pt_BR.UTF-8"}, "gravado"),
        ({"LC_MESSAGES": "es_MX", "LANG": "en_US.UTF-8"}, "escrito"),
        ({"LANG": "C.UTF-8"}, "written"),
        ({"LANG": "de_DE.UTF-8"}, "written"),
        ({}, "written"),
    ],
)
def test_it_speaks_the_language_of_the_terminal(folder, capsys, monkeypatch, variables, word):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["init", "--yes"]) == 0
    assert capsys.readouterr().out.startswith(word)


def test_all_languages_say_the_same_things_about_the_same_values():
    fields = {
        language: {key: sorted(re.findall(r"{\w+}", text)) for key, text in words.items()}
        for language, words in WORDS.items()
    }
    assert fields["es"] == fields["en"] == fields["pt"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_settings_of_each_system_alone_are_its_own(folder, monkeypatch, system):
    answer(monkeypatch, "es-CO", "", "", "", "", system, "", "")
    assert main(["init"]) == 0
    loaded = settings.load(None, {}).settings
    assert list(loaded.systems) == [system]
    assert loaded.systems[system].mapping == folder / "mappings" / f"{system}.toml"
    assert loaded.systems[system].mapping.exists()
    assert [each.where for each in left_in(loaded)] == [
        "[lender] name",
        f"[systems.{system}] company_id",
        f"[systems.{system}] client_id",
    ]


def test_init_where_settings_are_asks_nothing(folder, capsys, monkeypatch):
    main(["init", "--yes"])
    (folder / "mappings" / "quickbooks.toml").unlink()
    assert main(["init"]) == 0
    captured = capsys.readouterr()
    assert "bridge.toml is there already and stays" in captured.err
    assert "written   mappings/quickbooks.toml" in captured.out


def test_what_is_printed_runs_as_it_is_printed(folder):
    """In a folder with a blank in its name, by a program that is not on the PATH."""
    program = Path(sys.executable).parent / "ledger-bridge"
    environment = {k: v for k, v in os.environ.items() if k not in ("PATH", "LANG", "LC_ALL")}
    environment["PATH"] = "/usr/bin:/bin"

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            shell=True,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    done = run(f"{program} init 'my lender' --yes")
    assert done.returncode == 0, done.stderr
    commands = [line.strip() for line in done.stdout.splitlines() if f" {program} " in line]
    assert len(commands) == 4
    filled(folder / "my lender" / "bridge.toml")
    assert run(commands[0]).returncode == 0
    connect = run(commands[1])
    assert connect.returncode == 78
    assert "client secret" in connect.stderr


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
    filled(folder / "bridge.toml")
    capsys.readouterr()
    assert main(["mappings", "check", "quickbooks", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [each["mapping"] for each in document["mappings"]] == ["quickbooks"]
    assert main(["mappings", "check", "quickboks"]) == 2
    assert 'Did you mean "quickbooks"?' in capsys.readouterr().err
