"""A JSON document whose lists hold millions of records, read block by block.

The document is walked once: everything outside its lists is kept as its frame, and of each list
the places of its records, some hundreds together. Every byte goes through the same decoder as a
document in memory would, so that a broken one is refused in the same words and at the same byte.
"""

from __future__ import annotations

import codecs
import re
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import IO, Any, NoReturn

import msgspec

from bridge.core.message import message
from bridge.errors import Problem, SnapshotRefused
from bridge.source.files.delivered import Delivered, refusing, too_large

BLOCK = 128 * 1024
"""Bytes of records that are held at once."""
LARGEST = 16 * 1024 * 1024
"""Bytes of one record, or of one value beside the lists: nobody's ledger has a larger one."""
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation)
"""What a document that cannot be read raises."""

_BLANKS = re.compile(rb"[ \t\r\n]*+")
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_PLAIN = re.compile(rb'[^ \t\r\n,:"\[\]{}]++')
_TO_BRACKET = re.compile(
    rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+(?:([\[{])|[\]}])',
    re.DOTALL,
)
_BYTE = re.compile(r"\(byte (\d+)\)")
_SMALLEST = 1024
_GUESSES = 3
"""How often the end of a block's last record is guessed before a smaller block is tried."""
_AFTER = b" " * 16
"""What stands behind a value that is checked alone: the decoder looks ahead in some texts."""
_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_records = msgspec.json.Decoder(list[Any], float_hook=Decimal).decode
_record = msgspec.json.Decoder(float_hook=Decimal).decode


class Records:
    """The records of one list: where they are in the file, and how many."""

    def __init__(self, file: Delivered) -> None:
        self._file = file
        self._starts = array("Q")
        self._lengths = array("Q")
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, start: int, length: int, count: int) -> None:
        """Add so many more records, with the commas between them."""
        self._starts.append(start)
        self._lengths.append(length)
        self._count += count

    def __iter__(self) -> Iterator[Any]:
        """Each record's content, numbers exact; an `Unreadable` for one that cannot be decoded."""
        for block in self._blocks():
            try:
                yield from _records(block)
            except UNREADABLE:
                for raw in self._split(block):
                    yield _one(raw)

    def _blocks(self) -> Iterator[bytes]:
        with refusing(self._file.name), self._file.open() as stream:
            for start, length in zip(self._starts, self._lengths, strict=True):
                stream.seek(start)
                block = stream.read(length)
                while len(block) < length:
                    rest = stream.read(length - len(block))
                    if not rest:
                        raise EOFError
                    block += rest
                yield b"[%b]" % block

    def _split(self, block: bytes) -> list[msgspec.Raw]:
        """The records of a block, still undecoded: it was whole when it was walked."""
        try:
            return _raws(block)
        except UNREADABLE as error:
            name = self._file.name
            what = message("refused_changed")
            problem = Problem(name, what, message("mend_cut_short"))
            raise SnapshotRefused(message("file_refused", file=name), [problem]) from error


class Unreadable(msgspec.Struct, frozen=True):
    """A record that is well formed and cannot be decoded."""

    reason: str


def _one(raw: msgspec.Raw) -> Any:
    try:
        return _record(raw)
    except UNREADABLE as error:
        return Unreadable(str(error))


class Outline(msgspec.Struct, frozen=True):
    """A document without the content of its lists, and the lists apart."""

    frame: bytes
    lists: dict[str, Records]


def outline(
    file: Delivered,
    limit: int,
    form: Any = Any,
    check: Callable[[str, bytes], object] | None = None,
) -> Outline:
    """The document, walked from its first byte to its last.

    `form` is the type that its frame should have, and `check` is given the name of a list and some
    of its records, as a list of their own. Raises one of `UNREADABLE` for a document that is broken
    anywhere, SnapshotRefused for one above the limit.
    """
    if file.size > limit:
        raise too_large(file.name, limit)
    with refusing(file.name):
        stream = file.open()
    with stream:
        return _Walk(file, stream, limit, form, check).whole()


