"""`ledger check`: what was understood of the ledger, before anything of it is planned."""

from __future__ import annotations

import os
import re
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from bridge import settings, wiring
from bridge.cli.countries import usual
from bridge.cli.languages import of_terminal
from bridge.cli.output import Output
from bridge.cli.paths import new_file
from bridge.cli.settings_draft import Answers, ledger_mapping
from bridge.cli.shipped import shipped
from bridge.files import BY_UMASK, replace_durably
from bridge.pipeline.ledger_check import check_ledger
from bridge.report import reading as report
from bridge.report.texts import language_of, texts
from bridge.settings import LedgerSource, Lender, Settings


def check(arguments: Namespace, out: Output) -> int:
    """Read the ledger whole and say what was understood. 0: all of it can be booked; 1: some of it
    waits for a person."""
    loaded, has_state = _settings(arguments)
    catalogue = texts(language_of(loaded.lender.locale))
    if arguments.page is not None:
        new_file(arguments.page, "--page", loaded, arguments.config)

    def without_state(why: str) -> None:
        out.say(catalogue.tables["cli"]["without_state"].format(why=why))

    with (
        out.progress() as progress,
        wiring.open_ledger(loaded, without_state if has_state else None) as ledger,
    ):
        reading = check_ledger(ledger, progress)
    names = loaded.lender.names_in_reports
    words = report.ReadingWords(reading, catalogue, loaded.lender.locale, names=names)
    if out.json:
        out.document(report.document(reading, names=names))
    else:
        _tell(words, out)
        out.line(catalogue.tables["reading"]["nothing_written"])
    if arguments.page is not None:
        replace_durably(arguments.page, report.page(words, catalogue), BY_UMASK)
        out.say(catalogue.tables["reading"]["page_written"].format(path=arguments.page))
    return 1 if reading.asks else 0


def _tell(words: report.ReadingWords, out: Output) -> None:
    out.line(words.title)
    out.line(" · ".join(words.facts))
    for section in words.sections():
        out.line()
        out.line(section.title.upper() if not out.watched else section.title)
        if section.note:
            out.line(section.note)
        if section.rows:
            out.table(section.heads, section.rows)
        for line in section.lines:
            out.line(f"  {line}")
    out.line()


def _settings(arguments: Namespace) -> tuple[Settings, bool]:
    """The settings in force, with the named file as the ledger, and whether there may be a state;
    where there is no bridge.toml, what comes with the program, in this terminal's language."""
    file: Path | None = arguments.file
    if file is None:
        return settings.load(arguments.config).settings, True
    if arguments.config is None and not any(path.is_file() for path in settings.LOOKUP):
        return _without_settings(file), False
    loaded = settings.load(arguments.config).settings
    source = loaded.source.model_copy(update={"path": file.absolute()})
    return loaded.model_copy(update={"source": source}), True


def _without_settings(file: Path) -> Settings:
    locale = _locale()
    country = usual(locale)
    mapping = shipped(str(ledger_mapping(Answers().kind)))
    return Settings(
        lender=Lender(
            name=file.name,
            timezone=country.timezone,
            locale=locale,
            home_currency=country.currency,
        ),
        source=LedgerSource(kind=Answers().kind, path=file.absolute(), mapping=mapping),
    )


def _locale(environment: Mapping[str, str] = os.environ) -> str:
    """This terminal's language and country, as `es-MX`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        found = re.match(r"(es|en|pt)_([A-Z]{2})", environment.get(name, ""))
        if found:
            return f"{found[1]}-{found[2]}"
    return {"en": "en-US", "pt": "pt-BR", "es": "es-CO"}[of_terminal(environment)]
