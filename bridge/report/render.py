"""Writes the reports of a reconciliation: one file for each format and language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.files import replace_durably
from bridge.report import json, text
from bridge.report.figures import figures
from bridge.report.texts import LANGUAGES, texts

FORMATS = ("html", "xlsx", "json", "csv", "text")
_ENDINGS = {"text": "txt"}


def render(
    reconciliation: Reconciliation,
    formats: Sequence[str],
    out_dir: Path,
    languages: Sequence[str] = ("es",),
    locale: str = "es-CO",
    zone: str = "UTC",
) -> list[Path]:
    """Write the reports and return their paths, in the order asked for.

    Files are named by day, so that a second run of the day replaces the first. They are for the
    owner's eyes: readable by this user only, because they may name borrowers.
    """
    assert set(formats) <= set(FORMATS), f"formats: {formats}"
    assert set(languages) <= set(LANGUAGES), f"languages: {languages}"
    out_dir.mkdir(parents=True, exist_ok=True)
    written = []
    for form in formats:
        # JSON speaks in codes: it is the same in every language.
        for language in ("",) if form == "json" else languages:
            path = out_dir / file_name(reconciliation, form, language)
            # Whoever opens the file finds the old report or the new one, never half of one.
            made = content(reconciliation, form, language or LANGUAGES[0], locale, zone)
            replace_durably(path, made)
            written.append(path)
    return written


def file_name(reconciliation: Reconciliation, form: str, language: str) -> str:
    """`reconciliation-2026-11-21.es.html`."""
    parts = (f"reconciliation-{reconciliation.as_of.isoformat()}", language)
    return ".".join((*filter(None, parts), _ENDINGS.get(form, form)))


def content(
    reconciliation: Reconciliation, form: str, language: str, locale: str, zone: str = "UTC"
) -> bytes:
    """One report as bytes. `zone` is the lender's: hours are told by its clock."""
    words, numbers = texts(language), figures(reconciliation, language, locale, zone)
    match form:
        case "json":
            return json.render(reconciliation)
        case "text":
            return text.render(reconciliation, words, numbers).encode()
        case "csv":
            from bridge.report import csv

            return csv.render(reconciliation, words, numbers)
        case "xlsx":
            from bridge.report import xlsx

            return xlsx.render(reconciliation, words, numbers)
        case _:
            from bridge.report import html

            return html.render(reconciliation, words, numbers)
