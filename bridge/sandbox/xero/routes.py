"""Which path does what: reads, bulk writes, and the places that are like no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bridge.sandbox.wire import Request, Response, answer
from bridge.sandbox.xero import (
    allocations,
    batches,
    contacts,
    history,
    lists,
    payments,
    reading,
    rendering,
    reports,
    shapes,
    writing,
)
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.envelopes import envelope
from bridge.sandbox.xero.faults import Invalid, not_found, not_implemented, unreadable, validation
from bridge.sandbox.xero.schema import clean
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import ZERO_ID, ms_day, ms_time

POSTABLE = ("Accounts", "ContactGroups", "TrackingCategories", "Payments")
LISTS = (*writing.RESOURCES, "Overpayments", "BatchPayments", "TaxRates")
WITH_HISTORY = (
    "BankTransactions",
    "BatchPayments",
    "Contacts",
    "CreditNotes",
    "Invoices",
    "Items",
    "ManualJournals",
    "Overpayments",
    "Payments",
)
ACTIONS = ("CreateApprovedInvoice", "CreateDraftInvoice", "CreateInvoiceRepeating")


class Routes:
    """Answers one call of the accounting API, after login and limits."""

    def __init__(self, company: Company, provider: str) -> None:
        self._company, self._provider = company, provider

    def answer(self, request: Request, place: list[str]) -> Response:
        """Do what the request asks; raises Refused with the answer otherwise."""
        resource = place[0]
        special = SPECIAL.get(resource)
        value = special(self._company, request, place[1:]) if special else None
        if value is None:
            value = self._usual(request, resource, place[1:])
        if isinstance(value, Response):
            return value
        return envelope(self._provider, self._company.now_ms(), value)

    def _usual(self, request: Request, name: str, rest: list[str]) -> Row | Response:
        company = self._company
        if name not in LISTS:
            raise not_found()
        if len(rest) >= 2:
            return self._below(request, name, rest)
        if request.method == "GET":
            if not rest:
                return reading.many(company, name, request)
            row = reading.one(company, name, rest[0])
            return {name: [rendering.show(company, name, row, full=True)]}
        resource = writing.RESOURCES.get(name)
        if resource is None:
            raise not_implemented()
        if request.method == "DELETE" and rest:
            return self._delete(name, rest[0])
        if request.method == "PUT" and not rest:
            return {name: writing.write_many(company, resource, request, create=True)}
        if request.method == "POST":
            return self._post(request, resource, rest)
        raise not_implemented()

    def _post(self, request: Request, resource: writing.Resource, rest: list[str]) -> Row:
        """POST changes what the path or the element names; of payments it makes one."""
        company, name = self._company, resource.table
        if not rest:
            if name in POSTABLE and name != "Payments":
                raise not_implemented()
            create = name == "Payments"
            return {name: writing.write_many(company, resource, request, create=create)}
        row = reading.one(company, name, rest[0])
        row_id: str = row[company.tables[name].id_name]
        if name == "Payments":
            return self._delete_payment(request, row)
        rows = writing.write_many(company, resource, request, create=False, row_id=row_id)
        return {name: rows}

    def _delete_payment(self, request: Request, row: Row) -> Row:
        company = self._company
        body = writing.elements_of(writing.read_body(request), "Payments", "Payment")[0]
        change = clean("Payment", body)
        try:
            if change.get("Status") != "DELETED":
                raise Invalid("Payments cannot be changed; only the Status DELETED can be set.")
            payments.delete(company, row["PaymentID"])
        except Invalid as refused:
            raise _refused(
                company, "Payments", {**body, "PaymentID": row["PaymentID"]}, refused
            ) from None
        return {"Payments": [_shown(company, "Payments", row["PaymentID"])]}

    def _delete(self, name: str, row_id: str) -> Row | Response:
        company = self._company
        row = reading.one(company, name, row_id)
        try:
            if name == "Items":
                company.drop("Items", row["ItemID"])
                return Response(204)
            if name == "Accounts":
                lists.delete_account(company, row["AccountID"])
                return {name: [_shown(company, name, row["AccountID"])]}
            if name == "TrackingCategories":
                change = {"Status": "DELETED"}
                lists.write_category(company, change, create=False, row_id=row_id)
                return {name: [_shown(company, name, row_id)]}
        except Invalid as refused:
            raise _refused(company, name, {}, refused) from None
        raise not_implemented()

    def _below(self, request: Request, name: str, rest: list[str]) -> Row | Response:
        """Answer what lies below a document: its history, its allocations."""
        company = self._company
        row = reading.one(company, name, rest[0])
        row_id: str = row[company.tables[name].id_name]
        if rest[1] == "History" and name in WITH_HISTORY and len(rest) == 2:
            return self._history(request, row, row_id)
        if rest[1] == "Allocations" and name in allocations.SOURCES:
            if request.method == "PUT" and len(rest) == 2:
                return self._allocate(request, name, row)
            if request.method == "DELETE" and len(rest) == 3:
                return self._free(row_id, rest[2])
        if rest[1] == "OnlineInvoice" and name == "Invoices" and request.method == "GET":
            return {"OnlineInvoices": [{"OnlineInvoiceUrl": f"https://in.xero.com/{row_id[:8]}"}]}
        raise not_implemented() if request.method != "GET" else not_found()

    def _history(self, request: Request, row: Row, row_id: str) -> Row:
        company = self._company
        if request.method == "GET":
            return {"HistoryRecords": history.records(company, row, row_id)}
        if request.method != "PUT":
            raise not_implemented()
        body = writing.read_body(request)
        found = writing.elements_of(body, "HistoryRecords", "HistoryRecord")
        try:
            notes = [history.note(company, row_id, clean("HistoryRecord", each)) for each in found]
        except Invalid as refused:
            raise validation([_messages(refused)]) from None
        return {"HistoryRecords": notes}

    def _allocate(self, request: Request, name: str, row: Row) -> Row:
        """Allocate as the body says: all of it or nothing."""
        company = self._company
        body = writing.read_body(request)
        found = writing.elements_of(body, "Allocations", "Allocation")
        id_name = company.tables[name].id_name
        made: list[str] = []
        mark = company.mark()
        for element in found:
            try:
                current = company.tables[name].rows[row[id_name]]
                made.append(allocations.write(company, name, current, clean("Allocation", element)))
            except Invalid as refused:
                company.rollback(mark)
                raise validation([_repeated(element, refused)]) from None
        rows = company.tables["Allocations"].rows
        return {"Allocations": [rendering.allocation(company, rows[each]) for each in made]}

    def _free(self, source_id: str, allocation_id: str) -> Response:
        company = self._company
        row = company.tables["Allocations"].rows.get(allocation_id.lower())
        if row is None or row["SourceID"] != source_id:
            raise not_found()
        shown = rendering.allocation(company, row)
        try:
            allocations.delete(company, row)
        except Invalid as refused:
            raise validation([_messages(refused)]) from None
        kept = {name: shown[name] for name in ("AllocationID", "Amount", "Date", "Invoice")}
        return answer({**kept, "IsDeleted": True})


def _shown(company: Company, name: str, row_id: str) -> Row:
    shown: Row = rendering.show(company, name, company.tables[name].rows[row_id], full=True)
    return shown


def _messages(refused: Invalid) -> Row:
    return {"ValidationErrors": [{"Message": message} for message in refused.messages]}


def _repeated(element: Row, refused: Invalid) -> Row:
    kept: Row = {name: element[name] for name in ("Amount", "Invoice") if name in element}
    return {"AllocationID": ZERO_ID, **kept, **_messages(refused)}


def _refused(company: Company, name: str, element: Row, refused: Invalid) -> Exception:
    return validation([writing.echo(company, writing.RESOURCES[name], element, refused)])


def _organisation(company: Company, request: Request, rest: list[str]) -> Row | None:
    if request.method != "GET":
        raise not_implemented()
    if rest == ["Actions"]:
        many = "ALLOWED" if company.settings.multicurrency else "NOT-ALLOWED"
        shown = [{"Name": name, "Status": "ALLOWED"} for name in ACTIONS]
        return {"Actions": [*shown, {"Name": "UseMulticurrency", "Status": many}]}
    row = {name: value for name, value in company.organisation.items() if value is not None}
    row["CountryCode"] = company.settings.country
    for name in ("PeriodLockDate", "EndOfYearLockDate"):
        if row.get(name):
            row[name] = ms_day(row[name])
    row["CreatedDateUTC"] = ms_time(row.pop("_created"))
    row.update(Addresses=[], Phones=[], ExternalLinks=[], PaymentTerms={})
    return {"Organisations": [row]}


def _currencies(company: Company, request: Request, rest: list[str]) -> Row | None:
    if request.method == "GET":
        codes = [company.home, *company.currencies]
        return {"Currencies": [shapes.currency(code) for code in codes]}
    if request.method != "PUT":
        raise not_implemented()
    found = writing.elements_of(writing.read_body(request), "Currencies", "Currency")[:1]
    try:
        codes = [lists.write_currency(company, clean("Currency", each)) for each in found]
    except Invalid as refused:
        raise validation([_messages(refused)]) from None
    return {"Currencies": [shapes.currency(code) for code in codes]}


def _reports(company: Company, request: Request, rest: list[str]) -> Row | None:
    if request.method != "GET" or len(rest) != 1:
        raise not_implemented()
    return reports.report(company, rest[0], request)


def _prepayments(company: Company, request: Request, rest: list[str]) -> Row | None:
    """None are ever made here, so the list is empty."""
    if request.method != "GET":
        raise not_implemented()
    if rest:
        raise not_found()
    return {"Prepayments": []}


def _batch_payments(company: Company, request: Request, rest: list[str]) -> Row | None:
    if request.method == "GET" or (len(rest) == 2 and rest[1] == "History"):
        return None
    if len(rest) > 1 or request.method not in ("PUT", "POST"):
        raise not_implemented()
    found = writing.elements_of(writing.read_body(request), "BatchPayments", "BatchPayment")
    made = []
    for element in found:
        mark = company.mark()
        try:
            made.append(_write_batch(company, clean("BatchPayment", element), request, rest))
        except Invalid as refused:
            company.rollback(mark)
            shown = {"BatchPaymentID": ZERO_ID, **_messages(refused)}
            raise validation([shown]) from None
    return {"BatchPayments": [_shown(company, "BatchPayments", each) for each in made]}


def _write_batch(company: Company, body: Row, request: Request, rest: list[str]) -> str:
    wanted: str = rest[0].lower() if rest else body.get("BatchPaymentID", "")
    if request.method == "PUT" and not rest:
        return batches.write(company, body)
    if body.get("Status") != "DELETED":
        raise Invalid("Batch payments cannot be changed; only the Status DELETED can be set.")
    batches.delete(company, wanted)
    return wanted


def _tracking(company: Company, request: Request, rest: list[str]) -> Row | None:
    """Answer the options of a category; the category itself goes the usual way."""
    if len(rest) < 2 or rest[1] != "Options":
        return None
    category = reading.one(company, "TrackingCategories", rest[0])["TrackingCategoryID"]
    option_id = rest[2].lower() if len(rest) > 2 else ""
    allowed = ("POST", "DELETE") if option_id else ("PUT",)
    if request.method not in allowed:
        raise not_implemented()
    try:
        if request.method == "DELETE":
            bodies: list[Row] = [{"Status": "DELETED"}]
        else:
            found = writing.elements_of(writing.read_body(request), "Options", "Option")
            bodies = [clean("Option", each) for each in found]
        made = [lists.write_option(company, category, body, option_id) for body in bodies]
    except Invalid as refused:
        raise validation([_messages(refused)]) from None
    return {"Options": [shapes.option(each) for each in made]}


def _groups(company: Company, request: Request, rest: list[str]) -> Row | Response | None:
    """Answer who belongs to a contact group; the group itself goes the usual way."""
    if len(rest) < 2 or rest[1] != "Contacts":
        return None
    group = reading.one(company, "ContactGroups", rest[0])["ContactGroupID"]
    if request.method == "DELETE":
        contacts.leave_group(company, group, rest[2].lower() if len(rest) > 2 else "")
        return Response(204)
    if request.method != "PUT" or len(rest) > 2:
        raise not_implemented()
    found: list[Any] = writing.elements_of(writing.read_body(request), "Contacts", "Contact")
    if not all(isinstance(each, dict) for each in found):
        raise unreadable("JSON request body could not be read, Error converting to Contact")
    try:
        ids = contacts.join_group(company, group, [clean("Contact", each) for each in found])
    except Invalid as refused:
        raise validation([_messages(refused)]) from None
    return {"Contacts": [rendering.contact_on(company, each, full=False) for each in ids]}


Special = Callable[[Company, Request, list[str]], Row | Response | None]
SPECIAL: dict[str, Special] = {
    "Organisation": _organisation,
    "Organisations": _organisation,
    "Currencies": _currencies,
    "Reports": _reports,
    "Prepayments": _prepayments,
    "BatchPayments": _batch_payments,
    "TrackingCategories": _tracking,
    "ContactGroups": _groups,
}
