"""Kept logins that nothing can open any more: said in words, and a new login is the way out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.credentials import KEY_NAME


def cut_short(state: Path) -> None:
    kept = state / "credentials.json"
    kept.write_bytes(kept.read_bytes()[:100])


def another_key(state: Path) -> None:
    (state / KEY_NAME).write_bytes(b"another key, of another machine.")


def other_records(state: Path) -> None:
    kept = state / "credentials.json"
    kept.write_text(json.dumps(dict.fromkeys(json.loads(kept.read_text()), "no base64")))


def of_another_kind(state: Path) -> None:
    (state / "credentials.json").write_text("[1, 2]")


@pytest.mark.parametrize("damage", [cut_short, another_key, other_records, of_another_kind])
def test_a_new_login_is_the_way_out_of_a_lost_one(person, damage: Callable[[Path], None]):
    person.log_in()
    damage(person.lender.folder / "state")
    code, _, err = person.lender.run("sync")
    assert code == 78
    assert "connect again" in err
    person.log_in()
    assert person.sync()["confirmed"] > 20


def test_a_damaged_file_is_kept_aside(person):
    person.log_in()
    state = person.lender.folder / "state"
    cut_short(state)
    damaged = (state / "credentials.json").read_bytes()
    person.log_in()
    assert (state / "credentials.json.damaged").read_bytes() == damaged


def test_after_a_new_login_nobody_is_told_to_log_in(person):
    """That the last comparison met an ended login is not the pass's own trouble."""
    person.log_in()
    person.end_it_there()
    for verb in ("sync", "reconcile"):
        code, out, err = person.lender.run(verb)
        assert (code, "connect" in out + err) == (78, True), verb
    person.log_in()
    code, out, err = person.lender.run("sync")
    assert code == 75
    assert "connect" not in out + err
    assert "compared" in out
    person.lender.json("reconcile")
    assert person.lender.json("sync")["verdict"] == "clean"
