"""JSON schemas of the files that people edit, for their editors: `python -m bridge.cli.schemas`."""

from __future__ import annotations

import json
from typing import Any

from bridge.cli.shipped import shipped
from bridge.source import registry as ledgers

SCHEMAS = {
    "bridge": "bridge.settings:Settings",
    "books-mapping": "bridge.core.mapping.mapping_file:BooksMapping",
    **{f"{name}-mapping": ledgers.about(name).mapping for name in ledgers.SOURCES},
}


def schema(name: str) -> dict[str, Any]:
    """The schema of one kind of file."""
    made: dict[str, Any] = ledgers.part(SCHEMAS[name]).model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def main() -> None:
    """Write every schema to config/schemas of the checkout."""
    folder = shipped("config") / "schemas"
    for name in SCHEMAS:
        text = json.dumps(schema(name), indent=2, ensure_ascii=False, sort_keys=True)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(folder / f"{name}.json")


if __name__ == "__main__":
    main()
