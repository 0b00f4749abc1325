"""One company's mirror against its bindings, its outbox and the ledger, as sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice

import msgspec

from bridge.core.books import Chart, ControlEntry, Customer, Kind, PostedDocument, Status
from bridge.core.delivery import Binding, State
from bridge.core.identity import is_ours
from bridge.core.tie_out.aging import aged
from bridge.core.tie_out.checks import (
    CheckCode,
    Evidence,
    Sign,
    moved_to_income,
    sign_of,
    signs_of_document,
    signs_of_items,
)
from bridge.core.tie_out.inactive import inactive, is_inactive
from bridge.core.tie_out.items import Item
from bridge.core.tie_out.labels import Labels
from bridge.core.tie_out.merged import Merges
from bridge.core.tie_out.not_read import not_read
from bridge.core.tie_out.principal import of_income
from bridge.core.tie_out.reconcile import (
    HALF_A_CENT,
    RECEIVABLE,
    by_journal,
    compared,
    control_accounts,
    effect,
    foreign_rest,
    held,
    never_read,
    unbound,
)
from bridge.core.tie_out.reconciliation import Notice, SystemResult
from bridge.core.tie_out.tally import LISTED, Tally
from bridge.pipeline.evidence import seen_in_books
from bridge.pipeline.late import came_late
from bridge.pipeline.standing import standing_of
from bridge.pipeline.under_way import under_way
from bridge.store import LoanKey, Work
from bridge.store.outbox_rows import named_by
from bridge.store.reconcile_queries import ReconcileQueries
from bridge.systems.base import AccountingReader, books_of

ZERO = Decimal(0)
_AT_ONCE = 500
NOTHING_UNREAD: Mapping[tuple[Kind, str], str] = {}
_FOREIGN_LISTED = 100


class Comparison:
    """One system's mirror against its bindings, its outbox and the ledger."""

    def __init__(
        self,
        work: Work,
        system: AccountingReader,
        chart: Chart,
        listed: int,
        unread: Mapping[tuple[Kind, str], str] = NOTHING_UNREAD,
    ) -> None:
        self.work = work
        self.queries = ReconcileQueries.on(work)
        self.where = books_of(system)
        self.chart = chart
        self.labels = Labels(chart, system.capabilities.line_target)
        self._income = of_income(chart)
        self._behind = {item.id: item.account_id for item in chart.items}
        self.tally = Tally(listed)
        self._unread_ones = unread
        self._merges = Merges()
        standing = standing_of(work, system)
        self._unopened = standing.unopened if standing is not None else {}
        """Invoices of which only the listing was seen: none of them is known to be the same yet."""
        installations = self.queries.installations()
        self.prefixes = [prefix for _, _, prefix, _ in installations]
        self.several = len(installations) > 1
        self.documents: dict[str, Decimal] = {}
        self.bound = 0
        self._rounding: dict[str, Decimal] = {}
        """Home currency → what translating foreign documents may leave on its account."""
        self.beyond: dict[str, Decimal] = {}
        """Currency → what the receivable accounts hold beyond all documents of the books."""
        self._reached: set[str] = set()
        self._found: set[tuple[Kind, str]] = set()
        self._under_way: set[str] = set()
        """References of which something waits in the outbox: it may be a draft meanwhile."""
        self._loans: dict[str, LoanKey] = {}
        self.same_in: dict[str, str] = {}
        """Reference → the version that the books have moved on to without a difference."""
        self.signs: list[Sign] = []
        """What was found, by the check that it breaks."""
        self._told = SystemResult(system=self.where.system, company=self.where.company)

    def gather(self, run: str, as_of: date) -> None:
        """Everything that the state knows. The rest is arithmetic and needs no transaction."""
        self._holds()
        self._outbox()
        self._bindings()
        self._others()
        self.ledger = self.work.ledger.totals()
        self.control, notices = self._control()
        if not self.ledger:
            notices.append(Notice("ledger.no_snapshot"))
        where = self.where
        self.seen = seen_in_books(self.work, where, self.chart, self.control, notices)
        counts = self.work.outbox.counts(self.where)
        self._told = SystemResult(
            system=self.where.system,
            company=self.where.company,
            company_name=self.chart.company.name,
            aged=aged(self.queries.open_by_due(self.where), as_of),
            late=came_late(self.work, self.where, as_of, self._loan),
            outbox={state.value: counts[state] for state in State if state in counts},
            posted=self.queries.posted_in(self.where, run) if run else {},
            notices=tuple(notices),
        )

    def unaccounted(self) -> set[str]:
        """The currencies whose control account holds more or less than documents explain."""
        return {
            currency
            for currency in self._currencies(self.ledger, self.control)
            if abs(self.tally.rest(currency, *self._figures(currency)[1:])) > self.room(currency)
        }

    def result(
        self,
        by_hand: Sequence[ControlEntry],
        borrowers: set[str],
        notices: Sequence[Notice],
        lent: Sequence[Item],
        loans: dict[str, LoanKey],
    ) -> SystemResult:
        """The answer. Adds the loans that its items are about to `loans`."""
        self.tally.beside(lent)
        for entry in by_hand:
            others = bool(entry.customers) and borrowers.isdisjoint(entry.customers)
            self.tally.add([by_journal(entry, others=others)])
        ties = [
            self.tally.tie(currency, *self._figures(currency), self.room(currency))
            for currency in self._currencies(self.ledger, self.control)
        ]
        items = self.tally.items()
        signs = (*self.signs, *signs_of_items(items))
        listed = {item.loan for item in items} | {row.loan for row in self._told.late.rows}
        loans.update((text, key) for text, key in self._loans.items() if text in listed)
        return msgspec.structs.replace(
            self._told,
            tie_outs=tuple(ties),
            counts=self.tally.all_counts(self.bound),
            items=items,
            notices=(*self._told.notices, *notices),
            evidence=Evidence(signs=signs, seen=self.seen),
        )

    def _figures(self, currency: str) -> tuple[Decimal, Decimal, Decimal]:
        """Ledger, our documents, control account."""
        on_ledger, on_documents, on_control = (
            side.get(currency, ZERO) for side in self._sides(self.ledger, self.control)
        )
        return on_ledger, on_documents, on_control

    def room(self, currency: str) -> Decimal:
        """The difference that rounding may leave on the control account."""
        return self._rounding.get(currency, ZERO)

    def _holds(self) -> None:
        for loan, hold in self.work.plans.loan_holds(self.where):
            self.tally.add([held(hold, self._loan(loan))], [hold.amount])

    def _outbox(self) -> None:
        for each in under_way(self.work, self.where, just_read=True):
            self._under_way.add(each.entry.reference)
            if each.reached:
                self._reached.add(each.entry.reference)
            elif each.found:
                self._found.add((each.found.kind, each.found.external_id))
            self.tally.add(self._placed(each.items, each.entry.loan), each.parts)

    def _bindings(self) -> None:
        for (kind, currency), sums in self.queries.same_sums(self.where).items():
            self.bound += sums.count
            self._document(currency, sums.total * RECEIVABLE.get(kind, 0))
        suspects = self.queries.suspects(self.where)
        while part := list(islice(suspects, _AT_ONCE)):
            named = set().union(*(named_by(binding.document) for _, binding, _ in part))
            links = self.work.bindings.links(self.where, sorted(named))
            for loan, binding, now in part:
                self._suspect(loan, binding, now, links)
        for loan, found in self._merges.told():
            self.tally.add(self._placed(list(found), loan))

    def _suspect(
        self, loan: LoanKey, binding: Binding, now: PostedDocument | None, links: dict[str, str]
    ) -> None:
        self.bound += 1
        self._document(binding.document.currency, effect(binding.document))
        came = self._unread_ones.get((binding.document.kind, binding.external_id))
        if came is not None and not binding.is_gone:
            self.tally.add(self._placed([not_read(binding, came)], loan))
            return
        if binding.reference in self._reached:
            return  # its correction arrived; the outbox's item accounts for it
        owed = {}
        if isinstance(binding.document, Customer):
            owed = self.work.mirror.owed_by(self.where, binding.external_id)
        if is_inactive(binding, now):
            found = inactive(binding, owed)
        else:
            found = [self.labels.named(item) for item in compared(binding, now, links)]
        if self._merges.waits(loan, binding, now, found, owes=bool(owed)):
            return
        self.tally.add(self._placed(found, loan))
        if found:
            self._sign(binding, found, now)
        moved = now is not None and now.version != binding.version
        if not found and now is not None and moved and now.external_id not in self._unopened:
            self.same_in[binding.reference] = now.version

    def _sign(self, binding: Binding, found: Sequence[Item], now: PostedDocument | None) -> None:
        moved = moved_to_income(binding.document, now, self._income, self._behind)
        locked = self.chart.company.locked_through
        self.signs += signs_of_document(binding.document, found, now, moved, locked)

    def _others(self) -> None:
        for other in self.queries.unbound(self.where, self.prefixes):
            document = other.document
            if (document.kind, document.external_id) in self._found:
                continue
            if document.status is Status.DRAFT and document.number in self._under_way:
                continue
            ours = any(is_ours(document.number, prefix) for prefix in self.prefixes)
            if ours or other.taken_back or document.kind in RECEIVABLE:
                self.tally.add([unbound(document, ours, other.taken_back)])
        if not self.prefixes:
            self._unread()
            return
        self._foreign(LISTED, borrowers=True)
        self._foreign(_FOREIGN_LISTED, borrowers=False)

    def _foreign(self, listed: int, *, borrowers: bool) -> None:
        """Documents by hand: each on a borrower of ours, the largest of everybody else's."""
        where = (self.where, self.prefixes, RECEIVABLE)
        sums = self.queries.foreign_sums(*where, borrowers=borrowers)
        rest = {place: (each.count, each.total) for place, each in sums.items()}
        for document in self.queries.foreign(*where, listed, borrowers=borrowers):
            item = unbound(document, ours=False, borrower=borrowers)
            self.tally.add([item])
            if document.kind is Kind.RECEIPT and document.open:
                self.signs.append(sign_of(item, CheckCode.UNAPPLIED, document.open))
            place = (document.kind, document.currency)
            count, total = rest[place]
            rest[place] = (count - 1, total - document.total)
        for (kind, currency), (count, total) in rest.items():
            if count:
                moved = total * RECEIVABLE[kind]
                self.tally.add([foreign_rest(currency, count, moved, borrower=borrowers)])

    def _unread(self) -> None:
        """No ledger was ever read: what the books hold may be anybody's, ours first of all."""
        where = (self.where, self.prefixes, RECEIVABLE)
        for (kind, currency), sums in self.queries.foreign_sums(*where, borrowers=False).items():
            self.tally.add([never_read(currency, sums.count, sums.total * RECEIVABLE[kind])])

    def _control(self) -> tuple[dict[str, Decimal], list[Notice]]:
        home = self.chart.company.home_currency
        in_books: dict[str, Decimal] = {}
        for (kind, currency), sums in self.work.mirror.totals(self.where).items():
            moved = sums.total * RECEIVABLE.get(kind, 0)
            in_books[currency] = in_books.get(currency, Decimal(0)) + moved
        separate = {a.currency or home for a in self.chart.accounts if a.role == "receivable"}
        at_home = {
            currency: self._open_at_home(currency)
            for currency in in_books
            if currency and currency not in separate and currency != home
        }
        translated = sum(
            sums.count
            for (kind, currency), sums in self.work.mirror.totals(self.where).items()
            if currency in at_home and kind in RECEIVABLE
        )
        self._rounding[home] = HALF_A_CENT * translated
        named = {currency: amount for currency, amount in in_books.items() if currency}
        control, notices = control_accounts(self.chart.accounts, home, named, at_home)
        self.beyond = {
            currency: amount - named.get(currency, ZERO) for currency, amount in control.items()
        }
        return control, notices

    def _open_at_home(self, currency: str) -> Decimal:
        """The open amounts in a currency, translated at each document's own rate."""
        total = Decimal(0)
        where = (self.where, currency, RECEIVABLE)
        for document in self.queries.open_documents(*where):
            rate = document.rate or self._rate_sent(document)
            if rate is None:
                continue  # never taken as 1: what it weighs at home shows as not explained
            at_home = document.open * rate
            total += at_home.quantize(Decimal("0.01")) * RECEIVABLE[document.kind]
        return total

    def _rate_sent(self, document: PostedDocument) -> Decimal | None:
        """The rate that we posted a document with, or that the books told then, where they do not
        tell theirs any more. One that the ledger has in another currency by now has that one's
        rate, which says nothing of it: there what the books were known to have counts."""
        where = (self.where, document.kind, document.external_id)
        bound = self.work.bindings.by_external_id(*where)
        if bound is None or isinstance(bound.document, Customer):
            return None
        told = bound.posted.rate if bound.posted else None
        same = bound.document.currency == document.currency
        return (bound.document.rate or told) if same else told

    def _sides(
        self, ledger: dict[str, Decimal], control: dict[str, Decimal]
    ) -> tuple[dict[str, Decimal], dict[str, Decimal], dict[str, Decimal]]:
        return ledger, self.documents, control

    def _currencies(self, ledger: dict[str, Decimal], control: dict[str, Decimal]) -> list[str]:
        """The home currency first, then every other that has a figure or an item."""
        home = self.chart.company.home_currency
        moved = {c for side in self._sides(ledger, control) for c, amount in side.items() if amount}
        return [home, *sorted((moved | self.tally.currencies()) - {home, ""})]

    def _document(self, currency: str, amount: Decimal) -> None:
        self.documents[currency] = self.documents.get(currency, Decimal(0)) + amount

    def _placed(self, items: list[Item], loan: LoanKey) -> list[Item]:
        text = self._loan(loan)
        return [msgspec.structs.replace(item, loan=text) for item in items]

    def _loan(self, loan: LoanKey) -> str:
        """The loan's id; with its installation in front where there are several."""
        text = "/".join(loan) if self.several and loan[1] else loan[1]
        if text:
            self._loans[text] = loan
        return text
