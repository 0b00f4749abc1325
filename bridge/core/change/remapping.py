"""Posted documents as an edited mapping would book them: what would differ, and how to change it.

The ledger's side of a document (amounts, days, customer) is not touched; the mapping's side is:
items, accounts, tax, texts, deposit account, payment method, dimensions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec

from bridge.core.books import (
    CreditApplication,
    CreditNote,
    Invoice,
    Line,
    Receipt,
    Sale,
    Transaction,
    without_text,
)
from bridge.core.change.owning import stems
from bridge.core.delivery import Binding, Operation, latest_generations
from bridge.core.identity import base_reference, with_generation
from bridge.core.ledger import LoanFile
from bridge.core.loan.shape import as_posted
from bridge.core.loan.translate import translate
from bridge.core.mapping.booking import Booking
from bridge.core.plan import Change
from bridge.core.signs import kept

REASON = "mapping"
Doc = TypeVar("Doc", bound=Transaction)


class Remapped(msgspec.Struct, frozen=True, kw_only=True):
    """A posted document, and the same as the mapping says now."""

    binding: Binding
    now: Transaction

    @property
    def before(self) -> Transaction:
        posted = self.binding.document
        assert isinstance(posted, Transaction), self.binding.reference
        return posted


def remapped(file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> Iterator[Remapped]:
    """The documents of one loan that the mapping would book otherwise now.

    Not what a person left as the books have it, nor what is undone or undoes another document.
    """
    if file.loan is None or file.borrower is None or file.loan.annulled:
        return
    fresh = {d.reference: d for d in translate(file, _afresh(booking, file, bound), ()).documents}
    for binding in bound:
        posted = binding.document
        if not binding.in_force or binding.accepted or binding.restore:
            continue
        if not isinstance(posted, Invoice | CreditNote | Receipt | Sale) or posted.reverses:
            continue
        names = stems(base_reference(binding.reference))
        wanted = next((fresh[name] for name in names if name in fresh), None)
        if wanted is None or type(wanted) is not type(posted):
            continue
        now = _as_mapped(posted, wanted)
        if now != posted:
            yield Remapped(binding=binding, now=now)


def changes(
    found: Sequence[Remapped], bound: Sequence[Binding], booking: Booking, busy: Collection[str]
) -> Iterator[Change]:
    """The changes that bring posted documents to what the mapping says now: an update where the
    system can edit the kind; else a void and a new posting, unless another document uses it or only
    its words differ (a text is no reason to delete a payment).

    Nothing of a closed month, and none of the references in `busy`, which the plan changes anyway.
    """
    latest = latest_generations(bound)
    used = _used(bound)
    for each in found:
        reference = each.binding.reference
        if reference in busy or is_closed(each.before, booking.company.locked_through):
            continue
        if each.now.kind in booking.limits.updates:
            generation = each.binding.generation
            yield _change(Operation.UPDATE, each.now, generation)
        elif reference not in used and not _only_words_differ(each):
            base = base_reference(reference)
            generation = latest[base] + 1
            again = msgspec.structs.replace(each.now, reference=with_generation(base, generation))
            yield _change(Operation.VOID, each.before, each.binding.generation)
            yield _change(Operation.CREATE, again, generation)


def is_closed(document: Transaction, locked: date | None) -> bool:
    return locked is not None and document.day <= locked


def _only_words_differ(each: Remapped) -> bool:
    return without_text(each.before) == without_text(each.now)


def _afresh(booking: Booking, file: LoanFile, bound: Sequence[Binding]) -> Booking:
    """The booking as if nothing of the loan were posted and no month closed, in the shape that is
    posted."""
    return msgspec.structs.replace(
        as_posted(booking, file, bound),
        company=msgspec.structs.replace(booking.company, locked_through=None),
        limits=msgspec.structs.replace(booking.limits, receipt_parts=False),
    )


def _as_mapped(posted: Doc, wanted: Doc) -> Doc:
    """The posted document with the mapping's side of the wanted one. Lines whose purposes or
    amounts differ stay as posted: then the ledger has changed, which the mapping does not
    decide."""
    named = re.compile(rf"{re.escape(wanted.reference)}(S\d+)?(\.\d+)?")
    same_words = named.sub("", kept(posted.memo)) == named.sub("", wanted.memo)
    memo = wanted.memo.replace(wanted.reference, posted.reference)
    if same_words or posted.dated is not None:
        memo = posted.memo
    fields: dict[str, Any] = {"memo": memo, "tags": wanted.tags}
    if isinstance(posted, Receipt | Sale) and isinstance(wanted, Receipt | Sale):
        fields["deposit_account"] = wanted.deposit_account
    if isinstance(posted, Receipt) and isinstance(wanted, Receipt):
        fields["method"] = wanted.method
    elif not isinstance(posted, Receipt | CreditApplication):
        lines = getattr(wanted, "lines", ())
        if [_side(line) for line in lines] == [_side(line) for line in posted.lines]:
            pairs = zip(posted.lines, lines, strict=True)
            fields["lines"] = tuple(_in_its_words(old, line) for old, line in pairs)
    return msgspec.structs.replace(posted, **fields)


def _in_its_words(posted: Line, wanted: Line) -> Line:
    """The line as wanted, with the text that is posted where only signs lack that are not kept."""
    if posted.description == wanted.description or kept(posted.description) != wanted.description:
        return wanted
    return msgspec.structs.replace(wanted, description=posted.description)


def _side(line: Any) -> tuple[str, Any]:
    """The ledger's side of a line."""
    return (line.purpose, line.amount)


def _used(bound: Sequence[Binding]) -> set[str]:
    """References that other documents in force settle or use."""
    found: set[str] = set()
    for binding in bound:
        document = binding.document
        if not binding.in_force:
            continue
        if isinstance(document, Receipt | CreditApplication):
            found |= {application.invoice for application in document.applications}
        if isinstance(document, CreditApplication):
            found.add(document.credit_note)
    return found


def _change(operation: Operation, document: Transaction, generation: int) -> Change:
    return Change(operation=operation, document=document, generation=generation, reason=REASON)
