"""A test company at a provider, opened as the product opens one: bridge.toml and the keyring.

What is not plainly a test company is refused before anything is written to it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bridge import mappingfiles, wiring
from bridge import settings as settings_module
from bridge.clock import Clock, SystemClock
from bridge.core.mapping.booking import Booking, resolve
from bridge.errors import BridgeError
from bridge.pipeline.plan import limits_of
from bridge.settings import Settings, SystemSettings
from bridge.settingtypes import is_loopback
from bridge.systems.base import AccountingSystem
from tests.conformance.ground import Ground
from tests.in_words import in_words

INTUIT_SANDBOX = "sandbox-quickbooks.api.intuit.com"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERS = 6
"""Of a prefix: a tenth of a second, for seven years."""
DAYS_AGO = timedelta(days=10)


class Refused(Exception):
    """The suite does not run there; the text says why, and what to do."""


@dataclass
class LiveCompany:
    """One run's company. Every test has a prefix of its own, so that a run can be repeated."""

    system: str
    settings: Settings
    clock: Clock
    share: bool = True
    """One adapter for all tests, as a daemon would have; a recorded test needs its own."""
    home: str = ""
    foreign: str = ""
    rate: Decimal = Decimal(0)
    name: str = ""
    day: date = date.min
    _shared: AccountingSystem | None = None
    _open: dict[int, ExitStack] = field(default_factory=dict)
    _number: int = 0

    @property
    def own(self) -> SystemSettings:
        return self.settings.systems[self.system]

    def adapter(self, token: str | None) -> AccountingSystem:
        if token is None and self.share:
            self._shared = self._shared or self.opened()
            return self._shared
        return self.opened(token)

    def opened(self, token: str | None = None) -> AccountingSystem:
        settings = self.settings
        if token is not None:
            fixed = {"access": "static", "static_token": token}
            settings = with_changes(settings, self.system, fixed)
        stack = ExitStack()
        made = stack.enter_context(wiring.open_company(settings, self.system, self.clock))
        self._open[id(made)] = stack
        return made

    def release(self, adapter: AccountingSystem) -> None:
        if adapter is not self._shared:
            self._open.pop(id(adapter)).close()

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def secrets(self) -> list[str | None]:
        """What the keyring holds for this company."""
        if self.own.access == "static":
            return []
        keyring = wiring._credentials(self.settings, self.own, self.clock)
        kept = [
            keyring.get(self.system, self.own.company_id, name)
            for name in ("refresh_token", "access_token")
        ]
        return [*kept, keyring.get(self.system, "", "client_secret")]

    def ground(self) -> LiveGround:
        """For the next test."""
        self._number = max(self._number + 1, int(self.clock.now().timestamp() * 10))
        mapping = self.own.mapping
        assert mapping is not None, "settings.load places every path"
        return LiveGround(
            system=self.system,
            clock=self.clock,
            mapping=mapping,
            prefix=in_letters(self._number, LETTERS),
            day=self.day,
            home=self.home,
            foreign=self.foreign,
            rate=self.rate,
            empty=False,
            company=self,
        )


@dataclass(kw_only=True)
class LiveGround(Ground):
    """A company whose world nobody can move from here."""

    company: LiveCompany

    def adapter(self, token: str | None = None) -> AccountingSystem:
        return self.company.adapter(token)

    def release(self, adapter: AccountingSystem) -> None:
        self.company.release(adapter)


def open_company(
    system: str,
    config: Path,
    named: str = "",
    *,
    share: bool = True,
    environment: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
) -> LiveCompany:
    """The company of a bridge.toml, asked who it is. Raises Refused."""
    try:
        settings = settings_module.load(config, environment).settings
    except BridgeError as error:
        raise Refused(told(error)) from error
    if system not in settings.systems:
        raise Refused(f"{config} has no [systems.{system}].")
    # One call at a time: what is recorded must come in one order, and vcrpy knows no threads.
    settings = with_changes(settings, system, {"parallel": 1})
    company = LiveCompany(system, settings, clock or SystemClock(), share)
    if why_not := refused_by_settings(system, company.own, named):
        raise Refused(why_not)
    try:
        adapter = company.opened()
        if why_not := refused_by_books(system, company.own, adapter):
            raise Refused(why_not)
        _introduce(company, adapter)
        company.release(adapter)
    except BridgeError as error:
        company.close()
        raise Refused(told(error)) from error
    except BaseException:
        company.close()
        raise
    return company


def refused_by_settings(system: str, own: SystemSettings, named: str) -> str:
    """Why the settings do not plainly name a test company; empty when they may."""
    company, host = own.company_id, urlsplit(own.base_url).hostname
    if named and named != company:
        return f"--live-company {named} is not the company of the settings, {company}."
    if is_loopback(own.base_url) or system == "xero":
        return ""
    if system == "quickbooks" and host != INTUIT_SANDBOX:
        return (
            f"{host} keeps real books. Set base_url of [systems.quickbooks] to "
            f"https://{INTUIT_SANDBOX}, and connect with the sandbox keys of your app."
        )
    if system == "zoho" and not named:
        return (
            "Zoho does not say whether an organization is a trial. Name the one that the suite "
            f"may write to a second time: --live-company {company}"
        )
    return ""


def refused_by_books(system: str, own: SystemSettings, adapter: Any) -> str:
    """Why the company itself does not say that it is a test company; empty when it need not."""
    if system != "xero" or is_loopback(own.base_url):
        return ""
    organisation = adapter._wire.get("Organisation")["Organisations"][0]
    if organisation.get("IsDemoCompany") is True:
        return ""
    return (
        "Xero says that this organisation is not a Demo Company. Connect to the Demo Company of "
        "your login, and set company_id of [systems.xero] to its tenant."
    )


def _introduce(company: LiveCompany, adapter: AccountingSystem) -> None:
    """What the tests need of a company. Raises Refused where it is not there."""
    chart = adapter.chart()
    company.name, company.home = chart.company.name, chart.company.home_currency
    company.day = company.clock.now().date() - DAYS_AGO
    locked = chart.company.locked_through
    if locked is not None and locked >= company.day:
        raise Refused(f"The books are closed through {locked}; the tests write to {company.day}.")
    assert company.own.mapping is not None
    mapping = mappingfiles.load_books_mapping(company.own.mapping)
    where = f"mappings/{company.own.mapping.name}"
    booking, problems = resolve(mapping, chart, limits_of(adapter.capabilities), where)
    if booking is None:
        raise Refused("\n".join(["The mapping does not fit this company.", *map(str, problems)]))
    for currency in chart.company.currencies:
        rate = None if currency == company.home else _rate(adapter, booking, currency, company.day)
        if rate:
            company.foreign, company.rate = currency, rate
            return
    raise Refused(
        "The tests need a second currency with a rate: switch it on in the company, and give it a "
        "rate in [currencies] of the mapping if the company keeps none."
    )


def _rate(adapter: AccountingSystem, booking: Booking, currency: str, day: date) -> Decimal | None:
    return booking.rate(currency, day) or adapter.rate(currency, day)


def with_changes(settings: Settings, system: str, changes: Mapping[str, Any]) -> Settings:
    own = settings.systems[system].model_copy(update=dict(changes))
    return settings.model_copy(update={"systems": {**settings.systems, system: own}})


def told(error: BridgeError) -> str:
    return in_words(error)


def in_letters(number: int, places: int) -> str:
    """The last places of a number in base 36."""
    made = ""
    for _ in range(places):
        number, digit = divmod(number, len(DIGITS))
        made = DIGITS[digit] + made
    return made
