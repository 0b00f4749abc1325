"""The package around a snapshot (`deudores-package/1`): a manifest that vouches for every file.

The manifest is written last, so a package without it is not finished; one wrong byte refuses the
whole delivery, with every problem told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath

import msgspec

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
        problem = Problem(MANIFEST, f"is not a readable manifest: {error}.", "Export it again.")
        raise SnapshotRefused("the package's manifest cannot be read", [problem]) from error
    refuse_if(_form_problems(manifest))
    return manifest


def _form_problems(manifest: Manifest) -> Iterator[Problem]:
    if manifest.schema != SCHEMA:
        yield Problem(MANIFEST, f'has schema "{manifest.schema}".', f"We read {SCHEMA}.")
    if not manifest.device_id.strip():
        yield Problem(f"{MANIFEST}, device_id", "is empty.", "Ids mean nothing without it.")
    if day(manifest.as_of) is None:
        yield Problem(f"{MANIFEST}, as_of", f'"{manifest.as_of}" is not a date.', "Use YYYY-MM-DD.")
    if manifest.default_currency and manifest.default_currency not in EXPONENTS:
        yield Problem(
            f"{MANIFEST}, default_currency",
            f'"{manifest.default_currency}" is not a currency we know.',
            "Use an ISO 4217 code.",
        )
    names = [listed.name for listed in manifest.files]
    for listed in manifest.files:
        where = f"{MANIFEST}, files"
        if PurePosixPath(listed.name).name != listed.name or "\\" in listed.name:
            yield Problem(where, f'"{listed.name}" is not a plain name.', "List names, not paths.")
        if listed.content not in _CONTENTS:
            known = ", ".join(_CONTENTS)
            yield Problem(where, f'"{listed.content}" is not a content.', f"Use {known}.")
        if names.count(listed.name) > 1:
            yield Problem(where, f'lists "{listed.name}" more than once.', "List each file once.")
    if not manifest.files:
        yield Problem(f"{MANIFEST}, files", "lists nothing.", "Export the package again.")


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
            problems.append(Problem(listed.name, "is missing.", "Copy the whole package again."))
        elif file.size != listed.bytes:
            what = f"has {file.size:,} bytes; the manifest says {listed.bytes:,}."
            problems.append(Problem(listed.name, what, "Copy the whole package again."))
        else:
            problems += _content_problems(listed, file, limit)
    refuse_if(problems)


def _content_problems(listed: Listed, file: Delivered, limit: int) -> list[Problem]:
    try:
        _, sha256 = digest(file, limit)
    except SnapshotRefused as refused:
        return list(refused.problems)
    if sha256 != listed.sha256.lower():
        what = "is not the file that was exported (its SHA-256 differs)."
        return [Problem(listed.name, what, "Copy the whole package again.")]
    return []
