"""What a run did to one loan, and what of it still counts after others took back and went on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bridge.core.books import Receipt, Transaction
from bridge.core.change.past import Past, Write, newest, undoing, undone_by
from bridge.core.delivery import Operation


def receipt(reference: str, total: str = "5000", reverses: str = "") -> Receipt:
    return Receipt(
        reference=reference,
        loan="84",
        facts="f",
        customer="DY7F3A-D11",
        currency="COP",
        day=date(2026, 9, 1),
        total=Decimal(total),
        deposit_account="7",
        reverses=reverses,
    )


def write(run: str, what: str, document: Transaction, undoes: str = "") -> Write:
    return Write(run=run, undoes=undoes, operation=Operation(what), document=document)


def done(past: Past, run: str) -> list[str]:
    return [f"{each.operation} {each.document.reference}" for each in past.done(run)]


def later(past: Past, run: str) -> list[str]:
    return [f"{each.run} {each.operation} {each.document.reference}" for each in past.later(run)]


P1, P2 = receipt("DY7F3A-P1"), receipt("DY7F3A-P2")


def test_the_reason_of_an_undoing_write_names_the_run_that_it_takes_back() -> None:
    assert undone_by(undoing("R7")) == "R7"
    assert undone_by("policy undo R7") == ""
    assert undone_by("") == ""


def test_a_run_did_what_it_wrote_and_nothing_else() -> None:
    past = Past([write("R1", "create", P1), write("R2", "create", P2)])
    assert done(past, "R1") == ["create DY7F3A-P1"]
    assert done(past, "R2") == ["create DY7F3A-P2"]
    assert done(past, "R3") == []


@pytest.mark.parametrize(
    ("did", "takes_back"),
    [("create", "void"), ("update", "update")],
)
def test_what_was_taken_back_is_done_no_more(did: str, takes_back: str) -> None:
    past = Past([write("R1", did, P1), write("U1", takes_back, P1, undoes="R1")])
    assert done(past, "R1") == []
    assert done(past, "U1") == [f"{takes_back} DY7F3A-P1"]


def test_a_void_is_taken_back_by_the_next_generation_of_the_document() -> None:
    again = receipt("DY7F3A-P1.2")
    past = Past(
        [
            write("R1", "create", P1),
            write("R2", "void", P1),
            write("U1", "create", again, undoes="R2"),
        ]
    )
    assert done(past, "R2") == []
    assert done(past, "R1") == ["create DY7F3A-P1"]
    assert past.now("DY7F3A-P1") == "DY7F3A-P1.2"
    assert past.now("DY7F3A-P2") == "DY7F3A-P2"


def test_only_what_an_undoing_run_made_again_is_the_successor() -> None:
    plain = [write("R2", "void", P1), write("R3", "create", receipt("DY7F3A-P1.2"))]
    other = [write("R2", "void", P2), write("U1", "create", receipt("DY7F3A-P1.2"), undoes="R2")]
    wrong = [write("R1", "void", P1), write("U1", "create", receipt("DY7F3A-P1.2"), undoes="R2")]
    kept = [write("R2", "update", P1), write("U1", "create", receipt("DY7F3A-P1.2"), undoes="R2")]
    for writes in (plain, other, wrong, kept):
        assert Past(writes).successors == {}


def test_a_document_of_a_closed_month_is_taken_back_by_one_that_reverses_it() -> None:
    undone = receipt("DY7F3A-ZP1", reverses="DY7F3A-P1")
    past = Past([write("R1", "create", P1), write("U1", "create", undone, undoes="R1")])
    assert done(past, "R1") == []


def test_an_undo_that_was_undone_took_nothing_back() -> None:
    past = Past(
        [
            write("R1", "create", P1),
            write("U1", "void", P1, undoes="R1"),
            write("U2", "create", receipt("DY7F3A-P1.2"), undoes="U1"),
        ]
    )
    assert done(past, "R1") == ["create DY7F3A-P1"]
    assert done(past, "U1") == []


def test_an_undo_takes_back_its_own_run_alone() -> None:
    past = Past([write("R1", "create", P1), write("U1", "void", P1, undoes="R2")])
    assert done(past, "R1") == ["create DY7F3A-P1"]


def test_what_came_later_is_of_other_runs_and_still_so() -> None:
    past = Past(
        [
            write("R0", "create", P2),
            write("R1", "create", P1),
            write("R2", "update", P1),
            write("R3", "update", P2),
            write("U3", "update", P2, undoes="R3"),
        ]
    )
    assert later(past, "R1") == ["R2 update DY7F3A-P1"]
    assert later(past, "R3") == []
    assert later(past, "unknown") == [
        "R0 create DY7F3A-P2",
        "R1 create DY7F3A-P1",
        "R2 update DY7F3A-P1",
    ]


def test_an_update_knows_what_it_found() -> None:
    before, after = receipt("DY7F3A-P1", "5000"), receipt("DY7F3A-P1", "6000")
    past = Past(
        [
            write("R1", "create", before),
            write("R2", "create", P2),
            write("R3", "update", after),
        ]
    )
    (change,) = past.done("R3")
    assert (change.document, change.before) == (after, before)


def test_what_somebody_made_of_it_before_it_was_put_back_is_not_known() -> None:
    past = Past([write("R1", "create", P1), write("R2", "update", P1)])
    (change,) = past.done("R2")
    assert change.before is None


def test_a_void_is_no_content_that_an_update_could_have_found() -> None:
    before, after = receipt("DY7F3A-P1", "5000"), receipt("DY7F3A-P1", "6000")
    past = Past(
        [
            write("R1", "create", before),
            write("R2", "void", receipt("DY7F3A-P1", "1")),
            write("R3", "update", after),
        ]
    )
    assert [each.before for each in past.done("R3")] == [before]
    assert [each.before for each in Past([write("R3", "update", after)]).done("R3")] == [None]


def test_a_name_is_followed_to_its_end_and_never_in_a_circle() -> None:
    assert newest("a", {"a": "b", "b": "c"}) == "c"
    assert newest("a", {"a": "b", "b": "a"}) == "a"
