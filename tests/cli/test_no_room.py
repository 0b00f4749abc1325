"""A disk that takes no more, at any moment: nothing is lost, and the next pass finishes."""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import pytest
import requests

from bridge.cli.output import Output
from bridge.clock import SystemClock
from bridge.credentials import open_credentials
from bridge.store import Store
from bridge.systems.oauth import CLIENT_SECRET, REFRESH_TOKEN, RefreshedTokens
from bridge.systems.quickbooks.adapter import QuickBooks
from tests.cli.small_lender import Lender, lowered
from tests.disks import FULL, READ_ONLY, REFUSING, Disk, opened

REALM = "4620816365000000001"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": ""}
WORDS = ("Free some space", "limit on file sizes", "it may be full")
FROM_START = ("Make the folder writable", "Make its file and folder writable", "Give it the right")


@pytest.fixture
def disk(request, lender):
    """The disk of the state folder."""
    # A key that is remembered would hide a second request.
    lender.control("quickbooks/settings", requestid="ignore")
    with opened(request.param, lender.folder / "state") as made:
        yield made


full = pytest.mark.parametrize("disk", FULL, indirect=True, ids=lambda kind: kind.__name__)
refusing = pytest.mark.parametrize("disk", REFUSING, indirect=True, ids=lambda kind: kind.__name__)
read_only = pytest.mark.parametrize(
    "disk", READ_ONLY, indirect=True, ids=lambda kind: kind.__name__
)


def told(lender: Lender, *arguments: str, words: tuple[str, ...] = WORDS) -> str:
    """Run a verb that must say what the disk is about, in words and as one document."""
    code, out, err = lender.run(*arguments, "--json")
    assert code == 75, err
    assert "Traceback" not in out + err
    assert any(each in err for each in words), err
    assert "run again" in err
    document = json.loads(out)
    assert document["exit_code"] == 75
    return err


def numbers(lender: Lender) -> Counter[str]:
    """Our documents in the books, by number."""
    url = f"{lender.sandbox.url}/_sandbox/quickbooks/books"
    documents = requests.get(url, timeout=60).json()["documents"]
    live = [d["number"] or "" for d in documents if d["status"] not in ("void", "deleted")]
    return Counter(number for number in live if number.startswith("DY7F3A-"))


def written(lender: Lender) -> int:
    """How many documents and customers were sent so far."""
    url = f"{lender.sandbox.url}/_sandbox/quickbooks/calls"
    counted = requests.get(url, timeout=60).json()["by_path"]
    kinds = ("/invoice", "/payment", "/customer")
    return sum(
        number
        for place, number in counted.items()
        if place.startswith("POST") and place.endswith(kinds)
    )


def finished(lender: Lender, wanted: Counter[str]) -> None:
    assert lender.json("sync")["verdict"] == "clean"
    assert numbers(lender) == wanted
    assert max(wanted.values()) == 1


def ended_well(lender: Lender, wanted: Counter[str]) -> None:
    """Everything is there once, and nothing is left to do."""
    finished(lender, wanted)
    again = lender.json("sync", "--dry-run")["systems"]["quickbooks"]["planned"]
    assert set(again.values()) == {0}
    assert lender.json("reconcile")["systems"]["quickbooks"]["agree"]


def intact(lender: Lender) -> None:
    with closing(sqlite3.connect(lender.folder / "state" / "sandbox.db")) as database:
        found = database.execute("PRAGMA integrity_check").fetchall()
    # SQLite 3.40 takes columns before the last one of a key for empty. Last verified 2026-11-27.
    assert [text for (text,) in found if not text.startswith("NULL value in ledger_party")] in (
        ["ok"],
        [],
    )


@full
def test_wherever_in_a_pass_the_disk_fills_the_next_one_finishes_it(lender, disk, monkeypatch):
    lender.run("sync")
    wanted = numbers(lender)
    begin, began, moment = Store.begin, 0, -1

    def filling(store: Store):
        nonlocal began
        began += 1
        if began - 1 == moment:
            disk.refuse()
        return begin(store)

    monkeypatch.setattr(Store, "begin", filling)
    for moment in count():
        lender.control("reset")
        for path in disk.folder.iterdir():
            path.unlink()
        began = 0
        if moment > 10 and lender.run("sync")[0] == 0:
            break  # the pass has no more moments than that
        if moment <= 10:
            told(lender, "sync")
        disk.take_again()
        intact(lender)
        finished(lender, wanted)
    assert moment > 10
    monkeypatch.setattr(Store, "begin", begin)
    ended_well(lender, wanted)


