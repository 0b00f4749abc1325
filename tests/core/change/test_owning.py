"""Whose a document of the books is, by its number."""

from __future__ import annotations

import pytest

from bridge.core.change.owning import (
    application_reference,
    followers,
    reversed_by,
    row_names,
    row_of,
    stems,
)
from bridge.core.ledger import AdjustmentKind
from tests.core.builders import Shelf, adjusted, booking, file, loan, paid

LONG = "550e8400-e29b-41d4-a716-446655440000"
MIDDLE = "1234567890"
"""Fits by itself, and not with a part."""


@pytest.mark.parametrize("native_id", ["84", MIDDLE, LONG])
@pytest.mark.parametrize("shape", [{}, {"invoice_per": "instalment"}, {"interest": "as_due"}])
def test_every_document_of_a_loan_is_named_after_one_of_its_rows(
    native_id: str, shape: dict[str, str]
) -> None:
    of = file(
        loan(id=native_id, instalments=3, frequency="monthly"),
        paid(1, "5000", loan=native_id),
        adjusted(2, AdjustmentKind.LATE_FEE, "400", loan=native_id),
        loan_id=native_id,
    )
    shelf = Shelf(booking(**shape))
    shelf.sync(of)
    names = set(row_names(of))
    for reference in shelf.bindings:
        assert set(stems(reference.partition(".")[0])) & names, reference


def test_what_follows_a_document_is_named_after_it() -> None:
    assert set(followers("DY7F3A-K2.3")) == {"DY7F3A-ZK2G3", "DY7F3A-A2"}
    assert list(followers("DY7F3A-P9")) == ["DY7F3A-ZP9"]
    assert reversed_by(["DY7F3A-P9.2"]) == {"DY7F3A-ZP9G2": "DY7F3A-P9.2"}
    assert application_reference("DY7F3A-ZL3.2") == "DY7F3A-AZL3.2"


@pytest.mark.parametrize(
    ("full", "row"),
    [
        ("DY7F3A-L84", "84"),
        ("DY7F3A-L84I03.2", "84"),
        ("DY7F3A-X84N1", "84"),
        ("DY7F3A-P9", "9"),
        ("DY7F3A-P9S2.3", "9"),
        ("DY7F3A-V9", "9"),
        ("DY7F3A-K2", "2"),
        ("DY7F3A-A2.2", "2"),
        ("DY7F3A-ZP9", "9"),
        ("DY7F3A-ZP9G2", "9"),
        ("DY7F3A-ZK2", "2"),
        ("DY7F3A-AZF2G2", "2"),
        ("DY7F3A-AZL84", "84"),
    ],
)
def test_a_document_is_of_the_row_that_it_was_made_of_or_that_it_undoes(
    full: str, row: str
) -> None:
    of = file(loan(), paid(9, "5000"), adjusted(2, AdjustmentKind.LATE_FEE, "400"))
    found = row_of(full, of)
    assert found is not None
    assert found.id == row
