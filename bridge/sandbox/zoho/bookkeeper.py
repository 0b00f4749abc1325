"""The bookkeeper's hand: what a person changes in the web site, past the API's rules."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.zoho import (
    applications,
    creditnotes,
    custom,
    invoices,
    journals,
    lists,
    locks,
    payments,
    people,
    reading,
)
from bridge.sandbox.zoho.misunderstood import Misunderstood
from bridge.sandbox.zoho.organization import Organization
from bridge.sandbox.zoho.relining import relined
from bridge.sandbox.zoho.tables import Row

Wish = dict[str, Any]

# kind: table, field of its number
KINDS = {
    "invoice": ("invoices", "invoice_number"),
    "receipt": ("payments", "reference_number"),
    "credit_note": ("creditnotes", "creditnote_number"),
    "journal": ("journals", "reference_number"),
}
NAMED = {
    "account": ("accounts", "account_name"),
    "customer": ("contacts", "contact_name"),
    "item": ("items", "name"),
}


def follow(org: Organization, wish: Wish) -> Wish:
    """Do what the wish says and return which object it became."""
    action = ACTIONS.get(str(wish.get("action", "")))
    if action is None:
        raise Misunderstood(f"action must be one of {', '.join(ACTIONS)}")
    org.by_hand = True
    try:
        return action(org, wish)
    finally:
        org.by_hand = False


def _void(org: Organization, wish: Wish) -> Wish:
    """Void a document; a receipt has no void state and is deleted."""
    kind, row = _document(org, wish)
    row_id = row[_table(org, kind).key]
    if kind == "invoice":
        invoices.void(org, row_id)
    elif kind == "credit_note":
        creditnotes.void(org, row_id)
    else:
        return _delete(org, wish)
    return _told(org, kind, row_id)


def _delete(org: Organization, wish: Wish) -> Wish:
    kind, row = _document(org, wish)
    row_id = row[_table(org, kind).key]
    remove = {
        "invoice": invoices.delete,
        "receipt": payments.delete,
        "credit_note": creditnotes.delete,
        "journal": journals.delete,
    }[kind]
    remove(org, row_id)
    return {"id": row_id, "kind": kind, "deleted": True}


def _edit(org: Organization, wish: Wish) -> Wish:
    """Change amount, date, due date, memo, number, customer, account or lines of a document."""
    kind, row = _document(org, wish)
    wanted = wish.get("set")
    if not isinstance(wanted, dict) or not wanted:
        raise Misunderstood("set must name what to change")
    allowed = {"amount", "date", "due", "memo", "number", "customer", "account", "lines"}
    if set(wanted) - allowed:
        raise Misunderstood(f"no field {sorted(set(wanted) - allowed)[0]}; there are {allowed}")
    row_id = row[_table(org, kind).key]
    body = _common(kind, wanted)
    if "customer" in wanted:
        _free(org, kind, row_id, ZERO)
        body["customer_id"] = _customer(org, str(wanted["customer"]))
    if "account" in wanted:
        body["account_id"] = _named(org, "account", wanted["account"])["account_id"]
    if "amount" in wanted:
        total = _decimal(wanted["amount"])
        _free(org, kind, row_id, total)
        if kind == "receipt":
            body["amount"] = total
        elif kind == "journal":
            raise Misunderstood("the amount of a journal cannot be set; delete and add")
        else:
            first = row["line_items"][0]
            body["line_items"] = [{**_line(first), "rate": total, "quantity": Decimal(1)}]
            body["adjustment"] = ZERO
    if "lines" in wanted and kind != "receipt":
        body["line_items"] = relined(org, kind, row, wanted["lines"])
    if kind == "invoice":
        invoices.update(org, row_id, body)
    elif kind == "receipt":
        payments.update(org, row_id, body)
    elif kind == "credit_note":
        creditnotes.update(org, row_id, body)
    else:
        journals.write(org, body, row_id)
    return _told(org, kind, row_id)


def _line(line: Row) -> Row:
    names = ("line_item_id", "item_id", "account_id", "name", "description")
    return {name: line[name] for name in names}


def _free(org: Organization, kind: str, row_id: str, keep: Decimal) -> None:
    """Take applications off a document until no more than `keep` is left of them."""
    of = applications.of_invoice if kind == "invoice" else applications.of_credit
    used = sum((use["amount"] for use in of(org, row_id)), ZERO)
    for use in reversed(of(org, row_id)):
        if used <= keep:
            return
        used -= use["amount"]
        applications.undo(org, use)
        rest = keep - used
        if use["source"] == applications.WRITE_OFF:
            org.books.delete(use["credit_id"])
        elif rest > 0:
            source, credit, invoice = use["source"], use["credit_id"], use["invoice_id"]
            applications.apply(org, source, credit, invoice, rest, use["date"])
            return


def _lock(org: Organization, wish: Wish) -> Wish:
    """Lock sales and journals up to a date, or open them with null."""
    if wish.get("date"):
        day = reading.day(wish["date"], "date")
        locks.put(org, {"transaction_lock_status": "enabled", "transaction_lock_date": day})
    else:
        locks.clear(org, "")
    return {"locked_through": wish.get("date")}


def _activate(org: Organization, wish: Wish) -> Wish:
    kind, active = str(wish.get("kind")), wish["action"] == "reactivate"
    row = _named(org, kind, wish.get("name"), wish)
    word = "active" if active else "inactive"
    if kind == "account":
        lists.set_account_active(org, row["account_id"], active)
    elif kind == "item":
        lists.set_item_status(org, row["item_id"], word)
    else:
        people.set_status(org, row["contact_id"], word)
    return {"kind": kind, "id": row[org.tables[NAMED[kind][0]].key], "status": word}


def _retype(org: Organization, wish: Wish) -> Wish:
    """Give an account another type, which Zoho lets nobody do once it is used."""
    row = _named(org, "account", wish.get("name"), wish)
    if row["is_system_account"]:
        raise Misunderstood("the type of an account that Zoho made cannot be changed")
    row = lists.write_account(org, {"account_type": wish.get("type")}, row["account_id"])
    return {"kind": "account", "id": row["account_id"], "name": row["account_name"]}


def _retarget(org: Organization, wish: Wish) -> Wish:
    """Put another account behind an item: what is posted from now on goes there."""
    row = _named(org, "item", wish.get("name"), wish)
    account = _named(org, "account", wish.get("account"))["account_id"]
    row = lists.write_item(org, {"account_id": account}, row["item_id"])
    return {"kind": "item", "id": row["item_id"], "name": row["name"]}


def _rename(org: Organization, wish: Wish) -> Wish:
    kind, name = str(wish.get("kind", "customer")), str(wish.get("to") or "")
    row = _named(org, kind, wish.get("name"), wish)
    if kind == "customer":
        people.update(org, row["contact_id"], {"contact_name": name})
    elif kind == "item":
        lists.write_item(org, {"name": name}, row["item_id"])
    else:
        lists.write_account(org, {"account_name": name}, row["account_id"])
    return {"kind": kind, "id": row[org.tables[NAMED[kind][0]].key], "name": name}


def _merge(org: Organization, wish: Wish) -> Wish:
    """Give all documents of one customer to another; the first one is gone afterwards."""
    loser = org.tables["contacts"][_customer(org, str(wish.get("from")))]
    keeper = org.tables["contacts"][_customer(org, str(wish.get("into")))]
    if loser["currency_id"] != keeper["currency_id"]:
        raise Misunderstood("customers of different currencies cannot be merged")
    lost, kept = loser["contact_id"], keeper["contact_id"]
    for document_id, document in org.books.documents.items():
        if document.customer == lost:
            org.books.reassign(document_id, kept)
    for table in people.DOCUMENTS:
        for row in org.tables[table].where("customer_id", lost):
            org.put(table, {**row, "customer_id": kept})
    for row in list(org.tables["journals"].rows.values()):
        if any(line["customer_id"] == lost for line in row["line_items"]):
            made = [
                {
                    **line,
                    "customer_id": kept if line["customer_id"] == lost else line["customer_id"],
                }
                for line in row["line_items"]
            ]
            org.put("journals", {**row, "line_items": made})
    org.remove("contacts", lost)
    return {"kind": "customer", "id": kept, "name": keeper["contact_name"]}


def _add(org: Organization, wish: Wish) -> Wish:
    """Enter a document by hand; a customer that is not there yet is made."""
    kind = str(wish.get("kind"))
    if kind == "customer":
        row = _new_customer(org, str(wish.get("name")), wish)
        return {"kind": kind, "id": row["contact_id"], "name": row["contact_name"]}
    if kind not in KINDS:
        raise Misunderstood(f"kind must be one of customer, {', '.join(KINDS)}")
    body = _common(kind, wish)
    if wish.get("rate"):
        body["exchange_rate"] = _decimal(wish["rate"])
    if kind == "journal":
        if wish.get("currency"):
            body["currency_id"] = org.currency_by_code(wish["currency"])["currency_id"]
        body["line_items"] = [_journal_line(org, line) for line in wish.get("lines") or ()]
        return _told(org, kind, journals.write(org, body)["journal_id"])
    body["customer_id"] = _customer(org, str(wish.get("customer")), wish)
    if kind == "receipt":
        return _told(org, kind, _receive(org, body, wish))
    item = _named(org, "item", wish.get("item") or "Services")
    body["line_items"] = [{"item_id": item["item_id"], "rate": _decimal(wish.get("amount"))}]
    if kind == "invoice":
        row_id = invoices.create(org, body, own_number=True)["invoice_id"]
        if not wish.get("draft"):
            invoices.mark_sent(org, row_id)
        return _told(org, kind, row_id)
    return _told(org, kind, creditnotes.create(org, body, own_number=True)["creditnote_id"])


def _receive(org: Organization, body: Row, wish: Wish) -> str:
    """Apply as told; `"apply": "auto"` takes the oldest invoices, none leaves it unapplied."""
    body["amount"] = rest = _decimal(wish.get("amount"))
    if wish.get("account"):
        body["account_id"] = _named(org, "account", wish["account"])["account_id"]
    parts: list[Row] = []
    if wish.get("apply") == "auto":
        rows = org.tables["invoices"].where("customer_id", body["customer_id"])
        for row in sorted(rows, key=lambda each: str(each["date"])):
            amount = min(rest, row["balance"])
            if row["state"] == "sent" and amount > 0:
                parts.append({"invoice_id": row["invoice_id"], "amount_applied": amount})
                rest -= amount
    else:
        for part in wish.get("apply") or ():
            _, row = _document(org, {"kind": "invoice", **part})
            amount = _decimal(part.get("amount", row["balance"]))
            parts.append({"invoice_id": row["invoice_id"], "amount_applied": amount})
    return str(payments.create(org, {**body, "invoices": parts})["payment_id"])


def _common(kind: str, wish: Wish) -> Row:
    names = {"date": "date", "due": "due_date", "memo": "notes", "number": KINDS[kind][1]}
    if kind == "receipt":
        names["memo"] = "description"
    if kind == "journal":
        names["date"] = "journal_date"
    if kind != "invoice":
        del names["due"]
    body: Row = {to: str(wish[name]) for name, to in names.items() if wish.get(name)}
    for name in ("date", "due_date", "journal_date"):
        if name in body:
            reading.day(body[name], name)
    return body


def _journal_line(org: Organization, line: Wish) -> Row:
    debit = line.get("debit")
    made: Row = {
        "account_id": _named(org, "account", line.get("account"))["account_id"],
        "debit_or_credit": "debit" if debit else "credit",
        "amount": _decimal(debit or line.get("credit")),
    }
    if line.get("customer"):
        made["customer_id"] = _customer(org, str(line["customer"]))
    return made


def _table(org: Organization, kind: str) -> Any:
    return org.tables[KINDS[kind][0]]


def _document(org: Organization, wish: Wish) -> tuple[str, Row]:
    """Find a document by id, or the last one with a number."""
    kind = str(wish.get("kind"))
    if kind not in KINDS:
        raise Misunderstood(f"kind must be one of {', '.join(KINDS)}")
    rows, number = _table(org, kind).rows, KINDS[kind][1]
    if wish.get("id"):
        found = [rows[str(wish["id"])]] if str(wish["id"]) in rows else []
    else:
        found = [row for row in rows.values() if row[number] == str(wish.get("number") or "")]
    if not found:
        raise Misunderstood(f"there is no {kind} {wish.get('id') or wish.get('number')}")
    return kind, found[-1]


def _named(org: Organization, kind: str, name: Any, wish: Wish | None = None) -> Row:
    """Find an account, item or customer by id, name or code."""
    if kind not in NAMED:
        raise Misunderstood(f"kind must be one of {', '.join(NAMED)}")
    table, field = NAMED[kind]
    rows = org.tables[table].rows
    wanted = str((wish or {}).get("id") or name or "")
    if wanted in rows:
        return rows[wanted]
    number = (wish or {}).get("number")
    for row in rows.values():
        code = row.get("account_code")
        if (name and name in (row[field], code)) or (number and number == code):
            return row
    raise Misunderstood(f"there is no {kind} {name or wanted or number}")


def _customer(org: Organization, name: str, wish: Wish | None = None) -> str:
    """Return a customer's id by name or id; with a wish, make the customer if need be."""
    if name in org.tables["contacts"]:
        return name
    for row in org.tables["contacts"].where("folded_name", name.casefold()):
        if row["contact_type"] == "customer":
            return str(row["contact_id"])
    if wish is None:
        raise Misunderstood(f"there is no customer {name}")
    return str(_new_customer(org, name, wish)["contact_id"])


