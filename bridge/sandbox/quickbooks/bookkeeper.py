"""The bookkeeper's hand: what a person changes in the web site, past the API's rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.quickbooks import behind, payments, relining
from bridge.sandbox.quickbooks.company import ENTITY_OF, UNDEPOSITED, Company
from bridge.sandbox.quickbooks.lists import CONTROL
from bridge.sandbox.quickbooks.misunderstood import Misunderstood
from bridge.sandbox.quickbooks.people import key
from bridge.sandbox.quickbooks.tables import Row
from bridge.sandbox.quickbooks.writing import open_invoice_lines, write

NAMED = {"account": "Account", "customer": "Customer", "item": "Item", "vendor": "Vendor"}
BY_ITSELF = (UNDEPOSITED, "OpeningBalanceEquity", "RetainedEarnings")
"""Accounts that QuickBooks makes for itself."""
FIELDS = {"date": "TxnDate", "due": "DueDate", "memo": "PrivateNote"}

Wish = dict[str, Any]


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


def _void(company: Company, wish: Wish) -> Wish:
    entity, row = _document(company, wish)
    return _told(entity, write(company, entity, "void", _version(row)))


def _delete(company: Company, wish: Wish) -> Wish:
    entity, row = _document(company, wish)
    write(company, entity, "delete", _version(row))
    return {"id": row["Id"], "kind": wish["kind"], "deleted": True}


def _edit(company: Company, wish: Wish) -> Wish:
    """Change amount, date, due date, memo, number, customer, account or lines of a document."""
    entity, row = _document(company, wish)
    wanted = wish.get("set")
    if not isinstance(wanted, dict) or not wanted:
        raise Misunderstood("set must name what to change")
    change: Row = {**_version(row), "sparse": True}
    for name, value in wanted.items():
        if name in FIELDS:
            change[FIELDS[name]] = value or ""
        elif name == "number":
            change["PaymentRefNum" if entity == "Payment" else "DocNumber"] = value
        elif name == "customer":
            payments.drop_links(company, row["Id"])
            if entity == "Payment":
                change["Line"] = []
            change["SyncToken"] = company.row(entity, row["Id"])["SyncToken"]
            change["CustomerRef"] = {"value": _customer(company, str(value))}
        elif name == "account":
            change["DepositToAccountRef"] = {"value": _named(company, "account", value)["Id"]}
        elif name == "amount":
            change.update(_amount(company, entity, row, _decimal(value)))
        elif name == "lines" and entity != "Payment":
            change.update(relining.lines(company, row, value))
        else:
            known = ("amount", "number", "customer", "account", "lines", *FIELDS)
            raise Misunderstood(f"no field {name}; there are {', '.join(known)}")
    return _told(entity, write(company, entity, "update", change))


def _amount(company: Company, entity: str, row: Row, total: Decimal) -> Row:
    """Return the change that gives a document another total; payments lose what is too much."""
    if entity == "Payment":
        lines: list[Row] = []
        rest = total
        for line in row["Line"]:
            kept = company.books.documents[line["LinkedTxn"][0]["TxnId"]]
            part = min(rest, line["Amount"]) if kept.side > 0 else line["Amount"]
            rest -= part if kept.side > 0 else -part
            lines.append({**line, "Amount": part})
        return {"TotalAmt": total, "Line": [line for line in lines if line["Amount"]]}
    if entity not in ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt"):
        raise Misunderstood(f"the amount of a {entity} cannot be set; delete and add")
    lines = [dict(line) for line in row["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    if not lines:
        raise Misunderstood("the document has no line with an amount")
    others = sum((line["Amount"] for line in lines[1:]), ZERO)
    detail = dict(lines[0]["SalesItemLineDetail"])
    for name in ("Qty", "UnitPrice"):
        detail.pop(name, None)
    lines[0].update(Amount=total - others, SalesItemLineDetail=detail)
    if total < others:
        lines = [{**lines[0], "Amount": total}]
    return {"Line": lines}


def _lock(company: Company, wish: Wish) -> Wish:
    """Close the books up to a date, or open them with null."""
    preferences = company.preferences["AccountingInfoPrefs"]
    preferences.pop("BookCloseDate", None)
    if wish.get("date"):
        preferences["BookCloseDate"] = date.fromisoformat(str(wish["date"])).isoformat()
    return {"locked_through": wish.get("date")}


def _activate(company: Company, wish: Wish) -> Wish:
    row = _named(company, str(wish.get("kind")), wish.get("name"), wish)
    entity = NAMED[str(wish["kind"])]
    change = {**_version(row), "sparse": True, "Active": wish["action"] == "reactivate"}
    return _told(entity, write(company, entity, "update", change))


def _retype(company: Company, wish: Wish) -> Wish:
    """Give an account another type. What is owed by customers and to vendors, and what QuickBooks
    made for itself, keeps its own (FACTS Q24)."""
    row = _named(company, "account", wish.get("name"), wish)
    wanted = str(wish.get("type") or "")
    if {row["AccountType"], wanted} & set(CONTROL) or row["AccountSubType"] in BY_ITSELF:
        raise Misunderstood(f"QuickBooks does not let the type of {row['Name']} be changed to that")
    change = {**_version(row), "sparse": True, "AccountType": wanted, "AccountSubType": ""}
    return _told("Account", write(company, "Account", "update", change))


def _retarget(company: Company, wish: Wish) -> Wish:
    """Put another account behind an item; `"past": true` is the box "also update this account in
    historical transactions", which moves what was posted and touches no document."""
    row = _named(company, "item", wish.get("name"), wish)
    account = _named(company, "account", wish.get("account"))["Id"]
    change = {**_version(row), "sparse": True, "IncomeAccountRef": {"value": account}}
    told = write(company, "Item", "update", change)
    for entity in ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt"):
        for form in company.tables[entity].rows.values() if wish.get("past") else ():
            if not company.books.documents[form["Id"]].void:
                company.books.repost(behind.moved(company, form, row["Id"], account))
    return _told("Item", told)


