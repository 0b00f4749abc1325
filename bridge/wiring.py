"""Puts the parts together. The only place that knows concrete classes."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from bridge import mappingfiles
from bridge.clock import Clock, SystemClock
from bridge.core.guards import SnapshotLimits
from bridge.core.identity import BooksId
from bridge.core.mapping.electronic import Declared
from bridge.core.message import Detail
from bridge.core.tie_out.known import Fresh
from bridge.errors import ConfigurationError, Problem
from bridge.instance import only_one
from bridge.pipeline.calls import keep_calls
from bridge.pipeline.context import Books, Bridge, Dry, Ledger, Live, PlanLimits
from bridge.settings import Settings, SystemSettings
from bridge.source import registry as sources
from bridge.source.base import Source
from bridge.store import soundness
from bridge.store.in_order import at_work, in_order, scratch_of
from bridge.store.store import Store, Work
from bridge.systems import registry as systems
from bridge.systems.base import AccountingReader, AccountingSystem
from bridge.systems.budget import Budget
from bridge.systems.once_asked import OnceAsked

if TYPE_CHECKING:  # what only some verbs need, and is heavy to import
    from bridge.credentials import Credentials
    from bridge.systems.login import Login
    from bridge.systems.oauth import TokenEndpoint


@contextmanager
def open_bridge(
    settings: Settings,
    names: Sequence[str] | None = None,
    clock: Clock | None = None,
    *,
    patient: bool = False,
) -> Iterator[Live]:
    """The bridge that can post. Only one at a time holds a state store. `patient`: see `Books`.

    Raises ConfigurationError with every problem, Damaged for a store that is not whole, TryLater
    when another process is at work.
    """
    clock = clock or SystemClock()
    with ExitStack() as stack:
        stack.enter_context(only_one(settings.state.url))
        looked = stack.enter_context(in_order(settings.state.url, clock.now()))
        store = stack.enter_context(_closing(Store.open(settings.state.url)))
        if looked is not None:
            with store.begin() as work:
                soundness.note(work.upkeep, looked)
        stack.enter_context(at_work(settings.state.url))
        books: dict[str, Books[AccountingSystem]] = {}
        made = _systems(stack, settings, names, clock, store)
        stack.callback(keep_calls, store, made.values())  # however the pass ends
        for name, system in made.items():
            books[name] = _books(settings, name, system, patient=patient)
        yield Bridge(store=store, books=books, **_rest(settings, clock, store))


@contextmanager
def open_dry(
    settings: Settings,
    names: Sequence[str] | None = None,
    clock: Clock | None = None,
    without_state: Callable[[Detail], None] | None = None,
) -> Iterator[Dry]:
    """The bridge for a dry run: a scratch copy of the state, and books that can only be read.

    `without_state` is told why a state that cannot be used is left out, and the scratch store is
    then an empty one; without it, such a state raises.
    """
    clock = clock or SystemClock()
    with ExitStack() as stack:
        store = stack.enter_context(_closing(scratch_of(settings.state.url, without_state)))
        books: dict[str, Books[AccountingReader]] = {}
        for name, system in _systems(stack, settings, names, clock, store).items():
            books[name] = _books(settings, name, Reader(system))
        yield Bridge(store=store, books=books, **_rest(settings, clock, store))


@contextmanager
def open_ledger(
    settings: Settings,
    without_state: Callable[[Detail], None] | None,
    answers: Mapping[str, str] = {},
) -> Iterator[Ledger]:
    """The ledger alone, to be read and looked at. Needs no accounting system and writes nothing.

    `without_state` is told why a state that cannot be used is left out; None: there is none.
    """
    clock = SystemClock()
    today = clock.today(settings.lender.timezone)
    with ExitStack() as stack:

        def scratch() -> Store:
            made = scratch_of(settings.state.url, without_state) if without_state else Store.blank()
            store: Store = stack.enter_context(_closing(made))
            return store

        store = scratch()
        with store.read() as work:
            known = work.ledger.change_seq() > 0
        yield Ledger(
            store=store,
            before=scratch() if known else None,
            source=open_source(settings, today, answers),
            name=settings.source.path.name,
            limits=_snapshot_limits(settings),
            clock=clock,
            today=today,
        )


@contextmanager
def open_login(settings: Settings, name: str, clock: Clock | None = None) -> Iterator[Login]:
    """A login to one system's company. Needs no state store."""
    from bridge.credentials import MemoryCredentials
    from bridge.systems.login import BY_ITSELF, Login
    from bridge.systems.transport import Transport

    clock = clock or SystemClock()
    system = settings.systems[name]
    adapter = systems.load(name)
    credentials = _credentials(settings, system, clock, afresh=True)
    connection = _connection(adapter, system, Budget())

    def endpoint(secret: str) -> TokenEndpoint:
        with_secret = msgspec.structs.replace(connection, client_secret=secret)
        made: TokenEndpoint = adapter.token_endpoint(with_secret, credentials)
        return made

    def companies(secret: str, access_token: str) -> Mapping[str, str]:
        """Ask with a new login, which is not stored yet, what it reaches."""
        fresh = msgspec.structs.replace(connection, client_secret=secret, access_token=access_token)
        if not access_token:
            fresh = msgspec.structs.replace(fresh, grant=BY_ITSELF)
        with _closing(adapter(fresh, MemoryCredentials(), clock)) as made:
            reached: Mapping[str, str] = made.companies()
        return reached

    with _closing(Transport(clock, jitter=random.random)) as transport:
        yield Login(
            adapter.login,
            page=connection.authorize_url,
            client_id=system.client_id,
            company=system.company_id,
            base_url=connection.base_url,
            endpoint=endpoint,
            companies=companies,
            credentials=credentials,
            transport=transport,
            clock=clock,
        )


