"""Journal entries and deposits."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ONE, ZERO, cents
from bridge.sandbox.books.documents import Document, Line
from bridge.sandbox.quickbooks import faults
from bridge.sandbox.quickbooks.company import UNDEPOSITED, Company
from bridge.sandbox.quickbooks.sales import CURRENCY, check_number, links, show_home
from bridge.sandbox.quickbooks.tables import Row

TOO_FEW = "Fill out at least two detail lines to continue."
NOT_EQUAL = "Debits and credits must be equal."
NO_CUSTOMER = "When you use Accounts Receivable, you must choose a customer in the Name field."
ONE_CONTROL = (
    "You can use only one Accounts Receivable or Accounts Payable line in a journal entry."
)
POSTINGS = {"Debit": 1, "Credit": -1}


def build_journal(company: Company, row: Row, before: Row | None) -> Row:
    """Check a journal entry and complete it; nothing is changed yet."""
    if not row.get("Line"):
        raise faults.missing("Line")
    _set_currency(company, row, (row.get("CurrencyRef") or {}).get("value") or company.home)
    row.setdefault("TxnDate", company.server_date())
    company.check_period(row["TxnDate"], before["TxnDate"] if before else "")
    lines = [line for line in row["Line"] if line.get("DetailType") != "DescriptionOnly"]
    if len(lines) < 2:
        raise faults.business(TOO_FEW)
    row["Line"] = [
        {**_journal_line(company, row, line), "Id": str(place)} for place, line in enumerate(lines)
    ]
    if sum((_signed(line) for line in row["Line"]), ZERO):
        raise faults.business(NOT_EQUAL)
    if sum(1 for line in row["Line"] if "Entity" in line["JournalEntryLineDetail"]) > 1:
        raise faults.business(ONE_CONTROL)
    row.setdefault("Adjustment", False)
    check_number(company, "JournalEntry", row, before)
    return row


def journal(row: Row) -> Document:
    """Return the books' document; its receivable line stands open for its customer."""
    lines = []
    customer = ""
    for line in row["Line"]:
        detail = line["JournalEntryLineDetail"]
        party = (detail.get("Entity") or {}).get("EntityRef", {}).get("value", "")
        customer = party or customer
        lines.append(Line(detail["AccountRef"]["value"], _signed(line), party))
    return Document(
        id=row["Id"],
        kind="journal",
        number=row.get("DocNumber", ""),
        date=row["TxnDate"],
        currency=row["CurrencyRef"]["value"],
        rate=row["ExchangeRate"],
        total=sum((line.amount for line in lines if line.amount > 0), ZERO),
        customer=customer,
        lines=lines,
    )


def render_journal(company: Company, row: Row) -> Row:
    kept = company.books.documents[row["Id"]]
    shown = {**row, "domain": "QBO", "sparse": False, "LinkedTxn": links(company, row["Id"])}
    shown["TotalAmt"] = kept.total
    show_home(company, shown, kept)
    return shown


def build_deposit(company: Company, row: Row, before: Row | None) -> Row:
    """Check a deposit: receipts out of Undeposited Funds, or direct lines."""
    if not row.get("Line"):
        raise faults.missing("Line")
    account = company.referred("Account", row.get("DepositToAccountRef"), "DepositToAccountRef")
    if account["AccountType"] not in ("Bank", "Other Current Asset", "Credit Card"):
        raise faults.wrong_account_type("DepositToAccountRef")
    row["DepositToAccountRef"] = {"value": account["Id"], "name": account["Name"]}
    _set_currency(company, row, account["CurrencyRef"]["value"])
    row.setdefault("TxnDate", company.server_date())
    company.check_period(row["TxnDate"], before["TxnDate"] if before else "")
    row["Line"] = [
        {**_deposit_line(company, row, line), "Id": str(place), "LineNum": place}
        for place, line in enumerate(row["Line"], 1)
    ]
    row["TotalAmt"] = sum((line["Amount"] for line in row["Line"]), ZERO)
    check_number(company, "Deposit", row, before)
    return row


def deposit(company: Company, row: Row) -> Document:
    """Return the books' document. A rate that moved since the receipt is a realised gain."""
    lines: list[Line] = []
    rate = row["ExchangeRate"]
    for line in row["Line"]:
        if "LinkedTxn" in line:
            taken = company.books.documents[line["LinkedTxn"][0]["TxnId"]]
            lines.append(Line(taken.money, line["Amount"], home=taken.home_total))
            gain = cents(line["Amount"] * rate) - taken.home_total
            if gain:
                lines.append(Line(company.books.gain_loss, ZERO, home=gain))
        else:
            lines.append(Line(line["DepositLineDetail"]["AccountRef"]["value"], line["Amount"]))
    return Document(
        id=row["Id"],
        kind="deposit",
        number=row.get("DocNumber", ""),
        date=row["TxnDate"],
        currency=row["CurrencyRef"]["value"],
        rate=rate,
        total=row["TotalAmt"],
        money=row["DepositToAccountRef"]["value"],
        lines=lines,
    )


