"""Whether the books hold what we posted, and whose a document of theirs is. Pure.

An adapter reads an object of its product and says it in our words; what follows from that is the
same for every product and stands here: what may be changed or taken back, what counts as done,
what is a question for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from bridge.core.books import Customer, Document, Found, PostedDocument, Several, Status
from bridge.core.change.matching import differences, drift
from bridge.core.delivery import (
    Binding,
    Drifted,
    Operation,
    Outcome,
    Outgoing,
    Posted,
    Rejected,
    ambiguous,
)
from bridge.systems.candidates import the_one
from bridge.systems.fiscal import never_changed

_UNKNOWN_LINKS = frozenset({"customer", "applications", "credit_note"})
"""Fields that name other documents: `links` has those of what is wanted, not of what was posted."""

Judge = Callable[[Outgoing, PostedDocument], bool]


class Refusal(Exception):
    """The document can not be written in this company. Ours, before anything is sent."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason

    @property
    def outcome(self) -> Rejected:
        return Rejected(self.reason, self.code)


# ── what we posted ───────────────────────────────────────────────────────────────────────────


def link(links: Mapping[str, str], reference: str) -> str:
    """The external id of a document that another one names: it is in the books already."""
    assert reference in links, f"no external id for {reference}"
    return links[reference]


def target(outgoing: Outgoing) -> Binding:
    """The binding of the document that is to be changed or taken back."""
    assert outgoing.target is not None, f"{outgoing.document.reference}: no binding to change"
    return outgoing.target


def key_at(outgoing: Outgoing, version: str) -> str:
    """The key of a change to one version of a document.

    With the version, because a document that is changed to and fro wants the same content twice,
    and must not be answered what was answered the first time.
    """
    return f"{outgoing.key}-{version}"


def gone(outgoing: Outgoing) -> PostedDocument:
    """The record to keep of a document that is not in the books any more."""
    bound = target(outgoing)
    if bound.posted is not None:
        return msgspec.structs.replace(bound.posted, status=Status.DELETED)
    return PostedDocument(
        kind=outgoing.document.kind,
        external_id=bound.external_id,
        version=bound.version,
        status=Status.DELETED,
        number=outgoing.document.reference,
    )


def moved(outgoing: Outgoing, now: PostedDocument) -> bool:
    """Whether somebody changed in the books what we posted, by business fields: what a version
    moves with is every product's own."""
    bound = target(outgoing)
    if bound.posted is not None:
        return bool(drift(bound.posted, now))
    # Without the books' own answer, only what our links can name is compared.
    found = differences(bound.document, now, outgoing.links)
    return any(difference.field not in _UNKNOWN_LINKS for difference in found)


def unlike(outgoing: Outgoing, now: PostedDocument, *, memo: bool = True) -> bool:
    """Whether the books do not hold all that is wanted, down to descriptions and, where the product
    keeps one, the memo."""
    return bool(differences(outgoing.document, now, outgoing.links, descriptions=True, memo=memo))


# ── before a change leaves ───────────────────────────────────────────────────────────────────


def vanished(outgoing: Outgoing) -> Outcome:
    """The outcome of a change of what is not in the books any more."""
    if outgoing.operation is Operation.VOID:
        return Posted(gone(outgoing), sent=False)
    return Drifted(None)


def settled_before(
    outgoing: Outgoing,
    now: PostedDocument,
    *,
    draft: bool = False,
    moved: Judge = moved,
    unlike: Judge = unlike,
) -> Outcome | None:
    """The outcome of a change that is not to be sent, by what the books hold now; None: they hold
    what we posted, so it is sent. A draft moves no account: it is taken back whatever it says."""
    void = outgoing.operation is Operation.VOID
    if void and now.status is not Status.LIVE and not draft:
        return Posted(now, sent=False)
    if now.stamp:
        return never_changed(outgoing, now.stamp)
    if moved(outgoing, now) and not (void and draft):
        same = not void and not unlike(outgoing, now)
        return Posted(now) if same else Drifted(now)
    return None


def after_refusal(outgoing: Outgoing, now: PostedDocument | None, refused: Rejected) -> Outcome:
    """The outcome of a change whose document was said not to be in a state for it: done already,
    not ours any more, or truly refused."""
    if now is None:
        return vanished(outgoing)
    if now.status is Status.LIVE:
        return refused
    return Posted(now, sent=False) if outgoing.operation is Operation.VOID else Drifted(now)


# ── whose a document of the books is ─────────────────────────────────────────────────────────


def meant(
    document: Document, ours: Sequence[PostedDocument], links: Mapping[str, str]
) -> Found | None:
    """The document that a reference means in the books, of those that carry it."""
    there = [each for each in ours if each.status is not Status.DELETED]
    if not there:
        return None
    customer = "" if isinstance(document, Customer) else links.get(document.customer, "")
    return the_one(there, customer)


def there_already(outgoing: Outgoing, found: Found | None) -> Outcome | None:
    """The outcome of a creation that was refused, where ours is in the books already: with the
    same content it is posted, several are a question. None: what was found is not ours."""
    if isinstance(found, Several):
        return ambiguous(outgoing.document.reference, found)
    if found is None or differences(outgoing.document, found, outgoing.links):
        return None
    return Posted(found)


def number_taken(outgoing: Outgoing, product: str, by: str) -> Rejected:
    """The rejection of a document whose number something else has."""
    return Rejected(
        f"The number {outgoing.document.reference} is taken in {product} by {by}. Renumber that "
        f"one, or adopt it.",
        "number_taken",
    )


def name_taken(outgoing: Outgoing, owner: str, field: str) -> Rejected:
    """The rejection of a customer whose name somebody else has; `field` is where a person says that
    it is the same one."""
    reference = outgoing.document.reference
    return Rejected(
        f"{owner} has the name meant for {reference}. If it is the same person, write {reference} "
        f"into its {field} there and try again; else rename it, or change the customer name "
        f"pattern in the mapping.",
        "name_taken",
    )
