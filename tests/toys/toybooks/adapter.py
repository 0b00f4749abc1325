"""The toy's books as an accounting system. Promises: `bridge/systems/base.py`."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.books import (
    Account,
    Chart,
    Company,
    ControlEntry,
    Document,
    Found,
    Kind,
    PostedDocument,
    Status,
)
from bridge.core.delivery import Operation, Outcome, Outgoing, Posted, Rejected
from bridge.systems.base import CallCount, Capabilities, Changes, HandEntries, Newest, Prepared
from bridge.systems.carrying import one_sort
from bridge.systems.judging import (
    Refusal,
    meant,
    name_taken,
    settled_before,
    target,
    there_already,
    vanished,
)
from bridge.systems.needs import Clock, Credentials

from .login import LOGIN, NAME, token_endpoint
from .settings import Settings
from .translate import HOME, effect, kept

ALL = frozenset(Kind)
CAPABILITIES = Capabilities(
    line_target="account",
    void=ALL - {Kind.CUSTOMER},
    update=ALL,
    claim_size=50,
    unique_numbers=frozenset(),
    name_length=200,
    name_forbidden="",
    memo_length=1000,
    description_length=1000,
    one_currency_per_customer=False,
    unique_names=True,
    change_feed_days=30,
)
ACCOUNTS = (
    Account(id="a1", number="1", name="Receivable", classification="asset", role="receivable"),
    Account(id="a2", number="2", name="Bank", classification="asset", role="bank"),
    Account(id="a3", number="3", name="Lent", classification="asset"),
    Account(id="a4", number="4", name="Interest", classification="income"),
    Account(id="a5", number="5", name="Lost", classification="expense"),
)


class Box:
    """One company's books."""

    def __init__(self) -> None:
        self.documents: dict[str, PostedDocument] = {}
        self.by_key: dict[str, str] = {}
        self.writes = itertools.count(1)


BOXES: dict[str, Box] = {}
"""The product: what outlives an adapter."""


