"""tests/README.md is whole: each folder, each command and each variable of the tests is in it."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from tests.quick import FOLDERS

TESTS = Path(__file__).parent
README = (TESTS / "README.md").read_text(encoding="utf-8")
_READ = re.compile(r"""environ(?:\.get\(|\[|, )\s*["'](\w*BRIDGE_[A-Z_]+)["']""")
_SETTING = re.compile(r"LEDGER_BRIDGE_[A-Z]+(_URL|__\w*)")
"""What sets bridge.toml's own fields is explained beside them."""


def test_every_folder_has_its_row_and_every_row_its_folder() -> None:
    folders = {p.name for p in TESTS.iterdir() if p.is_dir() and any(p.glob("[!_]*"))}
    rows = re.findall(r"^\| `(\w+)`(?: \(quick\))? \| .+ \|$", _table_of("folder"), re.MULTILINE)
    assert sorted(rows) == sorted(folders - {"__pycache__"})


def test_the_quick_folders_are_those_of_the_marker() -> None:
    marked = re.findall(r"^\| `(\w+)` \(quick\)", README, re.MULTILINE)
    assert sorted(marked) == sorted(FOLDERS)


def test_every_command_can_be_run() -> None:
    for module in re.findall(r"python -m ([\w.]+)", README):
        assert find_spec(f"{module}.__main__"), module
    commands = re.findall(r"^\| `(?:[A-Z_]+=\w+ )*pytest ([^`]+)`", README, re.MULTILINE)
    paths = [word for command in commands for word in command.split() if word.startswith("tests/")]
    assert len(paths) >= len(commands) > 0
    for path in paths:
        assert (TESTS.parent / path).exists(), path


def test_every_variable_that_the_tests_read_is_told() -> None:
    read = set()
    for path in TESTS.rglob("*.py"):
        found = _READ.findall(path.read_text(encoding="utf-8"))
        read |= {name for name in found if not _SETTING.fullmatch(name)}
    told = set(re.findall(r"\b(\w*BRIDGE_[A-Z_]+)\b", README))
    assert len(read) > 10
    assert told == read


def _table_of(heading: str) -> str:
    """The table whose first column is headed so."""
    return README.partition(f"| {heading} |")[2].partition("\n\n")[0]
