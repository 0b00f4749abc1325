"""Words as people type them: headings, names, phones, documents and free text.

Text is data: nothing here is ever evaluated, and what was changed in reading is told by a code.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONG_TEXT = 1000
"""Characters from which a free text is reported as long (it is kept in full)."""

_NOT_IN_KEY = re.compile(r"[^A-Z0-9]+")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_FORMULA = ("=", "+", "-", "@", "\t")
_DIGITS = re.compile(r"\D+")
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
_DOCUMENT = re.compile(r"([A-Za-zÑñ.]{1,8})[\s:.#-]*(\d.*)")
_GROUPING = re.compile(r"[.\s]+")
_CURP_OR_RFC = re.compile(r"[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{2,8}")


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """A heading or word without case, accents and signs: `Interés (%)` → `INTERES`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return _NOT_IN_KEY.sub("", plain.upper())


def clean(text: str) -> str:
    """The text trimmed, NFC, line ends as `\\n`, without control and direction marks."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()


def person_name(text: str) -> str:
    """A name with blanks collapsed; the original is the reader's to keep."""
    return " ".join(clean(text).split())


@lru_cache(maxsize=8192)
def free_text(text: str) -> tuple[str, tuple[str, ...]]:
    """The cleaned text and the codes of what a person should know about it."""
    cleaned = clean(text)
    codes = []
    if formula_like(text):
        codes.append("text.formula_prefix")
    if "\n" in cleaned:
        codes.append("text.multiline")
    if len(cleaned) > LONG_TEXT:
        codes.append("text.too_long")
    return cleaned, tuple(codes)


def formula_like(text: str) -> bool:
    """Whether a spreadsheet would run the text instead of showing it."""
    return text.startswith("\t") or (text.lstrip(" ").startswith(_FORMULA) and len(text) > 1)


def name_key(text: str) -> str:
    """A name for comparing only: accents, case, blanks and signs aside."""
    return heading_key(text)


def phone(text: str, country: str) -> tuple[str, str]:
    """The phone in E.164 when it can be, and a code when there is something to say.

    Digits that a spreadsheet turned into `3,9012E+09` are lost: the phone is dropped.
    """
    raw = text.strip().lstrip("'’").strip()
    if not raw:
        return "", "borrower.missing_phone"
    digits = raw
    if not (raw.isascii() and raw.isdigit()):
        if _SCIENTIFIC.fullmatch(raw):
            return "", "phone.scientific"
        digits = _DIGITS.sub("", raw)
    if not digits:
        return "", "borrower.missing_phone"
    if raw.startswith("+"):
        return "+" + _without_old_mexican_one(digits), ""
    if len(digits) == 12 and digits.startswith("573"):
        return "+" + digits, ""
    if len(digits) in (12, 13) and digits.startswith("52") and country == "MX":
        return "+" + _without_old_mexican_one(digits), ""
    if len(digits) == 10 and country == "CO" and digits.startswith("3"):
        return "+57" + digits, ""
    if len(digits) == 10 and country == "MX":
        return "+52" + digits, ""
    return digits, ""


def _without_old_mexican_one(digits: str) -> str:
    """`521` + ten digits was a Mexican mobile until 2019; the 1 is no longer dialled."""
    return "52" + digits[3:] if len(digits) == 13 and digits.startswith("521") else digits


_DOCUMENT_TYPES = {
    "C": "CC",
    "CEDULA": "CC",
    "CDECIUDADANIA": "CC",
    "NI": "NIT",
    "PASAPORTE": "PAS",
}


def document(text: str) -> tuple[str, str]:
    """Type and number of an identity document: `CC 500232398` → (`CC`, `500232398`).

    Dots and blanks that only group the digits are dropped; a letter or check digit stays.
    """
    raw = clean(text).lstrip("'’")
    if _CURP_OR_RFC.fullmatch(raw.upper()):
        return ("CURP" if len(raw) == 18 else "RFC"), raw.upper()
    match = _DOCUMENT.fullmatch(raw)
    kind, number = (match[1], match[2]) if match else ("", raw)
    kind = heading_key(kind)
    return _DOCUMENT_TYPES.get(kind, kind), _GROUPING.sub("", number).upper()
