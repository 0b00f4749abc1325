"""Whether the lines of two documents say the same: what each is on, its tax, its dimensions.

Nothing is compared that the books do not tell. Amounts are compared with the currency's decimals,
lines in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal

import msgspec

from bridge.core import money
from bridge.core.books import (
    CreditNote,
    Invoice,
    Line,
    PostedDocument,
    PostedLine,
    Sale,
    Transaction,
)
from bridge.core.signs import kept


class Difference(msgspec.Struct, frozen=True):
    """One field in which two sides differ, each side as text (plain digits, ISO dates)."""

    field: str
    ours: str
    theirs: str


_Lines = tuple[Line, ...] | tuple[PostedLine, ...]
_LineKey = tuple[str, str, str]
"""Amount, item or account, description (empty when descriptions are not compared)."""


def our_lines(
    lines: tuple[Line, ...], posted: PostedDocument, currency: str, descriptions: bool
) -> list[Difference]:
    """The difference in lines between our document and the books' one; none where the books tell no
    lines."""
    if not posted.lines:
        return []
    key = _line_key(currency, _by_item(lines, posted.lines), descriptions)
    return _line_bags(map(key, lines), map(key, posted.lines))


def their_lines(then: PostedDocument, now: PostedDocument) -> list[Difference]:
    """The difference in lines between two readings of the books: items or accounts, amounts,
    taxes."""
    if not then.lines or not now.lines:
        return []
    by_item = _by_item(then.lines, now.lines)
    ours = map(_line_key(then.currency, by_item, False), then.lines)
    theirs = map(_line_key(now.currency, by_item, False), now.lines)
    found = _line_bags(ours, theirs)
    if by_item and not found:
        found = _line_accounts(then, now)
    return found + _taxes(then.lines, now.lines)


def _line_accounts(then: PostedDocument, now: PostedDocument) -> list[Difference]:
    """One difference if the lines name the same items but stand on other accounts, as far as both
    sides tell accounts."""
    if not all(line.account for line in (*then.lines, *now.lines)):
        return []
    ours = map(_line_key(then.currency, False, False), then.lines)
    theirs = map(_line_key(now.currency, False, False), now.lines)
    return [msgspec.structs.replace(each, field="accounts") for each in _line_bags(ours, theirs)]


def our_taxes(document: Transaction, posted: PostedDocument) -> list[Difference]:
    """The tax codes that the mapping names, against those of the lines; where it names none, that
    nothing of the total is tax."""
    if not isinstance(document, Invoice | CreditNote | Sale):
        return []
    named = [bool(line.tax) for line in document.lines]
    if any(named):
        return _taxes(document.lines, posted.lines) if all(named) else []
    return tax_amounts(Decimal(0), posted.tax_amount, document.currency)


_Taxed = tuple[str, str]
"""Tax code, item or account."""


def _taxes(ours: _Lines, theirs: _Lines) -> list[Difference]:
    """The tax codes that only one side has, where both tell them of every line."""
    if not ours or not theirs or any(line.tax is None for line in (*ours, *theirs)):
        return []
    key = _line_key("", _by_item(ours, theirs), False)
    mine = Counter((line.tax or "", key(line)[1]) for line in ours)
    other = Counter((line.tax or "", key(line)[1]) for line in theirs)
    if Counter(on for _, on in mine.elements()) != Counter(on for _, on in other.elements()):
        # What became of the lines is told already; here, only a code that was not there before.
        mine, other = _codes_only(mine), _codes_only(other)
    if mine == other:
        return []
    sides = (sorted((mine - other).elements()), sorted((other - mine).elements()))
    return [Difference("tax", *("; ".join(" ".join(filter(None, t)) for t in s) for s in sides))]


def _codes_only(taxed: Counter[_Taxed]) -> Counter[_Taxed]:
    return Counter({(code, "") for code, _ in taxed})


def tax_amounts(ours: Decimal | None, theirs: Decimal | None, currency: str) -> list[Difference]:
    """The difference in the tax part of the total, where both sides tell it."""
    if ours is None or theirs is None or ours == theirs:
        return []
    return [Difference("tax_amount", money.text(ours, currency), money.text(theirs, currency))]


_Tags = tuple[tuple[str, str], ...]


def our_tags(document: Transaction, posted: PostedDocument) -> list[Difference]:
    """The difference in the dimensions that we booked, as far as the books tell them."""
    told = {dimension for dimension, _ in posted.tags or ()}
    return _tags(tuple(tag for tag in document.tags if tag[0] in told), posted.tags or ())


def their_tags(then: PostedDocument, now: PostedDocument) -> list[Difference]:
    """The difference in the booked dimensions between two readings of the books."""
    return [] if then.tags is None or now.tags is None else _tags(then.tags, now.tags)


def _tags(ours: _Tags, theirs: _Tags) -> list[Difference]:
    """The values that only one side has. A dimension that we did not book is a person's."""
    booked = {dimension for dimension, _ in ours}
    mine, other = set(ours), {tag for tag in theirs if tag[0] in booked}
    if mine == other:
        return []
    sides = (sorted(mine - other), sorted(other - mine))
    return [Difference("tags", *("; ".join(" ".join(tag) for tag in side) for side in sides))]


def _by_item(ours: _Lines, theirs: _Lines) -> bool:
    """Whether both sides name items. A journal has accounts, where our lines go by items."""
    return any(line.item for line in ours) and any(line.item for line in theirs)


def _line_bags(ours: Iterable[_LineKey], theirs: Iterable[_LineKey]) -> list[Difference]:
    """One difference with the lines that only one side has. Lines on the same items or accounts, of
    which both sides have as many, show only amounts; the others show what they are on."""
    mine, other = Counter(ours), Counter(theirs)
    if mine == other:
        return []
    sides = [sorted(bag.elements(), key=_by_target) for bag in (mine - other, other - mine)]
    targets = [Counter(line[1:] for line in side) for side in sides]
    shared = {target for target in targets[0] if targets[0][target] == targets[1][target]}
    return [Difference("lines", *("; ".join(_line_texts(side, shared)) for side in sides))]


def _by_target(line: _LineKey) -> tuple[tuple[str, ...], Decimal]:
    return (line[1:], Decimal(line[0]))


def _line_texts(lines: Iterable[_LineKey], shared: Collection[tuple[str, ...]]) -> Iterator[str]:
    for line in lines:
        told = line[:1] if line[1:] in shared else line
        yield " ".join(part for part in told if part)


def _line_key(
    currency: str, by_item: bool, descriptions: bool
) -> Callable[[Line | PostedLine], _LineKey]:
    def key(line: Line | PostedLine) -> _LineKey:
        target = line.item if by_item else line.account
        description = kept(line.description) if descriptions else ""
        return (money.text(line.amount, currency), target, description)

    return key
