"""Invoices and credit notes: numbers, life cycle, totals, their place in the books.

As in FACTS X15, X16, X18.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ONE
from bridge.sandbox.books.documents import Document
from bridge.sandbox.xero import contacts, faults, lines
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import new_id

POSTED = ("AUTHORISED",)
APPROVABLE = ("DRAFT", "SUBMITTED")
MOVES = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("SUBMITTED", "DRAFT", "AUTHORISED", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
}
FREE_WHEN_PAID = (
    "Reference",
    "DueDate",
    "Number",
    "BrandingThemeID",
    "Url",
    "SentToContact",
    "ExpectedPaymentDate",
    "PlannedPaymentDate",
)
FREE_IN_LINE = ("Description", "AccountCode", "AccountID", "Tracking", "TaxType")
IMPLAUSIBLE = Decimal(10)


@dataclass(frozen=True, slots=True)
class Form:
    """The names and fields that distinguish an invoice from a credit note."""

    table: str
    id: str
    number: str
    type: str
    kind: str
    prefix: str
    noun: str
    taken: str


INVOICE = Form(
    "Invoices",
    "InvoiceID",
    "InvoiceNumber",
    "ACCREC",
    "invoice",
    "INV-",
    "Invoice",
    faults.NUMBER_TAKEN,
)
CREDIT_NOTE = Form(
    "CreditNotes",
    "CreditNoteID",
    "CreditNoteNumber",
    "ACCRECCREDIT",
    "credit_note",
    "CN-",
    "Credit Note",
    faults.CREDIT_NOTE_NUMBER_TAKEN,
)


def write(
    company: Company, form: Form, body: Row, *, create: bool, row_id: str = "", unitdp: int = 2
) -> tuple[str, list[str]]:
    """Create a document or change the one that the body names; return its id and warnings."""
    before = _existing(company, form, body, create=create, row_id=row_id)
    if before is None:
        return _create(company, form, body, unitdp)
    return _change(company, form, before, body, unitdp)


def _existing(company: Company, form: Form, body: Row, *, create: bool, row_id: str) -> Row | None:
    table = company.tables[form.table]
    wanted = row_id or body.get(form.id, "")
    if wanted:
        found = table.rows.get(wanted)
        if found is None or create:
            is_note = form is CREDIT_NOTE
            raise Invalid(faults.UNKNOWN_CREDIT_NOTE if is_note else faults.UNKNOWN_DOCUMENT)
        return found
    number = body.get(form.number)
    if create or not number:
        return None
    if form is CREDIT_NOTE and company.settings.credit_note_number_match == "refuse":
        return None
    holders = [row for row in table.having("number", number.casefold()) if _holds(company, row)]
    return holders[-1] if holders else None


def _holds(company: Company, row: Row) -> bool:
    """Whether a document keeps its number from others. A voided one does, for good."""
    return row["Status"] != "DELETED" or company.settings.deleted_number == "kept"


def _create(company: Company, form: Form, body: Row, unitdp: int) -> tuple[str, list[str]]:
    row: Row = {
        form.id: new_id(),
        "Status": "DRAFT",
        "LineAmountTypes": "Exclusive",
        "Date": company.today(),
        "Reference": "",
        "SentToContact": company.settings.mail_invoices,
        "CurrencyRate": None,
        "LineItems": [],
        **_accepted(body, form),
    }
    messages = []
    if row.get("Type") != form.type:
        messages.append(f"{form.noun} Type must be {form.type} here: bills are not kept.")
    if row["Status"] not in (*APPROVABLE, "AUTHORISED"):
        raise faults.wrong_status(form.noun)
    if messages:
        raise Invalid(*messages)
    row["ContactID"] = contacts.refer(company, body.get("Contact"))
    if not row.get("CurrencyCode"):
        contact = company.tables["Contacts"].rows[row["ContactID"]]
        row["CurrencyCode"] = contact.get("DefaultCurrency") or company.home
    if not row.get(form.number):
        row[form.number] = _auto_number(company, form)
    row, warnings = _complete(company, form, row, None, unitdp)
    _save(company, form, row)
    return str(row[form.id]), warnings


def _auto_number(company: Company, form: Form) -> str:
    table = company.tables[form.table]
    number = company.next_number(form.prefix)
    while table.ids("number", number.casefold()):
        number = company.next_number(form.prefix)
    return number


def _change(
    company: Company, form: Form, before: Row, body: Row, unitdp: int
) -> tuple[str, list[str]]:
    change = _accepted(body, form)
    paid = bool(company.uses(before[form.id]))
    status = change.pop("Status", before["Status"])
    if status == "PAID" and paid:
        status = before["Status"]
    if status not in MOVES.get(before["Status"], ()):
        raise faults.wrong_status(form.noun)
    if status in ("VOIDED", "DELETED"):
        _end(company, form, before, status)
        return str(before[form.id]), []
    change.pop("Type", None)
    if paid and not company.by_hand:
        _check_paid(form, before, change)
    row = {**before, **change, "Status": status}
    if "LineItems" not in change and row["LineAmountTypes"] != before["LineAmountTypes"]:
        row["LineItems"] = [{**line, "TaxAmount": None} for line in row["LineItems"]]
    if "CurrencyCode" in change and change["CurrencyCode"] != before["CurrencyCode"]:
        raise Invalid("The currency of a document cannot be changed.")
    if body.get("Contact"):
        row["ContactID"] = contacts.refer(company, body["Contact"])
        if paid and row["ContactID"] != before["ContactID"]:
            raise Invalid(faults.PAID_DOCUMENT)
    row, warnings = _complete(company, form, row, before, unitdp)
    _save(company, form, row, quietly=_is_quiet(company, before, change, paid=paid))
    return str(row[form.id]), warnings


def _accepted(body: Row, form: Form) -> Row:
    """Return the fields that a client may set; sums are worked out, never taken."""
    dropped = ("Contact", "SubTotal", "TotalTax", "Total", "Allocations", form.id)
    return {
        name: value
        for name, value in body.items()
        if name not in dropped and not (name == "LineItems" and not value)
    }


def _check_paid(form: Form, before: Row, change: Row) -> None:
    """On a document that something is applied to, amounts stay as they are."""
    for name, value in change.items():
        free = "Number" if name == form.number else name
        if free in FREE_WHEN_PAID or value == before.get(name):
            continue
        if name == "LineItems" and _same_amounts(before["LineItems"], value):
            continue
        raise Invalid(faults.PAID_DOCUMENT)


def _same_amounts(before: list[Row], after: list[Row]) -> bool:
    if len(before) != len(after):
        return False
    return all(
        value == old.get(name)
        for old, new in zip(before, after, strict=True)
        for name, value in new.items()
        if name not in FREE_IN_LINE
    )


def _is_quiet(company: Company, before: Row, change: Row, *, paid: bool) -> bool:
    """Whether this edit is one that some sources say does not move the time of change."""
    moved = {name for name, value in change.items() if value != before.get(name)}
    return company.settings.quiet_due_dates and paid and moved <= {"DueDate", "SentToContact"}


def _complete(
    company: Company, form: Form, row: Row, before: Row | None, unitdp: int
) -> tuple[Row, list[str]]:
    """Check a document and work out its sums; nothing is changed yet."""
    approved = row["Status"] == "AUTHORISED"
    messages = company.lock_messages(row["Date"], before["Date"] if before else "")
    if approved and form is INVOICE and not row.get("DueDate"):
        messages.append(faults.DUE_DATE_NEEDED)
    messages += _number_messages(company, form, row)
    warnings: list[str] = []
    try:
        row = {**row, **_currency(company, row, before, warnings)}
    except Invalid as refused:
        messages += refused.messages
    rules = lines.Rules(
        amounts=row["LineAmountTypes"], approved=approved, unitdp=max(unitdp, _decimals(before))
    )
    try:
        added = lines.add_up(company, row["LineItems"], rules)
    except Invalid as refused:
        messages += refused.messages
    if approved and form is INVOICE and _is_approval(before):
        messages += _approval_messages(company)
        row["_approved"] = company.month()
    if messages:
        raise Invalid(*messages)
    if form is CREDIT_NOTE and not row.get("DueDate"):
        row["DueDate"] = row["Date"]
    row.update(
        LineItems=added.lines,
        SubTotal=added.subtotal,
        TotalTax=added.tax,
        Total=added.total,
        _unitdp=rules.unitdp,
    )
    return row, warnings + added.warnings


def _decimals(before: Row | None) -> int:
    return int(before.get("_unitdp", 2)) if before else 2


def _is_approval(before: Row | None) -> bool:
    return before is None or before["Status"] in APPROVABLE


def _approval_messages(company: Company) -> list[str]:
    """Refuse one invoice too many this month, on the plans that have a limit."""
    most = company.settings.approvals_per_month
    if not most or company.by_hand:
        return []
    month, rows = company.month(), company.tables["Invoices"].rows.values()
    used = sum(1 for row in rows if row.get("_approved") == month)
    return [faults.APPROVAL_LIMIT] if used >= most else []


def _number_messages(company: Company, form: Form, row: Row) -> list[str]:
    number = str(row.get(form.number) or "")
    if not number:
        return [f"{form.noun} number must be specified"]
    if not number.isascii() or not number.isprintable():
        return [f"{form.noun} number must be printable ASCII"]
    others = company.tables[form.table].having("number", number.casefold())
    taken = any(other[form.id] != row[form.id] and _holds(company, other) for other in others)
    return [form.taken] if taken else []


def _currency(company: Company, row: Row, before: Row | None, warnings: list[str]) -> Row:
    """Return the currency and the rate: foreign units for one of ours, at most six decimals."""
    code = row["CurrencyCode"]
    if code == company.home:
        return {"CurrencyRate": ONE}
    if code not in company.currencies or not company.settings.multicurrency:
        raise Invalid(faults.no_currency(code))
    listed = company.rate_on(code, row["Date"])
    rate = row.get("CurrencyRate")
    moved = before is not None and before["Date"] != row["Date"]
    if rate is None or (moved and before and rate == before["CurrencyRate"] and not row["_rated"]):
        return {"CurrencyRate": listed, "_rated": False}
    rate = company.as_rate(rate)
    if rate <= 0:
        raise Invalid("The currency rate must be greater than zero.")
    if not listed / IMPLAUSIBLE < rate < listed * IMPLAUSIBLE:
        warnings.append(f"The currency rate {rate} is far from the rate of the day, {listed}.")
    rated = before is None or rate != before["CurrencyRate"] or before.get("_rated", False)
    return {"CurrencyRate": rate, "_rated": rated}


def _save(company: Company, form: Form, row: Row, *, quietly: bool = False) -> None:
    """Put a document into its table and, once approved, into the books."""
    row.pop("Contact", None)
    if row["Status"] in POSTED:
        company.enter(document(company, form, row))
    company.save(form.table, row, quietly=quietly)


def document(company: Company, form: Form, row: Row) -> Document:
    """Return the document that the books keep."""
    return Document(
        id=row[form.id],
        kind=form.kind,
        number=row[form.number],
        date=row["Date"],
        due=row.get("DueDate", "") if form is INVOICE else "",
        currency=row["CurrencyCode"],
        rate=ONE / row["CurrencyRate"],
        total=row["Total"],
        customer=row["ContactID"],
        lines=lines.for_books(company, row),
    )


def _end(company: Company, form: Form, row: Row, status: str) -> None:
    """Void an approved document, or delete a draft. Both keep their row."""
    messages = company.lock_messages(row["Date"])
    if messages:
        raise Invalid(*messages)
    if status == "VOIDED":
        if company.uses(row[form.id]):
            raise Invalid(faults.VOID_WITH_PAYMENTS.format(form.noun.lower()))
        company.void(row[form.id])
    company.save(form.table, {**row, "Status": status})


def shown_status(company: Company, row: Row, row_id: str) -> str:
    """Return the status as it is read: PAID by itself when nothing is open."""
    if row["Status"] == "AUTHORISED" and company.books.documents[row_id].open == 0:
        return "PAID"
    return str(row["Status"])


def last_use(company: Company, row_id: str) -> str:
    """Return the day on which a document was settled."""
    days: list[Any] = []
    for use in company.uses(row_id):
        for table in ("Payments", "Allocations"):
            row = company.tables[table].rows.get(use.owner)
            if row:
                days.append(row["Date"])
    kept = max(days, default="")
    return str(kept)
