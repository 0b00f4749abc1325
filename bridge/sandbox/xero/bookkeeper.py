"""The bookkeeper's hand: what a person changes in the web site, past locks and limits.

What the web site cannot change, a person takes back and enters again: an edited payment is a
deleted one and a new one ("Remove & Redo").
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.xero import allocations, banking, contacts, journals, lists, payments, sales
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.entries import add, customer, decimal_of, named
from bridge.sandbox.xero.misunderstood import Misunderstood
from bridge.sandbox.xero.relining import relined
from bridge.sandbox.xero.tables import Row

Wish = dict[str, Any]
FORMS = {"invoice": sales.INVOICE, "credit_note": sales.CREDIT_NOTE}
MONEY = {"receipt": ("Payments", "Overpayments"), "credit_refund": ("Payments",)}
BANKED = {"sales_receipt": "RECEIVE", "spending": "SPEND"}
KINDS = (*FORMS, *MONEY, *BANKED, "journal")
OWNED = ("Invoices", "CreditNotes", "Overpayments", "Payments", "BankTransactions")
LOCKS = {"period": "PeriodLockDate", "year": "EndOfYearLockDate"}


def follow(company: Company, wish: Wish) -> Wish:
    """Do what the wish says and return which object it became."""
    action = ACTIONS.get(str(wish.get("action", "")))
    if action is None:
        raise Misunderstood(f"action must be one of {', '.join(ACTIONS)}")
    company.by_hand = True
    try:
        return action(company, wish)
    finally:
        company.by_hand = False


def _add(company: Company, wish: Wish) -> Wish:
    made = add(company, wish)
    return _told(company, *made)


def _edit(company: Company, wish: Wish) -> Wish:
    """Change amount, date, due date, memo, number, customer or account of a document."""
    table, row = _document(company, wish)
    wanted = wish.get("set")
    if not isinstance(wanted, dict) or not wanted:
        raise Misunderstood("set must name what to change")
    kind = str(wish["kind"])
    if kind in FORMS:
        return _told(company, table, _edit_sale(company, FORMS[kind], row, wanted))
    if table in ("Payments", "Overpayments"):
        return _told(company, *_redo(company, table, row, wanted))
    if kind in BANKED:
        return _told(company, table, _edit_bank(company, row, wanted))
    raise Misunderstood("a journal cannot be edited; void it and add another")


def _edit_sale(company: Company, form: sales.Form, row: Row, wanted: Wish) -> str:
    names = {"date": "Date", "due": "DueDate", "memo": "Reference", "number": form.number}
    body: Row = {}
    for name, value in wanted.items():
        if name in names:
            body[names[name]] = _text(name, value)
        elif name == "customer":
            _free(company, row[form.id])
            body["Contact"] = {"ContactID": customer(company, str(value))}
        elif name == "amount":
            total = decimal_of(value)
            used = sum((use.amount for use in company.uses(row[form.id])), ZERO)
            if total < used:
                _free(company, row[form.id])
            body.update(LineItems=_scaled(row, total), LineAmountTypes="NoTax")
        elif name == "lines":
            body.update(relined(company, row, value))
        else:
            raise Misunderstood(f"no field {name} to set")
    return sales.write(company, form, body, create=False, row_id=row[form.id], unitdp=4)[0]


def _text(name: str, value: Any) -> str:
    if name in ("date", "due"):
        return date.fromisoformat(str(value)).isoformat()
    return str(value or "")


def _scaled(row: Row, total: Decimal) -> list[Row]:
    """Return lines with the wanted sum: the first one takes the difference."""
    kept = ("LineItemID", "Description", "AccountCode", "AccountID", "Tracking")
    lines = [{n: line[n] for n in kept if line.get(n)} for line in row["LineItems"]]
    amounts = [line["LineAmount"] for line in row["LineItems"]]
    amounts[0] = total - sum(amounts[1:], ZERO)
    if amounts[0] < 0:
        lines, amounts = lines[:1], [total]
    for line, amount in zip(lines, amounts, strict=True):
        line.update(Quantity=Decimal(1), UnitAmount=amount, TaxType="NONE")
    return lines


def _redo(company: Company, table: str, row: Row, wanted: Wish) -> tuple[str, str]:
    """Take money back and enter it again with the change."""
    unknown = set(wanted) - {"date", "number", "memo", "account", "amount"}
    if unknown:
        raise Misunderstood(f"no field {', '.join(sorted(unknown))} to set on money received")
    amount = decimal_of(wanted["amount"]) if "amount" in wanted else None
    day = _text("date", wanted["date"]) if "date" in wanted else row["Date"]
    reference = str(wanted.get("number", wanted.get("memo", row["Reference"])))
    account = row["AccountID"]
    if "account" in wanted:
        account = named(company, "account", wanted["account"])["AccountID"]
    if table == "Payments":
        payments.take_back(company, row)
        kind = row["Target"]
        body: Row = {
            kind: {f"{kind}ID": row["TargetID"]},
            "Account": {"AccountID": account},
            "Amount": amount or row["Amount"],
            "Date": day,
            "Reference": reference,
        }
        if account == row["AccountID"] and amount is None:
            body["CurrencyRate"] = row["CurrencyRate"]
        return table, payments.write(company, body)
    banking.drop_overpayment(company, row)
    line = {"Description": row["LineItems"][0]["Description"], "LineAmount": amount or row["Total"]}
    body = {
        "Type": "RECEIVE-OVERPAYMENT",
        "Contact": {"ContactID": row["ContactID"]},
        "BankAccount": {"AccountID": account},
        "Date": day,
        "Reference": reference,
        "LineItems": [line],
    }
    made, _ = banking.write(company, body, create=True)
    return table, company.tables["BankTransactions"].rows[made]["OverpaymentID"]


def _edit_bank(company: Company, row: Row, wanted: Wish) -> str:
    body: Row = {}
    for name, value in wanted.items():
        if name == "date":
            body["Date"] = _text(name, value)
        elif name in ("number", "memo"):
            body["Reference"] = str(value or "")
        elif name == "customer":
            body["Contact"] = {"ContactID": customer(company, str(value))}
        elif name == "account":
            body["BankAccount"] = {"AccountID": named(company, "account", value)["AccountID"]}
            body["CurrencyCode"] = None
        elif name == "amount":
            body.update(LineItems=_scaled(row, decimal_of(value)), LineAmountTypes="NoTax")
        elif name == "lines":
            body.update(relined(company, row, value))
        else:
            raise Misunderstood(f"no field {name} to set")
    return banking.write(company, body, create=False, row_id=row["BankTransactionID"])[0]


def _free(company: Company, row_id: str) -> None:
    """Take back every payment and allocation of a document."""
    for use in company.uses(row_id):
        payment = company.tables["Payments"].rows.get(use.owner)
        if payment:
            payments.take_back(company, payment)
        else:
            allocations.delete(company, company.tables["Allocations"].rows[use.owner])


def _void(company: Company, wish: Wish) -> Wish:
    """Take a document back, with everything that was paid or allocated on it."""
    table, row = _document(company, wish)
    row_id = row[company.tables[table].id_name]
    kind = str(wish["kind"])
    if kind in FORMS:
        _free(company, row_id)
        status = "VOIDED" if row["Status"] == "AUTHORISED" else "DELETED"
        sales.write(company, FORMS[kind], {"Status": status}, create=False, row_id=row_id)
    elif table == "Payments":
        if row["Status"] == "AUTHORISED":
            payments.take_back(company, row)
    elif table == "Overpayments":
        _free(company, row_id)
        banking.drop_overpayment(company, company.tables[table].rows[row_id])
    elif table == "BankTransactions":
        banking.write(company, {"Status": "DELETED"}, create=False, row_id=row_id)
    else:
        journals.write(company, {"Status": "VOIDED"}, create=False, row_id=row_id)
    return _told(company, table, row_id)


def _lock(company: Company, wish: Wish) -> Wish:
    """Set a lock date, or take it away with null. `which`: period (usual) or year."""
    name = LOCKS.get(str(wish.get("which", "period")))
    if name is None:
        raise Misunderstood(f"which must be one of {', '.join(LOCKS)}")
    company.organisation.pop(name, None)
    if wish.get("date"):
        company.organisation[name] = date.fromisoformat(str(wish["date"])).isoformat()
    return {"locked_through": wish.get("date"), "which": name}


def _activate(company: Company, wish: Wish) -> Wish:
    status = "ACTIVE" if wish["action"] == "reactivate" else "ARCHIVED"
    kind = str(wish.get("kind"))
    row = named(company, kind, wish.get("name"), wish)
    if kind == "account":
        body = {"Status": status}
        return _told(
            company,
            "Accounts",
            lists.write_account(company, body, create=False, row_id=row["AccountID"]),
        )
    if kind != "customer":
        raise Misunderstood("kind must be account or customer")
    body = {"ContactStatus": status}
    row_id = contacts.write(company, body, create=False, row_id=row["ContactID"])
    return _told(company, "Contacts", row_id)


def _retype(company: Company, wish: Wish) -> Wish:
    """Give an account another type."""
    row = named(company, "account", wish.get("name"), wish)
    body = {"Type": str(wish.get("type") or "")}
    row_id = lists.write_account(company, body, create=False, row_id=row["AccountID"])
    return _told(company, "Accounts", row_id)


def _rename(company: Company, wish: Wish) -> Wish:
    kind = str(wish.get("kind", "customer"))
    row = named(company, kind, wish.get("name"), wish)
    body = {"Name": str(wish.get("to") or "")}
    if kind == "account":
        row_id = lists.write_account(company, body, create=False, row_id=row["AccountID"])
        return _told(company, "Accounts", row_id)
    if kind == "item":
        row_id = lists.write_item(company, body, create=False, row_id=row["ItemID"])
        return _told(company, "Items", row_id)
    row_id = contacts.write(company, body, create=False, row_id=row["ContactID"])
    return _told(company, "Contacts", row_id)


def _merge(company: Company, wish: Wish) -> Wish:
    """Give all documents of one contact to another; the first one stays, archived."""
    loser = company.tables["Contacts"].rows[customer(company, str(wish.get("from")))]
    keeper = company.tables["Contacts"].rows[customer(company, str(wish.get("into")))]
    if loser["ContactID"] == keeper["ContactID"]:
        raise Misunderstood("a contact cannot be merged with itself")
    for table in OWNED:
        for row in list(company.tables[table].rows.values()):
            if row["ContactID"] == loser["ContactID"]:
                company.save(table, {**row, "ContactID": keeper["ContactID"]})
    for document in company.books.documents.values():
        if document.customer == loser["ContactID"]:
            company.books.reassign(document.id, keeper["ContactID"])
    merged = {"ContactStatus": "ARCHIVED", "MergedToContactID": keeper["ContactID"]}
    company.save("Contacts", {**loser, **merged})
    return _told(company, "Contacts", keeper["ContactID"])


def _document(company: Company, wish: Wish) -> tuple[str, Row]:
    """Find a document by id, or the last one with a number that still stands."""
    kind = str(wish.get("kind"))
    if kind in FORMS:
        tables: tuple[str, ...] = (FORMS[kind].table,)
        label = FORMS[kind].number
    elif kind in MONEY:
        tables, label = MONEY[kind], "Reference"
    elif kind in BANKED:
        tables, label = ("BankTransactions",), "Reference"
    elif kind == "journal":
        tables, label = ("ManualJournals",), "Narration"
    else:
        raise Misunderstood(f"kind must be one of {', '.join(KINDS)}")
    wanted, number = wish.get("id"), str(wish.get("number") or "")
    for table in tables:
        place = company.tables[table]
        if wanted and str(wanted) in place.rows:
            return table, place.rows[str(wanted)]
        found = [row for row in place.rows.values() if number and row.get(label) == number]
        if kind in BANKED:
            found = [row for row in found if row["Type"] == BANKED[kind]]
        found.sort(key=lambda row: row["Status"] not in ("DELETED", "VOIDED"))
        if found:
            return table, found[-1]
    raise Misunderstood(f"there is no {kind} {wanted or number}")


def _told(company: Company, table: str, row_id: str) -> Wish:
    row = company.tables[table].rows[row_id]
    told: Wish = {"entity": table, "id": row_id, "status": row.get("Status")}
    for name in ("InvoiceNumber", "CreditNoteNumber", "Reference", "Narration"):
        if row.get(name):
            told.setdefault("number", row[name])
    if row.get("Name"):
        told["name"] = row["Name"]
    return told


def _stamp(company: Company, wish: Wish) -> Wish:
    """The mark that an add-on leaves on a document that it sent to the tax office. Xero has no
    custom field: the code goes after its reference, or with `"place":"field"` into its link to a
    source."""
    table, row = _document(company, wish)
    kind = str(wish["kind"])
    if kind not in FORMS:
        raise Misunderstood("only invoices and credit notes are stamped")
    name, code = str(wish.get("name") or "CUFE"), str(wish.get("code") or "0" * 96)
    body: Row = {"Reference": f"{row['Reference']} {name}: {code}".strip()[-255:]}
    if wish.get("place") == "field" and kind == "invoice":
        body = {"Url": f"https://facturas.example/?{name}={code}"}
    form = FORMS[kind]
    made = sales.write(company, form, body, create=False, row_id=row[form.id], unitdp=4)
    return _told(company, table, made[0])


ACTIONS: dict[str, Callable[[Company, Wish], Wish]] = {
    "edit": _edit,
    "stamp": _stamp,
    "void": _void,
    "delete": _void,
    "add": _add,
    "lock": _lock,
    "inactivate": _activate,
    "reactivate": _activate,
    "rename": _rename,
    "retype": _retype,
    "merge": _merge,
}
