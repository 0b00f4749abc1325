"""Whether documents may be posted to a company, by what was said of its electronic invoices."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bridge.core.mapping.electronic import (
    OFFICES,
    Declared,
    Lacking,
    in_series,
    lack_of,
    lacking,
    office_of,
)
from bridge.report.details import said
from bridge.report.figures import Figures
from bridge.report.texts import LANGUAGES, texts

SIGNED = {"answered_by": "Ana Pérez, contadora", "answered_on": date(2026, 11, 30)}


@pytest.mark.parametrize(
    ("declared", "company", "lacks"),
    [
        ({"issues": "no"}, "CO", None),
        ({"issues": "no", "answer": "not_here"}, "CO", None),
        ({"issues": "yes"}, "", Lacking.UNANSWERED),
        ({"issues": "unknown"}, "US", Lacking.UNANSWERED),
        ({"issues": "yes", "answer": "internal"}, "CO", Lacking.UNSIGNED),
        ({"issues": "yes", "answer": "internal", "answered_by": " "}, "CO", Lacking.UNSIGNED),
        ({"issues": "yes", "answer": "internal", "answered_by": "Ana"}, "CO", Lacking.UNSIGNED),
        ({"issues": "yes", "answer": "internal", **SIGNED}, "CO", None),
        ({"issues": "unknown", "answer": "by_hand", **SIGNED}, "MX", None),
        ({"issues": "yes", "answer": "not_here", **SIGNED}, "CO", Lacking.NOT_HERE),
        ({"country": "CO"}, "", Lacking.NOT_ASKED),
        ({"country": "US"}, "CO", Lacking.NOT_ASKED),
        ({"country": "US"}, "COL", Lacking.NOT_ASKED),
        ({"country": "US"}, "US", None),
        ({"country": "HN"}, "", None),
        ({}, "", None),
    ],
)
def test_what_is_lacking_follows_what_was_said(
    declared: dict[str, Any], company: str, lacks: Lacking | None
) -> None:
    assert lacking(Declared(**declared), company) is lacks


@pytest.mark.parametrize("lacks", Lacking)
def test_what_is_lacking_is_told_in_each_language(lacks: Lacking) -> None:
    declared = Declared(country="CO", issues="" if lacks is Lacking.NOT_ASKED else "yes")
    detail = lack_of(declared, lacks)
    spoken = {said(detail, texts(name), Figures("es-CO", {"COP": 0})) for name in LANGUAGES}
    assert len(spoken) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("reference", "series", "taken"),
    [
        ("DY7F3A-L84", (), ""),
        ("DY7F3A-L84", ("FE", "SETP"), ""),
        ("DY7F3A-L84", ("FE", "DY"), "DY"),
        ("DY7F3A-L84", ("dy7f3a-",), "dy7f3a-"),
        ("DY7F3A-L84.2", ("DY 7F3A L",), "DY 7F3A L"),
        ("DY7F3A-L84", ("DY7F3B",), ""),
        ("DY7F3A-L84", ("L84",), ""),
    ],
)
def test_a_number_falls_into_a_series_by_how_it_begins(
    reference: str, series: tuple[str, ...], taken: str
) -> None:
    assert in_series(reference, series) == taken


def test_the_lenders_country_names_the_office_before_the_companys() -> None:
    assert office_of(Declared(country="MX"), "CO") == OFFICES["MX"]
    assert office_of(Declared(country="US"), "PER") == "SUNAT"
    assert office_of(Declared(country="US"), "US") == ""
