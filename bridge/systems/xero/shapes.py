"""The sorts of values in the fields of Xero's answers, by their names, wherever they stand.

By the official description (FACTS X7) and its examples, which leave out almost anything (payments
name their contacts and invoices in short form), so no object is asked for more here than its
sort; what a row must have is asked where rows are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.systems import truth
from bridge.systems.truth import (
    AMOUNT,
    FLAG,
    ID,
    NAME,
    OBJECT,
    OBJECTS,
    RATE,
    TEXT,
    WHOLE,
    Sort,
    Table,
    either,
    other_than_sent,
)
from bridge.systems.xero import stamps

Raw = dict[str, Any]

ZERO_ID = "00000000-0000-0000-0000-000000000000"
"""The id of an element that was not created (FACTS X11)."""

ID_FIELD = {
    "Contacts": "ContactID",
    "Invoices": "InvoiceID",
    "CreditNotes": "CreditNoteID",
    "Payments": "PaymentID",
    "BankTransactions": "BankTransactionID",
    "Overpayments": "OverpaymentID",
    "ManualJournals": "ManualJournalID",
    "Accounts": "AccountID",
    "Currencies": "Code",
    "TrackingCategories": "TrackingCategoryID",
}
"""What a row of each list is not without, and no other has."""
NUMBER_FIELD = {
    "Contacts": "ContactNumber",
    "Invoices": "InvoiceNumber",
    "CreditNotes": "CreditNoteNumber",
    "Payments": "Reference",
    "BankTransactions": "Reference",
    "Overpayments": "Reference",
}
"""What an element is known by before it has an id."""
_NEEDED = {"BankTransactions": ("Type", "BankAccount")}
"""What else a row is not without: one can be taken back only by saying them again."""
_ECHOED = frozenset({"ContactNumber", "InvoiceNumber", "CreditNoteNumber"})
"""What a new element is always answered with. Whether an overpayment keeps its Reference is
UNVERIFIED (FACTS X21)."""


def _is_moment(value: Any) -> bool:
    """A stamp of Xero or ISO text; empty text counts as nothing told."""
    if value == "":
        return True
    if not isinstance(value, str) or len(value) > truth.ID_MAX or not value.isascii():
        return False
    try:
        return stamps.instant(value) is not None
    except (ValueError, OverflowError):
        return False


def _is_settling(value: Any) -> bool:
    """Rows that each settle one invoice, if they name it."""
    return OBJECTS.fits(value) and all(OBJECT.fits(each.get("Invoice") or {}) for each in value)


MOMENT = Sort("a date", _is_moment)
_NAMED = Sort(
    "a list of objects with names",
    lambda value: OBJECTS.fits(value) and all(each.get("Name") for each in value),
)
_SETTLING = Sort("a list of what settles an invoice", _is_settling)

_BY_SORT: dict[Sort, str] = {
    ID: "ContactID InvoiceID CreditNoteID PaymentID BankTransactionID OverpaymentID "
    "ManualJournalID AccountID AllocationID LineItemID TrackingCategoryID TrackingOptionID "
    "tenantId",
    AMOUNT: "AmountDue RemainingCredit Total TotalTax Amount LineAmount BankAmount Outstanding "
    "AmountPaid AmountCredited UnitAmount Quantity",
    RATE: "CurrencyRate",
    MOMENT: "Date DueDate DateString DueDateString UpdatedDateUTC PeriodLockDate EndOfYearLockDate "
    "createdDateUtc updatedDateUtc",
    WHOLE: "pageCount",
    NAME: "ContactNumber AccountNumber InvoiceNumber CreditNoteNumber Name CurrencyCode "
    "Type Code TaxType AccountCode ContactStatus BaseCurrency CountryCode OrganisationStatus "
    "LegalName Class SystemAccount StatusAttributeString RowType Option tenantName tenantType",
    TEXT: "Reference Narration Url Description Message Detail",
    FLAG: "IsReconciled IsDeleted HasErrors HasValidationErrors EnablePaymentsToAccount",
    OBJECT: "Contact Account BankAccount Balances AccountsReceivable pagination",
    OBJECTS: "LineItems JournalLines Tracking TaxRates ValidationErrors Elements "
    "Reports Rows Cells Attributes Actions Organisations Prepayments " + " ".join(ID_FIELD),
}
SHAPES: Table = {
    **{name: sort for sort, names in _BY_SORT.items() for name in names.split()},
    "Status": either("a word", NAME, WHOLE),  # a number in refusals by the gateway
    "Options": _NAMED,
    "TrackingCategories": _NAMED,
    "Allocations": _SETTLING,
    "Payments": _SETTLING,
    # A list where an allocation was deleted (FACTS X19).
    "Invoice": either("an object", OBJECT, OBJECTS),
}


def rows_of(content: Raw, resource: str) -> list[Raw]:
    """The rows of a list, each with its id and once. Raises TryLater where there is no such list:
    what is left out of an answer must not pass for absent."""
    found: Any = content.get(resource)
    field = ID_FIELD[resource]
    sort = truth.rows(field, *_NEEDED.get(resource, ()))
    if not sort.fits(found):
        raise truth.untrue("Xero", f"{resource} is not {sort.noun}")
    return list({raw[field]: raw for raw in found}.values())


def not_what_was_sent(resource: str, body: Mapping[str, Any], element: Mapping[str, Any]) -> str:
    """Why an element of an answer is not the one that was sent; empty when it is."""
    own, number = ID_FIELD.get(resource, ""), NUMBER_FIELD.get(resource, "")
    if body.get(own):
        return other_than_sent(own, body.get(own), element.get(own))
    always = number in _ECHOED
    wrong = other_than_sent(number, body.get(number), element.get(number), always=always)
    for part, field in (("Contact", "ContactID"), ("Invoice", "InvoiceID")):
        ours, theirs = (body.get(part) or {}).get(field), (element.get(part) or {}).get(field)
        wrong = wrong or other_than_sent(field, ours, theirs)
    return wrong


def not_an_answer(path: str, resource: str, element: Raw) -> str:
    """Why it can not be the answer to a call about one object; empty when it can.

    Which object it is about is for those to compare who know it: the examples of the description
    answer with other ids than were asked for. A deleted allocation spells its id in another way
    (FACTS X19), a new one is told without an id.
    """
    if resource != "Allocations":
        return "" if element.get(ID_FIELD[resource]) else f"the answer has no {ID_FIELD[resource]}"
    external_id = path.partition("?")[0].rpartition("/")[2]
    if external_id == resource:
        return "" if OBJECT.fits(element.get("Invoice")) else "the answer names no invoice"
    told = element.get("AllocationID") or element.get("AllocationId")
    return "" if told == external_id else "the answer is about another allocation"
