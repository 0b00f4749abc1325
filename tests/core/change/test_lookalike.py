"""Whether a document that somebody entered may be one of ours."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from bridge.core.books import Invoice, Kind, Status
from bridge.core.change.alike_names import name_key
from bridge.core.change.lookalike import Stranger, adopted, likeness, surely_the_same
from bridge.core.change.matching import as_wanted, differences, drift
from bridge.core.delivery import Binding
from bridge.core.loan.translate import translate
from tests.core.books import WHOSE, told
from tests.core.builders import booking, file, loan, paid

MADE = translate(file(loan(), paid(1, "5000")), booking(), ())
INVOICE, RECEIPT = MADE.documents
assert isinstance(INVOICE, Invoice)
assert MADE.customer is not None
LINKS = {INVOICE.reference: "i", RECEIPT.reference: "r", INVOICE.customer: WHOSE}
THEIRS = told(INVOICE, LINKS, number="A-17")


def alike(days: int = 3, whose: str = WHOSE, name: str = "", **changes: object) -> bool:
    stranger = Stranger(document=msgspec.structs.replace(THEIRS, **changes), customer_name=name)
    assert MADE.customer is not None
    return likeness(INVOICE, MADE.customer, whose, stranger, days) is not None


def test_same_kind_customer_amount_and_about_the_same_day() -> None:
    assert alike()
    assert alike(day=INVOICE.day + timedelta(days=3))
    assert alike(whose="", name="LUZ  MARINA castaneda")
    assert name_key("Peña") == "pena"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": Kind.CREDIT_NOTE},
        {"total": Decimal(1)},
        {"currency": "MXN"},
        {"status": Status.VOIDED},
        {"day": None},
        {"day": INVOICE.day + timedelta(days=4)},
        {"customer_id": "other"},
        {"whose": "", "name": "Otra Persona"},
    ],
)
def test_anything_else_is_another_document(change: dict[str, object]) -> None:
    assert not alike(**change)  # type: ignore[arg-type]


def test_our_own_number_says_more_than_all_that() -> None:
    assert alike(number="DY7F3A-L84.3", total=Decimal(1), customer_id="other")


def test_only_one_of_the_same_day_is_surely_the_same() -> None:
    assert MADE.customer is not None
    found = []
    for external_id, number, days in (("i", "A-17", 0), ("j", INVOICE.reference, 0), ("k", "B", 2)):
        day = INVOICE.day + timedelta(days=days)
        document = msgspec.structs.replace(THEIRS, external_id=external_id, number=number, day=day)
        one = likeness(
            INVOICE, MADE.customer, WHOSE, Stranger(document=document, customer_name=""), 3
        )
        assert one is not None
        found.append(one)
    by_hand, numbered, later = found
    assert not surely_the_same([by_hand], by_rule=False)
    assert surely_the_same([by_hand], by_rule=True)
    assert surely_the_same([numbered], by_rule=False)
    assert not surely_the_same([later], by_rule=True)
    assert not surely_the_same([by_hand, numbered], by_rule=True)


@pytest.mark.parametrize(
    ("change", "sure"),
    [
        ({}, True),
        ({"total": Decimal(1)}, False),
        ({"day": INVOICE.day + timedelta(days=1)}, False),
        ({"number": f"{INVOICE.reference}.2"}, False),
        ({"number": "A-17"}, False),
    ],
)
def test_only_our_number_amount_and_day_together_are_sure(
    change: dict[str, object], sure: bool
) -> None:
    assert MADE.customer is not None
    document = msgspec.structs.replace(THEIRS, **{"number": INVOICE.reference, **change})
    stranger = Stranger(document=document, customer_name="")
    found = likeness(INVOICE, MADE.customer, WHOSE, stranger, 3)
    assert found is not None
    assert found.sure is sure


def test_what_is_adopted_is_left_as_the_books_have_it() -> None:
    made = adopted(INVOICE, THEIRS)
    assert isinstance(made, Binding)
    assert (made.external_id, made.accepted) == ("i", INVOICE.facts)


@pytest.mark.parametrize(
    ("change", "ours"), [({}, True), ({"total": Decimal(7)}, False), ({"whole": False}, False)]
)
def test_what_is_ours_in_every_field_is_no_persons_decision(change, ours) -> None:
    links = {INVOICE.customer: "c"}
    made = as_wanted(INVOICE, THEIRS, links)
    found = adopted(INVOICE, msgspec.structs.replace(made, **{"whole": True, **change}), links)
    assert found.accepted == ("" if ours else INVOICE.facts)


@pytest.mark.parametrize("document", MADE.documents, ids=lambda d: d.kind.value)
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"total": Decimal(7)},
        {"number": "X"},
        {"customer_id": "other"},
        {"lines": ()},
        {"applications": (("z", Decimal(5000)),)},
        {"deposit_account": "99"},
    ],
)
def test_what_was_wanted_is_remembered_where_somebody_edited_it(document, change) -> None:
    theirs = told(document, LINKS, **change)
    wanted = as_wanted(document, theirs, LINKS)
    found = {d.field for d in differences(document, theirs, LINKS)}
    assert differences(document, wanted, LINKS) == []
    assert bool(drift(wanted, theirs)) == bool(found)
