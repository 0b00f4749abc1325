"""The kind of a file, by its content."""

from __future__ import annotations

import codecs
import zipfile
from enum import Enum

from bridge.source.files.delivered import DAMAGE, OLE, ZIP, Delivered, beginning

_HEAD = 4096
_OPEN_SHEET = b"application/vnd.oasis.opendocument.spreadsheet"


class Content(Enum):
    EMPTY = "empty"
    JSON = "json"
    TEXT = "text"
    WORKBOOK = "workbook"
    ARCHIVE = "archive"
    OPEN_DOCUMENT = "open document"
    OTHER_SHEET = "other sheet"
    OLE = "ole"
    DAMAGED_ZIP = "damaged zip"
    BINARY = "binary"


def content(file: Delivered) -> Content:
    """The kind of content that the file holds. A ZIP is looked into: a workbook is one too."""
    head = beginning(file, _HEAD)
    if not head.strip():
        return Content.EMPTY
    if head.startswith(OLE):
        return Content.OLE
    if head.startswith((ZIP, b"PK\x05\x06")):
        return _inside_zip(file)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Content.TEXT
    if b"\x00" in head or _mostly_signs(head):
        return Content.BINARY
    body = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return Content.JSON if body[:1] in (b"{", b"[") else Content.TEXT


def _mostly_signs(head: bytes) -> bool:
    """Whether control bytes are frequent, as they never are in a sheet of text."""
    odd = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in head)
    return odd * 50 > len(head)


def _inside_zip(file: Delivered) -> Content:
    try:
        with file.seekable(None) as stream, zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            if {"mimetype", "content.xml"} <= names and _is_open_sheet(archive):
                return Content.OPEN_DOCUMENT
    except (*DAMAGE, RuntimeError):  # zipfile raises that for a part with a password
        return Content.DAMAGED_ZIP
    if "xl/workbook.xml" in names:
        return Content.WORKBOOK
    if "xl/workbook.bin" in names or {"mimetype", "content.xml"} <= names:
        return Content.OTHER_SHEET
    return Content.ARCHIVE


def _is_open_sheet(archive: zipfile.ZipFile) -> bool:
    """Whether an OpenDocument file says that it is a spreadsheet."""
    with archive.open("mimetype") as stream:
        return stream.read(len(_OPEN_SHEET)) == _OPEN_SHEET
