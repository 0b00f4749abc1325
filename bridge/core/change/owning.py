"""Which loan of the ledger a document of the books is for, by its number alone.

A number is `{prefix}-{letter}{row}{part}.{generation}`; a reversal or an application is named after
the document that it is about. Long ids are replaced by digests, so numbers are never taken apart:
those that the ledger's rows would give are made anew and compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bridge.core.identity import Letter, base_reference, reference, reversal_name, with_generation
from bridge.core.ledger import LoanFile, Row

_PART = re.compile(r"(.+?)[IFNS]\d+")
_NOTES = frozenset({Letter.CREDIT, Letter.CORRECTION, Letter.REVERSAL})
_OF_A_LOAN = (Letter.LOAN, Letter.CORRECTION)
_OF_A_REPAYMENT = (Letter.REPAYMENT, Letter.RECOVERY)
_OF_AN_ADJUSTMENT = (Letter.CHARGE, Letter.FEE, Letter.CREDIT)
_CURRENCY = re.compile("[A-Z]{3}")
_REVERSED = re.compile(rf"{Letter.APPLICATION}?{Letter.REVERSAL}(.+?)(?:G\d+)?")
"""`ZP9G2` undoes the second generation of `P9`; `AZP9G2` is the use of it as a credit."""
_LENGTHS_OF_PARTS = (0, 2, 3, 4)
"""As `S2`, `I03`, `I120`: the longer the part, the sooner a long id becomes a digest."""


def stems(base: str) -> tuple[str, ...]:
    """The names that the row behind a document may have: the document's own, and the same without
    its part."""
    part = _PART.fullmatch(base)
    return (base, part.group(1)) if part else (base,)


def row_names(file: LoanFile) -> Iterator[str]:
    """The stems of every document that this loan's rows may have given."""
    yield from _names(file.prefix, file.loan_id, _OF_A_LOAN)
    for repayment in file.repayments:
        yield from _names(file.prefix, repayment.id, _OF_A_REPAYMENT)
    for adjustment in file.adjustments:
        yield from _names(file.prefix, adjustment.id, _OF_AN_ADJUSTMENT)


def row_of(full: str, file: LoanFile) -> Row | None:
    """The ledger row of this loan that a document was made of. A reversal, an application or a
    correction belongs to the row of the document that it is about; where the number does not tell,
    the row is the loan itself."""
    rows: list[tuple[Row, tuple[Letter, ...]]] = []
    rows += [(each, _OF_A_REPAYMENT) for each in file.repayments]
    rows += [(each, (*_OF_AN_ADJUSTMENT, Letter.APPLICATION)) for each in file.adjustments]
    prefix, _, name = base_reference(full).rpartition("-")
    reversed_name = _REVERSED.fullmatch(name)
    base = f"{prefix}-{reversed_name.group(1) if reversed_name else name}"
    wanted = set(stems(base))
    for row, letters in rows:
        if wanted.intersection(_names(file.prefix, row.id, letters)):
            return row
    return file.loan


def borrowers_of(full: str) -> tuple[str, ...]:
    """The ids that the borrower behind this customer number may have, the likelier first. None fits
    where the ledger's id was too long: the number then has a digest in its place."""
    letter, name = full.rpartition("-")[2][:1], base_reference(full).rpartition("-")[2][1:]
    if letter != Letter.BORROWER:
        return ()
    return (name, name[:-3]) if _CURRENCY.fullmatch(name[-3:]) else (name,)


def followers(full: str) -> Iterator[str]:
    """Numbers (without generation) that the reversal of this document would have and, for a credit
    note, its application to invoices."""
    prefix, _, name = full.rpartition("-")
    yield reference(prefix, Letter.REVERSAL, reversal_name(full))
    if name[0] in _NOTES:
        yield base_reference(application_reference(full))


def application_reference(note: str) -> str:
    """The full reference of a credit note's application, where the books give it no number of its
    own. Its generation is that of the note."""
    base, _, generation = note.partition(".")
    prefix, _, name = base.rpartition("-")
    tail = name if name.startswith(Letter.REVERSAL) else name[1:]
    return with_generation(f"{prefix}-{Letter.APPLICATION.value}{tail}", int(generation or 1))


def reversed_by(fulls: Iterable[str]) -> Mapping[str, str]:
    """Number of a reversal (without generation) → the document that it would reverse, for all of
    `fulls`."""
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
