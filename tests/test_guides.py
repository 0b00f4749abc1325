"""The guides for the next person name what is there: a guide that points nowhere is mended."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_LINE = 130
GUIDES = ("bridge/source/README.md", "CONTRIBUTING.md", "tests/README.md")
TO_BE_MADE = re.compile(r"prestacop")
"""What a guide tells the reader to make."""
_TOUR = ("## One loan and one payment", "## Rules")
_DOTTED = re.compile(r"`([a-z]\w*(?:\.\w+)+)`")
_PATH = re.compile(r"`([\w./-]+(?:\.(?:py|toml|md)|/))`")


@pytest.mark.parametrize("guide", GUIDES)
def test_every_file_that_a_guide_names_is_there(guide: str) -> None:
    here = ROOT / guide
    named = _PATH.findall(here.read_text(encoding="utf-8"))
    assert named
    tops = [path for top in ("bridge", "tests") for path in (ROOT / top).rglob("*.*")]
    names = {path.name for path in tops if path.suffix in (".py", ".md")}
    for name in named:
        places = (ROOT, ROOT / "bridge", here.parent)
        is_there = any((place / name).exists() for place in places) or name in names
        assert is_there or TO_BE_MADE.search(name), f"{guide} names {name}"


@pytest.mark.parametrize("guide", GUIDES)
def test_the_lines_of_a_guide_can_be_read(guide: str) -> None:
    for number, line in enumerate((ROOT / guide).read_text(encoding="utf-8").splitlines(), start=1):
        assert len(line) <= LONGEST_LINE, f"{guide}:{number}"


def test_every_name_of_the_tour_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    tour = text.partition(_TOUR[0])[2].partition(_TOUR[1])[0]
    named = [name for name in _DOTTED.findall(tour) if not _is_of_a_library(name)]
    assert len(named) > 40
    for name in named:
        assert _is_there(f"bridge.{name}"), f"the tour names {name}"


def _is_of_a_library(name: str) -> bool:
    return name.startswith("msgspec.") or name.endswith(".py")


def _is_there(dotted: str) -> bool:
    """Whether a module has that class, function or method."""
    parts = dotted.split(".")
    modules = 1
    while modules < len(parts) and find_spec(".".join(parts[: modules + 1])):
        modules += 1
        if not hasattr(import_module(".".join(parts[:modules])), "__path__"):
            break
    found: object = import_module(".".join(parts[:modules]))
    for part in parts[modules:]:
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return modules < len(parts)
