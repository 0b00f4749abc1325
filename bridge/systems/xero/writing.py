"""Writes to Xero, and what became of each: one outcome for every document, always.

Nothing is sent twice that may have been applied. The Idempotency-Key protects for six minutes
only; beyond them it is the look-up by number or reference that does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from bridge.core.books import Customer, Found, Kind, PostedDocument, Receipt, Several, Status
from bridge.core.delivery import InDoubt, Operation, Outcome, Outgoing, Posted, Rejected
from bridge.errors import BridgeError, TryLater
from bridge.systems import judging
from bridge.systems.apart import not_told
from bridge.systems.carrying import AtOnce, carried_out, decided, one_sort, put_off
from bridge.systems.judging import Refusal, key_at, target
from bridge.systems.results import (
    TAKEN,
    Applied,
    Finding,
    Refused,
    Result,
    Then,
    not_applied,
)
from bridge.systems.xero import crediting, on_account, reading
from bridge.systems.xero.answers import in_the_books, posted
from bridge.systems.xero.applying import Applier
from bridge.systems.xero.settings import Settings
from bridge.systems.xero.translate import Body, Company, as_told, update_of, void_of
from bridge.systems.xero.wire import Wire


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A write that is ready to leave. `path` without an id goes in batches of its like."""

    outgoing: Outgoing
    method: str
    path: str
    body: Body
    key: str
    now: PostedDocument | None = None
    """As the books held it when the change was decided."""

    @property
    def alone(self) -> bool:
        return "/" in self.path


