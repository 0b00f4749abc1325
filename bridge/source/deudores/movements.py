"""Payments and adjustments: one row of movements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from bridge.core.ledger import Adjustment, AdjustmentKind, Note, Origin, Repayment, RepaymentKind
from bridge.core.message import Word, message
from bridge.core.money import NO_CURRENCY
from bridge.source.amounts import Amount, Form
from bridge.source.deudores.context import Cell, Context, StoreFacts, as_text, identifier
from bridge.source.deudores.headings import MovementColumns
from bridge.source.deudores.mapping import adjustment_of
from bridge.source.deudores.rows import Convention, RowReading, TableFacts
from bridge.source.deudores.visits import Visits, is_blank
from bridge.source.deudores.wrong import Wrong, no_amount, no_day, worth
from bridge.source.texts import free_text, heading_key

BESIDE = ("name", "capital", "interest", "late_fee")
"""Columns that are turned into those of `FIELDS` before a row is built."""
FIELDS = tuple(field for field in MovementColumns.model_fields if field not in BESIDE)
_CURRENCY, _CONCEPT = FIELDS.index("currency"), FIELDS.index("concept")
_APP_TYPES = ("payment", "charge")
_CHARGE = AdjustmentKind.CHARGE
_TAIL = FIELDS.index("amount") + 1
_REMEMBERED = 16_384
"""So many cells of each kind are read once. Only texts are: equal ones say the same."""


class _Tail(NamedTuple):
    """The content of the cells after a movement's amount, where all of them are ordinary."""

    is_charge: bool
    concept: str
    method: str
    ticket: str
    reverses: str
    collector: str


