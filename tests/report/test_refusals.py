"""Every reason that refuses a delivery stands at its file and row, with what puts it right."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from bridge.core.message import Detail, message
from bridge.core.tie_out.causes import the_newest_delivery_was_refused
from bridge.core.tie_out.known import Delivery, Fresh, Known, Reason

ROOT = Path(__file__).parents[2] / "bridge"
OF_SETTINGS = {"mapping.py", "registry.py"}
"""What they say is wrong in the settings, before any delivery is looked at."""
WHAT, FIX = message("refused_encoding"), message("mend_encoding")


def test_no_reason_to_refuse_a_delivery_is_written_out_as_a_sentence() -> None:
    for path in [*sorted((ROOT / "source").rglob("*.py")), ROOT / "core" / "guards.py"]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            if call.func.id == "Problem" and path.name not in OF_SETTINGS:
                if "time zone" in ast.unparse(call):
                    continue
                written = [a for a in call.args[1:] if isinstance(a, ast.JoinedStr)]
                constants = [a.value for a in call.args[1:] if isinstance(a, ast.Constant)]
                assert not written and set(constants) <= {""}, f"{path}:{call.lineno}"


@pytest.mark.parametrize(
    ("where", "file", "row"),
    [
        ("deudas.csv", "deudas.csv", 0),
        ("a, b.xlsx Hoja", "a, b.xlsx Hoja", 0),
        (message("row_of_file", file="deudas.csv", row=3), "deudas.csv", 3),
        ("octubre.csv, noviembre.csv", "octubre.csv, noviembre.csv", 0),
    ],
)
def test_a_reason_stands_at_its_file_and_row(where: Detail, file: str, row: int) -> None:
    day, problem = date(2026, 11, 20), Reason(where, WHAT, FIX)
    refused = Delivery(day=day, accepted=False, problems=(problem,))
    known = Known(fresh=Fresh(today=day), delivery=refused)
    (task,) = the_newest_delivery_was_refused(known)
    assert (task.where.file, task.where.row) == (file, row)
    assert task.detail == message("mistake", what=WHAT, fix=FIX)


def test_a_reason_that_an_older_state_kept_is_told_as_it_was_written() -> None:
    day = date(2026, 11, 20)
    problem = Reason("deudas.csv", "is empty.", "Export it again.")
    refused = Delivery(day=day, accepted=False, problems=(problem,))
    (task,) = the_newest_delivery_was_refused(Known(fresh=Fresh(today=day), delivery=refused))
    assert task.detail == "is empty. Export it again."
