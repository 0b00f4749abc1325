"""Each correction of a loan has a number of its own, whatever became of those before it."""

from __future__ import annotations

import pytest

from bridge.core.books import CreditNote, Invoice
from tests.core.builders import Shelf, booking, file, loan
from tests.core.loan.parts import accounted_for, in_parts, owed

LONG = "731904652"
"""An id of a loan that is whole in a name without a part, and a digest in one with a part."""


def _shelf(*, parts: bool) -> Shelf:
    """A loan of 120000 that a person left as the books have it, corrected twice: first by
    -20000, then by 5000."""
    book = booking(policies={"amount_edited": "correct"})
    shelf = Shelf(in_parts(book) if parts else book)
    shelf.sync(file(loan("120000")))
    shelf.accept("DY7F3A-L84")
    shelf.sync(file(loan("120000")))
    for gross, done in (
        ("100000", ["create DY7F3A-X84N1", "create DY7F3A-A84N1"]),
        ("105000", ["create DY7F3A-X84N2"]),
    ):
        assert shelf.sync(file(loan(gross))) == done
    return shelf


@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize("gross", ["90000", "140000"])
def test_a_correction_never_takes_the_number_of_one_that_a_person_left(
    gross: str, parts: bool
) -> None:
    """The first correction went with the loan that was annulled; the second stays, as answered."""
    shelf = _shelf(parts=parts)
    shelf.accept("DY7F3A-X84N2")
    shelf.sync(file(loan("105000")))
    shelf.sync(file(loan("105000", annulled=True)))
    assert {b.reference for b in shelf.live()} == {"DY7F3A-L84", "DY7F3A-X84N2"}
    back = file(loan(gross))
    assert "create DY7F3A-X84N3" in shelf.sync(back)
    assert accounted_for(shelf) == owed(back)
    assert shelf.left_to_do(back) == []


@pytest.mark.parametrize("parts", [False, True])
def test_a_correction_beside_the_reverse_of_one_that_is_gone_is_posted_too(parts: bool) -> None:
    """A credit note of the number of an invoice that stays would be dropped, and its use would be
    of that invoice."""
    shelf = _shelf(parts=parts)
    shelf.accept("DY7F3A-X84N1", gone=True)
    shelf.accept("DY7F3A-X84N2")
    shelf.sync(file(loan("105000")))
    shelf.sync(file(None, borrower=None))
    back = file(loan("105000"))
    shelf.sync(back)
    assert accounted_for(shelf) == owed(back)
    assert shelf.left_to_do(back) == []
    notes = {b.reference for b in shelf.live() if isinstance(b.document, CreditNote)}
    used = {getattr(b.document, "credit_note", "") for b in shelf.live()} - {""}
    assert used <= notes


def test_the_corrections_of_a_loan_with_a_long_id_are_known_as_such() -> None:
    """An answered correction stays and counts, and what the ledger wants beyond it is another."""
    shelf = Shelf(booking(policies={"amount_edited": "correct"}))
    for gross in ("120000", "130000"):
        shelf.sync(file(loan(gross, id=LONG), loan_id=LONG))
        (last,) = (b.reference for b in shelf.live() if not b.accepted)
        shelf.accept(last)
        shelf.sync(file(loan(gross, id=LONG), loan_id=LONG))
    edited = file(loan("150000", id=LONG), loan_id=LONG)
    (done,) = shelf.sync(edited)
    assert done.startswith("create ")
    assert done.endswith("N2")
    assert accounted_for(shelf) == owed(edited)
    assert shelf.left_to_do(edited) == []


def test_the_tenth_correction_counts_like_the_first_although_its_name_is_shorter() -> None:
    loan_id = LONG[:8]
    shelf = Shelf(booking(policies={"amount_edited": "correct"}))
    of = {gross: file(loan(str(gross), id=loan_id), loan_id=loan_id) for gross in range(200, 213)}
    shelf.sync(of[200])
    shelf.accept(next(iter(shelf.bindings)))
    for each in of.values():
        shelf.sync(each)
        assert accounted_for(shelf) == owed(each)
    corrections = [b.document for b in shelf.live() if b.document.reference.startswith("DY7F3A-X")]
    assert len(corrections) == 12
    assert {c.total for c in corrections if isinstance(c, Invoice)} == {1}
