"""Borrowers: one row of the debtors' table."""

from __future__ import annotations

from datetime import date

from bridge.core.ledger import Borrower, Consent
from bridge.core.message import Detail, message
from bridge.source.deudores.context import Cell, Context, as_text, identifier
from bridge.source.deudores.headings import BorrowerColumns
from bridge.source.deudores.rows import RowReading, TableFacts
from bridge.source.texts import document, formula_like, heading_key, person_name, phone

FIELDS = tuple(BorrowerColumns.model_fields)
NAME_FIELDS = ("name", "surname", "second_surname")


def full_name(name: Cell, *surnames: Cell) -> str:
    """Name and surnames as one, where a sheet has columns for each."""
    own = as_text(name)
    if surnames.count("") == len(surnames):
        return own
    others = [text for cell in surnames if (text := as_text(cell)).strip()]
    return " ".join([own, *others]) if others else own


class Borrowers:
    """Builds borrowers from the cells of `FIELDS`, and remembers which store each belongs to."""

    def __init__(self, context: Context, table: TableFacts) -> None:
        self._context = context
        self._table = table

    def read(self, line: int, cells: tuple[Cell, ...]) -> Borrower | None:
        """The row, or None when it had to be given up (and the log says why)."""
        (
            native,
            name_cell,
            surname_cell,
            second_surname_cell,
            phone_cell,
            document_cell,
            address,
            store_cell,
            created,
            consent,
        ) = cells
        reading = RowReading(self._context, self._table, line)
        native_id = identifier(native)
        written = full_name(name_cell, surname_cell, second_surname_cell)
        name = person_name(written)
        if not native_id or not name:
            missing = "id" if not native_id else "name"
            subject = f"borrower:{native_id}" if native_id else f"file:{self._table.file}"
            detail = reading.at(missing, message("borrower_without"))
            reading.unread("row.unreadable", subject, detail)
            return None
        store = self._context.store(as_text(store_cell).strip())
        self._context.store_of_borrower.set(native_id, store.name)
        self._tell_name(reading, written, name)
        number = self._phone(reading, phone_cell, store.country or self._context.country)
        kind, digits = document(as_text(document_cell))
        return Borrower(
            id=native_id,
            name=name,
            document_type=kind,
            document_number=digits,
            phone=number,
            address=reading.text("address", address),
            store=store.name,
            created_on=reading.day("created_on", created),
            consents=self._consents(reading, native_id, consent),
            origin=reading.origin(),
            notes=tuple(reading.notes),
        )

    def _tell_name(self, reading: RowReading, written: str, name: str) -> None:
        if formula_like(written):
            reading.note("text.formula_prefix", self._table.headings.get("name", "name"))
        if written != name:
            reading.keep("name", written)
            reading.note("borrower.name_cleanup")

    def _phone(self, reading: RowReading, cell: Cell, country: str) -> str:
        if "phone" not in self._table.headings:
            return ""
        number, code = phone(as_text(cell), country)
        if code:
            reading.note(code)
        if code == "phone.scientific":
            reading.keep("phone", cell)
        return number

    def _consents(
        self, reading: RowReading, native_id: str, cell: Cell
    ) -> tuple[Consent, ...] | None:
        """The consents that the source tells of the borrower; a revoked one is never given."""
        if self._context.consents is not None:
            consents = self._context.consents.get(native_id)
            if not consents:
                reading.note("consent.missing")
            elif all(consent.revoked_on is not None for consent in consents):
                reading.note("consent.revoked", _on(consents[-1].revoked_on))
            return consents
        if "consent" not in self._table.headings:
            return None
        word = heading_key(as_text(cell))
        meaning = self._context.mapping.consent_words.get(word, "missing")
        if meaning == "given":
            return (Consent(),)
        reading.note(f"consent.{meaning}")
        return ()


def _on(day: date | None) -> Detail:
    return message("on_day", day=day) if day is not None else ""
