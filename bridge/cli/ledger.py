"""`ledger check`: what was understood of the ledger, before anything of it is planned."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from bridge import settings, wiring
from bridge.cli.countries import usual
from bridge.cli.languages import locale_of_terminal
from bridge.cli.output import Output
from bridge.cli.paths import new_file
from bridge.cli.readings import settings_for, tell_reading
from bridge.cli.settings_draft import Answers
from bridge.core.message import Detail
from bridge.files import BY_UMASK, replace_durably
from bridge.pipeline.ledger_check import check_ledger
from bridge.report import reading as report
from bridge.report.details import plainly
from bridge.report.texts import language_of, texts
from bridge.settings import Settings


def check(arguments: Namespace, out: Output) -> int:
    """Read the ledger whole and say what was understood. 0: all of it can be booked; 1: some of it
    waits for a person."""
    loaded, has_state = _settings(arguments)
    catalogue = texts(language_of(loaded.lender.locale))
    if arguments.page is not None:
        new_file(arguments.page, "--page", loaded, arguments.config)

    def without_state(why: Detail) -> None:
        out.say(catalogue.tables["cli"]["without_state"].format(why=plainly(why, catalogue)))

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
        tell_reading(words, out)
        out.line(catalogue.tables["reading"]["nothing_written"])
    if arguments.page is not None:
        replace_durably(arguments.page, report.page(words, catalogue), BY_UMASK)
        out.say(catalogue.tables["reading"]["page_written"].format(path=arguments.page))
    return 1 if reading.asks else 0


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
    locale = locale_of_terminal()
    country = usual(locale)
    answers = Answers(locale, file.name, country.timezone, country.currency, path=str(file))
    return settings_for(answers, None)
