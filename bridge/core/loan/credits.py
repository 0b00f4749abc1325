"""One loan's receipts and credits, in order of date, not yet applied to invoices."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from bridge.core.books import CreditNote
from bridge.core.delivery import Binding
from bridge.core.findings import holds
from bridge.core.identity import CORRECTION_PART, Letter, base_reference, reference
from bridge.core.ledger import Adjustment, AdjustmentKind, Repayment
from bridge.core.loan import lending, receipts
from bridge.core.loan.cutover import is_history
from bridge.core.loan.draft import Draft, closed_edit
from bridge.core.loan.instalments import Parts
from bridge.core.loan.made import NONE, Credits, Made, joined, made_together
from bridge.core.loan.rows import Rows
from bridge.core.loan.standing import settled
from bridge.core.loan.uses import use_of
from bridge.core.message import message

ZERO = Decimal(0)


def receipts_and_credits(draft: Draft, rows: Rows) -> Credits:
    """Receipts, recoveries, credit notes and their uses in order of date; which invoices they
    settle is decided later."""
    held = Made(holds=rows.holds) if rows.holds else NONE
    made = joined([Credits(made=held), *_credits(draft, rows)])
    draft = draft.without(made.made.let_go)
    wanted = {document.reference for document in made.made.documents}
    corrections = reference(draft.file.prefix, Letter.APPLICATION, draft.loan.id, CORRECTION_PART)
    staying = frozenset(
        b.reference for b in draft.already.live if _stays(draft, b, wanted, corrections)
    )
    return msgspec.structs.replace(made, staying=staying)


def _credits(draft: Draft, rows: Rows) -> Iterator[Credits]:
    for row in rows.lowering:
        effect = lending.effect(row)
        if effect == 0:
            continue
        code = next((note.code for note in row.notes if holds(note.code)), "")
        if code:
            yield Credits(made=Made(holds=(draft.hold(code, f"movement:{row.id}", effect),)))
        elif is_history(row, draft.loan, draft.booking.cutover):
            continue
        elif isinstance(row, Repayment):
            yield receipts.documents_of(draft, row, rows.recovered.get(row.id, ZERO))
        elif row.kind is AdjustmentKind.WRITE_OFF:
            yield Credits(made=_write_off(draft, rows, row))
        else:
            yield Credits(made=_credit(draft, row, [("discount", row.amount)]))


def _write_off(draft: Draft, rows: Rows, row: Adjustment) -> Made:
    """The credit note for what is lost, and its application; an amount beyond what was owed and
    paid is held."""
    loss, note = rows.losses[row.id], rows.lost.notes[row.id]
    found = []
    if loss.beyond:
        detail = message(
            "lost_beyond", shown=row.amount, currency=draft.loan.currency, amount=loss.amount
        )
        code = "movement.written_off_beyond"
        found.append(draft.hold(code, f"movement:{row.id}", -loss.beyond, detail))
    if loss.less:
        hold = draft.hold("write_off.paid", f"movement:{row.id}", ZERO)
        found.append(msgspec.structs.replace(hold, worth=loss.less))
    amounts = [("write_off", note.total)]
    if "write_off_interest" in draft.booking.targets:
        amounts = [("write_off", note.total - note.interest)]
        amounts += [("write_off_interest", note.interest)]
    return made_together([Made(holds=tuple(found)), _credit(draft, row, amounts, note.interest)])


def _credit(draft: Draft, row: Adjustment, amounts: Parts, interest: Decimal | None = None) -> Made:
    """The credit note of a discount or write-off, and its application to what is open; neither
    where it takes nothing off what is invoiced."""
    told = [(purpose, amount) for purpose, amount in amounts if amount]
    if not told:
        return NONE
    amount = sum((amount for _, amount in told), ZERO)
    head, refused = draft.credit_head(row, amount, interest)
    if head is None:
        return _edited_late(draft, row, amount, refused)
    lines = tuple(
        draft.booking.line(purpose, part, draft.describe(purpose, row)) for purpose, part in told
    )
    note, beside = settled(draft.already, CreditNote(**head.fields(), lines=lines))
    noted = msgspec.structs.replace(beside, documents=(note,))
    return made_together([noted, use_of(draft, row.id, "", note)])


def _edited_late(draft: Draft, row: Adjustment, amount: Decimal, refused: str) -> Made:
    """The posted credit note of a row that was edited after its month was closed: it stays, and the
    difference is held. If it was never posted, all of it is held."""
    subject = f"movement:{row.id}"
    posted = draft.closed(refused, reference(draft.file.prefix, Letter.CREDIT, row.id))
    if not isinstance(posted, CreditNote):
        return Made(holds=(draft.hold(refused, subject, -amount),))
    detail = closed_edit(posted.total, amount, draft.loan.currency)
    hold = draft.hold("books.period_closed", subject, posted.total - amount, detail)
    return made_together(
        [Made(documents=(posted,), holds=(hold,)), use_of(draft, row.id, "", posted)]
    )


def _stays(draft: Draft, bound: Binding, wanted: set[str], corrections: str) -> bool:
    """Whether this posted receipt or use of credit will still be there after this plan.
    `corrections`: how the uses of the loan's correcting credit notes begin."""
    if bound.is_gone:
        return False
    if bound.reference in wanted or bound.accepted:
        return True
    is_of_correction = base_reference(bound.reference).startswith(corrections)
    if is_of_correction and not draft.is_renewed(bound) and not draft.moved(bound):
        return True
    return draft.is_closed(bound.document)
