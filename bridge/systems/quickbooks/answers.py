"""QuickBooks' objects in our words. Pure. Names and meanings: FACTS Q5."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from bridge.core.books import Kind, PostedDocument, PostedLine, Status
from bridge.systems.fiscal import mark_in
from bridge.systems.quickbooks.translate import (
    CUSTOMER_REFERENCE,
    NUMBER_FIELD,
    Body,
    sales_detail,
)

_APPLICATION_NUMBER = re.compile(r"[A-Z0-9]{1,6}-A[A-Za-z0-9]+(?:\.\d+)?")


def posted(kind: Kind, raw: Body, home: str) -> PostedDocument:
    """An object of the books in our words."""
    if raw.get("status") == "Deleted":
        return deleted(kind, raw)
    if kind is Kind.CUSTOMER:
        return _posted_customer(raw, home)
    currency = _value(raw, "CurrencyRef") or home
    applications, note = _links_of(raw)
    return PostedDocument(
        kind=kind,
        external_id=raw["Id"],
        version=raw.get("SyncToken", ""),
        status=Status.VOIDED if is_void(raw) else Status.LIVE,
        number=raw.get(NUMBER_FIELD[kind]) or "",
        name=raw.get("CustomerRef", {}).get("name", ""),
        customer_id=_value(raw, "CustomerRef"),
        day=_day(raw, "TxnDate"),
        due=_day(raw, "DueDate") if kind is Kind.INVOICE else None,
        currency=currency,
        rate=None if currency == home else _optional(raw, "ExchangeRate"),
        total=amount(raw, "TotalAmt"),
        open=_open(kind, raw),
        lines=tuple(_posted_line(line) for line in raw.get("Line", ()) if sales_detail(line)),
        applications=applications,
        credit_note_id=note,
        deposit_account=_value(raw, "DepositToAccountRef"),
        tax_amount=_tax_amount(kind, raw),
        tags=_tags(raw),
        memo=raw.get("PrivateNote") or "",
        stamp=stamp_of(raw),
        updated_at=raw.get("MetaData", {}).get("LastUpdatedTime", ""),
    )


def stamp_of(raw: Body) -> str:
    """The tax office's mark that custom fields, the note or the message to the customer show."""
    fields = [
        (field.get("Name") or "", field.get("StringValue")) for field in raw.get("CustomField", ())
    ]
    message = raw.get("CustomerMemo") or {}
    return mark_in(fields, (raw.get("PrivateNote"), message.get("value")))


def deleted(kind: Kind, raw: Body) -> PostedDocument:
    """The rest of a deleted object: its id and when it went."""
    return PostedDocument(
        kind=kind,
        external_id=raw["Id"],
        version=raw.get("SyncToken", ""),
        status=Status.DELETED,
        updated_at=raw.get("MetaData", {}).get("LastUpdatedTime", ""),
    )


def payment_kind(raw: Body) -> Kind:
    """Whether a Payment is money received or a credit note put to use.

    A void empties the lines that would tell; then our own reference does.
    """
    total = amount(raw, "TotalAmt")
    if not raw.get("Line") and total == 0:
        number = raw.get("PaymentRefNum") or ""
        return Kind.APPLICATION if _APPLICATION_NUMBER.fullmatch(number) else Kind.RECEIPT
    return Kind.APPLICATION if total == 0 and _links_of(raw)[1] else Kind.RECEIPT


def is_void(raw: Body) -> bool:
    """A void leaves the document at zero with the word "Voided" before its memo."""
    return amount(raw, "TotalAmt") == 0 and (raw.get("PrivateNote") or "").startswith("Voided")


def amount(raw: Body, field: str) -> Decimal:
    """An amount of a decoded body, exact; 0 when it is not there."""
    return _optional(raw, field) or Decimal(0)


def _posted_customer(raw: Body, home: str) -> PostedDocument:
    found = CUSTOMER_REFERENCE.findall(raw.get("Notes") or "")
    return PostedDocument(
        kind=Kind.CUSTOMER,
        external_id=raw["Id"],
        version=raw.get("SyncToken", ""),
        # An inactive customer takes no more documents: what a void is for a document.
        status=Status.LIVE if raw.get("Active", True) else Status.VOIDED,
        number=found[0] if found else "",
        name=raw.get("DisplayName", ""),
        currency=_value(raw, "CurrencyRef") or home,
        open=amount(raw, "Balance"),
        memo=raw.get("Notes") or "",
        updated_at=raw.get("MetaData", {}).get("LastUpdatedTime", ""),
    )


def _posted_line(line: Body) -> PostedLine:
    detail = sales_detail(line) or {}
    return PostedLine(
        amount=amount(line, "Amount"),
        description=line.get("Description") or "",
        item=_value(detail, "ItemRef"),
        account=_value(detail, "ItemAccountRef"),
        tax=_value(detail, "TaxCodeRef"),
    )


def _tax_amount(kind: Kind, raw: Body) -> Decimal | None:
    if kind not in {Kind.INVOICE, Kind.CREDIT_NOTE, Kind.SALE}:
        return None
    return amount(raw.get("TxnTaxDetail") or {}, "TotalTax")


def _tags(raw: Body) -> tuple[tuple[str, str], ...]:
    """The class of the document and of its lines, and its department. A line without one, where
    others have one, is told too."""
    details = [detail for line in raw.get("Line", ()) if (detail := sales_detail(line))]
    classes = {_value(detail, "ClassRef") for detail in details}
    if not any(classes):
        classes = set()
    classes |= {_value(raw, "ClassRef")} - {""}
    departments = {_value(raw, "DepartmentRef")} - {""}
    return tuple(
        sorted([("class", each) for each in classes] + [("department", d) for d in departments])
    )


def _links_of(raw: Body) -> tuple[tuple[tuple[str, Decimal], ...], str]:
    """(invoice id, amount) pairs that a payment settles, and the credit memo that it uses."""
    pairs: list[tuple[str, Decimal]] = []
    note = ""
    for line in raw.get("Line", ()):
        for linked in line.get("LinkedTxn", ()):
            if linked.get("TxnType") == "Invoice":
                pairs.append((linked["TxnId"], amount(line, "Amount")))
            elif linked.get("TxnType") == "CreditMemo":
                note = linked["TxnId"]
    return tuple(pairs), note


def _open(kind: Kind, raw: Body) -> Decimal:
    if kind is Kind.RECEIPT:
        return amount(raw, "UnappliedAmt")
    if kind is Kind.CREDIT_NOTE:
        return amount(raw, "RemainingCredit" if "RemainingCredit" in raw else "Balance")
    return amount(raw, "Balance")


def _value(raw: Body, field: str) -> str:
    reference = raw.get(field)
    return reference.get("value", "") if isinstance(reference, dict) else ""


def _day(raw: Body, field: str) -> date | None:
    text = raw.get(field)
    return date.fromisoformat(text[:10]) if text else None


def _optional(raw: Body, field: str) -> Decimal | None:
    value = raw.get(field)
    return None if value is None or value == "" else Decimal(value)
