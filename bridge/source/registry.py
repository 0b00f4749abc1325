"""The ledgers the bridge can read. A new one is a folder here, a mapping file and one line."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bridge.core.message import message
from bridge.errors import ConfigurationError, Problem
from bridge.source.about import About
from bridge.source.questions import Question

SOURCES = {
    "deudores": "bridge.source.deudores",
}


def about(name: str) -> About:
    """The facts that a ledger's folder declares of itself: little is loaded for it. Raises
    ConfigurationError when nobody knows the name."""
    if name not in SOURCES:
        known = ", ".join(sorted(SOURCES))
        problem = Problem(
            f"[source] kind: {name!r}", message("no_ledger_kind"), message("use_known", known=known)
        )
        raise ConfigurationError(message("ledger_unknown", name=name), [problem])
    declared: About = import_module(f"{SOURCES[name]}.about").ABOUT
    return declared


def load(name: str) -> type[Any]:
    """The reader's class."""
    reader: type[Any] = part(about(name).reader)
    return reader


def part(where: str) -> Any:
    """The object that stands at `package.module:name`."""
    module, _, attribute = where.partition(":")
    return getattr(import_module(module), attribute)


def questions(name: str) -> tuple[Question, ...]:
    """The questions that a file of this ledger may leave open."""
    declared = about(name).questions
    found: tuple[Question, ...] = part(declared) if declared else ()
    return found
