"""Every verb that writes a file, and everything of the bridge's that it must not write it onto."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from bridge.cli.main import main
from bridge.cli.output import Output
from tests.cli.small_lender import Lender

FILES = (
    "sync --dry-run --plan-out",
    "export --out",
    "drift adopt --propose",
    "backup",
    "sandbox --host 203.0.113.1 --data",
)
"""Verbs that write the file that they are given. (No machine of ours has that address.)"""
FOLDERS = ("reconcile --dry-run --out", "init --yes")
OWN = {
    "the settings": "bridge.toml",
    "the settings, in capitals": "BRIDGE.toml",
    "the settings by a link": "soft.toml",
    "the settings by their other name": "hard.toml",
    "a mapping": "mappings/quickbooks.toml",
    "the ledger's mapping": "mappings/deudores.toml",
    "the delivery": "inbox/deudores_snapshot.json",
    "a new delivery": "inbox/plan.csv",
    "a new delivery by a link": "mail/plan.csv",
    "a new delivery round about": "mappings/../inbox/plan.csv",
    "the state": "state/sandbox.db",
    "the state by a link": "soft.db",
    "the state by its other name": "hard.db",
    "what SQLite has not put into it yet": "state/sandbox.db-wal",
    "its index of that": "state/sandbox.db-shm",
    "what SQLite would take back": "state/sandbox.db-journal",
    "the lock of passes": "state/sandbox.lock",
    "the lock of the daemon": "state/sandbox.daemon.lock",
    "what is kept beside the state": "state/sandbox.kept",
    "the mark of a pass at work": "state/sandbox.working",
    "the key": "state/ledger-bridge.key",
    "the secrets": "state/credentials.json",
    "the key that systemd gave": "systemd/ledger-bridge.key",
    "another secret that systemd gave": "systemd/proxy.pem",
}
OWN_FOLDERS = ("inbox", "mail", "inbox/reports", "INBOX", "state", "systemd", "systemd/x")


def everything(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal", ".lock", ".log"))
    }


@pytest.fixture
def ready(lender: Lender, monkeypatch) -> Lender:
    assert lender.run("sync")[0] == 0
    (lender.folder / "soft.toml").symlink_to("bridge.toml")
    (lender.folder / "hard.toml").hardlink_to(lender.folder / "bridge.toml")
    (lender.folder / "soft.db").symlink_to("state/sandbox.db")
    (lender.folder / "hard.db").hardlink_to(lender.folder / "state/sandbox.db")
    (lender.folder / "mail").symlink_to("inbox")
    (lender.folder / "systemd").mkdir()
    (lender.folder / "systemd" / "ledger-bridge.key").write_bytes(b"k" * 32)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(lender.folder / "systemd"))
    return lender


@pytest.mark.parametrize("call", FILES)
def test_no_file_is_written_onto_anything_of_the_bridges(ready: Lender, call: str) -> None:
    before = everything(ready.folder)
    for what, path in OWN.items():
        code, _, err = ready.run(*call.split(), path)
        stays = call == "backup" and (ready.folder / path).exists()
        assert ("is there already and stays" if stays else "belongs to the program") in err, what
        assert code == 2, what
        assert everything(ready.folder) == before, what


@pytest.mark.parametrize("call", FOLDERS)
def test_no_file_is_written_among_anything_of_the_bridges(ready: Lender, call: str) -> None:
    before = everything(ready.folder)
    for folder in OWN_FOLDERS:
        code, _, err = ready.run(*call.split(), folder)
        assert code == 2, folder
        assert "belongs to the program" in err, folder
        assert everything(ready.folder) == before, folder


def test_elsewhere_each_is_written(ready: Lender) -> None:
    for number, call in enumerate(FILES[:-1]):
        assert ready.run(*call.split(), f"elsewhere-{number}")[0] == 0, call
        assert (ready.folder / f"elsewhere-{number}").is_file(), call
    assert ready.run("backup", "state/before-the-move.db")[0] == 0
    assert ready.run(*FOLDERS[0].split(), "elsewhere")[0] in (0, 1)
    assert ready.run("init", "--yes", "another")[0] == 0
    assert ready.run("init", "--yes")[0] == 0  # here once more: what is there stays


@pytest.mark.parametrize("call", ["sync --dry-run --plan-out", "export --out", "backup"])
def test_a_state_that_is_a_link_is_protected_where_it_lies(ready: Lender, call: str) -> None:
    there = ready.folder / "disk" / "kept.db"
    there.parent.mkdir()
    (ready.folder / "state" / "sandbox.db").rename(there)
    (ready.folder / "state" / "sandbox.db").symlink_to(there)
    before = everything(ready.folder)
    for ending in ("", "-wal", "-shm"):
        assert ready.run(*call.split(), f"disk/kept.db{ending}")[0] == 2, ending
        assert everything(ready.folder) == before, ending


def test_reports_never_go_where_deliveries_are_read(ready: Lender, monkeypatch) -> None:
    before = everything(ready.folder)
    for folder in ("inbox", "mail"):
        monkeypatch.setenv("LEDGER_BRIDGE_REPORT__FOLDER", folder)
        code, _, err = ready.run("reconcile")
        assert (code, "is where the ledger is delivered" in err) == (78, True), folder
        assert everything(ready.folder) == before
    monkeypatch.setenv("LEDGER_BRIDGE_REPORT__FOLDER", "inbox-reports")
    assert ready.run("reconcile")[0] in (0, 1)


def test_logs_never_go_where_deliveries_are_read(ready: Lender, monkeypatch) -> None:
    monkeypatch.setenv("LEDGER_BRIDGE_LOGS__FOLDER", "inbox")
    monkeypatch.setattr(Output, "watched", True)  # where a person reads, they go to a file
    before = everything(ready.folder)
    code, _, err = ready.run("sync")
    assert (code, "is where the ledger is delivered" in err) == (78, True)
    assert everything(ready.folder) == before


def test_two_states_set_aside_in_one_second_are_both_kept(ready: Lender, monkeypatch) -> None:
    monkeypatch.setattr("bridge.cli.restore.SystemClock", _Stopped)
    assert ready.run("backup", "copy.db")[0] == 0
    kept = {json.loads(ready.run("restore", "copy.db", "--json")[1])["aside"] for _ in range(3)}
    assert len(kept) == 3
    assert all(Path(each).is_file() for each in kept)


class _Stopped:
    """A clock whose second does not end."""

    def now(self):
        from datetime import UTC, datetime

        return datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def test_a_state_is_not_restored_from_itself_by_another_name(ready: Lender) -> None:
    before = everything(ready.folder)
    for name in ("soft.db", "hard.db", "state/../state/sandbox.db"):
        code, _, err = ready.run("restore", name)
        assert (code, "is the state store itself" in err) == (2, True), name
    assert everything(ready.folder) == before


def test_the_demo_removes_no_state_that_it_did_not_make(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "demo" / "state" / "bridge.db"
    own.parent.mkdir(parents=True)
    own.write_text("a lender's own", encoding="utf-8")
    monkeypatch.setattr("bridge.cli.demo._Demo.play", lambda self: [])
    assert main(["demo", "--keep"]) == 0
    assert own.read_text(encoding="utf-8") == "a lender's own"
