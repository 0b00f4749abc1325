"""The tax code of what is not taxed: money lent, and interest on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

US_EXEMPT = "NON"
"""In the US every line says one of two words, TAX or NON (FACTS Q18)."""
_NAMES = (
    ("out of scope", "outside the scope of tax", "fuera de alcance", "fora do escopo"),
    ("no vat", "no gst", "no tax", "sin iva", "sin impuesto", "sem imposto", "no aplica"),
    ("exempt", "vat exempt", "gst exempt", "exempt from vat", "exento", "excluido", "isento"),
    ("gst free", "gst-free"),
)
"""What companies call it, the most fitting first: none of it is about a sale. A code at zero per
cent is a taxed sale, and is never taken. UNVERIFIED beyond UK, CA and AU (FACTS Q19)."""


def exempt(in_the_us: bool, taxed: bool, codes: Iterable[dict[str, Any]]) -> str:
    """The id of the code that lines get; empty where none is needed, or none is plainly it."""
    if in_the_us:
        return US_EXEMPT
    if not taxed:
        return ""
    active = [raw for raw in codes if raw.get("Active", True) not in (False, "false")]
    for names in _NAMES:
        found = [raw for raw in active if str(raw.get("Name", "")).strip().lower() in names]
        if len(found) == 1:
            return str(found[0]["Id"])
    return ""
