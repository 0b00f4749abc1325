"""Whether a document of the books that nobody tied to ours may be the very one we want to post.

Entered by hand before go-live, or since: same kind, customer, currency and total, and about the
same day. A person says whether it is the same, or the mapping does where it is the only one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from bridge.core.books import (
    CreditApplication,
    Customer,
    Document,
    PostedDocument,
    Status,
    Transaction,
)
from bridge.core.change.alike_names import name_key
from bridge.core.change.matching import differences
from bridge.core.delivery import Binding
from bridge.core.identity import base_reference


class Stranger(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the books that is tied to nothing of ours, and the name of its customer
    there."""

    document: PostedDocument
    customer_name: str


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """One of ours and a stranger that may be the same."""

    wanted: Transaction
    stranger: PostedDocument
    days_apart: int
    by_reference: bool = False
    """The stranger carries our very reference."""

    @property
    def sure(self) -> bool:
        """Whether the document can hardly be another one: it has our reference as its number, our
        total and our day."""
        same = self.stranger.total == self.wanted.total and self.days_apart == 0
        return self.by_reference and self.stranger.number == self.wanted.reference and same


def likeness(
    wanted: Transaction, customer: Customer, customer_id: str, stranger: Stranger, days: int
) -> Likeness | None:
    """The likeness of a document of ours and a stranger; None when they are not alike.
    `customer_id` is that of our customer in the books, empty when it is not there yet: then names
    are compared.

    A stranger that carries our reference, in whatever generation, is always like ours.
    """
    other = stranger.document
    if isinstance(wanted, CreditApplication) or other.status is not Status.LIVE:
        return None
    if other.kind is not wanted.kind or other.day is None:
        return None
    apart = abs((other.day - wanted.day).days)
    if base_reference(other.number) == base_reference(wanted.reference):
        return Likeness(wanted=wanted, stranger=other, days_apart=apart, by_reference=True)
    if other.currency not in {"", wanted.currency} or other.total != wanted.total:
        return None
    if customer_id:
        same = other.customer_id == customer_id
    else:
        same = name_key(stranger.customer_name) == name_key(customer.name)
    if not same or apart > days:
        return None
    return Likeness(wanted=wanted, stranger=other, days_apart=apart)


def adopted(
    wanted: Document, theirs: PostedDocument, links: Mapping[str, str] | None = None
) -> Binding:
    """The binding that ties a document of ours to the one that stands for it in the books.

    Where the found document differs (in its number, say), it is left as it is there. `links` has
    the ids of the documents that ours names: one that is ours in every field was made by us, and
    needs no decision.
    """
    ours = links is not None and theirs.whole and not differences(wanted, theirs, links)
    return Binding(
        reference=wanted.reference,
        external_id=theirs.external_id,
        version=theirs.version,
        generation=int(wanted.reference.partition(".")[2] or 1),
        document=wanted,
        posted=theirs,
        accepted="" if ours else wanted.facts,
    )


def surely_the_same(found: Sequence[Likeness], *, by_rule: bool) -> bool:
    """Whether each document of ours has exactly one candidate, and no two share one; each candidate
    has our reference on it or, with `by_rule` (the mapping's word), at least the same day."""
    ours = {each.wanted.reference for each in found}
    theirs = {each.stranger.external_id for each in found}
    one_each = len(found) == len(ours) == len(theirs)
    return one_each and all(each.sure or (by_rule and each.days_apart == 0) for each in found)
