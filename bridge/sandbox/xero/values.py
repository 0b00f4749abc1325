"""Numbers, dates and ids as Xero writes them on the wire (FACTS X36)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid4

ZERO_ID = "00000000-0000-0000-0000-000000000000"
TENTH = Decimal("0.1")
DAY_MS = 86_400_000
EPOCH = date(1970, 1, 1)
_MS_DATE = re.compile(r"/Date\((-?\d{1,15})([+-]\d{4})?\)/")


def new_id() -> str:
    return str(uuid4())


def is_id(text: str) -> bool:
    """Whether the text is a GUID in its usual form."""
    try:
        return len(text) == 36 and str(UUID(text)) == text.lower()
    except ValueError:
        return False


def number(amount: Decimal) -> Decimal:
    """Return the same amount as Xero writes it: no idle zeros, at least one decimal."""
    plain = amount.normalize()
    return plain.quantize(TENTH) if int(plain.as_tuple().exponent) >= 0 else plain


def rounded(amount: Decimal, places: int) -> Decimal:
    """Round half up."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def ms_day(day: str) -> str:
    """Write a business date: its midnight in UTC."""
    days = (date.fromisoformat(day) - EPOCH).days
    return f"/Date({days * DAY_MS}+0000)/"


def ms_time(moment_ms: int) -> str:
    return f"/Date({moment_ms}+0000)/"


def day_text(day: str) -> str:
    return f"{day}T00:00:00"


def time_text(moment_ms: int) -> str:
    moment = datetime.fromtimestamp(moment_ms // 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def spoken_day(day: str) -> str:
    """Write a date as error texts do: 30-Nov-2018."""
    moment = date.fromisoformat(day)
    return f"{moment.day:02d}-{MONTHS[moment.month - 1]}-{moment.year}"


def long_day(day: str) -> str:
    """Write a date as reports do: 24 April 2019."""
    moment = date.fromisoformat(day)
    return f"{moment.day} {LONG_MONTHS[moment.month - 1]} {moment.year}"


def read_day(text: str) -> str:
    """Read a date in any form that Xero takes; raises ValueError."""
    found = _MS_DATE.fullmatch(text)
    if found:
        return datetime.fromtimestamp(int(found[1]) // 1000, UTC).date().isoformat()
    return datetime.fromisoformat(text.replace("Z", "+00:00")).date().isoformat()


def read_time_ms(text: str) -> int:
    """Read a moment, UTC unless it says otherwise; raises ValueError."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
