"""Each thing by which a reading of what changed is sure of itself, alone: lists that are looked
through page by page, and lists that are not believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bridge.core.books import Kind, PostedDocument
from bridge.systems.base import Since
from bridge.systems.pages import Pages
from bridge.systems.zoho.in_part import InPart
from bridge.systems.zoho.settings import Settings
from bridge.systems.zoho.translate import Company
from bridge.systems.zoho.wire import CONTACTS, INVOICES, PAYMENTS, Listing

CURSOR, EARLIER, LATER = (f"2026-11-20T{hour}:00:00+00:00" for hour in (11, 10, 12))
PAGE = 30


class Lists:
    """Zoho's lists, as a test has them, oldest first."""

    def __init__(self) -> None:
        self.invoices: list[dict[str, Any]] = []
        self.told_as_changed: list[dict[str, Any]] = []
        self.contacts: list[dict[str, Any]] = []
        self.payments: list[dict[str, Any]] = []

    def rows(self, listing: Listing, **options: str) -> Iterator[dict[str, Any]]:
        if listing is INVOICES:
            yield from self.told_as_changed if "last_modified_time" in options else self.invoices

    def page(self, listing: Listing, number: int, **options: str) -> tuple[list[Any], bool]:
        every = {CONTACTS.path: self.contacts, PAYMENTS.path: self.payments}.get(listing.path, [])
        # In the order of the list's own, newest first, where none is asked for.
        if options.get("sort_order", "D") == "D" and listing is PAYMENTS:
            every = every[::-1]
        first = (number - 1) * PAGE
        return every[first : first + PAGE], len(every) > first + PAGE

    def pages(self, listing: Listing) -> Pages:
        return Pages("Zoho", listing.path, 0, PAGE)


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def lists() -> Lists:
    return Lists()


def part(lists: Lists) -> InPart:
    settings = Settings(company_id="1")
    company = Company(home_currency="COP")
    return InPart(lists, lambda: company, settings, Noon(), lambda: None)  # type: ignore[arg-type]


def since(lists: Lists, *, known: Sequence[str] = ()) -> Since:
    def there(kind: Kind, ids: Sequence[str]) -> Mapping[str, PostedDocument]:
        found = {each for each in ids if each in known}
        return {each: PostedDocument(kind=kind, external_id=each, version="1") for each in found}

    return part(lists).since(CURSOR, there)


def payments(*numbers: int) -> list[dict[str, Any]]:
    return [
        {"payment_id": f"p{number}", "amount": 5, "unused_amount": 0, "date": "2026-11-01"}
        for number in numbers
    ]


def invoice(name: str, written: str) -> dict[str, Any]:
    return {
        "invoice_id": name, "invoice_number": name, "total": 9, "balance": 9, "status": "sent",
        "date": "2026-11-01", "due_date": "2026-12-01", "last_modified_time": written,
    }  # fmt: skip


def contact(name: str, written: str) -> dict[str, Any]:
    return {"contact_id": name, "contact_name": name, "last_modified_time": written}


def ids(found: Since, kind: Kind) -> set[str]:
    return {each.external_id for each in found.documents if each.kind is kind}


def test_payments_are_read_on_until_a_page_ends_with_known_ones(lists: Lists) -> None:
    lists.payments = payments(*range(200))
    known = [f"p{number}" for number in range(130)]
    fresh = {f"p{number}" for number in range(130, 200)}
    assert fresh <= ids(since(lists, known=known), Kind.RECEIPT)


def test_a_few_known_payments_at_the_end_of_a_page_are_no_end(lists: Lists) -> None:
    """Nineteen are known again, as of those that an import put among the newest."""
    lists.payments = payments(*range(90))
    known = [f"p{number}" for number in (*range(30), *range(60, 79))]
    assert ids(since(lists, known=known), Kind.RECEIPT) >= {
        f"p{number}" for number in range(30, 90)
    }


def test_no_older_payments_are_read_than_those(lists: Lists) -> None:
    lists.payments = payments(*range(200))
    found = since(lists, known=[f"p{number}" for number in range(200)])
    assert ids(found, Kind.RECEIPT) == {f"p{number}" for number in range(170, 200)}


def test_what_has_its_turn_is_the_oldest_first(lists: Lists) -> None:
    """What is made in the meantime comes at the end, and moves nothing from page to page."""
    lists.payments = payments(*range(100))
    first = [each.external_id for each in part(lists).pages(Kind.RECEIPT, 1, 2)]
    assert first == [f"p{number}" for number in range(60)]
    lists.payments += payments(*range(100, 140))
    second = [each.external_id for each in part(lists).pages(Kind.RECEIPT, 3, 9)]
    assert second == [f"p{number}" for number in range(60, 140)]


def test_invoices_with_anything_open_are_told_whenever_they_were_written(lists: Lists) -> None:
    """A payment that is taken away may leave an invoice's time of change as it was."""
    lists.invoices = [invoice("a", EARLIER)]
    found = since(lists)
    assert ids(found, Kind.INVOICE) == {"a"}
    assert found.complete


def test_a_filter_that_leaves_out_what_surely_changed_is_not_believed(lists: Lists) -> None:
    lists.invoices = [invoice("a", EARLIER), invoice("b", LATER)]
    assert not since(lists).complete
    lists.told_as_changed = [invoice("b", LATER)]
    assert since(lists).complete


def test_contacts_that_do_not_come_in_the_order_asked_for_are_not_believed(lists: Lists) -> None:
    lists.contacts = [contact("a", LATER), contact("b", EARLIER)]
    assert since(lists).complete
    lists.contacts.reverse()
    assert not since(lists).complete


def test_contacts_that_tell_no_time_are_not_believed(lists: Lists) -> None:
    lists.contacts = [contact("a", "")]
    assert not since(lists).complete


def test_today_is_the_clocks(lists: Lists) -> None:
    assert part(lists).today() == date(2026, 11, 20)
