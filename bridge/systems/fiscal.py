"""The mark that a tax office's electronic invoice leaves on a document, in fields and in texts.

No product has a field of its own for it that every edition tells: add-ons write the code into a
custom field or a note (FACTS C3). What such a code is called and looks like is the tax
office's: CUFE and CUDE (CO) have 96 hexadecimal digits, a CFDI's UUID (MX) 36 characters, a CAE
(AR) 14 digits, a clave de acceso (EC) 49, a clave numérica (CR) 50, a chave de acesso (BR) 44.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from bridge.core.delivery import Operation, Outgoing, Rejected

_NAMES = (
    "cufe|cude|uuid|folio fiscal|timbre fiscal|sello sat|cae|caea|cdr|sunat|clave de acceso|"
    "clave numerica|codigo de control|cuf|e ?ncf|ted|chave de acesso|irn|ack no|fiscal uuid"
)
_NAMED = re.compile(rf"(?:.* )?(?:{_NAMES})(?: .*)?")
"""The name of a custom field that holds such a code."""
_SAID = re.compile(
    r"\b(CUFE|CUDE|UUID|folio fiscal|timbre fiscal|CAEA?|CDR|clave de acceso|clave numérica|"
    r"e-?NCF|chave de acesso|IRN)\b(?: N[°ºo.]{1,2})?[^0-9A-Za-z]{1,4}"
    r"(?=\S*\d)([0-9A-Za-z][0-9A-Za-z+/=-]{9,})",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?<![0-9A-Za-z])(?:(?P<cufe>[0-9a-fA-F]{96})|(?P<clave>\d{44}|\d{49}|\d{50}))(?![0-9A-Za-z])"
)
_SHOWN = 24
NEWEST = 25
"""Invoices that `doctor` looks at: those that were written last."""
_PLAIN = str.maketrans("áéíóúç_-.", "aeiouc   ")


def mark_in(fields: Iterable[tuple[str, object]], texts: Iterable[object]) -> str:
    """The mark that these named fields or texts show; empty where there is none."""
    for name, value in fields:
        if value and is_named(name):
            return _shown(_plain(name), str(value))
    for text in texts:
        if not text:
            continue
        if found := _SAID.search(str(text)):
            return _shown(found[1], found[2])
        if bare := _BARE.search(str(text)):
            return _shown("cufe" if bare["cufe"] else "clave", bare[0])
    return ""


def is_named(name: str) -> bool:
    """Whether a custom field of this name holds such a code."""
    return _NAMED.fullmatch(_plain(name)) is not None


def _plain(name: str) -> str:
    return " ".join(name.removeprefix("cf_").lower().translate(_PLAIN).split())


def _shown(name: str, code: str) -> str:
    """`CUFE 8f2c…`: enough to find it by, on one line."""
    plain = " ".join(code.split())
    return f"{name.upper()} {plain[:_SHOWN]}{'…' if len(plain) > _SHOWN else ''}"


def never_changed(outgoing: Outgoing, mark: str) -> Rejected:
    """Why a document that a tax office knows is neither changed nor taken back by us."""
    verb = "taken back" if outgoing.operation is Operation.VOID else "changed"
    return Rejected(
        f"{outgoing.document.reference} carries a tax office's mark ({mark}) and is not {verb} by "
        f"the bridge. The accountant issues what offsets it; then leave it as it is in the books.",
        "stamped",
    )


def signs(country: str, setting: str, recent: Iterable[tuple[str, str]]) -> tuple[str, str, str]:
    """The lines that `doctor` says about the signs of electronic invoices: (topic, finding,
    advice).

    `recent` are the number and the mark of the newest invoices, `setting` what the product's own
    settings tell, if anything.
    """
    looked = list(recent)
    marked = [(number, mark) for number, mark in looked if mark]
    found = [f"company in {country}" if country else "the company tells no country"]
    found += [setting] if setting else []
    found.append(f"{len(marked)} of the newest {len(looked)} invoices carry a tax office's mark")
    advice = ""
    if marked:
        number, mark = marked[0]
        begins = Counter(_beginning(each) for each, _ in marked).most_common(1)[0][0]
        found.append(f"such as {number} ({mark})")
        advice = "This company issues electronic invoices. Say so in bridge.toml "
        advice += f'(electronic_invoicing, with series = ["{begins}"]) and ask its accountant.'
    elif setting:
        advice = "Ask the accountant whether this company issues electronic invoices from here."
    return "signs of electronic invoices", "; ".join(found), advice


def _beginning(number: str) -> str:
    """The letters before the figures: `FE` of `FE-1021`."""
    found = re.match(r"[^0-9]*", number)
    return (found[0].rstrip("-. ") if found else "") or number
