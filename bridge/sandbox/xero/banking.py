"""Bank transactions: money in and out, and what was paid too much (FACTS X20, X23)."""

from __future__ import annotations

from bridge.sandbox.books.amounts import ONE
from bridge.sandbox.books.documents import Document
from bridge.sandbox.xero import contacts, faults, lines
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import new_id

KINDS = {"RECEIVE": "sales_receipt", "SPEND": "spending", "RECEIVE-OVERPAYMENT": "receipt"}


def write(
    company: Company, body: Row, *, create: bool, row_id: str = "", unitdp: int = 2
) -> tuple[str, list[str]]:
    """Enter a bank transaction; (POST) change, or delete, a RECEIVE or SPEND."""
    table = company.tables["BankTransactions"]
    wanted = row_id or body.get("BankTransactionID", "")
    before = table.rows.get(wanted) if wanted else None
    if wanted and (before is None or create):
        raise Invalid(faults.UNKNOWN_DOCUMENT)
    if before is None:
        row: Row = {
            "BankTransactionID": new_id(),
            "Status": "AUTHORISED",
            "LineAmountTypes": "Inclusive",
            "Date": company.today(),
            "Reference": "",
            "IsReconciled": False,
            **body,
        }
        if row["Status"] != "AUTHORISED":
            raise faults.wrong_status("Bank transaction")
    else:
        if before["Status"] != "AUTHORISED" or before["Type"] == "RECEIVE-OVERPAYMENT":
            raise faults.wrong_status("Bank transaction")
        if body.get("Status") in ("DELETED", "VOIDED"):
            _delete(company, before)
            return wanted, []
        row = {**before, **body, "Type": before["Type"]}
    warnings = _complete(company, row, before, unitdp)
    return _save(company, row), warnings


def _complete(company: Company, row: Row, before: Row | None, unitdp: int) -> list[str]:
    if row.get("Type") not in KINDS:
        raise Invalid(f"The Type '{row.get('Type', '')}' is not one that is kept here.")
    overpaid = row["Type"] == "RECEIVE-OVERPAYMENT"
    messages = company.lock_messages(row["Date"], before["Date"] if before else "")
    account = company.account(row.get("BankAccount") or {"AccountID": row.get("AccountID", "")})
    if account is None:
        messages.append(faults.ACCOUNT_UNKNOWN)
    elif account["Type"] != "BANK" or account["Status"] != "ACTIVE":
        messages.append(faults.PAYMENT_ACCOUNT)
    if overpaid and len(row.get("LineItems") or ()) != 1:
        messages.append("An overpayment must have exactly one line item.")
    if messages or account is None:
        raise Invalid(*messages)
    if row.get("Contact") or overpaid or not row.get("ContactID"):
        row["ContactID"] = contacts.refer(company, row.get("Contact"))
    rules = lines.Rules(
        amounts="NoTax" if overpaid else row["LineAmountTypes"],
        strict=False,
        coded=not overpaid,
        unitdp=unitdp,
    )
    wanted = row.get("LineItems") or []
    if overpaid:
        ours = ("AccountCode", "AccountID")
        wanted = [{n: v for n, v in line.items() if n not in ours} for line in wanted]
    added = lines.add_up(company, wanted, rules)
    if not added.total:
        raise Invalid("The Total for this document must be greater than zero.")
    bank = account.get("CurrencyCode") or company.home
    if row.get("CurrencyCode") not in (None, bank):
        raise Invalid(f"The currency of the transaction must be that of the bank account, {bank}.")
    rate = row.get("CurrencyRate")
    listed = company.rate_on(bank, row["Date"])
    row.update(
        AccountID=account["AccountID"],
        CurrencyCode=bank,
        CurrencyRate=listed if rate is None or bank == company.home else company.as_rate(rate),
        LineItems=added.lines,
        SubTotal=added.subtotal,
        TotalTax=added.tax,
        Total=added.total,
        LineAmountTypes=rules.amounts,
    )
    if row["CurrencyRate"] <= 0:
        raise Invalid("The currency rate must be greater than zero.")
    if overpaid and company.settings.overpayment_reference == "ignore":
        row["Reference"] = ""
    return added.warnings


def _save(company: Company, row: Row) -> str:
    for name in ("Contact", "BankAccount"):
        row.pop(name, None)
    if row["Type"] == "RECEIVE-OVERPAYMENT":
        row["OverpaymentID"] = new_id()
        copied = (
            "ContactID",
            "Date",
            "LineAmountTypes",
            "LineItems",
            "SubTotal",
            "TotalTax",
            "Total",
            "CurrencyCode",
            "CurrencyRate",
            "Reference",
            "AccountID",
            "Type",
        )
        over = {name: row[name] for name in copied}
        for line in over["LineItems"]:
            line.update(AccountID=company.receivable_id, AccountCode=_debtors(company))
        over.update(OverpaymentID=row["OverpaymentID"], Status="AUTHORISED")
        company.enter(document(company, row))
        company.save("Overpayments", over)
    else:
        company.enter(document(company, row))
    return str(company.save("BankTransactions", row)["BankTransactionID"])


def document(company: Company, row: Row) -> Document:
    kind = KINDS[row["Type"]]
    return Document(
        id=row.get("OverpaymentID") or row["BankTransactionID"],
        kind=kind,
        number=row["Reference"],
        date=row["Date"],
        currency=row["CurrencyCode"],
        rate=ONE / row["CurrencyRate"],
        total=row["Total"],
        customer=row["ContactID"],
        money=row["AccountID"],
        lines=[] if kind == "receipt" else lines.for_books(company, row),
    )


def _delete(company: Company, row: Row) -> None:
    messages = company.lock_messages(row["Date"])
    if messages:
        raise Invalid(*messages)
    company.withdraw(row["BankTransactionID"])
    company.save("BankTransactions", {**row, "Status": "DELETED"})


def drop_overpayment(company: Company, row: Row) -> None:
    """Void an overpayment that nothing was taken from: only by hand."""
    if company.uses(row["OverpaymentID"]):
        raise faults.wrong_status("Overpayment")
    company.withdraw(row["OverpaymentID"])
    company.save("Overpayments", {**row, "Status": "VOIDED"})
    for each in list(company.tables["BankTransactions"].rows.values()):
        if each.get("OverpaymentID") == row["OverpaymentID"]:
            company.save("BankTransactions", {**each, "Status": "DELETED"})


def _debtors(company: Company) -> str:
    return str(company.tables["Accounts"].rows[company.receivable_id].get("Code", ""))