def _new_customer(org: Organization, name: str, wish: Wish) -> Row:
    body: Row = {"contact_name": name}
    if wish.get("currency"):
        body["currency_id"] = org.currency_by_code(str(wish["currency"]))["currency_id"]
    return people.create(org, body)


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise Misunderstood(f"not an amount: {value}") from None


def _told(org: Organization, kind: str, row_id: str) -> Wish:
    row = _table(org, kind).rows[row_id]
    return {"kind": kind, "id": row_id, "number": row[KINDS[kind][1]]}


def _stamp(org: Organization, wish: Wish) -> Wish:
    """The mark that an add-on leaves on a document that it sent to the tax office: a custom
    field."""
    kind, row = _document(org, wish)
    entity, write = STAMPED[kind]
    name, code = str(wish.get("name") or "CUFE"), str(wish.get("code") or "0" * 96)
    if not any(field["label"] == name for field in custom.defined(org, entity)):
        custom.create(org, {"entity": entity, "label": name})
    (field,) = [each for each in custom.defined(org, entity) if each["label"] == name]
    row_id = row[_table(org, kind).key]
    write(org, row_id, {"custom_fields": [{"customfield_id": field["field_id"], "value": code}]})
    return _told(org, kind, row_id)


STAMPED: dict[str, tuple[str, Callable[..., Any]]] = {
    "invoice": ("invoice", invoices.update),
    "credit_note": ("creditnote", creditnotes.update),
}
ACTIONS: dict[str, Callable[[Organization, Wish], Wish]] = {
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
