"""bridge.toml: who the lender is, where the ledger is, which books are kept, and the limits.

`load` finds the file, lays the environment (`LEDGER_BRIDGE_SECTION__KEY`) over it, makes every
path absolute, and reports every mistake at once. `LEDGER_BRIDGE_SANDBOX_URL` sends every system's
addresses to another host without a change to the file. Secrets are never here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bridge import tomlfiles
from bridge.core.message import Detail, message
from bridge.errors import ConfigurationError, Problem
from bridge.settingtypes import (
    CronTimes,
    Currency,
    ElectronicInvoicing,
    Form,
    Formats,
    Languages,
    LedgerName,
    Locale,
    Percent,
    RedirectUri,
    StoreUrl,
    SystemName,
    Url,
    Zone,
    is_loopback,
)
from bridge.systems import registry as systems
from bridge.tomlfiles import Place, TomlFile, refusal

PREFIX = "LEDGER_BRIDGE_"
SANDBOX_URL = f"{PREFIX}SANDBOX_URL"
LOOKUP = (Path("bridge.toml"), Path("/etc/ledger-bridge/bridge.toml"))


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Lender(_Section):
    name: str = Field(min_length=1)
    timezone: Zone
    """Business days begin and end here."""
    locale: Locale = "es-CO"
    home_currency: Currency
    names_in_reports: bool = True
    """Whether reports name borrowers, or show only references."""


class LedgerSource(_Section):
    kind: LedgerName
    path: Path
    """A delivery: a folder, a ZIP or a single file."""
    mapping: Path | None = None
    prefer: Form | None = None
    """Which form is read where a delivery has several; none takes the one that says most."""
    max_age_days: Annotated[int, Field(ge=0)] = 3
    """How old the newest delivery may be, by its own day, before a person is told: three days let
    Friday's serve until Monday."""


class SystemSettings(_Section):
    """One company in one accounting system."""

    enabled: bool = True
    company_id: str = Field(min_length=1)
    base_url: Url = ""
    token_url: Url = ""
    authorize_url: Url = ""
    """Where a person's browser logs in, for `ledger-bridge connect`."""
    redirect_uri: RedirectUri = "http://localhost:8766/callback"
    """Where the browser is sent after that, as registered with the app at the provider."""
    mapping: Path | None = None
    client_id: str = ""
    access: Literal["oauth", "static"] = "oauth"
    """`static` sends `static_token` as it is; only a sandbox on this machine takes that."""
    static_token: str = ""
    mode: Literal["single", "backfill"] = "single"
    """`backfill` posts in batches: faster for the first load, less said about each document."""
    parallel: Annotated[int, Field(ge=1, le=32)] | None = None
    """Writes under way at once; none is the adapter's own choice."""
    calls_per_minute: Annotated[int, Field(ge=0)] | None = None
    calls_per_second: Annotated[int, Field(ge=0)] | None = None
    """0 lifts the limit, for a sandbox started with --fast; none is the provider's limit."""
    cutover: date | None = None
    """The day of going live: older loans get one opening invoice instead of their history."""
    budget: Annotated[int, Field(gt=0)] | None = None
    """Metered calls that one day may use; none is the provider's own limit."""
    whole_every_days: Annotated[int, Field(ge=1, le=31)] | None = None
    """Zoho: what shows in no figure is read afresh within so many days; none is 7."""
    in_part_from: Annotated[int, Field(ge=0)] | None = None
    """Zoho: books of fewer documents are read in full every day; none is the adapter's choice."""
    electronic_invoicing: ElectronicInvoicing | None = None
    """Whether this company issues electronic invoices; none: nobody was asked."""

    @model_validator(mode="after")
    def _static_is_for_loopback(self) -> SystemSettings:
        if self.access == "static":
            if not self.static_token:
                raise refusal(message("static_token_missing"), message("static_token_add"))
            if not is_loopback(self.base_url):
                raise refusal(
                    message("static_is_sandbox"),
                    message("static_to_oauth"),
                )
        return self


