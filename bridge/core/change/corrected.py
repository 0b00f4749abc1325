"""Correcting documents of a loan as they were posted, known again from the books."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from bridge.core.books import Application, CreditNote, Invoice, Kind, PostedDocument, Transaction
from bridge.core.identity import correction_number, is_correction, is_loans_own

_SIGN = {Kind.INVOICE: 1, Kind.CREDIT_NOTE: -1}


def as_it_was_posted(
    name: str,
    told: Transaction,
    counting: Mapping[str, PostedDocument],
    wanted: Mapping[str, Transaction],
) -> Transaction:
    """The correction with the amount that brought its loan to what the ledger wants.

    What is wanted under no number of its own can not be compared with it; taken as the books have
    it, an edit of it would count as ours, and be offset by another correction. The last of several
    bears the difference; where none of its kind makes it up, it stays as told.
    `counting`: the documents of the loan that count, by name.
    """
    corrections = [each for each in counting if is_correction(each)]
    own = [each for each in wanted.values() if is_loans_own(each.reference)]
    if (
        not own
        or name != max(corrections, key=_order)
        or not isinstance(told, Invoice | CreditNote)
    ):
        return told
    if {each.currency for each in own} != {told.currency} or not told.lines:
        return told
    there = sum((_effect(each, counting) for each in counting if each != name), Decimal(0))
    amount = (sum((each.total for each in own), Decimal(0)) - there) * _SIGN[told.kind]
    if amount <= 0 or amount == told.total:
        return told
    return msgspec.structs.replace(
        told, lines=(msgspec.structs.replace(told.lines[0], amount=amount),)
    )


def used_as_posted(
    used: tuple[Application, ...], note: CreditNote, theirs: PostedDocument
) -> tuple[Application, ...]:
    """The uses of a correction that was edited, as they were posted: all of it on its invoice."""
    if not is_correction(note.reference) or note.total == theirs.total or len(used) != 1:
        return used
    amount = used[0].amount + note.total - theirs.total
    return (msgspec.structs.replace(used[0], amount=amount),) if amount > 0 else used


def _order(name: str) -> tuple[int, int, str]:
    return (correction_number(name), len(name), name)


def _effect(name: str, counting: Mapping[str, PostedDocument]) -> Decimal:
    """The effect of a document on the amount of the loan itself; payments and charges have none."""
    each = counting[name]
    if each.kind not in _SIGN or not (is_loans_own(name) or is_correction(name)):
        return Decimal(0)
    return each.total * _SIGN[each.kind]