@full
def test_a_delivery_that_finds_no_room_leaves_the_ledger_as_it_was(lender, disk, monkeypatch):
    lender.run("sync")
    wanted, before = numbers(lender), lender.json("status")["owed"]
    snapshot = json.loads((lender.folder / "inbox" / "deudores_snapshot.json").read_text())
    movement = snapshot["movements"][-1]
    snapshot["movements"].append({**movement, "movement_id": 9_000_001})
    snapshot["counts"]["movements"] += 1
    lowered(snapshot, movement["debt_id"], movement["amount"])
    lender.deliver(snapshot)
    stage = Store.stage

    def filling(*arguments):
        disk.refuse()
        return stage(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "stage", filling)
        told(lender, "sync")
    disk.take_again()
    assert [path.name for path in disk.folder.glob(".*")] == []
    assert lender.json("status")["owed"] == before
    assert numbers(lender) == wanted
    ended_well(lender, wanted + Counter(["DY7F3A-P9000001"]))


@full
def test_what_cannot_be_written_down_first_is_not_sent(lender, disk, monkeypatch):
    post = QuickBooks.post
    answered: list[int] = []

    def filling(system, batch):
        outcomes = post(system, batch)
        if not answered:
            answered.append(len(batch))
            disk.refuse()
        return outcomes

    monkeypatch.setattr(QuickBooks, "post", filling)
    told(lender, "sync")
    sent = written(lender)
    assert sent == answered[0], "the first batch was claimed and sent, and none after it"
    told(lender, "sync")
    assert written(lender) == sent
    disk.take_again()


@full
@pytest.mark.parametrize("moment", ["after the claim", "after the answer"])
def test_an_answer_that_was_not_written_down_is_looked_up_and_not_sent_again(
    lender, disk, monkeypatch, moment
):
    lender.run("sync")
    wanted, once = numbers(lender), written(lender)
    lender.control("reset")
    for path in disk.folder.iterdir():
        path.unlink()
    post, batches = QuickBooks.post, iter(range(100))

    def filling(system, batch):
        third = next(batches) == 2
        if third and moment == "after the claim":
            disk.refuse()
        outcomes = post(system, batch)
        if third and moment == "after the answer":
            disk.refuse()
        return outcomes

    with monkeypatch.context() as patched:
        patched.setattr(QuickBooks, "post", filling)
        told(lender, "sync")
    disk.take_again()
    entries = lender.json("outbox", "list", "--state", "sending")
    assert len(entries["entries"]) > 1, "sent, and nothing known about it"
    ended_well(lender, wanted)
    assert written(lender) == once, "every document left once in both passes together"


@read_only
def test_a_read_only_state_folder_is_told_before_anything_is_done(lender, disk):
    lender.run("sync")
    sent, wanted = written(lender), numbers(lender)
    before = lender.files()
    disk.refuse()
    for verb in ("sync", "reconcile"):
        told(lender, verb, words=FROM_START)
    assert lender.files() == before
    assert written(lender) == sent
    disk.take_again()
    ended_well(lender, wanted)


@refusing
def test_a_login_is_not_used_up_when_its_successor_could_not_be_kept(lender, disk, monkeypatch):
    lender.control("quickbooks/settings", refresh_reuse_revokes=True)
    monkeypatch.setenv("LEDGER_BRIDGE_SYSTEMS__QUICKBOOKS__ACCESS", "oauth")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    kept = open_credentials(disk.folder, {}, SystemClock())
    kept.set("quickbooks", REALM, REFRESH_TOKEN, "demo-refresh-quickbooks")
    kept.set("quickbooks", "", CLIENT_SECRET, "demo-secret")
    lender.run("mappings", "accounts", "quickbooks")
    used = kept.get("quickbooks", REALM, REFRESH_TOKEN)
    renewed = RefreshedTokens.renewed

    def filling(tokens, refused):
        disk.refuse()
        return renewed(tokens, refused)

    monkeypatch.setattr(RefreshedTokens, "renewed", filling)
    code, _, err = lender.run("mappings", "accounts", "quickbooks")
    assert code == 75
    assert "cannot be renewed" in err
    assert "run again" in err
    monkeypatch.setattr(RefreshedTokens, "renewed", renewed)
    disk.take_again()
    assert kept.get("quickbooks", REALM, REFRESH_TOKEN) == used
    assert lender.json("sync")["verdict"] == "clean"


