"""Credit put to use: allocations, each of one credit to one invoice, in calls of their own.

A credit is a credit note, or money on account. Allocations have no reference and no key that lasts.
They are told by the credit itself, so every one is read before it is written, and only what is
missing is sent: posting one again can not settle an invoice twice. What is to settle something else
lets go first. Taking one back deletes its allocations (FACTS X18).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.books import CreditApplication, Kind, PostedDocument, Receipt, Status
from bridge.core.delivery import (
    Drifted,
    InDoubt,
    Operation,
    Outcome,
    Outgoing,
    Posted,
    Rejected,
    Unavailable,
)
from bridge.errors import LoginRequired
from bridge.systems.apart import not_told, told_apart
from bridge.systems.judging import Refusal, gone, target
from bridge.systems.results import Refused, Result, Unclear, Unsent
from bridge.systems.xero import reading, stamps
from bridge.systems.xero.answers import allocations, posted
from bridge.systems.xero.translate import Body, Company, money
from bridge.systems.xero.wire import Wire

Pairs = Sequence[tuple[str, Decimal]]
"""(invoice id, amount) of what a credit settles."""
Days = Mapping[str, date]
"""Invoice id → its day."""


class Allocations:
    """Makes what one credit settles what it should."""

    def __init__(self, wire: Wire, path: str, raw: Body, key: str) -> None:
        """`path` is that of the credit, `raw` what the books hold of it. `key` is the write's own;
        the version goes into it, since a credit may be put to the same use twice."""
        self._wire, self._path, self._raw = wire, path, raw
        self._key = f"{key}-{raw.get('UpdatedDateUTC') or ''}"
        self.there: dict[str, Decimal] = {}
        """Invoice id → amount, as of now."""
        for invoice, amount in allocations(raw):
            self.there[invoice] = self.there.get(invoice, Decimal(0)) + amount
        self.is_begun = False
        """Whether anything of it was applied."""

    def settle(
        self, wanted: Pairs, days: Days, *, only_more: bool = False
    ) -> Outcome | Unsent | None:
        """Let go of what is not wanted and send what is missing. None: all of it was applied.

        `days` are those of the invoices: an allocation is dated by the later document (FACTS X18),
        so credit of a closed month can be put to use in an open one. `only_more`: what an invoice
        has of it stays, whatever the amount.
        """
        own = stamps.day(self._raw.get("Date") or self._raw.get("DateString"))
        amounts = dict(wanted)
        for invoice, amount in list(self.there.items()):
            if not only_more and amount > amounts.get(invoice, Decimal(0)):
                ended = self.let_go(invoice)
                if ended is not None:
                    return ended
        for invoice, amount in wanted:
            missing = amount - self.there.get(invoice, Decimal(0))
            if missing <= 0 or (only_more and invoice in self.there):
                continue
            day = max(filter(None, (own, days.get(invoice))), default=None)
            ended = self._send(invoice, missing, day)
            if ended is not None:
                return ended
        return None

    def let_go(self, invoice: str = "") -> Outcome | Unsent | None:
        """Delete the allocations to that invoice, or all of them."""
        for row in self._raw.get("Allocations") or ():
            to = (row.get("Invoice") or {}).get("InvoiceID") or ""
            if row.get("IsDeleted") or (invoice and to != invoice):
                continue
            allocation = row.get("AllocationID")
            if not allocation:
                return Rejected(
                    "Xero does not tell the id of this allocation: remove it by hand.", "no_id"
                )
            path = f"{self._path}/Allocations/{allocation}"
            result = self._wire.write_one("DELETE", path, "Allocations", None, self._key)
            if not (isinstance(result, Refused) and result.finding.code == "gone"):
                ended = _stopped(result, part_done=self.is_begun)
                if ended is not None:
                    return ended
            self.is_begun = True
            self.there.pop(to, None)
        return None

    def _send(self, invoice: str, amount: Decimal, day: date | None) -> Outcome | Unsent | None:
        try:
            body: Body = {"Amount": money(amount), "Invoice": {"InvoiceID": invoice}}
        except Refusal as refusal:
            return refusal.outcome
        if day is not None:
            body["Date"] = day.isoformat()
        path = f"{self._path}/Allocations?summarizeErrors=false"
        content = {"Allocations": [body]}
        result = self._wire.write_one("PUT", path, "Allocations", content, self._key)
        ended = _stopped(result, part_done=self.is_begun)
        if ended is None:
            self.is_begun = True
            self.there[invoice] = self.there.get(invoice, Decimal(0)) + amount
        return ended


class Applier:
    """Allocates credit notes of one organisation and takes that back."""

    def __init__(self, wire: Wire, company: Callable[[], Company]) -> None:
        self._wire = wire
        self._company_of = company

    def post(self, batch: Sequence[Outgoing], operation: Operation) -> list[Outcome]:
        """One outcome for each, in order. Raises TryLater if no notes can be read."""
        company = self._company_of()
        notes = [_note_id(outgoing) for outgoing in batch]
        raws, untold = told_apart(
            lambda part: reading.load(self._wire, Kind.APPLICATION, part),
            notes,
            self._wire.is_there,
        )
        void = operation is Operation.VOID
        named = {o.entry: [] if void else invoices_of(o) for o in batch}
        invoices = [invoice for each in named.values() for invoice in each]
        days, undated = told_apart(
            lambda part: days_of(self._wire, part), invoices, self._wire.is_there
        )
        silent = untold | undated
        outcomes: list[Outcome] = []
        stop: Unsent | None = None
        for outgoing, note in zip(batch, notes, strict=True):
            if stop is not None:
                outcomes.append(Unavailable(stop.cause, stop.retry_after_s))
                continue
            if about := [each for each in (note, *named[outgoing.entry]) if each in silent]:
                outcomes.append(not_told(silent[about[0]]))
                continue
            result = self._one(outgoing, days, raws.get(note), company)
            if isinstance(result, Unsent):
                if result.login_ended and not outcomes:
                    raise LoginRequired(result.cause)
                stop = result
                outcomes.append(Unavailable(result.cause, result.retry_after_s))
            else:
                outcomes.append(result)
        return outcomes

    def _one(
        self, outgoing: Outgoing, days: Days, raw: Body | None, company: Company
    ) -> Outcome | Unsent:
        operation = outgoing.operation
        void = operation is Operation.VOID
        if raw is None:
            if void:
                return Posted(gone(outgoing))
            if operation is Operation.UPDATE:
                return Drifted(None)
            return Rejected(f"The credit note of {outgoing.document.reference} is gone.", "gone")
        now = posted(Kind.APPLICATION, raw, company)
        making = Allocations(self._wire, f"CreditNotes/{raw['CreditNoteID']}", raw, outgoing.key)
        if operation is Operation.CREATE:
            return self._apply(outgoing, making, now, days, only_more=True)
        if now.status is not Status.LIVE:
            return Posted(gone(outgoing)) if void else Drifted(now)
        if not is_as_we_left_it(outgoing, now):
            return Drifted(now)
        if not void:
            return self._apply(outgoing, making, now, days, only_more=False)
        return making.let_go() or Posted(gone(outgoing))

    def _apply(
        self,
        outgoing: Outgoing,
        making: Allocations,
        now: PostedDocument,
        days: Days,
        *,
        only_more: bool,
    ) -> Outcome | Unsent:
        document = outgoing.document
        assert isinstance(document, CreditApplication), document.kind
        ended = making.settle(pairs_of(document, outgoing), days, only_more=only_more)
        return ended or Posted(put_to_use(now, making))


def invoices_of(outgoing: Outgoing) -> list[str]:
    """The ids of the invoices that it is to settle."""
    document = outgoing.document
    assert isinstance(document, Receipt | CreditApplication), document.kind
    return [invoice for invoice, _ in pairs_of(document, outgoing)]


def days_of(wire: Wire, invoices: Sequence[str]) -> Days:
    """The days of those invoices, by id. Raises TryLater."""
    rows = reading.load(wire, Kind.INVOICE, sorted(set(invoices)))
    days = {i: stamps.day(raw.get("Date") or raw.get("DateString")) for i, raw in rows.items()}
    return {invoice: day for invoice, day in days.items() if day is not None}


def pairs_of(document: Receipt | CreditApplication, outgoing: Outgoing) -> Pairs:
    """The invoices and amounts that a document is to settle, by the ids of the invoices."""
    return [(outgoing.links[each.invoice], each.amount) for each in document.applications]


def put_to_use(now: PostedDocument, made: Allocations) -> PostedDocument:
    """The document that the books hold after money was put to use."""
    pairs = tuple(made.there.items())
    used = sum((amount for _, amount in pairs), Decimal(0))
    if now.kind is Kind.RECEIPT:
        had = sum((amount for _, amount in now.applications), Decimal(0))
        return msgspec.structs.replace(now, applications=pairs, open=now.open + had - used)
    return msgspec.structs.replace(now, status=Status.LIVE, applications=pairs, total=used)


def _note_id(outgoing: Outgoing) -> str:
    if outgoing.operation is not Operation.CREATE:
        return target(outgoing).external_id
    document = outgoing.document
    assert isinstance(document, CreditApplication), document.kind
    assert document.credit_note in outgoing.links, f"no external id for {document.credit_note}"
    return outgoing.links[document.credit_note]


def is_as_we_left_it(outgoing: Outgoing, now: PostedDocument) -> bool:
    """Whether the document settles what we settled with it, or what a write cut short made of
    that."""
    bound = target(outgoing)
    links = outgoing.links
    allowed: dict[str, set[Decimal]] = {}
    if bound.posted is not None:
        pairs = list(bound.posted.applications)
    else:
        assert isinstance(bound.document, Receipt | CreditApplication)
        pairs = [(links.get(a.invoice, ""), a.amount) for a in bound.document.applications]
    if outgoing.operation is Operation.UPDATE:
        assert isinstance(outgoing.document, Receipt | CreditApplication)
        pairs += pairs_of(outgoing.document, outgoing)
    for invoice, amount in pairs:
        allowed.setdefault(invoice, set()).add(amount)
    sums: dict[str, Decimal] = {}
    for invoice, amount in now.applications:
        sums[invoice] = sums.get(invoice, Decimal(0)) + amount
    return all(amount in allowed.get(invoice, ()) for invoice, amount in sums.items())


def _stopped(result: Result, *, part_done: bool) -> Outcome | Unsent | None:
    """The outcome of the whole when a part was not applied; None when it was applied."""
    if isinstance(result, Unsent):
        return InDoubt(f"applied in part; {result.cause}") if part_done else result
    if isinstance(result, Unclear):
        return InDoubt(result.cause)
    if isinstance(result, Refused):
        note = " Another part of it was applied." if part_done else ""
        return Rejected(result.finding.reason + note, result.finding.code)
    return None
