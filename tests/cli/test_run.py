"""The daemon as a process: beside it dry runs work, others wait, and it ends when told to."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from bridge.cli.main import main
from tests.cli.small_lender import Lender, lowered, small_ledger

PATIENCE_S = 120
NEVER = 'sync = "0 0 1 1 *"\nreport = "0 0 1 1 *"\n'
"""New Year's night: but for the first start nothing is due while a test lasts."""


class Daemon:
    """A `run` of its own, and its log lines as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []

    def until(self, sign: str, times: int = 1) -> str:
        """Read what it says until a line has the sign; that line."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if sign in line:
                times -= 1
                if not times:
                    return line
        raise AssertionError(f"it ended without {sign}: {''.join(self.lines)}")

    def verb_at_work(self) -> int:
        """The process that does what it has just begun."""
        self.until("job.started")
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found: list[str] = []
        wait_for(lambda: bool(found.extend(children.read_text("ascii").split()) or found))
        return int(found[0])

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.stderr is not None
        self.lines += self.process.stderr.readlines()
        return self.process.wait(PATIENCE_S)


@contextmanager
def running(lender: Lender, environ: Mapping[str, str] | None = None) -> Iterator[Daemon]:
    command = [sys.executable, "-m", "bridge.cli.main", "run"]
    with subprocess.Popen(
        command, cwd=lender.folder, stderr=subprocess.PIPE, text=True, env=environ
    ) as process:
        try:
            yield Daemon(process)
        finally:
            process.kill()


@pytest.fixture
def house(lender: Lender) -> Lender:
    """A lender whose daemon listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = lender.folder / "bridge.toml"
    text = settings.read_text("utf-8")
    settings.write_text(f"{text}\n[listen]\nport = {port}\n\n[schedule]\n{NEVER}", "utf-8")
    lender.port = port
    return lender


def health(house: Lender) -> Any:
    return requests.get(f"http://127.0.0.1:{house.port}/health", timeout=60).json()


def documents(house: Lender) -> list[str]:
    url = f"{house.sandbox.url}/_sandbox/{house.system}/books"
    listed = requests.get(url, timeout=60).json()["documents"]
    return sorted(document["number"] for document in listed)


def test_it_passes_and_reports_and_keeps_what_it_did(house: Lender) -> None:
    with running(house) as daemon:
        daemon.until("job.ended", times=2)
        told = health(house)
        ended = {name: job["last"]["verdict"] for name, job in told["jobs"].items()}
        assert ended == {"sync": "clean", "report": "clean"}
        assert daemon.stop() == 0
        with running(house) as again:
            again.until("daemon.started")
            assert again.stop() == 0
            assert not [line for line in again.lines if "job.started" in line]
    assert list((house.folder / "reports").glob("reconciliation-*.html"))
    assert len(documents(house)) == len(set(documents(house))) > 5
    assert house.json("reconcile")["systems"]["quickbooks"]["agree"]


def test_a_dry_run_works_beside_its_pass_and_another_pass_is_told_to_wait(house: Lender) -> None:
    """The pass stands still half-way for as long as the test looks."""
    house.control("quickbooks/latency", ms=100)
    with running(house) as daemon:
        verb = daemon.verb_at_work()
        wait_for(lambda: "/invoice" in str(house_calls(house)))
        os.kill(verb, signal.SIGSTOP)
        assert house.run("reconcile", "--dry-run")[0] in (0, 75)  # what is on its way is in doubt
        before = documents(house)  # what was on its way has arrived meanwhile
        code, out, err = house.run("sync", "--dry-run")
        assert (code in (0, 75), "Vista previa: no se registró nada" in out) == (True, True), err
        code, _, err = house.run("sync")
        assert (code, "is at work on this state store" in err) == (75, True), err
        told = health(house), documents(house)
        assert (told[0]["working_on"], told[1]) == ("sync", before)
        os.kill(verb, signal.SIGCONT)
        daemon.until("job.ended")
        daemon.stop()
    assert len(documents(house)) > len(before)
    assert house.json("reconcile")["systems"]["quickbooks"]["agree"]


def wait_for(come: Callable[[], bool]) -> None:
    """Ask the sandbox, which answers in a millisecond, until it has come."""
    until = time.monotonic() + PATIENCE_S
    while not come():
        assert time.monotonic() < until, "it does not come"


def house_calls(house: Lender) -> dict[str, int]:
    url = f"{house.sandbox.url}/_sandbox/{house.system}/calls"
    called: dict[str, int] = requests.get(url, timeout=60).json()["by_path"]
    return called


def test_beside_an_idle_daemon_a_dry_run_writes_nothing_and_a_pass_is_let_in(
    house: Lender,
) -> None:
    with running(house) as daemon:
        daemon.until("job.ended", times=2)
        ledger = small_ledger()
        ledger["debtors"][0]["name"] += " de Pérez"
        gone = ledger["movements"].pop()
        lowered(ledger, gone["debt_id"], -gone["amount"])
        ledger["counts"]["movements"] -= 1
        house.deliver(ledger)
        before = house.files(), documents(house)
        assert house.run("sync", "--dry-run")[0] == 0
        assert house.run("reconcile", "--dry-run")[0] in (0, 75)  # what is on its way is in doubt
        assert (house.files(), documents(house)) == before
        house.run("sync")
        assert house.files() != before[0]
        assert daemon.process.poll() is None


def test_a_second_daemon_is_told_so_and_status_tells_of_the_first(house: Lender) -> None:
    with running(house) as daemon:
        daemon.until("job.ended", times=2)
        code, _, err = house.run("run")
        assert code == 75
        assert f"process {daemon.process.pid}" in err
        assert house.json("status")["daemon"] == daemon.process.pid
        daemon.stop()
    assert house.json("status")["daemon"] is None


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_stopped_in_the_middle_of_a_pass_it_posts_nothing_twice(
    house: Lender, how: signal.Signals
) -> None:
    house.control("quickbooks/latency", ms=100)
    with running(house) as daemon:
        verb = daemon.verb_at_work()
        wait_for(lambda: "/invoice" in str(house_calls(house)))
        daemon.process.send_signal(how)
        assert daemon.process.wait(PATIENCE_S) == (0 if how != signal.SIGKILL else -how)
        if how == signal.SIGKILL:  # the pass goes on by itself; it dies too, as with the machine
            os.kill(verb, signal.SIGKILL)
        wait_for(lambda: not alive(verb))
    house.control("quickbooks/latency", ms=0)
    with running(house) as again:
        again.until("job.ended")
        again.stop()
    assert len(documents(house)) == len(set(documents(house)))
    assert house.json("reconcile")["systems"]["quickbooks"]["agree"]


def alive(process: int) -> bool:
    """Whether it runs; what has died and waits to be buried does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_webhook_brings_a_pass_and_a_stale_or_repeated_one_does_not(
    house: Lender,
) -> None:
    secret = house.json("connect", "deudores")["secret"]
    body = b'{"id":"e1","type":"movement.created","occurred_at":"2026-11-28T10:00:00Z","data":{}}'

    def call(at_s: float, key: str = secret) -> int:
        t = str(int(at_s))
        v1 = hmac.new(key.encode(), f"{t}.".encode() + body, hashlib.sha256).hexdigest()
        url = f"http://127.0.0.1:{house.port}/webhooks/deudores"
        signed = {"Deudores-Event-Id": "e1", "Deudores-Signature": f"t={t},v1={v1}"}
        return requests.post(url, data=body, headers=signed, timeout=60).status_code

    with running(house) as daemon:
        daemon.until("job.ended", times=2)
        now = time.time()
        assert (call(now - 400), call(now, "another secret, wrong")) == (401, 401)
        assert call(now) == 200
        assert json.loads(daemon.until('"outcome":"accepted"'))["event"] == "webhook.received"
        assert call(now) == 200
        daemon.until('"outcome":"repeated"')
        daemon.stop()
    told = "".join(daemon.lines)
    assert secret not in told
    assert not re.search(r"e1|movement\.created", told)


