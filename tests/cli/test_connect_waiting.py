"""`connect` in a process of its own, that waits for a person; and a pass that is killed."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from bridge.systems.oauth import CLIENT_SECRET, REFRESH_TOKEN
from tests.cli.logins import SECRET, browser_ends_on, the_page

PATIENCE_S = 120
ROOT = Path(__file__).parents[2]


class Waiting:
    """`connect` in a process of its own. Its page is known as soon as it listens."""

    def __init__(self, system: str, *more: str, stdin: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bridge.cli.main", "connect", system, *more],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.said = ""

    def until(self, words: str) -> str:
        assert self.process.stderr is not None
        while words not in self.said:
            assert select.select([self.process.stderr], [], [], PATIENCE_S)[0], self.said
            part = os.read(self.process.stderr.fileno(), 65536)
            assert part, self.said
            self.said += part.decode(errors="replace")
        return self.said

    def page(self) -> str:
        return the_page(self.until("paste it here"))

    def types(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out, self.said + err


@pytest.fixture
def waiting():
    made: list[Waiting] = []

    def start(person, *more: str, stdin: int = subprocess.PIPE) -> Waiting:
        made.append(Waiting(person.system, *more, stdin=stdin))
        return made[-1]

    yield start
    for each in made:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


def test_the_browser_of_this_machine_ends_the_wait(waiting, person):
    process = waiting(person, "--port", "0", stdin=subprocess.DEVNULL)
    page = process.page()
    back = parse_qs(urlsplit(page).query)["redirect_uri"][0]
    assert re.fullmatch(r"http://localhost:\d+/callback", back)
    assert requests.get(f"{back}?code=x&state=y", timeout=60).status_code == 400
    assert requests.get(back.replace("callback", "else"), timeout=60).status_code == 404
    arrived = requests.get(page, timeout=60)
    assert "has arrived" in arrived.text
    code, out, err = process.end()
    assert code == 0, err
    assert "connected to Crédito Fácil SAS" in out
    assert person.stored()[REFRESH_TOKEN]


def test_the_address_may_be_pasted_where_there_is_no_browser(waiting, quickbooks):
    process = waiting(quickbooks, "--port", "0")
    page = process.page()
    process.types("what do you want?")
    process.until("That is not the address")
    process.types(browser_ends_on(page))
    code, out, err = process.end()
    assert code == 0, err
    assert "connected to" in out


def test_a_self_clients_code_may_be_pasted_instead_of_the_address(waiting, zoho):
    process = waiting(zoho, "--port", "0")
    said = process.until("paste it here")
    scope = re.search(r"paste it: (\S+)", said)
    assert scope, said
    process.types(zoho.self_client_code(scope[1]))
    code, out, err = process.end()
    assert code == 0, err
    assert "connected to Crédito Fácil SAS" in out


def test_the_address_may_be_pasted_later_without_leaving_it_in_the_history(waiting, person):
    address = browser_ends_on(person.page())
    process = waiting(person, "--code", "-")
    out, err = process.process.communicate(address + "\n", timeout=PATIENCE_S)
    assert process.process.returncode == 0, err
    assert "connected to" in out


def test_on_a_terminal_the_secret_is_asked_for_and_not_echoed(quickbooks, monkeypatch):
    monkeypatch.delenv(SECRET)
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "bridge.cli.main", "connect", "quickbooks", "--port", "0"]
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    os.close(theirs)
    said = ""

    def until(words: str) -> None:
        nonlocal said
        while words not in said:
            assert select.select([terminal], [], [], PATIENCE_S)[0], said
            said += os.read(terminal, 65536).decode(errors="replace")

    try:
        until("kept in the keyring")
        os.write(terminal, b"demo-secret\n")
        until("press Enter:")
        os.write(terminal, browser_ends_on(the_page(said)).encode() + b"\n")
        until("main doctor")  # as it was called
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    assert "demo-secret" not in said
    assert quickbooks.stored()[CLIENT_SECRET] == "demo-secret"


KILLED_AT_RENEWAL = """
import logging, os, signal, sys
from bridge.cli.main import main

def die(record):
    if getattr(record, "event", "") == "login.renewed":
        os.kill(os.getpid(), signal.SIGKILL)
    return True

for name in ("bridge.systems.oauth", "bridge.systems.zoho.login"):
    logging.getLogger(name).addFilter(die)
sys.exit(main(["sync"]))
"""


def test_a_pass_killed_between_renewing_and_using_the_login_keeps_it(person):
    person.log_in()
    person.keyring.delete(person.system, person.facts.company, "access_token")
    before = person.stored()[REFRESH_TOKEN]
    asked = person.lender.calls(person.facts.token)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT_RENEWAL],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert person.lender.calls(person.facts.token) == asked + 1
    assert (person.stored()[REFRESH_TOKEN] != before) is person.facts.rotates
    assert person.sync()["confirmed"] > 20
