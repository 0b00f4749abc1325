"""The stages in which one loan is planned are functions of values: asked twice, in whatever order,
they say the same."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from bridge.core.books import CreditNote, PostedDocument, Status
from bridge.core.delivery import (
    UNSEEN,
    Binding,
    Decision,
    Saw,
    Seen,
    Unseen,
    Unwanted,
    decision_text,
)
from bridge.core.ledger import AdjustmentKind, LoanFile
from bridge.core.loan.already import already_posted
from bridge.core.loan.credits import receipts_and_credits
from bridge.core.loan.draft import Draft, draft_of
from bridge.core.loan.invoices import invoices_for
from bridge.core.loan.reversing import reversals_of
from bridge.core.loan.rows import rows_of
from bridge.core.loan.settling import settle
from bridge.core.loan.shape import as_posted
from bridge.core.loan.translate import translate
from tests.core.builders import Shelf, adjusted, booking, file, loan, paid

LOCKED = date(2026, 9, 30)


def a_life() -> tuple[Shelf, LoanFile]:
    """A loan of which a payment of a closed month is gone, another was edited in the books and
    left so, and of which something was lost since."""
    shelf = Shelf(booking(policies={"closed_period": "adjust", "amount_edited": "correct"}))
    less = adjusted(5, AdjustmentKind.DISCOUNT, "7000", date(2026, 9, 3))
    later = paid(3, "30000", date(2026, 10, 9))
    shelf.sync(file(loan(), paid(1, "20000"), paid(2, "500"), less, later))
    shelf.accept("DY7F3A-P2")
    company = msgspec.structs.replace(shelf.booking.company, locked_through=LOCKED)
    shelf.booking = msgspec.structs.replace(shelf.booking, company=company)
    lost = adjusted(6, AdjustmentKind.WRITE_OFF, "99999", date(2026, 10, 20))
    return shelf, file(loan("110000"), paid(2, "700"), less, later, lost)


def drafted(shelf: Shelf, of: LoanFile) -> Draft:
    bound = tuple(shelf.bindings.values())
    return draft_of(of, as_posted(shelf.booking, of, bound), already_posted(bound))


def test_a_stage_asked_again_after_all_others_says_the_same() -> None:
    shelf, of = a_life()
    draft = drafted(shelf, of)
    rows = rows_of(draft)
    credits = receipts_and_credits(draft, rows)
    invoices, refused = invoices_for(draft, rows, credits.staying)
    wanted = {d.reference for d in (*invoices.documents, *credits.made.documents)}
    reversals = reversals_of(of, draft.booking, draft.already, wanted)
    settled = settle(draft, invoices, credits, reversals)
    assert not refused
    assert "DY7F3A-P1" in {document.reference for document in reversals.kept}
    assert credits.made.noted
    assert settle(draft, invoices, credits, reversals) == settled
    assert reversals_of(of, draft.booking, draft.already, wanted) == reversals
    assert invoices_for(draft, rows, credits.staying) == (invoices, refused)
    assert receipts_and_credits(draft, rows) == credits
    assert rows_of(draft) == rows
    assert drafted(shelf, of) == draft


def test_a_loan_planned_twice_is_planned_alike_and_nothing_given_is_changed() -> None:
    shelf, of = a_life()
    bound = list(shelf.bindings.values())
    given = [msgspec.json.encode(binding) for binding in bound]
    first, again = (translate(of, shelf.booking, bound) for _ in range(2))
    assert first == again
    assert [msgspec.json.encode(binding) for binding in bound] == given


def test_a_credit_note_is_made_without_asking_what_it_settles() -> None:
    of = file(loan(), adjusted(5, AdjustmentKind.DISCOUNT, "7000"))
    draft = draft_of(of, booking(), already_posted(()))
    note, use = receipts_and_credits(draft, rows_of(draft)).made.documents
    assert isinstance(note, CreditNote)
    assert use.total == note.total


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("saw", [Unseen(), Unwanted(), Seen("0badc0de")])
def test_a_decision_is_read_as_it_was_written(saw: Saw, status: Status) -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    bound = shelf.bindings["DY7F3A-L84"]
    theirs = PostedDocument(kind=bound.document.kind, external_id="x", version="1", status=status)
    left = msgspec.structs.replace(bound, accepted=decision_text(saw), posted=theirs)
    stored = msgspec.json.decode(msgspec.json.encode(left), type=Binding)
    assert stored.decision == Decision(saw=saw, gone=status is not Status.LIVE)
    assert stored.is_gone == (status is not Status.LIVE)


def test_nobody_decided_about_what_was_only_posted() -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    bound = shelf.bindings["DY7F3A-L84"]
    assert bound.decision is None
    assert not bound.is_gone
    assert decision_text(None) == bound.accepted == ""
    assert decision_text(Unseen()) == UNSEEN
