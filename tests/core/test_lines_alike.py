"""What somebody changed in the lines of a document is told once, by the field that was changed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.core.books import Kind, PostedDocument, PostedLine
from bridge.core.lines_alike import their_lines

Words = tuple[str, str, str, str | None, str]
"""Amount, item, account, tax, description."""


def document(*lines: Words) -> PostedDocument:
    return PostedDocument(
        kind=Kind.INVOICE,
        external_id="1",
        version="1",
        currency="COP",
        lines=tuple(
            PostedLine(
                amount=Decimal(amount), item=item, account=account, tax=tax, description=text
            )
            for amount, item, account, tax, text in lines
        ),
    )


BEFORE: Words = ("100", "i1", "a1", "", "Loan")


@pytest.mark.parametrize(
    ("now", "fields"),
    [
        ([BEFORE], []),
        ([("100", "i1", "a1", "", "Préstamo")], []),
        ([("100", "i1", "a2", "", "Loan")], ["accounts"]),
        ([("100", "i1", "a2", "", "Préstamo")], ["accounts"]),
        ([("100", "i1", "", "", "Loan")], []),
        ([("100", "i2", "a2", "", "Loan")], ["lines"]),
        ([("90", "i1", "a1", "", "Loan")], ["lines"]),
        ([("100", "i1", "a1", "5", "Loan")], ["tax"]),
        ([("100", "i1", "a1", None, "Loan")], []),
        ([("100", "i2", "a2", "5", "Loan")], ["lines", "tax"]),
        ([BEFORE, ("50", "i1", "a1", "", "More")], ["lines"]),
        ([], []),
    ],
)
def test_each_change_has_its_own_field(now: list[Words], fields: list[str]) -> None:
    assert [each.field for each in their_lines(document(BEFORE), document(*now))] == fields


def test_what_is_on_another_item_with_the_tax_that_was_there_is_no_change_of_taxes() -> None:
    then, now = ("100", "i1", "a1", "5", ""), ("100", "i2", "a2", "5", "")
    assert [each.field for each in their_lines(document(then), document(now))] == ["lines"]


def test_an_account_is_told_with_both_sides() -> None:
    (found,) = their_lines(document(BEFORE), document(("100", "i1", "a2", "", "x")))
    assert (found.ours, found.theirs) == ("100.00 a1", "100.00 a2")
