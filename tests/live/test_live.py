"""`--live` and `--record`, proved on the sandbox: it is a provider too, when it is on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.clock import SystemClock
from bridge.credentials import open_credentials
from tests.conformance.ground import COMPANIES, ROOT
from tests.contract.exchanges import RecordingSandbox
from tests.live import recording, shelf

CONFIG = ROOT / "config" / "sandbox.toml"
SOME = "generation or by_our_reference or login_that or loan_and or recovery or namesake or edited"
"""Of the suite: seven tests, two of which need the sandbox's control."""
PASS, SKIP = 5, 3


@dataclass
class Outside:
    """A person's machine with logins to companies of the sandbox, and pytest on it."""

    sandbox: RecordingSandbox
    folder: Path

    @property
    def tapes(self) -> Path:
        return self.folder / "tapes"

    def log_in(self) -> None:
        credentials = open_credentials(self.folder, {}, SystemClock())
        for system, company in COMPANIES.items():
            credentials.set(system, company, "refresh_token", f"demo-refresh-{system}")
            credentials.set(system, "", "client_secret", "demo-secret")

    def environment(self) -> dict[str, str]:
        found = {n: v for n, v in os.environ.items() if n != "DBUS_SESSION_BUS_ADDRESS"}
        found["LEDGER_BRIDGE_STATE__URL"] = f"sqlite:///{self.folder}/state.db"
        if self.sandbox._server:
            found["LEDGER_BRIDGE_SANDBOX_URL"] = self.sandbox.url
        for system in COMPANIES:
            own = f"LEDGER_BRIDGE_SYSTEMS__{system.upper()}__"
            found[f"{own}ACCESS"] = "oauth"
            found |= {f"{own}CALLS_PER_MINUTE": "0", f"{own}CALLS_PER_SECOND": "0"}
        return found

    def pytest(self, *arguments: str) -> tuple[int, str]:
        """Exit code and output of a run of the suite, as a person would start it."""
        suite = str(ROOT / "tests" / "conformance")
        command = [sys.executable, "-m", "pytest", suite, "-rs", "--cassettes", str(self.tapes)]
        done = subprocess.run(
            [*command, "-k", SOME, *arguments],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def live(self, system: str, *more: str) -> str:
        """The output of a run on a company, which must have gone well."""
        code, told = self.pytest("--live", system, "--live-config", str(CONFIG), *more)
        assert code == 0, told
        assert f"{PASS} passed, {SKIP} skipped" in told, told
        assert told.count("needs the sandbox's control") == told.count("SKIPPED"), told
        return told

    def secrets(self) -> set[str]:
        """Everything secret that crossed the wire."""
        found = {"demo-secret", "demo-client", *COMPANIES.values()}
        for exchange in self.sandbox.exchanges:
            found.add(exchange.headers.get("authorization", "").rpartition(" ")[2])
            if "token" in exchange.path:
                answer = json.loads(exchange.answer)
                found |= {answer.get("access_token", ""), answer.get("refresh_token", "")}
        return found - {""}


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    with RecordingSandbox(fast=True, static_token=False) as sandbox:
        made = Outside(sandbox, tmp_path)
        made.log_in()
        yield made


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


def test_runs_are_recorded_without_a_secret_and_played_without_a_network(outside: Outside) -> None:
    for system in COMPANIES:
        outside.live(system, "--record")
    tapes = sorted(outside.tapes.glob("*/*.yaml"))
    assert len(tapes) == PASS * len(COMPANIES)

    secrets = outside.secrets()
    assert len(secrets) > 10, "there was no login"
    for tape in tapes:
        content = yaml.safe_load(tape.read_text(encoding="utf-8"))
        label, whole = content["metadata"], "\n".join(texts(content))
        assert label["system"] == tape.parent.name
        assert label["recorded"] and label["api"]
        assert label["prefix"] in whole.replace(label["prefix"], "", 1) or "login" in tape.name
        assert not [secret for secret in secrets if secret in whole], tape.name
        for name in ("Crédito Fácil", "Authorization", "Cookie", "xero-tenant-id", "contabilidad"):
            assert name not in whole, f"{name} in {tape.name}"

    outside.sandbox.stop()
    code, told = outside.pytest("--block-network", "-k", f"recorded and ({SOME})")
    assert (code, f"{len(tapes)} passed" in told) == (0, True), told


def test_a_run_that_is_not_recorded_writes_nothing_and_can_be_repeated(outside: Outside) -> None:
    outside.live("xero")
    outside.live("xero")
    assert not outside.tapes.exists()


RECORDED_AT_PROVIDERS = shelf.all_in(shelf.FOLDER)
if RECORDED_AT_PROVIDERS:  # each is a parameter of its test in the suite, too

    @pytest.mark.parametrize("tape", RECORDED_AT_PROVIDERS, ids=lambda path: path.stem)
    def test_a_cassette_is_of_the_api_that_we_speak(tape: Path) -> None:
        label = recording.label_of(tape)
        assert (label.system, label.api) == (tape.parent.name, recording.API[label.system])