def _rename(company: Company, wish: Wish) -> Wish:
    row = _named(company, str(wish.get("kind", "customer")), wish.get("name"), wish)
    entity = NAMED[str(wish.get("kind", "customer"))]
    name = "DisplayName" if entity in ("Customer", "Vendor") else "Name"
    change = {**_version(row), "sparse": True, name: str(wish.get("to") or "")}
    return _told(entity, write(company, entity, "update", change))


def _merge(company: Company, wish: Wish) -> Wish:
    """Give all documents of one customer to another; the first one stays, inactive."""
    loser = company.tables["Customer"].rows[_customer(company, str(wish.get("from")))]
    keeper = company.tables["Customer"].rows[_customer(company, str(wish.get("into")))]
    if loser["CurrencyRef"]["value"] != keeper["CurrencyRef"]["value"]:
        raise Misunderstood("customers of different currencies cannot be merged")
    for entity in ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Payment"):
        table = company.tables[entity]
        for txn_id in table.ids("CustomerRef", loser["Id"]):
            row = {**table.rows[txn_id], "CustomerRef": {"value": keeper["Id"]}}
            company.books.reassign(txn_id, keeper["Id"])
            company.save_row(entity, row)
    for txn_id, row in list(company.tables["JournalEntry"].rows.items()):
        if company.books.documents[txn_id].customer == loser["Id"]:
            company.books.reassign(txn_id, keeper["Id"])
            _rename_entity(row, keeper)
            company.save_row("JournalEntry", row)
    change = {**_version(loser), "sparse": True, "Active": False}
    write(company, "Customer", "update", change)
    return _told("Customer", keeper)


def _rename_entity(row: Row, keeper: Row) -> None:
    for line in row["Line"]:
        detail = line["JournalEntryLineDetail"]
        if "Entity" in detail:
            name = {"value": keeper["Id"], "name": keeper["DisplayName"]}
            detail["Entity"] = {"Type": "Customer", "EntityRef": name}


