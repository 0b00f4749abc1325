"""`export`: everything that is in the books by the bridge's hand, with the system's ids."""

from __future__ import annotations

import csv
import io
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from bridge.cli.output import Output
from bridge.cli.paths import naming, new_file
from bridge.cli.session import companies, open_settings, open_state
from bridge.core.books import Customer
from bridge.core.delivery import Binding
from bridge.core.identity import BooksId
from bridge.core.message import message
from bridge.core.money import text
from bridge.errors import UsageError
from bridge.files import BY_UMASK, whole
from bridge.store.values import LoanKey

COLUMNS = (
    "system",
    "company",
    "kind",
    "reference",
    "external_id",
    "installation",
    "loan",
    "date",
    "due",
    "currency",
    "total",
    "customer",
    "version",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def run(arguments: Namespace, out: Output) -> int:
    if arguments.format == "xlsx" and arguments.out is None:
        raise UsageError(message("export_workbook"))
    if arguments.json and arguments.out is None and arguments.format != "json":
        raise UsageError(message("export_two"))
    loaded = open_settings(arguments)
    if arguments.out is not None:
        new_file(arguments.out, "--out", loaded, arguments.config)
    with open_state(loaded) as store, store.read() as work:
        lines = (
            _line(where, loan, binding)
            for where in companies(arguments, loaded).values()
            for loan, binding in work.bindings.live(where)
        )
        count = _write(arguments.format, lines, arguments.out)
    if arguments.out is not None:
        if arguments.json:
            out.document({"file": arguments.out, "documents": count})
        out.line(message("export_written", count=count, file=str(arguments.out)))
    return 0


def _line(where: BooksId, loan: LoanKey, binding: Binding) -> dict[str, str]:
    document = binding.document
    line = dict.fromkeys(COLUMNS, "") | {
        "system": where.system,
        "company": where.company,
        "kind": document.kind.value,
        "reference": binding.reference,
        "external_id": binding.external_id,
        "installation": loan[0],
        "loan": loan[1],
        "currency": document.currency,
        "version": binding.version,
    }
    if not isinstance(document, Customer):
        due = getattr(document, "due", None)
        line |= {
            "date": document.day.isoformat(),
            "due": due.isoformat() if due else "",
            "total": text(document.total, document.currency),
            "customer": document.customer,
        }
    return line


def _write(form: str, lines: Iterator[dict[str, str]], path: Path | None) -> int:
    """Stream the lines. A file appears whole or not at all. Returns how many."""
    if form == "xlsx":
        assert path is not None, "refused above"
        with naming(path, "--out"), whole(path, BY_UMASK) as part:
            return _xlsx(lines, part)
    write = _json if form == "json" else _csv
    if path is None:
        return write(lines, sys.stdout)
    with (
        naming(path, "--out"),
        whole(path, BY_UMASK) as part,
        part.open("w", encoding="utf-8", newline="") as file,
    ):
        return write(lines, file)


def _json(lines: Iterator[dict[str, str]], file: IO[str]) -> int:
    """One document `{"documents": […]}`, one line of text for each element."""
    count = 0
    file.write('{"documents": [')
    for line in lines:
        file.write(",\n" if count else "\n")
        file.write(msgspec.json.encode(line).decode())
        count += 1
    file.write("\n]}\n")
    return count


def _csv(lines: Iterator[dict[str, str]], file: IO[str]) -> int:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    count = 0
    for line in lines:
        writer.writerow({key: _neutral(value) for key, value in line.items()})
        count += 1
        file.write(buffer.getvalue())
        buffer.seek(0)
        buffer.truncate()
    file.write(buffer.getvalue())
    return count


def _neutral(value: str) -> str:
    """Text that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _xlsx(lines: Iterator[dict[str, str]], path: Path) -> int:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    # Packed in memory: a file that is packed on a full disk complains once more when it is let go.
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, options) as book:
        sheet: Any = book.add_worksheet("documents")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, COLUMNS)
        for line in lines:
            count += 1
            sheet.write_row(count, 0, [line[column] for column in COLUMNS])
    path.write_bytes(packed.getbuffer())
    return count
