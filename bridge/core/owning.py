"""Which loan of the ledger a document of the books is for, by its number alone.

A number is `{prefix}-{letter}{row}{part}.{generation}`; what reverses or uses another document is
named after that one. Long ids are digests of themselves, so names are never taken apart: they are
made anew from what is known, and compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bridge.core.identity import Letter, base_reference, reference, reversal_name, with_generation
from bridge.core.ledger import LoanFile

_PART = re.compile(r"(.+?)[IFNS]\d+")
_NOTES = frozenset({Letter.CREDIT, Letter.CORRECTION, Letter.REVERSAL})
_LENGTHS_OF_PARTS = (0, 2, 3, 4)
"""As `S2`, `I03`, `I120`: the longer the part, the sooner a long id becomes a digest."""


def stems(base: str) -> tuple[str, ...]:
    """What the row of a document may be called: as the document, or as it without its part."""
    part = _PART.fullmatch(base)
    return (base, part.group(1)) if part else (base,)


def row_names(file: LoanFile) -> Iterator[str]:
    """The stems of every document that this loan's rows may have given."""
    yield from _names(file.prefix, file.loan_id, (Letter.LOAN, Letter.CORRECTION))
    for repayment in file.repayments:
        yield from _names(file.prefix, repayment.id, (Letter.REPAYMENT, Letter.RECOVERY))
    for adjustment in file.adjustments:
        letters = (Letter.CHARGE, Letter.FEE, Letter.CREDIT)
        yield from _names(file.prefix, adjustment.id, letters)


def followers(full: str) -> Iterator[str]:
    """Bases of what may reverse this document, and of what uses it if it is a credit note."""
    prefix, _, name = full.rpartition("-")
    yield reference(prefix, Letter.REVERSAL, reversal_name(full))
    if name[0] in _NOTES:
        yield base_reference(use_of(full))


def use_of(note: str) -> str:
    """The full reference of the use of a credit note, where the books give it no number of its
    own. It has the generation of its note."""
    base, _, generation = note.partition(".")
    prefix, _, name = base.rpartition("-")
    tail = name if name.startswith(Letter.REVERSAL) else name[1:]
    return with_generation(f"{prefix}-{Letter.APPLICATION.value}{tail}", int(generation or 1))


def reversed_by(fulls: Iterable[str]) -> Mapping[str, str]:
    """Base of a reversal → what it reverses, for those that may be reversed."""
    found = {}
    for full in fulls:
        prefix, _, _ = full.rpartition("-")
        found[reference(prefix, Letter.REVERSAL, reversal_name(full))] = full
    return found


def _names(prefix: str, native_id: str, letters: Iterable[Letter]) -> Iterator[str]:
    for letter in letters:
        names = {_stem(prefix, letter, native_id, length) for length in _LENGTHS_OF_PARTS[-1:]}
        if f"{prefix}-{letter.value}{native_id}" not in names:  # a digest, at least with a part
            names |= {_stem(prefix, letter, native_id, length) for length in _LENGTHS_OF_PARTS}
        yield from names


def _stem(prefix: str, letter: Letter, native_id: str, length: int) -> str:
    """The reference as it begins when its part has that length."""
    part = "_" * length
    return reference(prefix, letter, native_id, part).removesuffix(part)
