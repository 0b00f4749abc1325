"""The accounting systems there are. A new one is a folder here, a mapping file and one line."""

from __future__ import annotations

import difflib
import importlib
from typing import Any

from bridge.core.message import message
from bridge.errors import ConfigurationError
from bridge.systems.about import About

SYSTEMS = {
    "quickbooks": "bridge.systems.quickbooks",
    "xero": "bridge.systems.xero",
    "zoho": "bridge.systems.zoho",
}


def about(name: str) -> About:
    """The facts that a system's folder declares of itself: little is loaded for it."""
    folder = SYSTEMS.get(name)
    if folder is None:
        near = difflib.get_close_matches(name, SYSTEMS, n=1)
        hint = message("choose_one", choices=SYSTEMS)
        if near:
            hint = message("did_you_mean", word=near[0])
        raise ConfigurationError(message("no_system_named", name=name, hint=hint))
    declared: About = importlib.import_module(f"{folder}.about").ABOUT
    return declared


def load(name: str) -> Any:
    """The adapter's class. Every one is made by `Class(settings, credentials, clock)`.

    `Class.settings_type` is the type of its settings: a msgspec Struct. `Class.login` and
    `Class.token_endpoint(settings, credentials)` say how one logs in (`login.py`).
    """
    module, _, attribute = about(name).adapter.partition(":")
    return getattr(importlib.import_module(module), attribute)
