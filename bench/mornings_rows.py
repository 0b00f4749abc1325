"""The row about Zoho's mornings: how many calls a day of a lender takes, whose plan counts them.

Nothing else of Zoho's plans is as scarce: the free one has 1,000 calls a day, the payments that are
posted among them.
"""

from __future__ import annotations

import statistics
from pathlib import Path

import msgspec

from bench.books_rows import ASKED, morning
from bench.figures import Line, Size
from bench.lender import ZOHO, Lender, accept_some, books_of, lending, loan_of, write_ledger
from bench.posting_rows import plan_all
from bridge.core.tie_out.reconciliation import SystemResult
from bridge.pipeline.context import silent
from bridge.pipeline.post import Posting, post_all
from bridge.pipeline.sync import sync

_NEW_ID = 910_000_000
_FREE_PLAN = 1_000
_PAYING = (7, 20)
"""Of twenty loans so many pay on a day: 700 of 2,000."""
_DAYS = 16
"""Until each invoice had its turn to be opened."""
_ROUND = 7
"""Days in which all of the books is read; the default of whole_every_days."""
_EVERY_DAYS = "LEDGER_BRIDGE_SYSTEMS__ZOHO__WHOLE_EVERY_DAYS"
_FROM = "LEDGER_BRIDGE_SYSTEMS__ZOHO__IN_PART_FROM"


def mornings(size: Size, folder: Path) -> list[Line]:
    """Days of a lender whose books are read in full each morning, and then by what changed."""
    loans = size.posted_loans
    return days_of(folder, loans, loans * _PAYING[0] // _PAYING[1])


def days_of(folder: Path, loans: int, payments: int) -> list[Line]:
    write_ledger(folder, loans, foreign=0)
    with lending(folder, system=ZOHO) as lender:
        lender.more = {_EVERY_DAYS: "1"}
        with lender.bridge() as bridge:
            built = sync(bridge)
            assert built.verdict == "clean" or ASKED.fullmatch(built.reason), built.reason
        (made,) = built.systems.values()
        documents = made.posting.confirmed
        morning(lender)
        _, before = _day(lender, 0, loans, payments)
        lender.more = {_FROM: "0"}
        morning(lender)
        days = [_day(lender, day, loans, payments) for day in range(1, 1 + _DAYS)]
    posted, read = max(days[1:], key=lambda each: each[1].calls["total"])
    counted = [found.calls["total"] for _, found in days]
    ends = counted[_ROUND - 1 :: _ROUND]
    usual = [calls for day, calls in enumerate(counted, 1) if day > 1 and day % _ROUND]
    told = f"{loans:,} loans, {payments:,} payments a day, {documents:,} documents before"
    return [
        Line(
            what="Zoho Books: calls of a morning, everything read",
            measured=before.calls["total"],
            unit="calls",
            note=told,
        ),
        Line(
            what="Zoho Books: calls of a morning, what changed read and no turn drawn",
            measured=counted[0],
            unit="calls",
        ),
        Line(
            what="Zoho Books: calls of a morning, what changed read and turns drawn",
            measured=statistics.median(usual),
            unit="calls",
            note="each morning: " + " / ".join(map(str, counted)),
        ),
        Line(
            what="Zoho Books: calls of the morning that ends a round",
            measured=max(ends),
            unit="calls",
            note=f"every {_ROUND} days",
        ),
        Line(
            what="Zoho Books: calls of a day, payments among them",
            measured=posted + read.calls["total"],
            unit="calls",
            target=_FREE_PLAN,
            note=f"{posted:,} of them to post {payments:,} payments",
        ),
    ]


def _day(lender: Lender, day: int, loans: int, payments: int) -> tuple[int, SystemResult]:
    """A day of so many payments, posted, and the next morning. Also the calls before it."""
    before = lender.sandbox.calls(ZOHO)
    with lender.bridge() as bridge:
        rows = []
        for turn in range(payments):
            number = (day * payments + turn) % loans + 1
            last = loan_of(bridge.store, number).repayments[-1]
            new_id = str(_NEW_ID + day * payments + turn)
            rows.append(msgspec.structs.replace(last, id=new_id))
        accept_some(bridge.store, rows)
        made = plan_all(bridge)
        assert made.figures.create == payments, made.figures
        tally = Posting()
        post_all(bridge.store, books_of(bridge).system, bridge.clock, tally, silent)
        assert tally.confirmed == payments, tally
    posted = lender.sandbox.calls(ZOHO) - before
    lender.clock.pass_days(1)
    found, _ = morning(lender)
    return posted, found
