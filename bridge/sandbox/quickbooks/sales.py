"""Invoices, credit memos, sales receipts and refund receipts: documents made of item lines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ONE, ZERO, cents
from bridge.sandbox.books.company import OverApplied, standing
from bridge.sandbox.books.documents import Document, Line
from bridge.sandbox.quickbooks import faults, relining, taxes
from bridge.sandbox.quickbooks.behind import with_accounts
from bridge.sandbox.quickbooks.company import ENTITY_OF, KIND_OF, UNDEPOSITED, Company
from bridge.sandbox.quickbooks.tables import Row

TAX_RULES = ("TaxExcluded", "TaxInclusive", "NotApplicable")
MONEY_TYPES = ("Bank", "Other Current Asset")
CURRENCY = "The transaction needs to be in the same currency as the A/R and A/P accounts you use."


def build(company: Company, entity: str, row: Row, before: Row | None) -> Row:
    """Check a sales form and complete it; nothing is changed yet."""
    if not row.get("Line"):
        raise faults.missing("Line")
    check_customer(company, row, before, needed=entity in ("Invoice", "CreditMemo"))
    set_currency(company, row)
    rule = row.get("GlobalTaxCalculation")
    if rule and rule not in TAX_RULES:
        raise faults.bad_enumeration("GlobalTaxCalculation", rule)
    if not rule and company.settings.require_global_tax_calculation:
        raise faults.missing("GlobalTaxCalculation")
    _refuse_tax(company, row, before)
    for name in ("Department", "Class", "PaymentMethod"):
        if row.get(f"{name}Ref"):
            company.referred(name, row[f"{name}Ref"], f"{name}Ref")
    row.setdefault("TxnDate", company.server_date())
    company.check_period(row["TxnDate"], before["TxnDate"] if before else "")
    row["Line"] = _lines(company, row["Line"], before)
    total = sum((line["Amount"] for line in row["Line"] if _counts(line)), ZERO)
    row["TotalAmt"] = _total(row, total) + _keep_tax(row)
    if entity in ("Invoice", "CreditMemo"):
        row.pop("DepositToAccountRef", None)
    else:
        set_money(company, row, needed=entity == "RefundReceipt")
    if entity == "Invoice":
        _set_due(company, row)
    check_number(company, entity, row, before)
    if before is None and company.settings.mail_forms:
        row.setdefault("EmailStatus", "NeedToSend")
    return row


def document(company: Company, entity: str, row: Row) -> Document:
    """Return the document that the books keep of a sales form."""
    lines: list[Line] = []
    for line in row["Line"]:
        detail = line.get("SalesItemLineDetail")
        if detail and "ItemRef" in detail:
            item = company.tables["Item"].rows[detail["ItemRef"]["value"]]
            lines.append(Line(item["IncomeAccountRef"]["value"], line["Amount"]))
        elif line["DetailType"] == "DiscountLineDetail":
            account = line["DiscountLineDetail"]["DiscountAccountRef"]["value"]
            lines.append(Line(account, -line["Amount"]))
    if relining.taxed(row) and row["TotalAmt"]:
        lines.append(Line(relining.tax_account(company), relining.taxed(row)))
    return Document(
        id=row["Id"],
        kind=KIND_OF[entity],
        number=row.get("DocNumber", ""),
        date=row["TxnDate"],
        due=row.get("DueDate", ""),
        currency=row["CurrencyRef"]["value"],
        rate=row["ExchangeRate"],
        total=row["TotalAmt"],
        customer=(row.get("CustomerRef") or {}).get("value", ""),
        money=(row.get("DepositToAccountRef") or {}).get("value", ""),
        lines=lines,
    )


def enter(company: Company, made: Document, before: Row | None) -> None:
    """Put a document into the books, new or in the place of what it was."""
    if before is None:
        company.books.post(made)
        return
    old = company.books.documents[made.id]
    applied = bool(company.books.receivables.touching.get(made.id))
    party = (made.customer, made.currency, standing(made)[0])
    if applied and (old.customer, old.currency, old.side) != party:
        raise faults.business("You can't change the customer of a transaction that is linked.")
    if old.void:
        raise faults.business("You can't change a transaction that has been voided.")
    try:
        company.books.repost(made)
    except OverApplied:
        raise faults.business(
            "The amount is less than what has already been applied to this transaction."
        ) from None


_ONLINE = dict.fromkeys(
    [
        *("AllowIPNPayment", "AllowOnlinePayment"),
        *("AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"),
    ],
    False,
)
"""Flags that invoices carry in every recorded answer. Last verified 2026-11-30."""


def render(company: Company, entity: str, row: Row) -> Row:
    """Return a sales form as it is read: with its balance and its links as they are now."""
    kept = company.books.documents[row["Id"]]
    shown = {**row, "domain": "QBO", "sparse": False}
    show_customer(company, shown)
    show_home(company, shown, kept)
    shown["Line"] = with_accounts(company, row["Line"], kept)
    if entity in ("Invoice", "CreditMemo"):
        shown["Balance"] = kept.open
        if entity == "CreditMemo":
            shown["RemainingCredit"] = kept.open
        if kept.currency != company.home:
            shown["HomeBalance"] = kept.home_open
        shown["LinkedTxn"] = links(company, row["Id"])
    else:
        shown["Balance"] = ZERO
        shown["LinkedTxn"] = deposit_links(company, row["Id"])
    if entity == "Invoice":
        shown = {"Deposit": 0, **_ONLINE, **shown}
    if entity in ("Invoice", "CreditMemo") and "BillAddr" not in shown:
        place = company.tables["Customer"].rows.get(shown["CustomerRef"]["value"], {})
        if address := place.get("BillAddr"):
            shown["BillAddr"] = address
    for name, value in (
        ("TxnTaxDetail", {"TotalTax": 0}),
        ("CustomField", []),
        ("PrintStatus", "NeedToPrint"),
        ("EmailStatus", "NotSet"),
        ("ApplyTaxAfterDiscount", False),
    ):
        shown.setdefault(name, value)
    return shown


def voided(row: Row) -> Row:
    """Return what voiding leaves: amounts and quantities at zero, number and lines kept."""
    lines = []
    for line in row["Line"]:
        if line["DetailType"] == "SubTotalLineDetail":
            continue
        line = {**line, "Amount": 0}
        if "SalesItemLineDetail" in line:
            detail = {**line["SalesItemLineDetail"], "Qty": 0}
            detail.pop("UnitPrice", None)
            line["SalesItemLineDetail"] = detail
        lines.append(line)
    kept = {name: value for name, value in row.items() if name != "TxnTaxDetail"}
    return {**kept, "Line": lines, "TotalAmt": ZERO, "PrivateNote": void_note(row)}


def void_note(row: Row) -> str:
    note = row.get("PrivateNote")
    return f"Voided - {note}"[:4000] if note else "Voided"


def check_customer(company: Company, row: Row, before: Row | None, *, needed: bool) -> None:
    """Find the customer. One that was inactivated later may stay on an old document."""
    if not row.get("CustomerRef"):
        if needed:
            raise faults.missing("CustomerRef")
        return
    given = row["CustomerRef"].get("value") if isinstance(row["CustomerRef"], dict) else ""
    same = before and str(given) == (before.get("CustomerRef") or {}).get("value")
    if not same:
        given = company.referred("Customer", row["CustomerRef"], "CustomerRef")["Id"]
    row["CustomerRef"] = {"value": str(given)}


def set_currency(company: Company, row: Row) -> None:
    """Settle currency and rate. A foreign document without a rate is booked at 1."""
    settings = company.settings
    customer = company.tables["Customer"].rows.get((row.get("CustomerRef") or {}).get("value", ""))
    given = (row.get("CurrencyRef") or {}).get("value")
    if not given:
        if settings.multicurrency and settings.require_currency_ref:
            raise faults.missing("CurrencyRef")
        given = customer["CurrencyRef"]["value"] if customer else company.home
    if customer and given != customer["CurrencyRef"]["value"]:
        raise faults.business(CURRENCY, "CurrencyRef")
    if given != company.home and not settings.multicurrency:
        raise faults.business("Multicurrency is not enabled for this company.", "CurrencyRef")
    row["CurrencyRef"] = company.currency_reference(given)
    rate = row.get("ExchangeRate") or ONE
    if rate < 0:
        raise faults.business("The exchange rate must be greater than zero.", "ExchangeRate")
    row["ExchangeRate"] = rate if given != company.home else ONE


def set_money(company: Company, row: Row, *, needed: bool) -> None:
    """Find the account that takes or gives the money; Undeposited Funds unless told."""
    if not row.get("DepositToAccountRef"):
        if needed:
            raise faults.missing("DepositToAccountRef")
        row["DepositToAccountRef"] = {"value": company.account_of(UNDEPOSITED)}
    account = company.referred("Account", row["DepositToAccountRef"], "DepositToAccountRef")
    if account["AccountType"] not in MONEY_TYPES:
        raise faults.wrong_account_type("DepositToAccountRef")
    currency = row["CurrencyRef"]["value"]
    if account["CurrencyRef"]["value"] not in (currency, company.home):
        raise faults.business(CURRENCY, "DepositToAccountRef")
    foreign = currency != company.home and account["AccountSubType"] == UNDEPOSITED
    if foreign and company.settings.foreign_undeposited == "refuse":
        raise faults.business(CURRENCY, "DepositToAccountRef")
    row["DepositToAccountRef"] = {"value": account["Id"], "name": account["Name"]}


def check_number(company: Company, entity: str, row: Row, before: Row | None) -> None:
    """Number a document as the company is set, and refuse a number already used."""
    settings = company.settings
    number = row.get("DocNumber")
    if number == "AUTO_GENERATE" or row.pop("AutoDocNumber", False):
        number = None
        row["DocNumber"] = _next_number(company, entity)
    elif not number and not settings.custom_txn_numbers:
        row["DocNumber"] = before.get("DocNumber", "") if before else _next_number(company, entity)
    if not number or not (settings.custom_txn_numbers and settings.warn_duplicate_numbers):
        return
    if row.pop("_allow_duplicate", False):
        return
    for other in company.tables[entity].ids("DocNumber", number):
        if other != row.get("Id"):
            kind = "Journal Entry" if entity == "JournalEntry" else entity
            raise faults.duplicate_number(number, kind, other)


def _next_number(company: Company, entity: str) -> str:
    while True:
        number = str(1000 + int(company.next_id("number")))
        if not company.tables[entity].ids("DocNumber", number):
            return number


def links(company: Company, txn_id: str) -> list[Row]:
    """Return the payments that settle a document (or the deposit it lies in)."""
    seen: dict[str, Row] = {}
    for use in company.books.receivables.touching.get(txn_id, ()):
        if use.owner != txn_id:
            entity = ENTITY_OF[company.books.documents[use.owner].kind]
            seen[use.owner] = {"TxnId": use.owner, "TxnType": entity}
    return list(seen.values())


def deposit_links(company: Company, txn_id: str) -> list[Row]:
    deposit = company.deposits.get(txn_id)
    return [{"TxnId": deposit, "TxnType": "Deposit"}] if deposit else []


def show_customer(company: Company, shown: Row) -> None:
    reference = shown.get("CustomerRef")
    if reference:
        customer = company.tables["Customer"].rows.get(reference["value"])
        name = customer["DisplayName"] if customer else ""
        shown["CustomerRef"] = {"value": reference["value"], "name": name}


def show_home(company: Company, shown: Row, kept: Document) -> None:
    """Show the rate and the home total only where they mean something."""
    if not company.settings.multicurrency:
        shown.pop("ExchangeRate", None)
    elif kept.currency != company.home:
        shown["HomeTotalAmt"] = kept.home_total


def _lines(company: Company, lines: list[Row], before: Row | None) -> list[Row]:
    """Return the lines with amounts, ids and the subtotal that QBO adds by itself."""
    used = [int(line["Id"]) for line in (before or {}).get("Line", ()) if "Id" in line]
    known, following = {str(each) for each in used}, max(used, default=0) + 1
    made: list[Row] = []
    for line in lines:
        kind = line.get("DetailType")
        if kind == "SubTotalLineDetail":
            continue
        line = _line(company, line, kind)
        line["LineNum"] = len(made) + 1
        if str(line.get("Id", "")) not in known:
            line["Id"], following = str(following), following + 1
        made.append(line)
    subtotal = sum((line["Amount"] for line in made if "SalesItemLineDetail" in line), ZERO)
    made.append({"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}})
    return made


def _line(company: Company, line: Row, kind: Any) -> Row:
    if not kind:
        raise faults.missing("Line.DetailType")
    if kind == "DescriptionOnly":
        return {**line, "Amount": ZERO}
    if kind == "DiscountLineDetail":
        return _discount(company, line)
    if kind != "SalesItemLineDetail":
        raise faults.bad_enumeration("Line.DetailType", kind)
    detail = line.get("SalesItemLineDetail")
    if not detail:
        raise faults.missing("Line.SalesItemLineDetail")
    if "ItemRef" not in detail:
        # A line without an item is text: its amount is ignored (FACTS Q22).
        return {
            "DetailType": "DescriptionOnly",
            "Description": line.get("Description", ""),
            "DescriptionLineDetail": {},
            "Amount": ZERO,
        }
    item = company.referred("Item", detail["ItemRef"], "Line.SalesItemLineDetail.ItemRef")
    tax = taxes.code_of(company, detail, item)
    if detail.get("TaxCodeRef"):
        company.referred("TaxCode", tax, "TaxCodeRef")
    detail = {
        **detail,
        "ItemRef": {"value": item["Id"], "name": item["Name"]},
        "TaxCodeRef": {"value": str(tax["value"])},
    }
    if detail.get("ClassRef"):
        company.referred("Class", detail["ClassRef"], "ClassRef")
    return {**line, "SalesItemLineDetail": detail, "Amount": _amount(line, detail)}


def _amount(line: Row, detail: Row) -> Decimal:
    """Return the line's amount: rounded half up to cents, and equal to price by quantity."""
    amount, price, count = line.get("Amount"), detail.get("UnitPrice"), detail.get("Qty")
    if amount is None:
        raise faults.business("You must set a transaction amount.", "Line.Amount")
    amount = cents(amount)
    # Zero for both is what python-quickbooks sends for "not set". Last verified 2026-11-20.
    if price is None or count is None or not (price or count):
        return amount
    if cents(price * count) != amount:
        raise faults.not_the_product(f"{amount:,}")
    return amount


