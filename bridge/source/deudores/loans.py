"""Debts: one row of the loans' table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.ledger import Frequency, Loan, LoanKind
from bridge.core.message import Message, message
from bridge.source.amounts import Form
from bridge.source.deudores.context import Cell, Context, StoreFacts, as_text, identifier, in_row
from bridge.source.deudores.headings import LoanColumns
from bridge.source.deudores.kinds import said_kind
from bridge.source.deudores.looks import Look, look
from bridge.source.deudores.owing import (
    Told,
    is_what_was_paid,
    opened_at_balance,
    owing,
    with_all_paid,
    without_charges,
)
from bridge.source.deudores.rows import Convention, RowReading, TableFacts
from bridge.source.deudores.wrong import Wrong, no_amount, no_currency, no_day, worth
from bridge.source.texts import heading_key

FIELDS = tuple(LoanColumns.model_fields)
_AT = {field: position for position, field in enumerate(FIELDS)}
_WORDS = frozenset({"paid", "state", "frequency"})
"""Fields that are read by their words."""
_DIGITS_OF_A_SUM = 4
_MOST_INSTALMENTS = 10_000
_REMEMBERED = 16_384
"""So many texts of amounts and counts are read once, where nothing is to be told of them."""


class Loans:
    """Builds loans from the cells of `FIELDS`, and remembers the currency of each."""

    def __init__(self, context: Context, table: TableFacts, convention: Convention) -> None:
        self._context = context
        self._table = table
        self._convention = convention
        self._has_total = "total" in table.headings
        self._states: dict[str, str] = {}
        self._amounts: dict[tuple[str, Cell, str], Decimal] = {}
        self._counts: dict[str, int | None] = {"": None}

    def read(self, line: int, cells: tuple[Cell, ...]) -> Loan | None:
        """The row, or None when it had to be given up (and the log says why)."""
        context = self._context
        reading = RowReading(context, self._table, line)
        native_id = identifier(cells[_AT["id"]])
        borrower = identifier(cells[_AT["borrower"]])
        store = self._store(as_text(cells[_AT["store"]]).strip(), borrower)
        currency = self._currency(reading, cells[_AT["currency"]], store)
        if native_id and currency != context.default_currency:
            context.currency_of_loan.set(native_id, currency)
        owed_field = "total" if self._has_total else "amount"
        owed = self._needed_amount(reading, owed_field, cells, currency)
        start = context.day(cells[_AT["start"]])
        if not native_id or not borrower or owed is None or start is None:
            self._give_up(reading, cells, native_id, borrower, currency, owed is None)
            return None
        reading.ask_day("start", cells[_AT["start"]], self._convention)
        if owed <= 0:
            reading.note("loan.total_not_positive", message("sum", amount=owed, currency=currency))
        told = self._told(reading, cells, currency, owed)
        kind = self._kind(
            reading, cells, store, bool(told.instalments or told.rate or told.has_principal)
        )
        told = msgspec.structs.replace(
            told, is_cash=kind is LoanKind.CASH_LOAN, parts=context.parts_of(native_id)
        )
        made = owing(told, context.mapping.amount_is)
        if told.parts is not None:
            made = without_charges(made)
        told = with_all_paid(told, made)
        if not context.tells_payments:
            made = opened_at_balance(told, made, context.mapping.balance_without_payments)
        if made.grows:
            context.interest_on_top.add(native_id)
        reading.notes.extend(made.notes)
        principal, rate = made.principal, told.rate
        if kind is LoanKind.CASH_LOAN and principal is None and rate is None:
            reading.note("loan.no_interest_split")
        self._hold_sums_among_words(reading, cells)
        frequency = self._frequency(cells[_AT["frequency"]], kind)
        state = self._state(as_text(cells[_AT["state"]]))
        return Loan(
            id=native_id,
            borrower=borrower,
            kind=kind,
            currency=currency,
            start=start,
            due=self._due(reading, cells, start),
            opening=made.opening,
            gross=made.gross,
            principal=principal,
            interest=made.interest,
            interest_rate=rate,
            instalments=told.instalments,
            instalment_amount=told.each,
            frequency=frequency,
            skipped_weekdays=(context.mapping.daily_skips if frequency is Frequency.DAILY else ()),
            concept=reading.text("concept", cells[_AT["concept"]]),
            reported_balance=told.balance,
            agreed=made.agreed,
            collected=told.collected,
            reported_paid=self._paid(cells[_AT["paid"]], state),
            reported_state=state,
            collector=as_text(cells[_AT["collector"]]).strip(),
            store=store.name,
            annulled=state == "annulled",
            origin=reading.origin(),
            notes=tuple(reading.notes),
        )

    def _told(
        self, reading: RowReading, cells: tuple[Cell, ...], currency: str, owed: Decimal
    ) -> Told:
        """The amounts that the row tells, whatever they turn out to mean."""

        def compared(field: str) -> Decimal | None:
            return self._amount(reading, field, cells, currency, posted=False)

        amount = self._amount(reading, "amount", cells, currency) if self._has_total else owed
        instalments = self._count(reading, "instalments", cells)
        each, balance, paid = map(compared, ("instalment_amount", "balance", "collected"))
        if is_what_was_paid(owed, balance, each, instalments):
            each, paid = None, each
        return Told(
            currency=currency,
            where=reading.place("total" if self._has_total else "amount"),
            total=owed if self._has_total else None,
            principal=self._amount(reading, "principal", cells, currency),
            amount=amount,
            rate=self._rate(reading, cells[_AT["interest_rate"]]),
            instalments=instalments,
            each=each,
            balance=balance,
            collected=paid,
            instalments_paid=self._count(reading, "instalments_paid", cells),
        )

    def _store(self, written: str, borrower: str) -> StoreFacts:
        return self._context.store(written or self._context.store_of_borrower.get(borrower))

    def _currency(self, reading: RowReading, cell: Cell, store: StoreFacts) -> str:
        written = as_text(cell).strip()
        currency, code = self._context.currency(written, store)
        if code:
            reading.keep("currency", written)
            what = no_currency(self._context, written) if written else _read_as(currency)
            reading.note(code, reading.at("currency", what))
        return currency

    def _amount(
        self,
        reading: RowReading,
        field: str,
        cells: tuple[Cell, ...],
        currency: str,
        posted: bool = True,
    ) -> Decimal | None:
        cell = cells[_AT[field]]
        if cell == "":
            return None
        known = self._amounts.get((field, cell, currency))
        if known is not None:
            return known
        told = len(reading.notes), len(reading.cells)
        read = reading.amount(field, cell, currency, self._convention, posted)
        silent = told == (len(reading.notes), len(reading.cells))
        room = len(self._amounts) < _REMEMBERED
        if read is not None and silent and room and cell.__class__ is str:
            self._amounts[field, cell, currency] = read
        return read

    def _needed_amount(
        self, reading: RowReading, field: str, cells: tuple[Cell, ...], currency: str
    ) -> Decimal | None:
        cell = cells[_AT[field]]
        amount = self._context.amounts.money(cell, currency) if cell not in (None, "") else None
        if amount is None:
            return None
        reading.tell(field, cell, amount)
        if amount.form is Form.AMBIGUOUS and (
            against := self._convention.against(field, currency, amount)
        ):
            reading.doubtful(field, cell, against)
        return amount.value

    def _rate(self, reading: RowReading, cell: Cell) -> Decimal | None:
        if cell is None or cell == "":
            return None
        rate = self._context.amounts.rate(cell)
        if rate is None:
            reading.keep("interest_rate", cell)
            what = message("not_a_percentage", text=as_text(cell)[:40])
            reading.note("amount.unreadable", reading.at("interest_rate", what))
        return rate

    def _count(self, reading: RowReading, field: str, cells: tuple[Cell, ...]) -> int | None:
        cell = cells[_AT[field]]
        if cell.__class__ is str and cell in self._counts:
            return self._counts[cell]
        text = identifier(cell)
        if not text:
            return None
        if text.isdecimal() and text.isascii() and int(text[:9]) <= _MOST_INSTALMENTS:
            count = int(text) or None
            if cell.__class__ is str and len(self._counts) < _REMEMBERED:
                self._counts[cell] = count
            return count
        reading.keep(field, cell)
        what = message("not_a_number_of_instalments", text=text[:40])
        reading.note("amount.unreadable", reading.at(field, what))
        return None

    def _kind(
        self, reading: RowReading, cells: tuple[Cell, ...], store: StoreFacts, terms: bool
    ) -> LoanKind:
        word = as_text(cells[_AT["kind"]]).strip()
        said = self._table.said_kind
        if not word and said is None:
            said = said_kind([cells[_AT["concept"]]], ())
        kind = self._context.kind(word, store, terms, said)
        if kind is not None:
            return kind
        if word:
            reading.keep("kind", word)
            detail = reading.at("kind", message("kind_word", text=word[:40]))
        else:
            detail = in_row(reading.line, message("kind_unsaid"))
        reading.note("loan.kind_unknown", detail)
        return LoanKind.CASH_LOAN  # held; and if it were not, never income

    def _frequency(self, cell: Cell, kind: LoanKind) -> Frequency | None:
        word = heading_key(as_text(cell))
        found = self._context.mapping.frequency_words.get(word) if word else None
        if word and found is None and self._table.headings["frequency"].upper() != "FORMA DE PAGO":
            self._context.log.note(
                "value.unknown",
                f"file:{self._table.file}",
                message(
                    "unknown_frequency", column=self._table.headings["frequency"], text=word[:40]
                ),
                once=True,
            )
        if found is None and kind is LoanKind.RUNNING_ACCOUNT:
            return Frequency.NONE
        return found

    def _state(self, word: str) -> str:
        """The state in our words; one that nobody defined stays as written."""
        try:
            return self._states[word]
        except KeyError:
            text = word.strip()
            state = self._context.mapping.state_words.get(heading_key(text), text[:40])
            if len(self._states) < 1000:
                self._states[word] = state
            return state

    def _paid(self, cell: Cell, state: str) -> bool | None:
        """The paid mark; without such a column, what the state says."""
        if isinstance(cell, bool):
            return cell
        if "paid" in self._table.headings:
            return self._context.mapping.truth_words.get(heading_key(as_text(cell)))
        return {"paid": True, "open": False}.get(state)

    def _hold_sums_among_words(self, reading: RowReading, cells: tuple[Cell, ...]) -> None:
        """Hold a loan with a sum where only words are read: money that came in may be in it."""
        for field in _WORDS & self._table.headings.keys():
            cell = cells[_AT[field]]
            if isinstance(cell, bool):
                continue
            text, found = as_text(cell), look(cell)
            if field == "paid":
                known = heading_key(text) in self._context.mapping.truth_words
                is_sum = found in (Look.NUMBER, Look.MONEY) and not known
            else:  # a mark such as 4,5 is no sum
                is_sum = found is Look.MONEY and sum(map(str.isdigit, text)) >= _DIGITS_OF_A_SUM
            if is_sum:
                reading.keep(field, cell)
                what = message("sum_among_words", text=text[:40])
                reading.note("amount.unreadable", reading.at(field, what))

    def _due(self, reading: RowReading, cells: tuple[Cell, ...], start: date) -> date | None:
        due = reading.day("due", cells[_AT["due"]])
        reading.ask_day("due", cells[_AT["due"]], self._convention)
        if due is not None and due < start:
            reading.note("loan.due_before_start", message("due_before_start", day=due, start=start))
        return due

    def _give_up(
        self,
        reading: RowReading,
        cells: tuple[Cell, ...],
        native_id: str,
        borrower: str,
        currency: str,
        amount_wrong: bool,
    ) -> None:
        """Say of each cell that stopped the row what it has and what would be right."""
        owed_field = "total" if self._has_total else "amount"
        context, owed, start = self._context, cells[_AT[owed_field]], cells[_AT["start"]]
        wrong: list[Wrong] = []
        if not native_id:
            wrong.append(Wrong("row.unreadable", "id", message("loan_without_id")))
        if not borrower:
            wrong.append(Wrong("row.unreadable", "borrower", message("loan_without_borrower")))
        if amount_wrong:
            wrong.append(no_amount(context, owed_field, owed, currency))
        if context.day(start) is None:
            wrong.append(no_day(context, "start", start))
        subject = f"loan:{native_id}" if native_id else f"file:{self._table.file}"
        reading.give_up(wrong, subject, worth=worth(context, owed, currency))


def _read_as(currency: str) -> Message:
    return message("read_as", value=currency)