class ToyBooks:
    """One company's books in the toy."""

    settings_type = Settings
    name = NAME
    capabilities = CAPABILITIES
    in_part = None
    """It reads everything that changed."""
    login = LOGIN
    token_endpoint = staticmethod(token_endpoint)

    def __init__(self, settings: Settings, credentials: Credentials, clock: Clock) -> None:
        del credentials, clock
        self.company_id = settings.company_id
        self._box = BOXES.setdefault(settings.company_id, Box())
        self._calls = 0

    def close(self) -> None:
        """Nothing is held."""

    def chart(self) -> Chart:
        owed = sum(map(effect, self._told(ALL)), Decimal(0))
        receivable = msgspec.structs.replace(ACCOUNTS[0], balance=owed)
        company = Company(
            id=self.company_id,
            name="Toy shop",
            home_currency=HOME,
            multicurrency=True,
            currencies=(HOME, "MXN"),
        )
        return Chart(company=company, accounts=(receivable, *ACCOUNTS[1:]))

    def find(
        self, kind: Kind, wanted: Sequence[Document], links: dict[str, str]
    ) -> dict[str, Found]:
        told = self._told([kind])
        found = {
            document.reference: meant(
                document, [each for each in told if each.number == document.reference], links
            )
            for document in wanted
        }
        return {reference: one for reference, one in found.items() if one is not None}

    def read(self, kinds: Sequence[Kind]) -> Iterator[PostedDocument]:
        return iter(self._told(kinds))

    def changes(self, kinds: Sequence[Kind], cursor: str) -> Changes:
        told = self._told(kinds)
        since = tuple(each for each in told if int(each.version) > int(cursor))
        return Changes(documents=since, cursor=self.cursor(), complete=True)

    def newest(self, kinds: Sequence[Kind], cursors: Mapping[Kind, str]) -> Newest:
        since = min((int(cursors.get(kind) or 0) for kind in kinds), default=0)
        return Newest.by(self.changes(kinds, str(since)), kinds)

    def cursor(self) -> str:
        self._calls += 1
        return str(max((int(d.version) for d in self._box.documents.values()), default=1) - 1)

    def fetch(self, kind: Kind, external_ids: Sequence[str]) -> dict[str, PostedDocument]:
        return {d.external_id: d for d in self._told([kind]) if d.external_id in external_ids}

    def control_entries(self) -> Iterator[ControlEntry]:
        return iter(())

    def hand_entries(
        self, lent: Collection[str], income: Collection[str], cursor: str, known: Collection[str]
    ) -> HandEntries:
        del lent, income, known
        return HandEntries(cursor=cursor or "0")

    def companies(self) -> Mapping[str, str]:
        return {}

    def rate(self, currency: str, day: date) -> Decimal | None:
        del day
        return Decimal(1) if currency == HOME else None

    def calls(self) -> CallCount:
        return CallCount(total=self._calls, metered=0, throttled=0)

    def probes(self) -> Iterator[tuple[str, str, str]]:
        yield "box", "it is open", ""

    def settles_in_s(self, references: Collection[str]) -> float:
        del references
        return 0

    def set_up(self) -> Sequence[Prepared]:
        return ()

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        if not batch:
            return []
        _, operation = one_sort(batch)
        write = self._create if operation is Operation.CREATE else self._change
        outcomes: list[Outcome] = []
        for outgoing in batch:
            self._calls += 1
            try:
                outcomes.append(write(outgoing))
            except Refusal as refusal:
                outcomes.append(refusal.outcome)
        return outcomes

    # ── inside ───────────────────────────────────────────────────────────────────────────────

    def _create(self, outgoing: Outgoing) -> Outcome:
        box, document = self._box, outgoing.document
        if outgoing.key in box.by_key:
            return Posted(self._one(box.by_key[outgoing.key]))
        number = next(box.writes)
        made = kept(document, outgoing.links, f"t{number}", str(number))
        if made.kind is Kind.CUSTOMER:
            namesakes = [d for d in self._told([Kind.CUSTOMER]) if d.name == made.name]
            ours = [d for d in namesakes if d.number == made.number]
            if namesakes:
                known = there_already(outgoing, meant(document, ours, {}))
                return known or name_taken(outgoing, "Another customer in Toy Books", "notes")
        elif made.customer_id not in box.documents:
            return Rejected("There is no such customer.", "gone")
        box.documents[made.external_id] = made
        box.by_key[outgoing.key] = made.external_id
        return Posted(self._one(made.external_id))

    def _change(self, outgoing: Outgoing) -> Outcome:
        external_id = target(outgoing).external_id
        if external_id not in self._box.documents:
            return vanished(outgoing)
        settled = settled_before(outgoing, self._one(external_id))
        if settled is not None:
            return settled
        version = str(next(self._box.writes))
        then = self._box.documents[external_id]
        now = msgspec.structs.replace(then, version=version, status=Status.VOIDED)
        if outgoing.operation is Operation.UPDATE:
            now = kept(outgoing.document, outgoing.links, external_id, version)
        self._box.documents[external_id] = now
        return Posted(self._one(external_id))

    def _told(self, kinds: Collection[Kind]) -> list[PostedDocument]:
        self._calls += 1
        return [self._one(d.external_id) for d in self._box.documents.values() if d.kind in kinds]

    def _one(self, external_id: str) -> PostedDocument:
        """A document with what is open of it: settled by what is live."""
        document = self._box.documents[external_id]
        live = [d for d in self._box.documents.values() if d.status is Status.LIVE]
        used = sum((amount for _, amount in document.applications), Decimal(0))
        if document.kind is Kind.INVOICE:
            used = sum((a for d in live for i, a in d.applications if i == external_id), Decimal(0))
        elif document.kind is Kind.CREDIT_NOTE:
            used = sum((d.total for d in live if d.credit_note_id == external_id), Decimal(0))
        rest = document.total - used if document.status is Status.LIVE else Decimal(0)
        settles = document.kind in {Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT}
        return msgspec.structs.replace(document, open=rest if settles else Decimal(0))
