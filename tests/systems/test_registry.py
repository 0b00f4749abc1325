from __future__ import annotations

import pytest

from bridge.errors import ConfigurationError
from bridge.systems import registry
from bridge.systems.quickbooks.adapter import QuickBooks


def test_every_system_of_the_registry_can_be_loaded() -> None:
    for name in registry.SYSTEMS:
        adapter = registry.load(name)
        assert adapter.name == name
        assert adapter.settings_type.__struct_fields__
    assert registry.load("quickbooks") is QuickBooks


def test_an_unknown_system_gets_the_nearest_name() -> None:
    with pytest.raises(ConfigurationError, match="Did you mean 'quickbooks'"):
        registry.load("quickbook")
    with pytest.raises(ConfigurationError, match="Choose one of"):
        registry.load("sap")
