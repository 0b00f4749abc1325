"""Zoho Books as an accounting system."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from bridge.core.books import Chart, ControlEntry, Document, Found, Kind, PostedDocument
from bridge.core.delivery import Outcome, Outgoing
from bridge.systems import fiscal
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
from bridge.systems.tokens import StaticToken, Tokens
from bridge.systems.transport import Timeouts, Transport
from bridge.systems.zoho import chart as charts
from bridge.systems.zoho import control, entries, faults, probes, setup, translate
from bridge.systems.zoho.in_part import InPart
from bridge.systems.zoho.login import LOGIN, NAME, ZohoTokens, token_endpoint
from bridge.systems.zoho.marking import AT_ONCE, Marking
from bridge.systems.zoho.posted import day, optional, stamp_of, text
from bridge.systems.zoho.reading import Reading
from bridge.systems.zoho.settings import Settings
from bridge.systems.zoho.wire import INVOICES, Wire
from bridge.systems.zoho.writing import Writer

_ALL = frozenset(Kind)
_OVERLAP = timedelta(minutes=10)
_SHARE = {"single": 95, "backfill": 70}
"""Percent of the day's calls that we use: all programs there share them (FACTS Z41)."""

CAPABILITIES = Capabilities(
    two_steps=True,
    # Items carry the account: the way to steer an invoice's line (FACTS Z11).
    line_target="item",
    void=_ALL - {Kind.CUSTOMER},
    update=_ALL,
    # As many invoices as leave their drafts in one call.
    claim_size=AT_ONCE,
    unique_numbers=frozenset({Kind.INVOICE, Kind.CREDIT_NOTE}),
    name_length=200,
    name_forbidden="<>\t\n",
    memo_length=500,
    description_length=500,
    one_currency_per_customer=True,
    unique_names=True,
    # No lines in listings, and of payments and credit notes not what they settle (FACTS Z32).
    listed_in_part=_ALL - {Kind.CUSTOMER},
    # No listing tells what was deleted, and none of payments what was changed (FACTS Z32, Z33).
    change_feed_days=0,
)


