"""An edited mapping beside what is posted: what would differ, and how it is changed."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from bridge.core.change.diff import plan_digest
from bridge.core.change.remapping import changes, remapped
from bridge.core.delivery import UNSEEN, Operation
from bridge.core.ledger import AdjustmentKind
from tests.core.builders import Shelf, adjusted, booking, file, loan, mapping, paid
from tests.core.loan.parts import in_parts

OF = file(loan(), paid(1, "5000"), adjusted(2, AdjustmentKind.DISCOUNT, "4000"))
OTHER = {
    "lines": {p: {"item": "interest" if p == "insurance" else p} for p in mapping().lines}
    | {"discount": {"item": "write_off"}},
    "deposits": [{"account": "1001", "currency": ["MXN"]}, {"account": "1100"}],
}


def planned(shelf: Shelf, of=OF) -> list[str]:
    bound = list(shelf.bindings.values())
    found = list(remapped(of, shelf.booking, bound))
    made = changes(found, bound, shelf.booking, frozenset())
    return [f"{change.operation.value} {change.document.reference}" for change in made]


def posted(**policies) -> Shelf:
    shelf = Shelf(booking(**policies))
    shelf.sync(OF)
    return shelf


def test_the_same_mapping_changes_nothing() -> None:
    for shelf in (posted(), posted(invoice_per="instalment"), posted(interest="as_due")):
        assert planned(shelf) == []


def test_what_the_mapping_decides_is_changed_in_place() -> None:
    shelf = posted()
    shelf.booking = booking(**OTHER)
    assert sorted(planned(shelf)) == ["update DY7F3A-K2", "update DY7F3A-P1"]
    found = {each.before.reference: each for each in remapped(OF, shelf.booking, shelf.live())}
    receipt = found["DY7F3A-P1"]
    assert receipt.now.deposit_account != receipt.before.deposit_account  # type: ignore[union-attr]
    assert receipt.now.applications == receipt.before.applications  # type: ignore[union-attr]


def test_what_the_ledger_no_longer_wants_is_left_to_the_plan() -> None:
    shelf = posted()
    shelf.booking = booking(**OTHER)
    assert planned(shelf, file(loan())) == []


def test_or_taken_back_and_posted_anew_where_the_system_changes_none() -> None:
    shelf = Shelf(in_parts(booking()))
    shelf.sync(file(loan(), paid(1, "5000")))
    shelf.booking = in_parts(booking(**OTHER))
    of = file(loan(), paid(1, "5000"))
    assert planned(shelf, of) == ["void DY7F3A-P1", "create DY7F3A-P1.2"]


def test_words_alone_take_nothing_back() -> None:
    of = file(loan(), paid(1, "5000"))
    shelf = Shelf(in_parts(booking()))
    shelf.sync(of)
    shelf.booking = in_parts(booking(memos={"receipt": "Abono {reference}"}))
    (found,) = remapped(of, shelf.booking, shelf.live())
    assert found.now.memo == "Abono DY7F3A-P1"
    assert planned(shelf, of) == []
    shelf.booking = in_parts(booking(**OTHER, memos={"receipt": "Abono {reference}"}))
    assert planned(shelf, of) == ["void DY7F3A-P1", "create DY7F3A-P1.2"]


def test_texts_count_and_our_own_names_in_them_do_not() -> None:
    shelf = posted()
    shelf.sync(file(loan(), paid(1, "6000")))
    assert "DY7F3A-P1.2" in shelf.bindings
    of = file(loan(), paid(1, "6000"))
    assert planned(shelf, of) == []
    shelf.booking = booking(memos={"receipt": "Abono {reference}"})
    assert planned(shelf, of) == ["update DY7F3A-P1.2"]
    (found,) = [
        each
        for each in remapped(of, shelf.booking, shelf.live())
        if each.before.reference == "DY7F3A-P1.2"
    ]
    assert found.now.memo == "Abono DY7F3A-P1.2"


def test_a_plan_of_other_words_is_another_plan() -> None:
    digests = set()
    for memo in ("Abono {reference}", "Pago {reference}"):
        shelf = posted()
        shelf.booking = booking(memos={"receipt": memo})
        bound = list(shelf.bindings.values())
        found = list(remapped(OF, shelf.booking, bound))
        digests.add(plan_digest(list(changes(found, bound, shelf.booking, frozenset()))))
    assert len(digests) == 2


@pytest.mark.parametrize("left", ["closed", "accepted", "restore", "busy", "gone"])
def test_what_stays_as_it_is(left: str) -> None:
    shelf = posted()
    shelf.booking = booking(**OTHER, locked=date(2026, 9, 30) if left == "closed" else None)
    flags = {"accepted": {"accepted": UNSEEN}, "restore": {"restore": True}}.get(left, {})
    shelf.bindings = {
        name: msgspec.structs.replace(binding, **flags) for name, binding in shelf.bindings.items()
    }
    bound = list(shelf.bindings.values())
    of = file(loan(annulled=True)) if left == "gone" else OF
    found = list(remapped(of, shelf.booking, bound))
    busy = set(shelf.bindings) if left == "busy" else set()
    assert list(changes(found, bound, shelf.booking, busy)) == []


def test_what_hangs_on_a_document_keeps_it() -> None:
    limits = msgspec.structs.replace(booking().limits, updates=frozenset())
    shelf = posted()
    shelf.booking = msgspec.structs.replace(booking(**OTHER), limits=limits)
    assert planned(shelf) == [f"{Operation.VOID} DY7F3A-P1", f"{Operation.CREATE} DY7F3A-P1.2"]


def test_a_line_that_merely_says_something_else_takes_no_invoice_back() -> None:
    of = file(loan())
    shelf = Shelf(booking())
    shelf.sync(of)
    limits = msgspec.structs.replace(shelf.booking.limits, updates=frozenset())
    other = booking(internal_note="Documento interno de la empresa.")
    shelf.booking = msgspec.structs.replace(other, limits=limits)
    (found,) = remapped(of, shelf.booking, shelf.live())
    assert found.now.lines[0].description.endswith("la empresa.")  # type: ignore[union-attr]
    assert planned(shelf, of) == []


def test_the_day_that_a_moved_document_tells_of_itself_is_no_other_text() -> None:
    adjust = {"closed_period": "adjust"}
    shelf = Shelf(booking(locked=date(2026, 9, 30), policies=adjust))
    of = file(loan(start=date(2026, 10, 2)), paid(1, "5000", date(2026, 9, 3)))
    shelf.sync(of)
    assert shelf.bindings["DY7F3A-P1"].document.memo.endswith("[2026-09-03]")  # type: ignore[union-attr]
    assert planned(shelf, of) == []
