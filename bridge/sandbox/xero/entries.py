"""Documents entered by hand, by the names that a person knows."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from bridge.sandbox.books.amounts import ONE, ZERO
from bridge.sandbox.xero import banking, contacts, journals, payments, sales
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.misunderstood import Misunderstood
from bridge.sandbox.xero.tables import Row

Wish = dict[str, Any]
NAMED = {"account": "Accounts", "customer": "Contacts", "item": "Items"}
KINDS = ("customer", "invoice", "credit_note", "receipt", "sales_receipt", "spending", "journal")
BANK = "090"
OLDEST_FIRST = 100


def add(company: Company, wish: Wish) -> tuple[str, str]:
    """Enter a document; a customer that is not there yet is made."""
    kind = str(wish.get("kind"))
    if kind == "customer":
        return "Contacts", _new_customer(company, str(wish.get("name")), wish)
    if kind in ("invoice", "credit_note"):
        return _add_sale(company, kind, wish)
    if kind == "receipt":
        return _add_receipt(company, wish)
    if kind in ("sales_receipt", "spending"):
        return _add_bank(company, kind, wish)
    if kind == "journal":
        return "ManualJournals", _add_journal(company, wish)
    raise Misunderstood(f"kind must be one of {', '.join(KINDS)}")


def named(company: Company, kind: str, name: Any, wish: Wish | None = None) -> Row:
    """Find an account, item or customer by id, name or number."""
    if kind not in NAMED:
        raise Misunderstood(f"kind must be one of {', '.join(NAMED)}")
    table = company.tables[NAMED[kind]]
    given = wish or {}
    for wanted in (given.get("id"), given.get("number"), name):
        if not wanted:
            continue
        if str(wanted) in table.rows:
            return table.rows[str(wanted)]
        for row in table.rows.values():
            if str(wanted) in (row.get("Name"), row.get("Code"), row.get("ContactNumber")):
                return row
    raise Misunderstood(f"there is no {kind} {name or given.get('id') or given.get('number')}")


def customer(company: Company, name: str, wish: Wish | None = None) -> str:
    """Return a customer's id by name or id; with a wish, make the customer if need be."""
    found = contacts.active_named(company, name)
    if found:
        return str(found["ContactID"])
    if name in company.tables["Contacts"].rows:
        return name
    if wish is None:
        return str(named(company, "customer", name)["ContactID"])
    return _new_customer(company, name, wish)


