"""The sorts of values in the fields of QuickBooks' answers, by their names, wherever they stand.

By the vendor's own schema (FACTS Q5); only what the bridge reads. `Deposit` is an amount on an
invoice and an object beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.systems import truth
from bridge.systems.truth import (
    AMOUNT,
    DAY,
    FLAG,
    ID,
    INSTANT,
    NAME,
    OBJECT,
    OBJECTS,
    RATE,
    TEXT,
    Sort,
    Table,
    either,
    other_than_sent,
)

Raw = dict[str, Any]

_NEEDED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("Invoice", "CreditMemo", "Payment", "SalesReceipt"), ("SyncToken", "TotalAmt")
    ),
    **dict.fromkeys(("JournalEntry", "Deposit"), ("SyncToken", "TxnDate")),
    **dict.fromkeys(("Item", "TaxCode", "PaymentMethod", "Term", "Class", "Department"), ("Name",)),
    "Account": ("AccountType",),
    "CompanyCurrency": ("Code",),
    "Customer": (),
}
"""Entity → what no object of it is without, beside its id. Of a deleted one the id alone is left,
and samples of the reference show no more than this (changedatacapture: customers by ids alone)."""


def _entity(name: str) -> Sort:
    whole, gone = truth.rows("Id", *_NEEDED[name]), truth.rows("Id")

    def fit(value: Any) -> bool:
        found: Sequence[Any] = value if isinstance(value, list) else [value]
        if not gone.fits(found) or not all(RATE.fits(e.get("ExchangeRate", "")) for e in found):
            return False
        return whole.fits([each for each in found if each.get("status") != "Deleted"])

    return Sort(f"whole, each with {', '.join(('its own Id', *_NEEDED[name]))}", fit)


def _is_link(value: Any) -> bool:
    return OBJECTS.fits(value) and all(each.get("TxnId") for each in value)


_ENTITIES = {name: _entity(name) for name in _NEEDED}


def _is_reference(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and ID.fits(value.get("value") or "")
        and NAME.fits(value.get("name") or "")
    )


_REF = Sort("a reference", _is_reference)
_LIST_OR_OBJECT = either("an object", OBJECT, OBJECTS)

_BY_SORT: dict[Sort, str] = {
    ID: "Id SyncToken TxnId bId",
    AMOUNT: "TotalAmt Balance UnappliedAmt RemainingCredit Amount TotalTax CurrentBalance",
    RATE: "ExchangeRate Rate",
    DAY: "TxnDate DueDate BookCloseDate",
    INSTANT: "LastUpdatedTime",
    NAME: "status TxnType DetailType PostingType DocNumber PaymentRefNum DisplayName Name "
    "FullyQualifiedName AcctNum AccountType Classification Code Country CompanyName LegalName",
    TEXT: "PrivateNote Notes Description StringValue Message Detail",
    FLAG: "Active MultiCurrencyEnabled CustomTxnNumbers AutoApplyCredit UsingSalesTax "
    "ClassTrackingPerTxn ClassTrackingPerTxnLine TrackDepartments",
    OBJECTS: "Line CustomField NameValue CDCResponse BatchItemResponse Error",
    OBJECT: "MetaData TxnTaxDetail SalesItemLineDetail JournalEntryLineDetail "
    "DepositLineDetail Entity Fault CompanyAddr CustomerCommunicationAddr LegalAddr PrimaryPhone "
    "Email WebAddr CurrencyPrefs AccountingInfoPrefs SalesFormsPrefs TaxPrefs",
    _REF: "CustomerRef CurrencyRef DepositToAccountRef ClassRef DepartmentRef ItemRef "
    "ItemAccountRef TaxCodeRef IncomeAccountRef AssetAccountRef ExpenseAccountRef ParentRef "
    "SalesTaxCodeRef PurchaseTaxCodeRef AccountRef EntityRef HomeCurrency",
    # An object where a settings entity is fetched, a list where it is asked for by a query.
    _LIST_OR_OBJECT: "QueryResponse CompanyInfo Preferences",
}

SHAPES: Table = {
    **{name: sort for sort, names in _BY_SORT.items() for name in names.split()},
    **_ENTITIES,
    "LinkedTxn": Sort("a list of links, each with its TxnId", _is_link),
    "CustomerMemo": Sort(
        "a text", lambda value: isinstance(value, dict) and TEXT.fits(value.get("value") or "")
    ),
    "Deposit": either("an amount or a deposit", AMOUNT, _ENTITIES["Deposit"]),
    # Of an ExchangeRate answer it is the object, on a document the rate.
    "ExchangeRate": either("a rate", RATE, OBJECT),
}


def rows_of(response: Raw, entity: str) -> list[Raw]:
    """The rows of one entity in a QueryResponse. Raises TryLater where it tells none and counts
    some: what is left out of an answer must not pass for absent."""
    found = response.get(entity) or []
    counted = response.get("maxResults") not in (None, 0)
    told = any(isinstance(each, list) for each in response.values())  # of changes, another entity
    if not isinstance(found, list) or (counted and not told):
        raise truth.untrue("QuickBooks", f"{entity} is not a list of rows")
    return found


def not_what_was_sent(body: Raw, raw: Raw) -> str:
    """Why an object of an answer is not the one that was written; empty when it is.

    A change names the object; a new one carries the number or name that it was sent with.
    """
    if "Id" in body:
        return "" if raw["Id"] == body["Id"] else "the answer is about another object"
    for field in ("DocNumber", "PaymentRefNum", "DisplayName"):
        if wrong := other_than_sent(field, body.get(field), raw.get(field), always=True):
            return wrong
    sent = (body.get("CustomerRef") or {}).get("value")
    if sent and (raw.get("CustomerRef") or {}).get("value") != sent:
        return "the answer is about another customer"
    return ""
