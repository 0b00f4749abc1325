"""Tokens: one renewal at a time, durable before use, and the end of a connection."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from bridge.clock import ManualClock, SystemClock
from bridge.credentials import (
    Credentials,
    EncryptedFileKeyring,
    KeyringCredentials,
    MemoryCredentials,
)
from bridge.errors import ConfigurationError, LoginRequired, TryLater
from bridge.systems.oauth import (
    GRANT_ENDS,
    RefreshedTokens,
    TokenEndpoint,
    authorize_url,
    exchange_code,
)
from bridge.systems.tokens import StaticToken
from bridge.systems.transport import Transport
from tests.disks import FULL, Disk, opened
from tests.in_words import in_words
from tests.systems.servers import Answered, Call, http_server

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
WHO = ("quickbooks", "9")


class Provider:
    """A token server whose refresh tokens work once, as Intuit's may."""

    def __init__(self) -> None:
        self.valid = "r0"
        self.calls: list[Call] = []
        self.failing: Answered | None = None
        self.asked: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def __call__(self, call: Call) -> Answered:
        with self._lock:
            self.calls.append(call)
            self.asked()
            if self.failing:
                return self.failing
            form = {name: values[0] for name, values in parse_qs(call.body.decode()).items()}
            given = form.get("refresh_token") or form.get("code")
            if given not in (self.valid, "the-code"):
                return error("invalid_grant")
            self.valid = f"r{len(self.calls)}"
            grant = {
                "token_type": "bearer",
                "access_token": f"a{len(self.calls)}",
                "expires_in": 3600,
                "refresh_token": self.valid,
                "x_refresh_token_expires_in": 8726400,
                "x_refresh_token_hard_expires_in": 157680000,
            }
            return Answered(200, json.dumps(grant).encode())


def error(word: str, status: int = 400) -> Answered:
    return Answered(status, json.dumps({"error": word}).encode())


class Login:
    """A token source for a provider, with its store and clock."""

    def __init__(self, url: str, credentials: Credentials | None = None) -> None:
        self.clock = ManualClock(NOW)
        self.credentials = credentials or MemoryCredentials({(*WHO, "refresh_token"): "r0"})
        self.transport = Transport(self.clock, jitter=lambda: 0)
        self.endpoint = TokenEndpoint(
            url=url,
            client_id="id",
            client_secret="secret",
            headers={"x-include-refresh-token-hard-expires-in": "true"},
        )
        self.tokens = self.source()

    def source(self) -> RefreshedTokens:
        return RefreshedTokens(
            self.endpoint,
            self.transport,
            self.credentials,
            self.clock,
            system=WHO[0],
            company=WHO[1],
        )

    def stored(self) -> str | None:
        return self.credentials.get(*WHO, "refresh_token")


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def login(provider: Provider) -> Iterator[Login]:
    with http_server(provider) as url:
        made = Login(url)
        with closing(made.transport):
            yield made


def test_a_token_is_renewed_once_and_then_kept(login: Login, provider: Provider) -> None:
    assert [login.tokens.current() for _ in range(3)] == ["a1"] * 3
    assert len(provider.calls) == 1
    call = provider.calls[0]
    assert call.headers["Authorization"] == f"Basic {b64encode(b'id:secret').decode()}"
    assert call.headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert call.body == b"grant_type=refresh_token&refresh_token=r0"


def test_the_rotated_refresh_token_is_kept_with_its_end_dates(login: Login) -> None:
    login.tokens.current()
    assert login.stored() == "r1"
    ends = json.loads(login.credentials.get(*WHO, GRANT_ENDS) or "")
    assert ends["hard"].startswith("2031-11-19")


def test_a_token_is_renewed_before_it_ends(login: Login, provider: Provider) -> None:
    login.tokens.current()
    login.clock.move(3600 - 60)
    assert login.tokens.current() == "a2"
    assert len(provider.calls) == 2


