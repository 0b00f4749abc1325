"""Where cassettes are. Every run of the suite asks, so it imports nothing of the product."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "cassettes" / "live"


def all_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.yaml"))


def place(folder: Path, system: str, module: str, test: str) -> Path:
    """Where the cassette of a test is."""
    plain = "".join(c if c.isalnum() or c in "._-" else "_" for c in f"{module}.{test}")
    return folder / system / f"{plain}.yaml"
