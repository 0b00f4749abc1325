"""Secrets at rest: sealed, whole after any crash, and readable by their owner only."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import keyring.backend
import pytest

from bridge.clock import ManualClock, SystemClock
from bridge.credentials import (
    KEY_NAME,
    EncryptedFileKeyring,
    KeyringCredentials,
    MemoryCredentials,
    open_credentials,
    read_or_make_key,
)
from bridge.errors import ConfigurationError, TryLater
from tests.in_words import in_words

KEY = b"0123456789abcdef0123456789abcdef"
WHO = ("quickbooks", "9", "refresh_token")


def store(folder: Path, key: bytes = KEY) -> KeyringCredentials:
    clock = SystemClock()
    backend = EncryptedFileKeyring(folder / "credentials.json", key, clock)
    return KeyringCredentials(backend, folder / "locks", clock)


def test_what_is_set_is_there_for_the_next_process_and_gone_when_deleted(tmp_path: Path) -> None:
    store(tmp_path).set(*WHO, "AB11-secret-value")
    assert store(tmp_path).get(*WHO) == "AB11-secret-value"
    store(tmp_path).delete(*WHO)
    store(tmp_path).delete(*WHO)
    assert store(tmp_path).get(*WHO) is None


def test_nothing_secret_is_readable_in_the_file(tmp_path: Path) -> None:
    store(tmp_path).set(*WHO, "AB11-secret-value")
    content = (tmp_path / "credentials.json").read_bytes()
    assert b"AB11" not in content
    assert stat.S_IMODE((tmp_path / "credentials.json").stat().st_mode) == 0o600


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    store(tmp_path).set(*WHO, "x")
    with pytest.raises(ConfigurationError) as refused:
        store(tmp_path, b"another key, also long enough...").get(*WHO)
    assert "can not be opened" in in_words(refused.value)


def test_records_can_not_be_swapped(tmp_path: Path) -> None:
    """A record is sealed for its own company."""
    secrets = store(tmp_path)
    secrets.set("quickbooks", "9", "refresh_token", "nine")
    secrets.set("quickbooks", "8", "refresh_token", "eight")
    path = tmp_path / "credentials.json"
    records = json.loads(path.read_bytes())
    first, second = sorted(records)
    records[first], records[second] = records[second], records[first]
    path.write_text(json.dumps(records))
    with pytest.raises(ConfigurationError):
        store(tmp_path).get(*WHO)


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text("{")
    with pytest.raises(ConfigurationError, match="damaged"):
        store(tmp_path).get(*WHO)


def test_left_over_temporary_files_are_swept(tmp_path: Path) -> None:
    left = tmp_path / ".credentials.json.123-abc.part"
    left.write_text("half a file")
    store(tmp_path)
    assert not left.exists()


def test_threads_do_not_lose_each_others_values(tmp_path: Path) -> None:
    def work(n: int) -> None:
        for i in range(10):
            store(tmp_path).set("s", str(n), f"t{i}", "v")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    secrets = store(tmp_path)
    assert all(secrets.get("s", str(n), f"t{i}") == "v" for n in range(4) for i in range(10))


WRITER = """
import sys
from pathlib import Path
from tests.systems.test_credentials import store
secrets = store(Path(sys.argv[1]))
n = 0
while True:
    n += 1
    secrets.set("quickbooks", "9", "refresh_token", f"{n}" * 50)
    secrets.set("quickbooks", "9", "count", str(n))
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
"""


def test_a_kill_in_the_middle_of_writing_loses_nothing(tmp_path: Path) -> None:
    """Whatever the writer said it had kept is there, or something later."""
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    for round_ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
        )
        assert process.stdout is not None
        said = 0
        for _ in range(5 + round_):
            said = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        secrets = store(tmp_path)
        assert int(secrets.get("quickbooks", "9", "count") or 0) >= said
        assert secrets.get(*WHO)


def test_a_lock_held_by_another_is_given_up_after_a_while(tmp_path: Path) -> None:
    holder = store(tmp_path)
    clock = ManualClock(SystemClock().now())
    backend = EncryptedFileKeyring(tmp_path / "credentials.json", KEY, clock)
    waiter = KeyringCredentials(backend, tmp_path / "locks", clock)
    with holder.lock("quickbooks", "9"):
        with pytest.raises(TryLater), waiter.lock("quickbooks", "9"):
            raise AssertionError("got a lock that is held")
        with waiter.lock("quickbooks", "another company"):
            pass
    with waiter.lock("quickbooks", "9"):
        pass


# ── the key ──────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = read_or_make_key(tmp_path, {})
    assert read_or_make_key(tmp_path, {}) == first
    assert len(first) == 32
    assert stat.S_IMODE((tmp_path / KEY_NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_NAME]


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    read_or_make_key(tmp_path, {})
    (tmp_path / KEY_NAME).chmod(0o644)
    with pytest.raises(ConfigurationError) as refused:
        read_or_make_key(tmp_path, {})
    assert "chmod 600" in in_words(refused.value)


def test_the_key_of_systemd_comes_first(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / KEY_NAME).write_bytes(KEY)
    assert read_or_make_key(tmp_path, {"CREDENTIALS_DIRECTORY": str(given)}) == KEY
    assert not (tmp_path / KEY_NAME).exists()
    (given / KEY_NAME).write_bytes(b"short")
    with pytest.raises(ConfigurationError) as refused:
        read_or_make_key(tmp_path, {"CREDENTIALS_DIRECTORY": str(given)})
    assert "too short" in in_words(refused.value)


def test_a_server_without_a_desktop_gets_the_encrypted_file(tmp_path: Path) -> None:
    clock = SystemClock()
    open_credentials(tmp_path, {}, clock).set(*WHO, "kept")
    # Also when somebody later runs a verb from a desktop session.
    desktop = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    assert open_credentials(tmp_path, desktop, clock).get(*WHO) == "kept"


def test_our_backend_is_never_chosen_by_itself() -> None:
    assert EncryptedFileKeyring not in keyring.backend.KeyringBackend.get_viable_backends()


def test_memory_keeps_nothing_and_does_the_same_otherwise() -> None:
    secrets = MemoryCredentials()
    secrets.set(*WHO, "x")
    assert secrets.get(*WHO) == "x"
    secrets.delete(*WHO)
    with secrets.lock("quickbooks", "9"):
        assert secrets.get(*WHO) is None