def test_threads_that_were_refused_together_renew_once(login: Login, provider: Provider) -> None:
    refused = login.tokens.current()
    got: list[str] = []
    threads = [
        threading.Thread(target=lambda: got.append(login.tokens.renewed(refused))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["a2"] * 8
    assert len(provider.calls) == 2


def test_a_token_that_another_process_rotated_is_read_again(
    login: Login, provider: Provider
) -> None:
    """`connect` in another process stored a new one while ours was on its way."""

    class Meanwhile(MemoryCredentials):
        reads = 0

        def get(self, system: str, company: str, name: str) -> str | None:
            if name != "refresh_token":
                return super().get(system, company, name)
            self.reads += 1
            return "old" if self.reads == 1 else provider.valid

    login.credentials = Meanwhile()
    assert login.source().current() == "a2"
    assert len(provider.calls) == 2


def test_an_ended_connection_is_not_asked_for_again_and_again(
    login: Login, provider: Provider
) -> None:
    provider.valid = "somebody else's"
    with pytest.raises(LoginRequired, match="ledger-bridge connect quickbooks"):
        login.tokens.current()
    assert len(provider.calls) == 1


def test_no_stored_token_asks_to_connect(login: Login, provider: Provider) -> None:
    login.credentials = MemoryCredentials()
    with pytest.raises(LoginRequired) as refused:
        login.source().current()
    assert "not connected" in in_words(refused.value)
    assert provider.calls == []


def test_wrong_client_keys_are_a_matter_of_configuration(login: Login, provider: Provider) -> None:
    provider.failing = error("invalid_client", 401)
    with pytest.raises(ConfigurationError, match="client id"):
        login.tokens.current()


@pytest.mark.parametrize(
    "answer", [Answered(503, b"<html>"), Answered(200, b"{}"), Answered(429, b"")]
)
def test_trouble_at_the_login_server_ends_nothing(
    login: Login, provider: Provider, answer: Answered
) -> None:
    provider.failing = answer
    with pytest.raises(TryLater):
        login.tokens.current()
    assert login.stored() == "r0"
    provider.failing = None
    assert login.tokens.current() == "a2"


GRANT = {"access_token": "a9", "refresh_token": "r9", "expires_in": 3600}


@pytest.mark.parametrize(
    ("changed", "access", "refresh"),
    [
        ({"access_token": None}, "", "r9"),
        ({"access_token": 7}, "", "r9"),
        ({"access_token": ""}, "", "r9"),
        ({"access_token": "a9\r\nX-Other: 1"}, "", "r9"),
        ({"access_token": "á"}, "", "r9"),
        ({"refresh_token": None}, "a9", "r0"),
        ({"refresh_token": ["r9"]}, "a9", "r0"),
        ({"refresh_token": "r9\n"}, "a9", "r0"),
        ({"expires_in": 10**15}, "a9", "r9"),
        ({"expires_in": "3600"}, "a9", "r9"),
        ({"expires_in": -1}, "a9", "r9"),
        ({"expires_in": None}, "a9", "r9"),
        ({"expires_in": "²"}, "a9", "r9"),
        ({"expires_in": True}, "a9", "r9"),
        ({"x_refresh_token_expires_in": 10**15}, "a9", "r9"),
        ({"x_refresh_token_expires_in": "soon"}, "a9", "r9"),
        ({"api_domain": 7}, "a9", "r9"),
    ],
)
def test_each_part_of_a_grant_is_judged_by_itself(
    login: Login, provider: Provider, changed: dict[str, object], access: str, refresh: str
) -> None:
    """A refresh token is kept whatever is wrong beside it: the one before it is not good any
    more."""
    provider.failing = Answered(200, json.dumps(GRANT | changed).encode())
    if access:
        assert login.tokens.current() == access
        login.clock.move(86_400)
        provider.failing = Answered(200, json.dumps(GRANT | {"access_token": "later"}).encode())
        assert login.tokens.current() == "later", "no token is used for more than a day"
    else:
        with pytest.raises(TryLater, match="access token"):
            login.tokens.current()
    assert login.stored() == ("r9" if access else refresh)


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b'{"access_token": 1e400}', b"[" * 9_999])
def test_what_is_no_grant_is_trouble(login: Login, provider: Provider, body: bytes) -> None:
    provider.failing = Answered(200, body)
    with pytest.raises(TryLater):
        login.tokens.current()
    assert login.stored() == "r0"


def test_a_token_that_lives_short_is_used_for_most_of_its_life(
    login: Login, provider: Provider
) -> None:
    provider.failing = Answered(200, json.dumps(GRANT | {"expires_in": 60}).encode())
    login.tokens.current()
    login.clock.move(44)
    assert login.tokens.current() == "a9"
    assert len(provider.calls) == 1
    login.clock.move(2)
    login.tokens.current()
    assert len(provider.calls) == 2


def test_a_token_that_can_not_be_saved_is_not_used_and_not_lost(
    login: Login, provider: Provider
) -> None:
    class Full(MemoryCredentials):
        full = True

        def set(self, system: str, company: str, name: str, value: str) -> None:
            if self.full:
                raise OSError(28, "No space left on device")
            super().set(system, company, name, value)

    store = Full({(*WHO, "refresh_token"): "r0"})
    login.credentials = store
    source = login.source()
    with pytest.raises(TryLater, match="No space left"):
        source.current()
    store.full = False
    assert source.current() == "a1"
    assert login.stored() == "r1"
    assert len(provider.calls) == 1


