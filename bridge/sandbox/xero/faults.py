"""The refusals of Xero: the texts, codes and shapes of its answers (FACTS X44, X45).

Texts that no source gives are worded here, in the manner of the recorded ones; README.md
lists them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bridge.sandbox.wire import HTML, Response, answer
from bridge.sandbox.xero.values import ZERO_ID, new_id, spoken_day

PLAIN = "text/plain;charset=UTF-8"

ARCHIVED_EDIT = (
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API."
)
ARCHIVED_USE = (
    "The contact with the specified contact details has been archived. "
    "The contact must be un-archived before creating new invoices or credit notes"
)
NO_CONTACT = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)
CONTACT_NUMBER_TAKEN = (
    "Another contact has this contact number. Please enter a different contact number."
)
NUMBER_TAKEN = "Invoice # must be unique."
CREDIT_NOTE_NUMBER_TAKEN = "Credit Note # must be unique."
PAID_DOCUMENT = "This document cannot be edited as it has a payment or credit note allocated to it."
VOID_WITH_PAYMENTS = (
    "The status VOIDED cannot be applied to the {} because it has payments or credit notes "
    "allocated to it."
)
PAYMENT_TOO_LARGE = "Payment amount exceeds the amount outstanding on this document"
PAYMENT_TARGET = "Payments can only be made against Authorised documents"
PAYMENT_STATUS = "Payment not of valid status for modification"
PAYMENT_IN_BATCH = "Payments within a batch cannot be deleted."
PAYMENT_ACCOUNT = "Account type is invalid for making a payment to/from"
ACCOUNT_UNKNOWN = "Account could not be found"
ACCOUNT_NEEDED = "Account code must be specified"
DUE_DATE_NEEDED = "Due date cannot be empty."
EMAIL = "Email address must be valid."
LINE_SUM = "The line total {} does not match the expected line total {}"
NEGATIVE_TOTAL = "The Total for this document must be greater than or equal to zero."
CREDIT_TOO_LARGE = "Credit Note cannot be allocated as amount is greater than amount outstanding"
ALREADY_PAID = "The invoice you are trying to allocate to has already been paid off"
UNKNOWN_DOCUMENT = "The document with the supplied id was not found for this endpoint."
UNKNOWN_CREDIT_NOTE = "An existing Credit Note with the specified CreditNoteID could not be found"
APPROVAL_LIMIT = "You have reached the limit of invoices you can approve"
OFFLINE = "The Organisation is offline"
CRASHED = "An error occurred in Xero. Check the API Status page http://status.developer.xero.com"


class Invalid(Exception):
    """One element breaks a rule; the messages go into its ValidationErrors."""

    def __init__(self, *messages: str) -> None:
        super().__init__("; ".join(messages))
        self.messages = list(dict.fromkeys(messages))


class Refused(Exception):
    """The whole request is refused with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"{response.status}")
        self.response = response


def api_error(error_number: int, kind: str, message: str) -> Refused:
    body = {"ErrorNumber": error_number, "Type": kind, "Message": message}
    return Refused(answer(body, 400))


def validation(elements: list[dict[str, Any]]) -> Refused:
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": elements,
    }
    return Refused(answer(body, 400))


def unreadable(message: str) -> Refused:
    return api_error(14, "PostDataInvalidException", message)


def no_elements(one: str) -> Refused:
    # "specifed" is how Xero spells it.
    message = (
        "No data has been processed for this endpoint. This endpoint is expecting "
        f"{one} data to be specifed in the request body."
    )
    return api_error(17, "NoDataProcessedException", message)


def bad_filter(message: str) -> Refused:
    return api_error(16, "QueryParseException", message)


def not_found() -> Refused:
    """An id in the path that does not exist: text/html without a word."""
    return Refused(Response(404, b"", HTML))


def not_implemented() -> Refused:
    return Refused(Response(501, b"Not implemented", PLAIN))


def offline() -> Refused:
    return Refused(Response(503, OFFLINE.encode(), PLAIN))


def crashed() -> Response:
    body = {"ErrorNumber": 500, "Type": "InternalServerException", "Message": CRASHED}
    return answer(body, 500)


def unauthorized(detail: str, *, scope: bool = False) -> Refused:
    response = answer(_problem("Unauthorized", 401, detail, new_id()), 401)
    # The header is how a missing scope is told from a missing login.
    error = "insufficient_scope" if scope else "invalid_token"
    response.headers["WWW-Authenticate"] = f'Bearer error="{error}"'
    return Refused(response)


def token_expired(at_s: float) -> Refused:
    moment = datetime.fromtimestamp(at_s, UTC).strftime("%m/%d/%Y %H:%M:%S")
    return unauthorized(f"TokenExpired: token expired at {moment}")


def forbidden(detail: str = "AuthenticationUnsuccessful") -> Refused:
    return Refused(answer(_problem("Forbidden", 403, detail, ZERO_ID), 403))


def locked(which: str, day: str) -> str:
    return (
        f"The document date cannot be before the {which} lock date, "
        f"currently set at {spoken_day(day)}"
    )


def wrong_status(noun: str) -> Invalid:
    return Invalid(f"{noun} not of valid status for modification")


def name_taken(name: str) -> str:
    return (
        f"The contact name {name} is already assigned to another contact. "
        "The contact name must be unique across all active contacts."
    )


def no_currency(code: str) -> str:
    return f"Organisation is not subscribed to currency {code}"


def account_refused(code: str) -> str:
    return f"Account code '{code}' is not a valid code for this document."


def account_archived(code: str) -> str:
    return (
        f"Account code '{code}' has been archived, or has been deleted. "
        "Each line item must reference a valid account."
    )


def account_removed(code: str) -> str:
    return f"Account code '{code}' has been removed as it does not match a recognised account."


def tax_unknown(code: str) -> str:
    return f"The TaxType code '{code}' is not valid"


def tax_refused(code: str, account: str) -> str:
    return f"The TaxType code '{code}' cannot be used with account code '{account}'"


def negative_quantity(quantity: str) -> str:
    return f"The quantity value '{quantity}' is invalid. Quantity must not be less than zero."


def _problem(title: str, status: int, detail: str, instance: str) -> dict[str, Any]:
    return {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": instance,
        "Extensions": {},
    }
