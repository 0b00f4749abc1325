"""What the books should hold of the ledger, worked out here and not by the product.

Row by row: under which reference, how much it does to receivables, and how much of it is income or
expense. Money lent is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.pipeline.world import GONE
from tests.simulation.ledger import ANNULLED, CHARGES, FieldLedger
from tests.simulation.losses import Losses

PREFIX = "DY7F3A"
OURS = re.compile(rf"{PREFIX}-(Z?[A-Z])(\d+)((?:[INSF]\d+)?)(?:G\d+)?(?:\.(\d+))?")
UNDOING = re.compile(rf"{PREFIX}-Z([A-Z]\d+(?:[INSF]\d+)?)(?:G(\d+))?(?:\.\d+)?")
"""What undoes a document of a closed month: named after it, and after its generation."""
SIDES = {"invoice": 1, "receipt": -1, "credit_note": -1, "write_off": -1, "credit_refund": 1}
PAID_BACK = " void"
"""What a payment of money back has after the number of what it takes back."""
ZERO = Decimal(0)


@dataclass(frozen=True)
class Wanted:
    """One row of the ledger as the books should have it."""

    base: str
    """Reference without its generation."""
    subject: str
    """The row, as findings name it."""
    loan: int
    effect: Decimal
    """On receivables."""
    earned: Decimal
    """Income less expense."""


@dataclass(frozen=True)
class Kept:
    """One document of ours in the books."""

    id: str
    kind: str
    status: str
    reference: str
    letter: str
    number: int
    part: str
    customer: str
    currency: str
    total: Decimal

    @property
    def base(self) -> str:
        return self.reference.partition(".")[0]

    @property
    def row(self) -> str:
        """Reference of the ledger's row; a row may be several documents."""
        return row_of(self.reference)

    @property
    def effect(self) -> Decimal:
        return SIDES.get(self.kind, 0) * self.total


def wanted(ledger: FieldLedger) -> Iterator[Wanted]:
    """Every row that the books should have, in the order of the ledger."""
    for number, debt in ledger.debts.items():
        if debt["status"] == ANNULLED or debt["debtor_id"] not in ledger.debtors:
            continue
        rows = ledger.of(number)
        charged = sum((row["amount"] for row in rows if row["type"] in CHARGES), ZERO)
        opening = debt["amount"] - charged
        if ledger.is_carried(number):
            yield from _carried_over(ledger, number, opening)
            continue
        fiado = debt["kind"] == "fiado"
        principal = debt["principal"]
        lent = principal if principal and 0 < principal <= opening else opening
        losses = ledger.losses(number)
        if opening > 0:
            stopped = sum(losses.stopped.values(), ZERO)
            earned = opening if fiado else opening - lent
            place = f"{PREFIX}-L{number}", f"loan:{number}", number
            yield Wanted(*place, opening - stopped, earned - stopped)
        for row in rows:
            yield from _movement(row, rows, fiado, losses)


def _carried_over(ledger: FieldLedger, number: int, opening: Decimal) -> Iterator[Wanted]:
    """A loan of before the day of going live: what was owed then, which nobody earned or lost in
    these books, and what happened since."""
    rows = ledger.of(number)
    fiado = ledger.debts[number]["kind"] == "fiado"
    owed, since = opening, list[Wanted]()
    losses = ledger.losses(number)
    for row in rows:
        for wish in _movement(row, rows, fiado, losses):
            if row["date"] < ledger.cutover:
                owed += wish.effect
            else:
                since.append(wish)
    if owed > 0:
        yield Wanted(f"{PREFIX}-L{number}", f"loan:{number}", number, owed, ZERO)
    yield from since


def _movement(
    row: dict[str, Any], rows: list[dict[str, Any]], fiado: bool, losses: Losses
) -> Iterator[Wanted]:
    kind, amount = row["type"], Decimal(row["amount"])
    place = f"movement:{row['movement_id']}", row["debt_id"]
    name = str(row["movement_id"])
    if not amount or _reversed(row, rows):
        return
    if kind == "PAYMENT":
        back = losses.recovered.get(row["movement_id"], ZERO)
        if back:
            yield Wanted(f"{PREFIX}-V{name}", *place, ZERO, back)
        amount -= back
        if not amount:
            return
        letter, effect, earned = "P", -amount, ZERO
    elif kind in ("DISCOUNT", "WRITE_OFF"):
        amount = losses.lost.get(row["movement_id"], amount)
        amount -= losses.stopped.get(row["movement_id"], ZERO)
        if not amount:
            return
        letter, effect, earned = "K", -amount, -amount
    elif kind == "INCREASE":
        letter, effect, earned = "C", amount, amount if fiado else ZERO
    elif kind in CHARGES:
        letter, effect, earned = "F", amount, amount
    else:
        return
    yield Wanted(f"{PREFIX}-{letter}{name}", *place, effect, earned)


def _reversed(row: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
    """Whether a reversal of the same amount names it: then neither is in the books."""
    reversals = [r for r in rows if r["type"] == "REVERSAL"]
    return any(
        r.get("reverses") == row["movement_id"] and r["amount"] == row["amount"] for r in reversals
    )


def ours(books: dict[str, Any]) -> Iterator[Kept]:
    """Our documents in the books by their numbers, those too that are not in force any more."""
    for document in books["documents"]:
        number = (document["number"] or "").removesuffix(PAID_BACK)
        match = OURS.fullmatch(number)
        if match is None:
            continue
        yield Kept(
            id=str(document["id"]),
            kind=document["kind"],
            status=document["status"],
            reference=number,
            letter=match[1],
            number=int(match[2]),
            part=match[3],
            customer=document["customer"],
            currency=document["currency"],
            total=Decimal(document["total"]),
        )


def kept(books: dict[str, Any]) -> list[Kept]:
    """Our documents in the books that are in force, by their numbers.

    What an open month undoes is not, nor what undoes it. Where money that settled nothing cannot be
    voided it is paid back, under the same number: then neither is in force.
    """
    found = [document for document in ours(books) if document.status not in GONE]
    undone = {
        undoes(document["number"]): Decimal(document["total"])
        for document in books["documents"]
        if document["status"] not in GONE and undoes(document["number"])
    }
    totals = {each.reference: each.total for each in found}
    found = [
        each
        for each in found
        if undone.get(each.reference) != each.total
        and (each.letter[0] != "Z" or totals.get(undoes(each.reference)) != each.total)
    ]
    for back in [each for each in found if each.kind == "credit_refund"]:
        paid = [e for e in found if (e.kind, e.reference) == ("receipt", back.reference)]
        gone = [e for e in paid if e.total == back.total][:1]
        found = [e for e in found if e not in (back, *gone)]
    return found


def undoes(number: str | None) -> str:
    """Reference of what a document undoes; empty for most."""
    match = UNDOING.fullmatch(number or "")
    if match is None:
        return ""
    return f"{PREFIX}-{match[1]}" + (f".{match[2]}" if match[2] else "")


def row_of(reference: str) -> str:
    """Reference of a row, of its part (instalment, interest, share) and of any generation."""
    return re.sub(r"(?<=\d)[IFS]\d+$", "", reference.partition(".")[0])


def loan_of(document: Kept, ledger: FieldLedger) -> int:
    """The loan that a document of ours is about."""
    if document.letter[-1] in "LIX":
        return document.number
    return ledger.loan_of.get(document.number, 0)
