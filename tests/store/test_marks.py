"""What rests, and what is doubted, is one company's: another one in the same system goes on."""

from __future__ import annotations

from bridge.core.identity import BooksId
from bridge.store import Store

AT = "2026-11-20T11:00:00+00:00"
ANA, EVA = BooksId("xero", "of-ana"), BooksId("xero", "of-eva")


def test_only_the_company_in_which_a_run_was_undone_rests(store: Store) -> None:
    with store.begin() as work:
        work.decisions.pause(ANA, "run-1", "ana", AT)
        assert work.decisions.paused_by(ANA) == "run-1"
        assert work.decisions.paused_by(EVA) == ""
        work.decisions.resume(EVA, "eva", AT)
        assert work.decisions.paused_by(ANA) == "run-1"
        work.decisions.resume(ANA, "ana", AT)
        assert work.decisions.paused_by(ANA) == ""


def test_a_state_that_was_put_back_is_doubted_until_each_company_has_caught_up(
    store: Store,
) -> None:
    with store.begin() as work:
        work.marks.doubt_state("ana", AT)
        work.marks.trust_again(ANA, AT)
        assert work.marks.restored_at(ANA) == ""
        assert work.marks.restored_at(EVA) == AT


def test_what_a_state_of_before_wrote_down_of_a_whole_system_still_counts(store: Store) -> None:
    with store.begin() as work:
        work.decisions.record("ana", AT, "undo", "run-1", "xero")
        assert (work.decisions.paused_by(ANA), work.decisions.paused_by(EVA)) == ("run-1",) * 2
        work.decisions.resume(ANA, "ana", AT)
        assert (work.decisions.paused_by(ANA), work.decisions.paused_by(EVA)) == ("", "run-1")
