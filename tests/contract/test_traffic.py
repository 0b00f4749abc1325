"""What crosses the wire in a whole sync, both ways, is what the providers describe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bridge.systems import registry
from tests.contract import defects, judging
from tests.contract.checking import check
from tests.contract.openapi import METHODS, SPECS, Description

FEWEST = {"quickbooks": 1600, "xero": 280, "zoho": 1850}


@pytest.mark.parametrize("system", sorted(registry.SYSTEMS))
def test_every_request_and_answer_is_as_the_provider_describes(system: str) -> None:
    verdict = check(system)
    assert not verdict.complaints, "\n".join([str(verdict), *verdict.complaints])
    assert verdict.requests >= FEWEST[system], f"{verdict}: fewer than there were"


def test_every_documented_defect_names_its_source() -> None:
    for defect in defects.TABLE:
        assert len(defect.source) > 10, defect


def test_every_official_file_of_zoho_is_read() -> None:
    there = {path.stem for path in SPECS.joinpath("zoho_books").glob("*.yml")}
    assert there == set(judging.ZOHO_FILES)


def test_what_the_examples_are_said_to_show_they_show() -> None:
    (description,) = judging.xero()
    shown = set(_names_beyond_the_schemas(description))
    for defect in defects.of("xero"):
        if defect.source == defects.OWN_EXAMPLES:
            assert set(defect.places) <= shown, set(defect.places) - shown


def _names_beyond_the_schemas(description: Description) -> Iterator[str]:
    for methods in description.document["paths"].values():
        for method in set(methods) & set(METHODS):
            for response in methods[method]["responses"].values():
                content = description.resolved(response).get("content") or {}
                for described in content.values():
                    yield from _unknown(description, described["schema"], described.get("example"))


def _unknown(description: Description, schema: Any, value: Any) -> Iterator[str]:
    name, schema = description.named(schema)
    properties = schema.get("properties") or {}
    if isinstance(value, list):
        for each in value:
            yield from _unknown(description, schema.get("items") or {}, each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in properties:
                yield from _unknown(description, properties[key], each)
            else:
                yield f"{name}.{key}"
