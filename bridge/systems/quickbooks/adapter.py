"""QuickBooks Online as an accounting system."""

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
from bridge.systems.quickbooks import (
    answers,
    changes,
    control,
    entries,
    faults,
    probes,
    queries,
    reading,
    translate,
)
from bridge.systems.quickbooks import chart as charts
from bridge.systems.quickbooks.login import LOGIN, NAME, token_endpoint
from bridge.systems.quickbooks.settings import Settings
from bridge.systems.quickbooks.shapes import rows_of
from bridge.systems.quickbooks.wire import Wire
from bridge.systems.quickbooks.writing import Writer
from bridge.systems.settling import Settling
from bridge.systems.throttle import Throttle, Window
from bridge.systems.tokens import StaticToken, Tokens
from bridge.systems.transport import Timeouts, Transport
from bridge.systems.truth import untrue

_ALL = frozenset(Kind)

CAPABILITIES = Capabilities(
    line_target="item",
    void=_ALL - {Kind.CUSTOMER},
    update=_ALL,
    claim_size=120,
    # Only where the company asks QuickBooks to warn of duplicates, which can not be read.
    unique_numbers=frozenset(),
    name_length=500,
    name_forbidden=":\t\n",
    memo_length=4000,
    description_length=4000,
    one_currency_per_customer=True,
    unique_names=True,
    items_rebook=True,
    change_feed_days=changes.DAYS,
)