def _add(company: Company, wish: Wish) -> Wish:
    """Enter a document by hand; a customer that is not there yet is made."""
    kind = str(wish.get("kind"))
    if kind not in ENTITY_OF:
        if kind == "customer":
            return _told("Customer", _new_customer(company, str(wish.get("name")), wish))
        raise Misunderstood(f"kind must be one of customer, {', '.join(ENTITY_OF)}")
    entity = ENTITY_OF[kind]
    body = _common(wish)
    if kind == "journal":
        body["Line"] = [_journal_line(company, line) for line in wish.get("lines") or ()]
    elif kind == "deposit":
        _fill_deposit(company, body, wish)
    else:
        if wish.get("customer"):
            body["CustomerRef"] = {"value": _customer(company, str(wish["customer"]), wish)}
        if wish.get("account") and kind not in {"invoice", "credit_note"}:
            body["DepositToAccountRef"] = {
                "value": _named(company, "account", wish["account"])["Id"]
            }
        if kind == "receipt":
            _fill_receipt(company, body, wish)
        else:
            body["Line"] = [_item_line(company, wish)]
    return _told(entity, write(company, entity, "create", body, ["allowduplicatedocnum"]))


def _common(wish: Wish) -> Row:
    names = {**FIELDS, "rate": "ExchangeRate"}
    names["number"] = "PaymentRefNum" if wish.get("kind") == "receipt" else "DocNumber"
    body = {names[name]: wish[name] for name in names if wish.get(name) not in (None, "")}
    if wish.get("kind") != "invoice":
        body.pop("DueDate", None)
    if wish.get("kind") == "journal" and wish.get("currency"):
        body["CurrencyRef"] = {"value": wish["currency"]}
    return body


def _item_line(company: Company, wish: Wish) -> Row:
    item = _named(company, "item", wish.get("item") or "Services")
    return {
        "Amount": _decimal(wish.get("amount")),
        "DetailType": "SalesItemLineDetail",
        "Description": str(wish.get("memo") or ""),
        "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}},
    }


def _fill_receipt(company: Company, body: Row, wish: Wish) -> None:
    """Apply as told; `"apply": "auto"` takes the oldest invoices, none leaves it unapplied."""
    body["TotalAmt"] = _decimal(wish.get("amount"))
    lines: list[Row] = []
    if wish.get("apply") == "auto":
        body["Line"] = open_invoice_lines(company, body["CustomerRef"]["value"], body["TotalAmt"])
        return
    for part in wish.get("apply") or ():
        entity, row = _document(company, {"kind": "invoice", **part})
        link = {"TxnId": row["Id"], "TxnType": entity}
        amount = part.get("amount", company.books.documents[row["Id"]].open)
        lines.append({"Amount": _decimal(amount), "LinkedTxn": [link]})
    body["Line"] = lines


def _fill_deposit(company: Company, body: Row, wish: Wish) -> None:
    body["DepositToAccountRef"] = {"value": _named(company, "account", wish.get("account"))["Id"]}
    lines: list[Row] = []
    for number in wish.get("receipts") or ():
        entity, row = _document(company, {"kind": "receipt", "number": number})
        link = {"TxnId": row["Id"], "TxnType": entity, "TxnLineId": "0"}
        lines.append({"Amount": row["TotalAmt"], "LinkedTxn": [link]})
    body["Line"] = lines


def _journal_line(company: Company, line: Wish) -> Row:
    debit = line.get("debit")
    detail: Row = {
        "PostingType": "Debit" if debit else "Credit",
        "AccountRef": {"value": _named(company, "account", line.get("account"))["Id"]},
    }
    if line.get("customer"):
        reference = {"value": _customer(company, str(line["customer"]))}
        detail["Entity"] = {"Type": "Customer", "EntityRef": reference}
    return {
        "Amount": _decimal(debit or line.get("credit")),
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }


