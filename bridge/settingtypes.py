"""The kinds of values that bridge.toml has, each with what is said of a wrong one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from bridge.core.money import EXPONENTS, NO_CURRENCY
from bridge.source import registry as ledgers
from bridge.source.registry import SOURCES
from bridge.systems.registry import SYSTEMS
from bridge.tomlfiles import nearest, refusal

_OF_A_CONTINENT = re.compile(r"(?:America|Europe|Africa|Asia|Pacific|Atlantic)/[A-Z][A-Za-z_/-]+")


def _listed(value: Any) -> Any:
    """Lists may come from the environment as words with commas between them."""
    if isinstance(value, str) and "," in value:
        return [word.strip() for word in value.split(",") if word.strip()]
    return [value] if isinstance(value, str) else value


def _known_currency(value: str) -> str:
    code = value.upper()
    if code not in EXPONENTS or code == NO_CURRENCY:
        raise refusal(
            f'"{value}" is not a currency that the bridge knows.',
            nearest(code, sorted(set(EXPONENTS) - {NO_CURRENCY})),
        )
    return code


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_zone(value: str) -> bool:
    """Whether a zone is known: one like the world's is looked up, since hundreds of files are
    opened to list them all; what only may be one is looked for in the list."""
    if not _OF_A_CONTINENT.fullmatch(value):
        return value in zones()
    try:
        return ZoneInfo(value).key == value
    except (ValueError, OSError, KeyError):
        return False


def _known_zone(value: str) -> str:
    if not _is_zone(value):
        near = nearest(value, zones())
        near = near if near.startswith("Did") else "Write it as in America/Bogota."
        raise refusal(f'"{value}" is not a time zone.', near)
    return value


def _known_locale(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2}-[A-Z]{2}", value):
        raise refusal(f'"{value}" is not a locale.', "Write language and country: es-CO, es-MX.")
    return value


def _known_system(value: str) -> str:
    if value not in SYSTEMS:
        raise refusal(
            f'"{value}" is not an accounting system that the bridge knows.',
            nearest(value, SYSTEMS),
        )
    return value


def _known_ledger(value: str) -> str:
    if value not in SOURCES:
        raise refusal(f'"{value}" is not known here.', nearest(value, SOURCES))
    return value


def _known_form(value: str, info: ValidationInfo) -> str:
    """A form that the ledger, named just before, comes in; one nobody knows is told already."""
    kind = info.data.get("kind")
    forms = (value,) if kind is None else ledgers.about(kind).forms
    if value not in forms:
        raise refusal(f'{kind} does not come as "{value}".', nearest(value, forms))
    return value


def _forms(schema: dict[str, Any]) -> None:
    """For the editors of bridge.toml: whatever form any ledger comes in."""
    schema["enum"] = list(dict.fromkeys(f for name in SOURCES for f in ledgers.about(name).forms))


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise refusal(f'"{value}" is not a web address.', "Begin it with https://.")
    if parts.scheme == "http" and not is_loopback(value):
        raise refusal(
            f'"{value}" would send the books unencrypted.', "Use https:// (http is for loopback)."
        )
    return value.rstrip("/")


def _redirect(value: str) -> str:
    """A web address, to the letter: providers compare it with the one that the app has."""
    _url(value)
    return value


def is_loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in ("127.0.0.1", "::1", "localhost")


def _store_url(value: str) -> str:
    fix = 'Write "sqlite:///state/bridge.db".'
    if re.match(r"postgres(ql)?(\+\w+)?:", value):
        raise refusal("PostgreSQL cannot keep the state yet; an SQLite file can.", fix)
    if not value.startswith("sqlite:///"):
        raise refusal(f'"{value}" is not the address of a state store.', fix)
    return value


def _cron(value: str) -> str:
    """Five fields that a scheduler takes. Weekdays by name: programs number them differently."""
    from apscheduler.triggers.cron import CronTrigger

    fields = value.split()
    like = 'Write minute, hour, day, month and weekday, as in "0 6-21 * * mon-sat".'
    if len(fields) != 5:
        raise refusal(f'"{value}" is not a time of the day: it has {len(fields)} fields.', like)
    if re.search(r"\d", fields[4]):
        raise refusal(f'"{fields[4]}" names weekdays by number.', "Write mon, mon-sat or sat,sun.")
    try:
        trigger = CronTrigger.from_crontab(value, timezone=UTC)
    except ValueError as error:
        raise refusal(f'"{value}" is not a time of the day: {error}.', like) from error
    if trigger.get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=UTC)) is None:
        raise refusal(f'"{value}" never comes.', like)
    return value


Currency = Annotated[str, AfterValidator(_known_currency)]
SystemName = Annotated[str, AfterValidator(_known_system)]
LedgerName = Annotated[
    str, AfterValidator(_known_ledger), Field(json_schema_extra={"enum": [*SOURCES]})
]
Form = Annotated[str, AfterValidator(_known_form), Field(json_schema_extra=_forms)]
CronTimes = Annotated[str, AfterValidator(_cron)]
Url = Annotated[str, AfterValidator(_url)]
RedirectUri = Annotated[str, AfterValidator(_redirect)]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Format = Literal["html", "xlsx", "json", "csv", "text"]
Percent = Annotated[Decimal, Field(ge=0, le=100)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Locale = Annotated[str, AfterValidator(_known_locale)]
StoreUrl = Annotated[str, AfterValidator(_store_url)]
Formats = Annotated[tuple[Format, ...], BeforeValidator(_listed)]
Languages = Annotated[tuple[Literal["es", "en", "pt"], ...], BeforeValidator(_listed)]
Series = Annotated[
    tuple[Annotated[str, Field(pattern="[A-Za-z0-9]")], ...], BeforeValidator(_listed)
]


class ElectronicInvoicing(BaseModel):
    """Whether a company's invoices go to a tax office, and what its accountant said to that."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    issues: Literal["no", "yes", "unknown"]
    """Whether the company issues electronic invoices from this system or by an add-on to it."""
    answer: Literal["", "internal", "by_hand", "not_here"] = ""
    """The accountant's. `internal`: nothing that is posted becomes an electronic invoice.
    `by_hand`: a person issues those that must be. `not_here`: nothing is to be posted here."""
    answered_by: str = ""
    answered_on: date | None = None
    series: Series = ()
    """How the numbers of the electronic invoices begin (FE, SETP): none of ours ever does."""