class Writer:
    """Carries out writes of one organisation."""

    def __init__(self, wire: Wire, settings: Settings, company: Callable[[], Company]) -> None:
        self._wire = wire
        self._settings = settings
        self._company_of = company
        self._applier = Applier(wire, company)
        self._at_once = AtOnce("xero", settings.parallel)

    def close(self) -> None:
        self._at_once.close()

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """One outcome for each, in order. Raises LoginRequired only if nothing was applied."""
        if not batch:
            return []
        kind, operation = one_sort(batch)
        if kind is not Kind.APPLICATION:
            return carried_out(batch, self._prepare, self._send, self._settle_all)
        try:
            return self._applier.post(batch, operation)
        except TryLater as reason:
            return put_off(batch, reason)

    # ── before anything leaves ───────────────────────────────────────────────────────────────

    def _prepare(
        self, batch: Sequence[Outgoing], kind: Kind, operation: Operation
    ) -> Sequence[Job | Outcome]:
        """The calls to send, or the outcomes of changes that are not to be sent."""
        company = self._company_of()
        if operation is Operation.CREATE:
            begun, untold = crediting.begun(self._wire, batch, company)
            return [
                not_told(untold[reference])
                if (reference := outgoing.document.reference) in untold
                else crediting.put(self._wire, outgoing, raw, company)
                if (raw := begun.get(reference))
                else _creation(outgoing, company)
                for outgoing in batch
            ]
        return decided(
            batch,
            lambda ids: reading.load(self._wire, kind, ids),
            self._wire.is_there,
            lambda outgoing, raw: self._decide(outgoing, raw, company),
        )

    def _decide(self, outgoing: Outgoing, raw: Body | None, company: Company) -> Job | Outcome:
        """The update or void to send, if the books still hold what we posted."""
        if raw is None or not in_the_books(raw):
            return judging.vanished(outgoing)
        void = outgoing.operation is Operation.VOID
        now = posted(outgoing.document.kind, raw, company)
        settled = judging.settled_before(outgoing, now, moved=_moved, unlike=_unlike)
        if settled is not None:
            return settled
        if on_account.is_so(now.external_id):
            if not void:
                return crediting.put(self._wire, outgoing, raw, company)
            freed = crediting.free(self._wire, outgoing, raw, now)
            if not isinstance(freed, PostedDocument):
                return freed
            now = freed
        if raw.get("IsReconciled") is True:
            # What deleting it does to the bank reconciliation is UNVERIFIED (FACTS X26).
            return Rejected(
                f"{outgoing.document.reference} is reconciled with the bank in Xero. Remove the "
                f"reconciliation there first, or correct it by hand.",
                "reconciled",
            )
        try:
            return _change(outgoing, raw, now, company)
        except Refusal as refusal:
            return refusal.outcome

    # ── sending ──────────────────────────────────────────────────────────────────────────────

    def _send(self, jobs: Sequence[Job]) -> list[Result]:
        """In batches of one path, several under way. After one not sent, none is tried."""
        tasks = [part for group in _by_path(jobs) for part in self._parts(group)]
        answered = self._at_once.send(
            self._send_task, [[jobs[index] for index in task] for task in tasks]
        )
        by_index = {
            index: result
            for task, results in zip(tasks, answered, strict=True)
            for index, result in zip(task, results, strict=True)
        }
        return [by_index[index] for index in range(len(jobs))]

    def _parts(self, indexes: list[int]) -> list[list[int]]:
        size = self._settings.batch_size
        return [indexes[start : start + size] for start in range(0, len(indexes), size)]

    def _send_task(self, jobs: Sequence[Job]) -> list[Result]:
        first = jobs[0]
        if first.alone:
            resource, _, _ = first.path.partition("/")
            return [self._wire.write_one(first.method, first.path, resource, first.body, first.key)]
        bodies, keys = [job.body for job in jobs], [job.key for job in jobs]
        return self._wire.write_many(first.method, first.path, bodies, keys)

    # ── afterwards ───────────────────────────────────────────────────────────────────────────

    def _settle_all(self, jobs: Sequence[Job], results: Sequence[Result]) -> list[Outcome]:
        """Outcomes in order; what was refused because something is there is looked up together."""
        outcomes = [self._settle(job, result) for job, result in zip(jobs, results, strict=True)]
        asked = {
            index: (job, result.finding)
            for index, (job, result) in enumerate(zip(jobs, results, strict=True))
            if isinstance(result, Refused) and _needs_a_look(job, result.finding)
        }
        if asked:
            looked = self._look_up(list(asked.values()))
            for index, outcome in zip(asked, looked, strict=True):
                outcomes[index] = outcome
        return outcomes

    def _settle(self, job: Job, result: Result) -> Outcome:
        if isinstance(result, Applied):
            return self._applied(job, result.raw)
        return not_applied(result)

    def _applied(self, job: Job, raw: Body) -> Outcome:
        kind = job.outgoing.document.kind
        if job.outgoing.operation is not Operation.VOID:
            if kind is Kind.RECEIPT and not on_account.has_id(raw):
                return InDoubt("the answer has no id for the overpayment")
            if crediting.is_put_to_use(job.outgoing):
                return crediting.put(self._wire, job.outgoing, raw, self._company_of())
            now = posted(kind, raw, self._company_of())
            if job.now is not None and now.external_id != job.now.external_id:
                return InDoubt("the answer is about another document")
            return Posted(now)
        assert job.now is not None
        if job.now.external_id.startswith(on_account.OVERPAYMENT):
            void = msgspec.structs.replace(job.now, status=Status.VOIDED, open=job.now.open * 0)
            return Posted(void)
        left = posted(kind, raw, self._company_of())
        if left.status is Status.LIVE or left.external_id != job.now.external_id:
            return InDoubt("the answer does not show a void of this document")
        # A short answer may leave out what the document said: it is kept as it was last told.
        return Posted(msgspec.structs.replace(job.now, status=left.status, version=left.version))

    def _look_up(self, asked: Sequence[tuple[Job, Finding]]) -> list[Outcome]:
        """The outcomes behind refusals that say that something is there, or done, already."""
        kind = asked[0][0].outgoing.document.kind
        company = self._company_of()
        links: dict[str, str] = {}
        for job, _ in asked:
            links |= job.outgoing.links
        try:
            if asked[0][0].outgoing.operation is Operation.CREATE:
                wanted = [job.outgoing.document for job, _ in asked]
                found = reading.find(self._wire, kind, wanted, links, company)
                return [
                    _whose(job.outgoing, found.get(job.outgoing.document.reference), finding)
                    for job, finding in asked
                ]
            ids = [target(job.outgoing).external_id for job, _ in asked]
            raws = reading.load(self._wire, kind, ids)
            return [
                _state_now(job, raws.get(external_id), finding, company)
                for (job, finding), external_id in zip(asked, ids, strict=True)
            ]
        except BridgeError as reason:
            # Refused, but whether because ours is there already is not known.
            return [InDoubt(f"{finding.code}, and then: {reason}") for _, finding in asked]


