"""Logins as a person meets them: a browser somewhere, an address to paste, and what is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from bridge.clock import SystemClock
from bridge.credentials import Credentials, open_credentials
from bridge.systems.login import GRANT, PENDING
from bridge.systems.oauth import CLIENT_SECRET, REFRESH_TOKEN
from tests.cli.small_lender import Lender, lender_on

ELSEWHERE = "https://books.example.invalid/back"
SECRET = "LEDGER_BRIDGE_CLIENT_SECRET"


@dataclass(frozen=True)
class Facts:
    """What differs between the products, for a person who logs in."""

    company: str
    page: str
    """Path of the page that the browser opens."""
    token: str
    """Path of the token server."""
    lasts: str
    lock_unknown: bool
    idle_days: int
    """Used within these, a login goes on."""
    rotates: bool


FACTS = {
    "quickbooks": Facts(
        company="4620816365000000001",
        page="/connect/oauth2",
        token="tokens/bearer",
        lasts=r"lasts until 20\d\d-\d\d-\d\d, and ends on 20\d\d-\d\d-\d\d if it is not used",
        lock_unknown=True,
        idle_days=60,
        rotates=True,
    ),
    "xero": Facts(
        company="70784a63-0000-4000-8000-000000000001",
        page="/identity/connect/authorize",
        token="connect/token",
        lasts=r"ends on 20\d\d-\d\d-\d\d if it is not used",
        lock_unknown=False,
        idle_days=59,
        rotates=True,
    ),
    "zoho": Facts(
        company="600000000001",
        page="/oauth/v2/auth",
        token="oauth/v2/token",
        lasts="lasts until somebody ends it",
        lock_unknown=False,
        idle_days=700,
        rotates=False,
    ),
}


class Person:
    """Someone at the lender's machine, with a browser somewhere."""

    def __init__(self, lender: Lender, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lender, self.system = lender, lender.system
        self.facts = FACTS[lender.system]
        self._monkeypatch = monkeypatch
        self._later = timedelta()

    def setting(self, name: str, value: str) -> None:
        """Another value of this system in bridge.toml."""
        self._monkeypatch.setenv(f"LEDGER_BRIDGE_SYSTEMS__{self.system.upper()}__{name}", value)

    def page(self) -> str:
        """The page of a login that was begun, and not waited for."""
        code, out, err = self.lender.run("connect", self.system, "--wait", "0", "--port", "0")
        assert (code, out) == (78, ""), err
        return the_page(err)

    def connect(self, address: str, *more: str) -> tuple[int, str, str]:
        return self.lender.run("connect", self.system, "--code", address, *more)

    def log_in(self, *more: str) -> str:
        """A whole login; what it says."""
        code, out, err = self.connect(browser_ends_on(self.page()), *more)
        assert code == 0, err
        return out

    def sync(self) -> Any:
        return self.lender.json("sync")["systems"][self.system]

    def end_it_there(self) -> None:
        """End the login at the provider."""
        url = self.lender.sandbox.urls()[self.system]["revoke"]
        token = self.stored()[REFRESH_TOKEN]
        form, auth = {"token": token}, ("demo-client", "demo-secret")
        requests.post(url, data=form, auth=auth, timeout=60).raise_for_status()

    def self_client_code(self, scope: str) -> str:
        """The code that Zoho's API console makes for a client without a web page."""
        url = f"{self.lender.sandbox.url}/_sandbox/zoho/edit"
        wish = {"action": "generate_code", "scope": scope}
        return str(requests.post(url, json=wish, timeout=60).json()["code"])

    @property
    def keyring(self) -> Credentials:
        """The keyring of this installation."""
        return open_credentials(self.lender.folder / "state", {}, SystemClock())

    def stored(self) -> dict[str, str | None]:
        """What the keyring holds of this system."""
        of = dict.fromkeys((REFRESH_TOKEN, PENDING, GRANT), self.facts.company)
        of |= {CLIENT_SECRET: "", "access_token": self.facts.company}
        return {name: self.keyring.get(self.system, company, name) for name, company in of.items()}

    def wait(self, days: float = 0, seconds: float = 0) -> None:
        """Time passes, for the bridge and for the sandbox alike."""
        self.lender.control("clock", days=days, seconds=seconds)
        self._later += timedelta(days=days, seconds=seconds)
        later = self._later
        self._monkeypatch.setattr(SystemClock, "now", lambda _: datetime.now(UTC) + later)


def the_page(words: str) -> str:
    pages = "|".join(re.escape(facts.page) for facts in FACTS.values())
    found = re.search(rf"http\S+(?:{pages})\?\S+", words)
    assert found, words
    return found[0]


def browser_ends_on(page: str, **other: str) -> str:
    """The address that the provider sends the browser back to, perhaps with something changed."""
    answer = requests.get(page, allow_redirects=False, timeout=60)
    address = answer.headers["Location"]
    for name, value in other.items():
        address = re.sub(rf"{name}=[^&]*", f"{name}={value}", address)
    return address


@pytest.fixture(params=sorted(FACTS))
def person(request, tmp_path, monkeypatch, capsys):
    """Someone who keeps books in each of the systems."""
    yield from _person(request.param, tmp_path, monkeypatch, capsys)


@pytest.fixture
def quickbooks(tmp_path, monkeypatch, capsys):
    yield from _person("quickbooks", tmp_path, monkeypatch, capsys)


@pytest.fixture
def xero(tmp_path, monkeypatch, capsys):
    yield from _person("xero", tmp_path, monkeypatch, capsys)


@pytest.fixture
def zoho(tmp_path, monkeypatch, capsys):
    yield from _person("zoho", tmp_path, monkeypatch, capsys)


def _person(system, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.setenv(SECRET, "demo-secret")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    with lender_on(system, folder, capsys) as lender:
        made = Person(lender, monkeypatch)
        made.setting("ACCESS", "oauth")
        # As strict about tokens as the real one.
        strict = {"quickbooks": {"refresh_reuse_revokes": True}, "zoho": {"token_limits": True}}
        if system in strict:
            lender.switch(**strict[system])
        yield made
