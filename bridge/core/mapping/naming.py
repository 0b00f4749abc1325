"""The names of customers in the books, and the texts by which documents say what they are."""

from __future__ import annotations

import re
import unicodedata

from bridge.core import signs
from bridge.core.books import Customer, digest_of
from bridge.core.identity import Letter, reference
from bridge.core.ledger import Borrower, LoanFile
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.templates import render

_LEFT_OUT = signs.NEVER_TAKEN | {"So", "Sk"}
"""Unicode categories that accounting systems refuse or show as boxes: emoji, controls, marks."""


def unkept(name: str) -> int:
    """The number of letters in a name that no customer in the books can have."""
    return sum(_is_left_out(letter) for letter in signs.in_basic(name))


def _is_left_out(letter: str) -> bool:
    return unicodedata.category(letter) in _LEFT_OUT or signs.is_beyond(letter)


def customer_reference(file: LoanFile, borrower_id: str, currency: str, booking: Booking) -> str:
    """One customer per borrower, and per currency where the system ties a customer to one."""
    home = booking.company.home_currency
    foreign = booking.limits.one_currency_per_customer and currency != home
    return reference(file.prefix, Letter.BORROWER, borrower_id, currency if foreign else "")


def customer(file: LoanFile, borrower: Borrower, currency: str, booking: Booking) -> Customer:
    """The customer for a borrower. Only name and reference leave the ledger by default."""
    rules = booking.mapping.customers
    ref = customer_reference(file, borrower.id, currency, booking)
    words = {"name": _plain(borrower.name, booking), "reference": ref, "currency": currency}
    name = render(rules.name, words) or ref
    home = booking.company.home_currency
    if booking.limits.one_currency_per_customer and currency != home:
        name += render(rules.currency_suffix, words)
    suffix = ""
    if (rules.suffix_for == "all" or file.homonym) and not name.startswith(ref):
        suffix = render(rules.suffix, words)
    name = name[: booking.limits.name_length - len(suffix)].rstrip() + suffix
    return Customer(
        reference=ref,
        loan="",
        facts=digest_of((borrower.name, currency)),
        name=name,
        currency=currency,
        notes=ref,
        phone=signs.kept(borrower.phone) if rules.send_phone else "",
    )


def _plain(name: str, booking: Booking) -> str:
    kept = (
        " " if letter in booking.limits.name_forbidden else letter
        for letter in unicodedata.normalize("NFC", signs.in_basic(name))
        if not _is_left_out(letter)
    )
    return re.sub(r"\s+", " ", "".join(kept)).strip()
