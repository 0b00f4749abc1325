"""Payments: money received, and which invoices, credits and journals it settles."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO, cents, text
from bridge.sandbox.books.documents import Document
from bridge.sandbox.books.receivables import Claim
from bridge.sandbox.quickbooks import faults
from bridge.sandbox.quickbooks.company import ENTITY_OF, Company
from bridge.sandbox.quickbooks.sales import (
    check_customer,
    deposit_links,
    enter,
    set_currency,
    set_money,
    show_customer,
    void_note,
)
from bridge.sandbox.quickbooks.tables import Row

NO_AMOUNT = "You must set a transaction amount."
LINKABLE = ("Invoice", "CreditMemo", "JournalEntry", "Expense", "Check", "CreditCardCredit")


def build(company: Company, row: Row, before: Row | None) -> Row:
    """Check a payment and complete it; nothing is changed yet."""
    needed = [name for name in ("TotalAmt", "CustomerRef") if row.get(name) is None]
    if before and "TotalAmt" in needed:
        needed.remove("TotalAmt")
    if needed:
        raise faults.missing(*needed)
    check_customer(company, row, before, needed=True)
    set_currency(company, row)
    set_money(company, row, needed=False)
    row.setdefault("TxnDate", company.server_date())
    company.check_period(row["TxnDate"], before["TxnDate"] if before else "")
    row["Line"] = _lines(company, row)
    debits, credits = split(company, row["Line"])
    balance = _sum(debits) - _sum(credits)
    if row.get("TotalAmt") is None:
        row["TotalAmt"] = max(balance, ZERO)
    row["TotalAmt"] = cents(row["TotalAmt"])
    if row["TotalAmt"] < 0 or (row["TotalAmt"] == 0 and not debits):
        raise faults.business(NO_AMOUNT)
    if balance > row["TotalAmt"]:
        raise faults.business(
            "The amount applied to transactions is more than the amount of the payment."
        )
    if _sum(credits) > _sum(debits):
        raise faults.business("The credits applied are more than the transactions they settle.")
    row["ProcessPayment"] = False
    return row


def document(row: Row) -> Document:
    return Document(
        id=row["Id"],
        kind="receipt",
        number=row.get("PaymentRefNum", ""),
        date=row["TxnDate"],
        currency=row["CurrencyRef"]["value"],
        rate=row["ExchangeRate"],
        total=row["TotalAmt"],
        customer=row["CustomerRef"]["value"],
        money=row["DepositToAccountRef"]["value"],
    )


def settle(company: Company, row: Row, before: Row | None) -> None:
    """Enter a payment and apply it as its lines say; what they leave is the customer's credit."""
    company.books.release(row["Id"])
    made = document(row)
    enter(company, made, before)
    debits, credits = split(company, row["Line"])
    own = (made, made.open)
    company.books.settle(row["Id"], debits, [*credits, own])
    touch_linked(company, linked_ids(row) | (linked_ids(before) if before else set()))


def split(company: Company, lines: list[Row]) -> tuple[list[Claim], list[Claim]]:
    """Return what the lines settle, and the credits that they use."""
    claims = [
        (company.books.documents[line["LinkedTxn"][0]["TxnId"]], line["Amount"]) for line in lines
    ]
    return (
        [claim for claim in claims if claim[0].side > 0],
        [claim for claim in claims if claim[0].side < 0],
    )


def linked_ids(row: Row) -> set[str]:
    return {line["LinkedTxn"][0]["TxnId"] for line in row["Line"]}


def touch_linked(company: Company, ids: set[str]) -> None:
    """Let the settled documents show that something happened, as the switches say."""
    settings = company.settings
    for txn_id in ids:
        kept = company.books.documents.get(txn_id)
        if kept:
            company.touch(
                ENTITY_OF[kept.kind],
                txn_id,
                token=settings.payment_moves_invoice_synctoken,
                moment=settings.payment_moves_invoice_time,
            )


def drop_links(company: Company, txn_id: str) -> None:
    """Take a document out of every payment that settles it: their money is unapplied again."""
    owners = {use.owner for use in company.books.receivables.touching.get(txn_id, ())}
    for owner in owners - {txn_id}:
        row = company.tables["Payment"].rows[owner]
        lines = [line for line in row["Line"] if line["LinkedTxn"][0]["TxnId"] != txn_id]
        debits, _ = split(company, lines)
        if not debits:
            lines = []
        changed = {**row, "Line": _limited(company, lines, row["TotalAmt"])}
        settle(company, changed, row)
        company.save_row("Payment", changed)


