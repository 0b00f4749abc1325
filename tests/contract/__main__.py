"""Prints what the contract test checks: `python -m tests.contract [SYSTEM ...]`."""

from __future__ import annotations

import logging
import sys

from bridge.systems import registry
from tests.contract.checking import check

logging.disable(logging.WARNING)  # refusals are part of what is recorded
for name in sys.argv[1:] or sorted(registry.SYSTEMS):
    verdict = check(name)
    print(verdict)  # noqa: T201
    for line in verdict.complaints:
        print(f"  {line}")  # noqa: T201
