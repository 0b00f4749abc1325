"""Receipts for systems in which one receipt settles one invoice.

There a repayment of two invoices, or one that pays too much, is several receipts: one for each
invoice that was there on its day, and one for the rest, which is applied to what comes later. The
first has the repayment's own reference, the others a part of it (`DY7F3A-P9`, `DY7F3A-P9S2`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from itertools import count

import msgspec

from bridge.core.books import Receipt, digest_of
from bridge.core.delivery import Binding
from bridge.core.identity import Letter, reference
from bridge.core.loan.draft import Draft
from bridge.core.loan.made import NONE, Made
from bridge.core.loan.standing import weigh_parts

ZERO = Decimal(0)


def kept_parts(
    draft: Draft, row_id: str, facts: str, amount: Decimal, *, partly: bool = False
) -> tuple[list[Receipt], Made]:
    """The posted receipts of a repayment, if together they still are this repayment (or, with
    `partly`, as much of it as could be posted), else none; and what is asked or noted where a
    person decided about any of them."""
    left = left_by_a_person(draft, row_id)
    if left:
        return weigh_parts(left, facts, amount)
    bound = list(_bound(draft, row_id))
    found: list[Receipt] = []
    for number, binding in enumerate(bound, start=1):
        receipt = binding.document
        if not isinstance(receipt, Receipt) or receipt.facts != part_facts(facts, number, receipt):
            return [], NONE
        if draft.is_renewed(binding):
            return [], NONE
        found.append(receipt)
    total = sum((receipt.total for receipt in found), ZERO)
    return found if total == amount or (partly and total < amount) else [], NONE


def posted(draft: Draft, row_id: str) -> list[Receipt]:
    """The receipts of a repayment that are in the books, even if the repayment has changed
    since."""
    return [b.document for b in _bound(draft, row_id) if isinstance(b.document, Receipt)]


def left_by_a_person(draft: Draft, row_id: str) -> list[Binding]:
    """The receipts of this repayment, if a person accepted an edit to any of them. The numbering
    may have gaps."""
    live = draft.already.live
    if not any(binding.accepted for binding in live):
        return []
    numbers = range(1, len(live) + 2)
    there = [b for n in numbers if (b := draft.already.bound(base(draft, row_id, n)))]
    return there if any(binding.accepted for binding in there) else []


def _bound(draft: Draft, row_id: str) -> Iterator[Binding]:
    """The receipts of a repayment that are in the books, in order."""
    for number in count(1):
        bound = draft.already.bound(base(draft, row_id, number))
        if bound is None:
            return
        yield bound


def in_parts(
    draft: Draft, row_id: str, whole: Receipt, later: Collection[str], first: int = 1
) -> list[Receipt]:
    """The receipts, one per invoice, into which a repayment is split once it has been applied.
    `later` are invoices dated after it; `first` is the number of the first receipt, where others
    are posted already."""
    at_once = [each for each in whole.applications if each.invoice not in later]
    afterwards = tuple(each for each in whole.applications if each.invoice in later)
    shares = [((each,), each.amount, False) for each in at_once]
    rest = whole.total - sum((each.amount for each in at_once), ZERO)
    if rest > 0:
        shares.append((afterwards, rest, True))  # type: ignore[arg-type]
    made = []
    for number, (applications, total, on_account) in enumerate(shares, start=first):
        part = msgspec.structs.replace(
            whole, applications=applications, total=total, on_account=on_account
        )
        facts = part_facts(whole.facts, number, part)
        full = draft.number(base(draft, row_id, number), facts, replace=True)
        made.append(msgspec.structs.replace(part, facts=facts, reference=full))
    return made


def base(draft: Draft, row_id: str, number: int) -> str:
    return reference(draft.file.prefix, Letter.REPAYMENT, row_id, part_of(number))


def part_of(number: int) -> str:
    """The end of a receipt's reference: nothing for the first of its repayment, `S2` for the
    second."""
    return "" if number == 1 else f"S{number}"


def part_facts(facts: str, number: int, part: Receipt) -> str:
    """The facts of one receipt of a repayment that has `facts` as a whole. Invoices that its
    unapplied rest settles later are no part of them."""
    invoices = [] if part.on_account else [each.invoice for each in part.applications]
    return digest_of((facts, number, part.total, invoices))
