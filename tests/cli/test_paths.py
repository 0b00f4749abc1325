"""Every verb and every path that it takes, with paths that cannot be used: words, never a trace."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from bridge.cli import session
from tests.cli.small_lender import Lender

WRITES = {
    "sync --dry-run --plan-out": "--plan-out",
    "reconcile --dry-run --out": "--out",
    "export --out": "--out",
    "drift adopt --propose": "--propose",
    "backup": "",
    "init --yes": "DIR",
    "sandbox --port 0 --data": "--data",
}
READS = {
    "sync --apply": 2,
    "drift adopt --from": 2,
    "connect deudores --secret-file": 78,
    "doctor --config": 78,
    "sync --config": 78,
    "mappings check --config": 78,
}


def said(lender: Lender, call: str, path: object) -> tuple[int, str]:
    """Exit code and words; an unexpected error or a trace is never one of them."""
    code, out, err = lender.run(*call.split(), str(path))
    assert "nexpected error" not in out + err
    assert "Traceback" not in out + err
    return code, out + err


def everything(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith((".db-shm", ".db-wal", ".lock", ".log"))
    }


@pytest.fixture
def ready(lender: Lender) -> Lender:
    assert lender.run("sync")[0] == 0
    (lender.folder / "file").write_text("mine", encoding="utf-8")
    (lender.folder / "folder").mkdir()
    (lender.folder / "round").symlink_to(lender.folder / "round")
    os.mkfifo(lender.folder / "pipe")
    return lender


NOWHERE = ["/proc/x", "/proc/x/y", "/dev/null/x", "file/x", "round/x", f"{'n' * 300}/x"]


def test_what_is_to_be_written_where_nothing_can_be_is_a_usage_mistake(ready: Lender) -> None:
    before = everything(ready.folder)
    for call in WRITES:
        for path in NOWHERE:
            code, words = said(ready, call, path)
            assert code == 2, (call, path, code, words)
            assert str(Path(path).parent)[:40] in words, (call, path, words)
    assert everything(ready.folder) == before


def test_a_folder_where_a_file_should_be_and_the_other_way_round(ready: Lender) -> None:
    before = everything(ready.folder)
    for call, option in WRITES.items():
        takes_folders = call.startswith(("reconcile", "init", "backup"))
        code, words = said(ready, call, "file" if takes_folders else "folder")
        assert code == 2, (call, code, words)
        assert option in words
    assert everything(ready.folder) == before


@pytest.mark.parametrize(
    "call", ["sync --dry-run --plan-out", "export --out", "drift adopt --propose", "backup"]
)
def test_nothing_of_the_bridges_own_is_written_over(ready: Lender, call: str) -> None:
    before = everything(ready.folder)
    (state,) = (ready.folder / "state").glob("*.db")
    for own in (
        "bridge.toml",
        "mappings/quickbooks.toml",
        "mappings/deudores.toml",
        str(state),
        "state/../bridge.toml",
        "inbox/deudores_snapshot.json",
        "file",
    ):
        code, words = said(ready, call, own)
        if call == "export --out" and own == "file":  # a person's file may be replaced by one
            continue
        assert code == 2, (call, own, words)
    (ready.folder / "file").write_text("mine", encoding="utf-8")
    assert everything(ready.folder) == before


def test_a_report_does_not_go_among_the_deliveries(ready: Lender) -> None:
    assert said(ready, "reconcile --dry-run --out", "inbox/reports")[0] == 2
    assert said(ready, "reconcile --dry-run --out", "state")[0] == 2
    assert said(ready, "reconcile --dry-run --out", "new/folder")[0] in (0, 1)
    assert list((ready.folder / "new" / "folder").iterdir())


def test_what_is_to_be_read_and_cannot_be(ready: Lender) -> None:
    (ready.folder / "binary").write_bytes(b"\xff\x00\xfe" * 40)
    (ready.folder / "empty").write_bytes(b"")
    for call, expected in READS.items():
        for path in ("nothing", "folder", "binary", "empty", "round", "file/x", "/proc/x", "/dev"):
            code, words = said(ready, call, path)
            assert code == expected, (call, path, code, words)


def test_a_plan_is_for_its_owners_eyes_and_replaces_only_a_plan(ready: Lender) -> None:
    plan = ready.folder / "plans" / "today.json"
    assert said(ready, "sync --dry-run --plan-out", plan)[0] == 0
    assert plan.stat().st_mode & 0o077 == 0
    assert said(ready, "sync --dry-run --plan-out", plan)[0] == 0
    plan.write_text(json.dumps({"digest": 7}), encoding="utf-8")
    code, words = said(ready, "sync --dry-run --plan-out", plan)
    assert code == 2
    assert "is there already and is no plan" in words


@pytest.mark.parametrize(
    ("variable", "values"),
    [
        ("SOURCE__PATH", ["nothing", "folder", "/dev/null", "file/x", "/proc/x", "round", "pipe"]),
        ("SOURCE__MAPPING", ["nothing", "folder", "file", "file/x"]),
        ("REPORT__FOLDER", ["file", "file/x", "/proc/x"]),
        ("STATE__URL", [f"sqlite:///{each}" for each in ("folder", "file", "file/x", "/proc/x")]),
        ("LOGS__FOLDER", ["file", "/proc/x"]),
    ],
)
def test_paths_of_the_settings_that_cannot_be_used(ready, monkeypatch, variable, values) -> None:
    for value in values:
        monkeypatch.setenv(f"LEDGER_BRIDGE_{variable}", value)
        for call in ("sync", "reconcile", "status", "doctor", "sync --dry-run", "export"):
            code, words = said(ready, call, "--json")
            assert code in (0, 1, 2, 75, 78), (variable, value, call, words)


def test_a_user_without_a_name_decides_too(monkeypatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr(session.getpass, "getuser", nobody)
    assert session.this_person().startswith("uid ")
