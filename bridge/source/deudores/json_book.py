"""The JSON snapshot (`deudores-snapshot/1`), and the dump of the phone's two tables.

The file is walked once and checked as a whole; its records are then decoded block by block, each
time that they are needed, and never held together. Numbers are read from their text as decimals;
no binary float ever exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec

from bridge.core.ledger import Consent, Entity, Origin, ReadTable, SnapshotFacts, Store
from bridge.core.message import Detail, Message, message
from bridge.core.money import EXPONENTS
from bridge.errors import Problem, SnapshotRefused
from bridge.source.deudores import table_dump
from bridge.source.deudores.about import ABOUT
from bridge.source.deudores.canonical import canonical_rows
from bridge.source.deudores.context import Cell, Context, StoreFacts, WordOf, as_text, identifier
from bridge.source.deudores.package import Manifest, day
from bridge.source.deudores.survey import Survey, survey
from bridge.source.deudores.tables import Book, NumberedCells
from bridge.source.deudores.unread import unread_key
from bridge.source.files.delivered import Delivered, beginning, refuse_if
from bridge.source.files.records import UNREADABLE, Outline, Records, Unreadable, outline

SCHEMA = "deudores-snapshot/1"

_KEYS: dict[str, tuple[str, ...]] = {
    "borrowers": (
        "debtor_id", "name", "", "", "phone", "document", "address", "store_id", "created_on",
        "consent",
    ),
    "loans": (
        "debt_id", "debtor_id", "", "", "", "", "", "", "kind", "concept", "amount", "",
        "principal", "interest_pct", "remaining", "", "currency", "created_on", "due_on",
        "instalments", "instalment_amount", "", "frequency", "status", "is_paid", "store_id", "",
    ),
    "movements": (
        "movement_id", "debt_id", "date", "amount", "type", "concept", "method", "reverses", "", "",
        "currency",
    ),
}  # fmt: skip
"""Keys of each record in the order of the kind's fields; empty where the contract has none."""
_BESIDE = frozenset({"note", "consent"})
"""Keys of the contract that are read elsewhere or are free text."""
_ARRAYS = {"debtors": "borrowers", "debts": "loans", "movements": "movements"}
"""Array of the snapshot → which of the ledger's tables it is."""
_OPTIONAL = frozenset({"phone", "paid", "consent"})
"""Fields of which nothing is known where no record tells them, as in a sheet without the column."""
_NUMBERS = frozenset({"amount", "principal", "remaining", "interest_pct", "instalment_amount"})
_MACHINE = re.compile(r"-?[0-9]+(?:\.(?![0-9]{3}$)[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_HEAD = 4096


class Document(msgspec.Struct):
    """The content of the snapshot beside its lists, which are read apart."""

    schema: str
    as_of: str
    device_id: str
    debtors: list[msgspec.Raw]
    debts: list[msgspec.Raw]
    movements: list[msgspec.Raw]
    counts: dict[str, int] | None = None
    """Without them the file is taken for a part: what it lacks is not gone."""
    generated_at: str = ""
    locale: str = ""
    default_currency: str = ""
    stores: list[msgspec.Raw] = []
    consents: list[msgspec.Raw] | None = None


class JsonTable:
    """One array of the snapshot."""

    said_kind = None

    def __init__(self, file: str, kind: str, array: str, records: Records) -> None:
        from bridge.source.deudores import loans, movements, people

        fields = {
            "borrowers": people.FIELDS,
            "loans": loans.FIELDS,
            "movements": movements.FIELDS,
        }[kind]
        self.file = f"{file} {array}"
        self.kind = kind
        self._keys = _KEYS[kind]
        self._records = records
        self._known = {*self._keys, *_BESIDE}
        self._fields = fields

    @cached_property
    def headings(self) -> dict[str, str]:
        """The contract's keys, but for those that say nothing where no record has them."""
        named = {f: key for f, key in zip(self._fields, self._keys, strict=True) if key}
        unsaid = {f for f in _OPTIONAL & named.keys() if named[f] not in self._looked[1]}
        return {f: key for f, key in named.items() if f not in unsaid and f != "consent"}

    def cells(self, context: Context) -> NumberedCells:
        ignored, told = context.mapping.ignored, set[str]()
        for number, record in decoded(self._records, self.file, self.kind, context):
            for key in record.keys() - self._known:
                refuse_if(unread_key(self.file, number, key, record[key], ignored))
                told.add(key)
            yield number, self._row(record)
        if told:
            detail = message("columns_unread", columns=sorted(told))
            context.log.note("file.columns_unread", f"file:{self.file}", detail)

    def survey(self, context: Context) -> Survey:
        rows = ((number, self._row(record)) for number, record in self._quietly())
        return survey(context, self.file, self.kind, self.headings, self._fields, rows)

    def _row(self, record: dict[str, Any]) -> tuple[Cell, ...]:
        machine, _ = self._looked
        return tuple([_cell(record, key, machine) for key in self._keys])

    @cached_property
    def _looked(self) -> tuple[frozenset[str], frozenset[str]]:
        """The columns whose texts are a program's numbers, and the keys that any record has."""
        there = set[str]()

        def records() -> Iterator[dict[str, Any]]:
            for _, record in self._quietly():
                there.update(record)
                yield record

        return machine_columns(records()), frozenset(there)

    def _quietly(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The records that can be read; the others are told when the table itself is read."""
        return _records(self._records, lambda number, reason: None)


class JsonBook:
    """A snapshot whose counts agree with its arrays."""

    weak: Detail = ""

    def __init__(self, name: str, lists: dict[str, Records], facts: SnapshotFacts) -> None:
        self.facts = facts
        self.tables = [
            ReadTable(file=f"{name} {array}", kind=kind) for array, kind in _ARRAYS.items()
        ]
        self._name = name
        self._lists = lists

    def rows(self, context: Context) -> Iterator[Entity]:
        lists = self._lists
        if "stores" in lists:
            yield from _stores(lists["stores"], self._name, context)
        if "consents" in lists:
            context.consents = _consents(lists["consents"], self._name, context)
        tables = [
            JsonTable(self._name, kind, array, lists[array]) for array, kind in _ARRAYS.items()
        ]
        yield from canonical_rows(context, tables)


def looks_like_one(file: Delivered) -> bool:
    """Whether a JSON file among others is a snapshot or a dump, by its first lines."""
    head = beginning(file, _HEAD)
    return SCHEMA.encode() in head or table_dump.looks_like_one(head)


def book_of(file: Delivered, limit: int, manifest: Manifest | None, loose: SnapshotFacts) -> Book:
    """The snapshot in the file, with what its manifest (if any) says. Raises SnapshotRefused."""
    if table_dump.looks_like_one(beginning(file, _HEAD)):
        return table_dump.book_of(file, limit, loose)
    name = file.name
    document, lists = parse(file, limit)
    refuse_if(list(_disagreements(name, document, manifest)))
    as_of = day(document.as_of)
    assert as_of is not None
    facts = SnapshotFacts(
        source="deudores",
        letters=ABOUT.letters,
        installation=document.device_id,
        as_of=as_of,
        generated_at=document.generated_at,
        format="json",
        complete=document.counts is not None,
        locale=document.locale or loose.locale,
        default_currency=document.default_currency or loose.default_currency,
        declared_counts=declared(document),
    )
    return JsonBook(name, lists, facts)


def _disagreements(name: str, document: Document, manifest: Manifest | None) -> Iterator[Problem]:
    if manifest is None:
        return
    for field in ("as_of", "device_id"):
        says, other = getattr(document, field), getattr(manifest, field)
        if says != other:
            yield Problem(
                f"{name}, {field}",
                message("mixed_exports", text=says, other=other),
                message("mend_by_exporting"),
            )


def parse(file: Delivered, limit: int) -> tuple[Document, dict[str, Records]]:
    """The snapshot and its lists, checked as a whole: form, schema and counts. Raises
    SnapshotRefused."""
    name = file.name
    try:
        found = outline(file, limit, Document)
        document = msgspec.json.decode(found.frame, type=Document)
    except UNREADABLE as error:
        what = message("refused_unreadable", text=str(error))
        problem = Problem(name, what, message("mend_unreadable"))
        raise SnapshotRefused(message("file_refused", file=name), [problem]) from error
    refuse_if(list(_problems(name, document, found)))
    return document, found.lists


def declared(document: Document) -> dict[str, int]:
    """Rows by entity as the snapshot itself declares them."""
    names = {"debtors": "borrowers", "debts": "loans", "movements": "movements"}
    return {names[key]: n for key, n in (document.counts or {}).items() if key in names}


def _problems(name: str, document: Document, found: Outline) -> Iterator[Problem]:
    if document.schema != SCHEMA:
        what = message("refused_schema", text=document.schema)
        yield Problem(name, what, message("mend_schema"))
    if not document.device_id.strip():
        where = f"{name}, device_id"
        yield Problem(where, message("refused_no_phone"), message("mend_no_phone"))
    if day(document.as_of) is None:
        what = message("refused_day", text=document.as_of)
        yield Problem(f"{name}, as_of", what, message("mend_day"))
    if document.default_currency and document.default_currency not in EXPONENTS:
        what = message("refused_currency", text=document.default_currency)
        yield Problem(f"{name}, default_currency", what, message("mend_currency"))
    if document.counts is None:
        return
    for array in ("debtors", "debts", "movements"):
        there = len(found.lists[array])
        if array not in document.counts:
            what = message("refused_uncounted", entity=array)
            yield Problem(f"{name}, counts", what, message("mend_uncounted"))
        elif document.counts[array] != there:
            yield Problem(
                f"{name}, {array}",
                message("records_differ", number=there, before=document.counts[array]),
                message("mend_by_exporting"),
            )


def decoded(
    records: Records, file: str, kind: str, context: Context
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and content of each record; one that is no object is told and left out."""

    def tell(number: int, what: Message) -> None:
        detail = message("in_record", row=number, what=what)
        context.log.unread(kind, "row.unreadable", f"file:{file}", detail, at=(file, number))

    yield from _records(records, tell)


def _records(
    records: Records, tell: Callable[[int, Message], None]
) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, record in enumerate(records, start=1):
        if isinstance(record, dict):
            yield number, record
        elif isinstance(record, Unreadable):
            tell(number, message("no_record", text=record.reason))
        else:
            tell(number, message("no_object"))


def machine_columns(records: Iterable[dict[str, Any]]) -> frozenset[str]:
    """The keys whose texts are all numbers as programs write them, none of them open.

    `"1000.00"` is a program's. A person's `"1.234.567,89"`, or one `"1.234"` that could be a
    thousand or a unit, makes the whole key text as in a CSV: its convention and column decide.
    """
    told = set(_NUMBERS)
    for record in records:
        for key in tuple(told):
            value = record.get(key)
            if isinstance(value, str) and value and not _MACHINE.fullmatch(value):
                told.discard(key)
    return frozenset(told)


def _cell(record: dict[str, Any], key: str, machine: frozenset[str] = _NUMBERS) -> Cell:
    value = record.get(key) if key else None
    if isinstance(value, str):
        return _machine_number(value) if key in machine else value
    if isinstance(value, dict):
        kind, number = value.get("type"), value.get("number")
        return f"{as_text(kind)} {as_text(number)}" if key == "document" and number else None
    return None if isinstance(value, list) else value


def _machine_number(text: str) -> Cell:
    """A number written as a JSON string: a point is a decimal point, whatever the locale."""
    try:
        number = msgspec.json.decode(text, type=Decimal, strict=False)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text
    return number if number.is_finite() else text


def _stores(records: Records, name: str, context: Context) -> Iterator[Store]:
    file = f"{name} stores"
    for number, record in decoded(records, file, "stores", context):
        native_id = identifier(record.get("store_id"))
        display = as_text(record.get("name")).strip()
        if not native_id or not display:
            detail = message("in_record", row=number, what=message("store_without"))
            at = (file, number)
            context.log.unread("stores", "row.unreadable", f"file:{file}", detail, at=at)
            continue
        currency, country, kind = (
            as_text(record.get(key)).strip() for key in ("currency", "country", "kind")
        )
        context.add_store(native_id, StoreFacts(display, currency, country, kind))
        yield Store(
            id=native_id,
            name=display,
            city=as_text(record.get("city")).strip(),
            currency=currency,
            country=country,
            kind=kind,
            origin=Origin(file, number),
        )


def _consents(records: Records, name: str, context: Context) -> WordOf[tuple[Consent, ...]]:
    file = f"{name} consents"
    found: WordOf[tuple[Consent, ...]] = WordOf(())
    for number, record in decoded(records, file, "consents", context):
        borrower = identifier(record.get("debtor_id"))
        purposes = record.get("purposes")
        if not borrower or not isinstance(purposes, list):
            detail = message("in_record", row=number, what=message("consent_without"))
            at = (file, number)
            context.log.unread("consents", "row.unreadable", f"file:{file}", detail, at=at)
            continue
        consent = Consent(
            granted_on=context.day(record.get("granted_on")),
            purposes=tuple(as_text(purpose) for purpose in purposes),
            channel=as_text(record.get("channel")),
            policy_version=as_text(record.get("policy_version")),
            revoked_on=context.day(record.get("revoked_on")),
        )
        found.set(borrower, (*found.get(borrower), consent))
    return found