def deposited_ids(row: Row | None) -> set[str]:
    """Return the receipts that a deposit holds."""
    lines = row["Line"] if row else []
    return {line["LinkedTxn"][0]["TxnId"] for line in lines if "LinkedTxn" in line}


def hold(company: Company, row: Row, before: Row | None) -> None:
    """Note which receipts the deposit holds from now on."""
    for txn_id in deposited_ids(before):
        company.deposits.pop(txn_id, None)
    for txn_id in deposited_ids(row):
        company.deposits[txn_id] = row["Id"]


def render_deposit(company: Company, row: Row) -> Row:
    kept = company.books.documents[row["Id"]]
    shown = {**row, "domain": "QBO", "sparse": False}
    show_home(company, shown, kept)
    return shown


def _journal_line(company: Company, row: Row, line: Row) -> Row:
    detail = line.get("JournalEntryLineDetail")
    if not detail:
        raise faults.missing("Line.JournalEntryLineDetail")
    if detail.get("PostingType") not in POSTINGS:
        raise faults.bad_enumeration("PostingType", detail.get("PostingType"))
    if line.get("Amount") is None:
        raise faults.business("You must set a transaction amount.", "Line.Amount")
    account = company.referred("Account", detail.get("AccountRef"), "AccountRef")
    currency = account["CurrencyRef"]["value"]
    control = account["AccountType"] in ("Accounts Receivable", "Accounts Payable")
    if currency != row["CurrencyRef"]["value"] and (control or currency != company.home):
        raise faults.business(CURRENCY, "AccountRef")
    made: Row = {"PostingType": detail["PostingType"]}
    reference = {"value": account["Id"], "name": account["Name"]}
    if account["AccountType"] == "Accounts Receivable":
        entity = detail.get("Entity") or {}
        if entity.get("Type") != "Customer" or not entity.get("EntityRef"):
            raise faults.business(NO_CUSTOMER)
        customer = company.referred("Customer", entity["EntityRef"], "EntityRef")
        if customer["CurrencyRef"]["value"] != currency:
            raise faults.business(CURRENCY, "EntityRef")
        name = {"value": customer["Id"], "name": customer["DisplayName"]}
        made["Entity"] = {"Type": "Customer", "EntityRef": name}
    kept: Row = {name: line[name] for name in ("Description", "Amount") if name in line}
    kept["Amount"] = cents(kept["Amount"])
    return {
        **kept,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": {**made, "AccountRef": reference},
    }


def _deposit_line(company: Company, row: Row, line: Row) -> Row:
    links, detail = line.get("LinkedTxn"), line.get("DepositLineDetail")
    if bool(links) == bool(detail):
        raise faults.missing("Line.DepositLineDetail")
    if line.get("Amount") is None:
        raise faults.business("You must set a transaction amount.", "Line.Amount")
    amount = cents(line["Amount"])
    if detail:
        account = company.referred("Account", detail.get("AccountRef"), "AccountRef")
        if account["AccountType"] in ("Accounts Receivable", "Accounts Payable"):
            raise faults.wrong_account_type("AccountRef")
        reference = {"value": account["Id"], "name": account["Name"]}
        detail = {**detail, "AccountRef": reference}
        return {"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    link = links[0] if links else {}
    taken = company.books.documents.get(link.get("TxnId", ""))
    if taken is None or taken.kind not in ("receipt", "sales_receipt") or taken.void:
        raise faults.not_found("Line.LinkedTxn")
    if company.deposits.get(taken.id, row.get("Id")) != row.get("Id"):
        raise faults.deposited()
    held = company.tables["Account"].rows[taken.money]["AccountSubType"] == UNDEPOSITED
    if not held or amount != taken.total or taken.currency != row["CurrencyRef"]["value"]:
        raise faults.business("The transaction can't be deposited with this amount or account.")
    return {"Amount": amount, "LinkedTxn": [{"TxnLineId": "0", **link}]}


def _set_currency(company: Company, row: Row, currency: str) -> None:
    if currency != company.home and not company.settings.multicurrency:
        raise faults.business("Multicurrency is not enabled for this company.", "CurrencyRef")
    row["CurrencyRef"] = company.currency_reference(currency)
    rate = row.get("ExchangeRate") or ONE
    row["ExchangeRate"] = rate if currency != company.home else ONE


def _signed(line: Row) -> Decimal:
    amount: Decimal = line["Amount"]
    return amount * POSTINGS[line["JournalEntryLineDetail"]["PostingType"]]
