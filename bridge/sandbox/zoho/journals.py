"""Manual journals, and the double entry that each document makes."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ONE, ZERO
from bridge.sandbox.books.documents import Document, Line
from bridge.sandbox.zoho import applications, lines
from bridge.sandbox.zoho.applications import JOURNAL
from bridge.sandbox.zoho.faults import missing, refused
from bridge.sandbox.zoho.organization import HOME, Organization
from bridge.sandbox.zoho.tables import Row, sent

MODULE = "accountant"


def write(org: Organization, body: Row, journal_id: str = "") -> Row:
    """Add or replace a journal; its debits and credits are equal."""
    before = org.row("journals", journal_id) if journal_id else None
    if before and applications.of_credit(org, journal_id):
        raise refused(900030)
    row: Row = {**(before or {"journal_id": ""})}
    row["journal_date"] = body.get("journal_date") or row.get("journal_date")
    if not row["journal_date"]:
        raise refused(4, "journal_date")
    row["date"] = row["journal_date"]
    org.check_open(MODULE, row["date"], before["date"] if before else "")
    currency = org.base_currency()
    if body.get("currency_id") or before:
        currency = org.currency(body.get("currency_id") or row["currency_id"])
    row.update(currency_id=currency["currency_id"], currency_code=currency["currency_code"])
    row["exchange_rate"] = lines.rate(org, row, body.get("exchange_rate"))
    for name in ("reference_number", "notes"):
        row[name] = sent(name, "", body, row)
    row["journal_type"] = body.get("journal_type") or row.get("journal_type", "both")
    status = body.get("status") or row.get("status", "published")
    if status not in ("draft", "published"):
        raise refused(4, "status")
    row["status"] = status
    if "line_items" in body or before is None:
        row["line_items"] = _lines(org, body.get("line_items") or [], row["currency_code"])
    debits = [line["amount"] for line in row["line_items"] if line["debit_or_credit"] == "debit"]
    row["total"] = sum(debits, ZERO)
    if before is None:
        row["entry_number"] = org.own_number("journal", "{}", "", own=False)
    _customer(org, row)
    org.put("journals", row)
    _enter(org, row)
    return row


def publish(org: Organization, journal_id: str) -> None:
    row = org.row("journals", journal_id)
    if row["status"] == "published":
        raise refused(900022, "published", "published")
    org.check_open(MODULE, row["date"])
    _enter(org, org.put("journals", {**row, "status": "published"}))


def delete(org: Organization, journal_id: str) -> None:
    row = org.row("journals", journal_id)
    org.check_open(MODULE, row["date"])
    uses = applications.of_credit(org, journal_id)
    if uses and not org.by_hand:
        raise refused(900030)
    for use in uses:
        applications.undo(org, use)
    if journal_id in org.books.documents:
        org.books.delete(journal_id)
    org.remove("journals", journal_id)


def reverse(org: Organization, journal_id: str, day: str) -> Row:
    """Add the journal that undoes another one."""
    row = org.row("journals", journal_id)
    turned = {"debit": "credit", "credit": "debit"}
    lines_back = [
        {**line, "debit_or_credit": turned[line["debit_or_credit"]], "line_id": ""}
        for line in row["line_items"]
    ]
    return write(
        org,
        {
            "journal_date": day,
            "reference_number": row["reference_number"],
            "notes": f"Reverse of {row['entry_number']}",
            "currency_id": row["currency_id"],
            "exchange_rate": row["exchange_rate"],
            "line_items": lines_back,
        },
    )


def apply(org: Organization, journal_id: str, line_id: str, body: Row) -> None:
    """Settle invoices with the receivable line of a journal that credits a customer."""
    row = org.row("journals", journal_id)
    found = [line for line in row["line_items"] if line["line_id"] == line_id]
    kept = org.books.documents.get(journal_id)
    if not found or kept is None or kept.side >= 0 or not found[0]["customer_id"]:
        raise missing("journals")
    wanted = applications.amounts(
        org, body.get("invoices") or [], "invoice_id", row["currency_code"]
    )
    for invoice_id, amount in wanted.items():
        invoice = org.row("invoices", invoice_id)
        if invoice["customer_id"] != kept.customer or invoice["state"] != "sent":
            raise missing("invoices")
        if amount > org.books.documents[invoice_id].open:
            raise refused(24016)
    if not wanted or sum(wanted.values(), ZERO) > kept.open:
        raise refused(900015)
    today = org.today().isoformat()
    for invoice_id, amount in wanted.items():
        applications.apply(org, JOURNAL, journal_id, invoice_id, amount, today)


def _lines(org: Organization, given: list[Row], currency: str) -> list[Row]:
    made: list[Row] = []
    sides: dict[str, str] = {}
    total = ZERO
    for line in given:
        side = line.get("debit_or_credit")
        if side not in ("debit", "credit"):
            raise refused(4, "debit_or_credit")
        amount = org.rounded(line.get("amount", ZERO), currency)
        account = org.account(line.get("account_id"))
        # One account on both sides arrives as code 4. Last verified 2026-11-20.
        if amount <= 0 or sides.setdefault(account["account_id"], side) != side:
            raise refused(4, "Amount")
        if account["currency_code"] not in (HOME, currency):
            raise refused(900003, "account")
        total += amount if side == "debit" else -amount
        made.append(
            {
                "line_id": line.get("line_id") or org.next_id(),
                "account_id": account["account_id"],
                "customer_id": line.get("customer_id", ""),
                "description": line.get("description", ""),
                "debit_or_credit": side,
                "amount": amount,
            }
        )
    if total or not made:
        raise refused(21004)
    return made


def _customer(org: Organization, row: Row) -> str:
    """Return the one customer of the receivable lines, or refuse."""
    found: set[str] = set()
    for line in row["line_items"]:
        if line["account_id"] == org.receivable_id:
            customer = org.tables["contacts"].rows.get(line["customer_id"])
            if customer is None:
                raise refused(900024)
            if customer["currency_code"] != row["currency_code"]:
                raise refused(900003, "journal")
            found.add(line["customer_id"])
    if len(found) > 1:
        raise refused(900024)
    return found.pop() if found else ""


def _enter(org: Organization, row: Row) -> None:
    if row["status"] != "published":
        return
    made = document(org, row)
    if made.id in org.books.documents:
        org.books.repost(made)
    else:
        org.books.post(made)


def document(org: Organization, row: Row) -> Document:
    posted = []
    for line in row["line_items"]:
        sign = ONE if line["debit_or_credit"] == "debit" else -ONE
        owed = line["customer_id"] if line["account_id"] == org.receivable_id else ""
        posted.append(Line(line["account_id"], sign * line["amount"], owed))
    return Document(
        id=row["journal_id"],
        kind="journal",
        number=row["reference_number"] or row["entry_number"],
        date=row["date"],
        currency=row["currency_code"],
        rate=Decimal(row["exchange_rate"]),
        total=Decimal(row["total"]),
        customer=_customer(org, row),
        lines=posted,
    )


def shown(org: Organization, row: Row) -> Row:
    accounts, rate = org.tables["accounts"].rows, Decimal(row["exchange_rate"])
    made = [
        {
            **line,
            "account_name": accounts[line["account_id"]]["account_name"],
            "customer_name": org.customer_name(line["customer_id"]),
            "bcy_amount": org.rounded(line["amount"] * rate, HOME),
            "tags": [],
        }
        for line in row["line_items"]
    ]
    currency = org.currency(row["currency_id"])
    return {
        **{name: value for name, value in row.items() if name != "date"},
        "line_items": made,
        "currency_symbol": currency["currency_symbol"],
        "line_item_total": row["total"],
        "bcy_total": org.rounded(row["total"] * rate, HOME),
        "price_precision": currency["price_precision"],
        "taxes": [],
        "tags": [],
        "custom_fields": [],
    }


def entry(org: Organization, document_id: str) -> Row:
    """Return the double entry of any document, exchange differences included."""
    kept = org.books.documents.get(document_id)
    if kept is None:
        raise missing("transactions")
    entries = org.books.journal.entries
    keys = [document_id, f"{document_id}/excess", f"{document_id}/gain"]
    keys += [f"{use['application_id']}/gain" for use in applications.of_credit(org, document_id)]
    legs = [leg for key in keys for leg in entries.get(key, ())]
    accounts = org.tables["accounts"].rows
    made = [
        {
            "account_id": leg.account,
            "account_name": accounts[leg.account]["account_name"],
            "customer_id": leg.customer,
            "customer_name": org.customer_name(leg.customer),
            "debit_or_credit": "debit" if (leg.home or leg.amount) > 0 else "credit",
            "amount": abs(leg.amount),
            "bcy_amount": abs(leg.home),
        }
        for leg in legs
    ]
    debits = sum((leg.home for leg in legs if leg.home > 0), ZERO)
    return {
        "journal_id": document_id,
        "entry_number": kept.number,
        "reference_number": kept.number,
        "currency_code": kept.currency,
        "exchange_rate": kept.rate,
        "journal_date": kept.date,
        "line_items": made,
        "bcy_total": debits,
    }
