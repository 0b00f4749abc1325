"""The promises of a source of access tokens, and the simplest one."""

from __future__ import annotations

from typing import Protocol

from bridge.errors import LoginRequired


class Tokens(Protocol):
    """A source of access tokens for one company."""

    def current(self) -> str:
        """A token that should work now."""

    def renewed(self, refused: str) -> str:
        """Another token than the one just refused; LoginRequired when there is none."""

    def should_work(self, token: str) -> bool:
        """Whether the token's life is not over: then a refusal of it means something else."""


class StaticToken:
    """A token that never changes, for the sandbox."""

    def __init__(self, token: str) -> None:
        self._token = token

    def current(self) -> str:
        return self._token

    def renewed(self, refused: str) -> str:
        del refused
        raise LoginRequired("The fixed access token was refused. Put a valid one in the settings.")

    def should_work(self, token: str) -> bool:
        del token
        return True
