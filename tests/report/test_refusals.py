"""Every reason that refuses a delivery, wherever it is written, is said in the reader's words."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bridge.core.tie_out.causes import the_newest_delivery_was_refused
from bridge.core.tie_out.known import Delivery, Fresh, Known
from bridge.errors import Problem
from bridge.report.details import said
from bridge.report.figures import Figures, locale_for
from bridge.report.texts import LANGUAGES, texts

ROOT = Path(__file__).parents[2] / "bridge"
OF_SETTINGS = {"mapping.py", "registry.py"}
"""What they say is wrong in the settings, before any delivery is looked at."""
SAMPLES = {
    "' and '.join(missing)": ("the client's name", "the day of the loan"),
    "shown": ('"Fecha", "Valor"',),
    "'; and '.join(wanted) or 'more that we know'": ('"ID deuda" or "Crédito"',),
    "seen.value": ("an amount", "a number", "a date"),
    "there": ("csv, xlsx",),
    "self._prefer": ("json",),
    "book.weak": ("the file has no ids of its own for debts",),
    "kind": ("loans",),
    "array": ("debts",),
    "currency": ("COP",),
    "name": ("loans",),
    "whole[0].counts_as_of": ("2026-11-19",),
    "facts.as_of.isoformat()": ("2026-11-18",),
    "figures.last_as_of": ("2026-11-19",),
    "file.size": ("1,200",),
    "listed.bytes": ("1,300",),
    "joined what": ('the number "1" of row 2', "what row 2 has"),
    "guards what": ("loans", "payments"),
    "reader what": ("has no json form", "has no ledger"),
    "zippedxml what": ("has no sheets",),
    "json_book there": ("9",),
}
"""What a reason says where it has room for it; a number elsewhere."""


def templates() -> Iterator[tuple[str, str]]:
    """Where, and what is said, of each `Problem` of the readers and guards."""
    for path in [*sorted((ROOT / "source").rglob("*.py")), ROOT / "core" / "guards.py"]:
        if path.name in OF_SETTINGS:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                yield from in_function(path, function)


def in_function(path: Path, function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for call in ast.walk(function):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name | ast.Attribute):
            continue
        where = f"{path.relative_to(ROOT)}:{call.lineno}"
        if isinstance(call.func, ast.Attribute):
            if call.func.attr == "refused" and len(call.args) == 2:
                for what in texts_of(call.args[1], function, path):
                    yield where, f"{what}. Save the workbook again in Excel."
        elif call.func.id == "Problem":
            if "time zone" in ast.unparse(call.args[0]):
                continue
            if isinstance(call.args[1], ast.Starred):
                yield from ((where, f"{a} {b}") for a, b in pairs_in(function))
                continue
            whats, fixes = (texts_of(part, function, path) for part in call.args[1:3])
            if "{why}." in ast.unparse(call.args[1]):
                whats = [f"{why}." for why in reasons_unread(path)]
            for what, fix in itertools.product(whats, fixes):
                yield where, f"{what} {fix}".strip()


def reasons_unread(path: Path) -> list[str]:
    """Why a file of an inbox is none of its deliveries."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "why":
            found.append(ast.literal_eval(node.value))
    return found


def pairs_in(function: ast.FunctionDef) -> list[tuple[str, str]]:
    return [
        (ast.literal_eval(node.elts[0]), ast.literal_eval(node.elts[1]))
        for node in ast.walk(function)
        if isinstance(node, ast.Tuple) and len(node.elts) == 2
    ]


def texts_of(node: ast.expr, function: ast.FunctionDef, path: Path) -> list[str]:
    """Every text that an expression may be, with something in each of its rooms."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        parts = [
            texts_of(part, function, path)
            if isinstance(part, ast.Constant)
            else sample(ast.unparse(part.value), path)
            for part in node.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        ]
        return ["".join(each) for each in itertools.product(*parts)]
    if isinstance(node, ast.Name):
        given = [
            assigned.value
            for assigned in ast.walk(function)
            if isinstance(assigned, ast.Assign)
            and ast.unparse(assigned.targets[0]) == node.id
            and not isinstance(assigned.value, ast.Call)
        ]
        return [text for value in given for text in texts_of(value, function, path)]
    return ["Save the workbook again in Excel."]


def sample(expression: str, path: Path) -> tuple[str, ...]:
    own = SAMPLES.get(f"{path.stem} {expression}")
    return own or SAMPLES.get(expression, ("7",))


REASONS = sorted(set(templates()))


def test_the_reasons_are_found() -> None:
    assert len({where for where, _ in REASONS}) > 55


@pytest.mark.parametrize(("where", "reason"), REASONS, ids=[where for where, _ in REASONS])
def test_every_reason_is_said_in_each_language(where: str, reason: str) -> None:
    column = 'column "Prima": ' if "unread.py" in where else ""
    column = 'columns "SEM 1", "SEM 2": ' if "wide.py" in where else column
    for language in LANGUAGES:
        words = texts(language)
        told = said(column + reason, words, Figures(locale_for(language, "es-CO"), {}))
        assert told != column + reason


@pytest.mark.parametrize(
    ("where", "file", "row", "begins"),
    [
        ('deudas.csv, column "Prima"', "deudas.csv", 0, 'column "Prima": is not read'),
        ('a, b.xlsx Hoja, columns "A", "B"', "a, b.xlsx Hoja", 0, 'columns "A", "B": is not'),
        ("deudas.csv, column F", "deudas.csv", 0, "column F: is not read"),
        ("deudas.csv, row 3", "deudas.csv", 3, "is not read"),
        ("octubre.csv, noviembre.csv", "octubre.csv, noviembre.csv", 0, "is not read"),
    ],
)
def test_a_reason_stands_at_its_file_and_row(where: str, file: str, row: int, begins: str) -> None:
    day, problem = date(2026, 11, 20), Problem(where, "is not read.", "Read it.")
    refused = Delivery(day=day, accepted=False, problems=(problem,))
    known = Known(fresh=Fresh(today=day), delivery=refused)
    (task,) = the_newest_delivery_was_refused(known)
    assert (task.where.file, task.where.row) == (file, row)
    assert task.detail.startswith(begins)
