from __future__ import annotations

import pytest

from bridge.errors import ConfigurationError
from bridge.systems import registry
from bridge.systems.quickbooks.adapter import QuickBooks
from tests.in_words import in_words


def test_every_system_of_the_registry_can_be_loaded() -> None:
    for name in registry.SYSTEMS:
        adapter = registry.load(name)
        assert adapter.name == name
        assert adapter.settings_type.__struct_fields__
    assert registry.load("quickbooks") is QuickBooks


def test_an_unknown_system_gets_the_nearest_name() -> None:
    with pytest.raises(ConfigurationError) as near:
        registry.load("quickbook")
    assert 'Did you mean "quickbooks"' in in_words(near.value)
    with pytest.raises(ConfigurationError) as far:
        registry.load("sap")
    assert "Choose one of" in in_words(far.value)