def _creation(outgoing: Outgoing, company: Company) -> Job | Outcome:
    try:
        path, body = on_account.creation_of(outgoing.document, outgoing.links, company)
    except Refusal as refusal:
        return refusal.outcome
    return Job(outgoing=outgoing, method="PUT", path=path, body=body, key=outgoing.key)


def _change(outgoing: Outgoing, raw: Body, now: PostedDocument, company: Company) -> Job:
    """The update or void of a document that is as we left it. Raises Refusal."""
    document = outgoing.document
    if outgoing.operation is Operation.UPDATE:
        if document.kind is Kind.RECEIPT:
            raise Refusal("receipt_fixed", "Xero changes no payment: take it back, post another.")
        path, body = update_of(document, outgoing.links, company, raw)
        method = "POST"
    elif isinstance(document, Receipt) and now.external_id.startswith(on_account.OVERPAYMENT):
        method, path, body = "PUT", "Payments", on_account.return_of(document, now, company)
    elif on_account.is_so(now.external_id):
        method, path, body = void_of(Kind.CREDIT_NOTE, raw, now)
    else:
        method, path, body = void_of(document.kind, raw, now)
    key = key_at(outgoing, now.version)
    return Job(outgoing=outgoing, method=method, path=path, body=body, key=key, now=now)


def _by_path(jobs: Sequence[Job]) -> list[list[int]]:
    """Indexes of jobs that may share a call; those that may not are alone."""
    groups: dict[str, list[int]] = {}
    for index, job in enumerate(jobs):
        groups.setdefault(f"{job.method} {job.path}", []).append(index)
    return list(groups.values())


def _needs_a_look(job: Job, finding: Finding) -> bool:
    if job.outgoing.operation is Operation.CREATE:
        return finding.then in TAKEN or finding.then is Then.STATUS
    return finding.then is Then.STATUS or finding.code == "gone"


def _whose(outgoing: Outgoing, now: Found | None, finding: Finding) -> Outcome:
    """Ours already, with the same content: posted. Anything else is a question."""
    if ours := judging.there_already(outgoing, now):
        return ours
    if isinstance(outgoing.document, Customer) and finding.then is Then.NAME_TAKEN:
        return judging.name_taken(outgoing, "Another contact in Xero", "account number")
    if finding.then not in TAKEN:
        return Rejected(finding.reason, finding.code)
    assert not isinstance(now, Several), "those are a question already"
    where = f" (id {now.external_id}, {now.status.value})" if now is not None else ""
    return judging.number_taken(outgoing, "Xero", f"what is not this document{where}")


def _state_now(job: Job, raw: Body | None, finding: Finding, company: Company) -> Outcome:
    """After a refused change of status: done already, or truly refused."""
    now = None if raw is None else posted(job.outgoing.document.kind, raw, company)
    refused = Rejected(finding.reason, finding.code)
    return judging.after_refusal(job.outgoing, now, refused)


def _moved(outgoing: Outgoing, now: PostedDocument) -> bool:
    if on_account.is_so(now.external_id):
        return crediting.is_moved(outgoing, now)
    return judging.moved(outgoing, now)


def _unlike(outgoing: Outgoing, now: PostedDocument) -> bool:
    document = as_told(outgoing.document)
    return judging.unlike(msgspec.structs.replace(outgoing, document=document), now, memo=False)
