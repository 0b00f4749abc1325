"""One loan's file into the documents that should be in the books, and what is held back.

The law of this module: what the documents add up to in receivables, plus the holds, is exactly
the loan's balance in the ledger. Every cent is in one or the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bridge.core.books import Customer, Transaction
from bridge.core.delivery import Binding
from bridge.core.findings import Finding
from bridge.core.identity import base_reference
from bridge.core.ledger import LoanFile
from bridge.core.loan.already import AlreadyPosted, already_posted, counting_again
from bridge.core.loan.credits import receipts_and_credits
from bridge.core.loan.draft import Draft, draft_of
from bridge.core.loan.holding import held_as_a_whole, not_posted
from bridge.core.loan.invoices import invoices_for
from bridge.core.loan.made import made_together
from bridge.core.loan.reversing import reversals_of, take_back_all
from bridge.core.loan.review import review
from bridge.core.loan.rows import rows_of
from bridge.core.loan.settling import settle
from bridge.core.loan.shape import as_posted
from bridge.core.loan.standing import unwanted
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.naming import customer
from bridge.core.plan import Hold

_BESIDE_A_TOLD_BALANCE = frozenset({"loan.balance_mismatch", "loan.paid_unexplained"})


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """The documents and holds of one loan: what the books should say of it.

    `keep` says that what is posted stays as it is (the loan as a whole is held), so `documents` is
    empty and means nothing.
    """

    customer: Customer | None
    documents: tuple[Transaction, ...]
    holds: tuple[Hold, ...]
    findings: tuple[Finding, ...]
    keep: bool = False
    noted: tuple[Binding, ...] = ()
    """Bindings to be written down anew: what a person decided, with what the ledger says now."""


def translate(file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> Translation:
    """The documents of one loan, given what is already bound to it.

    Bindings matter in three ways: a receipt keeps the applications it was posted with, what is
    voided comes back under its next generation, and corrections already made count. What a person
    decided is written down before anything is made: the documents are those of a loan of which the
    answers are seen, and from which what is gone from both sides is gone.
    """
    noted: dict[str, Binding] = {}
    bound = counting_again(bound)
    made = _translated(file, booking, bound)
    while made.noted:  # an answer is seen once, and goes once
        noted |= {binding.reference: binding for binding in made.noted}
        bound = counting_again([noted.get(binding.reference, binding) for binding in bound])
        made = _translated(file, booking, bound)
    return msgspec.structs.replace(made, noted=tuple(noted.values()))


def _translated(file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> Translation:
    """The translation of one loan, before its notes on a person's answers are put into the
    bindings."""
    findings, already = review(file), already_posted(bound)
    whole = held_as_a_whole(file, booking, already)
    if whole is not None:
        return _kept(findings, whole)
    if file.loan is None or file.loan.annulled:
        return _taken_back(file, booking, already, findings)
    draft = draft_of(file, as_posted(booking, file, bound), already)
    made, lost = _made(draft, findings)
    if lost:
        made, _ = _made(_posting_anew(draft, lost), findings)
    return made


def _made(draft: Draft, findings: tuple[Finding, ...]) -> tuple[Translation, frozenset[str]]:
    """The translation of one loan that is posted, and which posted documents must be posted anew
    for it."""
    rows = rows_of(draft)
    credits = receipts_and_credits(draft, rows)
    draft = draft.without(credits.made.let_go)
    invoices, refused = invoices_for(draft, rows, credits.staying)
    if rows.carried is not None and rows.carried.told:
        # what its movements make is then not what it says, nor meant to be
        findings = tuple(f for f in findings if f.code not in _BESIDE_A_TOLD_BALANCE)
    if refused:
        held = not_posted(draft.file, draft.loan, refused, draft.already.live)
        return _kept(findings, held), frozenset()
    wanted = {d.reference for d in (*invoices.documents, *credits.made.documents)}
    reversals = reversals_of(draft.file, draft.booking, draft.already, wanted)
    settled = settle(draft.without(invoices.let_go), invoices, credits, reversals)
    all_of_it = made_together([credits.made, invoices, settled.made])
    documents = settled.made.documents
    translation = Translation(
        customer=_customer(draft) if documents else None,
        documents=documents,
        holds=(*invoices.holds, *credits.made.holds, *settled.made.holds, *all_of_it.asked),
        findings=(*findings, *settled.findings),
        noted=_once(all_of_it.noted),
    )
    return translation, settled.lost


def _kept(findings: tuple[Finding, ...], holds: tuple[Hold, ...]) -> Translation:
    """The translation of a loan that is held as a whole: what is posted stays as it is."""
    return Translation(customer=None, documents=(), holds=holds, findings=findings, keep=True)


def _taken_back(
    file: LoanFile, booking: Booking, already: AlreadyPosted, findings: tuple[Finding, ...]
) -> Translation:
    """The translation of a loan that the ledger no longer has."""
    left = take_back_all(file, booking, already)
    alone = (
        binding
        for binding in already.bindings
        if binding.reference not in already.undone and (binding.in_force or binding.is_gone)
    )
    stays = unwanted(alone, {document.reference for document in left}, ())
    return Translation(
        customer=None,
        documents=(*stays.documents, *left),
        holds=stays.asked,
        findings=findings,
        noted=_once(stays.noted),
    )


def _posting_anew(draft: Draft, lost: frozenset[str]) -> Draft:
    """A copy in which these documents (by base reference) are to be posted anew."""
    again = [
        msgspec.structs.replace(b, restore=True) if base_reference(b.reference) in lost else b
        for b in draft.already.bindings
    ]
    return msgspec.structs.replace(draft, already=already_posted(again))


def _customer(draft: Draft) -> Customer:
    return customer(draft.file, draft.borrower, draft.loan.currency, draft.booking)


def _once(noted: Sequence[Binding]) -> tuple[Binding, ...]:
    """Each binding as it was noted last."""
    return tuple({binding.reference: binding for binding in noted}.values())
