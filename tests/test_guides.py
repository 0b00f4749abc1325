"""The guides for the next person name what is there: a guide that points nowhere is mended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_LINE = 130
GUIDES = ("bridge/source/README.md", "tests/README.md")
TO_BE_MADE = re.compile(r"prestacop")
"""What a guide tells the reader to make."""
_PATH = re.compile(r"`([\w./-]+(?:\.(?:py|toml|md)|/))`")


@pytest.mark.parametrize("guide", GUIDES)
def test_every_file_that_a_guide_names_is_there(guide: str) -> None:
    here = ROOT / guide
    named = _PATH.findall(here.read_text(encoding="utf-8"))
    assert named
    names = {path.name for top in ("bridge", "tests") for path in (ROOT / top).rglob("*.py")}
    for name in named:
        places = (ROOT, ROOT / "bridge", here.parent)
        is_there = any((place / name).exists() for place in places) or name in names
        assert is_there or TO_BE_MADE.search(name), f"{guide} names {name}"


@pytest.mark.parametrize("guide", GUIDES)
def test_the_lines_of_a_guide_can_be_read(guide: str) -> None:
    for number, line in enumerate((ROOT / guide).read_text(encoding="utf-8").splitlines(), start=1):
        assert len(line) <= LONGEST_LINE, f"{guide}:{number}"
