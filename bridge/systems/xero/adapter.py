"""Xero as an accounting system."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from bridge.core.books import Chart, ControlEntry, Document, Found, Kind, PostedDocument
from bridge.core.delivery import Outcome, Outgoing
from bridge.systems import fiscal, oauth
from bridge.systems.base import (
    CallCount,
    Capabilities,
    Changes,
    HandEntries,
    Newest,
    Prepared,
)
from bridge.systems.budget import Meter
from bridge.systems.client import Client, Dialect
from bridge.systems.needs import Clock, Credentials
from bridge.systems.settling import Settling
from bridge.systems.throttle import Throttle, Window
from bridge.systems.transport import Timeouts, Transport
from bridge.systems.xero import changes, entries, faults, probes, reading, translate
from bridge.systems.xero import chart as charts
from bridge.systems.xero.answers import posted, stamp_of
from bridge.systems.xero.login import LOGIN, NAME, token_endpoint, tokens
from bridge.systems.xero.settings import Settings
from bridge.systems.xero.shapes import rows_of
from bridge.systems.xero.wire import Wire
from bridge.systems.xero.writing import Writer

CAPABILITIES = Capabilities(
    line_target="account",
    void=frozenset(Kind) - {Kind.CUSTOMER},
    # Of a receipt only what credit is put to use for; see receipt_parts.
    update=frozenset(Kind) - {Kind.RECEIPT},
    claim_size=500,
    unique_numbers=frozenset({Kind.CUSTOMER, Kind.INVOICE, Kind.CREDIT_NOTE}),
    name_length=255,
    name_forbidden="<>\t\n",
    memo_length=255,
    description_length=4000,
    one_currency_per_customer=False,
    unique_names=True,
    receipt_parts=True,
    sales_in_account_currency=True,
    dated_uses=True,
    change_feed_days=changes.DAYS,
)


class Xero:
    """One organisation's books in Xero. Promises: `bridge/systems/base.py`."""

    settings_type = Settings
    name = NAME
    capabilities = CAPABILITIES
    in_part = None
    login = LOGIN
    token_endpoint = staticmethod(token_endpoint)

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.company_id = settings.company_id
        self._settings = settings
        self._credentials = credentials
        self._clock = clock
        self._transport = Transport(
            clock, jitter=jitter, connections=max(settings.parallel, 2), timeouts=timeouts
        )
        self._meter = Meter(settings.budget, clock)
        client = Client(
            self._transport,
            tokens(settings, self._transport, credentials, clock),
            _throttle(settings, clock),
            self._meter,
            clock,
            Dialect(
                system=NAME,
                company=settings.company_id,
                refused_for_rate=faults.refused_for_rate,
                trace_header="xero-correlation-id",
                # Minute and day say how long (FACTS X42); only too many at once does not.
                rate_wait_s=faults.rate_wait_s,
            ),
        )
        self._wire = Wire(client, settings)
        self._writer = Writer(self._wire, settings, self._company)
        self._settling = Settling(clock, settings.settles_after_s)
        self._lock = threading.RLock()
        self._lists: charts.Lists | None = None
        self._lists_read_at = 0.0
        self._rules: translate.Company | None = None

    def close(self) -> None:
        """Let go of threads and connections."""
        self._writer.close()
        self._transport.close()

    def chart(self) -> Chart:
        """See base. Lock dates and balances are read each time, lists every ten minutes."""
        with self._lock:
            age_s = self._clock.monotonic() - self._lists_read_at
            if self._lists is None or age_s > self._settings.lists_age_s:
                self._lists = charts.read_lists(self._wire)
                self._lists_read_at = self._clock.monotonic()
            organisation, balances = charts.read_again(self._wire, self._clock.now().date())
            chart = charts.chart_of(self.company_id, organisation, balances, self._lists)
            self._rules = charts.writing_rules(chart.company, self._lists)
            return chart

    def find(
        self, kind: Kind, wanted: Sequence[Document], links: Mapping[str, str]
    ) -> dict[str, Found]:
        return reading.find(self._wire, kind, wanted, links, self._company())

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        return self._settling.noted(batch, self._writer.post(batch))

    def settles_in_s(self, references: Collection[str]) -> float:
        return self._settling.rest_s(references)

    def read(self, kinds: Sequence[Kind]) -> Iterator[PostedDocument]:
        return reading.read(self._wire, kinds, self._company())

    def changes(self, kinds: Sequence[Kind], cursor: str) -> Changes:
        return changes.changes(self._wire, kinds, cursor, self._clock.now(), self._company())

    def newest(self, kinds: Sequence[Kind], cursors: Mapping[Kind, str]) -> Newest:
        """See base. What changed since, which is little more than what was made."""
        if any(not cursors.get(kind) for kind in kinds):
            return Newest(complete=False)
        return Newest.by(self.changes(kinds, min(cursors[kind] for kind in kinds)), kinds)

    def cursor(self) -> str:
        """See base. By an answer of this moment; the organisation costs none of the day's calls."""
        self._wire.get("Organisation", metered=False)
        return changes.cursor_at(self._wire.server_time, self._clock.now())

    def fetch(self, kind: Kind, external_ids: Sequence[str]) -> dict[str, PostedDocument]:
        """See base. What was deleted is still there for Xero and comes with its status."""
        found = reading.load(self._wire, kind, external_ids)
        company = self._company()
        return {key: posted(kind, raw, company) for key, raw in found.items()}

    def control_entries(self) -> Iterator[ControlEntry]:
        """See base. Xero lets no manual journal on its receivable account (FACTS X24)."""
        return iter(())

    def hand_entries(
        self, lent: Collection[str], income: Collection[str], cursor: str, known: Collection[str]
    ) -> HandEntries:
        """See base. Manual journals of all accounts, in one call for a thousand that changed."""
        del lent, income, known
        return entries.entries(self._wire, cursor, self._clock.now(), self._company())

    def rate(self, currency: str, day: date) -> Decimal | None:
        """See base. Xero keeps no list of rates that can be asked for.

        It would take XE.com's rate of the day for a document without one; that one is not told
        beforehand, so a foreign document needs a rate of the mapping, or is held.
        """
        del day
        return Decimal(1) if currency == self._company().home_currency else None

    def calls(self) -> CallCount:
        return self._meter.calls()

    def companies(self) -> dict[str, str]:
        """See base. A person may have connected several organisations."""
        return probes.organisations(self._wire.connections())

    def set_up(self) -> tuple[Prepared, ...]:
        """See base. Nothing: documents are known by numbers and references, contacts by theirs."""
        return ()

    def probes(self) -> Iterator[tuple[str, str, str]]:
        yield from probes.of_connection(self._wire.connections(), self.company_id)
        chart = self.chart()
        yield from probes.of_chart(chart)
        yield from probes.of_actions(self._wire.get("Organisation/Actions"))
        wanted = {
            "where": 'Type=="ACCREC"',
            "order": "UpdatedDateUTC DESC",
            "page": "1",
            "pageSize": str(fiscal.NEWEST),
        }
        newest = rows_of(self._wire.get("Invoices", wanted), "Invoices")
        recent = [(raw.get("InvoiceNumber") or "", stamp_of(raw)) for raw in newest]
        yield fiscal.signs(chart.company.country, "", recent)
        yield from probes.of_limits(self._wire.day_left)
        if not self._settings.access_token:
            ends = oauth.grant_ends(self._credentials, NAME, self.company_id)
            yield from probes.of_grant(ends, self._clock.now())

    def _company(self) -> translate.Company:
        if self._rules is None:
            with self._lock:
                if self._rules is None:
                    self.chart()
        assert self._rules is not None
        return self._rules


def _throttle(settings: Settings, clock: Clock) -> Throttle:
    """Just below 60 a minute (FACTS X40). Five at once are kept by the number of threads."""
    limit = settings.calls_per_minute
    return Throttle((Window(limit, 60, slack_s=1.2),) if limit else (), clock)
