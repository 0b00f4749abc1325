"""Values for planning loans together: what each wants, what is there already, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from bridge.core.delivery import Binding
from bridge.core.findings import Finding
from bridge.core.ledger import LoanFile
from bridge.core.loan.translate import Translation
from bridge.core.plan import Change, Hold
from bridge.store import Entry, LoanKey


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One loan's translation and changes, made from its rows and bindings alone."""

    file: LoanFile
    key: LoanKey
    bound: Sequence[Binding]
    made: Translation
    changes: list[Change]
    closed: list[Hold]
    new: set[str]
    """Base references of the documents that it would create."""


class There(msgspec.Struct, frozen=True, kw_only=True):
    """The bindings and outbox entries that already exist for some loans that are planned
    together."""

    before: Mapping[LoanKey, list[Entry]]
    under_way: Mapping[str, set[LoanKey]]
    bound: Mapping[str, list[tuple[LoanKey, Binding]]]
    customers: Mapping[str, Binding]
    waiting: Mapping[str, Entry]

    def is_busy(self, wanted: Wanted) -> bool:
        """Whether another loan has a write of the same row that may still be made."""
        return any(self.under_way.get(base, set()) - {wanted.key} for base in wanted.new)


class Decided(msgspec.Struct, kw_only=True):
    """The changes, holds and notes decided for some loans, to be written down together."""

    revisits: dict[LoanKey, str | None]
    changes: list[tuple[LoanKey, Change]] = []
    holds: dict[LoanKey, Sequence[Hold]] = {}
    findings: dict[str, Sequence[Finding]] = {}


def key_of(file: LoanFile) -> LoanKey:
    """Which loan it is."""
    return (file.installation, file.loan_id)
