"""The defects that the sample ledger's own list names, in today's words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bridge.core.renamed import now


def problems(path: Path) -> list[dict[str, Any]]:
    """What the list expects, row by row; its codes are those of an older program."""
    told = json.loads(path.read_text(encoding="utf-8"))["data_problems"]
    return [
        {**each, "code": now(each["code"]), "records": [now(name) for name in each["records"]]}
        for each in told
    ]
