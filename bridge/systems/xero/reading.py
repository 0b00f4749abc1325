"""Looking documents up in Xero, in as few calls as it takes.

Only Invoices and Contacts can be asked for by a list of ids, only Invoices by a list of numbers.
The others are asked for by conditions joined with OR; should Xero refuse such a question (it may
on books of more than 100,000 documents), they are asked for one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bridge.core.books import Document, Found, Kind, PostedDocument, Receipt, Several, Status
from bridge.errors import QuestionRefused
from bridge.systems.judging import meant
from bridge.systems.truth import asked_for
from bridge.systems.xero import queries
from bridge.systems.xero.answers import (
    RESOURCE,
    contact_number,
    in_the_books,
    is_money_on_account,
    overpayment_number,
    posted,
)
from bridge.systems.xero.on_account import CREDIT, OVERPAYMENT, is_on_account
from bridge.systems.xero.shapes import ID_FIELD, NUMBER_FIELD, rows_of
from bridge.systems.xero.translate import Company
from bridge.systems.xero.wire import PAGE, Wire

Raw = dict[str, Any]

OURS = {
    "Contacts": "",
    "Invoices": 'Type=="ACCREC"',
    "CreditNotes": 'Type=="ACCRECCREDIT"',
    "Payments": 'PaymentType=="ACCRECPAYMENT"',
    "BankTransactions": 'Type=="RECEIVE"',
    "Overpayments": 'Type=="RECEIVE-OVERPAYMENT"',
}
"""The half of each list that has to do with customers."""

_BOTH = {"Contacts": {"includeArchived": "true"}}


def load(wire: Wire, kind: Kind, external_ids: Sequence[str]) -> dict[str, Raw]:
    """The objects as they are now, by external id."""
    if kind is not Kind.RECEIPT:
        return _by_ids(wire, RESOURCE[kind], external_ids)
    found: dict[str, Raw] = {}
    left = set(external_ids)
    for form, resource in (
        (OVERPAYMENT, "Overpayments"),
        (CREDIT, "CreditNotes"),
        ("", "Payments"),
    ):
        of_form = sorted(i for i in left if i.startswith(form))
        rows = _by_ids(wire, resource, [i.removeprefix(form) for i in of_form])
        found |= {form + xero_id: raw for xero_id, raw in rows.items()}
        left -= set(of_form)
    return found


def find(
    wire: Wire, kind: Kind, wanted: Sequence[Document], links: Mapping[str, str], company: Company
) -> dict[str, Found]:
    """The documents of `wanted` that are in the books, by reference. One that was deleted in Xero
    keeps its number or reference and is not in the books any more.
    """
    if kind is Kind.APPLICATION:
        return _applications(wire, wanted, links, company)
    candidates = _numbered(wire, kind, wanted, company)
    found: dict[str, Found] = {}
    for document in wanted:
        ours = [posted(kind, raw, company) for raw in candidates.get(document.reference, ())]
        one = meant(document, ours, links)
        if isinstance(one, Several) or (one and not _is_made_in_part(document, one, links)):
            found[document.reference] = one
    return found


def made(wire: Wire, wanted: Sequence[Document], company: Company) -> dict[str, Raw]:
    """The receipts on account that are in the books, as Xero tells them, by reference."""
    found: dict[str, Raw] = {}
    for reference, raws in _numbered(wire, Kind.RECEIPT, wanted, company).items():
        for raw in raws:
            if posted(Kind.RECEIPT, raw, company).status is Status.LIVE:
                found.setdefault(reference, raw)
    return found


def read(wire: Wire, kinds: Sequence[Kind], company: Company) -> Iterator[PostedDocument]:
    """Every document of these kinds, page by page; credit notes once for what they settle too."""
    for resource in resources(kinds):
        options = {**_where(OURS[resource]), **_BOTH.get(resource, {})}
        for raw in wire.rows(resource, **options):
            for document in documents(resource, raw, kinds, company):
                if document.status is not Status.DELETED:
                    yield document


def resources(kinds: Sequence[Kind]) -> list[str]:
    """The lists that hold documents of these kinds."""
    names = dict.fromkeys(RESOURCE[kind] for kind in kinds)
    if Kind.RECEIPT in kinds:
        names |= {"Overpayments": None, "CreditNotes": None}
    return list(names)


def documents(
    resource: str, raw: Raw, kinds: Sequence[Kind], company: Company
) -> Iterator[PostedDocument]:
    """The documents that one object of a list is to us. A credit note is a document and its
    application, but for one that is money on account."""
    if not in_the_books(raw):
        return
    if resource == "Overpayments" or (resource == "CreditNotes" and is_money_on_account(raw)):
        if Kind.RECEIPT in kinds:
            yield posted(Kind.RECEIPT, raw, company)
        return
    for kind, name in RESOURCE.items():
        if name == resource and kind in kinds:
            yield posted(kind, raw, company)


def since(wire: Wire, resource: str, moment: str) -> Iterator[Raw]:
    """The objects of a list that were written since then, deleted objects included."""
    options = {**_where(OURS[resource]), **_BOTH.get(resource, {})}
    return wire.rows(resource, since=moment, **options)


def _by_ids(wire: Wire, resource: str, ids: Sequence[str]) -> dict[str, Raw]:
    if not ids:
        return {}
    if resource not in ("Invoices", "Contacts"):
        return _by_conditions(wire, resource, ids)
    field = ID_FIELD[resource]
    options = {"page": "1", "pageSize": str(PAGE), **_BOTH.get(resource, {})}
    found: dict[str, Raw] = {}
    for group in queries.groups(ids, ","):
        content = wire.get(resource, {"IDs": ",".join(group), **options})
        rows = asked_for("Xero", rows_of(content, resource), [field], group)
        found |= {raw[field]: raw for raw in rows}
    return found


def _by_conditions(wire: Wire, resource: str, ids: Sequence[str]) -> dict[str, Raw]:
    field = ID_FIELD[resource]

    def one(external_id: str) -> list[Raw]:
        content = wire.get_if_there(f"{resource}/{external_id}")
        return [] if content is None else rows_of(content, resource)

    rows = _asked(wire, resource, ids, lambda value: queries.guid(field, value), one)
    return {raw[field]: raw for raw in asked_for("Xero", rows, [field], ids)}


def _numbered(
    wire: Wire, kind: Kind, wanted: Sequence[Document], company: Company
) -> dict[str, list[Raw]]:
    """Candidates by our reference."""
    found: dict[str, list[Raw]] = {}
    by_resource = {RESOURCE[kind]: [document.reference for document in wanted]}
    if kind is Kind.RECEIPT:
        loose = {d.reference: d for d in wanted if isinstance(d, Receipt) and is_on_account(d)}
        noted = [name for name, d in loose.items() if not _into_a_bank(d, company)]
        _overpaid(wire, {n: d for n, d in loose.items() if n not in noted}, found)
        others = [d.reference for d in wanted if d.reference not in loose]
        by_resource = {"Payments": others, "CreditNotes": noted}
    for resource, references in by_resource.items():
        for raw in _by_numbers(wire, resource, references) if references else ():
            if in_the_books(raw):
                number = raw.get(NUMBER_FIELD[resource]) or ""
                if kind is Kind.CUSTOMER:
                    number = contact_number(raw)
                found.setdefault(number, []).append(raw)
    return found


def _into_a_bank(document: Receipt, company: Company) -> bool:
    account = company.accounts.get(document.deposit_account)
    return account is None or account.is_bank


def _is_made_in_part(document: Document, now: PostedDocument, links: Mapping[str, str]) -> bool:
    """Whether money on account still lacks an allocation that it was to be made with: it counts as
    absent, and posting it again sends what is missing, and only that."""
    if not isinstance(document, Receipt) or not now.on_account or now.status is not Status.LIVE:
        return False
    there = {invoice for invoice, _ in now.applications}
    return not {links.get(each.invoice, "") for each in document.applications} <= there


def _by_numbers(wire: Wire, resource: str, references: Sequence[str]) -> Iterator[Raw]:
    """Objects of a list that carry one of these references."""
    field = NUMBER_FIELD[resource]
    if resource == "Invoices":
        for group in queries.groups(references, ","):
            options = {"InvoiceNumbers": ",".join(group), **_where(OURS[resource])}
            yield from asked_for("Xero", wire.rows(resource, **options), [field], group)
        return

    def one(reference: str) -> list[Raw]:
        where = queries.text(field, reference)
        return list(wire.rows(resource, where=where, **_BOTH.get(resource, {})))

    def by_number(reference: str) -> list[Raw]:
        content = wire.get_if_there(f"{resource}/{reference}")
        return [] if content is None else rows_of(content, resource)

    if resource == "Contacts":
        found = _asked(wire, resource, references, _named_so, by_number)
        yield from asked_for("Xero", found, [field, "AccountNumber"], references)
        return
    singly = by_number if resource == "CreditNotes" else one  # can be had by number (FACTS X35)
    found = _asked(wire, resource, references, lambda v: queries.text(field, v), singly)
    yield from asked_for("Xero", found, [field], references)


def _asked(
    wire: Wire,
    resource: str,
    values: Sequence[str],
    condition: Callable[[str], str],
    one: Callable[[str], list[Raw]],
) -> list[Raw]:
    """Objects that meet one of the conditions, asked for together, or singly if refused."""
    by_term = {condition(value): value for value in values}
    options = _BOTH.get(resource, {})
    found: list[Raw] = []
    for group in queries.groups(by_term, " OR "):
        try:
            found += wire.rows(resource, where=queries.any_of(group), **options)
        except QuestionRefused:
            for term in group:
                found += one(by_term[term])
    return found


def _named_so(reference: str) -> str:
    """Condition: the contact carries our reference, written by us or by a person."""
    return queries.any_of(queries.text(f, reference) for f in ("ContactNumber", "AccountNumber"))


def _overpaid(wire: Wire, loose: Mapping[str, Receipt], found: dict[str, list[Raw]]) -> None:
    """Overpayments by our reference, from the whole list of them: it is short.

    Whether Xero keeps their Reference is UNVERIFIED (FACTS X21), so they can not be asked for by
    it. One that tells neither Reference nor lines is asked for by itself if it might be ours.
    """
    if not loose:
        return
    amounts = {document.total for document in loose.values()}
    for raw in wire.rows("Overpayments", **_where(OURS["Overpayments"])):
        whole = raw
        silent = not raw.get("Reference") and not raw.get("LineItems")
        if silent and raw.get("Total") in amounts:
            content = wire.get(f"Overpayments/{raw['OverpaymentID']}")
            told = rows_of(content, "Overpayments")
            mine = asked_for("Xero", told, ["OverpaymentID"], [raw["OverpaymentID"]])
            whole = mine[0] if mine else raw
        number = overpayment_number(whole)
        if number in loose:
            found.setdefault(number, []).append(whole)


def _applications(
    wire: Wire, wanted: Sequence[Document], links: Mapping[str, str], company: Company
) -> dict[str, Found]:
    """Applications that are in the books whole.

    One of several invoices is several writes. While a part is missing the application counts as
    absent: posting it again sends what is missing, and only that.
    """
    notes = {d.reference: links.get(getattr(d, "credit_note", ""), "") for d in wanted}
    raws = load(wire, Kind.APPLICATION, [note for note in notes.values() if note])
    found: dict[str, Found] = {}
    for document in wanted:
        raw = raws.get(notes[document.reference])
        if raw is None:
            continue
        now = posted(Kind.APPLICATION, raw, company)
        there = {invoice for invoice, _ in now.applications}
        asked = {links.get(a.invoice, "") for a in getattr(document, "applications", ())}
        if now.status is Status.LIVE and asked <= there:
            found[document.reference] = now
    return found


def _where(condition: str) -> dict[str, str]:
    return {"where": condition} if condition else {}