def _discount(company: Company, line: Row) -> Row:
    if line.get("Amount") is None:
        raise faults.business("You must set a transaction amount.", "Line.Amount")
    detail = dict(line.get("DiscountLineDetail") or {})
    reference = detail.get("DiscountAccountRef") or {
        "value": company.account_of("DiscountsRefundsGiven")
    }
    account = company.referred("Account", reference, "DiscountAccountRef")
    detail["DiscountAccountRef"] = {"value": account["Id"], "name": account["Name"]}
    return {**line, "Amount": cents(line["Amount"]), "DiscountLineDetail": detail}


def _counts(line: Row) -> bool:
    return "SalesItemLineDetail" in line


def _total(row: Row, items: Decimal) -> Decimal:
    discounts = (line["Amount"] for line in row["Line"] if "DiscountLineDetail" in line)
    total = items - sum(discounts, ZERO)
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    return total


def _refuse_tax(company: Company, row: Row, before: Row | None) -> None:
    """Refuse tax of a program in a company without sales tax; what a person entered is kept."""
    tax = row.get("TxnTaxDetail")
    if not isinstance(tax, dict) or tax.get("TotalTax") in (None, 0, "0", ""):
        row.pop("TxnTaxDetail", None)
    elif not company.by_hand and tax != (before or {}).get("TxnTaxDetail"):
        raise faults.business("Sales tax is not enabled for this company.", "TxnTaxDetail")


def _keep_tax(row: Row) -> Decimal:
    """Return the tax of a form; none is left once no line has a tax code."""
    tax = relining.taxed(row)
    if tax:
        row["TxnTaxDetail"] = {"TotalTax": tax}
    else:
        row.pop("TxnTaxDetail", None)
    return tax


def _set_due(company: Company, row: Row) -> None:
    """Settle the due date: as sent, else the date plus the terms."""
    terms = row.get("SalesTermRef")
    if not terms:
        customer = company.tables["Customer"].rows.get(row["CustomerRef"]["value"], {})
        terms = customer.get("SalesTermRef") or company.preferences["SalesFormsPrefs"].get(
            "DefaultTerms"
        )
    if row.get("SalesTermRef"):
        term = company.referred("Term", terms, "SalesTermRef")
        row["SalesTermRef"] = {"value": term["Id"], "name": term["Name"]}
    else:
        term = company.tables["Term"].rows.get((terms or {}).get("value", ""), {})
    if "DueDate" not in row:
        later = timedelta(days=int(term.get("DueDays") or 0))
        row["DueDate"] = (date.fromisoformat(row["TxnDate"]) + later).isoformat()
