"""The ledgers the bridge can read: a name, and where its reader is."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bridge.errors import ConfigurationError, Problem
from bridge.source.questions import Question

SOURCES = {
    "deudores": "bridge.source.deudores.reader:Deudores",
}


def load(name: str) -> type[Any]:
    """The reader's class. Raises ConfigurationError when nobody knows the name."""
    if name not in SOURCES:
        known = ", ".join(sorted(SOURCES))
        problem = Problem(
            f"[source] kind: {name!r}", "is not a ledger we can read.", f"Use {known}."
        )
        raise ConfigurationError(f"unknown ledger source {name!r}", [problem])
    module, _, attribute = SOURCES[name].partition(":")
    reader: type[Any] = getattr(import_module(module), attribute)
    return reader


def questions(name: str) -> tuple[Question, ...]:
    """The questions that a file of this ledger may leave open."""
    package = SOURCES[name].partition(":")[0].rpartition(".")[0]
    found: tuple[Question, ...] = import_module(f"{package}.questions").QUESTIONS
    return found
