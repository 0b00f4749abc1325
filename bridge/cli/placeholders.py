"""Values of the examples that a person must replace, and those that are still there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bridge.core.message import message
from bridge.errors import Problem
from bridge.settings import Settings
from bridge.systems import registry as systems

LENDER = "Mi empresa SAS"
_CROSSES = re.compile(r"x{6,}", re.IGNORECASE)


def left_in(settings: Settings) -> Iterator[Problem]:
    """The values that bridge.toml still has as the examples have them, of the systems that are
    on."""
    yield from of_lender(settings)
    for name, system in settings.systems.items():
        if system.enabled:
            yield from of_system(settings, name)


def of_lender(settings: Settings) -> Iterator[Problem]:
    """The values that [lender] still has as the examples have them."""
    if settings.lender.name == LENDER:
        yield Problem(
            "[lender] name",
            message("lender_example", name=LENDER),
            message("lender_yours"),
        )


def of_system(settings: Settings, name: str) -> Iterator[Problem]:
    """The settings that one system still lacks before anybody can log in to it."""
    system = settings.systems[name]
    if system.access == "static":
        return
    about = systems.about(name)
    if system.company_id in {systems.about(each).company_example for each in systems.SYSTEMS}:
        yield Problem(
            f"[systems.{name}] company_id",
            message("company_example", id=system.company_id),
            message("company_yours", where=about.company_where),
        )
    if not system.client_id:
        yield Problem(
            f"[systems.{name}] client_id",
            message("client_none"),
            message("client_make", portal=about.portal, system=name),
        )
    elif _CROSSES.search(system.client_id):
        yield Problem(
            f"[systems.{name}] client_id",
            message("client_example", id=system.client_id),
            message("client_yours", portal=about.portal),
        )
