"""Writes to QuickBooks, and what became of each: one outcome for every document, always.

Nothing is sent twice that may have been applied. The two second sends there are follow an answer
that says "not applied": a 401 (in `client.py`) and a 5010, after reading the document again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from bridge.core.books import Kind, PostedDocument, Several, Status
from bridge.core.change.matching import differences, drift
from bridge.core.delivery import (
    Binding,
    Drifted,
    InDoubt,
    Operation,
    Outcome,
    Outgoing,
    Posted,
    Rejected,
    Unavailable,
    ambiguous,
)
from bridge.errors import BridgeError, LoginRequired, TryLater
from bridge.systems.apart import not_told, told_apart
from bridge.systems.fiscal import never_changed
from bridge.systems.quickbooks import reading
from bridge.systems.quickbooks.answers import posted
from bridge.systems.quickbooks.credits import Credits
from bridge.systems.quickbooks.faults import Finding, Then, number_owner, says_deleted
from bridge.systems.quickbooks.settings import Settings
from bridge.systems.quickbooks.translate import (
    ENTITY,
    Body,
    Company,
    Refusal,
    body_of,
    handle,
    update_of,
)
from bridge.systems.quickbooks.wire import Applied, Refused, Result, Unsent, Wire, distinct

BUSY_WAIT_S = 60.0

_UNKNOWN_LINKS = {"customer", "applications", "credit_note"}


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A write that is ready to leave."""

    outgoing: Outgoing
    entity: str
    body: Body
    key: str
    options: dict[str, str] = {}
    second: bool = False
    """Whether this follows a 5010."""


_Call = Callable[[Sequence[Job]], list[Result]]
"""A call that carries these jobs: the result of each, in order."""


