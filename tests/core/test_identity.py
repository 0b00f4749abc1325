"""References: short, ours, and never two things under one name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.identity import (
    REFERENCE_LENGTH,
    BooksId,
    Letter,
    base_reference,
    is_ours,
    key,
    prefix_of,
    reference,
    with_generation,
)


def test_references_read_as_the_ledger_does() -> None:
    prefix = prefix_of("deudores", "dev-7f3a", "DY")
    assert prefix == "DY7F3A"
    assert reference(prefix, Letter.LOAN, "84") == "DY7F3A-L84"
    assert reference(prefix, Letter.LOAN, "84", "I03") == "DY7F3A-L84I03"
    assert with_generation("DY7F3A-P9", 2) == "DY7F3A-P9.2"
    assert with_generation("DY7F3A-P9", 1) == "DY7F3A-P9"
    assert base_reference("DY7F3A-P9.2") == "DY7F3A-P9"


ids = st.text(min_size=1, max_size=64)


@given(st.sampled_from(Letter), ids, st.sampled_from(["", "I03", "N12", "MXN"]), st.integers(1, 99))
def test_a_reference_always_fits_and_is_recognised(
    letter: Letter, native: str, part: str, generation: int
) -> None:
    full = with_generation(reference("DY7F3A", letter, native, part), generation)
    assert len(full) <= REFERENCE_LENGTH
    assert is_ours(full, "DY7F3A")
    assert not is_ours(full, "PC0001")


@given(ids, ids)
def test_two_ids_never_share_a_reference(one: str, other: str) -> None:
    same = reference("DY7F3A", Letter.LOAN, one) == reference("DY7F3A", Letter.LOAN, other)
    assert same == (one == other)


def test_the_same_intent_has_the_same_key_everywhere() -> None:
    first = key(BooksId("quickbooks", "9"), "create", "DY7F3A-L84", "d1")
    assert first == key(BooksId("quickbooks", "9"), "create", "DY7F3A-L84", "d1")
    assert first != key(BooksId("quickbooks", "9"), "create", "DY7F3A-L84", "d2")
    assert first != key(BooksId("quickbooks", "9"), "void", "DY7F3A-L84", "d1")
    assert len(first) == 32


def test_a_later_release_knows_what_an_earlier_one_has_posted() -> None:
    """Another number of a long id, or another key, would post all that again."""
    long = "5f0c9a1e-77b2-4a53-8a4e-0d1c2b3a4f5e"
    assert reference("DY7F3A", Letter.LOAN, long) == "DY7F3A-LAY7Z28PP"
    assert reference("DY7F3A", Letter.LOAN, long, "I03") == "DY7F3A-LY7Z28PPI03"
    assert reference("DY7F3A", Letter.LOAN, "Préstamo 84") == "DY7F3A-LC9D7YAKD"
    made = key(BooksId("quickbooks", "9"), "create", "DY7F3A-L84", "d1")
    assert made == "2ca8fc02093b4f3f25647a0836cea28f"


def test_another_company_or_product_never_shares_a_key() -> None:
    """Companies of one login may hold documents of one name: a key is for one of them."""
    keys = {
        key(BooksId(system, company), "create", "DY7F3A-L84", "d1")
        for system in ("quickbooks", "xero")
        for company in ("9", "10")
    }
    assert len(keys) == 4


def test_a_source_that_has_no_letters_of_its_own_has_its_first_two() -> None:
    assert prefix_of("deudores", "dev-7f3a", "DY") == "DY7F3A"
    assert prefix_of("otro", "dev-7f3a") == "OT7F3A"