class Limits(_Section):
    """The number of documents and the money that one pass may write before a person looks at its
    plan."""

    documents: Annotated[int, Field(ge=0)] = 2000
    voids: Annotated[int, Field(ge=0)] = 50
    money: dict[Currency, Annotated[Decimal, Field(ge=0)]] = {}
    """Currency → largest sum of new invoices and receipts; a currency left out has no limit."""
    shrink_rows_percent: Percent = Decimal(10)
    shrink_money_percent: Percent = Decimal(30)
    """How much smaller than the last one a delivery may be before it is refused."""


class Schedule(_Section):
    """When the daemon works: minute, hour, day, month, weekday, in the lender's time zone."""

    sync: CronTimes = "0 6-21 * * *"
    report: CronTimes = "30 6 * * *"
    """When the comparison is made and its report written."""


class Listen(_Section):
    """The port that the daemon answers at, on this machine alone: `/health`, and the ledger's
    webhooks."""

    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """None: nowhere."""


class ReportSettings(_Section):
    formats: Formats = ("html", "xlsx")
    folder: Path = Path("reports")
    languages: Languages = ("es",)


class State(_Section):
    url: StoreUrl = "sqlite:///state/bridge.db"


class Logs(_Section):
    folder: Path = Path("state/logs")
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"
    keep_days: Annotated[int, Field(ge=1)] = 90


class Settings(_Section):
    """A whole bridge.toml."""

    lender: Lender
    source: LedgerSource
    systems: dict[SystemName, SystemSettings] = {}
    limits: Limits = Limits()
    schedule: Schedule = Schedule()
    listen: Listen = Listen()
    report: ReportSettings = ReportSettings()
    state: State = State()
    logs: Logs = Logs()

    @property
    def state_folder(self) -> Path:
        """The folder of keys, tokens and locks: beside the state store."""
        return Path(self.state.url.removeprefix("sqlite:///")).parent


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and the file they came from."""

    settings: Settings
    path: Path


def find(given: Path | None = None) -> Path:
    """The settings file to use: the one given, else the first of `LOOKUP` that is there."""
    if given is not None:
        return given
    for path in LOOKUP:
        if path.is_file():
            return path
    problem = Problem(
        message("all_places", places=map(str, LOOKUP)),
        message("neither_file"),
        message("init_or_config"),
    )
    raise ConfigurationError(message("no_settings"), [problem])


def load(given: Path | None = None, environment: Mapping[str, str] = os.environ) -> Loaded:
    """The settings in force. Raises ConfigurationError with every problem at once."""
    path = find(given)
    file = tomlfiles.read(path)
    variables = _variables(environment)
    where = _Where(file, variables)
    problems = _misspelt(environment)
    content = _with_addresses(file.content)
    sandbox = environment.get(SANDBOX_URL, "")
    if sandbox:
        content = _redirected(content, sandbox)
    try:
        settings = _made_of(content, variables)
    except ValidationError as error:
        problems += tomlfiles.problems_of(error, Settings, where)
        raise tomlfiles.wrong(tomlfiles.shown(path), problems) from error
    if problems:
        raise tomlfiles.wrong(tomlfiles.shown(path), problems)
    return Loaded(_placed(settings, path.resolve().parent, set(variables)), path)


def _made_of(content: dict[str, Any], variables: Mapping[Place, tuple[str, str]]) -> Settings:
    if not variables:
        return Settings.model_validate(content)
    from bridge.overlaid import overlaid  # costs as much as all else here

    return overlaid(Settings, content, _nested(variables))


class _Where:
    """Names the place of a value: a line of the file, or the variable that set it."""

    def __init__(self, file: TomlFile, variables: Mapping[Place, tuple[str, str]]) -> None:
        self._file = file
        self._variables = variables

    def __call__(self, place: Place) -> Detail:
        if place in self._variables:
            return message("of_environment", name=self._variables[place][0])
        return self._file.where(place)


def _variables(environment: Mapping[str, str]) -> dict[Place, tuple[str, str]]:
    """Place → (variable, value) of every variable that names a section and a key."""
    found: dict[Place, tuple[str, str]] = {}
    for name, value in sorted(environment.items()):
        if name.startswith(PREFIX) and "__" in name and value:
            place = tuple(part.lower() for part in name.removeprefix(PREFIX).split("__"))
            found[place] = (name, value)
    return found


def _nested(variables: Mapping[Place, tuple[str, str]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for place, (_, value) in variables.items():
        table = whole
        for part in place[:-1]:
            table = table.setdefault(str(part), {})
        table[str(place[-1])] = value
    return whole


def _misspelt(environment: Mapping[str, str]) -> list[Problem]:
    """Variables with one underscore where two divide section and key: never ignored silently."""
    problems = []
    for name in sorted(environment):
        if not name.startswith(PREFIX) or "__" in name:
            continue
        word = name.removeprefix(PREFIX).lower()
        for section in Settings.model_fields:
            if word.startswith(f"{section}_"):
                right = f"{PREFIX}{section.upper()}__{word.removeprefix(section + '_').upper()}"
                problems.append(
                    Problem(
                        message("of_environment", name=name),
                        message("sets_nothing"),
                        message("write_this", right=right),
                    )
                )
    return problems


def _with_addresses(content: dict[str, Any]) -> dict[str, Any]:
    """The content with the provider's own addresses where a system names none."""

    def addressed(name: str, table: dict[str, Any]) -> dict[str, Any]:
        if name not in systems.SYSTEMS:
            return table
        own = systems.about(name)
        usual = {key: getattr(own, key) for key in ("base_url", "token_url", "authorize_url")}
        return usual | table

    return _each_system(content, addressed)


