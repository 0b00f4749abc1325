"""Every property that is taken has a name in Intuit's own schema; answers: tests/contract."""

from __future__ import annotations

from bridge.sandbox.quickbooks.properties import PROPERTIES
from tests.contract import xsd


def test_every_property_that_is_accepted_exists() -> None:
    for entity, names in PROPERTIES.items():
        unknown = names - set(xsd.fields(entity))
        assert not unknown, f"{entity}: {sorted(unknown)}"
