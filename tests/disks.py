"""Disks that really take no more: full, limited or read-only, by what this machine lets a test do.

Nothing here is a pretence: the kernel refuses. A test that may mount gets file systems of its
own; every machine has the others, so that no case is ever left out for lack of rights.
"""

from __future__ import annotations

import ctypes
import functools
import os
import resource
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SIZE = "24m"


def _mount(folder: Path) -> None:
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=700", "tmpfs", str(folder)]
    subprocess.run(command, check=True, capture_output=True)


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Disk:
    """A folder whose disk can be made to refuse, and to take again."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def refuse(self) -> None:
        raise NotImplementedError

    def take_again(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.take_again()


class FullTmpfs(Disk):
    """A small file system that is filled up: ENOSPC."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        _mount(folder)

    def refuse(self) -> None:
        with (self.folder / "filler").open("wb", buffering=0) as file:
            size = 1 << 20
            while size:
                try:
                    file.write(b"\0" * size)
                except OSError:
                    size >>= 1

    def take_again(self) -> None:
        (self.folder / "filler").unlink(missing_ok=True)

    def close(self) -> None:
        _unmount(self.folder)


class SizeLimit(Disk):
    """A limit of nothing on the size of files: every write to a file gives EFBIG."""

    def refuse(self) -> None:
        assert signal.getsignal(signal.SIGXFSZ) == signal.SIG_IGN, "Python ignores it from birth"
        self._soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))

    def take_again(self) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


class ReadOnlyMount(Disk):
    """A file system that is made read-only while nobody writes to it: EROFS."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        _mount(folder)

    def refuse(self) -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)

    def take_again(self) -> None:
        subprocess.run(["mount", "-o", "remount,rw", str(self.folder)], check=True)

    def close(self) -> None:
        _unmount(self.folder)


class NoRights(Disk):
    """A folder and files without the right to write, for a user who is not above rights: EACCES."""

    def refuse(self) -> None:
        self._set(0o500, 0o400)
        self._rights = _effective()
        if os.geteuid() == 0:
            _set_effective(self._rights & ~_OVERRIDES)

    def take_again(self) -> None:
        if os.geteuid() == 0 and hasattr(self, "_rights"):
            _set_effective(self._rights)
        self._set(0o700, 0o600)

    def _set(self, folder: int, file: int) -> None:
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(folder if path.is_dir() else file)


@functools.cache
def may_mount() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        try:
            _mount(Path(folder))
        except (subprocess.CalledProcessError, FileNotFoundError):
            return False
        _unmount(Path(folder))
        return True


FULL: tuple[type[Disk], ...] = (SizeLimit, FullTmpfs) if may_mount() else (SizeLimit,)
"""Disks that may be full at any moment."""
READ_ONLY: tuple[type[Disk], ...] = (NoRights, ReadOnlyMount) if may_mount() else (NoRights,)
"""Disks that are read-only when work begins."""
REFUSING = (*FULL, *READ_ONLY)


@contextmanager
def opened(kind: type[Disk], folder: Path) -> Iterator[Disk]:
    disk = kind(folder)
    try:
        yield disk
    finally:
        disk.close()


# Root may write anywhere by these capabilities. They are laid down for this thread alone.
_DAC_OVERRIDE, _DAC_READ_SEARCH, _FOWNER = 1, 2, 3
_OVERRIDES = 1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH
_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def _capabilities(call: str, sets: ctypes.Array[_Sets]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = _Header(_VERSION_3, 0)
    if getattr(libc, call)(ctypes.byref(header), sets) != 0:
        raise OSError(ctypes.get_errno(), call)


def _effective() -> int:
    if os.geteuid() != 0:
        return 0
    sets = (_Sets * 2)()
    _capabilities("capget", sets)
    return sets[0].effective


def _set_effective(wanted: int) -> None:
    sets = (_Sets * 2)()
    _capabilities("capget", sets)
    sets[0].effective = wanted
    _capabilities("capset", sets)
