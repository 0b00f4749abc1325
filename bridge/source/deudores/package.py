"""The package around a snapshot (`deudores-package/1`): a manifest that vouches for every file.

The manifest is written last, so a package without it is not finished; one wrong byte refuses the
whole delivery, with every problem told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath

import msgspec

from bridge.core.message import Message, message
from bridge.core.money import EXPONENTS
from bridge.errors import Problem, SnapshotRefused
from bridge.source.files.delivered import Delivered, digest, refuse_if, refusing

SCHEMA = "deudores-package/1"
MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 1024 * 1024
_CONTENTS = ("all", "debtors", "debts", "movements")


class Listed(msgspec.Struct, frozen=True):
    """One file that the manifest vouches for."""

    name: str
    content: str
    bytes: int
    sha256: str
    rows: int | None = None


class Manifest(msgspec.Struct, frozen=True):
    schema: str
    as_of: str
    device_id: str
    files: list[Listed]
    generated_at: str = ""
    locale: str = ""
    timezone: str = ""
    default_currency: str = ""


def manifest_of(files: Sequence[Delivered]) -> Manifest | None:
    """The manifest among the files, checked for form; None when there is none."""
    found = next((file for file in files if file.name == MANIFEST), None)
    if found is None:
        return None
    with refusing(MANIFEST), found.open() as stream:
        content = stream.read(_LARGEST_MANIFEST + 1)
    try:
        if len(content) > _LARGEST_MANIFEST:
            raise msgspec.DecodeError("larger than a megabyte")
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        what = message("refused_unreadable", text=str(error))
        problem = Problem(MANIFEST, what, message("mend_unreadable"))
        raise SnapshotRefused(message("file_refused", file=MANIFEST), [problem]) from error
    refuse_if(_form_problems(manifest))
    return manifest


def _form_problems(manifest: Manifest) -> Iterator[Problem]:
    if manifest.schema != SCHEMA:
        what = message("refused_schema", text=manifest.schema)
        yield Problem(MANIFEST, what, message("mend_schema"))
    if not manifest.device_id.strip():
        where = f"{MANIFEST}, device_id"
        yield Problem(where, message("refused_no_phone"), message("mend_no_phone"))
    if day(manifest.as_of) is None:
        what = message("refused_day", text=manifest.as_of)
        yield Problem(f"{MANIFEST}, as_of", what, message("mend_day"))
    if manifest.default_currency and manifest.default_currency not in EXPONENTS:
        yield Problem(
            f"{MANIFEST}, default_currency",
            message("refused_currency", text=manifest.default_currency),
            message("mend_currency"),
        )
    names = [listed.name for listed in manifest.files]
    for listed in manifest.files:
        where = f"{MANIFEST}, files"
        if PurePosixPath(listed.name).name != listed.name or "\\" in listed.name:
            what = message("refused_listed_wrong", text=listed.name)
            yield Problem(where, what, message("mend_listed_wrong"))
        if listed.content not in _CONTENTS:
            what = message("refused_listed_wrong", text=listed.content)
            yield Problem(where, what, message("mend_listed_wrong"))
        if names.count(listed.name) > 1:
            what = message("refused_lists_twice", text=listed.name)
            yield Problem(where, what, message("mend_lists_twice"))
    if not manifest.files:
        what = message("refused_lists_nothing")
        yield Problem(f"{MANIFEST}, files", what, message("mend_lists_nothing"))


def day(text: str) -> date | None:
    """A date as the contract writes it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def check_files(manifest: Manifest, files: Sequence[Delivered], limit: int) -> None:
    """Compare every listed file with what is there. Raises SnapshotRefused with all problems."""
    there = {file.name: file for file in files}
    problems: list[Problem] = []
    for listed in manifest.files:
        file = there.get(listed.name)
        if file is None:
            problems.append(_copy_again(listed.name, message("file_missing")))
        elif file.size != listed.bytes:
            what = message("bytes_differ", number=file.size, before=listed.bytes)
            problems.append(_copy_again(listed.name, what))
        else:
            problems += _content_problems(listed, file, limit)
    refuse_if(problems)


def _content_problems(listed: Listed, file: Delivered, limit: int) -> list[Problem]:
    try:
        _, sha256 = digest(file, limit)
    except SnapshotRefused as refused:
        return list(refused.problems)
    if sha256 != listed.sha256.lower():
        return [_copy_again(listed.name, message("not_as_exported"))]
    return []


def _copy_again(name: str, what: Message) -> Problem:
    return Problem(name, what, message("mend_by_copying"))
