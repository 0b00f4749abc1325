"""Zoho's objects in our words. Pure.

The same field changes its type between a listing and a detail (FACTS Z30): ids are read as
text, amounts as Decimal from number or text. Listings have no lines, and of payments no
applications (FACTS Z32); what is not told stays empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from bridge.core.books import Kind, PostedDocument, PostedLine, Status
from bridge.systems.fiscal import mark_in
from bridge.systems.zoho.translate import LOCATION, OUR_FORM, Company, has_reference

FIELD_NAME = "cf_ledger_reference"
FIELD_LABEL = "Ledger reference"

_NOT_IN_THE_BOOKS = frozenset({"draft", "pending_approval", "rejected"})
"""States in which a document posts nothing."""
_VOID = "void"

Raw = dict[str, Any]


def posted(kind: Kind, raw: Raw, company: Company) -> PostedDocument:
    """An object of a listing or a detail in our words (an application: see `application`)."""
    match kind:
        case Kind.CUSTOMER:
            return _contact(raw, company)
        case Kind.INVOICE:
            return _invoice(raw, company)
        case Kind.CREDIT_NOTE:
            return _credit_note(raw, company)
        case Kind.RECEIPT:
            return _payment(raw, company)
        case Kind.SALE:
            return _journal(raw, company)
        case Kind.APPLICATION:
            return application(raw, None, company)


def application(note: Raw, credited: Iterable[Raw] | None, company: Company) -> PostedDocument:
    """The invoices that a credit note is used for. `credited`: its invoices, where they were asked
    for.

    The application has neither date nor number of its own, and its id is the note's: one note
    has one.
    """
    pairs = tuple(
        (text(row, "invoice_id"), amount(row, "credited_amount") or amount(row, "amount_applied"))
        for row in credited or ()
    )
    live = status(note) is Status.LIVE
    used = amount(note, "total") - amount(note, "balance") if live else Decimal(0)
    return PostedDocument(
        kind=Kind.APPLICATION,
        external_id=text(note, "creditnote_id"),
        version=version(note),
        status=status(note),
        customer_id=text(note, "customer_id"),
        currency=currency_of(note, company),
        total=used if credited is None else sum((value for _, value in pairs), Decimal(0)),
        whole=credited is not None,
        applications=pairs,
        credit_note_id=text(note, "creditnote_id"),
        updated_at=version(note),
    )


def is_draft(raw: Raw) -> bool:
    """Whether a document is there, and posts nothing yet."""
    return raw.get("status") in _NOT_IN_THE_BOOKS


def status(raw: Raw) -> Status:
    if is_draft(raw):
        return Status.DRAFT
    return Status.VOIDED if raw.get("status") == _VOID else Status.LIVE


def is_ours(contact: Raw, reference: str) -> bool:
    """Whether a contact carries our reference: in the field for it, its number or its notes."""
    told = (own_field(contact), text(contact, "contact_number"))
    return reference in told or has_reference(contact.get("notes"), reference)


def own_field(raw: Raw) -> str:
    """Our custom field, in any of the three ways in which it is told (FACTS Z31)."""
    hashed = raw.get("custom_field_hash")
    for place in (raw, hashed if isinstance(hashed, dict) else {}):
        if place.get(FIELD_NAME):
            return str(place[FIELD_NAME])
    for field in raw.get("custom_fields") or ():
        if field.get("api_name") == FIELD_NAME or field.get("label") == FIELD_LABEL:
            return str(field.get("value") or "")
    return ""


def version(raw: Raw) -> str:
    """Moves with every write. The detail of a credit note has another name for it."""
    return text(raw, "last_modified_time") or text(raw, "updated_time")


def payment_version(raw: Raw, unused: Decimal) -> str:
    """Payments tell no time of their last change in a listing (FACTS Z33): what they tell stands
    for it."""
    told = (amount(raw, "amount").normalize(), unused.normalize())
    names = ("date", "customer_id", "account_id", "reference_number")
    return "|".join([*(f"{value:f}" for value in told), *(text(raw, name) for name in names)])


def currency_of(raw: Raw, company: Company) -> str:
    """By its code, else by its id; a document that tells neither is in the home currency."""
    told, its_id = text(raw, "currency_code"), text(raw, "currency_id")
    named = (code for code, known in company.currencies.items() if known == its_id)
    return told or next(named, company.home_currency)


def text(raw: Raw, field: str) -> str:
    value = raw.get(field)
    return "" if value is None else str(value)


def amount(raw: Raw, field: str) -> Decimal:
    """An amount, exact, from number or text; 0 when it is not told."""
    return optional(raw, field) or Decimal(0)


def optional(raw: Raw, field: str) -> Decimal | None:
    value = raw.get(field)
    return None if value is None or value == "" else Decimal(value)


def day(raw: Raw, field: str) -> date | None:
    value = text(raw, field)
    return date.fromisoformat(value[:10]) if value else None


def _contact(raw: Raw, company: Company) -> PostedDocument:
    return PostedDocument(
        kind=Kind.CUSTOMER,
        external_id=text(raw, "contact_id"),
        version=version(raw),
        # An inactive contact takes no more documents: what a void is for a document.
        status=Status.VOIDED if raw.get("status") == "inactive" else Status.LIVE,
        # Only by the field: notes are in the detail but in no listing.
        number=own_field(raw),
        name=text(raw, "contact_name"),
        currency=currency_of(raw, company),
        open=amount(raw, "outstanding_receivable_amount"),
        memo=text(raw, "notes"),
        updated_at=version(raw),
    )


def _invoice(raw: Raw, company: Company) -> PostedDocument:
    return _document(
        Kind.INVOICE,
        raw,
        company,
        external_id=text(raw, "invoice_id"),
        number=text(raw, "invoice_number"),
        due=day(raw, "due_date"),
        open=amount(raw, "balance"),
        lines=_lines(raw),
        **_taxes_and_tags(raw),
        whole="line_items" in raw,
        memo=text(raw, "notes"),
    )


def _credit_note(raw: Raw, company: Company) -> PostedDocument:
    return _document(
        Kind.CREDIT_NOTE,
        raw,
        company,
        external_id=text(raw, "creditnote_id"),
        number=text(raw, "creditnote_number"),
        open=amount(raw, "balance"),
        lines=_lines(raw),
        **_taxes_and_tags(raw),
        whole="line_items" in raw,
        memo=text(raw, "notes"),
    )


def _payment(raw: Raw, company: Company) -> PostedDocument:
    applied = tuple(
        (text(row, "invoice_id"), amount(row, "amount_applied"))
        for row in raw.get("invoices") or ()
    )
    unused = optional(raw, "unused_amount")
    if unused is None:  # as in the answer to a create (FACTS Z19)
        unused = amount(raw, "amount") - sum((value for _, value in applied), Decimal(0))
    return _document(
        Kind.RECEIPT,
        raw,
        company,
        external_id=text(raw, "payment_id"),
        number=text(raw, "reference_number"),
        total=amount(raw, "amount"),
        open=unused,
        applications=applied,
        settles=_numbers(raw),
        deposit_account=text(raw, "account_id"),
        memo=text(raw, "description"),
        tags=_tags(raw, ()) if "invoices" in raw else None,
        whole="invoices" in raw,
        status=Status.LIVE,
        version=payment_version(raw, unused),
    )


def _numbers(raw: Raw) -> tuple[str, ...] | None:
    """The numbers of the invoices that a payment settles, as its listing tells them in one text."""
    told = raw.get("invoice_numbers")
    if not isinstance(told, str):
        return None
    return tuple(sorted(filter(None, (number.strip() for number in told.split(",")))))


def _journal(raw: Raw, company: Company) -> PostedDocument:
    """A recovery: money in, and lines of what it was earned on. A journal knows no items."""
    lines = raw.get("line_items") or ()
    received = [line for line in lines if line.get("debit_or_credit") == "debit"]
    earned = [line for line in lines if line.get("debit_or_credit") == "credit"]
    people = [text(line, "customer_id") for line in lines if line.get("customer_id")]
    return _document(
        Kind.SALE,
        raw,
        company,
        external_id=text(raw, "journal_id"),
        number=text(raw, "reference_number"),
        day=day(raw, "journal_date"),
        customer_id=people[0] if people else text(raw, "customer_id"),
        deposit_account=" ".join(sorted({text(line, "account_id") for line in received})),
        lines=tuple(
            PostedLine(
                amount=amount(line, "amount"),
                description=text(line, "description"),
                account=text(line, "account_id"),
                tax=text(line, "tax_id"),
            )
            for line in earned
        ),
        tags=_tags(raw, lines) if lines else None,
        memo=text(raw, "notes"),
        whole="line_items" in raw,
    )


_PUSHED = frozenset({"push_initiated", "pushed", "accepted", "cancelled"})
"""Words for an e-invoice that has left (spelling UNVERIFIED: FACTS Z24)."""


def stamp_of(raw: Raw) -> str:
    """The tax office's mark that custom fields, the e-invoice's own part or the notes show."""
    fields = [
        (str(field.get("api_name") or field.get("label") or ""), field.get("value"))
        for field in raw.get("custom_fields") or ()
    ]
    fields += [(name, value) for name, value in raw.items() if name.startswith("cf_")]
    issued = raw.get("einvoice_details")
    issued = issued if isinstance(issued, dict) else {}
    status = text(issued, "status").lower().replace(" ", "_")
    codes = [(name, issued.get(name)) for name in ("uuid", "irn", "ack_no") if issued.get(name)]
    found = mark_in([*fields, *codes], (raw.get("notes"), raw.get("terms")))
    return found or (f"E-INVOICE {status}" if status in _PUSHED else "")


def is_sale(raw: Raw) -> bool:
    """Whether a journal is one of our recoveries: by its reference alone."""
    return OUR_FORM.fullmatch(text(raw, "reference_number")) is not None


def _document(kind: Kind, raw: Raw, company: Company, **told: Any) -> PostedDocument:
    """The fields that documents have in common, with `told` laid over it."""
    currency = currency_of(raw, company)
    common: dict[str, Any] = {
        "version": version(raw),
        "status": status(raw),
        "name": text(raw, "customer_name"),
        "customer_id": text(raw, "customer_id"),
        "day": day(raw, "date"),
        "currency": currency,
        "rate": None if currency == company.home_currency else optional(raw, "exchange_rate"),
        "total": amount(raw, "total"),
        "stamp": stamp_of(raw),
        "updated_at": version(raw),
    }
    return PostedDocument(kind=kind, **{**common, **told})


def _lines(raw: Raw) -> tuple[PostedLine, ...]:
    return tuple(
        PostedLine(
            amount=_line_total(line),
            description=text(line, "description"),
            item=text(line, "item_id"),
            account=text(line, "account_id"),
            tax=text(line, "tax_id"),
        )
        for line in raw.get("line_items") or ()
    )


def _taxes_and_tags(raw: Raw) -> dict[str, Any]:
    """The tax and the dimensions that are booked, where the lines are told."""
    lines = raw.get("line_items")
    if not lines:
        return {}
    return {"tax_amount": optional(raw, "tax_total"), "tags": _tags(raw, lines)}


def _tags(raw: Raw, lines: Iterable[Raw]) -> tuple[tuple[str, str], ...]:
    """The location, and the reporting tags of the document and of its lines."""
    found = {
        (text(tag, "tag_name") or tag_id, f"{tag_id}:{text(tag, 'tag_option_id')}")
        for place in (raw, *lines)
        for tag in place.get("tags") or ()
        if (tag_id := text(tag, "tag_id"))
    }
    if text(raw, "location_id"):
        found.add((LOCATION, text(raw, "location_id")))
    return tuple(sorted(found))


def _line_total(line: Raw) -> Decimal:
    told = optional(line, "item_total")
    if told is not None:
        return told
    quantity = optional(line, "quantity")
    return amount(line, "rate") * (Decimal(1) if quantity is None else quantity)
