"""Whole reports, byte for byte.

After a wanted change: `LEDGER_BRIDGE_REGENERATE=1 pytest tests/report/test_golden.py`, then read
the diff of `tests/report/golden/` as a bookkeeper would, and commit it with the change.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge.report.render import content, file_name
from tests.report.example import ALL_AGREE, EXAMPLE, UNREAD, WITH_ITEMS

GOLDEN = Path(__file__).parent / "golden"
CASES = [
    (name, reconciliation, form, language)
    for name, reconciliation in (
        ("differs", EXAMPLE),
        ("agree", ALL_AGREE),
        ("items", WITH_ITEMS),
        ("unchecked", UNREAD),
    )
    for form, languages in (
        ("text", ("es", "en", "pt")),
        ("html", ("es", "en", "pt")),
        ("csv", ("es",)),
        ("json", ("es",)),
    )
    for language in languages
]


@pytest.mark.parametrize(("name", "reconciliation", "form", "language"), CASES)
def test_the_report_is_the_one_that_people_have_seen(name, reconciliation, form, language):
    made = content(reconciliation, form, language, "es-CO")
    tail = file_name(reconciliation, form, "" if form == "json" else language)
    golden = GOLDEN / tail.replace("reconciliation-2026-11-20", name)
    if os.environ.get("LEDGER_BRIDGE_REGENERATE"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(made)
    assert made == golden.read_bytes()
