"""`connect`: a browser login to the sandbox, and passes with tokens that end and change."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from bridge import settings, wiring
from bridge.clock import SystemClock
from bridge.credentials import open_credentials
from bridge.systems.login import PENDING
from bridge.systems.oauth import CLIENT_SECRET, REFRESH_TOKEN

SYSTEM = "LEDGER_BRIDGE_SYSTEMS__QUICKBOOKS__"
ELSEWHERE = "https://books.example.invalid/back"
PATIENCE_S = 30
REALM = "4620816365000000001"
NAMES = {REFRESH_TOKEN: REALM, PENDING: REALM, CLIENT_SECRET: ""}


class Person:
    """Someone at the lender's machine, with a browser somewhere."""

    def __init__(self, lender) -> None:
        self.lender = lender

    def page(self) -> str:
        """The page of a login that was begun, and not waited for."""
        code, out, err = self.lender.run("connect", "quickbooks", "--wait", "0", "--port", "0")
        assert (code, out) == (78, "")
        return the_page(err)

    def connect(self, address: str, *more: str) -> tuple[int, str, str]:
        return self.lender.run("connect", "quickbooks", "--code", address, *more)

    def stored(self) -> dict[str, str | None]:
        """What the keyring of this installation holds."""
        store = open_credentials(self.lender.folder / "state", {}, SystemClock())
        return {name: store.get("quickbooks", of, name) for name, of in NAMES.items()}


def the_page(words: str) -> str:
    found = re.search(r"http\S+/connect/oauth2\?\S+", words)
    assert found, words
    return found[0]


def browser_ends_on(page: str, **other: str) -> str:
    """The address that the provider sends the browser back to."""
    answer = requests.get(page, allow_redirects=False, timeout=10)
    address = answer.headers["Location"]
    for name, value in other.items():
        address = re.sub(rf"{name}=[^&]*", f"{name}={value}", address)
    return address


@pytest.fixture
def person(lender, monkeypatch):
    monkeypatch.setenv(f"{SYSTEM}ACCESS", "oauth")
    monkeypatch.setenv("LEDGER_BRIDGE_CLIENT_SECRET", "demo-secret")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    lender.control("quickbooks/settings", refresh_reuse_revokes=True)
    return Person(lender)


@pytest.fixture
def connected(person):
    code, _, err = person.connect(browser_ends_on(person.page()))
    assert code == 0, err
    return person


def test_a_login_tells_the_company_and_how_long_it_lasts(person):
    code, out, err = person.connect(browser_ends_on(person.page()))
    assert code == 0, err
    assert f"connected to Crédito Fácil SAS ({REALM}), in COP." in out
    assert "Whether a period is closed: not told." in out
    assert re.search(r"lasts until 20\d\d-\d\d-\d\d, and ends on 20\d\d-\d\d-\d\d if it is", out)
    stored = person.stored()
    assert stored[REFRESH_TOKEN]
    assert stored[CLIENT_SECRET] == "demo-secret"
    assert stored[PENDING] is None


def test_a_login_answers_one_document(person):
    person.lender.control("quickbooks/edit", action="lock", date="2026-10-31")
    address = browser_ends_on(person.page())
    told = person.lender.json("connect", "quickbooks", "--code", address)
    assert (told["company"], told["home_currency"]) == (REALM, "COP")
    assert told["locked_through"] == "2026-10-31"
    assert told["login_ends"]["in_any_case"] > told["login_ends"]["if_unused"]


def test_no_secret_is_shown_or_written_in_the_open(person):
    address = browser_ends_on(person.page())
    _, out, err = person.connect(address)
    secrets = [value for value in person.stored().values() if value]
    secrets += parse_qs(urlsplit(address).query)["code"]
    written = b"".join(person.lender.files().values())
    for secret in secrets:
        assert secret not in out + err
        assert secret.encode() not in written


def test_passes_go_on_through_the_end_of_tokens_and_their_rotation(connected):
    lender = connected.lender
    first = connected.stored()[REFRESH_TOKEN]
    assert lender.json("sync")["systems"]["quickbooks"]["confirmed"] > 20
    second = connected.stored()[REFRESH_TOKEN]
    lender.control("clock", seconds=4000)
    assert lender.json("sync")["verdict"] == "clean"
    lender.control("clock", days=60)
    assert lender.json("reconcile")["systems"]["quickbooks"]["agree"] is True
    assert len({first, second, connected.stored()[REFRESH_TOKEN]}) == 3


def test_a_login_that_nobody_used_ends_and_can_be_made_again(connected):
    lender = connected.lender
    lender.control("clock", days=200)
    code, _, err = lender.run("sync")
    assert code == 78
    assert "ledger-bridge connect quickbooks" in err
    assert connected.connect(browser_ends_on(connected.page()))[0] == 0
    assert lender.json("sync")["verdict"] == "clean"


