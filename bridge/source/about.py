"""The facts that a ledger's folder declares of itself.

They are known of every ledger without loading what reads it: `ABOUT` of a folder's `about.py` says
them, and that module imports nothing but this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """The names that one ledger gives its headers, and those of its events that mean that books may
    change."""

    event_header: str
    signature_header: str
    changing: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """One ledger, as far as it is known before anything of it is read."""

    reader: str
    """`package.module:Class` of the reader, on the port in `base.py`."""
    mapping: str
    """`package.module:Model` of its mapping file: a frozen pydantic model."""
    check: str = ""
    """`package.module:function`, which says of a mapping what its types can not."""
    questions: str = ""
    """`package.module:name` of the questions that a file may leave open; empty: none does."""
    letters: str = ""
    """Two letters that begin every number in the books, for ever; empty: the first of its name."""
    forms: tuple[str, ...] = ()
    """What `prefer` may say, where a delivery comes in several forms."""
    calls: Dialect | None = None
    """How it says that something changed; None: it never calls."""
