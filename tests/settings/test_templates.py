"""Templates know fields and a few filters, and can do nothing else."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.mapping.templates import FIELDS, check, fields_of, render
from bridge.core.signs import kept
from tests.in_words import in_words

VALUES = {
    "reference": "DY7F3A-L84",
    "name": "Ana Pérez",
    "concept": "Panela  y aceite",
    "date": date(2026, 11, 20),
    "number": 3,
    "ticket": "",
    "currency": Decimal("1.50"),
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{reference}", "DY7F3A-L84"),
        ("Préstamo {reference}: {concept|cut:6}", "Préstamo DY7F3A-L84: Panela"),
        ("{date|%d/%m/%Y}", "20/11/2026"),
        ("{date|%d-%m-%y %%}", "20-11-26 %"),
        ("{date}", "2026-11-20"),
        ("{name|upper}", "ANA PÉREZ"),
        ("{name|lower|title}", "Ana Pérez"),
        ("{concept|trim|last:6}", "aceite"),
        ("{ticket|default:sin recibo}", "sin recibo"),
        ("{reference|default:x}", "DY7F3A-L84"),
        ("{number}", "3"),
        ("{currency}", "1.50"),
        ("{method}", ""),
        ("{reference} {method} {ticket} {number}", "DY7F3A-L84 3"),
        ("{{ {method}}}", "{}"),
        ("{{name}}", "{name}"),
    ],
)
def test_fields_and_filters(template, text):
    assert check(template) == []
    assert render(template, VALUES) == text


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{nmae}", "Did you mean name?"),
        ("{qqqqq}", "There are: collector"),
        ("{name|uper}", "Did you mean upper?"),
        ("{name|cut}", "needs a number"),
        ("{name|cut:0}", "needs a number"),
        ("{name|upper:3}", "is not a filter"),
        ("{date|%H:%M}", "is not a part of a date"),
        ("{name", "brace"),
        ("name}", "brace"),
        ("{name.__class__}", "is not a field"),
        ("{name[0]}", "is not a field"),
        ("{name!r}", "is not a field"),
        ("{}", "is not a field"),
    ],
)
def test_a_mistake_is_said_with_what_would_be_right(template, said):
    (mistake,) = check(template)
    assert said in in_words(mistake)


def test_a_field_that_is_not_allowed_here_is_a_mistake():
    assert [*map(in_words, check("{name}", allowed={"reference"}))] == [
        "{name} is not a field. There are: reference."
    ]


def test_nothing_of_a_value_is_ever_taken_for_a_template():
    assert render("{name} {concept}", {"name": "{concept}", "concept": "{name|upper}"}) == (
        "{concept} {name|upper}"
    )


def test_an_unknown_field_stays_as_it_was_written():
    assert render("{name.__class__} {x}", VALUES) == "{name.__class__} {x}"


@given(st.text())
def test_no_text_whatever_raises(text):
    assert isinstance(render(text, VALUES), str)
    assert isinstance(check(text), list)
    assert isinstance(fields_of(text), set)


@given(st.lists(st.sampled_from(["{", "}", "|", ":", "%", "cut", "name", "9", "date", "d", ""])))
def test_no_arrangement_of_signs_raises(parts):
    text = "".join(parts)
    assert isinstance(render(text, VALUES), str)
    assert isinstance(check(text), list)


@given(st.sampled_from(sorted(FIELDS)), st.text(st.characters(categories=("L", "N", "P"))))
def test_a_field_gives_its_value_and_nothing_else(field, value):
    everywhere = unicodedata.normalize("NFC", "".join(each for each in value if each <= "\uffff"))
    assert render(f"{{{field}}}", {field: everywhere}) == everywhere


@given(st.sampled_from(sorted(FIELDS)), st.text())
def test_what_no_product_takes_leaves_a_field_and_nothing_else_does(field, value):
    assert render(f"{{{field}}}", {field: value}) == kept(value)


@given(st.text(), st.integers(min_value=1, max_value=99))
def test_cut_never_gives_more_than_it_says(value, length):
    assert len(render(f"{{name|cut:{length}}}", {"name": value})) <= length
