"""Every body of an answer that somebody else wrote down: cassettes, and the providers' examples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from bridge.systems.transport import from_json

TESTS = Path(__file__).parents[1]
SPECS = TESTS / "data" / "specs"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Body = tuple[str, Any]


def bodies(system: str) -> Iterator[Body]:
    """(where it stands, decoded body) of each answer of a system."""
    yield from _cassettes(system)
    yield from {"quickbooks": _samples, "xero": _responses, "zoho": _examples}[system]()


def _cassettes(system: str) -> Iterator[Body]:
    for path in sorted(TESTS.joinpath("cassettes").glob("*.yaml")):
        of, _, rest = path.stem.partition("_")
        if (of if rest and of in ("xero", "zoho") else "quickbooks") != system:
            continue
        for turn in yaml.load(path.read_text(encoding="utf-8"), _LOADER)["interactions"]:
            text = turn["response"]["body"]["string"]
            yield from _decoded(f"{path.name} {turn['request']['uri']}", text)


def _samples() -> Iterator[Body]:
    for name, sample in json.loads(SPECS.joinpath("quickbooks/samples.json").read_text()).items():
        if not name.endswith("_request"):
            for part in ("body", "response"):
                yield from _decoded(name, sample.get(part))


def _responses() -> Iterator[Body]:
    document = yaml.load(SPECS.joinpath("xero/xero_accounting.yaml").read_text(), _LOADER)
    for place in _objects({"paths": document["paths"], "responses": document["components"]}):
        for code, answer in (place.get("responses") or {}).items():
            for content in (answer.get("content") or {}).values() if str(code).isdigit() else ():
                yield from _decoded(f"xero_accounting.yaml {code}", content.get("example"))


def _examples() -> Iterator[Body]:
    """Whole ones, and objects put together of their fields' own. Requests' are among them: the
    fields mean the same there."""
    for path in sorted(SPECS.joinpath("zoho_books").glob("*.yml")):
        for place in _objects(yaml.load(path.read_text(encoding="utf-8"), _LOADER)):
            example = place.get("example")
            if isinstance(example, dict) or str(example).lstrip()[:1] == "{":
                yield from _decoded(path.name, example)
            properties = place.get("properties")
            if isinstance(properties, dict):
                told = {
                    name: field["example"]
                    for name, field in properties.items()
                    if isinstance(field, dict) and "example" in field
                }
                yield from _decoded(f"{path.name} {', '.join(told)}"[:80], told)


def _decoded(name: str, body: Any) -> Iterator[Body]:
    """As the adapters would decode it; what is no JSON is no answer that they believe."""
    text = body if isinstance(body, str) else json.dumps(body, default=str)
    with suppress(ValueError):
        content = from_json(text.encode())
        if isinstance(content, dict | list):
            yield name, content


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, dict | list):
            yield from _objects(each)