class ZohoBooks:
    """One organization's books in Zoho Books. Promises: `bridge/systems/base.py`."""

    settings_type = Settings
    name = NAME
    capabilities = CAPABILITIES
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
                rate_wait_s=faults.rate_wait_s,
                token_scheme="Zoho-oauthtoken",
                meters_refusals=True,
            ),
        )
        self._wire = Wire(client, settings)
        self._settling = Settling(clock, settings.settles_after_s)
        marking = Marking(self._wire, clock)
        self._reading = Reading(self._wire, self._company, self._settling, marking)
        self.in_part = InPart(self._wire, self._company, settings, clock, self._calls_a_day)
        self._writer = Writer(self._wire, self._reading, marking, settings, self._company)
        self._lock = threading.RLock()
        self._lists: charts.Lists | None = None
        self._rules: translate.Company | None = None
        self._lists_read_at = 0.0
        self._lock_unknown = False
        self._rates: dict[tuple[str, date], Decimal | None] = {}

    def close(self) -> None:
        """Let go of threads and connections."""
        self._writer.close()
        self._transport.close()

    def chart(self) -> Chart:
        """See base. Accounts and the lock are read each time, lists every ten minutes."""
        with self._lock:
            lists = self._read_lists()
            accounts = charts.read_accounts(self._wire)
            lock = charts.Lock(known=False)
            if not self._lock_unknown:
                lock = charts.read_lock(self._wire)
                # Asking again for what the login may not see would use up access tokens.
                self._lock_unknown = not lock.known
            return charts.chart_of(self.company_id, accounts, lock, lists)

    def find(
        self, kind: Kind, wanted: Sequence[Document], links: dict[str, str]
    ) -> dict[str, Found]:
        return self._reading.find(kind, wanted, links)

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        return self._settling.noted(batch, self._writer.post(batch))

    def settles_in_s(self, references: Collection[str]) -> float:
        return self._settling.rest_s(references)

    def read(self, kinds: Sequence[Kind]) -> Iterator[PostedDocument]:
        return self._reading.read(kinds)

    def changes(self, kinds: Sequence[Kind], cursor: str) -> Changes:
        """See base. There is no feed: see `in_part`."""
        del kinds
        return Changes(documents=(), cursor=cursor, complete=False)

    def newest(self, kinds: Sequence[Kind], cursors: Mapping[Kind, str]) -> Newest:
        return self._reading.newest(kinds, cursors)

    def cursor(self) -> str:
        """See base. Only a mark of when the books were read: see `changes`."""
        return (self._clock.now() - _OVERLAP).isoformat()

    def fetch(self, kind: Kind, external_ids: Sequence[str]) -> dict[str, PostedDocument]:
        return self._reading.fetch(kind, external_ids)

    def control_entries(self) -> Iterator[ControlEntry]:
        accounts = charts.read_accounts(self._wire)
        home = self._company().home_currency
        for raw in accounts:
            if text(raw, "account_type") == "accounts_receivable":
                yield from control.entries(self._wire, text(raw, "account_id"), home)

    def hand_entries(
        self, lent: Collection[str], income: Collection[str], cursor: str, known: Collection[str]
    ) -> HandEntries:
        """See base. Without news two calls, and one for each entry that still waits."""
        now = self._clock.now()
        return entries.entries(self._wire, lent, income, cursor, known, now)

    def rate(self, currency: str, day: date) -> Decimal | None:
        """See base. The organization's own rate of that day, or its latest one before."""
        rules = self._company()
        if currency == rules.home_currency:
            return Decimal(1)
        if currency not in rules.currencies:
            return None
        if (currency, day) not in self._rates:
            path = f"settings/currencies/{rules.currencies[currency]}/exchangerates"
            content = self._wire.get(path, from_date=day.isoformat()) or {}
            rate = _rate_on(content.get("exchange_rates") or (), day)
            if rate is None:  # it may mean "from that day on", and there are later ones
                content = self._wire.get(path) or {}
                rate = _rate_on(content.get("exchange_rates") or (), day)
            self._rates[currency, day] = rate
        return self._rates[currency, day]

    def calls(self) -> CallCount:
        return self._meter.calls()

    def probes(self) -> Iterator[tuple[str, str, str]]:
        chart, rules, lists = self.chart(), self._company(), self._read_lists()
        plan = text(lists.organization, "plan_name")
        yield from probes.of_chart(chart, rules, plan, charts.calls_a_day(lists))
        asked = {"entity": "invoice", "filter_custom_fields": "true"}
        fields = (self._wire.get("settings/fields", **asked) or {}).get("fields") or ()
        named = [text(field, "label") for field in fields if fiscal.is_named(text(field, "label"))]
        newest, _ = self._wire.page(
            INVOICES,
            1,
            per_page=str(fiscal.NEWEST),
            sort_column="created_time",
            sort_order="D",
        )
        recent = [(text(raw, "invoice_number"), stamp_of(raw)) for raw in newest]
        setting = f"invoices have the field {', '.join(named)}" if named else ""
        yield fiscal.signs(chart.company.country, setting, recent)

    def companies(self) -> dict[str, str]:
        """See base. Zoho lets a user in, who may belong to several organizations."""
        return charts.organizations(self._wire)

    def set_up(self) -> tuple[Prepared, ...]:
        """See base. The field for our reference on customers; raises LoginRequired where it is
        not only the settings that the login may not touch."""
        self._read_lists()
        prepared = setup.prepare(self._wire)
        if prepared.state == "made":
            with self._lock:
                self._lists = self._rules = None
        return (prepared,)

    def _read_lists(self) -> charts.Lists:
        with self._lock:
            age_s = self._clock.monotonic() - self._lists_read_at
            if self._lists is None or age_s > self._settings.lists_age_s:
                self._lists = charts.read_lists(self._wire, self.company_id)
                self._rules = charts.writing_rules(self._lists)
                self._lists_read_at = self._clock.monotonic()
                limit = charts.calls_a_day(self._lists)
                if limit is not None and self._settings.calls_per_minute:
                    self._meter.cap_day(limit * _SHARE[self._settings.mode] // 100)
            return self._lists

    def _calls_a_day(self) -> int | None:
        return None if self._lists is None else charts.calls_a_day(self._lists)

    def _company(self) -> translate.Company:
        if self._rules is None:
            self._read_lists()
        assert self._rules is not None
        return self._rules

    def _tokens(self) -> Tokens:
        if self._settings.access_token:
            return StaticToken(self._settings.access_token)
        return ZohoTokens(
            token_endpoint(self._settings, self._credentials),
            self._transport,
            self._credentials,
            self._clock,
            self.company_id,
        )


def _throttle(settings: Settings, clock: Clock) -> Throttle:
    """Just below 100 a minute (FACTS Z41)."""
    limit = settings.calls_per_minute
    return Throttle((Window(limit, 60, slack_s=1.2),) if limit else (), clock)


def _rate_on(rows: Sequence[dict[str, object]], wanted: date) -> Decimal | None:
    """The rate of that day, or of the latest day before it."""
    told = [(day(raw, "effective_date"), optional(raw, "rate")) for raw in rows]
    fit = [(when, rate) for when, rate in told if when and rate and when <= wanted]
    return max(fit)[1] if fit else None
