"""The use that QuickBooks itself made of a credit memo of ours.

Where a company lets it (AutoApplyCredit), QuickBooks puts credit to use by payments of nothing
that it makes of its own accord; whether it does so with documents made through the API is
UNVERIFIED (FACTS Q16). Credit is used once: what QuickBooks made is taken for ours when it is what
we wanted, and shown to a person when it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from bridge.core.books import CreditApplication, Kind, PostedDocument
from bridge.core.change.matching import differences
from bridge.core.delivery import Outcome, Outgoing, Posted
from bridge.errors import TryLater
from bridge.systems.apart import not_told, told_apart
from bridge.systems.quickbooks import queries, reading
from bridge.systems.quickbooks.answers import posted
from bridge.systems.quickbooks.translate import Company
from bridge.systems.quickbooks.wire import Wire
from bridge.systems.truth import untrue

Raw = dict[str, Any]
ZERO = Decimal(0)
Change = Callable[[Outgoing, Raw, Company], Outcome | None]
"""Makes an object of the books say what the document says; None when that was refused."""


class Credits:
    """The uses of credit memos that are there already."""

    def __init__(self, wire: Wire, change: Change) -> None:
        self._wire = wire
        self._change = change

    def used_up(self, batch: Sequence[Outgoing], company: Company) -> dict[str, Outcome]:
        """Reference → outcome, of applications whose credit QuickBooks has used by itself.

        Asked only where the company lets QuickBooks do so.
        """
        if not company.auto_applies_credit:
            return {}
        notes = [_note_of(each) for each in batch]
        found, untold = told_apart(
            lambda part: reading.load(self._wire, Kind.CREDIT_NOTE, part),
            notes,
            self._wire.is_there,
        )
        outcomes: dict[str, Outcome] = {}
        for outgoing, note_id in zip(batch, notes, strict=True):
            reference = outgoing.document.reference
            if note_id in untold:
                outcomes[reference] = not_told(untold[note_id])
                continue
            note = found.get(note_id)
            left = posted(Kind.CREDIT_NOTE, note, company.home_currency).open if note else ZERO
            if left < _application(outgoing).total:
                done = self._taken_over_or_untold(outgoing, company)
                if done is not None:
                    outcomes[reference] = done
        return outcomes

    def _taken_over_or_untold(self, outgoing: Outgoing, company: Company) -> Outcome | None:
        try:
            return self.taken_over(outgoing, company)
        except TryLater as trouble:
            if trouble.retry_after_s is not None:
                raise
            return not_told(str(trouble))

    def taken_over(self, outgoing: Outgoing, company: Company) -> Outcome | None:
        """The use that the books make of a credit note already; None when they make none.

        The very one that we wanted becomes ours, by our reference and date. Any other is bound as
        it is, so that it shows as different and a person is asked.
        """
        document, links, home = _application(outgoing), outgoing.links, company.home_currency
        uses = self._uses(_note_of(outgoing), links[document.customer])
        same = _the_same(document, uses, links, home)
        if same is None:
            other = _nearest(document, uses, links, home)
            return None if other is None else Posted(other)
        if same.get("PaymentRefNum") != document.reference:
            changed = self._change(outgoing, same, company)
            if changed is not None:
                return changed
        return Posted(posted(Kind.APPLICATION, same, home))

    def _uses(self, note_id: str, customer_id: str) -> list[Raw]:
        """The payments of the customer that use a credit memo, whoever made them."""
        condition = f"CustomerRef = {queries.literal(customer_id)}"
        payments = list(self._wire.rows("Payment", condition))
        if any((raw.get("CustomerRef") or {}).get("value") != customer_id for raw in payments):
            raise untrue("QuickBooks", "a Payment of a customer that was not asked for")
        return [raw for raw in payments if _is_use(raw, note_id)]


def _application(outgoing: Outgoing) -> CreditApplication:
    assert isinstance(outgoing.document, CreditApplication), outgoing.document.reference
    return outgoing.document


def _note_of(outgoing: Outgoing) -> str:
    """The id of the credit memo that an application uses."""
    return outgoing.links[_application(outgoing).credit_note]


def _is_use(raw: Raw, note_id: str) -> bool:
    return any(
        linked.get("TxnType") == "CreditMemo" and linked.get("TxnId") == note_id
        for line in raw.get("Line") or ()
        for linked in line.get("LinkedTxn") or ()
    )


def _the_same(
    document: CreditApplication, uses: Iterable[Raw], links: Mapping[str, str], home: str
) -> Raw | None:
    """The one that settles the very invoices that we wanted settled; its date may be another."""
    for raw in uses:
        wrong = differences(document, posted(Kind.APPLICATION, raw, home), links)
        if not {each.field for each in wrong} - {"day", "number"}:
            return raw
    return None


def _nearest(
    document: CreditApplication, uses: Iterable[Raw], links: Mapping[str, str], home: str
) -> PostedDocument | None:
    """The one to show a person: that which settles most of the invoices that we wanted settled."""
    wanted = {links.get(each.invoice, "") for each in document.applications}

    def shared(each: PostedDocument) -> Decimal:
        return sum((value for key, value in each.applications if key in wanted), ZERO)

    return max((posted(Kind.APPLICATION, raw, home) for raw in uses), key=shared, default=None)