@contextmanager
def open_company(
    settings: Settings, name: str, clock: Clock | None = None
) -> Iterator[AccountingSystem]:
    """One company, for what a person asks of it at a login, and for the conformance suite on a test
    company. Without a state store: calls are not kept, and nothing keeps a post from being made
    twice, so the product posts through `open_bridge` alone."""
    clock = clock or SystemClock()
    system = settings.systems[name]
    budget = Budget(per_day=system.budget)
    made = _system(name, system, _credentials(settings, system, clock), clock, budget)
    with _closing(made):
        yield made


class Reader:
    """An accounting system without its pen. Its chart is read once, as of one moment."""

    def __init__(self, system: AccountingReader) -> None:
        self.name = system.name
        self.company_id = system.company_id
        self.capabilities = system.capabilities
        self.in_part = system.in_part
        self.chart = cache(system.chart)
        self.find = system.find
        self.read = system.read
        self.changes = system.changes
        self.newest = system.newest
        self.cursor = system.cursor
        self.fetch = system.fetch
        self.control_entries = system.control_entries
        self.hand_entries = system.hand_entries
        self.companies = system.companies
        self.rate = system.rate
        self.calls = system.calls
        self.probes = system.probes


def open_source(settings: Settings, today: date, answers: Mapping[str, str] = {}) -> Source:
    """The ledger source that the settings name; `answers` stand in for keys of its mapping."""
    chosen = settings.source
    assert chosen.mapping is not None, "settings.load places every path"
    mapping = mappingfiles.load_ledger_mapping(chosen.kind, chosen.mapping)
    if answers:
        mapping = type(mapping).model_validate(mapping.model_dump() | dict(answers))
    source: Source = sources.load(chosen.kind)(
        chosen.path, mapping, settings.lender.timezone, today, prefer=chosen.prefer
    )
    return source


def fresh_on(settings: Settings, clock: Clock, work: Work | None = None) -> Fresh:
    """The freshness that the ledger must have now: by its own day, and by the last time it was to
    be read.

    `work`: of a state that knows when it was read. Today is soon enough, whatever was due.
    """
    zone = settings.lender.timezone
    today, max_age_days = clock.today(zone), settings.source.max_age_days
    read = None if work is None else work.tasks.delivery(accepted=True)
    if read is not None and read.day == today:
        return Fresh(today=today, read_since=today, max_age_days=max_age_days)
    from bridge.daemon.times import LOOK_BACK, DueTimes  # brings a scheduler along

    last = DueTimes(settings.schedule.sync, zone).newest(clock.now() - LOOK_BACK, clock.now())
    since = None if last is None else last.astimezone(ZoneInfo(zone)).date()
    return Fresh(today=today, read_since=since, max_age_days=max_age_days)


def _rest(settings: Settings, clock: Clock, store: Store) -> dict[str, Any]:
    today = clock.today(settings.lender.timezone)
    limits = settings.limits
    with store.read() as work:
        fresh = fresh_on(settings, clock, work)
    return {
        "lender": settings.lender.name,
        "source": open_source(settings, today),
        "source_where": settings.source.path.name,
        "clock": clock,
        "today": today,
        "fresh": fresh,
        "snapshot_limits": _snapshot_limits(settings),
        "plan_limits": PlanLimits(limits.documents, limits.voids, dict(limits.money)),
    }


