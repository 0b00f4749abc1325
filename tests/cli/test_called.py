"""Commands that the program prints run in the shell of whoever reads them."""

from __future__ import annotations

import pytest

from bridge.cli import called


@pytest.mark.parametrize(
    ("printed", "runs"),
    [
        ("ledger-bridge drift accept X", "/opt/v/ledger-bridge drift accept X"),
        ("A: ledger-bridge sync · B: ledger-bridge", "A: {0} sync · B: {0}"),
        ("ledger-bridge --config b.toml sync", "/opt/v/ledger-bridge --config b.toml sync"),
        ("see /etc/ledger-bridge/bridge.toml", "see /etc/ledger-bridge/bridge.toml"),
        ("a ledger-bridge 0.1", "a ledger-bridge 0.1"),
    ],
    ids=str,
)
def test_a_command_is_printed_as_the_program_was_called(
    printed: str, runs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(called, "program", lambda: "/opt/v/ledger-bridge")
    assert called.as_called(printed) == runs.format("/opt/v/ledger-bridge")
