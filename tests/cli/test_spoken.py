"""What people read at a terminal, in the language of the terminal."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bridge import cli
from bridge.cli.languages import LANGUAGES
from bridge.cli.outbox import KEYS as LINE_OF_AN_ENTRY
from bridge.report.texts import texts
from tests.cli.small_lender import Lender

CLI = Path(cli.__file__).parent


def heads() -> set[str]:
    """Every head that a table of the command line is given as it stands in the code."""
    found: set[str] = set()
    for path in CLI.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            given: ast.expr | None = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                given = node.args[0] if node.func.attr == "table" and node.args else None
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                given = node.value if node.targets[0].id.strip("_").lower() == "heads" else None
            if isinstance(given, ast.Tuple):
                texts_in = (each for each in ast.walk(given) if isinstance(each, ast.Constant))
                found |= {str(each.value).removeprefix(">") for each in texts_in} - {""}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_head_of_a_table_has_words(language) -> None:
    said = set(texts(language).tables["heads"])
    used = heads() | set(LINE_OF_AN_ENTRY)
    assert len(used) > 40
    assert said == used


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("es_CO.UTF-8", ["sistema", "por confirmar", "Cartera del", "en orden:"]),
        ("pt_BR.UTF-8", ["sistema", "a confirmar", "Carteira de", "em ordem:"]),
        ("C.UTF-8", ["system", "to confirm", "Ledger of", "clean:"]),
    ],
)
def test_a_pass_is_told_in_the_language_of_the_terminal(
    lender: Lender, monkeypatch, locale, words
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    code, out, _ = lender.run("sync")
    assert code == 0
    for word in words:
        assert word in out
    (lender.folder / "state" / "sandbox.db").write_bytes(b"no database at all" * 999)
    code, _, err = lender.run("sync")
    assert code == 78
    assert ("damaged" in err) == (locale == "C.UTF-8")
    assert lender.json("sync", code=78)["error"].startswith("The state store")
