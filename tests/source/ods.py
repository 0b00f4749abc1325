"""Writes small OpenDocument spreadsheets, as LibreOffice does."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MIME = "application/vnd.oasis.opendocument.spreadsheet"
_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
_REST_OF_ROW = '<table:table-cell table:number-columns-repeated="16380"/>'
_REST_OF_SHEET = (
    '<table:table-row table:number-rows-repeated="1048570">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def cell(value: object, more: str = "") -> str:
    """One cell as LibreOffice writes it; text that is XML already is taken as it is."""
    if isinstance(value, str) and value.startswith("<table:"):
        return value
    if isinstance(value, bool):
        said = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, date):
        said = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, Decimal | int):
        said = f'office:value-type="float" office:value="{value}"'
    elif value:
        said = 'office:value-type="string"'
    else:
        return f"<table:table-cell {more}/>"
    shown = "1" if isinstance(value, Decimal | int | date) else escape(str(value))
    return f"<table:table-cell {said} {more}><text:p>{shown}</text:p></table:table-cell>"


def row(cells: Iterable[object], more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(map(cell, cells))}{_REST_OF_ROW}</table:table-row>"


def table(
    title: str, rows: Iterable[Sequence[object] | str], columns: str = "", style: str = "ta1"
) -> str:
    """A sheet of rows, each its cells or its XML, with the empty rest that every sheet has."""
    body = "".join(each if isinstance(each, str) else row(each) for each in rows)
    named = f'table:name={quoteattr(title)} table:style-name="{style}"'
    return f"<table:table {named}>{columns}{body}{_REST_OF_SHEET}</table:table>"


def content(*tables: str) -> str:
    unseen = '<style:table-properties table:display="false"/>'
    styles = f'<style:style style:name="ta2">{unseen}</style:style>'
    return (
        f"<office:document-content {_NAMESPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{''.join(tables)}"
        "</office:spreadsheet></office:body></office:document-content>"
    )


def write(path: Path, xml: str, mime: str = MIME) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mime, zipfile.ZIP_STORED)
        archive.writestr("content.xml", xml)
    return path


def book(path: Path, sheets: Mapping[str, Iterable[Sequence[object]]]) -> Path:
    return write(path, content(*(table(title, rows) for title, rows in sheets.items())))
