"""The use of a correcting credit note that somebody edited is known as it was posted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bridge.core.books import Application, CreditNote, Kind, Line, PostedDocument
from bridge.core.change.corrected import used_as_posted

BOTH = (Application("DY7F3A-L84", Decimal(700)), Application("DY7F3A-C2", Decimal(200)))


def note(reference: str, total: int) -> CreditNote:
    return CreditNote(
        reference=reference, loan="84", facts="f", customer="DY7F3A-D11", day=date(2026, 9, 1),
        currency="COP", lines=(Line(purpose="principal", amount=Decimal(total)),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "used", "wanted"),
    [
        ("DY7F3A-X84N1", BOTH[:1], [1000]),
        ("DY7F3A-X84N1", BOTH, [700, 200]),
        ("DY7F3A-X84N1", (), []),
        ("DY7F3A-K2", BOTH[:1], [700]),
    ],
)
def test_what_a_correction_was_posted_with_was_all_of_it_on_its_invoice(
    reference: str, used: tuple[Application, ...], wanted: list[int]
) -> None:
    """Of two invoices nobody can tell which one was meant, and another credit note is no
    correction."""
    theirs = PostedDocument(kind=Kind.CREDIT_NOTE, external_id="1", version="1", total=Decimal(700))
    found = used_as_posted(used, note(reference, 1000), theirs)
    assert [each.amount for each in found] == wanted
