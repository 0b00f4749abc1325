"""Splitwise: shared expenses, as running accounts of who owes the group (FACTS L10).

Each person whose total is below zero gets one running account per currency: shares of expenses are
charges, settlements are payments, and what the person paid for others is a payment without cash.
Not covered: who owes whom within the group (the file only says what each owes in all), and persons
the group owes money to, who are no debtors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.ledger import (
    Adjustment,
    AdjustmentKind,
    Borrower,
    Entity,
    Frequency,
    Loan,
    LoanKind,
    Note,
    Origin,
    Repayment,
    SnapshotFacts,
)
from bridge.core.message import Detail, message
from bridge.core.money import NO_CURRENCY, quantised
from bridge.source.deudores.columns import Heading, read_table
from bridge.source.deudores.context import Context, StoreFacts, as_text, in_row
from bridge.source.deudores.sheet_table import Sheet
from bridge.source.deudores.weak import Numbered, weak_id
from bridge.source.texts import heading_key, name_key, person_name

_MOST_ROWS = 100_000
_WRITTEN = re.compile(r"(-?[0-9]{1,15})(?:[.,]([0-9]{1,2}))?")


class Share(msgspec.Struct, frozen=True):
    """One person's part in one line of the file: below zero is owed, above zero was paid."""

    line: int
    day: date
    person: str
    currency: str
    amount: Decimal
    concept: str
    settlement: bool


class SplitwiseBook:
    """One exported group."""

    weak: Detail = message("weak_splitwise")

    def __init__(self, sheet: Sheet, heading: Heading, cells: list[Any], facts: SnapshotFacts):
        self.facts = facts
        self.tables = [read_table(sheet.name, heading)]
        self._sheet = sheet
        self._heading = heading
        known = set(heading.columns.values())
        self._persons = {
            position: person_name(as_text(cell))
            for position, cell in enumerate(cells)
            if position not in known and person_name(as_text(cell))
        }

    def rows(self, context: Context) -> Iterator[Entity]:
        shares, totals = self._read(context)
        me = name_key(context.mapping.splitwise_me)
        accounts: dict[tuple[str, str], list[Share]] = {}
        for share in shares:
            accounts.setdefault((share.person, share.currency), []).append(share)
        owed = {
            key: parts
            for key, parts in accounts.items()
            if sum(part.amount for part in parts) < 0 and name_key(key[0]) != me
        }
        for person in dict.fromkeys(person for person, _ in owed):
            origin = Origin(self._sheet.name, self._heading.line)
            yield Borrower(id=weak_id("person", name_key(person)), name=person, origin=origin)
        for (person, currency), parts in owed.items():
            yield _account(self._sheet.name, person, currency, parts, totals)
        for (person, currency), parts in owed.items():
            yield from _movements(self._sheet.name, person, currency, parts, context.as_of)

    def _read(self, context: Context) -> tuple[list[Share], dict[tuple[str, str], Decimal]]:
        shares: list[Share] = []
        totals: dict[tuple[str, str], Decimal] = {}
        words = context.mapping.words.splitwise
        settling = {heading_key(word) for word in words.settlement}
        summing = {heading_key(word) for word in words.total}
        for number, (line, row) in enumerate(self._sheet.rows()):
            if line <= self._heading.line or not isinstance(row, list) or not any(row):
                continue
            row = [*row, *[""] * (self._heading.width - len(row))]
            cell = {field: row[at] for field, at in self._heading.columns.items()}
            concept = as_text(cell["description"]).strip()
            day = context.day(cell["date"])
            currency, _ = context.currency(as_text(cell["currency"]).strip(), StoreFacts(""))
            parts = {person: _exact(row[at], currency) for at, person in self._persons.items()}
            if (
                day is None
                or any(amount is None for amount in parts.values())
                or number > _MOST_ROWS
            ):
                detail = in_row(line, message("shared_expense"))
                at = (self._sheet.name, line)
                context.log.unread(
                    "movements", "row.unreadable", f"file:{self._sheet.name}", detail, at=at
                )
                continue
            for person, amount in parts.items():
                if amount and heading_key(concept) in summing:
                    totals[person, currency] = amount
                elif amount:
                    settled = heading_key(as_text(cell["category"])) in settling
                    shares.append(Share(line, day, person, currency, amount, concept, settled))
        return shares, totals


def _exact(cell: Any, currency: str) -> Decimal | None:
    """An amount as Splitwise writes it: two decimals after a point or, by the phone's language, a
    comma. It groups nothing, so that three digits after a sign are no amount of its own."""
    if isinstance(cell, Decimal):
        return quantised(cell, currency)
    match = _WRITTEN.fullmatch(as_text(cell).strip())
    if match is None:
        return None
    return quantised(Decimal(f"{match[1]}.{match[2] or 0}"), currency)


def _account(
    file: str,
    person: str,
    currency: str,
    parts: Sequence[Share],
    totals: dict[tuple[str, str], Decimal],
) -> Loan:
    """The running account: opened by the first share that is owed, raised by the others."""
    charges = [part for part in parts if part.amount < 0]
    reported = totals.get((person, currency))
    code = "loan.currency_unknown" if currency == NO_CURRENCY else ""
    return Loan(
        id=_account_id(person, currency),
        borrower=weak_id("person", name_key(person)),
        kind=LoanKind.RUNNING_ACCOUNT,
        currency=currency,
        start=min(part.day for part in charges),
        gross=-sum((part.amount for part in charges), Decimal(0)),
        frequency=Frequency.NONE,
        concept=charges[0].concept,
        reported_balance=-reported if reported is not None else None,
        origin=Origin(file, charges[0].line),
        notes=(Note(code),) if code else (),
    )


def _movements(
    file: str, person: str, currency: str, parts: Sequence[Share], as_of: date
) -> Iterator[Repayment | Adjustment]:
    numbered = Numbered()
    opened = False
    for part in parts:
        if part.amount < 0 and not opened:
            opened = True
            continue
        late = (
            (Note("movement.future_date", message("after", day=part.day, as_of=as_of)),)
            if part.day > as_of
            else ()
        )
        native = numbered.name(
            "share", person, currency, str(part.day), str(part.amount), part.concept
        )
        loan, origin = _account_id(person, currency), Origin(file, part.line)
        if part.amount < 0:
            yield Adjustment(
                id=native, loan=loan, on=part.day, kind=AdjustmentKind.CHARGE,
                amount=-part.amount, concept=part.concept, origin=origin, notes=late,
            )  # fmt: skip
        else:
            yield Repayment(
                id=native, loan=loan, paid_on=part.day, amount=part.amount, concept=part.concept,
                method="" if part.settlement else "non_cash", origin=origin, notes=late,
            )  # fmt: skip


def _account_id(person: str, currency: str) -> str:
    return weak_id("account", name_key(person), currency)
