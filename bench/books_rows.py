"""The row about reconciling: what a morning costs once the books have been read."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from bench.figures import Line, Size
from bench.lender import Lender, accept_some, books_of, lending, loan_of, write_ledger
from bench.measuring import Watch, peak_mb, watch
from bench.posting_rows import plan_all
from bridge.core.tie_out.reconciliation import Reconciliation, SystemResult
from bridge.pipeline.context import Live, silent
from bridge.pipeline.post import Posting, post_all
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import sync

_NEW_ID = 900_000_000
ASKED = re.compile(r"\d+ tasks? for a person: \d+ loan\.balance_mismatch")
"""What the made ledger leaves to a person: one debt in twenty shows another balance."""


def reconciling(size: Size, folder: Path) -> list[Line]:
    """Books of many documents, read once; then a day with a few payments, and the next morning.

    As in life, a day passes in the sandbox before each reading (a change feed tells what moved in
    the last minutes again), and each verb opens the bridge anew.
    """
    write_ledger(folder, size.books_loans)
    with lending(folder) as lender:
        with lender.bridge(mode="backfill") as bridge:
            with watch() as building:
                built = sync(bridge)
            assert built.verdict == "clean" or ASKED.fullmatch(built.reason), built.reason
        (made,) = built.systems.values()
        documents = made.posting.confirmed - made.plan.figures.by_kind["create.customer"]
        first, first_spent = morning(lender)
        with lender.bridge(mode="backfill") as bridge:
            _a_day(bridge, size.changes)
        second, spent = morning(lender)
        third, quiet = morning(lender)
    return [
        Line(
            what=f"first read-back and reconcile, {documents:,} documents",
            measured=first_spent.wall_s,
            unit="s",
            cpu_s=first_spent.cpu_s,
            note=f"{first.calls['total']} calls; posting them by batches took "
            f"{building.wall_s:.0f} s and {building.cpu_s:.0f} s of CPU",
        ),
        Line(
            what=f"morning reconcile after {size.changes} changes: own time",
            measured=spent.cpu_s,
            unit="s",
            target=10,
            cpu_s=spent.cpu_s,
            note=f"{spent.wall_s:.3g} s by the wall, waiting for answers included; both sides "
            "agree",
        ),
        Line(
            what="the same: calls",
            measured=second.calls["total"],
            unit="",
            note=f"the chart of accounts and lists among them; {size.changes} payments and their "
            "invoices had changed",
        ),
        Line(
            what="morning reconcile, nothing changed: own time",
            measured=quiet.cpu_s,
            unit="s",
            target=10,
            cpu_s=quiet.cpu_s,
            note=f"{third.calls['total']} calls",
        ),
        Line(what="building and reconciling: peak memory", measured=peak_mb(), unit="MB"),
    ]


def morning(lender: Lender) -> tuple[SystemResult, Watch]:
    """A day passes, the books are compared, and both sides agree."""
    lender.sandbox.control("POST", "clock", days=1)
    with lender.bridge() as bridge, watch() as spent:
        found: Reconciliation = compare(
            bridge,
            bridge.today,
            bridge.clock.now(),
        )
    (result,) = found.systems
    assert result.checked and result.agree, result.notices
    return result, spent


def _a_day(bridge: Live, changes: int) -> None:
    """So many new payments on as many loans, posted."""
    rows = []
    for number in range(1, changes + 1):
        last = loan_of(bridge.store, number * 3 - 1).repayments[-1]
        rows.append(msgspec.structs.replace(last, id=str(_NEW_ID + number)))
    accept_some(bridge.store, rows)
    made = plan_all(bridge)
    assert made.figures.create == changes, made.figures
    tally = Posting()
    post_all(bridge.store, books_of(bridge).system, bridge.clock, tally, silent)
    assert tally.confirmed == changes, tally
