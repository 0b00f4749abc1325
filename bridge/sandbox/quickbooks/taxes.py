"""Sales tax of a company: the codes that its country has, and the code that every line must have.

Outside the US a company that charges tax takes no line without a TaxCode (6000, FACTS Q17). In the
US a line is TAX or NON (FACTS Q18), and without either it is what its item is (UNVERIFIED:
FACTS Q19).
"""

from __future__ import annotations

from bridge.sandbox.quickbooks import faults
from bridge.sandbox.quickbooks.company import Company
from bridge.sandbox.quickbooks.tables import Row

Codes = tuple[tuple[str, str], ...]
US = ("US", "USA")
PSEUDO: Codes = (("NON", "No tax"), ("TAX", "Tax"))
# Country → the word of its message, and (id, name) of its codes. Names as companies there have
# them; ids are numbers that a company gives. Others: invented after them.
COUNTRIES: dict[str, tuple[str, Codes]] = {
    "GB": ("VAT", (("5", "20.0% S"), ("6", "0.0% Z"), ("17", "Exempt"), ("18", "No VAT"))),
    "CA": ("GST/HST", (("2", "Exempt"), ("3", "Zero-rated"), ("4", "Out of scope"), ("5", "GST"))),
    "AU": ("GST", (("2", "GST free"), ("3", "Out of Scope"), ("10", "GST"))),
    "": ("sales tax", (("2", "Exempt"), ("3", "Standard"))),
}


def charged(company: Company) -> bool:
    """Return whether the company charges sales tax."""
    return company.settings.sales_tax != "off"


def show(company: Company) -> None:
    """Let preferences and tax codes be those of the company's country."""
    settings = company.settings
    in_the_us = settings.country in US
    company.preferences["TaxPrefs"] = {
        "UsingSalesTax": charged(company),
        "PartnerTaxEnabled": charged(company) and in_the_us,
    }
    codes = PSEUDO
    if charged(company) and not in_the_us:
        codes = COUNTRIES.get(settings.country, COUNTRIES[""])[1]
        if settings.sales_tax == "without_exempt":
            codes = tuple(code for code in codes if code[1] in ("20.0% S", "GST", "Standard"))
    table = company.tables["TaxCode"]
    for row_id in [row_id for row_id in table.rows if row_id not in dict(codes)]:
        table.rows[row_id] = {**table.rows[row_id], "Active": False}
    for row_id, name in codes:
        known = table.rows.get(row_id)
        if known is None or not known["Active"] or known["Name"] != name:
            row: Row = {**(known or {}), "Id": row_id, "Name": name, "Description": name}
            company.save_row("TaxCode", {**row, "Active": True, "Hidden": False})


def code_of(company: Company, detail: Row, item: Row) -> Row:
    """Return the tax code of a line, or refuse the line for having none."""
    given = detail.get("TaxCodeRef")
    if given:
        return dict(given)
    if charged(company) and company.settings.country not in US and not company.by_hand:
        word = COUNTRIES.get(company.settings.country, COUNTRIES[""])[0]
        raise faults.business(
            f"Make sure all your transactions have a {word} rate before you save.", ""
        )
    by_item = charged(company) and company.settings.country in US and item.get("Taxable")
    return {"value": "TAX" if by_item else "NON"}