class QuickBooks:
    """One company's books in QuickBooks Online. Promises: `bridge/systems/base.py`."""

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
            self._tokens(),
            _throttle(settings, clock),
            self._meter,
            clock,
            Dialect(
                system=NAME,
                company=settings.company_id,
                refused_for_rate=faults.refused_for_rate,
                trace_header="intuit_tid",
            ),
        )
        self._wire = Wire(client, settings, _batches(settings, clock))
        self._writer = Writer(self._wire, settings, self._company)
        self._settling = Settling(clock, settings.settles_after_s)
        self._lock = threading.RLock()
        self._lists: charts.Lists | None = None
        self._lists_read_at = 0.0
        self._rules: translate.Company | None = None
        self._currencies: tuple[str, ...] = ()
        self._rates: dict[tuple[str, date], Decimal | None] = {}

    def close(self) -> None:
        """Let go of threads and connections."""
        self._writer.close()
        self._transport.close()

    def chart(self) -> Chart:
        """See base. Settings and balances are read each time, lists every ten minutes."""
        with self._lock:
            age_s = self._clock.monotonic() - self._lists_read_at
            if self._lists is None or age_s > self._settings.lists_age_s:
                preferences, accounts, self._lists = charts.read_all(self._wire, self.company_id)
                self._lists_read_at = self._clock.monotonic()
            else:
                preferences, accounts = charts.read_again(self._wire)
            chart = charts.chart_of(self.company_id, preferences, accounts, self._lists)
            self._currencies = chart.company.currencies
            self._rules = charts.writing_rules(chart.company, preferences)
            return chart

    def find(
        self, kind: Kind, wanted: Sequence[Document], links: dict[str, str]
    ) -> dict[str, Found]:
        return reading.find(self._wire, kind, wanted, links, self._home())

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        return self._settling.noted(batch, self._writer.post(batch))

    def settles_in_s(self, references: Collection[str]) -> float:
        return self._settling.rest_s(references)

    def read(self, kinds: Sequence[Kind]) -> Iterator[PostedDocument]:
        return reading.read(self._wire, kinds, self._home())

    def changes(self, kinds: Sequence[Kind], cursor: str) -> Changes:
        return changes.changes(self._wire, kinds, cursor, self._clock.now(), self._home())

    def newest(self, kinds: Sequence[Kind], cursors: Mapping[Kind, str]) -> Newest:
        """See base. What changed since, which is little more than what was made."""
        if any(not cursors.get(kind) for kind in kinds):
            return Newest(complete=False)
        return Newest.by(self.changes(kinds, min(cursors[kind] for kind in kinds)), kinds)

    def cursor(self) -> str:
        """See base. The time of the latest answer, so that it costs no call of its own."""
        if not self._wire.server_time:
            self.chart()
        return changes.cursor_at(self._wire.server_time, self._clock.now())

    def fetch(self, kind: Kind, external_ids: Sequence[str]) -> dict[str, PostedDocument]:
        home = self._home()
        found = reading.load(self._wire, kind, external_ids)
        return {key: answers.posted(kind, raw, home) for key, raw in found.items()}

    def control_entries(self) -> Iterator[ControlEntry]:
        chart = self.chart()
        receivables = {a.id for a in chart.accounts if a.role == "receivable"}
        return control.entries(self._wire, receivables, chart.company.home_currency)

    def hand_entries(
        self, lent: Collection[str], income: Collection[str], cursor: str, known: Collection[str]
    ) -> HandEntries:
        """See base. All accounts' entries, in one call."""
        del lent, income, known
        return entries.entries(self._wire, cursor, self._clock.now(), self._home())

    def rate(self, currency: str, day: date) -> Decimal | None:
        """See base. The query form of this entity has bugs; the GET form is used (FACTS Q31).

        A currency that the company has not got has no rate; it is not asked for.
        """
        if currency == self._home():
            return Decimal(1)
        if currency not in self._currencies:
            return None
        if (currency, day) not in self._rates:
            content = self._wire.get(
                "exchangerate", sourcecurrencycode=currency, asofdate=day.isoformat()
            )
            raw = content.get("ExchangeRate")
            if not isinstance(raw, dict) or raw.get("SourceCurrencyCode", currency) != currency:
                raise untrue("QuickBooks", f"it is no rate of {currency}")
            self._rates[currency, day] = answers.amount(raw, "Rate") or None
        return self._rates[currency, day]

    def calls(self) -> CallCount:
        return self._meter.calls()

    def companies(self) -> dict[str, str]:
        """See base. The address on which a login ends names its one company."""
        return {}

    def set_up(self) -> tuple[Prepared, ...]:
        """See base. Nothing: documents are known by their numbers and remarks."""
        return ()

    def probes(self) -> Iterator[tuple[str, str, str]]:
        chart = self.chart()
        yield from probes.of_chart(chart)
        yield from probes.of_tax(chart)
        newest = rows_of(self._wire.query(queries.newest("Invoice", fiscal.NEWEST)), "Invoice")
        recent = [(raw.get("DocNumber") or "", answers.stamp_of(raw)) for raw in newest]
        yield fiscal.signs(chart.company.country, "", recent)
        if not self._settings.access_token:
            stored = self._credentials.get(NAME, self.company_id, oauth.GRANT_ENDS)
            yield from probes.of_grant(stored, self._clock.now())

    def _company(self) -> translate.Company:
        if self._rules is None:
            with self._lock:
                if self._rules is None:
                    self.chart()
        assert self._rules is not None
        return self._rules

    def _home(self) -> str:
        return self._company().home_currency

    def _tokens(self) -> Tokens:
        if self._settings.access_token:
            return StaticToken(self._settings.access_token)
        return oauth.RefreshedTokens(
            token_endpoint(self._settings, self._credentials),
            self._transport,
            self._credentials,
            self._clock,
            system=NAME,
            company=self.company_id,
        )


def _throttle(settings: Settings, clock: Clock) -> Throttle:
    """Just below 500 a minute and 10 a second (FACTS Q32)."""
    windows = []
    if settings.calls_per_minute:
        windows.append(Window(settings.calls_per_minute, 60, slack_s=1.2))
    if settings.calls_per_second:
        windows.append(Window(settings.calls_per_second, 1, slack_s=0.1))
    return Throttle(tuple(windows), clock)


def _batches(settings: Settings, clock: Clock) -> Throttle:
    """40 batches a minute (FACTS Q32), unless limits are lifted altogether."""
    limit = settings.batches_per_minute if settings.calls_per_minute else 0
    return Throttle((Window(limit, 60, slack_s=1.2),) if limit else (), clock)
