"""The cases of the dearest stories, spread over the systems.

A test that is marked `spread` would have each of its cases in every system. Every case is proved
in one of them, and every system has its share; in all of them with BRIDGE_EVERYWHERE=all.
"""

from __future__ import annotations

import os
from zlib import crc32

import pytest

EVERYWHERE = os.environ.get("BRIDGE_EVERYWHERE") == "all"
_SYSTEM = ("system", "world")
"""The parameters that say in which system a case is."""


def left_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """The cases that another system has."""
    if EVERYWHERE:
        return []
    spread: dict[str, dict[str, list[pytest.Item]]] = {}
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("spread"):
            given = item.callspec.params if hasattr(item, "callspec") else {}
            if not any(name in given for name in _SYSTEM):
                continue
            case = repr([(k, v) for k, v in sorted(given.items()) if k not in _SYSTEM])
            cases = spread.setdefault(item.nodeid.partition("[")[0], {})
            cases.setdefault(case, []).append(item)
    found = []
    for test, cases in spread.items():
        for number, places in enumerate(cases.values(), start=crc32(test.encode()) % 9):
            # Not by turns alone: what changes from case to case changes its systems too.
            chosen = (number + number // len(places)) % len(places)
            found += [*places[:chosen], *places[chosen + 1 :]]
    return found
