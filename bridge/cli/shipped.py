"""Files that come with the bridge: mappings, configurations and the sample ledger."""

from __future__ import annotations

from pathlib import Path

from bridge.core.message import message
from bridge.errors import ConfigurationError

ROOTS = (Path(__file__).parents[1] / "_shipped", Path(__file__).parents[2])
"""Where a wheel puts them, and a checkout."""


def shipped(name: str) -> Path:
    """The file or folder of that name, as in `mappings/quickbooks.toml`."""
    for root in ROOTS:
        path = root / name
        if path.exists():
            return path
    raise ConfigurationError(message("not_shipped", name=name))
