"""The texts of the reports, in every language: one catalogue for each, with the same keys."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from bridge.core.money import NO_CURRENCY

LANGUAGES = ("es", "en", "pt")
LOCALES = {"es": "es_CO", "en": "en", "pt": "pt_BR"}
"""How a language writes numbers and dates when the lender's own locale is another language's."""

Table = dict[str, str]


class _Tables(Mapping[str, Table]):
    """The tables of a catalogue, each read when something of it is said first: what a short verb
    says is in one or two of thirty."""

    def __init__(self, catalogue: str) -> None:
        parts = re.split(r"^\[(\w+)\]\n", catalogue, flags=re.MULTILINE)
        self._unread = dict(zip(parts[1::2], parts[2::2], strict=True))
        self._read: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._read:
            self._read[name] = tomllib.loads(self._unread[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._unread)

    def __len__(self) -> int:
        return len(self._unread)


class Texts:
    """One language's catalogue. An unknown code is shown as itself, never as an error."""

    def __init__(self, language: str, tables: Mapping[str, Table]) -> None:
        self.language = language
        self.tables = tables

    def __call__(self, key: str, **values: object) -> str:
        """A word or sentence of the report's own."""
        return self.tables["words"][key].format(**values)

    def of(self, table: str, code: str) -> str:
        """The sentence for a code."""
        return self.tables[table].get(code, code)

    def subject(self, code: str) -> str:
        """A row of the ledger in words: `loan:21` is the loan 21."""
        kind, colon, native_id = code.partition(":")
        form = self.tables["subjects"].get(kind)
        return form.format(id=native_id) if form and colon else code

    def place(self, file: str, row: int) -> str:
        """A row as a person finds it; the file alone where no row is meant, nothing without one."""
        return self.tables["cli"]["place"].format(file=file, row=row) if file and row else file

    def currency(self, code: str) -> str:
        """The currency's code, or that there is none."""
        return self("no_currency") if code == NO_CURRENCY else code

    def cause(self, code: str) -> str:
        """Why: causes of the bridge, then what may be wrong with a ledger row."""
        found = self.tables["causes"].get(code)
        return found if found is not None else self.of("findings", code)


def language_of(locale: str) -> str:
    """The language of `LANGUAGES` that a lender of that locale reads; English where none is."""
    language = locale.replace("-", "_").partition("_")[0].lower()
    return language if language in LANGUAGES else "en"


@cache
def texts(language: str) -> Texts:
    """The catalogue of a language of `LANGUAGES`."""
    assert language in LANGUAGES, f"no such language: {language}"
    file = resources.files(__name__).joinpath(f"{language}.toml")
    return Texts(language, _Tables(file.read_text(encoding="utf-8")))
