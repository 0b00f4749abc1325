"""Invoices out of their drafts: a new one is a draft, and a draft is not in the books (FACTS Z12).

Marking sent mails nothing, and marking twice does nothing, so it is the one write that is sent
again when its reply is lost. Many invoices are marked in one call; what became of each of them is
not told (FACTS Z13), so the drafts are listed afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bridge.core.books import Kind
from bridge.systems.needs import Clock
from bridge.systems.results import Applied, Refused, Result, Then, Unsent
from bridge.systems.zoho import posted as inward
from bridge.systems.zoho.wire import INVOICES, NOTES, Listing, Wire

_ATTEMPTS = 3
_LONGEST_WAIT_S = 65.0
AT_ONCE = 100
"""Ids in one URL; no limit is stated, and a URL of this length is taken everywhere."""

MARKED_AS = {Kind.INVOICE: "sent", Kind.CREDIT_NOTE: "open"}
"""Kinds that can be drafts, and what they are afterwards. Most organizations open credit notes
at once."""


class Marked(msgspec.Struct, frozen=True):
    """The state of one draft: out of it, refused and taken away again, or unknown. One that Zoho
    refuses to take away too (its month was locked meanwhile) stays, and is refused all the same."""

    done: bool
    refused: str = ""
    code: str = ""
    cause: str = ""


DONE = Marked(done=True)


class Marking:
    """Takes documents out of their drafts."""

    def __init__(self, wire: Wire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock

    def one(self, kind: Kind, external_id: str) -> Marked:
        """One invoice or credit note."""
        if kind is Kind.INVOICE:
            return self._one(INVOICES, external_id, "sent")
        assert kind is Kind.CREDIT_NOTE, kind
        return self._one(NOTES, external_id, "open")

    def sent(self, invoice_ids: Sequence[str]) -> dict[str, Marked]:
        """Mark these invoices sent. One that Zoho refuses to mark is deleted again."""
        marked: dict[str, Marked] = {}
        for start in range(0, len(invoice_ids), AT_ONCE):
            some = invoice_ids[start : start + AT_ONCE]
            marked |= self._together(some) if len(some) > 1 else {}
            for invoice_id in some:
                if invoice_id not in marked:
                    marked[invoice_id] = self._one(INVOICES, invoice_id, "sent")
        return marked

    def _together(self, ids: Sequence[str]) -> dict[str, Marked]:
        """The drafts that one call for all surely marked, or left unknown."""
        result = self._send("invoices/status/sent", invoice_ids=",".join(ids))
        if isinstance(result, Refused):
            return {}
        if not isinstance(result, Applied):
            return dict.fromkeys(ids, Marked(done=False, cause=result.cause))
        drafts, _ = self._wire.page(INVOICES, 1, sort_order="D", filter_by="Status.Draft")
        left = {inward.text(raw, INVOICES.id) for raw in drafts if inward.is_draft(raw)}
        return {invoice_id: DONE for invoice_id in ids if invoice_id not in left}

    def _one(self, listing: Listing, external_id: str, word: str) -> Marked:
        result = self._send(f"{listing.path}/{external_id}/status/{word}")
        if isinstance(result, Applied):
            return DONE
        if not isinstance(result, Refused):
            return Marked(done=False, cause=result.cause)
        finding = result.finding
        if finding.then is Then.DONE:
            return DONE
        now = self._wire.one(listing, external_id)
        if now is not None and not inward.is_draft(now):
            return DONE  # no code for "already" is known (FACTS Z13)
        if now is not None:
            gone = self._wire.write("DELETE", f"{listing.path}/{external_id}")
            if not isinstance(gone, Applied | Refused):
                return Marked(done=False, cause=f"a draft that can not be marked: {finding.reason}")
        return Marked(done=False, refused=finding.reason, code=finding.code)

    def _send(self, path: str, **options: str) -> Result:
        """Send a marking, again after a wait when it is not known to have arrived."""
        for attempt in range(1, _ATTEMPTS + 1):
            result = self._wire.write("POST", path, **options)
            if isinstance(result, Applied | Refused) or attempt == _ATTEMPTS:
                break
            wait_s = 1.0
            if isinstance(result, Unsent):
                if result.login_ended or result.retry_after_s > _LONGEST_WAIT_S:
                    break
                wait_s = max(result.retry_after_s, wait_s)
            self._clock.sleep(wait_s)
        return result
