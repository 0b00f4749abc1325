"""The usual answers of a country's lenders: the time zone and currency that its locale offers."""

from __future__ import annotations

from typing import NamedTuple


class Usual(NamedTuple):
    timezone: str
    currency: str


USUAL = {
    "AR": Usual("America/Argentina/Buenos_Aires", "ARS"),
    "BO": Usual("America/La_Paz", "BOB"),
    "BR": Usual("America/Sao_Paulo", "BRL"),
    "CL": Usual("America/Santiago", "CLP"),
    "CO": Usual("America/Bogota", "COP"),
    "CR": Usual("America/Costa_Rica", "CRC"),
    "DO": Usual("America/Santo_Domingo", "DOP"),
    "EC": Usual("America/Guayaquil", "USD"),
    "ES": Usual("Europe/Madrid", "EUR"),
    "GT": Usual("America/Guatemala", "GTQ"),
    "HN": Usual("America/Tegucigalpa", "HNL"),
    "MX": Usual("America/Mexico_City", "MXN"),
    "NI": Usual("America/Managua", "NIO"),
    "PA": Usual("America/Panama", "USD"),
    "PE": Usual("America/Lima", "PEN"),
    "PT": Usual("Europe/Lisbon", "EUR"),
    "PY": Usual("America/Asuncion", "PYG"),
    "SV": Usual("America/El_Salvador", "USD"),
    "US": Usual("America/New_York", "USD"),
    "UY": Usual("America/Montevideo", "UYU"),
}


def usual(locale: str) -> Usual:
    """The usual answers of the country in `es-MX`; Colombia's where we know none."""
    return USUAL.get(locale[3:5].upper(), USUAL["CO"])
