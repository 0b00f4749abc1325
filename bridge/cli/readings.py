"""A reading of a ledger's file: by which settings before there are any, and how it is told."""

from __future__ import annotations

from pathlib import Path

from bridge.cli.output import Output
from bridge.cli.settings_draft import Answers, ledger_mapping
from bridge.cli.shipped import shipped
from bridge.report.reading import ReadingWords
from bridge.settings import LedgerSource, Lender, Settings


def settings_for(answers: Answers, mapping: Path | None) -> Settings:
    """Settings that read a lender's file, before there is a bridge.toml: by the mapping that is
    there, else as shipped."""
    return Settings(
        lender=Lender(
            name=answers.name,
            timezone=answers.timezone,
            locale=answers.locale,
            home_currency=answers.home_currency,
        ),
        source=LedgerSource(
            kind=answers.kind,
            path=Path(answers.path),
            mapping=mapping or shipped(str(ledger_mapping(answers.kind))),
        ),
    )


def tell_reading(words: ReadingWords, out: Output) -> None:
    """Tell all of it to a person."""
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
