"""Writes to Zoho Books, and what became of each: one outcome for every document, always.

Zoho knows no key, so nothing is sent again that may have been applied: such a write is in doubt
until it is looked up. Its own rules are a second defence, where it has any: numbers of invoices
and credit notes and names of customers are taken once only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from bridge.core.books import CreditApplication, Customer, Kind, PostedDocument
from bridge.core.delivery import (
    InDoubt,
    Operation,
    Outcome,
    Outgoing,
    Posted,
    Rejected,
    Unavailable,
)
from bridge.errors import BridgeError, LoginRequired, TryLater
from bridge.systems import judging
from bridge.systems.apart import Untold
from bridge.systems.carrying import BUSY_WAIT_S, AtOnce, one_sort, put_off
from bridge.systems.judging import Refusal, link, target, there_already
from bridge.systems.results import (
    TAKEN,
    Applied,
    Finding,
    Raw,
    Refused,
    Then,
    Unclear,
    Unsent,
    distinct,
    not_applied,
    raise_if_login_ended,
)
from bridge.systems.zoho import changing
from bridge.systems.zoho import posted as inward
from bridge.systems.zoho.changing import Call
from bridge.systems.zoho.marking import MARKED_AS, Marked, Marking
from bridge.systems.zoho.reading import Reading
from bridge.systems.zoho.settings import Settings
from bridge.systems.zoho.shapes import not_what_was_sent
from bridge.systems.zoho.translate import LISTING, Company, body_of
from bridge.systems.zoho.wire import Wire

_OWN_NUMBER = {"ignore_auto_number_generation": "true"}
"""In the query: in the body it is ignored for invoices (FACTS Z9)."""
_NOT_MAILED = {"send": "false"}
"""What is assumed without it nobody says; `true` mails the invoice (FACTS Z10)."""


class _Draft(msgspec.Struct, frozen=True):
    """Created, or found again, and still to be taken out of its draft."""

    raw: Raw


_Step = Outcome | Unsent | _Draft
"""Unsent: the connection has ended, unless others of the batch were carried out."""


class Writer:
    """Carries out writes of one organization."""

    def __init__(
        self,
        wire: Wire,
        reading: Reading,
        marking: Marking,
        settings: Settings,
        company: Callable[[], Company],
    ) -> None:
        self._wire = wire
        self._reading = reading
        self._marking = marking
        self._settings = settings
        self._company = company
        self._at_once = AtOnce("zoho", settings.parallel)

    def close(self) -> None:
        self._at_once.close()

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """One outcome for each, in order. Raises LoginRequired only if nothing was applied."""
        if not batch:
            return []
        kind, operation = one_sort(batch)
        try:
            self._company()
        except TryLater as reason:
            return put_off(batch, reason)
        steps = self._in_parallel(batch)
        if operation is Operation.CREATE:
            steps = distinct(steps, lambda step: _new_id(step, LISTING[kind].id), InDoubt)
        raise_if_login_ended(steps)
        return self._out_of_drafts(batch, steps)

    def _in_parallel(self, batch: Sequence[Outgoing]) -> list[_Step]:
        """Every write by itself. After one that could not be sent, none is tried; but for those
        that are alone in that nothing is told about them."""
        stopped: list[Unavailable | Unsent] = []
        untold = Untold(self._wire.is_there)

        def carry_out(outgoing: Outgoing) -> _Step:
            if stopped:
                return stopped[0]
            try:
                step = self._carry_out(outgoing)
            except TryLater as reason:
                try:
                    return untold.leave(f"{outgoing.entry}", reason)
                except TryLater as trouble:
                    step = Unavailable(str(trouble), trouble.retry_after_s or BUSY_WAIT_S)
            if isinstance(step, Unavailable | Unsent):
                stopped.append(step)
            else:
                untold.answered()
            return step

        return self._at_once.each(carry_out, batch)

    def _carry_out(self, outgoing: Outgoing) -> _Step:
        """One write. What is asked before it leaves may fail; then nothing was applied. Raises
        TryLater where it is not answered."""
        try:
            if outgoing.operation is not Operation.CREATE:
                return self._change(outgoing)
            if outgoing.document.kind is Kind.APPLICATION:
                return self._apply(outgoing)
            return self._create(outgoing)
        except Refusal as refusal:
            return refusal.outcome
        except LoginRequired as ended:
            return Unsent(str(ended), BUSY_WAIT_S, login_ended=True)

    # ── new documents ────────────────────────────────────────────────────────────────────────

    def _create(self, outgoing: Outgoing) -> _Step:
        document = outgoing.document
        kind = document.kind
        body = body_of(document, outgoing.links, self._company())
        numbered = kind in {Kind.INVOICE, Kind.CREDIT_NOTE}
        options = _OWN_NUMBER if numbered else {}
        if kind is Kind.INVOICE:
            options = options | _NOT_MAILED
        result = self._wire.write("POST", LISTING[kind].path, body, **options)
        if isinstance(result, Refused):
            return self._refused(outgoing, result.finding)
        if not isinstance(result, Applied):
            return _not_applied(result)
        raw = result.raw.get(LISTING[kind].one)
        if not isinstance(raw, dict) or not raw.get(LISTING[kind].id):
            return InDoubt(f"the answer shows no {LISTING[kind].one}")
        if wrong := not_what_was_sent(body, raw):
            return InDoubt(wrong)
        if numbered and not raw.get("status"):
            return InDoubt("the answer does not tell whether it is a draft")
        if numbered and inward.is_draft(raw):
            return _Draft(raw)
        if not isinstance(document, Customer):
            raw.setdefault("currency_code", document.currency)  # not in every answer to a create
        return Posted(inward.posted(kind, raw, self._company()))

    def _refused(self, outgoing: Outgoing, finding: Finding) -> _Step:
        """Whether the refusal is because ours is there already."""
        try:
            if finding.then in TAKEN:
                return self._who_has_it(outgoing, finding)
            if outgoing.document.kind in {Kind.RECEIPT, Kind.CUSTOMER}:
                # No code for a field of ours that is there already is known (FACTS Z21), and money
                # that has been applied before is "more than the balance due" (24016).
                kind, links = outgoing.document.kind, outgoing.links
                found = self._reading.look(kind, [outgoing.document], links)
                ours = there_already(outgoing, found.get(outgoing.document.reference))
                if ours is not None:
                    return ours
        except BridgeError as reason:
            return InDoubt(f"{finding.code}, and then: {reason}")
        return Rejected(finding.reason, finding.code)

    def _who_has_it(self, outgoing: Outgoing, finding: Finding) -> _Step:
        """Ours already, with the same content: posted. Anything else is a question."""
        document, kind, company = outgoing.document, outgoing.document.kind, self._company()
        found = self._reading.named(kind, document)
        if not found:
            return InDoubt(f"{finding.reason} (and no listing shows it yet)")
        for raw in found:
            if isinstance(document, Customer) and not inward.is_ours(raw, document.reference):
                continue
            draft = kind in MARKED_AS and inward.is_draft(raw)
            as_sent = {**raw, "status": MARKED_AS[kind]} if draft else raw
            now = inward.posted(kind, as_sent, company)
            if ours := there_already(outgoing, now):
                return _Draft(raw) if draft else ours
        if isinstance(document, Customer):
            return judging.name_taken(outgoing, "Another customer in Zoho", "remarks")
        ids = ", ".join(inward.text(raw, LISTING[kind].id) for raw in found)
        return judging.number_taken(outgoing, "Zoho", f"another document (id {ids})")

    def _out_of_drafts(self, batch: Sequence[Outgoing], steps: Sequence[_Step]) -> list[Outcome]:
        kind = batch[0].document.kind
        drafts = {
            inward.text(step.raw, LISTING[kind].id): step.raw
            for step in steps
            if isinstance(step, _Draft)
        }
        marked: dict[str, Marked] = {}
        if drafts:
            try:
                if kind is Kind.INVOICE:
                    marked = self._marking.sent(list(drafts))
                else:
                    marked = {key: self._marking.one(kind, key) for key in drafts}
            except BridgeError as reason:
                marked = {key: Marked(done=False, cause=str(reason)) for key in drafts}
        return [self._outcome(kind, step, marked) for step in steps]

    def _outcome(self, kind: Kind, step: _Step, marked: dict[str, Marked]) -> Outcome:
        if isinstance(step, Unsent):
            return Unavailable(step.cause, BUSY_WAIT_S)
        if not isinstance(step, _Draft):
            return step
        mark = marked[inward.text(step.raw, LISTING[kind].id)]
        if mark.done:
            raw = {**step.raw, "status": MARKED_AS[kind]}
            return Posted(inward.posted(kind, raw, self._company()))
        if mark.refused:
            return Rejected(mark.refused, mark.code)
        return InDoubt(f"created, perhaps not marked: {mark.cause}")

    # ── credit notes put to use ──────────────────────────────────────────────────────────────

    def _apply(self, outgoing: Outgoing) -> _Step:
        """Use a credit note, after a look at it: a second use would be one too many."""
        document = outgoing.document
        assert isinstance(document, CreditApplication)
        body = body_of(document, outgoing.links, self._company())
        note_id = link(outgoing.links, document.credit_note)
        note = self._reading.load(Kind.APPLICATION, note_id)
        if note is None:
            return Rejected("The credit note is not in the books any more.", "gone")
        now = self._reading.seen(Kind.APPLICATION, note)
        if now.total:
            if ours := there_already(outgoing, now):
                return ours
            reason = f"Credit note {document.credit_note} is used for something else already."
            return Rejected(reason, "credit_used_up")
        result = self._wire.write("POST", f"creditnotes/{note_id}/invoices", body)
        if not isinstance(result, Applied):
            return _not_applied(result)
        return Posted(inward.application(note, body["invoices"], self._company()))

    # ── changes ──────────────────────────────────────────────────────────────────────────────

    def _change(self, outgoing: Outgoing) -> Outcome | Unsent:
        """An update or a void, if the books still hold what we posted."""
        kind = outgoing.document.kind
        external_id = target(outgoing).external_id
        raw = self._reading.load(kind, external_id)
        now = None if raw is None else self._reading.seen(kind, raw)
        if raw is None or now is None or (kind is Kind.APPLICATION and not now.total):
            return judging.vanished(outgoing)
        settled = judging.settled_before(outgoing, now, draft=inward.is_draft(raw))
        if settled is not None:
            return settled
        credited = self._reading.credited(external_id) if kind is Kind.APPLICATION else []
        calls = changing.calls(outgoing, raw, credited, self._company())
        return self._send_all(outgoing, calls, now)

    def _send_all(
        self, outgoing: Outgoing, calls: Sequence[Call], now: PostedDocument
    ) -> Outcome | Unsent:
        """The calls of one change, in order; after the first, any failure is a doubt."""
        content: dict[str, Any] = {}
        for number, call in enumerate(calls):
            result = self._wire.write(call.method, call.path, call.body)
            if isinstance(result, Applied):
                content = result.raw
                continue
            if isinstance(result, Refused):
                then = result.finding.then
                if then is Then.DONE or (then is Then.GONE and call.method == "DELETE"):
                    continue
            if number == 0:
                return _not_applied(result)
            cause = result.finding.reason if isinstance(result, Refused) else result.cause
            return InDoubt(f"half done: {cause}")
        if outgoing.operation is Operation.VOID:
            return Posted(changing.taken_back(outgoing, now))
        return self._updated(outgoing, content)

    def _updated(self, outgoing: Outgoing, content: dict[str, Any]) -> Outcome:
        kind = outgoing.document.kind
        if kind is not Kind.APPLICATION:
            raw = content.get(LISTING[kind].one)
            ours = target(outgoing).external_id
            if isinstance(raw, dict) and inward.text(raw, LISTING[kind].id) == ours:
                if not isinstance(outgoing.document, Customer):
                    raw.setdefault("currency_code", outgoing.document.currency)
                return Posted(inward.posted(kind, raw, self._company()))
        try:
            external_id = target(outgoing).external_id
            found = self._reading.fetch(kind, [external_id]).get(external_id)
        except BridgeError as reason:
            return InDoubt(f"changed, and then: {reason}")
        return InDoubt("changed, and then not found") if found is None else Posted(found)


def _new_id(step: _Step, id_field: str) -> str:
    """The id of a document that was just sent; an application has its credit note's."""
    if isinstance(step, _Draft):
        return inward.text(step.raw, id_field)
    if isinstance(step, Posted) and step.document.kind is not Kind.APPLICATION:
        return step.document.external_id
    return ""


def _not_applied(result: Refused | Unsent | Unclear) -> Outcome | Unsent:
    return result if isinstance(result, Unsent) and result.login_ended else not_applied(result)
