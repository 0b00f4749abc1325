"""Bulk writes: each element by itself, one answer for all (FACTS X9, X11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from bridge.sandbox.wire import Request, decode
from bridge.sandbox.xero import (
    allocations,
    banking,
    contacts,
    journals,
    lists,
    payments,
    rendering,
    sales,
)
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import Invalid, no_elements, unreadable, validation
from bridge.sandbox.xero.schema import NOTED, clean
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import ZERO_ID, day_text, ms_day, read_day

Written = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Resource:
    """The way that a resource is written: its table, the name of one, and what does it.

    `flag` is the field that tells of errors; `first_only` marks those of which a request
    takes one.
    """

    table: str
    one: str
    write: Callable[..., Written]
    flag: str = "HasErrors"
    first_only: bool = False


def _plain(write: Callable[..., str]) -> Callable[..., Written]:
    def do(company: Company, body: Row, *, create: bool, row_id: str, unitdp: int) -> Written:
        return write(company, body, create=create, row_id=row_id), []

    return do


def _sale(form: sales.Form) -> Callable[..., Written]:
    def do(company: Company, body: Row, *, create: bool, row_id: str, unitdp: int) -> Written:
        return sales.write(company, form, body, create=create, row_id=row_id, unitdp=unitdp)

    return do


def _credit_note(company: Company, body: Row, *, create: bool, row_id: str, unitdp: int) -> Written:
    """Write a credit note; allocations that it carries are made, again if they were before."""
    made = sales.write(
        company, sales.CREDIT_NOTE, body, create=create, row_id=row_id, unitdp=unitdp
    )
    for part in body.get("Allocations") or ():
        row = company.tables["CreditNotes"].rows[made[0]]
        allocations.write(company, "CreditNotes", row, part)
    return made


def _payment(company: Company, body: Row, *, create: bool, row_id: str, unitdp: int) -> Written:
    return payments.write(company, body), []


RESOURCES = {
    each.table: each
    for each in (
        Resource("Invoices", "Invoice", _sale(sales.INVOICE)),
        Resource("CreditNotes", "CreditNote", _credit_note),
        Resource("Contacts", "Contact", _plain(contacts.write), "HasValidationErrors"),
        Resource("Payments", "Payment", _payment, "HasValidationErrors"),
        Resource("BankTransactions", "BankTransaction", banking.write),
        Resource("ManualJournals", "ManualJournal", _plain(journals.write)),
        Resource("Items", "Item", _plain(lists.write_item)),
        Resource("Accounts", "Account", _plain(lists.write_account), first_only=True),
        Resource("ContactGroups", "ContactGroup", _plain(contacts.write_group), first_only=True),
        Resource(
            "TrackingCategories", "TrackingCategory", _plain(lists.write_category), first_only=True
        ),
    )
}


def read_body(request: Request) -> Any:
    """Return the JSON of a request; Refused (14) if it is none."""
    try:
        return decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise unreadable(f"JSON request body could not be read, Error {error}") from None


def elements_of(body: Any, plural: str, one: str) -> list[Any]:
    """Return the elements of `{"Invoices": [...]}`, of a bare list, or one bare object."""
    if isinstance(body, list):
        return body
    if not isinstance(body, dict):
        raise no_elements(one)
    for name, value in body.items():
        if name.lower() == plural.lower():
            return value if isinstance(value, list) else [value]
    if any(name in NOTED[one] for name in body):
        return [body]
    raise no_elements(one)


def write_many(
    company: Company, resource: Resource, request: Request, *, create: bool, row_id: str = ""
) -> list[Row]:
    """Write every element and return what the answer shows for each.

    With summarizeErrors (the default) one bad element refuses the whole request; without, each
    answers for itself.
    """
    elements = elements_of(read_body(request), resource.table, resource.one)
    if not elements:
        raise no_elements(resource.one)
    if resource.first_only or row_id:
        elements = elements[:1]
    asked = {name.lower(): value.lower() for name, value in request.query.items()}
    default = "true" if company.settings.summarize_errors else "false"
    summarize = asked.get("summarizeerrors", default) != "false"
    unitdp = 4 if asked.get("unitdp") == "4" else 2
    start = company.mark()
    done: list[tuple[Row, Written | Invalid]] = []
    for element, body in [(each, _cleaned(resource.one, each)) for each in elements]:
        mark = company.mark()
        try:
            if isinstance(body, Invalid):
                raise body
            written = resource.write(company, body, create=create, row_id=row_id, unitdp=unitdp)
            done.append((element, written))
        except Invalid as refused:
            company.rollback(mark)
            done.append((element, refused))
    failed = [(element, end) for element, end in done if isinstance(end, Invalid)]
    if failed and summarize:
        if company.settings.all_or_nothing:
            company.rollback(start)
        raise validation([echo(company, resource, element, end) for element, end in failed])
    shown = [_shown(company, resource, element, end, bare=summarize) for element, end in done]
    return shown[::-1] if company.settings.bulk_order == "reversed" else shown


def _cleaned(one: str, element: Any) -> Row | Invalid:
    try:
        return clean(one, element)
    except Invalid as refused:
        return refused


def _shown(
    company: Company, resource: Resource, element: Row, end: Written | Invalid, *, bare: bool
) -> Row:
    if isinstance(end, Invalid):
        return {**echo(company, resource, element, end), "StatusAttributeString": "ERROR"}
    row = company.tables[resource.table].rows[end[0]]
    shown: Row = rendering.show(company, resource.table, row, full=True)
    if end[1]:
        shown["Warnings"] = [{"Message": message} for message in end[1]]
    if not bare:
        shown["StatusAttributeString"] = "WARNING" if end[1] else "OK"
    return shown


def echo(company: Company, resource: Resource, element: Any, refused: Invalid) -> Row:
    """Return a refused element as Xero repeats it: as it was sent, with a zero id for none."""
    id_name = company.tables[resource.table].id_name
    known = NOTED[resource.one]
    shown: Row = {id_name: ZERO_ID}
    for name, value in element.items():
        form = known.get(name)
        if form is None or value is None:
            continue
        if form == "day":
            day = read_day(str(value))
            shown[name] = ms_day(day)
            if resource.table != "Payments":
                shown[f"{name}String"] = day_text(day)
        else:
            shown[name] = value
    shown[resource.flag] = True
    shown["ValidationErrors"] = [{"Message": message} for message in refused.messages]
    return shown
