"""Currencies as people write them: codes, signs and words, beside an amount or in their column.

A word may be of several currencies (`$`, `pesos`, `Bs`): beside an amount it fits each of them, in
a debt's column it says none until the mapping leaves it in one list only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from bridge.core.money import EXPONENTS, NO_CURRENCY

_PESOS = ("$", "peso", "pesos")
SHIPPED: dict[str, tuple[str, ...]] = {
    "COP": (*_PESOS, "pesos colombianos", "COL$", "M/CTE", "MCTE", "M/C", "moneda corriente",
            "pesos M/CTE", "pesos moneda corriente"),
    "MXN": (*_PESOS, "pesos mexicanos", "MX$", "M.N.", "M/N", "moneda nacional", "pesos M.N."),
    "ARS": (*_PESOS, "pesos argentinos", "AR$"),
    "CLP": (*_PESOS, "pesos chilenos", "CL$"),
    "UYU": (*_PESOS, "pesos uruguayos", "$U", "UY$"),
    "DOP": (*_PESOS, "pesos dominicanos", "RD$"),
    "USD": ("$", "US$", "U$S", "U$D", "dólar", "dólares", "dólares americanos", "US dollar"),
    "BOB": ("Bs", "boliviano", "bolivianos"),
    "VES": ("Bs", "Bs.S", "Bs.D", "bolívar", "bolívares"),
    "PEN": ("S/", "sol", "soles", "nuevos soles", "M.N.", "moneda nacional"),
    "BRL": ("R$", "real", "reales", "reais"),
    "GTQ": ("Q", "quetzal", "quetzales"),
    "HNL": ("L", "lempira", "lempiras"),
    "NIO": ("C$", "córdoba", "córdobas"),
    "CRC": ("₡", "colón", "colones"),
    "PYG": ("₲", "Gs", "G$", "guaraní", "guaraníes"),
    "EUR": ("€", "euro", "euros"),
}  # fmt: skip
"""Currency → its words and signs; `[words.currencies]` of the mapping. One that we do not keep
books in (VES) is there so that its word is not taken for another's."""


@lru_cache(maxsize=4096)
def currency_key(text: str) -> str:
    """A currency's word without case, accents, blanks and points: `Bs.` → `BS`, `M.N.` → `MN`."""
    plain = unicodedata.normalize("NFKD", text).upper()
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in ". \u00a0\u202f")


class Currencies:
    """The currencies that the words of a mapping mean."""

    def __init__(self, words: Mapping[str, tuple[str, ...]]) -> None:
        self._meanings: dict[str, frozenset[str]] = {}
        for code, group in words.items():
            for word in group:
                key = currency_key(word)
                self._meanings[key] = self._meanings.get(key, frozenset()) | {code}
        self.meanings = lru_cache(maxsize=4096)(self._found)

    def _found(self, word: str) -> frozenset[str]:
        key = currency_key(word)
        if key in EXPONENTS and key != NO_CURRENCY:
            return frozenset((key,))
        if key in self._meanings:
            return self._meanings[key]
        # `COP $` and `$ USD`: the code says it, the sign is only company.
        rest = key.strip("$")
        return self._found(rest) if rest and rest != key else frozenset()

    def of(self, marks: tuple[str, ...]) -> frozenset[str] | None:
        """The currencies that all these signs and words can be of; None when there are none."""
        if not marks:
            return None
        return frozenset.intersection(*(self.meanings(mark) for mark in marks))

    def fit(self, marks: tuple[str, ...], currency: str) -> bool:
        """Whether signs and words beside the digits can be of this currency."""
        meant = self.of(marks)
        return meant is None or currency in meant or (currency == NO_CURRENCY and bool(meant))
