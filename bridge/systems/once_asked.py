"""An accounting system that is put together when it is first asked for more than its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from bridge.systems.base import CallCount


class OnceAsked:
    """Stands for an adapter. What talks to a product is heavy to load, keys and logins are to be
    opened, and a pass with nothing to do never asks."""

    def __init__(self, name: str, company_id: str, make: Callable[[], Any]) -> None:
        self.name, self.company_id = name, company_id
        self._make = make

    def calls(self) -> CallCount:
        """Calls made so far: none, where nobody has asked."""
        if "_adapter" not in vars(self):
            return CallCount(total=0, metered=0, throttled=0)
        made: CallCount = self._adapter.calls()
        return made

    def close(self) -> None:
        """Let go of threads and connections, where there are any."""
        if "_adapter" in vars(self):
            self._adapter.close()

    @cached_property
    def _adapter(self) -> Any:
        return self._make()

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        return getattr(self._adapter, attribute)
