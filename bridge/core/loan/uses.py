"""The uses of credit notes: which credit note is put to use, not yet for which invoices."""

from __future__ import annotations

from bridge.core.books import Application, CreditApplication, CreditNote, digest_of
from bridge.core.identity import Letter, reference
from bridge.core.loan.already import closed_documents
from bridge.core.loan.draft import Draft
from bridge.core.loan.made import Made


def use_of(draft: Draft, native_id: str, part: str, note: CreditNote) -> Made:
    """The use of a credit note; its one application says only how much, as yet."""
    base = reference(draft.file.prefix, Letter.APPLICATION, native_id, part)
    let_go = _let_go(draft, base, note)
    facts = digest_of((note.reference, note.facts))
    use = CreditApplication(
        reference=draft.without(let_go).number(base, facts, replace=True),
        loan=note.loan,
        facts=facts,
        customer=note.customer,
        day=note.day,
        currency=note.currency,
        rate=note.rate,
        memo=note.memo,
        tags=note.tags,
        dated=note.dated,
        credit_note=note.reference,
        applications=(Application("", note.total),),
    )
    return Made(documents=(use,), let_go=let_go)


def _let_go(draft: Draft, base: str, note: CreditNote) -> tuple[CreditApplication, ...]:
    """The posted use that a person answered about, if it is of another credit note that a closed
    period holds: the two are undone together, and this note's use gets the next number."""
    found = draft.already.bound(base)
    if found is None or not found.accepted or found.is_gone:
        return ()
    use = found.document
    if not isinstance(use, CreditApplication) or use.credit_note == note.reference:
        return ()
    of_note = [b for b in draft.already.bindings if b.reference == use.credit_note]
    return (use,) if closed_documents(draft.booking, of_note) else ()