KILLED_AT_RENEWAL = """
import logging, os, signal, sys
from bridge.cli.main import main

def die(record):
    if getattr(record, "event", "") == "login.renewed":
        os.kill(os.getpid(), signal.SIGKILL)
    return True

logging.getLogger("bridge.systems.oauth").addFilter(die)
sys.exit(main(["sync"]))
"""


def test_a_pass_killed_between_renewing_and_using_the_login_keeps_it(connected):
    before = connected.stored()[REFRESH_TOKEN]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT_RENEWAL],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert connected.stored()[REFRESH_TOKEN] != before
    assert connected.lender.json("sync")["systems"]["quickbooks"]["confirmed"] > 20


def test_another_company_is_named_beside_ours_and_nothing_is_stored(person):
    address = browser_ends_on(person.page(), realmId="777")
    code, _, err = person.connect(address)
    assert code == 78
    assert "company_id: is 4620816365000000001; the company chosen in the browser is 777." in err
    assert set(person.stored().values()) == {None}
    code, _, err = person.connect(address)
    assert (code, "No login to quickbooks was begun" in err) == (78, True)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"code": "wrong"}, "does not accept the code of this login"),
        ({"state": "mine"}, "its state is not ours"),
        ({"state": ""}, "its state is not ours"),
        ({"code": "", "realmId": "1&error=access_denied"}, "did not let the bridge in"),
        ({"code": ""}, "has no code"),
        ({"realmId": ""}, "the company chosen in the browser is not told"),
    ],
)
def test_an_address_that_is_not_right_is_told_in_words(person, other, said):
    code, _, err = person.connect(browser_ends_on(person.page(), **other))
    assert code == 78
    assert said in err
    stored = person.stored()
    assert (stored[REFRESH_TOKEN], stored[CLIENT_SECRET]) == (None, None)


def test_a_code_that_came_too_late_is_told_in_words(person):
    address = browser_ends_on(person.page())
    person.lender.control("clock", seconds=700)
    code, _, err = person.connect(address)
    assert code == 78
    assert "older than a few minutes" in err


def test_a_wrong_secret_is_told_in_words_and_not_kept(person, monkeypatch):
    monkeypatch.setenv("LEDGER_BRIDGE_CLIENT_SECRET", "s3cret-of-another-app")
    code, _, err = person.connect(browser_ends_on(person.page()))
    assert code == 78
    assert "Compare them with the keys" in err
    assert "s3cret" not in err
    assert set(person.stored().values()) == {None}


def test_a_login_server_that_is_down_costs_no_more_than_time(person):
    address = browser_ends_on(person.page())
    match = {"path": "tokens/bearer"}
    person.lender.control("faults", system="quickbooks", kind="503", when="before", match=match)
    assert person.connect(address)[0] == 75
    assert person.connect(address)[0] == 0


def test_the_secret_may_be_in_a_file_and_is_remembered(person, monkeypatch):
    monkeypatch.delenv("LEDGER_BRIDGE_CLIENT_SECRET")
    code, _, err = person.lender.run("connect", "quickbooks", "--wait", "0")
    assert code == 78
    assert "The client secret of your app at quickbooks is not known yet." in err
    file = person.lender.folder / "secret"
    file.write_text("two words\n", encoding="utf-8")
    begun = ("connect", "quickbooks", "--wait", "0", "--port", "0", "--secret-file", str(file))
    code, _, err = person.lender.run(*begun)
    assert "there is not one client secret" in err
    assert "two words" not in err
    file.write_text("demo-secret\n", encoding="utf-8")
    page = the_page(person.lender.run(*begun)[2])
    assert person.connect(browser_ends_on(page), "--secret-file", str(file))[0] == 0
    assert person.connect(browser_ends_on(person.page()))[0] == 0


def test_a_page_elsewhere_is_named_to_the_letter_and_not_listened_for(person, monkeypatch):
    monkeypatch.setenv(f"{SYSTEM}REDIRECT_URI", f"{ELSEWHERE}/")
    code, _, err = person.lender.run("connect", "quickbooks")
    assert code == 78
    page = the_page(err)
    assert parse_qs(urlsplit(page).query)["redirect_uri"] == [f"{ELSEWHERE}/"]
    assert person.connect(browser_ends_on(page))[0] == 0
    assert person.lender.run("connect", "quickbooks", "--port", "1")[0] == 2


def test_a_port_that_is_taken_is_a_usage_mistake(person):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code, _, err = person.lender.run("connect", "quickbooks", "--port", port)
    assert code == 2
    assert "choose another --port" in err


