"""The end of a verb that could not finish: in words, with an exit code, without a traceback."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from bridge.clock import SystemClock
from bridge.core.message import Message, message

TRY_LATER = 75
CONFIGURATION = 78

_DISK = {
    errno.ENOSPC: message("disk_full"),
    errno.EDQUOT: message("disk_quota"),
    errno.EFBIG: message("disk_too_large"),
    errno.EROFS: message("disk_read_only"),
    errno.EIO: message("disk_error"),
}
_PLACE: dict[int, Callable[[str], Message]] = {
    errno.ENOENT: lambda where: message("misplaced_none", where=where),
    errno.ENOTDIR: lambda where: message("misplaced_file", where=where),
    errno.EISDIR: lambda where: message("misplaced_folder", where=where),
    errno.EEXIST: lambda where: message("misplaced_there", where=where),
    errno.ELOOP: lambda where: message("misplaced_circle", where=where),
    errno.ENAMETOOLONG: lambda where: message("misplaced_long", where=where),
    errno.ENXIO: lambda where: message("misplaced_odd", where=where),
    errno.ENODEV: lambda where: message("misplaced_odd", where=where),
    errno.EINVAL: lambda where: message("misplaced_odd", where=where),
}
_RIGHTS = {errno.EACCES, errno.EPERM}
_STORE = {
    "disk is full": message("store_disk_full"),
    "readonly database": message("store_read_only"),
    "unable to open database": message("store_unopened"),
    "database is locked": message("store_held"),
    "disk i/o error": message("store_disk_error"),
}
_DAMAGE = ("malformed", "not a database")
_CAUSES_MAX = 10


def known(error: BaseException) -> Message | None:
    """Words for what the disk or the state store refused; None when it is something else."""
    for cause in _chain(error):
        if isinstance(cause, OSError) and (words := _refused_by_disk(cause)):
            return message("and_again", words=words)
        names = {each.__name__ for each in type(cause).__mro__}
        if names & {"OperationalError", "DatabaseError"}:
            text = str(cause).lower()
            for sign, words in _STORE.items():
                if sign in text:
                    return message("and_again", words=words)
            if "OperationalError" in names:
                return message("state_no_answer")
    return None


def damaged(error: BaseException) -> Message | None:
    """Words for a state store that is not whole any more; None when it is something else."""
    for cause in _chain(error):
        names = {each.__name__ for each in type(cause).__mro__}
        if "DatabaseError" in names and any(sign in str(cause).lower() for sign in _DAMAGE):
            return message("state_damaged_here")
    return None


def misplaced(error: BaseException) -> Message | None:
    """Words for a path of the settings or the command that cannot be what it is used as."""
    for cause in _chain(error):
        if isinstance(cause, OSError) and cause.filename and cause.errno in _PLACE:
            return _PLACE[cause.errno](os.fsdecode(cause.filename))
    return None


def _refused_by_disk(error: OSError) -> Message | None:
    if error.errno in _RIGHTS and error.filename:
        return message("no_right", filename=error.filename)
    return _DISK.get(error.errno or 0)


def written_down(error: BaseException, verb: str, folder: Path | None) -> tuple[str, Path | None]:
    """Keep an unexpected error for the maker of the bridge. Returns its id and the file.

    Only types and places in the code are kept, and the words of our own assertions: the text of
    other errors may hold a borrower's name or a request.
    """
    ident = secrets.token_hex(4)
    lines = [f"{SystemClock().now().isoformat(timespec='seconds')} {ident} verb={verb}"]
    for cause in _chain(error):
        text = f": {cause}" if isinstance(cause, AssertionError | ImportError) else ""
        lines.append(f"  {type(cause).__module__}.{type(cause).__qualname__}{text}")
        lines += [
            f"    {frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(cause.__traceback__)
        ]
    for place in (folder, Path(tempfile.gettempdir(), f"ledger-bridge-{os.getuid()}")):
        if place is None:
            continue
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = place / "errors.log"
            with path.open("a", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        except OSError:
            continue
        return ident, path
    return ident, None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what caused it, outermost first."""
    for _ in range(_CAUSES_MAX):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
