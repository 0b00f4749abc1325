"""The end of a verb that could not finish: in words, with an exit code, without a traceback."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from bridge.clock import SystemClock

TRY_LATER = 75
CONFIGURATION = 78

_DISK = {
    errno.ENOSPC: "The disk is full. Free some space",
    errno.EDQUOT: "The disk quota is used up. Free some space",
    errno.EFBIG: "A file may not become larger. Raise this user's limit on file sizes",
    errno.EROFS: "The disk is read-only. Make the folder writable",
    errno.EIO: "The disk gave an error. Check it",
}
_PLACE = {
    errno.ENOENT: "There is no file or folder",
    errno.ENOTDIR: "A file stands where a folder should be in",
    errno.EISDIR: "This is a folder, and should be a file:",
    errno.EEXIST: "There is already something else in the place of",
    errno.ELOOP: "The links of a path lead round in a circle:",
    errno.ENAMETOOLONG: "This name is too long:",
    errno.ENXIO: "Nothing can be read from or written to",
    errno.ENODEV: "Nothing can be read from or written to",
    errno.EINVAL: "Nothing can be read from or written to",
}
_RIGHTS = {errno.EACCES, errno.EPERM}
_STORE = {
    "disk is full": "The disk is full. Free some space for the state store and temporary files",
    "readonly database": "The state store is read-only. Make its file and folder writable",
    "unable to open database": "The state store cannot be opened. Check its folder and its rights",
    "database is locked": "Another program holds the state store. Wait for it to finish",
    "disk i/o error": "The disk gave an error: it may be full, over a quota, or damaged. Check it",
}
_DAMAGE = ("malformed", "not a database")
_CAUSES_MAX = 10


def known(error: BaseException) -> str | None:
    """Words for what the disk or the state store refused; None when it is something else."""
    for cause in _chain(error):
        if isinstance(cause, OSError) and (words := _refused_by_disk(cause)):
            return f"{words} and run again. Nothing is lost."
        names = {each.__name__ for each in type(cause).__mro__}
        if names & {"OperationalError", "DatabaseError"}:
            text = str(cause).lower()
            for sign, words in _STORE.items():
                if sign in text:
                    return f"{words} and run again. Nothing is lost."
            if "OperationalError" in names:
                return "The state store does not answer. Check [state] url and run again."
    return None


def damaged(error: BaseException) -> str | None:
    """Words for a state store that is not whole any more; None when it is something else."""
    for cause in _chain(error):
        names = {each.__name__ for each in type(cause).__mro__}
        if "DatabaseError" in names and any(sign in str(cause).lower() for sign in _DAMAGE):
            return (
                "The state store is damaged. Nothing is sent. Put the newest backup in its place: "
                "ledger-bridge restore FILE. Without one: ledger-bridge rebuild."
            )
    return None


def misplaced(error: BaseException) -> str | None:
    """Words for a path of the settings or the command that cannot be what it is used as."""
    for cause in _chain(error):
        if isinstance(cause, OSError) and cause.filename and cause.errno in _PLACE:
            where = os.fsdecode(cause.filename)
            return f"{_PLACE[cause.errno]} {where}. Look at bridge.toml, or name another one."
    return None


def _refused_by_disk(error: OSError) -> str | None:
    if error.errno in _RIGHTS and error.filename:
        return f"This user has no right to {error.filename}. Give it the right"
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
