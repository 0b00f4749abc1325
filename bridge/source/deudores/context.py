"""The things that all tables of one delivery share while they are read."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from bridge.core.findings import Finding
from bridge.core.ledger import Consent, LoanKind
from bridge.core.message import Detail, Message, message
from bridge.core.money import EXPONENTS, NO_CURRENCY
from bridge.source.amounts import AmountReader
from bridge.source.dates import date_reader
from bridge.source.deudores.inparts import Parts
from bridge.source.deudores.mapping import DeudoresMapping
from bridge.source.texts import heading_key

Cell = Any
"""What a file holds in one place: text, an exact number, a date, a truth value, or None."""

Word = TypeVar("Word")

_LARGEST_DENSE_ID = 20_000_000
_LONGEST_ID = 64


class WordOf(Generic[Word]):
    """A word for each of millions of ids, two bytes per id where ids are plain numbers.

    Words are few, and each is kept once. Ids that are not plain numbers go to a dictionary; set
    nothing for what is usual, to keep it small.
    """

    def __init__(self, nothing: Word) -> None:
        self._words = [nothing]
        self._code = {nothing: 0}
        self._dense = array("H")
        self._sparse: dict[str, int] = {}

    def set(self, native_id: str, word: Word) -> None:
        code = self._code.get(word)
        if code is None:
            code = self._code[word] = len(self._words)
            self._words.append(word)
        number = _plain_number(native_id)
        if number < 0 or code > 65_535:
            self._sparse[native_id] = code
            return
        if number >= len(self._dense):
            if not code:
                return
            self._dense.frombytes(bytes(2 * (number + 1 + number // 4 - len(self._dense))))
        self._dense[number] = code

    def get(self, native_id: str) -> Word:
        """The word, or the one for nothing."""
        if len(native_id) < 9 and native_id.isdecimal() and native_id[0] != "0":
            number = int(native_id)
            if number < len(self._dense) and native_id.isascii():
                code = self._dense[number]
                if code:
                    return self._words[code]
        return self._words[self._sparse.get(native_id, 0) if self._sparse else 0]


def _plain_number(native_id: str) -> int:
    if not (native_id.isdecimal() and native_id.isascii() and len(native_id) < 9):
        return -1
    number = int(native_id)
    return number if native_id[0] != "0" and number <= _LARGEST_DENSE_ID else -1


def in_row(line: int, what: Detail) -> Message:
    """The sentence that is told of one row of a file."""
    return message("in_row", row=line, what=what)


def in_cell(line: int, column: str, what: Detail) -> Message:
    """The sentence that is told of one cell of a file."""
    return message("in_cell", row=line, column=column, what=what)


class StoreFacts(msgspec.Struct, frozen=True):
    """The facts known of a store, by the delivery or by the mapping."""

    name: str
    currency: str = ""
    country: str = ""
    kind: str = ""


class Log:
    """Findings of one reading, bounded: what is too many is counted, not listed."""

    def __init__(self, reported_rows: int) -> None:
        self.findings: list[Finding] = []
        self.unreadable: Counter[str] = Counter()
        self._limit = reported_rows
        self._told: set[tuple[str, str, Detail]] = set()

    def note(
        self,
        code: str,
        subject: str,
        detail: Detail = "",
        once: bool = False,
        at: tuple[str, int] = ("", 0),
    ) -> None:
        """Say something about a file or record; with `once`, a repeat is dropped."""
        key = (code, subject, detail)
        if once and key in self._told:
            return
        if once and len(self._told) < self._limit:
            self._told.add(key)
        file, row = at
        self.findings.append(Finding(code=code, subject=subject, detail=detail, file=file, row=row))

    def unread(
        self,
        kind: str,
        code: str,
        subject: str,
        detail: Detail,
        related: tuple[str, ...] = (),
        at: tuple[str, int] = ("", 0),
        amount: Decimal | None = None,
        currency: str = "",
    ) -> None:
        """A row that could not be read and was left out; `at` is its file and row, and `amount`
        what it is worth where that can be told."""
        self.unreadable[kind] += 1
        count = self.unreadable[kind]
        if count <= self._limit:
            found = Finding(
                code=code,
                subject=subject,
                detail=detail,
                related=related,
                file=at[0],
                row=at[1],
                amount=amount,
                currency=currency,
            )
            self.findings.append(found)

    def finish(self) -> list[Finding]:
        """All findings, with one line for the unreadable rows beyond the limit."""
        beyond = [
            Finding(
                code="row.unreadable",
                subject=f"file:{kind}",
                detail=message("more_unread", number=count - self._limit),
            )
            for kind, count in sorted(self.unreadable.items())
            if count > self._limit
        ]
        return [*self.findings, *beyond]


class Context:
    """The mapping's words and conventions at work on one delivery."""

    def __init__(
        self,
        mapping: DeudoresMapping,
        zone: ZoneInfo,
        as_of: date,
        default_currency: str,
        locale: str,
    ) -> None:
        self.mapping = mapping
        self.as_of = as_of
        self.default_currency = default_currency
        convention = mapping.conventions.get(locale) or mapping.conventions[mapping.default_locale]
        self.country = convention.country
        words = mapping.words.currencies
        self.amounts = AmountReader(mapping.grouping, convention.grouping, words)
        self.day = date_reader(zone, mapping.date_order == "month_first")
        self.log = Log(mapping.limits.reported_rows)
        self.tells_payments = True
        """Whether the delivery has a place for payments: then what is owed follows from them."""
        self.paid_in_parts: Mapping[str, Parts] | None = None
        """Loan → what was paid of it, in a delivery that tells the parts of each payment."""
        self.interest_on_top: set[str] = set()
        """Loans whose interest is charged as it is paid."""
        self.stores: dict[str, StoreFacts] = {}
        self.currency_of_loan = WordOf("")
        self.store_of_borrower = WordOf("")
        self.consents: WordOf[tuple[Consent, ...]] | None = None
        for name, entry in mapping.stores.items():
            facts = StoreFacts(name, entry.currency, entry.country, entry.kind)
            self.stores[heading_key(name)] = facts

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """The span of a look ahead: what it notes is told when its rows are read themselves."""
        told, self.log = self.log, Log(0)
        try:
            yield
        finally:
            self.log = told

    def parts_of(self, loan: str) -> Parts | None:
        """The parts in which a loan was paid; None where the delivery does not tell them."""
        return None if self.paid_in_parts is None else self.paid_in_parts.get(loan, Parts())

    def add_store(self, native_id: str, told: StoreFacts) -> None:
        """A store that the delivery describes; what the mapping says of it comes first."""
        known = self.stores.get(heading_key(told.name), StoreFacts(told.name))
        merged = StoreFacts(
            told.name,
            known.currency or told.currency,
            known.country or told.country,
            known.kind or told.kind,
        )
        self.stores[heading_key(told.name)] = self.stores[f"id:{native_id}"] = merged

    def store(self, reference: str) -> StoreFacts:
        """The store that an id or a name means; a name nobody described is its own store."""
        if not reference:
            return _NO_STORE
        found = self.stores.get(f"id:{reference}") or self.stores.get(heading_key(reference))
        return found or StoreFacts(reference)

    def currency(self, written: str, store: StoreFacts) -> tuple[str, str]:
        """The currency of a debt, and the code of how it was found when it was not written.

        A word of several currencies (`pesos`) is none of them, unless it may be the store's and
        the mapping says to ask the store.
        """
        if not written:
            return store.currency or self.default_currency, "loan.currency_missing"
        meant = self.amounts.currencies.meanings(written)
        if len(meant) == 1 and meant <= EXPONENTS.keys():
            return next(iter(meant)), ""
        asks_store = self.mapping.currency_unknown == "store" and bool(store.currency)
        if asks_store and (not meant or store.currency in meant):
            return store.currency, "loan.currency_missing"
        return NO_CURRENCY, "loan.currency_unknown"

    def kind(
        self, word: str, store: StoreFacts, looks_like_loan: bool, said: LoanKind | None
    ) -> LoanKind | None:
        """Loan or running account: as said in the row, else by the mapping, the store, the sheet
        or its terms; None when nothing says it, or a word that nobody knows."""
        if word:
            return self.mapping.kind_words.get(heading_key(word))
        if self.mapping.default_kind != "auto":
            return LoanKind(self.mapping.default_kind)
        if store.kind == "fiado":
            return LoanKind.RUNNING_ACCOUNT
        if store.kind == "loan":
            return LoanKind.CASH_LOAN
        if said is not None:
            return said
        return LoanKind.CASH_LOAN if looks_like_loan else None


_NO_STORE = StoreFacts("")


def identifier(cell: Cell) -> str:
    """An id as text: `17`, also from the number 17.0 of a sheet; empty when there is none."""
    if isinstance(cell, str):
        text = cell.strip()
    elif isinstance(cell, bool) or cell is None:
        return ""
    elif isinstance(cell, Decimal):
        text = f"{cell.normalize():f}" if cell.is_finite() and abs(cell) < 10**20 else ""
    else:
        text = str(cell)
    return text if len(text) <= _LONGEST_ID and text.isprintable() else ""


def as_text(cell: Cell) -> str:
    """The text that a person would read in the cell."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal):
        return identifier(cell)
    return str(cell)
