"""The end of a list that says "more" for ever.

Nobody can tell a long list from one without an end but by how long it could be: about as long as
it was when the books were read last, and some more.
"""

from __future__ import annotations

from bridge.errors import TryLater

_SLACK = 100_000
"""So many rows may have come since the books were read last, as in an import."""
_UNKNOWN_MAX = 1_000_000
"""The longest list that is read of books that were never read."""
_EMPTY_MAX = 3
"""So many pages in a row may show nothing new."""


class Pages:
    """Counts the pages of one reading of a list. `known`: documents that the books had when they
    were read last; 0: they never were."""

    def __init__(self, product: str, what: str, known: int, per_page: int) -> None:
        self._product, self._what = product, what
        self._rows_max = 2 * (known + _SLACK) if known else _UNKNOWN_MAX
        self._pages_max = 2 * self._rows_max // per_page
        self._rows = self._pages = self._empty = 0

    def turn(self, fresh: int) -> None:
        """Count a page after which another is said to come, with so many rows that were not seen
        before. Raises TryLater when there can not be so many."""
        self._rows += fresh
        self._pages += 1
        self._empty = 0 if fresh else self._empty + 1
        if self._empty >= _EMPTY_MAX:
            raise TryLater(
                f"{self._product} says again and again that there is more of {self._what}, and "
                f"shows nothing new ({self._rows} read). Nothing is concluded from it."
            )
        if self._rows >= self._rows_max or self._pages >= self._pages_max:
            raise TryLater(
                f"{self._product} shows more of {self._what} than these books can have: "
                f"{self._rows} read on {self._pages} pages, and there is said to be more. Nothing "
                f"is concluded from it."
            )
