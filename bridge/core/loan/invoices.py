"""The invoices of one loan: what was lent or sold, what was charged later, and corrections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from bridge.core.books import Invoice
from bridge.core.findings import holds
from bridge.core.identity import (
    Letter,
    instalment_part,
    interest_part,
    is_loans_own,
    reference,
)
from bridge.core.ledger import CHARGES, Adjustment, AdjustmentKind, Instalment, LoanKind
from bridge.core.loan import lending
from bridge.core.loan.correcting import Wanted, corrected, corrections
from bridge.core.loan.cutover import Carried, back_dated, is_history
from bridge.core.loan.draft import Draft
from bridge.core.loan.instalments import Parts, interest_due, parts_of, per_instalment, schedule_of
from bridge.core.loan.made import NONE, Made, made_together
from bridge.core.loan.rows import Rows
from bridge.core.mapping.templates import Value
from bridge.core.message import message
from bridge.core.plan import Hold

ZERO = Decimal(0)


class _Opened(msgspec.Struct, frozen=True, kw_only=True):
    """Invoices as the ledger wants them, not yet weighed against what is posted."""

    wanted: tuple[Wanted, ...] = ()
    holds: tuple[Hold, ...] = ()
    refused: str = ""


def invoices_for(draft: Draft, rows: Rows, staying: frozenset[str]) -> tuple[Made, str]:
    """Invoices, and credit notes that correct them with their uses, in posting order; or why the
    loan's own invoice cannot be posted: then nothing of the loan can. `staying`: references of
    posted receipts and uses of credit that will remain."""
    all_of_them = _joined([_opening(draft, rows), _charges(draft)])
    if all_of_them.refused:
        return NONE, all_of_them.refused
    made = corrected(draft, all_of_them.wanted, staying)
    held = Made(holds=all_of_them.holds) if all_of_them.holds else NONE
    return made_together([held, made]), ""


_NOTHING = _Opened()


def _joined(parts: Iterable[_Opened]) -> _Opened:
    there = [part for part in parts if part is not _NOTHING]
    if len(there) < 2:
        return there[0] if there else _NOTHING
    return _Opened(
        wanted=tuple(wanted for part in there for wanted in part.wanted),
        holds=tuple(hold for part in there for hold in part.holds),
        refused=next((part.refused for part in reversed(there) if part.refused), ""),
    )


def _opening(draft: Draft, rows: Rows) -> _Opened:
    """The invoices for what was lent or sold at first, or for what was owed at going live."""
    if rows.carried is not None:
        return _carried_over(draft, rows.carried)
    loan, mapping, rounding = draft.loan, draft.booking.mapping, draft.rounding
    opening = lending.opening(loan, draft.file.adjustments)
    moved = _NOTHING
    if loan.agreed is not None:
        moved = _Opened(holds=_moved(draft, opening - loan.agreed))
        opening = loan.agreed
    if opening <= 0:
        return moved
    parts = parts_of(loan, opening, mapping, rounding)
    interest = sum((a for purpose, a in parts if purpose == "interest"), ZERO)
    later = _NOTHING
    schedule = schedule_of(draft.file, opening, rounding)
    if mapping.interest == "as_due" and interest and schedule:
        falling_due = interest_due(schedule, opening, interest, rounding)
        later = _interest_as_due(draft, rows, falling_due)
        parts = [(purpose, amount) for purpose, amount in parts if purpose != "interest"]
    if mapping.invoice_per == "instalment" and schedule:
        shares = per_instalment(schedule, parts, opening, rounding)
        own = _joined([_instalment(draft, instalment, lines) for instalment, lines in shares])
    else:
        due = lending.final_due(loan, mapping.policies.running_account_days)
        own = _invoice(draft, Letter.LOAN, loan.id, "", loan.start, due, parts)
    return _Opened(
        wanted=own.wanted + later.wanted,
        holds=moved.holds + later.holds + own.holds,
        refused=own.refused or later.refused,
    )


def _carried_over(draft: Draft, carried: Carried) -> _Opened:
    """One invoice for what was owed at going live; what was paid too much is a question."""
    booking, loan = draft.booking, draft.loan
    subject, policies = f"loan:{loan.id}", booking.mapping.policies
    assert booking.cutover is not None
    found: tuple[Hold, ...] = ()
    if carried.beyond:
        found = (draft.hold("cutover.paid_before", subject, carried.beyond),)
    balance, asked = (_as_opened if carried.told else _as_carried)(draft, carried)
    found += asked
    if balance < 0:
        found = (*found, draft.hold("cutover.credit", subject, balance))
    if balance <= 0:
        return _Opened(holds=found)
    due = lending.final_due(loan, policies.running_account_days)
    parts: Parts = [("opening", balance)]
    made = _invoice(draft, Letter.LOAN, loan.id, "", booking.cutover, due, parts)
    wanted = made.wanted
    if policies.opening_due == "original":
        wanted = tuple(
            msgspec.structs.replace(w, invoice=msgspec.structs.replace(w.invoice, due=due))
            for w in wanted
        )
    return msgspec.structs.replace(made, wanted=wanted, holds=found + made.holds)


def _as_opened(draft: Draft, carried: Carried) -> tuple[Decimal, tuple[Hold, ...]]:
    """The balance that the loan was opened with, if its opening invoice is posted. Another
    balance told by the source, which no movement explains, is a question and not another
    opening invoice."""
    bound = draft.already.bound(reference(draft.file.prefix, Letter.LOAN, draft.loan.id))
    opened = carried.opened
    if bound is not None and isinstance(bound.document, Invoice):
        opened = None if bound.accepted else bound.document.total
    if opened is None:
        return carried.balance, ()
    return opened, _moved(draft, carried.balance - opened)


def _as_carried(draft: Draft, carried: Carried) -> tuple[Decimal, tuple[Hold, ...]]:
    """The balance that the loan was carried over with, if its opening invoice is posted. A
    payment from before going live that was written down later is a question: the opening
    balance was signed for."""
    balance = carried.balance
    bound = draft.already.bound(reference(draft.file.prefix, Letter.LOAN, draft.loan.id))
    ask = draft.booking.mapping.policies.amount_edited == "ask"
    if not ask or bound is None or bound.accepted or draft.moved(bound):
        return balance, ()
    posted = bound.document
    if not isinstance(posted, Invoice) or corrections(draft):
        return balance, ()
    late = back_dated(draft.file, posted.day, posted.total - balance)
    if late is None:
        return balance, ()
    hold = draft.hold("cutover.back_dated", late[0], balance - posted.total, late[1])
    return posted.total, (hold,)


def _moved(draft: Draft, amount: Decimal) -> tuple[Hold, ...]:
    if not amount:
        return ()
    detail = message("balance_rose", amount=amount, currency=draft.loan.currency)
    if amount < 0:
        detail = message("balance_fell", amount=-amount, currency=draft.loan.currency)
    return (draft.hold("loan.balance_moved", f"loan:{draft.loan.id}", amount, detail),)


def _instalment(draft: Draft, instalment: Instalment, lines: Parts) -> _Opened:
    """The invoice of one instalment."""
    start, part = draft.loan.start, instalment_part(instalment.number)
    due = max(instalment.due, start)
    return _invoice(draft, Letter.LOAN, draft.loan.id, part, start, due, lines)


def _interest_as_due(
    draft: Draft, rows: Rows, falling_due: Iterable[tuple[Instalment, Decimal]]
) -> _Opened:
    """One interest invoice per instalment, dated and posted when it falls due."""
    made: list[_Opened] = []
    waiting = ZERO
    for instalment, all_of_it in falling_due:
        part = all_of_it - rows.lost.stopped.get(instalment.number, ZERO)
        if part and instalment.due > draft.file.as_of:
            waiting += part
        elif part:
            name, due = interest_part(instalment.number), instalment.due
            parts: Parts = [("interest", part)]
            made.append(_invoice(draft, Letter.LOAN, draft.loan.id, name, due, due, parts))
    if waiting:
        hold = draft.hold("interest.not_due", f"loan:{draft.loan.id}", waiting)
        made.append(_Opened(holds=(hold,)))
    return _joined(made)


def _charges(draft: Draft) -> _Opened:
    """The invoices for what was charged later."""
    rows = (row for row in draft.file.adjustments if row.kind in CHARGES)
    return _joined([_charge(draft, row) for row in rows])


def _charge(draft: Draft, row: Adjustment) -> _Opened:
    mapping = draft.booking.mapping
    code = next((note.code for note in row.notes if holds(note.code)), "")
    if code:
        return _Opened(holds=(draft.hold(code, f"movement:{row.id}", row.amount),))
    if is_history(row, draft.loan, draft.booking.cutover):
        return _NOTHING
    letter, purpose, due = Letter.FEE, row.kind.value, row.on
    if row.kind is AdjustmentKind.CHARGE:
        running = draft.loan.kind is LoanKind.RUNNING_ACCOUNT
        letter, purpose = Letter.CHARGE, "sale" if running else "principal"
        due += timedelta(days=mapping.policies.running_account_days)
    if purpose not in mapping.lines:
        purpose = "late_fee"
    return _invoice(draft, letter, row.id, "", row.on, due, [(purpose, row.amount)], row)


def _invoice(
    draft: Draft,
    letter: Letter,
    native_id: str,
    part: str,
    day: date,
    due: date,
    parts: Parts,
    row: Adjustment | None = None,
) -> _Opened:
    """The invoice; or it is held, and the loan with it if it is the loan's own."""
    if not parts:
        return _NOTHING
    words: dict[str, Value] = {
        "concept": row.concept if row else draft.loan.concept,
        "number": part,
    }
    head, refused = draft.head(
        letter,
        native_id,
        part=part,
        day=day,
        facts=(due, parts),
        memo=draft.booking.mapping.memos.invoice,
        words=words,
        replace=False,
    )
    lines = tuple(
        draft.booking.line(purpose, amount, draft.describe(purpose, row))
        for purpose, amount in parts
    )
    if head is not None:
        invoice = Invoice(**head.fields(), due=max(due, head.day), lines=lines)
        return _Opened(wanted=(Wanted(invoice=invoice),))
    posted = draft.closed(refused, reference(draft.file.prefix, letter, native_id, part))
    if isinstance(posted, Invoice):
        facts = draft.facts(day, (due, parts))
        invoice = msgspec.structs.replace(posted, facts=facts, due=due, lines=lines)
        return _Opened(wanted=(Wanted(invoice=invoice, closed=True),))
    amount = sum((amount for _, amount in parts), ZERO)
    kind = "loan" if letter is Letter.LOAN else "movement"
    return _Opened(
        holds=(draft.hold(refused, f"{kind}:{native_id}", amount),),
        refused=refused if letter is Letter.LOAN and not _is_posted(draft) else "",
    )


def _is_posted(draft: Draft) -> bool:
    """Whether an invoice of the loan itself is in the books."""
    live = (b.document for b in draft.already.live)
    return any(isinstance(d, Invoice) and is_loans_own(d.reference) for d in live)
