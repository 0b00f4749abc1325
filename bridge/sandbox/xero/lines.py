"""Lines of a document: what each is worth, its tax, its account.

Rounding (FACTS X14): the unit amount first (2 decimals unless unitdp=4),
then the line, then the tax of each line, half up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ONE, ZERO, cents, text
from bridge.sandbox.books.documents import Line
from bridge.sandbox.xero import faults
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.lists import tax_allowed, tax_percent, tracking
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import new_id, rounded

MOST = Decimal("9999999999.99")
HUNDRED = Decimal(100)


@dataclass(slots=True)
class Added:
    """The lines of a document with their sums, and what was odd about them."""

    lines: list[Row]
    subtotal: Decimal = ZERO
    tax: Decimal = ZERO
    total: Decimal = ZERO
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that a document sets for its lines."""

    amounts: str = "Exclusive"
    approved: bool = True
    strict: bool = True
    coded: bool = True
    unitdp: int = 2


def add_up(company: Company, lines: list[Row], rules: Rules) -> Added:
    """Complete the lines and add them up; Invalid with everything that is wrong."""
    messages: list[str] = []
    added = Added([])
    if not lines:
        raise Invalid("One or more line items must be specified")
    for body in lines:
        try:
            added.lines.append(_line(company, body, rules, added.warnings))
        except Invalid as refused:
            messages += refused.messages
    if messages:
        raise Invalid(*messages)
    gross = sum((line["LineAmount"] for line in added.lines), ZERO)
    added.tax = sum((line["TaxAmount"] for line in added.lines), ZERO)
    added.subtotal = gross - added.tax if rules.amounts == "Inclusive" else gross
    added.total = added.subtotal + added.tax
    if added.total < 0:
        raise Invalid(faults.NEGATIVE_TOTAL)
    return added


def for_books(company: Company, row: Row) -> list[Line]:
    """Return the lines as the books post them: net amounts, and the tax beside them."""
    inclusive = row["LineAmountTypes"] == "Inclusive"
    made = [
        Line(
            line["AccountID"],
            line["LineAmount"] - line["TaxAmount"] if inclusive else line["LineAmount"],
        )
        for line in row["LineItems"]
    ]
    if row["TotalTax"]:
        made.append(Line(company.tax_account_id, row["TotalTax"]))
    return made


def _line(company: Company, body: Row, rules: Rules, warnings: list[str]) -> Row:
    line = _with_item(company, body)
    messages = []
    if not line.get("Description"):
        messages.append("Description must be specified for each line item.")
    try:
        _amounts(line, rules)
    except Invalid as refused:
        messages += refused.messages
    try:
        _account(company, line, rules, warnings)
    except Invalid as refused:
        messages += refused.messages
    try:
        line["Tracking"] = tracking(company, line.get("Tracking") or [])
    except Invalid as refused:
        messages += refused.messages
    if messages:
        raise Invalid(*messages)
    line["TaxAmount"] = _tax(company, line, rules)
    line.setdefault("LineItemID", new_id())
    return line


def _with_item(company: Company, body: Row) -> Row:
    """Fill in what the item of a line knows and the line does not say."""
    line = dict(body)
    code = line.get("ItemCode")
    if not code:
        return line
    items = company.tables["Items"].having("code", code.casefold())
    if not items:
        raise Invalid(f"Item code '{code}' is not valid")
    price: dict[str, Any] = items[0].get("SalesDetails") or {}
    known = {
        "Description": items[0].get("Description"),
        "UnitAmount": price.get("UnitPrice"),
        "AccountCode": price.get("AccountCode"),
        "TaxType": price.get("TaxType"),
    }
    for name, value in known.items():
        if value is not None and not line.get(name):
            line[name] = value
    return line


def _amounts(line: Row, rules: Rules) -> None:
    """Work out the amount of a line, or check the one that was sent."""
    sent = line.get("LineAmount")
    quantity, unit = line.get("Quantity"), line.get("UnitAmount")
    if quantity is not None and quantity < 0:
        raise Invalid(faults.negative_quantity(f"{rounded(quantity, 4):f}"))
    if rules.approved and rules.strict and sent is None and (quantity is None or unit is None):
        raise Invalid("Quantity and UnitAmount must be specified for each line item.")
    quantity = rounded(ONE if quantity is None else quantity, 4)
    if unit is None:
        unit = (sent or ZERO) / (quantity or ONE)
    unit = rounded(unit, rules.unitdp)
    whole = quantity * unit
    rate = line.get("DiscountRate") or ZERO
    amount = cents(whole * (ONE - rate / HUNDRED)) - cents(line.get("DiscountAmount") or ZERO)
    if sent is not None and cents(sent) != amount:
        raise Invalid(faults.LINE_SUM.format(text(sent), text(amount)))
    if abs(amount) > MOST:
        raise Invalid(f"The line amount {text(amount)} is too large.")
    line.update(Quantity=quantity, UnitAmount=unit, LineAmount=amount)


def _account(company: Company, line: Row, rules: Rules, warnings: list[str]) -> None:
    """Check the account and the tax of a line. A draft loses an account that does not exist."""
    code = line.get("AccountCode") or ""
    if not code and not line.get("AccountID"):
        if rules.approved and rules.coded:
            raise Invalid(faults.ACCOUNT_NEEDED)
        line["TaxType"] = line.get("TaxType") or "NONE"
        _tax_row(company, line["TaxType"])
        return
    account = company.account(line if not code else {"AccountCode": code})
    label = code or str(line.get("AccountID"))
    if account is None:
        if rules.approved:
            raise Invalid(faults.account_refused(label))
        warnings.append(faults.account_removed(label))
        line.pop("AccountCode", None)
        line["TaxType"] = "NONE"
        return
    label = account.get("Code") or label
    if account["Status"] != "ACTIVE" and not company.by_hand:
        raise Invalid(faults.account_archived(label))
    if not _usable(company, account):
        raise Invalid(faults.account_refused(label))
    tax_type = line.get("TaxType") or account.get("TaxType") or "NONE"
    if rules.amounts == "NoTax":
        _tax_row(company, tax_type)
        tax_type = "NONE"
    if not tax_allowed(company, _tax_row(company, tax_type), account):
        raise Invalid(faults.tax_refused(tax_type, account.get("Code", "")))
    line.update(
        AccountCode=account.get("Code", ""), AccountID=account["AccountID"], TaxType=tax_type
    )


def _usable(company: Company, account: Row) -> bool:
    """Whether a line of a sales document may go to this account."""
    if account["Type"] in ("BANK", "INVENTORY") or account.get("SystemAccount"):
        return False
    assets = ("CURRENT", "NONCURRENT", "FIXED", "PREPAYMENT")
    return company.settings.asset_lines == "accept" or account["Type"] not in assets


def _tax_row(company: Company, tax_type: str) -> Row:
    row = company.tables["TaxRates"].rows.get(tax_type)
    if row is None or row["Status"] != "ACTIVE":
        raise Invalid(faults.tax_unknown(tax_type))
    return row


def _tax(company: Company, line: Row, rules: Rules) -> Decimal:
    if rules.amounts == "NoTax":
        return ZERO
    if line.get("TaxAmount") is not None:
        return cents(line["TaxAmount"])
    percent = tax_percent(company, line["TaxType"])
    if rules.amounts == "Inclusive":
        amount: Decimal = line["LineAmount"]
        return cents(amount - amount / (ONE + percent / HUNDRED))
    return cents(line["LineAmount"] * percent / HUNDRED)
