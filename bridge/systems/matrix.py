"""The abilities of every registered system, as a table: `python -m bridge.systems.matrix`."""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from bridge.core.books import Kind
from bridge.systems import registry
from bridge.systems.base import Capabilities


def matrix() -> str:
    """A Markdown table: a row for each capability, a column for each system."""
    names = sorted(registry.SYSTEMS)
    can = [registry.load(name).capabilities for name in names]
    rows = [["capability", *names], ["---"] * (len(names) + 1)]
    for field in msgspec.structs.fields(Capabilities):
        rows.append([f"`{field.name}`", *(_shown(getattr(one, field.name)) for one in can)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(kind.value for kind in Kind if kind in value) or "none"
    if isinstance(value, int):
        return str(value)
    text = str(value).encode("unicode_escape").decode().replace("|", "\\|")
    return f"`{text}`" if text else "none"


if __name__ == "__main__":
    sys.stdout.write(matrix())
