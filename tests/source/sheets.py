"""Sheets that are found in a workbook, as text."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

from bridge.source.files.delivered import PlainFile, SizeLimits
from bridge.source.files.workbook import Workbook
from bridge.source.files.zippedxml import BookLimits

_LIMITS = BookLimits(SizeLimits(10**7, 10**7, 200), 10**6, 10**4, 256, 10**4)


def sheets(folder: Path) -> dict[str, list[list[object]]]:
    """The sheets of a found case, by title."""
    found: dict[str, list[list[object]]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".xlsx":
            for sheet in Workbook(PlainFile(path), _LIMITS, None).sheets():
                found[sheet.title] = [row for _, row in sheet.rows()]
        else:
            raw = path.read_bytes()
            text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp1252")
            rows = csv.reader(io.StringIO(text), delimiter=";")
            found[path.stem] = [list(row) for row in rows]
    return found


def as_text(cell: object) -> str:
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else str(cell)
