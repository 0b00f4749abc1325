"""Every account of the books is what the ledger and the mapping come to, worked out apart."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge.sandbox.server import SandboxServer
from tests.recount.abroad import kept_in
from tests.recount.company import Company
from tests.recount.lenders import draw
from tests.recount.recomputation import ZERO, Books, recompute

SEEDS = int(os.environ.get("BRIDGE_RECOUNT_SEEDS", "6"))
"""How many lenders; a hundred with BRIDGE_RECOUNT_SEEDS=100."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as started:
        yield started


@pytest.mark.parametrize("delivered", ["day by day", "all at once"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_books_are_what_the_ledger_comes_to(
    seed: int, delivered: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    lender = draw(seed)
    with kept_in(lender.home), closing(Company(tmp_path, sandbox, lender)) as company:
        wrong = posted(company, at_once=delivered == "all at once")
    assert not wrong, "\n".join([f"{delivered}, {lender.home}, {lender.rules}", *wrong])


def posted(company: Company, *, at_once: bool) -> list[str]:
    """Deliver the ledger, and say what an account, a customer or a currency has in the books and
    should have. All at once is before the months are closed: closing them then changes nothing."""
    lender = company.lender
    days = lender.deliveries[-1:] if at_once else lender.deliveries
    locks = [] if at_once else lender.locks
    wrong = []
    for day in days:
        for _, through in [lock for lock in locks if lock[0] <= day]:
            company.close_books(through)
        wrong += company.deliver(day)
    if at_once and lender.locks:
        company.close_books(lender.locks[-1][1])
        wrong += company.deliver(days[-1])
    for system, mapping in company.mappings.items():
        should = recompute(company.world(system, days, locks), mapping)
        wrong += [f"{system}: {line}" for line in unlike(company.books(system), should)]
    return wrong


def unlike(books: Books, should: Books) -> Iterator[str]:
    """Exact, but for the cents of settlements in foreign money at home: those must add up."""
    for kept, wanted, slack in (
        (books.customers, should.customers, ZERO),
        (books.foreign, should.foreign, ZERO),
        (books.home, should.home, should.slack),
    ):
        for place in sorted({*kept, *wanted}, key=str):
            allowed = slack if place in should.loose else ZERO
            if abs(kept[place] - wanted[place]) > allowed:
                yield f"{place} is {kept[place]}, should be {wanted[place]}"
    sums = [sum((each.home[name] for name in should.loose), ZERO) for each in (books, should)]
    if sums[0] != sums[1]:
        yield f"{sorted(should.loose)} are {sums[0]} together, should be {sums[1]}"
