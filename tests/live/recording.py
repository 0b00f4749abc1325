"""Cassettes of conformance tests: recorded at a provider, played back without a network.

Each tells the system, the day, the version of the API and what the test must know of the company,
and nothing that could be used or that names anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import vcr
import yaml

from bridge.clock import ManualClock
from bridge.credentials import MemoryCredentials
from bridge.systems import registry
from bridge.systems.base import AccountingSystem
from bridge.systems.quickbooks.wire import MINOR_VERSION
from tests.conformance.ground import Ground
from tests.live.company import LiveCompany, LiveGround
from tests.live.scrubbing import FILTERED, PLACEHOLDER, Scrubber

MATCH_ON = ["method", "scheme", "host", "port", "path", "query", "raw_body"]
API = {
    "quickbooks": f"v3, minor version {MINOR_VERSION}",
    "xero": "Accounting API 2.0",
    "zoho": "Books API v3",
}


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a cassette says of itself."""

    system: str
    api: str
    recorded: datetime
    test: str
    base_url: str
    prefix: str
    day: date
    home: str
    foreign: str
    rate: Decimal
    mapping: str
    """The mapping file that the company was booked with, as a whole."""


@contextmanager
def recorded(path: Path, ground: LiveGround, test: str) -> Iterator[None]:
    """Write a cassette of everything within; none is left that holds what nobody may see."""
    company = ground.company
    scrubber = _scrubber(company, ground)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    label = msgspec.to_builtins(_label(company, ground, test, scrubber))
    tapes = _tapes(scrubber)
    try:
        with tapes.use_cassette(str(path), record_mode="all") as cassette:
            for name, value in label.items():
                cassette.get_metadata(name, value)
            yield
    finally:
        leaks = scrubber.leaks(_texts(path)) if path.exists() else []
        if leaks:
            path.unlink()
            pytest.fail(f"{len(leaks)} secrets would have been on {path.name}; it was deleted.")


@contextmanager
def played(path: Path, folder: Path) -> Iterator[Ground]:
    """The company of a cassette. Whatever is asked and was not recorded fails."""
    label = label_of(path)
    mapping = folder / f"{label.system}.toml"
    mapping.write_text(label.mapping, encoding="utf-8")
    ground = RecordedGround(
        system=label.system,
        clock=ManualClock(label.recorded),
        mapping=mapping,
        prefix=label.prefix,
        day=label.day,
        home=label.home,
        foreign=label.foreign,
        rate=label.rate,
        empty=False,
        base_url=label.base_url,
    )
    scrubber = Scrubber(label.system, PLACEHOLDER[label.system], label.prefix, token_url="")
    with _tapes(scrubber).use_cassette(str(path), record_mode="none"):
        yield ground


@dataclass(kw_only=True)
class RecordedGround(Ground):
    """A company as it answered on the day of its recording."""

    base_url: str

    def adapter(self, token: str | None = None) -> AccountingSystem:
        adapter = registry.load(self.system)
        settings = adapter.settings_type(
            company_id=PLACEHOLDER[self.system],
            base_url=self.base_url,
            access_token=token or FILTERED,
            parallel=1,
            calls_per_minute=0,
        )
        made: AccountingSystem = adapter(settings, MemoryCredentials(), self.clock)
        return made


def label_of(path: Path) -> Label:
    """What a cassette says of itself."""
    with vcr.VCR().use_cassette(str(path), record_mode="none") as cassette:
        told = {name: cassette.get_metadata(name, None) for name in Label.__struct_fields__}
    return msgspec.convert(told, Label, strict=False)


def _without_comments(mapping: Path) -> str:
    lines = mapping.read_text(encoding="utf-8").splitlines()
    return "".join(f"{line}\n" for line in lines if line.strip() and not line.startswith("#"))


def _texts(path: Path) -> Iterator[str]:
    """Every text of a cassette, as it is read and not as YAML writes it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rest: list[Any] = [yaml.load(path.read_text(encoding="utf-8"), loader)]
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            rest += [*value, *value.values()]
        elif isinstance(value, list):
            rest += value
        elif isinstance(value, bytes):
            yield value.decode("utf-8", "replace")
        elif isinstance(value, str):
            yield value


def _tapes(scrubber: Scrubber) -> Any:
    return vcr.VCR(
        match_on=MATCH_ON,
        before_record_request=scrubber.request,
        before_record_response=scrubber.answer,
        decode_compressed_response=True,
    )


def _scrubber(company: LiveCompany, ground: LiveGround) -> Scrubber:
    own = company.own
    scrubber = Scrubber(company.system, own.company_id, ground.prefix, own.token_url)
    scrubber.learn(own.client_id, own.static_token, company.name)
    scrubber.learn(*company.secrets())
    return scrubber


def _label(company: LiveCompany, ground: LiveGround, test: str, scrubber: Scrubber) -> Label:
    return Label(
        system=company.system,
        api=API[company.system],
        recorded=company.clock.now(),
        test=test,
        base_url=company.own.base_url,
        prefix=ground.prefix,
        day=ground.day,
        home=ground.home,
        foreign=ground.foreign,
        rate=ground.rate,
        mapping=scrubber.text(_without_comments(ground.mapping)),
    )
