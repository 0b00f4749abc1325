"""Xero's dates: `/Date(1439434356790+0000)/`, milliseconds since 1970 in UTC.

Business dates are midnight UTC, whatever the organisation's time zone; the offset in the text
changes nothing. Some answers hold ISO text instead (FACTS X36).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_STAMP = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(text: str | None) -> datetime | None:
    """The moment that a text of Xero means, or None when it is empty."""
    if not text:
        return None
    if stamp := _STAMP.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(stamp.group(1)))
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def day(text: str | None) -> date | None:
    """The business date that a text of Xero means."""
    moment = instant(text)
    return moment.date() if moment else None


def modified_since(moment: datetime) -> str:
    """The value of an If-Modified-Since header: UTC, whole seconds, no zone."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()
