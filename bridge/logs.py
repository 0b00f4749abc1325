"""Log lines as JSON, made of listed fields only.

A borrower's name, a token or a body can not come out, because nothing comes out but the fields
below, and of these only values that look like codes: no message text, no arguments, no exception
text. An exception is shown as its types and the place in the code that raised it.
"""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TextIO

import msgspec

FIELDS = (
    "event",
    "run_id",
    "stage",
    "system",
    "company",
    "reference",
    "outbox_id",
    "external_id",
    "attempt",
    "outcome",
    "error",
    "http_status",
    "duration_ms",
    "retry_after_s",
    "amount",
    "currency",
    "plan",
    "count",
)
"""All the fields that a line may have: no name, no token, no body is among them."""

_CODE = re.compile(r"[A-Za-z0-9 _.:=+/-]{0,120}")
_SECRET = re.compile(r"bearer|basic |token|secret|password|://|eyJ", re.IGNORECASE)
_REDACTED = "[redacted]"
_CAUSES_MAX = 5


class JsonLines(logging.Formatter):
    """One JSON object per record."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        for field in FIELDS:
            value = record.__dict__.get(field)
            if value is not None:
                line[field] = _shown(value)
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _types(record.exc_info[1])
            line["raised_at"] = _place(record.exc_info[2])
        return msgspec.json.encode(line).decode()


class _Quiet(logging.StreamHandler[TextIO]):
    """A handler whose own failures do not print the record that they choked on."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's name)
        """Drop the line: the standard behaviour prints its arguments to stderr."""


def silence() -> None:
    """Let no log line out, nor what libraries warn of: a person reads, or nobody asked for logs."""
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)
    logging.captureWarnings(capture=True)


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log line of the process through `JsonLines`; other libraries from WARNING up."""
    handler = _Quiet(stream if stream is not None else sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    logging.getLogger("bridge").setLevel(level)


def _shown(value: object) -> object:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Decimal):
        return str(value)
    text = type(value).__name__ if isinstance(value, BaseException) else str(value)
    return text if _CODE.fullmatch(text) and not _SECRET.search(text) else _REDACTED


def _types(error: BaseException | None) -> list[str]:
    """The types of an exception and of what caused it, outermost first."""
    names: list[str] = []
    while error is not None and len(names) < _CAUSES_MAX:
        names.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    return names


def _place(traceback: TracebackType | None) -> str:
    """File and line of the innermost frame."""
    if traceback is None:
        return ""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    name = Path(traceback.tb_frame.f_code.co_filename).name
    return f"{name}:{traceback.tb_lineno}"
