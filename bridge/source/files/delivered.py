"""Files of a delivery, in a folder or inside a ZIP, opened only within limits.

Nothing is unpacked by name: members of a ZIP are read as streams, or copied to an unnamed
temporary file where a format must be read out of order. A ZIP that would grow beyond the limits is
refused from its directory, before anything is unpacked.
"""

from __future__ import annotations

import hashlib
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

import msgspec

from bridge.core.message import Message, message
from bridge.errors import Problem, SnapshotRefused

CHUNK = 1024 * 1024
_RATIO_MATTERS_FROM = 8 * 1024 * 1024
_MOST_MEMBERS = 10_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How old Excel files and password-protected new ones begin."""
ZIP = b"PK\x03\x04"


class SizeLimits(msgspec.Struct, frozen=True):
    """Bytes of one file, bytes unpacked, and how many times a packed file may grow."""

    file_bytes: int
    unpacked_bytes: int
    unpacked_ratio: int


class Delivered(Protocol):
    """One file of a delivery."""

    name: str
    size: int
    written_at: float
    """When it was last written, in seconds since 1970."""

    def open(self) -> IO[bytes]:
        """The file from its beginning; the caller closes it."""

    def seekable(self, staging: Path | None) -> IO[bytes]:
        """The content of the file, readable out of order; the caller closes it."""


DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,  # a way of packing that nobody here knows
    UnicodeDecodeError,  # a name that is not in the letters that it says
)
"""What reading a damaged ZIP raises."""


class PlainFile:
    """A file on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        told = path.stat()
        self.size, self.written_at = told.st_size, told.st_mtime

    def open(self) -> IO[bytes]:
        return self.path.open("rb")

    def seekable(self, staging: Path | None) -> IO[bytes]:
        return self.open()


class PackedFile:
    """A member of a ZIP, read as a stream."""

    def __init__(self, archive: Path, member: zipfile.ZipInfo) -> None:
        self._archive = archive
        self._member = member
        self.name = PurePosixPath(member.filename).name
        self.size = member.file_size
        # A member's own time has no zone, and packers leave it out: the archive's is good enough.
        self.written_at = archive.stat().st_mtime

    def open(self) -> IO[bytes]:
        with zipfile.ZipFile(self._archive) as archive:
            return archive.open(self._member)  # the archive stays open until the member is closed

    def seekable(self, staging: Path | None) -> IO[bytes]:
        copy = tempfile.TemporaryFile(dir=staging)  # noqa: SIM115 (the caller closes it)
        try:
            with self.open() as member:
                shutil.copyfileobj(member, copy, CHUNK)
        except BaseException:
            copy.close()
            raise
        copy.seek(0)
        return copy


def folder_files(folder: Path) -> list[Delivered]:
    """The plain files of a folder, by name; hidden ones and folders are left out."""
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return [PlainFile(path) for path in paths if not path.name.startswith((".", "~$"))]


def zip_files(path: Path, limits: SizeLimits) -> list[Delivered]:
    """The files of a ZIP: at its top, or in its only folder. Raises SnapshotRefused."""
    with refusing(path.name), zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
    refuse_if(zip_problems(path.name, path.stat().st_size, members, limits))
    shown = [m for m in members if not m.filename.startswith(("__MACOSX/", "."))]
    folders = {PurePosixPath(member.filename).parent for member in shown}
    if len(folders) > 1:
        top = [m for m in shown if PurePosixPath(m.filename).parent == PurePosixPath()]
        shown = top or shown
    names = [PurePosixPath(member.filename).name for member in shown]
    doubled = sorted({name for name in names if names.count(name) > 1})
    refuse_if(
        Problem(
            f"{path.name}/{name}", message("refused_twice_packed"), message("mend_twice_packed")
        )
        for name in doubled
    )
    return [PackedFile(path, member) for member in sorted(shown, key=lambda m: m.filename)]


def zip_problems(
    name: str, packed_bytes: int, members: list[zipfile.ZipInfo], limits: SizeLimits
) -> Iterator[Problem]:
    """The problems that speak against unpacking, from the directory of the ZIP alone."""
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS:
        what = message("refused_many_packed", number=len(members), before=_MOST_MEMBERS)
        yield Problem(name, what, "")
    if unpacked > limits.unpacked_bytes:
        yield Problem(
            name,
            message("refused_unpacked", number=unpacked, before=limits.unpacked_bytes),
            message("mend_unpacked"),
        )
    elif unpacked > _RATIO_MATTERS_FROM and unpacked > packed_bytes * limits.unpacked_ratio:
        yield Problem(
            name,
            message("refused_grows", number=unpacked // max(packed_bytes, 1)),
            message("mend_grows"),
        )
    for member in members:
        if member.flag_bits & 1:
            yield Problem(
                f"{name}/{PurePosixPath(member.filename).name}",
                message("refused_packed_password"),
                message("mend_packed_password"),
            )


def digest(file: Delivered, limit: int) -> tuple[int, str]:
    """Bytes and SHA-256 of a file, never reading more than the limit."""
    total, sha = 0, hashlib.sha256()
    with refusing(file.name), file.open() as stream:
        while chunk := stream.read(CHUNK):
            total += len(chunk)
            if total > limit:
                raise too_large(file.name, limit)
            sha.update(chunk)
    return total, sha.hexdigest()


def beginning(file: Delivered, length: int) -> bytes:
    """The first bytes of a file."""
    with refusing(file.name), file.open() as stream:
        return stream.read(length)


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """Turn what a damaged archive raises into a refusal that says which file it is."""
    try:
        yield
    except DAMAGE as error:
        what, fix = _damage(error)
        refused = message("file_refused", file=name)
        raise SnapshotRefused(refused, [Problem(name, what, fix)]) from error
    except OSError as error:
        what = message("refused_not_read", text=error.strerror or "OSError")
        problem = Problem(name, what, message("mend_not_read"))
        raise SnapshotRefused(message("file_refused", file=name), [problem]) from error


def _damage(error: Exception) -> tuple[Message, Message]:
    """The damage to a ZIP, and what would be right: a copy of a whole one is no better."""
    match error:
        case NotImplementedError():
            what = message("refused_way_of_packing", text=str(error))
            return what, message("mend_way_of_packing")
        case UnicodeDecodeError():
            return message("refused_packed_name"), message("mend_packed_name")
        case EOFError():
            return message("refused_ends_early"), message("mend_ends_early")
        case _:
            what = message("refused_not_unpacked", text=str(error))
            return what, message("mend_not_unpacked")


def too_large(name: str, limit: int) -> SnapshotRefused:
    """The refusal of a file above its limit."""
    problem = Problem(
        name,
        message("refused_large", number=limit),
        message("mend_large"),
    )
    return SnapshotRefused(message("file_refused", file=name), [problem])


def refuse_if(problems: Iterator[Problem] | list[Problem]) -> None:
    """Raise SnapshotRefused with every problem, if there is one."""
    found = list(problems)
    if found:
        raise SnapshotRefused(message("untrusted", problem=found[0].told), found)