class Writer:
    """Carries out writes of one company."""

    def __init__(self, wire: Wire, settings: Settings, company: Callable[[], Company]) -> None:
        self._wire = wire
        self._settings = settings
        self._company_of = company
        self._credits = Credits(wire, self._change)
        self._threads: ThreadPoolExecutor | None = None

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown()

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """One outcome for each, in order. Raises LoginRequired only if nothing was applied."""
        if not batch:
            return []
        kinds = {(o.document.kind, o.operation) for o in batch}
        assert len(kinds) == 1, f"one kind and one operation at a time: {kinds}"
        try:
            ready = self._prepare(batch, *kinds.pop())
        except TryLater as reason:
            wait_s = reason.retry_after_s or BUSY_WAIT_S
            return [Unavailable(str(reason), wait_s)] * len(batch)

        jobs = [job for job in ready if isinstance(job, Job)]
        batched = self._settings.mode == "backfill" and batch[0].operation is Operation.CREATE
        size = self._settings.batch_size if batched else 1
        parts = [jobs[start : start + size] for start in range(0, len(jobs), size)]
        results = self._send_all(parts, self._batch if batched else self._one)
        if batch[0].operation is Operation.CREATE:
            results = distinct(results)
        self._raise_if_login_ended(results)
        settled = iter(
            [self._settle(job, result) for job, result in zip(jobs, results, strict=True)]
        )
        return [next(settled) if isinstance(entry, Job) else entry for entry in ready]

    # ── before anything leaves ───────────────────────────────────────────────────────────────

    def _prepare(
        self, batch: Sequence[Outgoing], kind: Kind, operation: Operation
    ) -> list[Job | Outcome]:
        """What to send, or the outcome of what is not to be sent."""
        company = self._company_of()
        if operation is Operation.CREATE:
            used = self._credits.used_up(batch, company) if kind is Kind.APPLICATION else {}
            return [
                used.get(outgoing.document.reference) or self._creation(outgoing, company)
                for outgoing in batch
            ]
        ids = [_target(outgoing).external_id for outgoing in batch]
        current, untold = told_apart(
            lambda part: reading.load(self._wire, kind, part), ids, self._wire.is_there
        )
        return [
            not_told(untold[external_id])
            if external_id in untold
            else self._decide(outgoing, current.get(external_id), company)
            for outgoing, external_id in zip(batch, ids, strict=True)
        ]

    def _creation(self, outgoing: Outgoing, company: Company) -> Job | Outcome:
        document = outgoing.document
        try:
            body = body_of(document, outgoing.links, company)
        except Refusal as refusal:
            return Rejected(refusal.reason, refusal.code)
        entity = ENTITY[document.kind]
        return Job(outgoing=outgoing, entity=entity, body=body, key=outgoing.key)

    def _decide(self, outgoing: Outgoing, raw: Body | None, company: Company) -> Job | Outcome:
        """Whether the books still hold what we posted; if so, the update or void to send."""
        kind = outgoing.document.kind
        home = company.home_currency
        now = None if raw is None else posted(kind, raw, home)
        void = outgoing.operation is Operation.VOID
        if raw is None or now is None:
            return Posted(_gone(outgoing), sent=False) if void else Drifted(None)
        if void and now.status is not Status.LIVE:
            return Posted(now, sent=False)
        if now.stamp:
            return never_changed(outgoing, now.stamp)
        if _moved(outgoing, now):
            same = not void and not _unlike(outgoing, now)
            return Posted(now) if same else Drifted(now)
        if void:
            return _void_job(outgoing, raw)
        try:
            body = update_of(outgoing.document, outgoing.links, company, raw)
        except Refusal as refusal:
            return Rejected(refusal.reason, refusal.code)
        key = _key_at(outgoing, raw)
        return Job(outgoing=outgoing, entity=ENTITY[kind], body=body, key=key)

    # ── sending ──────────────────────────────────────────────────────────────────────────────

    def _send_all(self, parts: Sequence[Sequence[Job]], call: _Call) -> list[Result]:
        """Each part in a call of its own, several at once. After one that could not be sent, none
        is tried."""
        stopped: list[Unsent] = []

        def send(part: Sequence[Job]) -> list[Result]:
            if stopped:
                return [stopped[0]] * len(part)
            results = call(part)
            stopped.extend(result for result in results if isinstance(result, Unsent))
            return results

        if len(parts) <= 1 or self._settings.parallel <= 1:
            answered = [send(part) for part in parts]
        else:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._settings.parallel, "quickbooks")
            answered = list(self._threads.map(send, parts))
        return [result for results in answered for result in results]

    def _send(self, job: Job) -> Result:
        return self._wire.write(job.entity, job.body, job.key, **job.options)

    def _one(self, part: Sequence[Job]) -> list[Result]:
        return [self._send(job) for job in part]

    def _batch(self, part: Sequence[Job]) -> list[Result]:
        bodies, keys = [job.body for job in part], [job.key for job in part]
        return self._wire.write_batch(part[0].entity, bodies, keys)

    def _raise_if_login_ended(self, results: Sequence[Result]) -> None:
        """Say that the connection has ended, unless that would cost a document its outcome."""
        ended = [r for r in results if isinstance(r, Unsent) and r.login_ended]
        if ended and all(isinstance(result, Unsent) for result in results):
            raise LoginRequired(ended[0].cause)

    # ── afterwards ───────────────────────────────────────────────────────────────────────────

    def _settle(self, job: Job, result: Result) -> Outcome:
        if isinstance(result, Unsent):
            return Unavailable(result.cause, result.retry_after_s)
        if isinstance(result, Applied):
            return self._applied(job, result.raw)
        if isinstance(result, Refused):
            try:
                return self._refused(job, result.finding)
            except BridgeError as reason:
                # Refused for now, but whether because ours is there already is not known.
                return InDoubt(f"{result.finding.code}, and then: {reason}")
        return InDoubt(result.cause)

    def _applied(self, job: Job, raw: Body) -> Outcome:
        home = self._company_of().home_currency
        if job.outgoing.operation is not Operation.VOID:
            return Posted(posted(job.outgoing.document.kind, raw, home))
        if raw.get("status") == "Deleted":
            return Posted(_gone(job.outgoing))
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
            void = outgoing.operation is Operation.VOID
            return Posted(_gone(outgoing), sent=False) if void else Drifted(None)
        return Rejected(finding.reason, finding.code)

    def _change(self, outgoing: Outgoing, raw: Body, company: Company) -> Outcome | None:
        """Make an object of the books our document; None when that is refused."""
        body = update_of(outgoing.document, outgoing.links, company, raw)
        entity = ENTITY[outgoing.document.kind]
        job = Job(outgoing=outgoing, entity=entity, body=body, key=_key_at(outgoing, raw))
        result = self._send(job)
        return None if isinstance(result, Refused) else self._settle(job, result)

    def _once_more(self, job: Job) -> Outcome:
        """After a 5010: send again with the new token if only the token has moved."""
        if job.second:
            return Unavailable("somebody is writing to this document now", BUSY_WAIT_S)
        outgoing = job.outgoing
        external_id = _target(outgoing).external_id
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
            if not differences(outgoing.document, now, outgoing.links):
                return Posted(now)
        return Rejected(
            f"The number {outgoing.document.reference} is taken in QuickBooks by {entity} "
            f"{external_id}, which is not this document. Renumber that one, or adopt it.",
            "number_taken",
        )

    def _who_has_the_name(self, outgoing: Outgoing, finding: Finding) -> Outcome:
        document = outgoing.document
        if document.kind is not Kind.CUSTOMER:
            return Rejected(finding.reason, finding.code)
        home = self._company_of().home_currency
        found = reading.find(self._wire, Kind.CUSTOMER, [document], {}, home)
        ours = found.get(document.reference)
        if isinstance(ours, Several):
            return ambiguous(document.reference, ours)
        if ours is not None and not _unlike(outgoing, ours):
            return Posted(ours)
        return Rejected(
            f"Another customer, vendor or employee in QuickBooks has the name meant for "
            f"{document.reference}. Write our reference into that customer's notes if it is the "
            f"same person, rename it, or change the customer name pattern in the mapping.",
            "name_taken",
        )