def test_systemd_is_told_that_it_is_ready_alive_and_stopping(house: Lender) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        address = f"\0bridge-test-{os.getpid()}"
        supervisor.bind(address)
        supervisor.settimeout(PATIENCE_S)
        environ = {**os.environ, "NOTIFY_SOCKET": f"@{address[1:]}"}
        with running(house, environ) as daemon:
            assert supervisor.recv(999).decode() == "READY=1\nSTATUS=waiting"
            daemon.until("job.ended", times=2)
            assert daemon.stop() == 0
        said = []
        while select.select([supervisor], [], [], 0)[0]:
            said.append(supervisor.recv(999).decode())
    assert "WATCHDOG=1" in said
    assert said[-1] == "STOPPING=1"
    assert any(re.fullmatch(r"STATUS=sync ended at \d\d:\d\d UTC: clean", line) for line in said)


def test_a_port_that_is_taken_is_said(house: Lender, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", house.port)):
        assert main(["run"]) == 2
    assert f"Cannot listen on 127.0.0.1:{house.port}" in capsys.readouterr().err


def test_settings_that_are_wrong_are_said_before_anything_begins(
    lender: Lender, tmp_path: Path
) -> None:
    settings = lender.folder / "bridge.toml"
    text = settings.read_text("utf-8")
    wrong = '[schedule]\nsync = "0 6-21 * * 1-6"\nreport = "30 25 * * *"\n[listen]\nport = 0\n'
    settings.write_text(f"{text}\n{wrong}", "utf-8")
    code, _, err = lender.run("run")
    assert code == 78
    assert '"1-6" names weekdays by number. Write mon, mon-sat or sat,sun.' in err
    assert '"30 25 * * *" is not a time of the day' in err
    assert "[listen] port" in err
    assert not (lender.folder / "state" / "bridge.daemon.lock").exists()
