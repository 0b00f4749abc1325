"""Customers are known by a field for our reference where there is one, by name and remarks else."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.core.books import Kind, Several
from bridge.core.delivery import InDoubt, Posted
from bridge.systems.results import Applied
from tests.systems.zoho.bench import CUSTOMER, Bench, changed

OTHER = changed(CUSTOMER, reference="DYT-D2", name="Luz")


@pytest.fixture(params=[True, False], ids=["field", "remarks"])
def known(request: pytest.FixtureRequest, bench: Bench) -> Bench:
    """Customers are in the books, known by the field or without it."""
    if request.param:
        assert [each.state for each in bench.system.set_up()] == ["made"]
    bench.posted(CUSTOMER)
    bench.posted(OTHER)
    return bench


def has_field(bench: Bench) -> bool:
    return Kind.CUSTOMER in bench.system._company().fields


def by_hand(bench: Bench, **fields: Any) -> None:
    """What a bookkeeper writes over a contact of ours, beyond its name."""
    body = {"contact_name": CUSTOMER.name, "contact_type": "customer", **fields}
    path = f"contacts/{bench.links[CUSTOMER.reference]}"
    assert isinstance(bench.system._wire.write("PUT", path, body), Applied)


def test_the_field_is_made_once_and_used(bench: Bench) -> None:
    def advice() -> list[str]:
        probes = bench.system.probes()
        return [advice for topic, _, advice in probes if topic.startswith("field")]

    assert "connect zoho --set-up" in advice()[0]
    assert [each.state for each in bench.system.set_up()] == ["made"]
    assert [each.state for each in bench.system.set_up()] == ["there"]
    assert advice() == [""]
    assert bench.posted(CUSTOMER).number == CUSTOMER.reference
    (listed,) = [d for d in bench.system.read([Kind.CUSTOMER]) if d.name == CUSTOMER.name]
    assert listed.number == CUSTOMER.reference


def test_a_customer_is_found_by_its_name(known: Bench) -> None:
    found = known.find(CUSTOMER)
    assert found is not None
    assert found.external_id == known.links["DYT-D1"]
    assert found.number == (CUSTOMER.reference if has_field(known) else "")


def test_a_customer_renamed_by_hand_is_found(known: Bench) -> None:
    known.edit(action="rename", kind="customer", name=CUSTOMER.name, to="Somebody else")
    found = known.find(CUSTOMER)
    assert found is not None
    assert found.external_id == known.links["DYT-D1"]


def test_where_remarks_are_lost_too_only_the_field_still_knows_the_customer(known: Bench) -> None:
    by_hand(known, contact_name="Somebody else", notes="")
    found = known.system.find(Kind.CUSTOMER, [CUSTOMER, OTHER], known.links)
    assert set(found) == ({"DYT-D1", "DYT-D2"} if has_field(known) else {"DYT-D2"})


def test_a_namesake_is_nobody_of_ours(known: Bench) -> None:
    known.edit(action="rename", kind="customer", name=CUSTOMER.name, to="Somebody else")
    known.edit(action="add", kind="customer", name=CUSTOMER.name)
    found = known.find(CUSTOMER)
    assert found is not None
    assert found.external_id == known.links["DYT-D1"]
    assert known.find(changed(CUSTOMER, reference="DYT-D9")) is None


def test_a_second_customer_of_one_reference_is_refused_by_the_field_alone(known: Bench) -> None:
    twin = changed(CUSTOMER, name="Another name")
    outcome = known.post(twin)
    assert isinstance(outcome, Posted) is not has_field(known)
    assert known.count(twin) == (0 if has_field(known) else 1)
    if not has_field(known):
        by_hand(known, notes="Ledger reference: DYT-D1", contact_name="Third name")
        renamed = changed(CUSTOMER, name="No such name")
        found = known.system.find(Kind.CUSTOMER, [renamed], known.links)[renamed.reference]
        assert isinstance(found, Several)


def test_a_lost_reply_is_looked_up_before_anything_is_sent_again(known: Bench) -> None:
    third = changed(CUSTOMER, reference="DYT-D3", name="Eva")
    known.fault("reset", method="POST", path="/contacts")
    assert isinstance(known.post(third), InDoubt)
    known.edit(action="rename", kind="customer", name="Eva", to="Eva M.")
    found = known.find(third)
    assert found is not None
    assert found.name == "Eva M."
    absent = changed(CUSTOMER, reference="DYT-D4", name="Nobody")
    assert known.find(absent) is None


def test_a_customer_made_before_the_field_is_found_by_its_remarks(bench: Bench) -> None:
    bench.posted(CUSTOMER)
    bench.system.set_up()
    bench.edit(action="rename", kind="customer", name=CUSTOMER.name, to="Somebody else")
    found = bench.find(CUSTOMER)
    assert found is not None
    assert found.external_id == bench.links["DYT-D1"]
