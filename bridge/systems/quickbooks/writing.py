"""Writes to QuickBooks, and what became of each: one outcome for every document, always.

Nothing is sent twice that may have been applied. The two second sends there are follow an answer
that says "not applied": a 401 (in `client.py`) and a 5010, after reading the document again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from bridge.core.books import Kind, Status
from bridge.core.delivery import (
    InDoubt,
    Operation,
    Outcome,
    Outgoing,
    Posted,
    Rejected,
    Unavailable,
)
from bridge.errors import BridgeError
from bridge.systems.carrying import BUSY_WAIT_S, AtOnce, carried_out, decided
from bridge.systems.judging import (
    Refusal,
    gone,
    key_at,
    name_taken,
    number_taken,
    settled_before,
    target,
    there_already,
    vanished,
)
from bridge.systems.quickbooks import reading
from bridge.systems.quickbooks.answers import posted
from bridge.systems.quickbooks.credits import Credits
from bridge.systems.quickbooks.faults import number_owner, says_deleted
from bridge.systems.quickbooks.settings import Settings
from bridge.systems.quickbooks.translate import ENTITY, Body, Company, body_of, handle, update_of
from bridge.systems.quickbooks.wire import Wire
from bridge.systems.results import (
    Applied,
    Finding,
    Refused,
    Result,
    Then,
    Unclear,
    distinct,
    not_applied,
)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A write that is ready to leave."""

    outgoing: Outgoing
    entity: str
    body: Body
    key: str
    options: dict[str, str] = {}
    second: bool = False
    """Whether this follows a 5010."""


