"""What somebody changed in the lines of a document is told once, by the field that was changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from bridge.core.books import Invoice, Kind, Line, PostedDocument, PostedLine
from bridge.core.change.lines_alike import our_taxes, their_lines, their_tags

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


def test_two_lines_that_exchanged_their_taxes_are_told() -> None:
    then = [("100", "i1", "a1", "5", ""), ("50", "i2", "a2", "", "")]
    now = [("100", "i1", "a1", "", ""), ("50", "i2", "a2", "5", "")]
    assert [each.field for each in their_lines(document(*then), document(*now))] == ["tax"]


def test_only_a_dimension_that_we_booked_is_compared() -> None:
    def tagged(*tags: tuple[str, str]) -> PostedDocument:
        return msgspec.structs.replace(document(BEFORE), tags=tags)

    ours = tagged(("class", "Norte"))
    assert their_tags(ours, ours) == []
    assert their_tags(ours, tagged(("class", "Norte"), ("location", "Centro"))) == []
    (told,) = their_tags(ours, tagged(("class", "Sur")))
    assert (told.field, told.ours, told.theirs) == ("tags", "class Norte", "class Sur")


def test_taxes_are_compared_only_where_both_sides_tell_that_of_every_line() -> None:
    then = [("100", "i1", "a1", "5", ""), ("50", "i2", "a2", "5", "")]
    for untold in (None, "5"):
        now = [("100", "i1", "a1", untold, ""), ("50", "i2", "a2", None, "")]
        assert their_lines(document(*then), document(*now)) == []
        assert their_lines(document(*now), document(*then)) == []


@pytest.mark.parametrize(("tax", "told"), [("0", []), (None, []), ("1", ["tax_amount"])])
def test_where_no_tax_was_booked_none_of_the_total_is_tax(tax: str | None, told: list[str]) -> None:
    amount = None if tax is None else Decimal(tax)
    theirs = msgspec.structs.replace(document(BEFORE), tax_amount=amount)
    assert [each.field for each in our_taxes(taxed(""), theirs)] == told


@pytest.mark.parametrize(
    ("named", "told"), [(("5", ""), []), (("5", "5"), ["tax"]), (("5", "8"), [])]
)
def test_the_tax_codes_of_the_mapping_are_compared_where_each_line_has_one(
    named: tuple[str, ...], told: list[str]
) -> None:
    lines = document(("100", "i0", "", "5", ""), ("100", "i1", "", "8", ""))
    theirs = msgspec.structs.replace(lines, tax_amount=Decimal(13))
    assert [each.field for each in our_taxes(taxed(*named), theirs)] == told


def taxed(*codes: str) -> Invoice:
    """One of ours, with a line for each tax code."""
    return Invoice(
        reference="DY7F3A-L1", loan="1", facts="f", customer="DY7F3A-D1", day=date(2026, 9, 1),
        currency="COP", rate=None, memo="", due=date(2026, 9, 1),
        lines=tuple(
            Line(purpose="principal", amount=Decimal(100), description="", item=f"i{n}", tax=tax)
            for n, tax in enumerate(codes)
        ),
    )  # fmt: skip
