"""Every refusal of the API, with the texts that were seen (FACTS Q39).

Where no text is on record the wording is ours, in the same manner, and says so in the README.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

INACTIVE = (
    "Something you're trying to use has been made inactive. Check the fields with accounts, "
    "customers, items, vendors or employees."
)
PERIOD_CLOSED = (
    "The account period has closed and the account books cannot be updated through the QBO "
    "Services API. Please use the QBO website to make these changes."
)
BUSINESS = "A business validation error has occurred while processing your request"


@dataclass(frozen=True, slots=True)
class Error:
    """One entry of a fault."""

    code: str
    message: str
    detail: str | None
    element: str | None = ""


@dataclass(slots=True)
class Refused(Exception):
    """The API refuses. `gateway` faults use the lower-case envelope."""

    errors: list[Error]
    status: int = 400
    type: str = "ValidationFault"
    gateway: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the fault without its envelope, as a batch item carries it."""
        return {
            "Error": [
                {
                    "Message": error.message,
                    "Detail": error.detail,
                    "code": error.code,
                    "element": error.element,
                }
                for error in self.errors
            ],
            "type": self.type,
        }


def refused(code: str, message: str, detail: str | None, element: str | None = "") -> Refused:
    return Refused([Error(code, message, detail, element)])


def missing(*names: str) -> Refused:
    message = "Required param missing, need to supply the required value for the API"
    return Refused(
        [
            Error("2020", message, f"Required parameter {name} is missing in the request", name)
            for name in names
        ]
    )


def wrong_length(element: str, longest: int, supplied: int, shortest: int = 0) -> Error:
    return Error(
        "2050",
        "String length is either shorter or longer than supported by specification",
        f"String length specified does not match the supported length. Min:{shortest} "
        f"Max:{longest} supported. Supplied length:{supplied}",
        element,
    )


def unsupported_property(detail: str = "") -> Refused:
    return refused(
        "2010",
        "Request has invalid or unsupported property",
        detail or "failed to parse json object; a property specified is unsupported or invalid",
    )


def bad_format(element: str, value: object) -> Refused:
    return refused("2030", "Invalid ID", f"Invalid value '{value}' for {element}", element)


def bad_number(element: str, value: object) -> Refused:
    return refused("2080", "Illegal number format", f"Illegal number format: {value}", element)


def bad_enumeration(element: str, value: object) -> Refused:
    return refused("2170", "Invalid Enumeration", f"Invalid Enumeration : {value}", element)


def unknown_reference(element: str) -> Refused:
    return refused("2500", "Invalid Reference Id", f"Invalid Reference Id : {INACTIVE}", element)


def not_found(element: str = "") -> Refused:
    return refused("610", "Object Not Found", f"Object Not Found : {INACTIVE}", element)


def already_deleted() -> Refused:
    return refused(
        "610", "Object Not Found", "Object Not Found : Another user has deleted this transaction."
    )


def stale(editor: str) -> Refused:
    return refused(
        "5010",
        "Stale Object Error",
        f"Stale Object Error : You and {editor} were working on this at the same time. {editor} "
        "finished before you did, so your work was not saved.",
    )


def business(detail: str, element: str = "") -> Refused:
    return refused("6000", BUSINESS, f"Business Validation Error: {detail}", element)


def not_the_product(supplied: str) -> Refused:
    text = f"Amount is not equal to UnitPrice * Qty. Supplied value: {supplied}"
    return refused("6070", "Amount is not equal to UnitPrice * Qty", text, "Line.Amount")


def duplicate_number(number: str, kind: str, txn_id: str) -> Refused:
    return refused(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has "
        f"already been used. DocNumber={number} is assigned to TxnType={kind} with TxnId={txn_id}",
    )


def company_status() -> Refused:
    return refused(
        "6190",
        "Invalid Company Status",
        "Subscription period has ended or canceled or there was a billing problem : "
        "Subscription period has ended or canceled or there was a billing problem",
    )


def period_closed(code: str) -> Refused:
    return refused(
        code,
        "Account Period Closed, Cannot Update Through Services API",
        f"Account Period Closed, Cannot Update Through Services API : {PERIOD_CLOSED}",
    )


def duplicate_name(of_a_person: bool) -> Refused:
    detail = "The name supplied already exists."
    if of_a_person:
        detail += (
            " : Another customer, vendor or employee is already using this name. "
            "Please use a different name."
        )
    return refused("6240", "Duplicate Name Exists Error", detail)


def wrong_account_type(element: str) -> Refused:
    return refused(
        "6430", "Invalid account type used", f"Invalid account type used: {element}", element
    )


def deposited() -> Refused:
    return refused(
        "6540",
        "Deposited Transaction cannot be changed",
        "Deposited Transaction cannot be changed : This transaction has been deposited. If you "
        "want to change or delete it, you must edit the deposit it appears on and remove it first.",
    )


def unsupported(operation: str) -> Refused:
    return refused(
        "500", "Unsupported Operation", f"Operation {operation} is not supported.", "Operation"
    )


def not_utf8() -> Refused:
    return refused("500", "Unsupported Operation", "The request body is not valid UTF-8.", "")


def query_syntax(detail: str) -> Refused:
    return refused("4000", "Error parsing query", f"QueryParserError: {detail}", None)


def query_invalid(detail: str) -> Refused:
    return refused("4001", "Invalid query", f"QueryValidationError: {detail}", None)


def system_failure() -> Refused:
    error = Error(
        "10000",
        "An application error has occurred while processing your request",
        "System Failure Error: java.lang.UnsupportedOperationException",
        "SystemFailureError",
    )
    return Refused([error], status=500, type="SystemFault")


def unauthorized(detail: str) -> Refused:
    message = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    return Refused([Error("3200", message, detail, None)], 401, "AUTHENTICATION", gateway=True)


def forbidden() -> Refused:
    message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    return Refused([Error("3100", message, None, None)], 403, "SERVICE", gateway=True)


def not_an_administrator() -> Refused:
    detail = "-11014-You do not have access to use QuickBooks Online Plus."
    error = Error("120", f"Authorization Failure: {detail}", f"Authorization Failure: {detail}")
    return Refused([error], 401, "AuthorizatonFault")


def throttled(status: int = 429) -> Refused:
    message = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    detail = "The request limit was reached.  Try again later"
    return Refused([Error("3001", message, detail, None)], status, "SERVICE", gateway=True)
