"""Which tests answer for which modules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

AREAS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "core": (
        ("core/**/*.py",),
        ("tests/core", "tests/settings", "tests/report", "tests/laws"),
    ),
    "outbox": (("store/outbox*.py",), ("tests/store",)),
    "writing": (
        (
            "systems/*/writing.py",
            "systems/carrying.py",
            "systems/judging.py",
            "systems/results.py",
        ),
        ("tests/systems", "tests/conformance"),
    ),
    "source": (
        ("source/amounts.py", "source/dates.py", "source/webhooks.py"),
        ("tests/source",),
    ),
    "daemon": (("daemon/*.py",), ("tests/daemon",)),
}
"""Area → its modules in `bridge/`, and the folders of its tests."""


def modules(area: str, wanted: tuple[str, ...] = ()) -> Iterator[Path]:
    """The area's modules; with `wanted` those alone whose path begins with one of these."""
    for pattern in AREAS[area][0]:
        for path in sorted((ROOT / "bridge").glob(pattern)):
            told = path.relative_to(ROOT).as_posix()
            if not wanted or told.startswith(wanted):
                yield path
