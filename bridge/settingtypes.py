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

from bridge.core.message import message
from bridge.core.money import EXPONENTS, NO_CURRENCY
from bridge.source import registry as ledgers
from bridge.source.registry import SOURCES
from bridge.systems.registry import SYSTEMS
from bridge.tomlfiles import meant, nearest, refusal

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
            message("currency_unknown", value=value),
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
        near = meant(value, zones()) or message("zone_as_in")
        raise refusal(message("zone_unknown", value=value), near)
    return value


def _known_locale(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2}-[A-Z]{2}", value):
        raise refusal(message("locale_unknown", value=value), message("locale_as"))
    return value


def _known_system(value: str) -> str:
    if value not in SYSTEMS:
        raise refusal(
            message("system_unknown", value=value),
            nearest(value, SYSTEMS),
        )
    return value


def _known_ledger(value: str) -> str:
    if value not in SOURCES:
        raise refusal(message("word_unknown", value=value), nearest(value, SOURCES))
    return value


def _known_form(value: str, info: ValidationInfo) -> str:
    """A form that the ledger, named just before, comes in; one nobody knows is told already."""
    kind = info.data.get("kind")
    forms = (value,) if kind is None else ledgers.about(kind).forms
    if value not in forms:
        raise refusal(message("form_unknown", kind=str(kind), value=value), nearest(value, forms))
    return value


def _forms(schema: dict[str, Any]) -> None:
    """For the editors of bridge.toml: whatever form any ledger comes in."""
    schema["enum"] = list(dict.fromkeys(f for name in SOURCES for f in ledgers.about(name).forms))


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise refusal(message("no_address", value=value), message("begin_https"))
    if parts.scheme == "http" and not is_loopback(value):
        raise refusal(message("unencrypted", value=value), message("use_https"))
    return value.rstrip("/")


def _redirect(value: str) -> str:
    """A web address, to the letter: providers compare it with the one that the app has."""
    _url(value)
    return value


def is_loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in ("127.0.0.1", "::1", "localhost")


def _store_url(value: str) -> str:
    fix = message("store_url_as")
    if re.match(r"postgres(ql)?(\+\w+)?:", value):
        raise refusal(message("no_postgresql"), fix)
    if not value.startswith("sqlite:///"):
        raise refusal(message("no_store_url", value=value), fix)
    return value


def _cron(value: str) -> str:
    """Five fields that a scheduler takes. Weekdays by name: programs number them differently."""
    from apscheduler.triggers.cron import CronTrigger

    fields = value.split()
    like = message("cron_like")
    if len(fields) != 5:
        raise refusal(message("cron_fields", value=value, count=len(fields)), like)
    if re.search(r"\d", fields[4]):
        raise refusal(message("cron_numbers", value=fields[4]), message("cron_names"))
    try:
        trigger = CronTrigger.from_crontab(value, timezone=UTC)
    except ValueError as error:
        raise refusal(message("cron_refused", value=value, reason=str(error)), like) from error
    if trigger.get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=UTC)) is None:
        raise refusal(message("cron_never", value=value), like)
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
