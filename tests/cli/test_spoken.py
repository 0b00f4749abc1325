"""What people read at a terminal, in the language of the terminal."""

from __future__ import annotations

import pytest

from bridge.cli.languages import LANGUAGES
from bridge.cli.words_of_sync import HEADS
from tests.cli.small_lender import Lender


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_heads_of_a_pass_are_as_many_in_each_language(language) -> None:
    assert len(HEADS[language]) == 10
    assert [h[0] == ">" for h in HEADS[language]] == [h[0] == ">" for h in HEADS["en"]]


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("es_CO.UTF-8", ["sistema", "en duda", "Cartera del", "en orden:"]),
        ("pt_BR.UTF-8", ["sistema", "em dúvida", "Carteira de", "em ordem:"]),
        ("C.UTF-8", ["system", "in doubt", "Ledger of", "clean:"]),
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
