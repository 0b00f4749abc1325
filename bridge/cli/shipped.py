"""Files that come with the bridge: mappings, configurations and the sample ledger."""

from __future__ import annotations

import sys
from pathlib import Path

from bridge.errors import ConfigurationError

ROOTS = (Path(__file__).parents[2], Path(sys.prefix, "share", "ledger-bridge"))
"""A checkout, and where a wheel puts them."""


def shipped(name: str) -> Path:
    """The file or folder of that name, as in `mappings/quickbooks.toml`."""
    for root in ROOTS:
        path = root / name
        if path.exists():
            return path
    raise ConfigurationError(f"{name} did not come with this installation. Install it again.")
