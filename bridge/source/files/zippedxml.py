"""Books that are XML in a ZIP, parsed event by event, never as a tree and never beyond limits."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO
from xml.parsers import expat

import msgspec

from bridge.core.message import Detail, Message, message
from bridge.errors import Problem, SnapshotRefused
from bridge.source.files.delivered import (
    Delivered,
    SizeLimits,
    refuse_if,
    refusing,
    zip_problems,
)

BLOCK = 64 * 1024
_NUMBER = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?")


class BookLimits(msgspec.Struct, frozen=True):
    sizes: SizeLimits
    shared_text_bytes: int
    rows: int
    columns: int
    cell_characters: int


class Events:
    """Handlers of one part; by default they hear nothing."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class ZippedBook:
    """A book whose parts are checked as a whole and not yet read."""

    save_again: Detail = ""
    """What a person does with a book that cannot be read."""

    def __init__(self, file: Delivered, limits: BookLimits, staging: Path | None) -> None:
        self.name = file.name
        self.limits = limits
        self._file = file
        self.staging = staging
        with refusing(self.name), self.open() as archive:
            members = archive.infolist()
            refuse_if(zip_problems(self.name, file.size, members, limits.sizes))
            self.parts = {member.filename for member in members}

    def open(self) -> zipfile.ZipFile:
        """The book's ZIP; the caller closes it."""
        return _OwningZip(self._file.seekable(self.staging))

    def parse(self, archive: zipfile.ZipFile, part: str, events: Events) -> Iterator[None]:
        """Feed a part to its events, yielding after each block. Raises SnapshotRefused."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = events.start
        parser.EndElementHandler = events.end
        parser.CharacterDataHandler = events.text
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        try:
            with archive.open(part) as stream:
                while block := stream.read(BLOCK):
                    parser.Parse(block, False)
                    yield
                parser.Parse(b"", True)
                yield
        except (expat.ExpatError, KeyError) as error:
            raise self.refused(part, message("refused_not_read", text=str(error))) from error

    def refused(self, part: str, what: Message, fix: Detail = "", row: int = 0) -> SnapshotRefused:
        """The refusal for what is wrong in one part; without a remedy of its own, the book is to be
        saved again."""
        file = f"{self.name}, {part}"
        where = message("row_of_file", file=file, row=row) if row else file
        problem = Problem(where, what, fix or self.save_again)
        return SnapshotRefused(message("untrusted", problem=problem.told), [problem])

    def _refuse_doctype(self, *_: object) -> None:
        raise self.refused("XML", message("refused_doctype"))


class _OwningZip(zipfile.ZipFile):
    """A ZIP that closes its stream with itself."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        try:
            super().__init__(stream)
        except BaseException:
            stream.close()
            raise

    def close(self) -> None:
        super().close()
        self._stream.close()


def exact(text: str) -> Decimal | None:
    """The number as the file writes it; None when it is none, or has no end."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None
