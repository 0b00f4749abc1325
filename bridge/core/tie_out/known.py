"""Everything that is known of one lender's ledger and books at one moment, as one value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.findings import Finding
from bridge.core.message import Detail
from bridge.core.tie_out.items import Item

TRY_LATER, CONFIGURATION = 75, 78
"""Exit codes of work that time mends, and of settings or logins that are in the way."""
LOGIN = "pass.login"
"""The code of what stops where a person has to log in again."""


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """The demands on the ledger's age: by the schedule, and by the delivery's own day."""

    today: date
    """The lender's business day."""
    read_since: date | None = None
    """The day on which it was to be read last, by the schedule; None: nobody says."""
    max_age_days: int | None = None
    """How old the newest delivery may be; None: nobody says."""

    def on(self, day: date) -> Fresh:
        """Demands like these, on a day that a person names."""
        since = None if self.read_since is None else min(self.read_since, day)
        return msgspec.structs.replace(self, today=day, read_since=since)


class Reason(msgspec.Struct, frozen=True):
    """One reason why a delivery was refused, as it is kept."""

    where: Detail
    what: Detail
    fix: Detail


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt to read the ledger's newest delivery."""

    day: date
    """The business day on which it was read."""
    at: str = ""
    """The instant, in UTC."""
    source: str = ""
    """The file or folder that it was read from."""
    as_of: date | None = None
    """The day that the delivery speaks of, by its own word or its file's; None: not known."""
    accepted: bool = True
    problems: tuple[Reason, ...] = ()
    """Why it was refused."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """The reason why the work on one company's books ended before its time."""

    code: str
    """One of `STOPS`."""
    detail: Detail = ""
    exit_code: int = 1

    @property
    def lasts(self) -> bool:
        """Whether this reason will stop the next attempt as well, until a person acts."""
        return self.exit_code != TRY_LATER and self.code != "pass.login"


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """The writes that wait for one write: how many they are and, by currency, how much they
    move."""

    count: int
    amounts: dict[str, Decimal] = {}


class BooksKnown(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of one company's books beside the ledger."""

    system: str
    company: str
    items: tuple[Item, ...] = ()
    """All that lies between: held, under way, and what the last comparison showed."""
    behind: dict[str, Behind] = {}
    """Reference of a rejected, stopped or dropped write → what waits for it."""
    stops: tuple[Stop, ...] = ()
    """Why the last pass or comparison did not get to its end."""
    rests_after: str = ""
    """The run whose undoing these books rest after."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of one lender's ledger and books at one moment."""

    fresh: Fresh
    delivery: Delivery | None = None
    """The newest attempt to read the ledger, refused or not."""
    ledger: Delivery | None = None
    """The newest delivery that was accepted: the ledger that everything else speaks of."""
    findings: tuple[Finding, ...] = ()
    """Those that ask something of a person (`Finding.asks`)."""
    books: tuple[BooksKnown, ...] = ()
    answers: frozenset[str] = frozenset()
    """Ids of the tasks that a person has answered."""