def _document(company: Company, wish: Wish) -> tuple[str, Row]:
    """Find a document by id, or the last one with a number."""
    kind = str(wish.get("kind"))
    if kind not in ENTITY_OF:
        raise Misunderstood(f"kind must be one of {', '.join(ENTITY_OF)}")
    entity = ENTITY_OF[kind]
    table = company.tables[entity]
    if wish.get("id"):
        found = [str(wish["id"])]
    else:
        name = "PaymentRefNum" if entity == "Payment" else "DocNumber"
        found = list(table.ids(name, str(wish.get("number") or "")))
    found = [each for each in found if each in table.rows]
    if not found:
        raise Misunderstood(f"there is no {kind} {wish.get('id') or wish.get('number')}")
    return entity, table.rows[found[-1]]


def _named(company: Company, kind: str, name: Any, wish: Wish | None = None) -> Row:
    """Find an account, item or customer by id, name or number."""
    if kind not in NAMED:
        raise Misunderstood(f"kind must be one of {', '.join(NAMED)}")
    rows = company.tables[NAMED[kind]].rows
    wanted = (wish or {}).get("id")
    if wanted and str(wanted) in rows:
        return rows[str(wanted)]
    number = (wish or {}).get("number")
    for row in rows.values():
        labels = (row.get("Name"), row.get("DisplayName"), row.get("AcctNum"))
        if (name and name in labels) or (number and number == row.get("AcctNum")):
            return row
    if name and str(name) in rows:
        return rows[str(name)]
    raise Misunderstood(f"there is no {kind} {name or wanted or number}")


def _customer(company: Company, name: str, wish: Wish | None = None) -> str:
    """Return a customer's id by name or id; with a wish, make the customer if need be."""
    holder = company.names.get(key(company, name))
    if holder and holder[0] == "Customer":
        return holder[1]
    if name in company.tables["Customer"].rows:
        return name
    if wish is None:
        raise Misunderstood(f"there is no customer {name}")
    return str(_new_customer(company, name, wish)["Id"])


def _new_customer(company: Company, name: str, wish: Wish) -> Row:
    body: Row = {"DisplayName": name}
    if wish.get("currency"):
        body["CurrencyRef"] = {"value": wish["currency"]}
    return write(company, "Customer", "create", body)


def _version(row: Row) -> Row:
    return {"Id": row["Id"], "SyncToken": row["SyncToken"]}


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise Misunderstood(f"not an amount: {value}") from None


def _told(entity: str, row: Row) -> Wish:
    told = {"entity": entity, "id": row.get("Id"), "sync_token": row.get("SyncToken")}
    for name in ("DocNumber", "PaymentRefNum", "DisplayName", "Name"):
        if name in row:
            told["number" if name in ("DocNumber", "PaymentRefNum") else "name"] = row[name]
    return told


def _stamp(company: Company, wish: Wish) -> Wish:
    """The mark that an add-on leaves on a form that it sent to the tax office: the code in a custom
    field of the form (31 characters) or, by default, after its note."""
    entity, row = _document(company, wish)
    name, code = str(wish.get("name") or "CUFE"), str(wish.get("code") or "0" * 96)
    change: Row = {**_version(row), "sparse": True}
    if wish.get("place") == "field":
        field = {"DefinitionId": "1", "Name": name, "Type": "StringType", "StringValue": code[:31]}
        change["CustomField"] = [field]
    else:
        change["PrivateNote"] = f"{row.get('PrivateNote') or ''}\n{name}: {code}".strip()
    return _told(entity, write(company, entity, "update", change))


ACTIONS: dict[str, Callable[[Company, Wish], Wish]] = {
    "edit": _edit,
    "stamp": _stamp,
    "void": _void,
    "delete": _delete,
    "add": _add,
    "lock": _lock,
    "inactivate": _activate,
    "reactivate": _activate,
    "rename": _rename,
    "retype": _retype,
    "retarget": _retarget,
    "merge": _merge,
}