def test_a_fixed_token_needs_no_login(lender):
    code, out, _ = lender.run("connect", "quickbooks")
    assert code == 0
    assert "Nothing needs to be connected" in out
    assert lender.json("connect", "quickbooks")["access"] == "static"
    assert lender.files() == {}


def test_without_a_client_id_there_is_nothing_to_log_in_with(person):
    path = person.lender.folder / "bridge.toml"
    text = path.read_text(encoding="utf-8").replace('client_id = "demo-client"', "")
    path.write_text(text, encoding="utf-8")
    code, _, err = person.lender.run("connect", "quickbooks")
    assert code == 78
    assert "[systems.quickbooks] client_id: is not set." in err
    assert person.lender.run("connect", "quickboks")[0] == 2


def test_a_company_that_cannot_be_read_yet_does_not_cost_the_login(person):
    address = browser_ends_on(person.page())
    person.lender.control("quickbooks/settings", administrator="no")
    code, _, err = person.connect(address)
    assert code != 0
    assert "the login is stored" in err
    assert person.stored()[REFRESH_TOKEN]


def test_an_address_older_than_an_hour_is_not_waited_for_any_more(person, monkeypatch):
    address = browser_ends_on(person.page())
    from bridge.systems import login

    monkeypatch.setattr(login, "PENDING_S", -1)
    code, _, err = person.connect(address)
    assert code == 78
    assert "was begun here within the last hour" in err


# ── a process that waits, as a person meets it ───────────────────────────────────────────────


class Waiting:
    """`connect` in a process of its own. Its page is known as soon as it listens."""

    def __init__(self, *more: str, stdin: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bridge.cli.main", "connect", "quickbooks", *more],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
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

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, self.said + err


@pytest.fixture
def waiting(person):
    made: list[Waiting] = []

    def start(*more: str, stdin: int = subprocess.PIPE) -> Waiting:
        made.append(Waiting(*more, stdin=stdin))
        return made[-1]

    yield start
    for each in made:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


def test_the_browser_of_this_machine_ends_the_wait(waiting, person):
    process = waiting("--port", "0", stdin=subprocess.DEVNULL)
    page = process.page()
    back = parse_qs(urlsplit(page).query)["redirect_uri"][0]
    assert re.fullmatch(r"http://localhost:\d+/callback", back)
    assert requests.get(f"{back}?code=x&state=y&realmId={REALM}", timeout=10).status_code == 400
    assert requests.get(back.replace("callback", "else"), timeout=10).status_code == 404
    arrived = requests.get(page, timeout=10)
    assert "has arrived" in arrived.text
    code, out, err = process.end()
    assert code == 0, err
    assert "connected to Crédito Fácil SAS" in out
    assert person.stored()[REFRESH_TOKEN]


def test_the_address_may_be_pasted_where_there_is_no_browser(waiting):
    process = waiting("--port", "0")
    page = process.page()
    process.process.stdin.write("what do you want?\n")
    process.process.stdin.flush()
    process.until("That is not the address")
    process.process.stdin.write(browser_ends_on(page) + "\n")
    process.process.stdin.flush()
    code, out, err = process.end()
    assert code == 0, err
    assert "connected to" in out


def test_the_address_may_be_pasted_later_without_leaving_it_in_the_history(waiting, person):
    address = browser_ends_on(person.page())
    process = waiting("--code", "-")
    out, err = process.process.communicate(address + "\n", timeout=30)
    assert process.process.returncode == 0, err
    assert "connected to" in out


def test_on_a_terminal_the_secret_is_asked_for_and_not_echoed(person, monkeypatch):
    monkeypatch.delenv("LEDGER_BRIDGE_CLIENT_SECRET")
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "bridge.cli.main", "connect", "quickbooks", "--port", "0"]
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
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
        until("Next: ledger-bridge doctor")
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    assert "demo-secret" not in said
    assert person.stored()[CLIENT_SECRET] == "demo-secret"


def test_a_new_login_is_safe_beside_a_pass_that_renews_the_old_one(connected):
    """The store's lock is held while the new login is stored."""
    address = browser_ends_on(connected.page())
    store = open_credentials(connected.lender.folder / "state", {}, SystemClock())
    seen: list[bool] = []
    loaded = settings.load(None).settings
    with wiring.open_login(loaded, "quickbooks") as login:
        lock = login._credentials.lock

        def noted(*who: str):
            seen.append(True)
            return lock(*who)

        login._credentials.lock = noted
        login.finish(address, "demo-secret")
    assert seen == [True]
    assert store.get("quickbooks", REALM, REFRESH_TOKEN)