def _redirected(content: dict[str, Any], sandbox: str) -> dict[str, Any]:
    """The content with every system's addresses on the sandbox's scheme, host and port."""
    target = urlsplit(sandbox)

    def moved(url: Any) -> Any:
        if not isinstance(url, str):
            return url
        return urlunsplit((target.scheme, target.netloc, urlsplit(url).path, "", ""))

    return _each_system(
        content,
        lambda _, table: {
            key: moved(value) if key in ("base_url", "token_url", "authorize_url") else value
            for key, value in table.items()
        },
    )


def _each_system(content: dict[str, Any], change: Any) -> dict[str, Any]:
    systems = content.get("systems")
    if not isinstance(systems, dict):
        return content
    changed = {
        name: change(name, table) if isinstance(table, dict) else table
        for name, table in systems.items()
    }
    return {**content, "systems": changed}


def _placed(settings: Settings, folder: Path, from_environment: set[Place]) -> Settings:
    """The settings with absolute paths: the file's from its folder, a variable's from here."""

    def at(place: Place, path: Path) -> Path:
        base = Path.cwd() if place in from_environment else folder
        return Path(os.path.normpath(base / path.expanduser()))

    source = settings.source
    source_mapping = source.mapping or Path("mappings", f"{source.kind}.toml")
    systems = {
        name: system.model_copy(
            update={
                "mapping": at(
                    ("systems", name, "mapping"),
                    system.mapping or Path("mappings", f"{name}.toml"),
                )
            }
        )
        for name, system in settings.systems.items()
    }
    url = settings.state.url
    if ":memory:" not in url:
        file = at(("state", "url"), Path(url.removeprefix("sqlite:///")))
        url = f"sqlite:///{file}"
    return settings.model_copy(
        update={
            "source": source.model_copy(
                update={
                    "path": at(("source", "path"), source.path),
                    "mapping": at(("source", "mapping"), source_mapping),
                }
            ),
            "systems": systems,
            "report": settings.report.model_copy(
                update={"folder": at(("report", "folder"), settings.report.folder)}
            ),
            "state": settings.state.model_copy(update={"url": url}),
            "logs": settings.logs.model_copy(
                update={"folder": at(("logs", "folder"), settings.logs.folder)}
            ),
        }
    )
