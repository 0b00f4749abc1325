"""The table in the README is the one that the adapters' capabilities make."""

from __future__ import annotations

from pathlib import Path

from bridge.systems import matrix

README = Path(matrix.__file__).with_name("README.md")


def test_the_readme_shows_what_every_system_can_do() -> None:
    assert matrix.matrix() in README.read_text(encoding="utf-8"), (
        "bridge/systems/README.md is out of date: paste `python -m bridge.systems.matrix` into it."
    )
