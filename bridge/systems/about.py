"""The facts that an accounting system's folder declares of itself.

Names, addresses and words are known of every system without loading what talks to it: `ABOUT` of a
folder's `about.py` says them, and that module imports nothing but this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec


def digits(text: str) -> str:
    """A company's id that is made of figures alone. Raises ValueError."""
    bare = text.replace(" ", "").replace("-", "")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= 24):
        raise ValueError(text)
    return bare


def uuid(text: str) -> str:
    """A company's id that is a UUID. Raises ValueError."""
    from uuid import UUID

    return str(UUID(text))


class About(msgspec.Struct, frozen=True, kw_only=True):
    """One accounting system, as far as it is known before anything is asked of it."""

    adapter: str
    """`package.module:Class` of the adapter, on the port in `base.py`."""
    product: str
    """Its name for people."""
    base_url: str
    token_url: str
    authorize_url: str
    """The provider's own addresses, for settings that name none."""
    company: Mapping[str, str]
    """Language → what a company's id is, as it is asked for."""
    as_company: Callable[[str], str] = digits
    """The id in the form that the product gives it. Raises ValueError for what can be none."""
    company_where: str
    """Where a person finds it."""
    company_example: str
    client_example: str
    """Nobody's company and nobody's app, which stand in a new bridge.toml."""
    portal: str
    """Where a person makes an app."""
    demo_company: str = ""
    """The company of its face of the sandbox; empty where there is no such face."""
    receipts: tuple[str, str] = ("POST", "")
    """Method and path's end of the call that makes a receipt: where the demo loses an answer."""
