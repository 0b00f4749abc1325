"""Whether two documents say the same: ours and the books', or the books' then and now.

Nothing is compared that the books do not tell. Some products answer a listing without lines,
applications or deposit account; an empty field is taken as "not told" only where the figures that
are told (total, unapplied rest) leave no room for a change. Amounts are compared with the
currency's decimals, lines and applications in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core import money
from bridge.core.books import (
    CreditApplication,
    CreditNote,
    Customer,
    Document,
    Invoice,
    Kind,
    Line,
    PostedDocument,
    PostedLine,
    Receipt,
    Sale,
    Status,
    Transaction,
)
from bridge.core.change.lines_alike import (
    Difference,
    our_lines,
    our_tags,
    our_taxes,
    tax_amounts,
    their_lines,
    their_tags,
)
from bridge.core.signs import kept


def differences(
    document: Document,
    posted: PostedDocument,
    links: Mapping[str, str],
    *,
    descriptions: bool = False,
    memo: bool = False,
) -> list[Difference]:
    """Field by field, where the books differ from what we wanted posted.

    `links` has the external id of every reference that the document names. A document that is
    voided or deleted differs in its status and nothing else.
    """
    if posted.status is not Status.LIVE:
        return [Difference("status", Status.LIVE.value, posted.status.value)]
    if isinstance(document, Customer):
        return _customer(document, posted)
    found = _common(document, posted, links)
    match document:
        case Invoice():
            found += _field("due", _day(document.due), _day(posted.due))
            found += our_lines(document.lines, posted, document.currency, descriptions)
        case CreditNote():
            found += our_lines(document.lines, posted, document.currency, descriptions)
        case Receipt():
            found += _told("deposit_account", document.deposit_account, posted.deposit_account)
            found += _our_applications(document, posted, links)
        case Sale():
            found += _told("deposit_account", document.deposit_account, posted.deposit_account)
            found += our_lines(document.lines, posted, document.currency, descriptions)
        case CreditApplication():
            credit_note = links.get(document.credit_note, "")
            found += _told("credit_note", credit_note, posted.credit_note_id)
            found += _our_applications(document, posted, links)
    found += our_taxes(document, posted) + our_tags(document, posted)
    if memo:
        found += _field("memo", kept(document.memo), kept(posted.memo))
    return found


def as_wanted(
    document: Transaction, posted: PostedDocument, links: Mapping[str, str]
) -> PostedDocument:
    """The books' document as if nobody had edited it: each field that differs has the value we
    wanted.

    Remembered in place of what the books do hold, so that such a document is never changed or taken
    back without a question: it is not as we posted it.
    """
    fields = {difference.field for difference in differences(document, posted, links)}
    wanted: dict[str, object] = {
        "number": document.reference,
        "customer": links.get(document.customer, ""),
        "day": document.day,
        "currency": document.currency,
        "total": document.total,
        "rate": document.rate,
    }
    match document:
        case Invoice():
            wanted |= {"due": document.due, "lines": _as_posted(document.lines)}
        case CreditNote():
            wanted["lines"] = _as_posted(document.lines)
        case Sale():
            wanted |= {"lines": _as_posted(document.lines)}
            wanted["deposit_account"] = document.deposit_account
        case Receipt():
            wanted["deposit_account"] = document.deposit_account
    if isinstance(document, Receipt | CreditApplication):
        wanted["applications"] = tuple(
            (links.get(each.invoice, ""), each.amount) for each in document.applications
        )
    told = {name: value for name, value in wanted.items() if name in fields}
    if "customer" in told:
        told["customer_id"] = told.pop("customer")
    return msgspec.structs.replace(posted, **told)


def _as_posted(lines: Iterable[Line]) -> tuple[PostedLine, ...]:
    return tuple(
        PostedLine(
            amount=line.amount,
            description=line.description,
            item=line.item,
            account=line.account,
            tax=line.tax or None,
        )
        for line in lines
    )


def with_rate_known(now: PostedDocument, then: PostedDocument | None) -> PostedDocument:
    """The books' document, with the exchange rate known from before where the books tell none (Zoho
    does not tell that of receipts and credit notes)."""
    if now.rate is not None or then is None:
        return now
    return msgspec.structs.replace(now, rate=then.rate)


def drift(then: PostedDocument, now: PostedDocument) -> list[Difference]:
    """Field by field, what somebody changed in the books since they answered our post.

    What moves by itself is left out: the version, the open balance, the time of the last write.
    """
    if then.status is not now.status:
        return [Difference("status", then.status.value, now.status.value)]
    if now.status is not Status.LIVE:
        return []
    found = _field("number", then.number, now.number)
    found += _field("currency", then.currency, now.currency)
    if then.kind is Kind.CUSTOMER:
        return found + _field("name", then.name, now.name)
    found += _field("customer", then.customer_id, now.customer_id)
    found += _field("day", _day(then.day), _day(now.day))
    if then.kind is Kind.INVOICE:
        found += _field("due", _day(then.due), _day(now.due))
    found += _amounts(then.total, now.total, then.currency, now.currency)
    found += _rates(then.rate, now.rate)
    found += their_lines(then, now)
    found += tax_amounts(then.tax_amount, now.tax_amount, then.currency)
    found += their_tags(then, now)
    found += _their_applications(then, now)
    found += _told("deposit_account", then.deposit_account, now.deposit_account)
    if then.credit_note_id:
        found += _told("credit_note", then.credit_note_id, now.credit_note_id)
    return found


def _customer(customer: Customer, posted: PostedDocument) -> list[Difference]:
    found = _told("number", customer.reference, posted.number)
    found += _field("name", customer.name, posted.name)
    return found + _told("currency", customer.currency, posted.currency)


def _common(
    document: Transaction, posted: PostedDocument, links: Mapping[str, str]
) -> list[Difference]:
    customer = links.get(document.customer, "")
    if isinstance(document, CreditApplication):
        found = _told("number", document.reference, posted.number)
        found += _told("customer", customer, posted.customer_id)
        # Where an application is a part of another document, it has no date or total of its own.
        if posted.day is not None:
            found += _field("day", _day(document.day), _day(posted.day))
        return found
    found = _told("number", document.reference, posted.number)
    found += _field("day", _day(document.day), _day(posted.day))
    found += _field("currency", document.currency, posted.currency)
    found += _amounts(document.total, posted.total, document.currency, posted.currency)
    found += _field("customer", customer, posted.customer_id)
    return found + _rates(document.rate, posted.rate)


def _field(name: str, ours: str, theirs: str) -> list[Difference]:
    return [] if ours == theirs else [Difference(name, ours, theirs)]


def _told(name: str, ours: str, theirs: str) -> list[Difference]:
    """The difference in one field, as `_field`; an empty answer means that the product does not
    tell."""
    return _field(name, ours, theirs) if theirs else []


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _amounts(ours: Decimal, theirs: Decimal, currency: str, other: str) -> list[Difference]:
    return _field("total", money.text(ours, currency), money.text(theirs, other or currency))


_RATE_STEPS = 1000
_INVERSE_STEP = Decimal("0.0000005")
"""Rates within a thousandth are the same, and those whose inverses are the same to six decimals:
products keep six decimals of the rate or of its inverse. What matters shows far above it: a rate of
1 by omission, or one upside down."""


def _rates(ours: Decimal | None, theirs: Decimal | None) -> list[Difference]:
    if ours is None or theirs is None or abs(ours - theirs) * _RATE_STEPS <= ours:
        return []
    if theirs > 0 and abs(1 / ours - 1 / theirs) <= _INVERSE_STEP:
        return []
    return [Difference("rate", f"{ours.normalize():f}", f"{theirs.normalize():f}")]


_Applied = tuple[str, str]
"""External id of the invoice, amount."""


def _our_applications(
    document: Receipt | CreditApplication, posted: PostedDocument, links: Mapping[str, str]
) -> list[Difference]:
    wanted = [(links.get(a.invoice, ""), a.amount) for a in document.applications]
    applied = sum((amount for _, amount in wanted), Decimal(0))
    if not posted.applications and posted.total - posted.open == applied:
        return []
    if not posted.applications and not wanted:
        return [_somewhere(Decimal(0), posted.total - posted.open, document.currency)]
    known = {external_id: reference for reference, external_id in links.items()}

    def text(pair: _Applied) -> str:
        return f"{known.get(pair[0], pair[0])} {pair[1]}"

    ours = _applied(wanted, document.currency)
    theirs = _applied(posted.applications, document.currency)
    return _applied_bags(ours, theirs, text)


def _their_applications(then: PostedDocument, now: PostedDocument) -> list[Difference]:
    if not now.applications and now.total - now.open == then.total - then.open:
        return []
    if then.kind not in {Kind.RECEIPT, Kind.APPLICATION}:
        return []
    if not now.applications and not then.applications:
        return [_somewhere(then.total - then.open, now.total - now.open, then.currency)]
    ours = _applied(then.applications, then.currency)
    theirs = _applied(now.applications, now.currency)
    return _applied_bags(ours, theirs, " ".join)


def _somewhere(ours: Decimal, theirs: Decimal, currency: str) -> Difference:
    """A difference in how much is applied, where the books do not tell to which invoices."""
    sides = (money.text(amount, currency) if amount else "" for amount in (ours, theirs))
    return Difference("applications", *sides)


def _applied(pairs: Iterable[tuple[str, Decimal]], currency: str) -> list[_Applied]:
    """One pair for each invoice, whether a product splits an application in two or not."""
    sums: dict[str, Decimal] = {}
    for invoice, amount in pairs:
        sums[invoice] = sums.get(invoice, Decimal(0)) + amount
    return [(invoice, money.text(amount, currency)) for invoice, amount in sums.items() if amount]


def _applied_bags(
    ours: Iterable[_Applied], theirs: Iterable[_Applied], text: Callable[[_Applied], str]
) -> list[Difference]:
    """One difference with what only one side has, or none when both have the same."""
    mine, other = Counter(ours), Counter(theirs)
    if mine == other:
        return []
    sides = (_bag_text(mine - other, text), _bag_text(other - mine, text))
    return [Difference("applications", *sides)]


def _bag_text(bag: Counter[_Applied], text: Callable[[_Applied], str]) -> str:
    return "; ".join(sorted(text(key) for key in bag.elements()))