def _snapshot_limits(settings: Settings) -> SnapshotLimits:
    limits = settings.limits
    return SnapshotLimits(
        shrink_rows_percent=limits.shrink_rows_percent,
        shrink_money_percent=limits.shrink_money_percent,
    )


def _systems(
    stack: ExitStack,
    settings: Settings,
    names: Sequence[str] | None,
    clock: Clock,
    store: Store,
) -> dict[str, AccountingSystem]:
    wanted = {name: s for name, s in settings.systems.items() if s.enabled}
    unknown = [name for name in names or () if name not in wanted]
    if unknown or not wanted:
        configured = ", ".join(wanted) or "none"
        raise ConfigurationError(
            "No such accounting system.",
            [
                Problem(
                    f"--system {name}" if name else "[systems]",
                    "is not enabled in bridge.toml.",
                    f"Enabled: {configured}.",
                )
                for name in unknown or [""]
            ],
        )
    made: dict[str, AccountingSystem] = {}
    for name in names or wanted:
        make = partial(_system_known_of, settings, name, clock, store)
        asked = OnceAsked(name, wanted[name].company_id, make)
        made[name] = stack.enter_context(_closing(asked))
    return made


def _system_known_of(settings: Settings, name: str, clock: Clock, store: Store) -> Any:
    """A system's adapter, which is told what the state knows of calls and documents."""
    system = settings.systems[name]
    budget = _budget(name, system, clock, store)
    credentials = _credentials(settings, system, clock)
    with store.read() as work:
        there = work.mirror.size(BooksId(name, system.company_id))
    return _system(name, system, credentials, clock, budget, there)


def _budget(name: str, system: SystemSettings, clock: Clock, store: Store) -> Budget:
    """The calls that the settings allow, less what earlier runs of the day and month used."""
    today = clock.now().date()
    with store.read() as work:
        of_day = work.calls.between(BooksId(name, system.company_id), today, today)
        of_month = work.calls.between(BooksId(name, system.company_id), today.replace(day=1), today)
    return Budget(
        per_day=system.budget, used_today=of_day.metered, used_this_month=of_month.metered
    )


def _credentials(
    settings: Settings, system: SystemSettings, clock: Clock, *, afresh: bool = False
) -> Credentials:
    from bridge.credentials import MemoryCredentials, open_credentials

    if system.access == "static":
        return MemoryCredentials()
    return open_credentials(settings.state_folder, os.environ, clock, afresh=afresh)


def _system(
    name: str,
    system: SystemSettings,
    credentials: Credentials,
    clock: Clock,
    budget: Budget,
    documents_known: int = 0,
) -> Any:
    adapter = systems.load(name)
    connection = _connection(adapter, system, budget, documents_known)
    return adapter(connection, credentials, clock)


def _connection(
    adapter: Any, system: SystemSettings, budget: Budget, documents_known: int = 0
) -> Any:
    """The adapter's own settings: what it knows of bridge.toml's, its defaults for the rest."""
    kind = adapter.settings_type
    given = {
        "company_id": system.company_id,
        "base_url": system.base_url,
        "token_url": system.token_url,
        "authorize_url": system.authorize_url,
        "client_id": system.client_id,
        "access_token": system.static_token if system.access == "static" else None,
        "mode": system.mode,
        "parallel": system.parallel,
        "calls_per_minute": system.calls_per_minute,
        "calls_per_second": system.calls_per_second,
        "whole_every_days": system.whole_every_days,
        "in_part_from": system.in_part_from,
        "budget": budget,
        "documents_known": documents_known,
    }
    known = {field.name for field in msgspec.structs.fields(kind)}
    chosen = {key: v for key, v in given.items() if v not in (None, "") and key in known}
    return kind(**chosen)


def _books(settings: Settings, name: str, system: Any, *, patient: bool = False) -> Books[Any]:
    own = settings.systems[name]
    assert own.mapping is not None, "settings.load places every path"
    mapping = mappingfiles.load_books_mapping(own.mapping)
    where = f"mappings/{own.mapping.name}"
    return Books(
        system=system,
        mapping=mapping,
        where=where,
        cutover=own.cutover,
        declared=declared(settings, name),
        patient=patient,
    )


def declared(settings: Settings, name: str) -> Declared:
    """The answer in the settings about one company's electronic invoices."""
    said = settings.systems[name].electronic_invoicing
    given = said.model_dump() if said is not None else {}
    return Declared(country=settings.lender.locale[3:5], **given)


@contextmanager
def _closing(thing: Any) -> Iterator[Any]:
    try:
        yield thing
    finally:
        thing.close()
