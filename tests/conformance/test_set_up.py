"""What a company should have for the bridge is made once; books are kept with it and without."""

from __future__ import annotations

import pytest

from tests.conformance.bench import Bench


def test_a_set_up_done_again_makes_nothing_again(bench: Bench) -> None:
    first, second = bench.system.set_up(), bench.system.set_up()
    assert {each.state for each in first} <= {"made"}
    assert [(each.what, each.state) for each in second] == [(each.what, "there") for each in first]
    assert all(each.what for each in first)


@pytest.mark.parametrize("set_up", [True, False])
def test_customers_are_posted_found_and_changed_with_it_and_without(
    bench: Bench, set_up: bool
) -> None:
    if set_up:
        bench.system.set_up()
    people = [bench.customer(number) for number in range(1, 6)]
    bench.post(*people)
    found = bench.find(*people, bench.customer(9))
    assert {reference: seen.external_id for reference, seen in found.items()} == {
        person.reference: bench.posted[person.reference].external_id for person in people
    }
    invoice = bench.loan()
    assert bench.count(invoice.reference) == 1


def test_the_companies_that_a_login_reaches_are_told_or_are_one(bench: Bench) -> None:
    reached = bench.system.companies()
    assert not reached or reached[bench.system.company_id] == "Crédito Fácil SAS"
