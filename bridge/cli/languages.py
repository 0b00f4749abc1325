"""Which of our languages a person at this terminal reads."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Literal

Language = Literal["es", "en", "pt"]
LANGUAGES: tuple[Language, ...] = ("es", "en", "pt")


def of_terminal(environment: Mapping[str, str] = os.environ) -> Language:
    """By LC_ALL, LC_MESSAGES and LANG, the first that says something; English for other ones."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return of_locale(environment[name]) or "en"
    return "en"


def of_locale(locale: str) -> Language | None:
    """The language of `es-CO` or `pt_BR.UTF-8`; None when it is not one of ours."""
    return next((each for each in LANGUAGES if locale[:2].lower() == each), None)


def locale_of_terminal(environment: Mapping[str, str] = os.environ) -> str:
    """Language and country of this terminal, as `es-MX`; the usual country where it names none."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        found = re.match(r"(es|en|pt)_([A-Z]{2})", environment.get(name, ""))
        if found:
            return f"{found[1]}-{found[2]}"
    return {"en": "en-US", "pt": "pt-BR", "es": "es-CO"}[of_terminal(environment)]
