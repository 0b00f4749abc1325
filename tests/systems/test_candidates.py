"""Which document of the books a reference means, where more than one may carry it."""

from __future__ import annotations

import pytest

from bridge.core.books import Kind, PostedDocument, Several, Status
from bridge.systems.candidates import the_one


def document(told: str) -> PostedDocument:
    """Its id, who owes it, and how it stands: `1 ana live`."""
    external_id, customer, status = told.split()
    return PostedDocument(
        kind=Kind.INVOICE,
        external_id=external_id,
        version="0",
        customer_id=customer.strip("-"),
        status=Status(status),
    )


@pytest.mark.parametrize(
    ("found", "customer", "ids"),
    [
        (["1 ana live"], "ana", "1"),
        (["1 bob live"], "ana", "1"),
        (["1 bob live"], "", "1"),
        (["1 ana voided", "2 bob live"], "ana", "2"),
        (["2 bob live", "1 ana voided"], "ana", "2"),
        (["1 ana voided"], "ana", "1"),
        (["1 ana voided", "2 ana voided", "3 bob voided"], "ana", "3"),
        (["1 bob live", "2 ana live"], "ana", "2"),
        (["1 ana live", "2 bob live", "3 ana voided"], "ana", "1"),
        (["1 ana live", "2 bob live"], "", "1 2"),
        (["1 - live", "2 bob live"], "", "1 2"),
        (["1 - live", "2 bob live"], "ana", "1 2"),
        (["1 ana live", "2 ana live", "3 bob live"], "ana", "1 2"),
        (["1 bob live", "2 eva live", "3 ana voided"], "ana", "1 2"),
    ],
)
def test_a_live_one_comes_first_then_the_customers_and_two_are_a_question(
    found: list[str], customer: str, ids: str
) -> None:
    one = the_one([document(told) for told in found], customer)
    several = one.documents if isinstance(one, Several) else (one,)
    assert " ".join(each.external_id for each in several) == ids
