"""History: what happened to a document, and the notes that were put on it."""

from __future__ import annotations

from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import ms_time, time_text

LONGEST = 2500
USER = "System Generated"


def note(company: Company, row_id: str, body: Row) -> Row:
    """Put a note on a document, for good."""
    details = str(body.get("Details") or "")
    if not 1 <= len(details) <= LONGEST:
        raise Invalid(f"History Details must have between 1 and {LONGEST} characters.")
    record = {"Changes": "Note", "User": USER, "Details": details, "_ms": company.now_ms()}
    company.history.setdefault(row_id, []).append(record)
    return shown(record)


def shown(record: Row) -> Row:
    return {
        "Changes": record["Changes"],
        "User": record["User"],
        "DateUTCString": time_text(record["_ms"]),
        "DateUTC": ms_time(record["_ms"]),
        "Details": record["Details"],
    }


def records(company: Company, row: Row, row_id: str) -> list[Row]:
    """Return the notes, newest first, and the last change of the document."""
    change = {"Changes": "Edited", "User": USER, "Details": "", "_ms": row["_ms"]}
    return [shown(record) for record in reversed(company.history.get(row_id, []))] + [shown(change)]