class _Walk:
    """One walk through a document; `_held[_at:]` is what was read and not walked yet."""

    def __init__(
        self,
        file: Delivered,
        stream: IO[bytes],
        limit: int,
        form: Any,
        check: Callable[[str, bytes], object] | None,
    ) -> None:
        self._file, self._stream, self._limit = file, stream, limit
        self._form, self._check = form, check
        self._held, self._at = b"", 0
        self._before = 0
        """Bytes of the file before those that are held."""
        self._frame = bytearray()
        self._lists: dict[str, Records] = {}
        self._mark = 0
        while len(self._held) < len(codecs.BOM_UTF8) and self._more():
            pass
        if self._held.startswith(codecs.BOM_UTF8):
            self._at = self._mark = len(codecs.BOM_UTF8)

    def whole(self) -> Outline:
        self._blanks()
        if self._next() != b"{":
            self._refuse()
        self._keep(1)
        self._blanks()
        while self._next() != b"}":
            self._member()
            self._blanks()
            if self._next() == b",":
                self._keep(1)
                self._blanks()
                if self._next() == b"}":
                    self._refuse()
            elif self._next() != b"}":
                self._refuse()
        self._keep(1)
        self._blanks()
        if self._next():
            self._refuse()
        return Outline(bytes(self._frame), self._lists)

    def _member(self) -> None:
        """One key with its value."""
        if self._next() != b'"':
            self._refuse()
        end = self._end()
        self._checked(end)
        key = _key(self._held[self._at : self._at + end])
        self._keep(end)
        self._blanks()
        if self._next() != b":":
            self._refuse()
        self._keep(1)
        self._blanks()
        self._lists.pop(key, None)
        if self._next() == b"[":
            self._lists[key] = self._list(key)
            return
        end = self._end()
        self._checked(end)
        self._keep(end)

    def _list(self, key: str) -> Records:
        found = Records(self._file)
        self._keep(1)
        self._skip()
        if self._next() == b"]":
            self._keep(1)
            return found
        while True:
            length, count = self._block(b"null," if len(found) else b"")
            if self._check is not None:
                self._check(key, b"[%b]" % self._held[self._at : self._at + length])
            found.add(self._before + self._at, length, count)
            self._at += length
            self._skip()
            if self._next() == b"]":
                break
            if self._next() != b",":
                self._refuse(b"null")
            self._at += 1
            self._skip()
        self._keep(1)
        return found

    def _block(self, listed: bytes) -> tuple[int, int]:
        """Bytes and number of the records that follow, as many as a block holds."""
        while len(self._held) - self._at < BLOCK and self._more():
            pass
        window = BLOCK
        while window > _SMALLEST:
            end = self._at + window
            for _ in range(_GUESSES):
                end = self._held.rfind(b"}", self._at, end)
                if end < 0:
                    break
                # What decodes as a list ends where a record ends: cut elsewhere it is malformed.
                block = self._held[self._at : end + 1]
                with suppress(*UNREADABLE):
                    return len(block), len(_raws(b"[%b]%b" % (block, _AFTER)))
            window //= 2
        length = self._end(listed)
        self._checked(length, listed)
        return length, 1

    def _checked(self, length: int, listed: bytes = b"") -> None:
        """Refuse a value that is malformed, whatever it would be read as."""
        try:
            _raws(b"[%b]%b" % (self._held[self._at : self._at + length], _AFTER))
        except msgspec.DecodeError:
            self._refuse(listed)

    def _end(self, listed: bytes = b"") -> int:
        """Bytes of the value that begins here, once all of it is held."""
        first = self._next()
        walked = depth = 0
        while True:
            if first in (b"{", b"["):
                walked, depth = _walked(self._held, self._at + walked, depth)
                walked -= self._at
                found = not depth
            else:
                match = (_TEXT if first == b'"' else _PLAIN).match(self._held, self._at)
                walked = match.end() - self._at if match else 0
                # A number may go on where what is held ends.
                found = bool(match) and (first == b'"' or self._at + walked < len(self._held))
                if not match and first != b'"':
                    self._refuse(listed)
            if found:
                return walked
            if len(self._held) - self._at > LARGEST:
                self._too_long(listed)
            if not self._more():
                if walked and first not in (b"{", b"[", b'"'):
                    return walked
                self._refuse(listed)

    def _too_long(self, listed: bytes) -> NoReturn:
        """Say what is wrong with a value that does not end: it is broken, or too large."""
        fault = self._fault(listed)
        if fault is not None and str(fault) != _TRUNCATED:
            raise fault
        raise msgspec.DecodeError(f"a value of over {LARGEST:,} bytes")

    def _more(self) -> bool:
        """Hold twice as much; False when there is nothing left."""
        rest = self._held[self._at :]
        with refusing(self._file.name):
            read = self._stream.read(max(BLOCK, len(rest)))
        self._before += self._at
        self._held, self._at = rest + read, 0
        if self._before + len(self._held) > self._limit:
            raise too_large(self._file.name, self._limit)
        return bool(read)

    def _next(self) -> bytes:
        """The byte that follows; none at the end."""
        if self._at == len(self._held) and not self._more():
            return b""
        return self._held[self._at : self._at + 1]

    def _keep(self, length: int) -> None:
        """Go on, and keep what was passed in the frame."""
        self._frame += self._held[self._at : self._at + length]
        self._at += length

    def _blanks(self) -> None:
        while self._next() and (end := _past_blanks(self._held, self._at)) > self._at:
            self._keep(end - self._at)

    def _skip(self) -> None:
        while self._next() and (end := _past_blanks(self._held, self._at)) > self._at:
            self._at = end

    def _refuse(self, listed: bytes = b"") -> NoReturn:
        """Raise what is wrong here; `listed` stands for the records of a list that were walked."""
        raise self._fault(listed) or msgspec.DecodeError("JSON is malformed")

    def _fault(self, listed: bytes) -> msgspec.DecodeError | None:
        """The decoder's complaint about the document so far with all that follows here."""
        enough = len(self._held) - self._at + len(_AFTER)
        while len(self._held) - self._at < enough and self._more():
            pass
        frame = bytes(self._frame) + listed
        further = self._before + self._at - self._mark - len(frame)
        try:
            msgspec.json.decode(frame + self._held[self._at :], type=self._form)
        except msgspec.DecodeError as error:
            told = _BYTE.sub(lambda match: f"(byte {int(match[1]) + further})", str(error))
            return msgspec.DecodeError(told)
        return None


def _past_blanks(held: bytes, at: int) -> int:
    match = _BLANKS.match(held, at)
    return match.end() if match else at


def _walked(held: bytes, at: int, depth: int) -> tuple[int, int]:
    """The place up to which a value with brackets goes in the text held, and the number of brackets
    open there."""
    while match := _TO_BRACKET.match(held, at):
        at = match.end()
        depth += 1 if match[1] else -1
        if not depth:
            break
    return at, depth


def _key(written: bytes) -> str:
    try:
        return msgspec.json.decode(written, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""  # no key of ours


def _truncated() -> str:
    """The decoder's complaint about a document that ends too early."""
    try:
        msgspec.json.decode(b"{")
    except msgspec.DecodeError as error:
        return str(error)
    raise AssertionError


_TRUNCATED = _truncated()
