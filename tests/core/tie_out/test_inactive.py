"""A customer that takes no more documents is told; one that is gone is not, nor what is none."""

from __future__ import annotations

import msgspec
import pytest

from bridge.core.books import Customer, Kind, PostedDocument, Status
from bridge.core.delivery import UNSEEN, Binding
from bridge.core.tie_out.inactive import inactive, is_inactive
from tests.core.builders import Shelf, file, loan

WHO = Customer(reference="DY7F3A-D11", loan="", facts="f", name="Luz", currency="COP")


def customer(status: Status) -> PostedDocument:
    return PostedDocument(kind=Kind.CUSTOMER, external_id="1", version="1", status=status)


BOUND = Binding(reference=WHO.reference, external_id="1", version="1", generation=1, document=WHO)


@pytest.mark.parametrize("status", list(Status))
def test_it_is_put_away_and_not_gone(status: Status) -> None:
    assert is_inactive(BOUND, customer(status)) is (status is Status.VOIDED)


def test_what_nobody_knows_or_a_person_has_answered_is_not_told() -> None:
    away = customer(Status.VOIDED)
    assert not is_inactive(BOUND, None)
    answered = msgspec.structs.replace(BOUND, accepted=UNSEEN, posted=away)
    assert not is_inactive(answered, away)


def test_a_voided_invoice_is_no_customer() -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    assert not is_inactive(shelf.bindings["DY7F3A-L84"], customer(Status.VOIDED))


def test_it_is_told_with_what_it_owes() -> None:
    (item,) = inactive(BOUND, {})
    assert (item.action, item.detail, item.amount) == ("reactivate_customer", "", 0)
