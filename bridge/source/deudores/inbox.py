"""Which delivery counts of those that lie in a folder: the newest one, by its own day.

A folder that holds one delivery's files is that delivery. One that holds several (ZIPs, folders,
snapshots or sheets of several days) is an inbox. A newest one that is not whole is refused: an
older one is never read in its place without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from bridge.core.message import Detail, Message, message
from bridge.errors import Problem, SnapshotRefused
from bridge.source.deudores import json_book
from bridge.source.deudores.package import MANIFEST, day, manifest_of
from bridge.source.files.arriving import on_its_way, visible
from bridge.source.files.delivered import (
    Delivered,
    PlainFile,
    SizeLimits,
    folder_files,
    refusing,
    zip_files,
)
from bridge.source.files.records import UNREADABLE, outline
from bridge.source.files.sniff import Content, content

SHEET_NAMES = (".csv", ".tsv", ".txt")
BOOK_NAMES = (".xlsx", ".ods")
_DEEPEST = 4
_MOST = 5_000
_TOLD = 5
_NO_LEDGER = (".md", ".pdf", ".jpg", ".jpeg", ".png", ".log", ".html", ".xml", ".ini", ".toml")
_YEAR_FIRST = re.compile(r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d\d)[-_.](\d\d)[-_.](20\d\d)(?!\d)")


class Why(Enum):
    """The reason why a file of the inbox is not read."""

    BEING_COPIED = "being_copied"
    OLD_WORKBOOK = "old_workbook"
    OTHER_SHEET = "other_sheet"
    NO_LEDGER_FILE = "no_ledger_file"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the inbox as a whole, told as a finding of that code."""

    code: str
    file: str
    detail: Detail


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of an inbox, not read yet."""

    name: str
    files: Sequence[Delivered] = ()
    single: bool = False
    """Whether it is one file by itself."""
    day: date | None = None
    """Its own day, where its content or its name tells one. A name only tells which one is newer:
    what says nothing of itself is as of the day on which it is read."""
    made: str = ""
    """When it was made, for two of one day."""
    copied: date = date.min
    """The day on which it was last written here: counts where it tells none itself."""
    copied_ns: int = 0
    package: bool = False
    problems: tuple[Problem, ...] = ()
    """Why it cannot be opened."""
    notices: tuple[Notice, ...] = field(default=(), compare=False)

    @property
    def counts_as_of(self) -> date:
        return self.day or self.copied


class _Dated(msgspec.Struct):
    """The dates that a snapshot tells of itself."""

    as_of: str = ""
    generated_at: str = ""


class _Reading:
    """One look through an inbox."""

    def __init__(self, inbox: Path, sizes: SizeLimits, json_bytes: int, zone: ZoneInfo) -> None:
        self._inbox, self._sizes, self._json_bytes, self._zone = inbox, sizes, json_bytes, zone
        self.unread: list[tuple[str, Why, date]] = []
        """Name, why, and day of what lies there and is no delivery."""
        self._seen = 0
        self._been: set[Path] = set()

    def deliveries(self, folder: Path, depth: int = _DEEPEST) -> Iterator[Delivery]:
        there = folder.resolve()
        if there in self._been:  # a link back
            return
        self._been.add(there)
        with refusing(folder.name):
            files = folder_files(folder)
            inside = sorted(p for p in folder.iterdir() if p.is_dir() and visible(p.name))
        self._seen += len(files) + len(inside)
        if self._seen > _MOST:
            problem = Problem(
                self._inbox.name,
                message("refused_too_many_files", number=_MOST),
                message("mend_too_many_files"),
            )
            raise SnapshotRefused(message("file_refused", file=self._inbox.name), [problem])
        if any(file.name == MANIFEST for file in files):
            yield self._made(folder, files, single=False)
            return
        yield from self._loose(folder, files)
        for each in inside if depth else ():
            yield from self.deliveries(each, depth - 1)

    def _loose(self, folder: Path, files: Sequence[Delivered]) -> Iterator[Delivery]:
        """Archives and snapshots are deliveries by themselves; sheets belong together, unless
        their names have different days."""
        sheets: dict[date | None, list[Delivered]] = {}
        snapshots: list[Delivered] = []
        for file in files:
            path = folder / file.name
            kind, lower = content(file), file.name.lower()
            if kind is Content.ARCHIVE or lower.endswith(".zip"):
                yield self._archive(path)
            elif kind is Content.JSON and json_book.looks_like_one(file):
                snapshots.append(file)
            elif kind is Content.OPEN_DOCUMENT or lower.endswith((".xlsx", *SHEET_NAMES)):
                sheets.setdefault(_day_in(file.name), []).append(file)
            else:
                self._not_read(path, kind)
        if len(snapshots) == 1 and set(sheets) <= {None}:  # forms of one delivery
            yield self._made(folder, [*snapshots, *sheets.get(None, [])], single=False)
            return
        for file in snapshots:
            yield self._made(folder / file.name, [file], single=True)
        for named, of_day in sheets.items():
            path = folder if len(sheets) == 1 else folder / of_day[0].name
            yield self._made(path, of_day, single=False, named=named)

    def _archive(self, path: Path) -> Delivery:
        try:
            return self._made(path, zip_files(path, self._sizes), single=False)
        except SnapshotRefused as error:
            return self._broken(path, error)

    def _made(
        self, path: Path, files: Sequence[Delivered], *, single: bool, named: date | None = None
    ) -> Delivery:
        own, made, package = named or _day_in(self._name(path)), "", False
        try:
            manifest = None if single else manifest_of(files)
            if manifest is not None:
                own, made, package = day(manifest.as_of), manifest.generated_at, True
            else:
                told = next(filter(None, map(self._told, files)), None)
                if told is not None:
                    own, made = day(told.as_of) or own, told.generated_at
        except SnapshotRefused as error:
            return self._broken(path, error)
        copied = self._copied(path, files)
        return Delivery(
            name=self._name(path),
            files=files,
            single=single,
            day=own,
            made=made,
            copied=self._day_of(copied),
            copied_ns=copied,
            package=package,
        )

    def _told(self, file: Delivered) -> _Dated | None:
        """The dates that a snapshot among the files tells of itself."""
        if content(file) is not Content.JSON or not json_book.looks_like_one(file):
            return None
        try:
            return msgspec.json.decode(outline(file, self._json_bytes, _Dated).frame, type=_Dated)
        except UNREADABLE as error:
            what = message("refused_cut_short", text=str(error))
            problem = Problem(file.name, what, message("mend_cut_short"))
            raise SnapshotRefused(message("file_refused", file=file.name), [problem]) from error

    def _broken(self, path: Path, error: SnapshotRefused) -> Delivery:
        copied = self._copied(path, ())
        return Delivery(
            name=self._name(path),
            day=_day_in(self._name(path)),
            copied=self._day_of(copied),
            copied_ns=copied,
            problems=error.problems,
        )

    def _not_read(self, path: Path, kind: Content) -> None:
        lower = path.name.lower()
        if kind is Content.JSON or lower.endswith(_NO_LEDGER):
            return
        if on_its_way(lower):
            why = Why.BEING_COPIED
        elif lower.endswith(".xls") or kind is Content.OLE:
            why = Why.OLD_WORKBOOK
        elif kind is Content.OTHER_SHEET or lower.endswith((".ods", ".numbers", ".xlsb")):
            why = Why.OTHER_SHEET
        else:
            why = Why.NO_LEDGER_FILE
        copied = self._day_of(path.stat().st_mtime_ns)
        self.unread.append((self._name(path), why, _day_in(path.name) or copied))

    def _name(self, path: Path) -> str:
        if path == self._inbox:
            return path.name
        return str(path.relative_to(self._inbox))

    def _copied(self, path: Path, files: Sequence[Delivered]) -> int:
        paths = [file.path for file in files if isinstance(file, PlainFile)] or [path]
        return max(each.stat().st_mtime_ns for each in paths)

    def _day_of(self, nanoseconds: int) -> date:
        return datetime.fromtimestamp(nanoseconds // 10**9, self._zone).date()


def newest(inbox: Path, sizes: SizeLimits, json_bytes: int, zone: ZoneInfo) -> Delivery:
    """The delivery of a folder that counts. Raises SnapshotRefused when there is none, or when
    the newest cannot be read."""
    reading = _Reading(inbox, sizes, json_bytes, zone)
    with refusing(inbox.name):
        found = list(reading.deliveries(inbox))
    if not found:
        raise SnapshotRefused(message("no_delivery", file=inbox.name), _nothing(inbox, reading))
    if len(found) == 1 and found[0].name == inbox.name:  # its files lie there themselves
        return replace(found[0], files=folder_files(inbox))
    found.sort(key=lambda d: (d.counts_as_of, d.made, d.copied_ns, d.name), reverse=True)
    best, others = found[0], found[1:]
    problems = [*best.problems, *_unfinished(best, others)]
    if problems:
        raise SnapshotRefused(
            message("newest_not_whole", file=best.name, folder=inbox.name),
            [*problems, *before(inbox, best, others)],
        )
    return _with_notices(best, inbox, others, reading)


def _with_notices(
    best: Delivery, inbox: Path, others: Sequence[Delivery], reading: _Reading
) -> Delivery:
    notices = []
    if others:
        older: list[str | Message] = [_dated(each) for each in others[:_TOLD]]
        older += [f"+{len(others) - _TOLD}"] if len(others) > _TOLD else []
        detail = message("delivery_read", file=best.name, day=best.counts_as_of, others=older)
        notices.append(Notice("delivery.chosen", inbox.name, detail))
    for name, why, of_day in reading.unread:
        newer = others and of_day >= best.counts_as_of
        code = "delivery.newer_unread" if newer or why is Why.BEING_COPIED else "delivery.unread"
        notices.append(Notice(code, name, _not_read(name, why)))
    return replace(best, notices=tuple(notices))


def _dated(delivery: Delivery) -> Message:
    return message("dated", file=delivery.name, day=delivery.counts_as_of)


def _not_read(name: str, why: Why) -> Message:
    match why:
        case Why.BEING_COPIED:
            return message("being_copied", file=name)
        case Why.OLD_WORKBOOK:
            return message("old_workbook", file=name)
        case Why.OTHER_SHEET:
            return message("other_sheet", file=name)
        case Why.NO_LEDGER_FILE:
            return message("no_ledger_file", file=name)


def _unfinished(best: Delivery, others: Sequence[Delivery]) -> Iterator[Problem]:
    """A manifest is written last: where packages come, one without it is still being copied."""
    if not best.package and any(each.package for each in others) and len(best.files) > 1:
        yield Problem(
            f"{best.name}/{MANIFEST}",
            message("refused_not_there_yet"),
            message("mend_not_there_yet"),
        )


def before(inbox: Path, best: Delivery, others: Sequence[Delivery]) -> Iterator[Problem]:
    """Which delivery lies there besides a newest one that is not whole."""
    whole = [each for each in others if not each.problems]
    if whole:
        yield Problem(
            inbox.name,
            message("refused_older_one", file=whole[0].name, day=whole[0].counts_as_of),
            message("mend_older_one"),
        )


def _nothing(inbox: Path, reading: _Reading) -> list[Problem]:
    unread = [_left(name, why) for name, why, _ in reading.unread]
    what, fix = message("refused_nothing_there"), message("mend_nothing_there")
    return [Problem(inbox.name, what, fix), *unread]


def _left(name: str, why: Why) -> Problem:
    match why:
        case Why.BEING_COPIED:
            return Problem(name, message("refused_being_copied"), "")
        case Why.OLD_WORKBOOK:
            return Problem(name, message("refused_old_workbook"), message("mend_old_workbook"))
        case Why.OTHER_SHEET:
            return Problem(name, message("refused_other_program"), message("mend_other_program"))
        case Why.NO_LEDGER_FILE:
            return Problem(name, message("refused_no_ledger_file"), "")


def _day_in(name: str) -> date | None:
    """The day in a file's or folder's name; the last one where it has several."""
    days = [(m.end(), m[1], m[2], m[3]) for m in _YEAR_FIRST.finditer(name)]
    days += [(m.end(), m[3], m[2], m[1]) for m in _DAY_FIRST.finditer(name)]
    for _, year, month, of_month in sorted(days, reverse=True):
        try:
            return date(int(year), int(month), int(of_month))
        except ValueError:
            continue
    return None
