"""Every refusal of the API: code, text, HTTP status (FACTS Z42, Z43).

Codes from 900000 are ours: no source shows what Zoho answers there. A client must not build
on them; README.md lists them.
"""

from __future__ import annotations

from typing import Any

# What the API says in another language is on no record; only the code is the same.
SPANISH = "No se pudo completar la operación."

TEXTS: dict[int, tuple[int, str]] = {
    2: (400, "Invalid value passed for {0}"),
    4: (400, "Invalid value passed for {0}"),
    5: (404, "Invalid URL Passed"),
    14: (
        401,
        (
            "The request could not be authenticated as the authentication value you entered is "
            "invalid. Enter a valid authentication value and try again."
        ),
    ),
    37: (405, "The HTTP method {0} is not allowed for the requested resource"),
    44: (
        429,
        (
            "For security reasons your organization has been blocked as it have exceeded the "
            "maximum number of requests per minute that can originate from an organization."
        ),
    ),
    45: (
        429,
        "The API call for this organization has exceeded the maximum call rate limit of {0:,}.",
    ),
    57: (401, "You are not authorized to perform this operation"),
    1000: (500, "Internal error"),
    1038: (400, "JSON is not well formed"),
    1040: (
        400,
        "This credit note has been applied or refunded. Hence, it cannot be deleted.",
    ),
    1070: (
        429,
        (
            "You have reached the maximum number of in process requests allowed. Kindly try again "
            "after some time."
        ),
    ),
    2006: (400, "Item does not exist"),
    2049: (
        400,
        (
            "Items which are a part of other transactions cannot be deleted. Instead, mark them as "
            "inactive"
        ),
    ),
    3000: (400, "This contact cannot be deleted since you have recorded transactions for it"),
    3004: (
        400,
        "The Customer field can neither be blank nor incorrect. Please enter a correct Customer",
    ),
    3009: (
        400,
        (
            "The contact details of this invoice cannot be edited as the credits have been applied "
            "to it"
        ),
    ),
    3010: (
        400,
        (
            "The customer for this invoice cannot be changed because payments have been recorded "
            "for this invoice"
        ),
    ),
    3013: (400, "Enter a valid Contact Name"),
    3031: (400, "The contact is already active."),
    3032: (400, "The contact is already inactive."),
    3062: (400, 'The customer "{0}" already exists. Please specify a different name.'),
    4001: (400, "Payments have been recorded for these invoices. Hence they cannot be deleted"),
    4038: (
        400,
        (
            "Some of the invoices for which you've chosen to record payments do not exist. Please "
            "check and retry."
        ),
    ),
    4097: (
        400,
        (
            "Number entered does not match the auto-generated number. Either change the number or "
            "disable the auto-generation of numbers."
        ),
    ),
    6041: (400, "This user is not associated with the CompanyID/CompanyName:{0}."),
    9004: (400, "This currency does not exist. Please choose a valid currency"),
    12003: (400, "Credit notes that are in closed status cannot be applied to invoices"),
    12004: (400, "Credit notes that are in void status cannot be applied to invoices"),
    12005: (400, "Credits cannot be applied to invoices in the draft status"),
    12006: (400, "Credits cannot be applied to invoices in the closed status"),
    12007: (400, "Credits cannot be applied to invoices in the void status"),
    12008: (400, "This invoice has credits applied to it. Hence, it cannot be deleted"),
    12018: (400, "The specified Credit Note Number already exists"),
    21004: (400, "The Debits and Credits do not match. Please make sure they're equal."),
    24016: (400, "The amount entered is more than the balance due for the selected invoices."),
    103001: (
        400,
        "Your trial of Zoho Books is over. Please upgrade to a paid plan to enjoy our service.",
    ),
    120104: (400, "Salesperson cannot be empty"),
    900001: (400, "The parameter organization_id is missing."),
    900002: (
        400,
        (
            "Transactions up to {0} have been locked. You cannot add, edit or delete them until "
            "they are unlocked."
        ),
    ),
    900003: (400, "The currency of the {0} does not match the currency of the customer."),
    900004: (400, "The {0} is marked as inactive."),
    900005: (400, 'The value "{0}" of the field {1} already exists in another record.'),
    900006: (400, "No record has the value {1} in the field {0}."),
    900007: (400, "The field {0} does not identify records: it is not a unique custom field."),
    900008: (400, "The {0} has already been marked as void."),
    900009: (400, "The invoice has already been marked as sent."),
    900010: (400, "The amount entered is more than the amount that can be refunded."),
    900011: (400, "The invoice cannot be written off as nothing is due on it."),
    900012: (400, "The total cannot be less than what has been paid or credited already."),
    900013: (400, "Invalid Element {0}"),
    900014: (400, "The amount applied to invoices is more than the amount of the payment."),
    900015: (400, "The credits applied are more than the balance of the credit."),
    900016: (400, "The custom field {0} does not exist."),
    900017: (400, "The account does not exist or cannot be used here."),
    900018: (400, "The credit note has been applied or refunded. Undo this first."),
    900019: (400, "The system account cannot be changed in this way."),
    900020: (400, "The account is involved in transactions. Hence, it cannot be deleted."),
    900021: (400, "The currency of a contact with transactions cannot be changed."),
    900022: (400, "The status cannot be changed from {0} to {1}."),
    900023: (400, "The invoice has not been written off."),
    900024: (400, "A line on the receivable account needs one customer for the whole journal."),
    900025: (400, "The sandbox does not have {0}."),
    900026: (400, "Locations are not enabled in this organization."),
    900027: (400, "The payment has been refunded. Delete the refund first."),
    900028: (400, "A paid invoice cannot be edited."),
    900029: (400, "{0} already exists"),
    900030: (400, "The journal has been applied to invoices. Undo this first."),
    900032: (400, "The type of an account that is involved in transactions cannot be changed."),
    900031: (400, "The plan of the organization does not allow more custom fields."),
}

# What a missing object is called, word for word where it was seen (the others are alike).
MISSING = {
    "invoices": "Invoice does not exist.",
    "contacts": "Contact does not exist",
    "creditnotes": "Credit Note does not exists",
    "items": "Item does not exist",
    "customer": "The Customer is not accessible.",
}


class Refused(Exception):
    """The API refuses."""

    def __init__(self, code: int, message: str, status: int) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def body(self, language: str = "en") -> dict[str, Any]:
        return {"code": self.code, "message": SPANISH if language == "es" else self.message}


def refused(code: int, *values: object) -> Refused:
    status, text = TEXTS[code]
    return Refused(code, text.format(*values), status)


def missing(table: str) -> Refused:
    text = MISSING.get(table, f"{table.rstrip('s').capitalize()} does not exist.")
    return Refused(1002, text, 404)


def taken(what: str) -> Refused:
    """Refuse a number or name that is in use, as invoices and items do."""
    return Refused(1001, f"{what} already exists", 400)
