"""Manual journals: debits and credits in the base currency (FACTS X24)."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO, cents, text
from bridge.sandbox.books.documents import Document, Line
from bridge.sandbox.xero import faults
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.lists import tax_allowed, tracking
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import new_id

CLOSED = ("DEBTORS", "CREDITORS", "RETAINEDEARNINGS")
MOVES = {
    "DRAFT": ("DRAFT", "POSTED", "DELETED"),
    "POSTED": ("POSTED", "VOIDED"),
}


def write(company: Company, body: Row, *, create: bool, row_id: str = "") -> str:
    """Enter a journal, change it, or (Status VOIDED, DELETED) end it."""
    wanted = row_id or body.get("ManualJournalID", "")
    before = company.tables["ManualJournals"].rows.get(wanted) if wanted else None
    if wanted and (before is None or create):
        raise Invalid(faults.UNKNOWN_DOCUMENT)
    status = body.get("Status") or (before["Status"] if before else "DRAFT")
    if status not in (MOVES.get(before["Status"], ()) if before else ("DRAFT", "POSTED")):
        raise faults.wrong_status("Manual Journal")
    if before and status in ("VOIDED", "DELETED"):
        messages = company.lock_messages(before["Date"])
        if messages:
            raise Invalid(*messages)
        if status == "VOIDED":
            company.void(wanted)
        return str(company.save("ManualJournals", {**before, "Status": status})["ManualJournalID"])
    first: Row = {
        "ManualJournalID": new_id(),
        "Date": company.today(),
        "LineAmountTypes": "NoTax",
        "ShowOnCashBasisReports": True,
    }
    row = {**(before or first), **body, "Status": status}
    _check(company, row, before)
    if status == "POSTED":
        company.enter(_document(company, row))
    return str(company.save("ManualJournals", row)["ManualJournalID"])


def _check(company: Company, row: Row, before: Row | None) -> None:
    messages = company.lock_messages(row["Date"], before["Date"] if before else "")
    if not row.get("Narration"):
        messages.append("Narration must be specified")
    if row["LineAmountTypes"] != "NoTax":
        messages.append("Manual journals with tax are not kept here: use NoTax.")
    made = []
    for line in row.get("JournalLines") or ():
        try:
            made.append(_line(company, line))
        except Invalid as refused:
            messages += refused.messages
    row["JournalLines"] = made
    debits = sum((line["LineAmount"] for line in made if line["LineAmount"] > 0), ZERO)
    credits = sum((line["LineAmount"] for line in made if line["LineAmount"] < 0), ZERO)
    if not messages and (len(made) < 2 or debits + credits):
        messages.append(
            f"The total debits ({text(debits)}) must equal total credits ({text(credits)})"
        )
    if messages:
        raise Invalid(*messages)


def _line(company: Company, body: Row) -> Row:
    account = company.account(body)
    label = str(body.get("AccountCode") or body.get("AccountID") or "")
    if account is None:
        raise Invalid(faults.account_refused(label) if label else faults.ACCOUNT_NEEDED)
    label = account.get("Code") or label
    if account["Status"] != "ACTIVE" and not company.by_hand:
        raise Invalid(faults.account_archived(label))
    if account["Type"] in ("BANK", "INVENTORY") or account.get("SystemAccount") in CLOSED:
        raise Invalid(faults.account_refused(label))
    tax = company.tables["TaxRates"].rows.get(body.get("TaxType") or "NONE")
    if tax is None:
        raise Invalid(faults.tax_unknown(str(body["TaxType"])))
    if not tax_allowed(company, tax, account):
        raise Invalid(faults.tax_refused(tax["TaxType"], label))
    amount: Decimal = cents(body.get("LineAmount") or ZERO)
    return {
        **body,
        "LineAmount": amount,
        "AccountID": account["AccountID"],
        "AccountCode": account.get("Code", ""),
        "TaxType": "NONE",
        "Tracking": tracking(company, body.get("Tracking") or []),
    }


def _document(company: Company, row: Row) -> Document:
    """Return the journal as the books keep it; `number` is the narration, the only text it has."""
    return Document(
        id=row["ManualJournalID"],
        kind="journal",
        number=row["Narration"][:60],
        date=row["Date"],
        currency=company.home,
        total=sum(
            (line["LineAmount"] for line in row["JournalLines"] if line["LineAmount"] > 0), ZERO
        ),
        lines=[Line(line["AccountID"], line["LineAmount"]) for line in row["JournalLines"]],
    )