def decimal_of(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise Misunderstood(f"not an amount: {value}") from None


def _new_customer(company: Company, name: str, wish: Wish) -> str:
    body: Row = {"Name": name}
    if wish.get("currency"):
        body["DefaultCurrency"] = str(wish["currency"])
    return contacts.write(company, body, create=True)


def _add_sale(company: Company, kind: str, wish: Wish) -> tuple[str, str]:
    """Enter an invoice or a credit note with one line; `rate` is base units for a foreign one."""
    form = sales.INVOICE if kind == "invoice" else sales.CREDIT_NOTE
    day = str(wish.get("date") or company.today())
    body: Row = {
        "Type": form.type,
        "Status": str(wish.get("status") or "AUTHORISED"),
        "Contact": {"ContactID": customer(company, str(wish.get("customer")), wish)},
        "Date": day,
        "DueDate": str(wish.get("due") or day),
        "LineAmountTypes": "NoTax",
        "LineItems": [_line(company, wish)],
        "Reference": str(wish.get("memo") or ""),
    }
    if wish.get("number"):
        body[form.number] = str(wish["number"])
    if wish.get("currency"):
        body["CurrencyCode"] = str(wish["currency"])
    if wish.get("rate") and body.get("CurrencyCode") != company.home:
        body["CurrencyRate"] = ONE / decimal_of(wish["rate"])
    return form.table, sales.write(company, form, body, create=True)[0]


def _line(company: Company, wish: Wish) -> Row:
    account = named(company, "account", wish.get("income") or wish.get("item_account") or "200")
    return {
        "Description": str(wish.get("memo") or wish.get("item") or "By hand"),
        "Quantity": ONE,
        "UnitAmount": decimal_of(wish.get("amount")),
        "AccountID": account["AccountID"],
        "TaxType": "NONE",
    }


def _add_receipt(company: Company, wish: Wish) -> tuple[str, str]:
    """Enter money received: a payment for each invoice, an overpayment for what is left."""
    rest = decimal_of(wish.get("amount"))
    contact = customer(company, str(wish.get("customer")), wish)
    account = named(company, "account", wish.get("account") or BANK)
    day, reference = str(wish.get("date") or company.today()), str(wish.get("number") or "")
    last: tuple[str, str] | None = None
    for invoice, wanted in _claims(company, contact, wish, rest):
        amount = min(wanted, rest)
        body = {
            "Invoice": {"InvoiceID": invoice},
            "Account": {"AccountID": account["AccountID"]},
            "Amount": amount,
            "Date": day,
            "Reference": reference,
        }
        last = ("Payments", payments.write(company, body))
        rest -= amount
        if rest <= 0:
            break
    if rest > 0:
        body = {
            "Type": "RECEIVE-OVERPAYMENT",
            "Contact": {"ContactID": contact},
            "BankAccount": {"AccountID": account["AccountID"]},
            "Date": day,
            "Reference": reference,
            "LineItems": [{"Description": reference or "Overpayment", "LineAmount": rest}],
        }
        made, _ = banking.write(company, body, create=True)
        row = company.tables["BankTransactions"].rows[made]
        last = last or ("Overpayments", row["OverpaymentID"])
    if last is None:
        raise Misunderstood("the amount must be greater than zero")
    return last


def _claims(company: Company, contact: str, wish: Wish, rest: Decimal) -> list[tuple[str, Decimal]]:
    """Return the invoices to settle as told; `"apply": "auto"` takes the oldest ones."""
    table, documents = company.tables["Invoices"], company.books.documents
    if wish.get("apply") == "auto":
        ids = [each for each in table.ids("contact", contact) if each in documents]
        ids.sort(key=lambda each: documents[each].due)
        return [(each, documents[each].open) for each in ids if documents[each].open > 0][
            :OLDEST_FIRST
        ]
    claims = []
    for part in wish.get("apply") or ():
        wanted = str(part.get("id") or "")
        found = [wanted] if wanted else table.ids("number", str(part.get("number")).casefold())
        if not found or found[-1] not in documents:
            raise Misunderstood(f"there is no invoice {part.get('number') or wanted}")
        amount = part.get("amount", documents[found[-1]].open)
        claims.append((found[-1], decimal_of(amount)))
    return claims


def _add_bank(company: Company, kind: str, wish: Wish) -> tuple[str, str]:
    body: Row = {
        "Type": "RECEIVE" if kind == "sales_receipt" else "SPEND",
        "Contact": {"ContactID": customer(company, str(wish.get("customer")), wish)},
        "BankAccount": {
            "AccountID": named(company, "account", wish.get("account") or BANK)["AccountID"]
        },
        "Date": str(wish.get("date") or company.today()),
        "Reference": str(wish.get("number") or ""),
        "LineAmountTypes": "NoTax",
        "LineItems": [_line(company, wish)],
    }
    return "BankTransactions", banking.write(company, body, create=True)[0]


def _add_journal(company: Company, wish: Wish) -> str:
    lines = []
    for line in wish.get("lines") or ():
        amount = decimal_of(line["debit"]) if line.get("debit") else -decimal_of(line.get("credit"))
        account = named(company, "account", line.get("account"))
        lines.append({"AccountID": account["AccountID"], "LineAmount": amount or ZERO})
    body: Row = {
        "Narration": str(wish.get("number") or wish.get("memo") or "By hand"),
        "Date": str(wish.get("date") or company.today()),
        "JournalLines": lines,
        "Status": "POSTED",
    }
    return journals.write(company, body, create=True)