class Movements:
    """Builds repayments and adjustments from the cells of `FIELDS`."""

    def __init__(
        self, context: Context, table: TableFacts, convention: Convention, visits: Visits
    ) -> None:
        self._context = context
        self._table = table
        self._convention = convention
        self._visits = visits
        self._typed = "type" in table.headings
        self._types: dict[str, str | None] = {}
        self._methods: dict[str, str] = {}
        self._tails: dict[tuple[Cell, ...], _Tail] = {}
        self._days: dict[Cell, date] = {}
        self._amounts: dict[tuple[Cell, str], Decimal] = {}

    def read(self, line: int, cells: tuple[Cell, ...]) -> Repayment | Adjustment | None:
        """The row, or None when it had to be given up (and the log says why).

        Written out, and by what is remembered: these lines run for every payment of millions.
        """
        tail = self._tails.get(cells[_TAIL:])
        if tail is None:
            return self._anew(line, cells)
        native, loan, day_cell, amount_cell = cells[:_TAIL]
        if not (
            native.__class__ is str is loan.__class__
            and native.isalnum()
            and loan.isalnum()
            and len(native) < 20 > len(loan)
        ):
            return self._anew(line, cells)
        context = self._context
        currency = context.currency_of_loan.get(loan) or context.default_currency
        day, amount = self._days.get(day_cell), self._amounts.get((amount_cell, currency))
        if day is None or amount is None:
            return self._anew(line, cells)
        is_charge, concept, method, ticket, reverses, who = tail
        if is_charge:
            return Adjustment(
                id=native,
                origin=Origin(self._table.file, line),
                loan=loan,
                on=day,
                kind=_CHARGE,
                amount=amount,
                concept=concept,
                reverses=reverses,
            )
        return Repayment(
            id=native,
            origin=Origin(self._table.file, line),
            loan=loan,
            paid_on=day,
            amount=amount,
            concept=concept,
            method=method,
            ticket=ticket,
            reverses=reverses,
            collector=who,
        )

    def _anew(self, line: int, cells: tuple[Cell, ...]) -> Repayment | Adjustment | None:
        """The row by all of its cells; what is ordinary of them is remembered."""
        native, loan, day_cell, amount_cell, type_cell, concept, method, reverses, ticket, who = (
            cells[:10]
        )
        native_id, loan_id = identifier(native), identifier(loan)
        context = self._context
        currency = context.currency_of_loan.get(loan_id) or context.default_currency
        amount = context.amounts.money(amount_cell, currency)
        day = context.day(day_cell)
        meaning = self._meaning(type_cell)
        own = cells[_CURRENCY]
        if own and (foreign := self._foreign(as_text(own).strip(), currency)):
            self._give_up(line, cells, native_id, loan_id, currency, foreign)
            return None
        if amount is None and meaning == "payment" and self._is_visit(cells, currency):
            amount = Amount(Decimal(0))
        if not native_id or not loan_id or amount is None or day is None or meaning is None:
            self._give_up(line, cells, native_id, loan_id, currency)
            return None
        text, codes = free_text(as_text(concept))
        doubtful = amount.form is Form.AMBIGUOUS and self._convention.against(
            "amount", currency, amount
        )
        doubtful = doubtful or self._convention.against_day(day_cell)
        plain = not codes and not amount.codes and not doubtful
        if not plain or amount.value <= 0 or day > context.as_of or meaning not in _APP_TYPES:
            reading = RowReading(context, self._table, line)
            return self._slowly(reading, cells, native_id, loan_id, currency, amount, meaning)
        origin, back = Origin(self._table.file, line), identifier(reverses)
        if meaning == "charge":
            self._remember(cells, day, amount.value, currency, _Tail(True, text, "", "", back, ""))
            return Adjustment(
                id=native_id,
                origin=origin,
                loan=loan_id,
                on=day,
                kind=_CHARGE,
                amount=amount.value,
                concept=text,
                reverses=back,
            )
        number, collector = as_text(ticket).strip(), as_text(who).strip()
        tail = _Tail(False, text, self._method(method), number, back, collector)
        self._remember(cells, day, amount.value, currency, tail)
        return Repayment(
            id=native_id,
            origin=origin,
            loan=loan_id,
            paid_on=day,
            amount=amount.value,
            concept=text,
            method=tail.method,
            ticket=number,
            reverses=back,
            collector=collector,
        )

    def _remember(
        self, cells: tuple[Cell, ...], day: date, amount: Decimal, currency: str, tail: _Tail
    ) -> None:
        """Keep what the texts of an ordinary row say; a foreign word beside it is asked anew."""
        _, _, day_cell, amount_cell, *rest = cells
        if day_cell.__class__ is str and len(self._days) < _REMEMBERED:
            self._days[day_cell] = day
        if amount_cell.__class__ is str and len(self._amounts) < _REMEMBERED:
            self._amounts[amount_cell, currency] = amount
        words = all(cell is None or cell.__class__ is str for cell in rest)
        if words and not cells[_CURRENCY] and len(self._tails) < _REMEMBERED:
            self._tails[cells[_TAIL:]] = tail

    def _slowly(
        self,
        reading: RowReading,
        cells: tuple[Cell, ...],
        native_id: str,
        loan_id: str,
        currency: str,
        amount: Amount,
        meaning: str,
    ) -> Repayment | Adjustment | None:
        _, _, day_cell, amount_cell, _, concept, method, reverses, ticket, who = cells[:10]
        day = self._context.day(day_cell)
        assert day is not None
        text = reading.text("concept", concept)
        reading.tell("amount", amount_cell, amount)
        if against := self._convention.against("amount", currency, amount):
            reading.doubtful("amount", amount_cell, against)
        reading.ask_day("date", day_cell, self._convention)
        if day > self._context.as_of:
            late = message("after", day=day, as_of=self._context.as_of)
            reading.note("movement.future_date", late)
        if self._is_visit(cells, currency):
            shown = as_text(amount_cell).strip()[:40]
            what = message("visit", text=shown) if shown else message("visit_unwritten")
            reading.note("movement.visit", reading.at("amount", what))
        elif amount.value == 0:
            reading.note("movement.zero")
        if meaning == "payment":
            if amount.value < 0:
                below = message("sum", amount=amount.value, currency=currency)
                reading.note("movement.negative_payment", below)
            return Repayment(
                id=native_id,
                origin=reading.origin(),
                notes=tuple(reading.notes),
                loan=loan_id,
                paid_on=day,
                amount=amount.value,
                kind=RepaymentKind.INSTALMENT if amount.value else RepaymentKind.VISIT,
                concept=text,
                method=self._method(method),
                ticket=as_text(ticket).strip(),
                reverses=identifier(reverses),
                collector=as_text(who).strip(),
            )
        if amount.value < 0:
            detail = reading.at("amount", message("below_zero", amount=amount.value))
            reading.unread(
                "amount.unreadable", f"movement:{native_id}", detail, (f"loan:{loan_id}",)
            )
            return None
        if meaning not in _APP_TYPES:
            reading.notes.insert(
                0,
                Note(
                    "movement.extended_types", message("of_type", type=Word("movements", meaning))
                ),
            )
        return Adjustment(
            id=native_id,
            origin=reading.origin(),
            notes=tuple(reading.notes),
            loan=loan_id,
            on=day,
            kind=adjustment_of(meaning),
            amount=amount.value,
            concept=text,
            reverses=identifier(reverses),
        )

    def _is_visit(self, cells: tuple[Cell, ...], currency: str) -> bool:
        return self._visits.is_one(self._table.file, cells, currency)

    def _foreign(self, written: str, currency: str) -> str:
        """The movement's own currency, as written, where it is not the one of its debt."""
        if not written or currency == NO_CURRENCY:
            return ""
        return "" if currency in self._context.amounts.currencies.meanings(written) else written

    def _meaning(self, cell: Cell) -> str | None:
        if not self._typed:
            return "payment"
        text = as_text(cell)
        try:
            return self._types[text]
        except KeyError:
            meaning = self._context.mapping.movement_words.get(heading_key(text))
            if len(self._types) < 1000:
                self._types[text] = meaning
            return meaning

    def _method(self, cell: Cell) -> str:
        text = as_text(cell)
        try:
            return self._methods[text]
        except KeyError:
            pass
        word = text.strip()
        method = self._context.mapping.method_words.get(heading_key(word), "") if word else ""
        if word and not method:
            method = "other"
            heading = self._table.headings.get("method", "method")
            self._context.log.note(
                "value.unknown",
                f"file:{self._table.file}",
                message("unknown_method", column=heading, text=word[:40]),
                once=True,
            )
        if len(self._methods) < 1000:
            self._methods[text] = method
        return method

    def _give_up(
        self,
        line: int,
        cells: tuple[Cell, ...],
        native_id: str,
        loan_id: str,
        currency: str,
        foreign: str = "",
    ) -> None:
        """Say of each cell that stopped the row what it has and what would be right."""
        context = self._context
        reading = RowReading(context, self._table, line)
        _, _, day_cell, amount_cell, type_cell, *_ = cells
        wrong: list[Wrong] = []
        if not native_id:
            wrong.append(Wrong("row.unreadable", "id", message("movement_without_id")))
        if not loan_id:
            wrong.append(Wrong("row.unreadable", "loan", message("movement_without_loan")))
        if self._meaning(type_cell) is None:
            shown = as_text(type_cell)[:40]
            known = ", ".join(words[0] for words in _first_words(context))
            what = message("not_a_type", text=shown, words=known)
            wrong.append(Wrong("row.unreadable", "type", what))
        if context.day(day_cell) is None:
            wrong.append(no_day(context, "date", day_cell))
        read_in = currency
        if foreign:
            what = message("not_its_loans_currency", text=foreign[:20], currency=currency)
            wrong.append(Wrong("amount.other_currency", "currency", what))
            read_in = context.currency(foreign, StoreFacts(""))[0]
        elif is_blank(amount_cell) and self._meaning(type_cell) == "payment":
            if not self._is_visit(cells, currency):
                wrong.append(self._visits.wrong(cells, currency))
        elif context.amounts.money(amount_cell, currency) is None:
            wrong.append(no_amount(context, "amount", amount_cell, currency))
        subject = f"movement:{native_id}" if native_id else f"file:{self._table.file}"
        related = (f"loan:{loan_id}",) if loan_id else ()
        told = worth(context, amount_cell, read_in)
        if is_blank(amount_cell):  # what the row's text says of it, for a person to see
            told = worth(context, cells[_CONCEPT], read_in)
        reading.give_up(wrong, subject, related, told)


def _first_words(context: Context) -> list[tuple[str, ...]]:
    part = context.mapping.words.movements
    groups = (getattr(part, name) for name in type(part).model_fields)
    return [words for words in groups if words]
