"""The JSON schemas in config/schemas say what the models say."""

from __future__ import annotations

import json

import pytest

from bridge.cli.schemas import SCHEMAS, schema
from bridge.cli.shipped import shipped


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_schema_is_up_to_date(name):
    written = json.loads(shipped(f"config/schemas/{name}.json").read_text(encoding="utf-8"))
    assert written == schema(name), "run: python -m bridge.cli.schemas"
