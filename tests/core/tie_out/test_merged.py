"""A customer merged into another one is one thing to do, not one for each of its documents."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bridge.core.books import Kind, PostedDocument, Status
from bridge.core.delivery import UNSEEN, Binding
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.merged import Merges
from bridge.report.details import english
from tests.core.builders import Shelf, file, loan, paid

LOAN = ("dev-7f3a", "84")
NONE_OF_IT = Item(kind=ItemKind.TOMBSTONED, cause="books.tombstoned", action="drift")


def bindings() -> dict[str, Binding]:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "5000")))
    assert shelf.last is not None
    customer = shelf.last.customer
    assert customer is not None
    bound = Binding(
        reference=customer.reference,
        external_id="c11",
        version="0",
        generation=1,
        document=customer,
    )
    return shelf.bindings | {customer.reference: bound}


def moved(reference: str) -> Item:
    return Item(
        kind=ItemKind.DRIFTED,
        reference=reference,
        field="customer",
        cause="books.drifted",
        action="drift",
    )


def on(customer: str, status: Status = Status.LIVE) -> PostedDocument:
    return PostedDocument(
        kind=Kind.INVOICE, external_id="1", version="2", customer_id=customer, status=status
    )


def told(
    documents: Sequence[tuple[str, str]], *, owes: bool = False, gone: bool = True
) -> list[Item]:
    """What is told after these documents were found on these customers."""
    shelf, merges = bindings(), Merges()
    for reference, customer in documents:
        items = [moved(reference)]
        assert merges.waits(LOAN, shelf[reference], on(customer), items, owes=False)
    if gone:
        assert merges.waits(LOAN, shelf["DY7F3A-D11"], None, [NONE_OF_IT], owes=owes)
    found = list(merges.told())
    assert {of for of, _ in found} <= {LOAN}
    return [item for _, items in found for item in items]


BOTH_ON_SEVEN = [("DY7F3A-L84", "7"), ("DY7F3A-P1", "7")]


def test_a_merge_is_told_once_and_names_the_customer_that_is_left() -> None:
    (item,) = told(BOTH_ON_SEVEN)
    assert (item.cause, item.action, item.reference, item.external_id) == (
        "customer.merged",
        "adopt_merged",
        "DY7F3A-D11",
        "7",
    )
    assert english(item.detail).startswith("2 documents")
    assert (item.amount, item.worth) == (0, 0)  # nothing lies between ledger and books by it


def test_documents_on_two_customers_are_no_merge_and_each_is_told() -> None:
    items = told([("DY7F3A-L84", "7"), ("DY7F3A-P1", "8")])
    assert [item.reference for item in items if item.field] == ["DY7F3A-L84", "DY7F3A-P1"]
    assert NONE_OF_IT in items


def test_a_customer_that_still_owes_was_not_merged() -> None:
    assert len(told(BOTH_ON_SEVEN, owes=True)) == 3


def test_a_lost_customer_whose_documents_stayed_is_told_as_lost() -> None:
    assert told([]) == [NONE_OF_IT]


def test_documents_that_went_elsewhere_while_the_customer_is_there_are_told() -> None:
    items = told(BOTH_ON_SEVEN, gone=False)
    assert [item.reference for item in items] == ["DY7F3A-L84", "DY7F3A-P1"]


def test_what_depends_on_nothing_else_is_told_at_once() -> None:
    shelf, merges = bindings(), Merges()
    customer, invoice = shelf["DY7F3A-D11"], shelf["DY7F3A-L84"]
    amount = msgspec.structs.replace(moved("DY7F3A-L84"), amount=1)
    total = msgspec.structs.replace(moved("DY7F3A-L84"), field="total")
    for binding, now, items in [
        (customer, on(""), [NONE_OF_IT]),
        (msgspec.structs.replace(customer, accepted=UNSEEN, posted=on("", Status.DELETED)), None, [
            NONE_OF_IT
        ]),
        (invoice, None, [moved("DY7F3A-L84")]),
        (invoice, on("7"), []),
        (invoice, on("7"), [amount]),
        (invoice, on("7"), [moved("DY7F3A-L84"), total]),
    ]:  # fmt: skip
        assert not merges.waits(LOAN, binding, now, items, owes=False)
    assert list(merges.told()) == []


def test_a_customer_that_is_there_but_put_away_waits_for_its_documents() -> None:
    shelf, merges = bindings(), Merges()
    for status in (Status.VOIDED, Status.DELETED):
        put_away = on("", status)
        assert merges.waits(LOAN, shelf["DY7F3A-D11"], put_away, [NONE_OF_IT], owes=False)
