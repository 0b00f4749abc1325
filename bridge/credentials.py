"""The places where secrets live: a keyring, by (system, company, name). A value set is durable on
return.

On a desktop the keyring is the Secret Service. On a server without one it is our own file of
AES-256-GCM records: the key comes from systemd (`LoadCredentialEncrypted=`, a read-only folder
named by CREDENTIALS_DIRECTORY) or from a file that only its owner can read. Sources and
measurements: keyrings without D-Bus fail or lose tokens silently. Last verified 2026-11-20.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import secrets
import stat
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import keyring.backend
import keyring.errors
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from keyring.compat import properties

from bridge.clock import Clock
from bridge.core.message import message
from bridge.errors import ConfigurationError, TryLater
from bridge.files import replace_durably, sync

KEY_NAME = "ledger-bridge.key"
"""Name of the key, in CREDENTIALS_DIRECTORY or in the state folder."""

_KEY_BYTES_MIN = 16
_LOCK_WAIT_S = 60.0
_LOCK_POLL_S = 0.02
_PURPOSE = b"ledger-bridge credentials 1"


class Credentials(Protocol):
    """Secrets by (system, company, name). An empty company means the whole installation."""

    def get(self, system: str, company: str, name: str) -> str | None:
        """The value as last set by any process, or None."""

    def set(self, system: str, company: str, name: str, value: str) -> None:
        """Keep the value; when this returns it survives a power cut."""

    def delete(self, system: str, company: str, name: str) -> None:
        """Forget the value; no error when there is none."""

    def lock(self, system: str, company: str) -> AbstractContextManager[None]:
        """Hold back every other thread and process that wants to renew the same secrets."""


class MemoryCredentials:
    """For tests and demos: nothing is kept."""

    def __init__(self, values: Mapping[tuple[str, str, str], str] | None = None) -> None:
        self._values = dict(values or {})
        self._lock = threading.Lock()

    def get(self, system: str, company: str, name: str) -> str | None:
        return self._values.get((system, company, name))

    def set(self, system: str, company: str, name: str, value: str) -> None:
        self._values[system, company, name] = value

    def delete(self, system: str, company: str, name: str) -> None:
        self._values.pop((system, company, name), None)

    @contextlib.contextmanager
    def lock(self, system: str, company: str) -> Iterator[None]:
        del system, company
        with self._lock:
            yield


class Unreadable(ConfigurationError):
    """Kept secrets that nothing can open any more: damaged, or sealed with another key."""


class KeyringCredentials:
    """Secrets in a keyring backend, with file locks beside the state. With `afresh`, for a new
    login, what cannot be opened counts as not there."""

    def __init__(
        self,
        backend: keyring.backend.KeyringBackend,
        lock_folder: Path,
        clock: Clock,
        *,
        afresh: bool = False,
    ) -> None:
        self._backend = backend
        self._afresh = afresh
        self._folder = lock_folder
        self._clock = clock
        lock_folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def get(self, system: str, company: str, name: str) -> str | None:
        try:
            with _readable_errors():
                return self._backend.get_password(_service(system), f"{company}/{name}")
        except Unreadable:
            if self._afresh:
                return None
            raise

    def set(self, system: str, company: str, name: str, value: str) -> None:
        with _readable_errors():
            self._backend.set_password(_service(system), f"{company}/{name}", value)

    def delete(self, system: str, company: str, name: str) -> None:
        with contextlib.suppress(keyring.errors.PasswordDeleteError):
            self._backend.delete_password(_service(system), f"{company}/{name}")

    @contextlib.contextmanager
    def lock(self, system: str, company: str) -> Iterator[None]:
        digest = hashlib.blake2b(f"{system}\0{company}".encode(), digest_size=8).hexdigest()
        with _file_lock(self._folder / f"renew-{digest}.lock", self._clock):
            yield


class EncryptedFileKeyring(keyring.backend.KeyringBackend):
    """A keyring in one encrypted file, for servers without a Secret Service.

    Each record is sealed for its own service and user, so that records can not be swapped. The
    file is replaced as a whole: after a crash it holds the old records or the new ones.
    """

    def __init__(self, path: Path, key: bytes, clock: Clock) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._path = path
        self._clock = clock
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key)
        self._cipher = AESGCM(derived)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._exclusive():
            for stale in path.parent.glob(f".{path.name}.*.part"):
                stale.unlink()

    @properties.classproperty
    def priority(self) -> float:
        """Never chosen by itself: settings choose it."""
        raise RuntimeError("selected explicitly")

    def get_password(self, service: str, username: str) -> str | None:
        sealed = self._records().get(_record(service, username))
        if sealed is None:
            return None
        try:
            raw = b64decode(sealed, validate=True)
            return self._cipher.decrypt(raw[:12], raw[12:], _aad(service, username)).decode()
        except (InvalidTag, ValueError) as error:
            raise Unreadable(
                message("key_not_this", file=self._path.name, service=service)
            ) from error

    def set_password(self, service: str, username: str, password: str) -> None:
        nonce = secrets.token_bytes(12)
        sealed = nonce + self._cipher.encrypt(nonce, password.encode(), _aad(service, username))
        with self._exclusive():
            try:
                records = self._records()
            except Unreadable:  # what it held is lost; the file is kept for whoever can mend it
                self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))
                records = {}
            records[_record(service, username)] = b64encode(sealed).decode()
            self._write(records)

    def delete_password(self, service: str, username: str) -> None:
        with self._exclusive():
            records = self._records()
            if records.pop(_record(service, username), None) is None:
                raise keyring.errors.PasswordDeleteError(username)
            self._write(records)

    def _exclusive(self) -> AbstractContextManager[None]:
        return _file_lock(self._path.with_name(f"{self._path.name}.lock"), self._clock)

    def _records(self) -> dict[str, str]:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            return msgspec.json.decode(content, type=dict[str, str])
        except msgspec.DecodeError as error:
            raise Unreadable(message("credentials_damaged", file=self._path.name)) from error

    def _write(self, records: dict[str, str]) -> None:
        content = msgspec.json.encode(records, order="sorted")
        replace_durably(self._path, content)


def read_or_make_key(state_folder: Path, environ: Mapping[str, str]) -> bytes:
    """The key of the encrypted keyring: from systemd, else from the state folder (made once)."""
    given = environ.get("CREDENTIALS_DIRECTORY")
    if given and (Path(given) / KEY_NAME).exists():
        return _long_enough((Path(given) / KEY_NAME).read_bytes(), KEY_NAME)

    path = state_folder / KEY_NAME
    if not path.exists():
        _make_key(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigurationError(message("readable_by_others", path=str(path)))
    return _long_enough(path.read_bytes(), str(path))


def open_credentials(
    state_folder: Path, environ: Mapping[str, str], clock: Clock, *, afresh: bool = False
) -> Credentials:
    """The credentials of this installation: the desktop's keyring, else the encrypted file.

    Once the encrypted file exists it stays in use, also when the same person later runs a verb
    on a desktop session: tokens must not live in two places.
    """
    path = state_folder / "credentials.json"
    if not path.exists() and environ.get("DBUS_SESSION_BUS_ADDRESS"):
        from keyring.backends import SecretService

        if SecretService.Keyring.viable:
            desktop = SecretService.Keyring()  # type: ignore[no-untyped-call]
            return KeyringCredentials(desktop, state_folder / "locks", clock)
    backend = EncryptedFileKeyring(path, read_or_make_key(state_folder, environ), clock)
    return KeyringCredentials(backend, state_folder / "locks", clock, afresh=afresh)


def _make_key(path: Path) -> None:
    """Write a new key; of two processes doing so at once, one wins and both read its key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        replace_durably(temporary, secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(temporary)
    finally:
        temporary.unlink(missing_ok=True)
    sync(path.parent)


def _long_enough(key: bytes, name: str) -> bytes:
    if len(key) < _KEY_BYTES_MIN:
        raise ConfigurationError(message("key_short", name=name, count=len(key)))
    return key


@contextlib.contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except keyring.errors.KeyringError as error:
        raise ConfigurationError(message("keyring_refused", reason=type(error).__name__)) from error


@contextlib.contextmanager
def _file_lock(path: Path, clock: Clock) -> Iterator[None]:
    """An exclusive lock held by at most one thread of one process."""
    with path.open("ab") as file:
        waited_s = 0.0
        while not _try_lock(file.fileno()):
            if waited_s >= _LOCK_WAIT_S:
                raise TryLater(message("held_by_process", name=path.name, waited=f"{waited_s:.0f}"))
            clock.sleep(_LOCK_POLL_S)
            waited_s += _LOCK_POLL_S
        yield  # closing the file lets go of the lock


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _service(system: str) -> str:
    return f"ledger-bridge/{system}"


def _record(service: str, username: str) -> str:
    return f"{service}\n{username}"


def _aad(service: str, username: str) -> bytes:
    return f"{service}\0{username}".encode()
