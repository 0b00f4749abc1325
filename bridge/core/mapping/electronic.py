"""Whether a company's invoices go to a tax office, and whether its accountant said what then.

In these countries an add-on that sweeps a company's invoices would send every loan to the tax
office as a sale (FACTS C1). So nothing is posted to a
company that issues electronic invoices until its accountant's answer stands in bridge.toml.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec

from bridge.core.message import Message, message

OFFICES = {
    "AR": "ARCA",
    "BO": "SIN",
    "BR": "SEFAZ",
    "CL": "SII",
    "CO": "DIAN",
    "CR": "Hacienda",
    "DO": "DGII",
    "EC": "SRI",
    "GT": "SAT",
    "MX": "SAT",
    "PA": "DGI",
    "PE": "SUNAT",
    "PY": "DNIT",
    "SV": "MH",
    "UY": "DGI",
}
"""Countries in which sales are invoiced electronically by law → their tax office."""

_ISO_3 = {
    "ARG": "AR",
    "BOL": "BO",
    "BRA": "BR",
    "CHL": "CL",
    "COL": "CO",
    "CRI": "CR",
    "DOM": "DO",
    "ECU": "EC",
    "GTM": "GT",
    "MEX": "MX",
    "PAN": "PA",
    "PER": "PE",
    "PRY": "PY",
    "SLV": "SV",
    "URY": "UY",
}
"""Some companies tell their country by three letters."""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of bridge.toml about a company's electronic invoices."""

    issues: str = ""
    """no, yes, unknown; empty: nobody was asked."""
    answer: str = ""
    """The accountant's: internal, by_hand, not_here; empty: none yet."""
    answered_by: str = ""
    answered_on: date | None = None
    series: tuple[str, ...] = ()
    """How the numbers of the company's electronic invoices begin."""
    country: str = ""
    """The lender's."""


class Lacking(StrEnum):
    """Why nothing may be posted to a company yet."""

    NOT_ASKED = "not_asked"
    """Nobody was asked, in a country of `OFFICES`."""
    UNANSWERED = "unanswered"
    UNSIGNED = "unsigned"
    """There is an answer, but not who gave it, or when."""
    NOT_HERE = "not_here"
    """The accountant wants nothing of it in this company."""


def lacking(said: Declared, country: str = "") -> Lacking | None:
    """The gap in the accountant's answer that keeps documents from being posted; None where there
    is no gap. `country` is the company's own, where it is known."""
    if said.issues == "no":
        return None
    if said.issues:
        if said.answer == "not_here":
            return Lacking.NOT_HERE
        if not said.answer:
            return Lacking.UNANSWERED
        signed = said.answered_by.strip() and said.answered_on is not None
        return None if signed else Lacking.UNSIGNED
    return Lacking.NOT_ASKED if office_of(said, country) else None


def office_of(said: Declared, country: str = "") -> str:
    """The tax office that the company's invoices would go to; empty where none is known."""
    return next((OFFICES[c] for c in (said.country, two_letters(country)) if c in OFFICES), "")


def two_letters(country: str) -> str:
    """A country's code of two letters, also from the one of three."""
    code = country.strip().upper()
    return _ISO_3.get(code, code)


def in_series(reference: str, series: Sequence[str]) -> str:
    """The series of electronic invoices that a number of ours would fall into; empty for none.

    A series is how its numbers begin, with what divides it from them or without: `FE`, `SETP-`.
    """
    number = _plain(reference)
    return next((each for each in series if number.startswith(_plain(each))), "")


def _plain(number: str) -> str:
    """The letters and digits of a number: add-ons write one series with dashes, with blanks, or
    with neither."""
    return "".join(sign for sign in number.upper() if sign.isalnum())


def lack_of(said: Declared, lacks: Lacking, country: str = "") -> Message:
    """The particulars of what is lacking."""
    match lacks:
        case Lacking.NOT_ASKED:
            return message("invoicing_not_asked", office=office_of(said, country))
        case Lacking.UNANSWERED:
            return message("invoicing_unanswered", issues=said.issues)
        case Lacking.UNSIGNED:
            return message("invoicing_unsigned")
        case Lacking.NOT_HERE:
            return message("invoicing_not_here")