def _target(outgoing: Outgoing) -> Binding:
    assert outgoing.target is not None, f"{outgoing.document.reference}: no binding to change"
    return outgoing.target


def _moved(outgoing: Outgoing, now: PostedDocument) -> bool:
    """Whether somebody changed in the books what we posted.

    By business fields: whether a payment moves its invoice's SyncToken is UNVERIFIED (FACTS Q14).
    """
    target = _target(outgoing)
    if target.posted is not None:
        return bool(drift(target.posted, now))
    # Without the books' own answer, only what our links can name is compared.
    found = differences(target.document, now, outgoing.links)
    return any(difference.field not in _UNKNOWN_LINKS for difference in found)


def _unlike(outgoing: Outgoing, now: PostedDocument) -> bool:
    return bool(differences(outgoing.document, now, outgoing.links, descriptions=True, memo=True))


def _key_at(outgoing: Outgoing, raw: Body) -> str:
    """The key of a change to one version of an object.

    With the version, because a document that is changed to and fro wants the same content twice,
    and must not be answered what was answered the first time. The version itself keeps a change
    from being applied twice.
    """
    return f"{outgoing.key}-{raw['SyncToken']}"


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
        key=_key_at(outgoing, raw),
        options=options,
    )


def _gone(outgoing: Outgoing) -> PostedDocument:
    """What to remember of a document that is not in the books any more."""
    target = _target(outgoing)
    if target.posted is not None:
        return msgspec.structs.replace(target.posted, status=Status.DELETED)
    return PostedDocument(
        kind=outgoing.document.kind,
        external_id=target.external_id,
        version=target.version,
        status=Status.DELETED,
        number=outgoing.document.reference,
    )
