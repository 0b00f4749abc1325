"""Cases of the dearest stories are spread over the systems: none is lost, each has its turn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
STORIES = "tests/pipeline/test_rebuild_edits.py"
SPREAD = "test_what_was_edited_stays_after_a_rebuild"
CASE = re.compile(rf"{SPREAD}\[(?P<system>\w+)-(?P<edit>.+)-(?P<then>.+)\]")


def collected(asked: str, everywhere: str = "") -> list[tuple[str, str, str]]:
    """System, edit and what came of it, of each case that would run."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "--collect-only", asked]
    environment = os.environ | {"BRIDGE_EVERYWHERE": everywhere}
    told = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    found = [CASE.fullmatch(line.rpartition("::")[2]) for line in told.stdout.splitlines()]
    return [(each["system"], each["edit"], each["then"]) for each in found if each]


def test_each_case_is_in_one_system_and_each_system_has_some_of_each_kind() -> None:
    everywhere, here = collected(STORIES, "all"), collected(STORIES)
    assert {*here} < {*everywhere}
    cases = sorted({(edit, then) for _, edit, then in everywhere})
    assert sorted((edit, then) for _, edit, then in here) == cases
    systems = {system for system, _, _ in everywhere}
    assert len(everywhere) == len(systems) * len(cases)
    for kind in (1, 2):
        for value in {each[kind] for each in here}:
            assert {each[0] for each in here if each[kind] == value} == systems


def test_a_case_that_is_asked_for_by_its_name_is_there() -> None:
    for system, edit, then in collected(STORIES, "all")[:4]:
        asked = f"{STORIES}::{SPREAD}[{system}-{edit}-{then}]"
        assert collected(asked) == [(system, edit, then)]
