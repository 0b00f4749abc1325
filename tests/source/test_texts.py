"""Names, phones and documents as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.source.texts import clean, document, free_text, heading_key, person_name, phone


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("390-754-1004", "CO", "+573907541004"),
        ("573902081001", "CO", "+573902081001"),
        ("+57 390 412 7781", "MX", "+573904127781"),
        ("55 0000 1201", "MX", "+525500001201"),
        ("+52 1 55 0000 1201", "CO", "+525500001201"),
        ("'5500001201", "MX", "+525500001201"),
        ("601 555 0101", "CO", "6015550101"),
    ],
)
def test_phones_are_international_when_they_can_be(text, country, number):
    assert phone(text, country) == (number, "")


def test_a_phone_that_a_spreadsheet_destroyed_is_dropped():
    assert phone("3,9012E+09", "CO") == ("", "phone.scientific")
    assert phone("", "CO") == ("", "borrower.missing_phone")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CC 500232398", ("CC", "500232398")),
        ("C.C. 500.201.301", ("CC", "500201301")),
        ("500.201.301", ("", "500201301")),
        ("NIT 900123456-7", ("NIT", "900123456-7")),
        ("ABCD010203HDFRRR09", ("CURP", "ABCD010203HDFRRR09")),
        ("", ("", "")),
    ],
)
def test_documents_have_type_and_number(text, expected):
    assert document(text) == expected


def test_headings_are_compared_without_accents_case_and_signs():
    assert heading_key("Interés (%)") == heading_key("INTERES") == "INTERES"


def test_direction_marks_and_control_characters_are_dropped():
    assert clean("\u202eAna\x07 \u200fRuiz\r\n") == "Ana Ruiz"
    assert person_name("  Ana \n  Ruiz ") == "Ana Ruiz"


def test_what_a_spreadsheet_would_run_is_told():
    assert free_text("=1+1")[1] == ("text.formula_prefix",)
    assert free_text("-")[1] == ()


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing_more(text):
    assert person_name(person_name(text)) == person_name(text)
    phone(text, "CO")
    document(text)
    heading_key(text)
