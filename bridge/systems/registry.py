"""The accounting systems there are. A new one is a folder here, a mapping file and one line."""

from __future__ import annotations

import difflib
import importlib
from typing import Any

from bridge.errors import ConfigurationError

SYSTEMS = {
    "quickbooks": "bridge.systems.quickbooks.adapter:QuickBooks",
    "xero": "bridge.systems.xero.adapter:Xero",
    "zoho": "bridge.systems.zoho.adapter:ZohoBooks",
}


def load(name: str) -> Any:
    """The adapter's class. Every one is made by `Class(settings, credentials, clock)`.

    `Class.settings_type` is the type of its settings: a msgspec Struct. `Class.login` and
    `Class.token_endpoint(settings, credentials)` say how one logs in (`login.py`).
    """
    path = SYSTEMS.get(name)
    if path is None:
        near = difflib.get_close_matches(name, SYSTEMS, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Choose one of: {', '.join(SYSTEMS)}."
        raise ConfigurationError(f"There is no accounting system named {name!r}. {hint}")
    module, _, attribute = path.partition(":")
    return getattr(importlib.import_module(module), attribute)
