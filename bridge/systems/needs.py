"""The things that adapters are handed from outside, as far as they use it (`clock.py`,
`credentials.py`)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class Credentials(Protocol):
    def get(self, system: str, company: str, name: str) -> str | None: ...

    def set(self, system: str, company: str, name: str, value: str) -> None: ...

    def delete(self, system: str, company: str, name: str) -> None: ...

    def lock(self, system: str, company: str) -> AbstractContextManager[None]: ...