def render(company: Company, row: Row) -> Row:
    kept = company.books.documents[row["Id"]]
    shown = {**row, "domain": "QBO", "sparse": False, "UnappliedAmt": kept.open}
    show_customer(company, shown)
    if not company.settings.multicurrency:
        shown.pop("ExchangeRate")
    shown["LinkedTxn"] = deposit_links(company, row["Id"])
    shown["Line"] = [_shown_line(company, line) for line in row["Line"]]
    return shown


def voided(row: Row) -> Row:
    return {**row, "Line": [], "TotalAmt": ZERO, "PrivateNote": void_note(row)}


def _lines(company: Company, row: Row) -> list[Row]:
    """Return one line for each settled document, capped or refused beyond what is open."""
    owner = row.get("Id", "")
    made: list[Row] = []
    used: dict[str, Decimal] = {}
    for line in row.get("Line") or ():
        link, kept = _linked(company, line, row["CustomerRef"]["value"])
        amount = line.get("Amount")
        if amount is None:
            raise faults.business(NO_AMOUNT, "Line.Amount")
        amount = cents(amount)
        if amount < 0:
            raise faults.business(NO_AMOUNT, "Line.Amount")
        rest = company.books.receivables.open_without(kept, owner) - used.get(kept.id, ZERO)
        if amount > rest:
            if company.settings.over_application == "refuse" and not company.by_hand:
                raise faults.business(
                    f"The amount applied to transaction {kept.id} is more than its open balance.",
                    "Line.Amount",
                )
            amount = rest
        used[kept.id] = used.get(kept.id, ZERO) + amount
        if amount:
            made.append({"Amount": amount, "LinkedTxn": [link]})
    return made


def _linked(company: Company, line: Row, customer: str) -> tuple[Row, Document]:
    """Find the document of a line by its Id; its number finds nothing."""
    links = line.get("LinkedTxn")
    if not links or not links[0].get("TxnId") or not links[0].get("TxnType"):
        raise faults.missing("Line.LinkedTxn")
    link = links[0]
    if link["TxnType"] not in LINKABLE:
        raise faults.bad_enumeration("TxnType", link["TxnType"])
    kept = company.books.documents.get(link["TxnId"])
    if kept is None or ENTITY_OF[kept.kind] != link["TxnType"] or not kept.side or kept.void:
        deleted = link["TxnId"] in company.tables.get(link["TxnType"], _NOTHING).deleted
        raise faults.already_deleted() if deleted else faults.not_found("Line.LinkedTxn")
    if kept.customer != customer:
        raise faults.business("The linked transaction belongs to another customer.", "LinkedTxn")
    return {"TxnId": kept.id, "TxnType": link["TxnType"]}, kept


class _Nothing:
    """Stands for the table of an entity that the sandbox does not keep."""

    deleted: dict[str, int] = {}  # noqa: RUF012


_NOTHING = _Nothing()


def _limited(company: Company, lines: list[Row], total: Decimal) -> list[Row]:
    """Cut invoice lines down to the money there is, where a credit has fallen away."""
    debits, credits = split(company, lines)
    rest = total + _sum(credits)
    made: list[Row] = []
    for line in lines:
        kept = company.books.documents[line["LinkedTxn"][0]["TxnId"]]
        if kept.side > 0:
            line = {**line, "Amount": min(line["Amount"], rest)}
            rest -= line["Amount"]
        if line["Amount"]:
            made.append(line)
    return made if debits else []


def _shown_line(company: Company, line: Row) -> Row:
    kept = company.books.documents[line["LinkedTxn"][0]["TxnId"]]
    values = (
        ("txnId", kept.id),
        ("txnOpenBalance", text(kept.open)),
        ("txnReferenceNumber", kept.number),
    )
    return {
        **line,
        "LineEx": {
            "any": [
                {
                    "name": "{http://schema.intuit.com/finance/v3}NameValue",
                    "nil": False,
                    "value": {"Name": name, "Value": value},
                    "declaredType": "com.intuit.schema.finance.v3.NameValue",
                    "scope": "javax.xml.bind.JAXBElement$GlobalScope",
                    "globalScope": True,
                    "typeSubstituted": False,
                }
                for name, value in values
            ]
        },
    }


def _sum(claims: list[Claim]) -> Decimal:
    return sum((amount for _, amount in claims), ZERO)
