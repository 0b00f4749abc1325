"""Credit notes put to use: allocations, each of one note to one invoice in a call of its own.

Allocations have no reference and no key that lasts. They are told by the note itself, so every
application is read before it is written, and only what is missing is sent: posting one again can
not settle an invoice twice. Taking one back deletes its allocations (§2.7, last verified
2026-11-20).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import msgspec

from bridge.core.books import CreditApplication, Kind, PostedDocument, Status
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
from bridge.systems.xero import reading
from bridge.systems.xero.answers import allocations, posted
from bridge.systems.xero.translate import Body, Company, Refusal, money
from bridge.systems.xero.wire import Refused, Result, Unclear, Unsent, Wire


class Applier:
    """Allocates credit notes of one organisation and takes that back."""

    def __init__(self, wire: Wire, company: Callable[[], Company]) -> None:
        self._wire = wire
        self._company_of = company

    def post(self, batch: Sequence[Outgoing], operation: Operation) -> list[Outcome]:
        """One outcome for each, in order. Raises TryLater if the notes can not be read."""
        company = self._company_of()
        notes = [_note_id(outgoing) for outgoing in batch]
        raws = reading.load(self._wire, Kind.APPLICATION, notes)
        outcomes: list[Outcome] = []
        stop: Unsent | None = None
        for outgoing, note in zip(batch, notes, strict=True):
            if stop is not None:
                outcomes.append(Unavailable(stop.cause, stop.retry_after_s))
                continue
            result = self._one(outgoing, operation, raws.get(note), company)
            if isinstance(result, Unsent):
                if result.login_ended and not outcomes:
                    raise LoginRequired(result.cause)
                stop = result
                outcomes.append(Unavailable(result.cause, result.retry_after_s))
            else:
                outcomes.append(result)
        return outcomes

    def _one(
        self, outgoing: Outgoing, operation: Operation, raw: Body | None, company: Company
    ) -> Outcome | Unsent:
        void = operation is Operation.VOID
        if raw is None:
            if void:
                return Posted(_nothing_left(outgoing))
            if operation is Operation.UPDATE:
                return Drifted(None)
            return Rejected(f"The credit note of {outgoing.document.reference} is gone.", "gone")
        now = posted(Kind.APPLICATION, raw, company)
        if operation is Operation.CREATE:
            return self._apply(outgoing, raw, now)
        if now.status is not Status.LIVE:
            return Posted(_nothing_left(outgoing)) if void else Drifted(now)
        if not _as_we_left_it(outgoing, now):
            return Drifted(now)
        if not void:
            return Rejected("Xero changes no allocation: take it back, post another.", "fixed")
        return self._take_back(outgoing, raw)

    def _apply(self, outgoing: Outgoing, raw: Body, now: PostedDocument) -> Outcome | Unsent:
        """Send the allocations that the note does not have yet."""
        document = outgoing.document
        assert isinstance(document, CreditApplication), document.kind
        there = dict(allocations(raw))
        sent: list[tuple[str, Decimal]] = []
        for application in document.applications:
            invoice = outgoing.links[application.invoice]
            if invoice in there:
                continue
            try:
                body = {
                    "Amount": money(application.amount),
                    "Date": document.day.isoformat(),
                    "Invoice": {"InvoiceID": invoice},
                }
            except Refusal as refusal:
                return Rejected(refusal.reason, refusal.code)
            path = f"CreditNotes/{raw['CreditNoteID']}/Allocations?summarizeErrors=false"
            key = f"{outgoing.key}-{now.version}"
            content = {"Allocations": [body]}
            result = self._wire.write_one("PUT", path, "Allocations", content, key)
            ended = _stopped(result, part_done=bool(sent))
            if ended is not None:
                return ended
            sent.append((invoice, application.amount))
        pairs = (*now.applications, *sent)
        whole = msgspec.structs.replace(
            now,
            status=Status.LIVE,
            applications=pairs,
            total=sum((amount for _, amount in pairs), Decimal(0)),
        )
        return Posted(whole)

    def _take_back(self, outgoing: Outgoing, raw: Body) -> Outcome | Unsent:
        done = False
        for row in raw.get("Allocations") or ():
            allocation = row.get("AllocationID")
            if not allocation:
                return Rejected(
                    "Xero does not tell the id of this allocation: remove it by hand.", "no_id"
                )
            path = f"CreditNotes/{raw['CreditNoteID']}/Allocations/{allocation}"
            result = self._wire.write_one("DELETE", path, "Allocations", None, outgoing.key)
            if isinstance(result, Refused) and result.finding.code == "gone":
                done = True
                continue
            ended = _stopped(result, part_done=done)
            if ended is not None:
                return ended
            done = True
        return Posted(_nothing_left(outgoing))


def _note_id(outgoing: Outgoing) -> str:
    if outgoing.operation is not Operation.CREATE:
        assert outgoing.target is not None, f"{outgoing.document.reference}: no binding to change"
        return outgoing.target.external_id
    document = outgoing.document
    assert isinstance(document, CreditApplication), document.kind
    assert document.credit_note in outgoing.links, f"no external id for {document.credit_note}"
    return outgoing.links[document.credit_note]


def _as_we_left_it(outgoing: Outgoing, now: PostedDocument) -> bool:
    """Whether the note settles what we settled with it, or what a void cut short has left of it."""
    target = outgoing.target
    assert target is not None
    if target.posted is not None:
        before = dict(target.posted.applications)
    else:
        assert isinstance(target.document, CreditApplication)
        links = outgoing.links
        before = {links.get(a.invoice, ""): a.amount for a in target.document.applications}
    return all(before.get(invoice) == amount for invoice, amount in now.applications)


def _stopped(result: Result, *, part_done: bool) -> Outcome | Unsent | None:
    """How a part that was not applied ends the whole; None when it was applied."""
    if isinstance(result, Unsent):
        return InDoubt(f"applied in part; {result.cause}") if part_done else result
    if isinstance(result, Unclear):
        return InDoubt(result.cause)
    if isinstance(result, Refused):
        note = " Another part of it was applied." if part_done else ""
        return Rejected(result.finding.reason + note, result.finding.code)
    return None


def _nothing_left(outgoing: Outgoing) -> PostedDocument:
    target = outgoing.target
    assert target is not None
    if target.posted is not None:
        return msgspec.structs.replace(target.posted, status=Status.DELETED)
    return PostedDocument(
        kind=Kind.APPLICATION,
        external_id=target.external_id,
        version=target.version,
        status=Status.DELETED,
        number=outgoing.document.reference,
    )
