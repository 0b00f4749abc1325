"""That the state was older than the books is said until somebody has it before them.

A pass that nobody waits for says it to nobody, and one may die before its words are out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import lost_states
from tests.cli.small_lender import Lender
from tests.cli.wrongs import paid_more, two_loans

RESTORED = "pass.restored"


@pytest.fixture
def restored(lender: Lender, tmp_path: Path) -> Lender:
    """A lender whose state was put back to what it was before a payment was posted."""
    lender.deliver(two_loans())
    lender.json("sync")
    state = lender.folder / "state" / "sandbox.db"
    copy = lost_states.plain_copy(state, tmp_path / "yesterday.db")
    paid_more(lender)
    lender.json("sync")
    lost_states.put_back(copy, state)
    return lender


def told(lender: Lender, *verb: str) -> bool:
    _, out, _ = lender.run(*verb, "--json")
    return f'"{RESTORED}"' in out


def test_the_daemons_passes_say_it_until_a_report_has_said_it(restored: Lender) -> None:
    """Their words go nowhere: the morning's report is what a person reads."""
    passes = ("sync", "--scheduled")
    assert [told(restored, *passes) for _ in range(3)] == [True, True, True]
    assert told(restored, "status")
    assert told(restored, "sync", "--dry-run")
    assert told(restored, "reconcile", "--dry-run")
    assert told(restored, "reconcile")
    assert not told(restored, *passes)
    assert not told(restored, "reconcile")


def test_a_pass_of_a_person_says_it_once(restored: Lender) -> None:
    assert [told(restored, "sync") for _ in range(2)] == [True, False]
    assert not told(restored, "reconcile")


@pytest.mark.parametrize("verb", ["sync", "reconcile"])
def test_what_was_cut_short_before_its_words_were_out_is_said_again(
    restored: Lender, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: Any) -> None:
        raise KeyboardInterrupt

    told(restored, "sync", "--scheduled")
    with monkeypatch.context() as patch:
        patch.setattr(f"bridge.cli.{verb}._tell", cut)
        restored.run(verb)
    assert told(restored, "sync", "--scheduled")


def test_a_report_says_it_where_the_pass_that_found_it_died(
    restored: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("bridge.pipeline.sync.send", dies)
        restored.run("sync", "--scheduled")
    assert told(restored, "reconcile")
