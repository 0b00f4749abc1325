"""Every found ledger goes from the file to the books, in each form and each system.

A pass and a comparison; then the sandbox's own books, what the lender is told, and the page are
held against what was written down by hand in `cases`. In one run each form of a case goes to
another system; with BRIDGE_FOUND_SYSTEMS=all each goes to all three.
"""

from __future__ import annotations

import html
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from tests.found.cases import CASES, LENT, Case, Told
from tests.found.desk import FOUND
from tests.found.forms import FORMS, in_json, sheets
from tests.found.morning import Books, Lender, Morning
from tests.pipeline.world import COMPANIES

EVERYWHERE = os.environ.get("BRIDGE_FOUND_SYSTEMS") == "all"
JSON_PREFIX = "DY0001"
"""How numbers begin where the phone says which it is: only the snapshot does."""
GREEN = ("Hoy no hay nada que hacer", "✓ Cuadra")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as running:
        yield running


def runs() -> Iterator[tuple[int, Case, str, tuple[str, ...]]]:
    """Each case in each of its forms, with the systems that it goes to."""
    systems = tuple(COMPANIES)
    for number, case in enumerate(CASES):
        for turn, form in enumerate(case.forms):
            one = systems[(number + turn) % len(systems)]
            yield number, case, form, systems if EVERYWHERE else (one,)


@pytest.mark.parametrize(
    ("case", "form", "systems"),
    [
        pytest.param(case, form, systems, id=f"{case.name}-{form}-{'-'.join(systems)}")
        for _, case, form, systems in runs()
    ],
)
def test_a_found_ledger_comes_out_right(
    case: Case, form: str, systems: tuple[str, ...], sandbox: SandboxServer, tmp_path: Path
) -> None:
    lender = Lender(tmp_path, sandbox, systems, case.answer)
    made = lender.morning(delivery(case.folder, form, tmp_path))
    for books in made.books.values():
        assert_books(case, form, books)
    assert not any(made.differences)
    if case.refused:
        assert_refused(case, made)
    else:
        assert made.synced is not None
        assert_told(case, form, made)
        assert {t.code for t in made.synced.tasks} == {t.code for t in made.compared.tasks}
        assert made.synced.exit_code == made.compared.exit_code
    assert_page(made)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_booked_and_what_is_told_are_all_that_is_in_the_file(case: Case) -> None:
    if case.refused:
        assert case.receivable == 0
        return
    left_out = sum(told.left_out for told in case.told)
    assert int(Decimal(case.receivable)) + left_out == case.in_file


def test_every_found_folder_has_its_case() -> None:
    days = {"M20"}  # of two mornings: tested below
    there = {path.name for path in FOUND.iterdir()}
    assert there - days == {case.folder for case in CASES}


def delivery(folder: str, form: str, tmp_path: Path) -> Path:
    """The case as it was found where that is its form, else its cells in another form."""
    found, made = FOUND / folder, tmp_path / folder
    if any(path.suffix == f".{form}" for path in found.iterdir()):
        shutil.copytree(found, made)
    else:
        made.mkdir()
        FORMS[form](sheets(found), made)
    return made


def assert_books(case: Case, form: str, books: Books) -> None:
    nothing = {currency: amount for currency, amount in books.receivable.items() if amount}
    owed = Decimal(case.receivable)
    assert nothing == ({"COP": owed} if owed else {})
    assert books.income == Decimal(case.income)
    assert (books.invoices, books.receipts) == (case.invoices, case.receipts)
    if case.customers:
        names = {name.replace("DYOCAL", JSON_PREFIX) for name in case.customers}
        assert books.customers == (names if form == "json" else case.customers)


def assert_told(case: Case, form: str, made: Morning) -> None:
    """Each thing that is not booked is a task with its file, row and worth; there is no other."""
    wanted = sorted(
        (t.code, t.row and t.row - (form == "json"), t.amount, t.currency) for t in case.told
    )
    found = sorted(
        (t.code, t.where.row, t.amount, t.currency or "COP") for t in made.compared.tasks
    )
    assert found == wanted
    for told in case.told:
        at = (told.code, told.row and told.row - (form == "json"))
        there = [
            t
            for t in made.compared.tasks
            if (t.code, t.where.row) == at and sheet_of(told, form) in t.where.file
        ]
        assert any(told.text in english(task.detail) for task in there)
    assert made.compared.exit_code == (1 if case.told else 0)


def sheet_of(told: Told, form: str) -> str:
    return in_json(told.sheet) if form == "json" else told.sheet


def assert_refused(case: Case, made: Morning) -> None:
    """Nothing is booked, and the refusal is the morning's task."""
    for words in case.refused:
        assert words in made.why
    assert {task.code for task in made.compared.tasks} == {"delivery.refused"}
    assert made.compared.exit_code == 1


def assert_page(made: Morning) -> None:
    """The page says that nothing is to do exactly when that is so, and names each file and row."""
    for words in GREEN:
        assert (words in made.text) is made.compared.green
    assert ("No cuadra" in made.page) is not made.compared.green
    page = html.unescape(made.page)
    for task in made.compared.tasks:
        assert task.where.file in page
        assert task.where.row == 0 or f"fila {task.where.row}" in page


@pytest.mark.parametrize("system", COMPANIES)
def test_a_notebook_without_numbers_corrected_the_next_day_stays_two_loans(
    system: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    """`nebera` is corrected, and 200.000 becomes 220.000: nothing is posted, both are asked."""
    lender = Lender(tmp_path, sandbox, (system,), LENT)
    first = lender.morning(FOUND / "M20" / "dia1")
    assert first.compared.green
    second = lender.morning(FOUND / "M20" / "dia2")
    books = second.books[system]
    assert (books.invoices, books.receivable) == (2, {"COP": Decimal(500_000)})
    assert second.compared.exit_code == 1
    asked = sorted((t.where.file, t.where.row) for t in second.compared.tasks if t.where.row)
    assert {row for _, row in asked} == {2, 3}
    assert not any(second.differences)
    assert_page(second)