class Writer:
    """Carries out writes of one company."""

    def __init__(self, wire: Wire, settings: Settings, company: Callable[[], Company]) -> None:
        self._wire = wire
        self._settings = settings
        self._company_of = company
        self._credits = Credits(wire, self._change)
        self._at_once = AtOnce("quickbooks", settings.parallel)

    def close(self) -> None:
        self._at_once.close()

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """One outcome for each, in order. Raises LoginRequired only if nothing was applied."""
        return carried_out(batch, self._prepare, self._send_all, self._settle_all) if batch else []

    # ── before anything leaves ───────────────────────────────────────────────────────────────

    def _prepare(
        self, batch: Sequence[Outgoing], kind: Kind, operation: Operation
    ) -> Sequence[Job | Outcome]:
        """The calls to send, or the outcomes of changes that are not to be sent."""
        company = self._company_of()
        if operation is Operation.CREATE:
            used = self._credits.used_up(batch, company) if kind is Kind.APPLICATION else {}
            return [
                used.get(outgoing.document.reference) or self._creation(outgoing, company)
                for outgoing in batch
            ]
        return decided(
            batch,
            lambda ids: reading.load(self._wire, kind, ids),
            self._wire.is_there,
            lambda outgoing, raw: self._decide(outgoing, raw, company),
        )

    def _creation(self, outgoing: Outgoing, company: Company) -> Job | Outcome:
        document = outgoing.document
        try:
            body = body_of(document, outgoing.links, company)
        except Refusal as refusal:
            return refusal.outcome
        entity = ENTITY[document.kind]
        return Job(outgoing=outgoing, entity=entity, body=body, key=outgoing.key)

    def _decide(self, outgoing: Outgoing, raw: Body | None, company: Company) -> Job | Outcome:
        """The update or void to send, if the books still hold what we posted.

        By business fields: whether a payment moves its invoice's SyncToken is UNVERIFIED (FACTS
        Q14).
        """
        if raw is None:
            return vanished(outgoing)
        kind = outgoing.document.kind
        now = posted(kind, raw, company.home_currency)
        if (settled := settled_before(outgoing, now)) is not None:
            return settled
        if outgoing.operation is Operation.VOID:
            return _void_job(outgoing, raw)
        try:
            body = update_of(outgoing.document, outgoing.links, company, raw)
        except Refusal as refusal:
            return refusal.outcome
        key = key_at(outgoing, raw["SyncToken"])
        return Job(outgoing=outgoing, entity=ENTITY[kind], body=body, key=key)

    # ── sending ──────────────────────────────────────────────────────────────────────────────

    def _send_all(self, jobs: Sequence[Job]) -> list[Result]:
        """Creations of a first load in batches, all else in calls of their own."""
        creating = bool(jobs) and jobs[0].outgoing.operation is Operation.CREATE
        batched = creating and self._settings.mode == "backfill"
        size = self._settings.batch_size if batched else 1
        parts = [jobs[start : start + size] for start in range(0, len(jobs), size)]
        answered = self._at_once.send(self._batch if batched else self._one, parts)
        results = [result for part in answered for result in part]
        return distinct(results, _new_id, Unclear) if creating else results

    def _send(self, job: Job) -> Result:
        return self._wire.write(job.entity, job.body, job.key, **job.options)

    def _one(self, part: Sequence[Job]) -> list[Result]:
        return [self._send(job) for job in part]

    def _batch(self, part: Sequence[Job]) -> list[Result]:
        bodies, keys = [job.body for job in part], [job.key for job in part]
        return self._wire.write_batch(part[0].entity, bodies, keys)

    # ── afterwards ───────────────────────────────────────────────────────────────────────────

    def _settle_all(self, jobs: Sequence[Job], results: Sequence[Result]) -> list[Outcome]:
        return [self._settle(job, result) for job, result in zip(jobs, results, strict=True)]

    def _settle(self, job: Job, result: Result) -> Outcome:
        if isinstance(result, Applied):
            return self._applied(job, result.raw)
        if isinstance(result, Refused):
            try:
                return self._refused(job, result.finding)
            except BridgeError as reason:
                # Refused for now, but whether because ours is there already is not known.
                return InDoubt(f"{result.finding.code}, and then: {reason}")
        return not_applied(result)

    def _applied(self, job: Job, raw: Body) -> Outcome:
        home = self._company_of().home_currency
        if job.outgoing.operation is not Operation.VOID:
            return Posted(posted(job.outgoing.document.kind, raw, home))
        if raw.get("status") == "Deleted":
            return Posted(gone(job.outgoing))
        left = posted(job.outgoing.document.kind, raw, home)
        if left.total == 0:
            # By the amount: whether the word "Voided" is translated nobody says (FACTS Q13).
            return Posted(msgspec.structs.replace(left, status=Status.VOIDED))
        # Some unsupported voids answer 200 and do nothing (FACTS Q12).
        return InDoubt("the answer does not show a void")

    def _refused(self, job: Job, finding: Finding) -> Outcome:
        outgoing = job.outgoing
        if finding.then is Then.NUMBER_TAKEN:
            return self._who_has_the_number(outgoing, finding)
        if finding.then is Then.NAME_TAKEN:
            return self._who_has_the_name(outgoing, finding)
        changing = outgoing.operation is not Operation.CREATE
        if outgoing.document.kind is Kind.APPLICATION and not changing:
            used = self._credits.taken_over(outgoing, self._company_of())
            return used or Rejected(finding.reason, finding.code)
        if changing and finding.then is Then.STALE:
            return self._once_more(job)
        if changing and says_deleted(finding):
            return vanished(outgoing)
        return Rejected(finding.reason, finding.code)

    def _change(self, outgoing: Outgoing, raw: Body, company: Company) -> Outcome | None:
        """Make an object of the books our document; None when that is refused."""
        body = update_of(outgoing.document, outgoing.links, company, raw)
        entity = ENTITY[outgoing.document.kind]
        job = Job(
            outgoing=outgoing, entity=entity, body=body, key=key_at(outgoing, raw["SyncToken"])
        )
        result = self._send(job)
        return None if isinstance(result, Refused) else self._settle(job, result)

    def _once_more(self, job: Job) -> Outcome:
        """After a 5010: send again with the new token if only the token has moved."""
        if job.second:
            return Unavailable("somebody is writing to this document now", BUSY_WAIT_S)
        outgoing = job.outgoing
        external_id = target(outgoing).external_id
        raw = reading.load(self._wire, outgoing.document.kind, [external_id]).get(external_id)
        again = self._decide(outgoing, raw, self._company_of())
        if not isinstance(again, Job):
            return again
        again = msgspec.structs.replace(again, second=True)
        return self._settle(again, self._send(again))

    def _who_has_the_number(self, outgoing: Outgoing, finding: Finding) -> Outcome:
        """Ours already, with the same content: posted. Anything else is a question."""
        kind = outgoing.document.kind
        owner = number_owner(finding.reason)
        if owner is None:
            return InDoubt(finding.reason)
        entity, external_id = owner
        if entity == ENTITY[kind]:
            raw = reading.load(self._wire, kind, [external_id]).get(external_id)
            if raw is None:
                return InDoubt(finding.reason)
            now = posted(kind, raw, self._company_of().home_currency)
            if ours := there_already(outgoing, now):
                return ours
        taken_by = f"{entity} {external_id}, which is not this document"
        return number_taken(outgoing, "QuickBooks", taken_by)

    def _who_has_the_name(self, outgoing: Outgoing, finding: Finding) -> Outcome:
        document = outgoing.document
        if document.kind is not Kind.CUSTOMER:
            return Rejected(finding.reason, finding.code)
        home = self._company_of().home_currency
        found = reading.find(self._wire, Kind.CUSTOMER, [document], {}, home)
        ours = there_already(outgoing, found.get(document.reference))
        owner = "Another customer, vendor or employee in QuickBooks"
        return ours or name_taken(outgoing, owner, "notes")


def _new_id(result: Result) -> str:
    return result.raw["Id"] if isinstance(result, Applied) else ""


def _void_job(outgoing: Outgoing, raw: Body) -> Job:
    """The call that takes a document back, in the form that its kind takes (FACTS Q11).

    A void keeps the document at zero; a deletion leaves nothing. There are voids of
    invoices, payments and sales receipts. A credit memo can only be deleted; a payment of
    nothing, which applies one, is deleted too: that surely frees both sides.
    """
    kind = outgoing.document.kind
    body = handle(raw)
    if kind is Kind.INVOICE:
        options = {"operation": "void"}
    elif kind in {Kind.RECEIPT, Kind.SALE}:
        options = {"operation": "update", "include": "void"}
        body = {**body, "sparse": True}
    else:
        options = {"operation": "delete"}
    return Job(
        outgoing=outgoing,
        entity=ENTITY[kind],
        body=body,
        key=key_at(outgoing, raw["SyncToken"]),
        options=options,
    )
