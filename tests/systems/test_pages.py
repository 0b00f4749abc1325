"""Lists that say "more" for ever: an end in words, and nothing is concluded from what was read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bridge.clock import SystemClock
from bridge.credentials import MemoryCredentials
from bridge.errors import TryLater
from bridge.systems import registry
from bridge.systems.pages import Pages
from bridge.systems.zoho.wire import CONTACTS
from tests.systems.servers import Answered, Call, http_server

KNOWN = 7
LONGEST = 2 * (KNOWN + 100_000)
WHERE = {"quickbooks": "Customer", "xero": "Contacts", "zoho": CONTACTS}
SIZE = {"quickbooks": 1000, "xero": 1000, "zoho": 200}


def position(system: str, call: Call) -> int:
    """The first row, from 0, of the page that is asked for."""
    if system == "quickbooks":
        found = re.search(rb"STARTPOSITION (\d+)", call.body)
        assert found
        return int(found[1]) - 1
    page = int(parse_qs(urlsplit(call.path).query)["page"][0])
    return (page - 1) * SIZE[system]


def told(system: str, ids: range | list[int], last_page: int) -> bytes:
    """A page of a list with these rows, after which more are said to come."""
    if system == "quickbooks":
        content: dict[str, Any] = {"QueryResponse": {"Customer": [{"Id": f"{n}"} for n in ids]}}
    elif system == "xero":
        rows = [{"ContactID": f"{n:08x}-0000-4000-8000-000000000000"} for n in ids]
        content = {"Contacts": rows, "pagination": {"pageCount": last_page}}
    else:
        rows = [{"contact_id": f"{n}"} for n in ids]
        content = {"code": 0, "contacts": rows, "page_context": {"has_more_page": True}}
    return json.dumps(content).encode()


def always_fresh(system: str, at: int) -> bytes:
    size = SIZE[system]
    return told(system, range(at, at + size), at // size + 2)


def always_the_same(system: str, at: int) -> bytes:
    del at
    return told(system, range(SIZE[system]), 1_000_000)


def the_same_two_in_turn(system: str, at: int) -> bytes:
    size = SIZE[system]
    first = at // size % 2 * size
    return told(system, range(first, first + size), 1_000_000)


def empty(system: str, at: int) -> bytes:
    return told(system, [*range(SIZE[system])] if not at else [], 1_000_000)


def a_row_a_page(system: str, at: int) -> bytes:
    return told(system, [at], 1_000_000)


def rows(
    system: str, page: Callable[[str, int], bytes], asked: list[Call] | None = None
) -> Iterator[Any]:
    """What is read of pages; each question for one is added to `asked`."""
    kind = registry.load(system)

    def answer(call: Call) -> Answered:
        if asked is not None:
            asked.append(call)
        return Answered(200, page(system, position(system, call)))

    with http_server(answer) as url:
        made = kind.settings_type(
            company_id="1", base_url=url, access_token="x" * 20, calls_per_minute=0,
            documents_known=KNOWN,
            **({"calls_per_second": 0} if system == "quickbooks" else {}),
        )  # fmt: skip
        with closing(kind(made, MemoryCredentials(), SystemClock())) as adapter:
            yield from adapter._wire.rows(WHERE[system])


@pytest.mark.parametrize("system", sorted(WHERE))
def test_fresh_rows_for_ever_end_after_what_the_books_can_have(system):
    read = 0
    with pytest.raises(TryLater, match=r"more of .+ than these books can have: \d+ read") as ended:
        for _ in rows(system, always_fresh):
            read += 1
    assert LONGEST <= read <= LONGEST + SIZE[system]
    assert f"{read} read" in str(ended.value)


ENDLESS = [
    *((system, always_the_same) for system in sorted(WHERE)),
    ("zoho", the_same_two_in_turn),
    ("zoho", empty),
    ("xero", empty),
]
"""QuickBooks ends at a page that is not full, and loses sight of its last row else."""


@pytest.mark.parametrize(
    ("system", "page"), ENDLESS, ids=lambda each: getattr(each, "__name__", each)
)
def test_pages_without_anything_new_end_at_once(system, page):
    asked: list[Call] = []
    with pytest.raises(TryLater):
        for _ in rows(system, page, asked):
            pass
    assert len(asked) <= 6


@pytest.mark.parametrize("system", ["xero", "zoho"])
def test_rows_that_drip_end_as_well(system):
    """A row a page: by the pages, since so many rows would take for ever."""
    read = 0
    with pytest.raises(TryLater, match=r"on \d+ pages"):
        for _ in rows(system, a_row_a_page):
            read += 1
    assert read == 2 * LONGEST // SIZE[system]


@pytest.mark.parametrize(("known", "most"), [(0, 1_000_000), (1, 200_002), (500_000, 1_200_000)])
def test_how_long_a_list_may_be_follows_what_is_known_of_the_books(known, most):
    pages = Pages("Xero", "Contacts", known, 1000)
    whole, rest = divmod(most, 1000)
    for _ in range(whole - (not rest)):
        pages.turn(1000)
    pages.turn((rest or 1000) - 1)
    with pytest.raises(TryLater):
        pages.turn(1)


def test_a_page_of_what_was_read_already_is_none_yet():
    pages = Pages("Zoho", "contacts", 1, 200)
    for _ in range(10):
        pages.turn(0)
        pages.turn(0)
        pages.turn(1)
    pages.turn(0)
    pages.turn(0)
    with pytest.raises(TryLater, match="nothing new"):
        pages.turn(0)