@pytest.fixture
def folder(request, lender):
    """A disk of its own, for reports and other files that a person asked for."""
    with opened(request.param, lender.folder / "out") as made:
        yield made


elsewhere = pytest.mark.parametrize(
    "folder", REFUSING, indirect=True, ids=lambda kind: kind.__name__
)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "filler"}


@elsewhere
def test_a_report_that_finds_no_room_leaves_the_old_one_and_the_answer_is_given(
    lender, folder: Disk, monkeypatch
):
    from bridge.cli import reconcile

    lender.run("sync")
    where = ("reconcile", "--out", str(folder.folder), "--format", "html,xlsx,json,csv,text")
    lender.run(*where)
    before = contents(folder.folder)
    assert before
    write = reconcile.write_reports

    def filling(*arguments):
        folder.refuse()
        return write(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(reconcile, "write_reports", filling)
        code, out, err = lender.run(*where, "--json")
    folder.take_again()
    assert code == 75
    assert any(each in err for each in (*WORDS, *FROM_START)), err
    assert json.loads(out)["systems"]["quickbooks"]["agree"]
    assert contents(folder.folder) == before
    assert lender.run(*where)[0] == 0


@elsewhere
@pytest.mark.parametrize(
    "arguments",
    [
        "export --out out/it",
        "export --format csv --out out/it",
        "export --format xlsx --out out/it",
        "sync --plan-out out/it",
        "init --yes out",
    ],
)
def test_a_file_that_finds_no_room_is_not_left_there_in_half(lender, folder: Disk, arguments):
    lender.run("sync")
    folder.refuse()
    told(lender, *arguments.split(), words=(*WORDS, *FROM_START))
    folder.take_again()
    assert contents(folder.folder) == {}
    assert lender.run(*arguments.split())[0] == 0


def on_a_terminal(*arguments: str) -> tuple[int, str]:
    """Exit code, and what a person sees."""
    terminal, theirs = pty.openpty()
    # As a developer's Python does it: nothing that goes wrong at the end is kept quiet.
    command = [sys.executable, "-X", "dev", "-W", "ignore", "-m", "bridge.cli.main", *arguments]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=ENVIRONMENT) as process:
        os.close(theirs)
        said = b""
        with suppress(OSError):  # how a terminal ends
            while part := os.read(terminal, 65536):
                said += part
    os.close(terminal)
    return process.returncode, said.decode()


def test_a_log_without_room_stops_no_pass(lender):
    logs = lender.folder / "demo" / "logs"
    logs.mkdir(parents=True)
    today = SystemClock().today("America/Bogota")
    (logs / f"bridge-{today}.log").symlink_to("/dev/full")
    code, said = on_a_terminal("sync")
    assert code == 0, said
    assert "clean: " in said
    assert "No space left" not in said


@pytest.mark.parametrize("kind", READ_ONLY, ids=lambda kind: kind.__name__)
def test_a_log_that_cannot_be_opened_is_told_before_anything_is_done(lender, kind, monkeypatch):
    monkeypatch.setattr(Output, "terminal", True)
    with opened(kind, lender.folder / "demo" / "logs") as disk:
        disk.refuse()
        code, _, err = lender.run("sync")
        disk.take_again()
    assert code == 75
    assert any(each in err for each in FROM_START), err
    assert not numbers(lender)


def test_an_answer_that_finds_no_room_is_told_and_a_message_is_not_missed(lender):
    lender.run("sync")
    with Path("/dev/full").open("wb") as nowhere:
        for verb in (["status"], ["status", "--json"]):
            command = [sys.executable, "-m", "bridge.cli.main", *verb]
            done = subprocess.run(
                command,
                stdout=nowhere,
                stderr=subprocess.PIPE,
                text=True,
                env=ENVIRONMENT,
                check=False,
            )
            assert done.returncode == 75
            assert "The disk is full. Free some space and run again." in done.stderr
            assert done.stderr.count("\n") == 1
        command = [sys.executable, "-m", "bridge.cli.main", "sync"]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=nowhere, text=True, env=ENVIRONMENT, check=False
        )
    assert done.returncode == 0
    assert "nothing to do" in done.stdout
