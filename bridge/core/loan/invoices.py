"""The invoices of one loan: what was lent or sold, what was charged later, and corrections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from bridge.core.books import CreditApplication, CreditNote, Invoice, Transaction, applied
from bridge.core.findings import holds
from bridge.core.identity import (
    Letter,
    base_reference,
    instalment_part,
    interest_part,
    is_loans_own,
    reference,
)
from bridge.core.ledger import CHARGES, Adjustment, AdjustmentKind, Instalment, LoanKind
from bridge.core.loan import lending
from bridge.core.loan.cutover import Carried, back_dated, is_history
from bridge.core.loan.draft import Draft, closed_edit
from bridge.core.loan.instalments import Parts, interest_due, parts_of, per_instalment, schedule_of
from bridge.core.mapping.templates import Value
from bridge.core.message import Detail, message
from bridge.core.plan import Hold

ZERO = Decimal(0)
CORRECTION_PART = "N"


class Invoicing:
    """Makes one loan's invoices, holding what cannot be posted now."""

    def __init__(
        self,
        draft: Draft,
        staying: frozenset[str],
        carried: Carried | None = None,
        stopped: Mapping[int, Decimal] | None = None,
    ) -> None:
        """`staying`: references of posted receipts and applications that will remain. `carried`:
        the loan's balance at going live, where that is all that is posted of its history.
        `stopped`: number of an instalment → how much of its interest does not fall due."""
        self.staying = staying
        self.stopped = stopped or {}
        self.carried = carried
        self.draft, self.loan, self.file = draft, draft.loan, draft.file
        self.mapping = draft.booking.mapping
        self.rounding = draft.booking.rounding_of(draft.file)
        self.holds: list[Hold] = []
        self.refused = ""
        """Why the loan's own invoice cannot be posted; then nothing of the loan can."""
        self.closed: set[str] = set()
        """Posted invoices of a closed month that are wanted otherwise, by base reference."""

    def all(self) -> list[Transaction]:
        """Invoices, and credit notes that correct them, in posting order."""
        wanted = [*self._opening(), *self._charges()]
        if self.refused:
            return []
        return self._corrected(wanted)

    def _carried_over(self, carried: Carried) -> list[Invoice]:
        """One invoice for what was owed at going live; what was paid too much is a question."""
        booking = self.draft.booking
        assert booking.cutover is not None
        if carried.beyond:
            self._hold("cutover.paid_before", f"debt:{self.loan.id}", carried.beyond)
        balance = self._as_opened(carried) if carried.told else self._as_carried(carried.balance)
        if balance < 0:
            self._hold("cutover.credit", f"debt:{self.loan.id}", balance)
        if balance <= 0:
            return []
        due = lending.final_due(self.loan, self.mapping.policies.running_account_days)
        parts: Parts = [("opening", balance)]
        invoice = self._invoice(Letter.LOAN, self.loan.id, "", booking.cutover, due, parts)
        if invoice is None:
            return []
        if self.mapping.policies.opening_due == "original":
            invoice = msgspec.structs.replace(invoice, due=due)
        return [invoice]

    def _opening(self) -> list[Invoice]:
        if self.carried is not None:
            return self._carried_over(self.carried)
        opening = lending.opening(self.loan, self.file.adjustments)
        if self.loan.agreed is not None:
            self._hold_moved(opening - self.loan.agreed)
            opening = self.loan.agreed
        if opening <= 0:
            return []
        parts = parts_of(self.loan, opening, self.mapping, self.rounding)
        interest = sum((a for purpose, a in parts if purpose == "interest"), ZERO)
        later: list[Invoice] = []
        schedule = schedule_of(self.file, opening, self.rounding)
        if self.mapping.interest == "as_due" and interest and schedule:
            later = self._interest_as_due(schedule, opening, interest)
            parts = [(purpose, amount) for purpose, amount in parts if purpose != "interest"]
        if self.mapping.invoice_per == "instalment" and schedule:
            return [*self._per_instalment(schedule, parts, opening), *later]
        due = lending.final_due(self.loan, self.mapping.policies.running_account_days)
        invoice = self._invoice(Letter.LOAN, self.loan.id, "", self.loan.start, due, parts)
        return [*([invoice] if invoice else []), *later]

    def _as_opened(self, carried: Carried) -> Decimal:
        """The balance that the loan was opened with, if its opening invoice is posted. Another
        balance told by the source, which no movement explains, is a question and not another
        opening invoice."""
        base = reference(self.file.prefix, Letter.LOAN, self.loan.id)
        bound = self.draft.bound(base)
        opened = carried.opened
        if bound is not None and isinstance(bound.document, Invoice):
            opened = None if bound.accepted else bound.document.total
        if opened is None:
            return carried.balance
        self._hold_moved(carried.balance - opened)
        return opened

    def _as_carried(self, balance: Decimal) -> Decimal:
        """The balance that the loan was carried over with, if its opening invoice is posted. A
        payment from before going live that was written down later is a question: the opening
        balance was signed for."""
        bound = self.draft.bound(reference(self.file.prefix, Letter.LOAN, self.loan.id))
        ask = self.mapping.policies.amount_edited == "ask"
        if not ask or bound is None or bound.accepted or self.draft.moved(bound):
            return balance
        posted = bound.document
        if not isinstance(posted, Invoice) or any(self._corrections()):
            return balance
        late = back_dated(self.file, posted.day, posted.total - balance)
        if late is None:
            return balance
        self._hold("cutover.back_dated", late[0], balance - posted.total, late[1])
        return posted.total

    def _hold_moved(self, amount: Decimal) -> None:
        if amount:
            detail = message("balance_rose", amount=amount, currency=self.loan.currency)
            if amount < 0:
                detail = message("balance_fell", amount=-amount, currency=self.loan.currency)
            self._hold("debt.balance_moved", f"debt:{self.loan.id}", amount, detail)

    def _per_instalment(
        self, schedule: tuple[Instalment, ...], parts: Parts, opening: Decimal
    ) -> list[Invoice]:
        """One invoice for each instalment."""
        made: list[Invoice] = []
        for instalment, lines in per_instalment(schedule, parts, opening, self.rounding):
            invoice = self._invoice(
                Letter.LOAN,
                self.loan.id,
                instalment_part(instalment.number),
                self.loan.start,
                max(instalment.due, self.loan.start),
                lines,
            )
            made.extend([invoice] if invoice else [])
        return made

    def _interest_as_due(
        self, schedule: tuple[Instalment, ...], opening: Decimal, interest: Decimal
    ) -> list[Invoice]:
        """One interest invoice per instalment, dated and posted when it falls due."""
        made: list[Invoice] = []
        waiting = ZERO
        for instalment, all_of_it in interest_due(schedule, opening, interest, self.rounding):
            part = all_of_it - self.stopped.get(instalment.number, ZERO)
            if part and instalment.due > self.file.as_of:
                waiting += part
            elif part:
                name, due = interest_part(instalment.number), instalment.due
                parts: Parts = [("interest", part)]
                invoice = self._invoice(Letter.LOAN, self.loan.id, name, due, due, parts)
                made.extend([invoice] if invoice else [])
        if waiting:
            self._hold("interest.not_due", f"debt:{self.loan.id}", waiting)
        return made

    def _charges(self) -> list[Invoice]:
        made: list[Invoice] = []
        for row in self.file.adjustments:
            if row.kind not in CHARGES:
                continue
            code = next((note.code for note in row.notes if holds(note.code)), "")
            if code:
                self._hold(code, f"movement:{row.id}", row.amount)
                continue
            if is_history(row, self.loan, self.draft.booking.cutover):
                continue
            running = self.loan.kind is LoanKind.RUNNING_ACCOUNT
            letter, purpose = Letter.FEE, row.kind.value
            due = row.on
            if row.kind is AdjustmentKind.CHARGE:
                letter, purpose = Letter.CHARGE, "sale" if running else "principal"
                due += timedelta(days=self.mapping.policies.running_account_days)
            if purpose not in self.mapping.lines:
                purpose = "late_fee"
            invoice = self._invoice(letter, row.id, "", row.on, due, [(purpose, row.amount)], row)
            made.extend([invoice] if invoice else [])
        return made

    def _invoice(
        self,
        letter: Letter,
        native_id: str,
        part: str,
        day: date,
        due: date,
        parts: Parts,
        row: Adjustment | None = None,
    ) -> Invoice | None:
        """The invoice, or None: then it is held, and the loan with it if it is the loan's own."""
        if not parts:
            return None
        words: dict[str, Value] = {
            "concept": row.concept if row else self.loan.concept,
            "number": part,
        }
        head, refused = self.draft.head(
            letter,
            native_id,
            part=part,
            day=day,
            facts=(due, parts),
            memo=self.mapping.memos.invoice,
            words=words,
            replace=False,
        )
        lines = tuple(
            self.draft.booking.line(purpose, amount, self.draft.describe(purpose, row))
            for purpose, amount in parts
        )
        if head is None:
            base = reference(self.file.prefix, letter, native_id, part)
            posted = self.draft.closed(refused, base)
            if isinstance(posted, Invoice):
                self.closed.add(base)
                facts = self.draft.facts(day, (due, parts))
                return msgspec.structs.replace(posted, facts=facts, due=due, lines=lines)
            self._refuse(refused, letter, native_id, parts)
            return None
        return Invoice(**head.fields(), due=max(due, head.day), lines=lines)

    def _refuse(self, code: str, letter: Letter, native_id: str, parts: Parts) -> None:
        posted = (invoice.reference for invoice in self._posted_invoices())
        if letter is Letter.LOAN and not any(map(is_loans_own, posted)):
            self.refused = code
        kind = "debt" if letter is Letter.LOAN else "movement"
        amount = sum((amount for _, amount in parts), ZERO)
        self._hold(code, f"{kind}:{native_id}", amount)

    def _corrected(self, wanted: list[Invoice]) -> list[Transaction]:
        """Weigh what is wanted against what is posted.

        An unpaid invoice of an open period is changed in place. A paid one, or one of a closed
        period, stays; the difference becomes a correcting document or a question (policy
        `amount_edited`), and so does an invoice that is no longer wanted.
        """
        documents: list[Transaction] = []
        difference = posted_then = ZERO
        bases = set()
        corrections = list(self._corrections())
        for invoice in wanted:
            base = base_reference(invoice.reference)
            bases.add(base)
            bound = self.draft.bound(base)
            posted = bound.document if bound else None
            if bound is not None and bound.accepted:
                stands = self.draft.standing.weigh_invoice(bound, invoice, bool(corrections))
                documents.append(stands)
                difference += invoice.total - stands.total
            elif bound is None or not isinstance(posted, Invoice) or self.draft.moved(bound):
                documents.append(invoice)
            elif posted.facts == invoice.facts:
                documents.append(posted)
            elif self._may_change(posted, invoice):
                documents.append(invoice)
            else:
                documents.append(posted)
                difference += invoice.total - posted.total
                if base in self.closed and invoice.lines != posted.lines:
                    posted_then += posted.total
        for posted in self._posted_invoices():
            base = base_reference(posted.reference)
            if base in bases or self._is_correction(base) or self.draft.stands(posted.reference):
                continue
            if not self._is_free(posted):
                documents.append(posted)
                difference -= posted.total
        documents.extend(d for d in corrections if not isinstance(d, CreditApplication))
        for correction in corrections:
            if isinstance(correction, Invoice):
                difference -= correction.total
            elif isinstance(correction, CreditNote):
                difference += correction.total
        if (
            self.mapping.policies.amount_edited == "ask"
            and posted_then
            and (difference or not corrections)
        ):
            self._hold_closed(difference, posted_then)
        elif difference:
            documents.extend(self._correction(difference, corrections))
        return documents

    def _hold_closed(self, difference: Decimal, posted: Decimal) -> None:
        """One hold of what changed in a closed month: not the old amount and the new one."""
        detail = closed_edit(posted, posted + difference, self.loan.currency)
        self._hold("books.period_closed", f"debt:{self.loan.id}", difference, detail)

    def _may_change(self, posted: Invoice, wanted: Invoice) -> bool:
        locked = self.draft.booking.company.locked_through
        is_open = locked is None or (posted.day > locked and wanted.day > locked)
        same_money = posted.total == wanted.total and posted.day == wanted.day
        return is_open and (same_money or self._is_free(posted))

    def _is_free(self, posted: Invoice) -> bool:
        """Open period, and nothing that stays posted settles any of it."""
        locked = self.draft.booking.company.locked_through
        if locked is not None and posted.day <= locked:
            return False
        stays = [d for d in self._posted() if d.reference in self.staying]
        return not any(
            posted.reference in applied(document)
            for document in (*stays, *self.draft.undone.values())
        )

    def _correction(self, difference: Decimal, before: list[Transaction]) -> list[Transaction]:
        subject = f"debt:{self.loan.id}"
        if self.mapping.policies.amount_edited == "ask":
            self._hold("debt.amount_edited", subject, difference)
            return []
        made = sum(not isinstance(d, CreditApplication) for d in before)
        number = f"{CORRECTION_PART}{made + 1}"
        running = self.loan.kind is LoanKind.RUNNING_ACCOUNT
        purpose = "sale" if running else "principal"
        locked = self.draft.booking.company.locked_through
        day = self.file.as_of
        if locked is not None and day <= locked:
            day = locked + timedelta(days=1)
        original = reference(self.file.prefix, Letter.LOAN, self.loan.id)
        words: dict[str, Value] = {"corrected": original, "original_date": self.loan.start}
        head, refused = self.draft.head(
            Letter.CORRECTION,
            self.loan.id,
            part=number,
            day=day,
            facts=difference,
            memo=self.mapping.memos.correction,
            words=words,
        )
        if head is None:
            self._hold(refused, subject, difference)
            return []
        line = self.draft.booking.line(purpose, abs(difference), self.draft.describe(purpose))
        if difference > 0:
            return [Invoice(**head.fields(), due=head.day, lines=(line,))]
        return [CreditNote(**head.fields(), lines=(line,))]

    def _is_correction(self, base: str) -> bool:
        stem = reference(self.file.prefix, Letter.CORRECTION, self.loan.id, CORRECTION_PART)
        return base.startswith(stem)

    def _corrections(self) -> Iterator[Transaction]:
        """The loan's correcting documents that still count. A loan that moved to another customer
        or currency is invoiced anew, and keeps only corrections that a person chose to keep."""
        for binding in self.draft.live():
            if not self._is_correction(base_reference(binding.reference)):
                continue
            left = not self.draft.moved(binding) or self.draft.stands(binding.reference)
            if left and isinstance(binding.document, Transaction):
                yield binding.document

    def _posted(self) -> Iterator[Transaction]:
        for binding in self.draft.live():
            if isinstance(binding.document, Transaction):
                yield binding.document

    def _posted_invoices(self) -> Iterator[Invoice]:
        return (document for document in self._posted() if isinstance(document, Invoice))

    def _hold(self, code: str, subject: str, amount: Decimal, detail: Detail = "") -> None:
        currency = self.loan.currency
        self.holds.append(
            Hold(code=code, subject=subject, currency=currency, amount=amount, detail=detail)
        )
