"""The words that verbs say, in the language of whoever reads at the terminal.

Whoever refuses something writes it once, in English. Here a sentence of a known form is taken apart
and said again; what is in it (paths, numbers, other programs' words) stays as it came, unless it is
of a known form itself. JSON documents, logs and the history keep what was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bridge.cli.languages import Language
from bridge.cli.words_of_places import PLACES
from bridge.cli.words_of_state import STATE
from bridge.cli.words_of_sync import SYNC

FORMS = (*STATE, *PLACES, *SYNC)
"""Each sentence in English, Spanish and Portuguese, with `{names}` where something is filled in."""
_PLACE: dict[Language, int] = {"en": 0, "es": 1, "pt": 2}
_NAME = re.compile(r"\{(\w+)\}")
_AFTER = re.compile(r"(?s)([\w.-]+): (.+)")
_BETWEEN = "; "
_COUNTS = {"count", "loans", "now", "number", "rows", "waited"}
"""Names in whose place a number stands."""


def spoken(text: str, language: Language) -> str:
    """The text in that language, as far as its form is known; else as it is."""
    if language == "en":
        return text
    return _known(text, language) or _of_one(text, language) or text


def _known(text: str, language: Language) -> str | None:
    for form, said in _forms(language):
        found = form.fullmatch(text)
        if found:
            inside = {name: _inner(value, language) for name, value in found.groupdict().items()}
            return said.format(**inside)
    return None


def _of_one(text: str, language: Language) -> str | None:
    """The sentence said of one system or file, whose name goes first."""
    found = _AFTER.fullmatch(text)
    said = _known(found[2], language) if found else None
    return f"{found[1]}: {said}" if found and said else None


def _inner(value: str, language: Language) -> str:
    whole = _known(value, language)
    if whole is not None:
        return whole
    parts = value.split(_BETWEEN)
    return _BETWEEN.join(_known(part, language) or part for part in parts)


@cache
def _forms(language: Language) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The forms, those that say most first: what is general must not take what is known better."""
    return tuple(sorted(_made(language), key=lambda each: -len(_NAME.sub("", each[0].pattern))))


def _made(language: Language) -> Iterator[tuple[re.Pattern[str], str]]:
    for form in FORMS:
        yield pattern(form[0]), form[_PLACE[language]]


def pattern(english: str) -> re.Pattern[str]:
    """The pattern of a sentence of this form. A name that comes twice has one value."""
    seen: set[str] = set()
    made = ""
    for at, part in enumerate(_NAME.split(english)):
        if at % 2 == 0:
            made += re.escape(part)
        elif part in seen:
            made += f"(?P={part})"
        else:
            made += rf"(?P<{part}>\d[\d.,]*)" if part in _COUNTS else f"(?P<{part}>(?s:.*?))"
            seen.add(part)
    return re.compile(made)
