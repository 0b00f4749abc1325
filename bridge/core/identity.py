"""Our names for documents: deterministic, short, and the same after the database is lost.

A reference is `{prefix}-{letter}{native id}[.generation]`, at most 21 characters, because it must
fit QuickBooks' DocNumber and PaymentRefNum (FACTS Q15).
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

import msgspec

REFERENCE_LENGTH = 21
PREFIX_LENGTH = 6
_CORRECTION_PART = "N"


class BooksId(msgspec.Struct, frozen=True):
    """Which books are meant: those of one company in one accounting system."""

    system: str
    company: str
    """The system's own id of the company."""


class Letter(StrEnum):
    """The kind of thing that a reference names."""

    BORROWER = "D"
    LOAN = "L"
    INSTALMENT = "I"
    CHARGE = "C"
    FEE = "F"
    REPAYMENT = "P"
    CREDIT = "K"
    APPLICATION = "A"
    RECOVERY = "V"
    REFUND = "R"
    CORRECTION = "X"
    REVERSAL = "Z"
    """Undoes a document of a closed period: `DY7F3A-ZP9` undoes `DY7F3A-P9`."""


def prefix_of(source: str, installation: str, letters: str = "") -> str:
    """The default prefix of an installation, by the letters that its ledger declares, else by the
    first of its name: `DY`, `dev-7f3a` → `DY7F3A`."""
    letters = letters or source[:2].upper()
    tail = re.sub(r"[^A-Z0-9]", "", installation.upper())[-4:]
    return f"{letters}{tail}"[:PREFIX_LENGTH]


_ROOM_FOR_GENERATION = 3
_CORRECTION = re.compile(
    rf"{Letter.CORRECTION.value}[A-Za-z0-9]+{_CORRECTION_PART}([0-9]+)(?:\.[0-9]+)?"
)
_SHORT = 8


def reference(prefix: str, letter: Letter, native_id: str, part: str = "") -> str:
    """The document's name in the books, in its first generation; `part` is a suffix like `I03`.

    A native id that is too long or has other signs than letters and digits is replaced by a
    digest of itself (up to 8 characters, base 32): ids are never cut, so two never share a name.
    """
    room = REFERENCE_LENGTH - len(prefix) - 2 - len(part) - _ROOM_FOR_GENERATION
    fits = re.fullmatch(r"[A-Za-z0-9]+", native_id) is not None and len(native_id) <= room
    return f"{prefix}-{letter.value}{native_id if fits else _short(native_id, room)}{part}"


def base_reference(full: str) -> str:
    """The reference without its generation."""
    return full.split(".", 1)[0]


def instalment_part(number: int) -> str:
    """The part of a reference that names one instalment's invoice: `I03` in `DY7F3A-L84I03`."""
    return f"I{number:02}"


def interest_part(number: int) -> str:
    """The part of a reference that names the invoice of one instalment's interest: `F03` in
    `DY7F3A-L84F03`."""
    return f"F{number:02}"


def correction_part(number: int) -> str:
    """The part of a reference that names one of a loan's corrections: `N2` in `DY7F3A-X84N2`."""
    return f"{_CORRECTION_PART}{number}"


def correction_number(full: str) -> int:
    """The number of a correction among those of its loan: 2 for `DY7F3A-X84N2.3`."""
    found = _CORRECTION.fullmatch(full.rpartition("-")[2])
    assert found is not None, f"corrects nothing: {full}"
    return int(found[1])


def with_generation(base: str, generation: int) -> str:
    """The reference of a later generation: `DY7F3A-P9` and 2 → `DY7F3A-P9.2`."""
    assert "." not in base, f"already has a generation: {base}"
    return base if generation == 1 else f"{base}.{generation}"


def reversal_name(full: str) -> str:
    """The name of a document's reversal, after its letter: `DY7F3A-P9.2` → `P9G2`."""
    base, _, generation = full.rpartition("-")[2].partition(".")
    return f"{base}G{generation}" if generation else base


def is_loans_own(full: str) -> bool:
    """Whether a reference is of an invoice for a loan itself, or a part of it: not for a charge."""
    return full.rpartition("-")[2].startswith(Letter.LOAN.value)


def is_correction(full: str) -> bool:
    """Whether a reference is of a document that corrects the invoices of a loan. Its letter tells,
    not how it begins: a long id is a digest, and the longer the number, the shorter that is."""
    return _CORRECTION.fullmatch(full.rpartition("-")[2]) is not None


def is_ours(number: str, prefix: str) -> bool:
    """Whether a document number of the books has the form of our references."""
    return re.fullmatch(rf"{re.escape(prefix)}-[A-Z][A-Za-z0-9]+(\.\d+)?", number) is not None


def key(where: BooksId, operation: str, full_reference: str, digest: str) -> str:
    """The idempotency key of a write (32 characters): same intent, same key, on any machine."""
    text = "\x1f".join((where.system, where.company, operation, full_reference, digest))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _short(native_id: str, room: int) -> str:
    digest = hashlib.blake2b(native_id.encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    out = ""
    for _ in range(min(_SHORT, room)):
        number, digit = divmod(number, 32)
        out = alphabet[digit] + out
    return out
