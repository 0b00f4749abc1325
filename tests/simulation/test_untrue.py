"""The law about secrets sees each place in which one may stand: it was made to fail for each."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.sandbox.server import SandboxServer
from bridge.systems.secrecy import Secrecy
from tests.simulation import agenda, untrue
from tests.simulation.simulation import run
from tests.simulation.trace import Broken
from tests.simulation.untrue import no_secret_is_kept_or_said

TOKEN = "1000.a0kenOfOneLogin.0123456789"


def looked_at(folder: Path, *, said: str = "") -> Any:
    """A quiet moment in which a comparison said this, beside the files of that folder."""
    return SimpleNamespace(
        seams=SimpleNamespace(secrets={TOKEN}),
        found={"zoho": {"detail": said}},
        estate=SimpleNamespace(folder=folder),
    )


@pytest.mark.parametrize("secret", [TOKEN, "demo-secret"])
def test_a_secret_that_a_comparison_says_breaks_the_law(tmp_path: Path, secret: str) -> None:
    with pytest.raises(Broken, match="the comparison has"):
        no_secret_is_kept_or_said(looked_at(tmp_path, said=f"refused: {secret}"))


@pytest.mark.parametrize("secret", [TOKEN, "demo-secret"])
@pytest.mark.parametrize("name", ["state.db", "state.db-wal", "reports/2026.html"])
def test_a_secret_that_a_file_keeps_breaks_the_law(tmp_path: Path, name: str, secret: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"\x00page\x00" + secret.encode() + b"\x00")
    with pytest.raises(Broken, match=f"{path.name} has"):
        no_secret_is_kept_or_said(looked_at(tmp_path))


def test_the_file_in_which_tokens_belong_may_have_them(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text(TOKEN, encoding="utf-8")
    no_secret_is_kept_or_said(looked_at(tmp_path, said="nothing"))


def test_a_product_that_keeps_the_words_that_come_back_breaks_the_law(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A whole life in which services repeat what they were sent, token and all."""
    monkeypatch.setattr(Secrecy, "cleaned", lambda self, body: body)
    monkeypatch.setattr(untrue, "KINDS", {untrue.echo: 1})
    monkeypatch.setattr(untrue, "MANY", (40,))
    monkeypatch.setitem(agenda.MOST, "untrue", 6)
    with SandboxServer(fast=True) as sandbox:
        ended = run(4, 8, sandbox)
    assert ended.broken is not None
    assert str(ended.broken).startswith("no secret is kept or said: ")