def test_the_rotated_token_is_on_disk_before_the_access_token_is_used(tmp_path: Path) -> None:
    """Looked at from where the access token is used."""
    provider = Provider()
    on_disk: list[str | None] = []
    store = file_store(tmp_path)
    store.set(*WHO, "refresh_token", "r0")

    def api(_: Call) -> Answered:
        on_disk.append(file_store(tmp_path).get(*WHO, "refresh_token"))
        return Answered(200, b"{}")

    from bridge.systems.transport import Request

    with http_server(provider) as url, http_server(api) as api_url:
        login = Login(url, store)
        with closing(login.transport):
            bearer = {"Authorization": f"Bearer {login.tokens.current()}"}
            login.transport.send(Request(method="GET", url=api_url, headers=bearer))
    assert on_disk == ["r1"]


def test_the_code_of_a_browser_login_is_exchanged(login: Login, provider: Provider) -> None:
    grant = exchange_code(
        login.endpoint,
        login.transport,
        system="quickbooks",
        code="the-code",
        redirect_uri="https://example.invalid/back",
    )
    assert grant.refresh_token == "r1"
    form = parse_qs(provider.calls[0].body.decode())
    assert form["redirect_uri"] == ["https://example.invalid/back"]
    assert "secret" not in repr(login.endpoint)
    assert "r1" not in repr(grant)
    page = authorize_url(
        "https://a.invalid/x",
        client_id="id",
        redirect_uri="https://b.invalid",
        scope="s",
        state="t",
    )
    assert page.startswith("https://a.invalid/x?client_id=id&response_type=code&scope=s&")


def test_a_fixed_token_is_never_renewed() -> None:
    tokens = StaticToken("demo-access")
    assert tokens.current() == "demo-access"
    with pytest.raises(LoginRequired):
        tokens.renewed("demo-access")


# ── two processes, one of which dies ─────────────────────────────────────────────────────────

KEY = b"k" * 32


def file_store(folder: Path) -> KeyringCredentials:
    clock = SystemClock()
    backend = EncryptedFileKeyring(folder / "credentials.json", KEY, clock)
    return KeyringCredentials(backend, folder / "locks", clock)


CHILD = """
import sys
from pathlib import Path
from tests.systems.test_oauth import Login, file_store
login = Login(sys.argv[2], file_store(Path(sys.argv[1])))
for _ in range(int(sys.argv[3])):
    token = login.tokens.renewed(login.tokens._token)
sys.stdout.write(token + "\\n")
sys.stdout.flush()
if sys.argv[4] == "wait":
    sys.stdin.read()
login.transport.close()
"""


def child(folder: Path, url: str, times: int, then: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), url, str(times), then],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def test_two_processes_renew_in_turn_and_lose_nothing(tmp_path: Path) -> None:
    """The provider ends a connection at the first use of an old token; it never sees one."""
    provider = Provider()
    file_store(tmp_path).set(*WHO, "refresh_token", "r0")
    with http_server(provider) as url:
        children = [child(tmp_path, url, 15, "go") for _ in range(2)]
        for process in children:
            process.communicate(timeout=60)
            assert process.returncode == 0
    assert len(provider.calls) == 30
    assert file_store(tmp_path).get(*WHO, "refresh_token") == provider.valid


def test_a_process_killed_between_renewal_and_use_leaves_a_working_login(tmp_path: Path) -> None:
    provider = Provider()
    file_store(tmp_path).set(*WHO, "refresh_token", "r0")
    with http_server(provider) as url:
        killed = child(tmp_path, url, 1, "wait")
        assert killed.stdout is not None
        assert killed.stdout.readline().strip() == "a1"
        killed.send_signal(signal.SIGKILL)
        killed.communicate(timeout=60)
        login = Login(url, file_store(tmp_path))
        with closing(login.transport):
            assert login.tokens.current() == "a2"


@pytest.mark.parametrize("kind", FULL, ids=lambda kind: kind.__name__)
def test_a_token_that_could_not_be_kept_is_not_used_before_it_is(
    login: Login, provider: Provider, tmp_path: Path, kind: type[Disk]
) -> None:
    with opened(kind, tmp_path / "state") as disk:
        keyring = EncryptedFileKeyring(disk.folder / "credentials.json", KEY, login.clock)
        login.credentials = KeyringCredentials(keyring, disk.folder / "locks", login.clock)
        login.credentials.set(*WHO, "refresh_token", "r0")
        provider.asked = disk.refuse
        tokens = login.source()
        for _ in range(2):
            with pytest.raises(TryLater, match="Make room"):
                tokens.current()
        assert login.stored() == "r0"
        disk.take_again()
        assert tokens.current() == "a1"
        assert login.stored() == "r1"
        assert len(provider.calls) == 1
