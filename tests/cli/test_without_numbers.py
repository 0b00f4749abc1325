"""A notebook without numbers, corrected overnight: what the books hold after a person's word."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.cli.small_lender import Lender

M20 = Path(__file__).parents[1] / "data" / "found" / "M20"


@pytest.fixture
def notebook(lender: Lender) -> Lender:
    """The first day is in the books; on the second one a concept and an amount are corrected."""
    for name, before, after in (
        ("deudores", 'default_kind = "auto"', 'default_kind = "cash_loan"'),
        ("quickbooks", 'amount_edited = "ask"', 'amount_edited = "correct"'),
    ):
        mapping = lender.folder / "mappings" / f"{name}.toml"
        text = mapping.read_text("utf-8")
        assert before in text
        mapping.write_text(text.replace(before, after), "utf-8")
    shutil.rmtree(lender.folder / "inbox")
    write(lender, "dia1")
    assert lender.json("sync")["tasks"] == []
    assert invoices(lender) == [Decimal(200_000), Decimal(300_000)]
    write(lender, "dia2")
    lender.json("sync", code=1)
    assert invoices(lender) == [Decimal(200_000), Decimal(300_000)]
    return lender


def write(lender: Lender, day: str) -> None:
    inbox = lender.folder / "inbox"
    inbox.mkdir(exist_ok=True)
    shutil.copy(M20 / day / "cuaderno.csv", inbox / "cuaderno.csv")


def invoices(lender: Lender) -> list[Decimal]:
    """What the live invoices in the books are for."""
    url = f"{lender.sandbox.url}/_sandbox/quickbooks/books"
    found: dict[str, Any] = requests.get(url, timeout=60).json()
    return sorted(
        Decimal(str(each["total"]))
        for each in found["documents"]
        if each["kind"] == "invoice" and Decimal(str(each["total"]))
    )


def asked(lender: Lender) -> list[str]:
    tasks = lender.json("tasks", code=1)["tasks"]
    return [task["id"] for task in tasks if task["code"] == "identity.proposed"]


def test_after_the_same_the_books_have_the_two_corrected_invoices(notebook: Lender) -> None:
    for task in asked(notebook):
        assert notebook.run("tasks", "same", task)[0] == 0
    assert notebook.json("sync")["tasks"] == []
    assert invoices(notebook) == [Decimal(220_000), Decimal(300_000)]
    assert notebook.json("sync")["tasks"] == []
    assert notebook.json("reconcile")["tasks"] == []
    assert invoices(notebook) == [Decimal(220_000), Decimal(300_000)]


def test_after_different_too_as_the_old_ones_are_voided(notebook: Lender) -> None:
    assert notebook.run("tasks", "different", *asked(notebook))[0] == 0
    assert notebook.json("sync")["tasks"] == []
    assert invoices(notebook) == [Decimal(220_000), Decimal(300_000)]
    assert notebook.json("reconcile")["tasks"] == []


def test_an_answer_is_told_and_may_be_taken_back(notebook: Lender) -> None:
    first, second = asked(notebook)
    assert notebook.run("tasks", "same", first)[0] == 0
    document = notebook.json("tasks", code=1)
    assert [(a["id"], a["answer"]) for a in document["likeness"]] == [(first, "same")]
    assert f"answered {first}" in notebook.run("tasks")[1]
    assert notebook.run("tasks", "reopen", first)[0] == 0
    notebook.run("sync")
    assert asked(notebook) == [first, second]


def test_what_cannot_be_said_of_a_task_is_refused_with_the_way(notebook: Lender) -> None:
    task, _ = asked(notebook)
    for words, why in (
        (("answer", task), "Compare the row with yesterday's"),
        (("gone", task), "is not answered with `gone`"),
        (("same", task, "WAAAAAAAAA"), "is not like WAAAAAAAAA"),
        (("same", "0badcafe"), "There is no task 0badcafe now"),
    ):
        code, _, err = notebook.run("tasks", *words)
        assert code == 2
        assert why in err


def test_what_is_gone_is_voided_when_that_is_right(notebook: Lender) -> None:
    for task in asked(notebook):
        notebook.run("tasks", "same", task)
    path = notebook.folder / "inbox" / "cuaderno.csv"
    path.write_text("\n".join(path.read_text("utf-8-sig").splitlines()[:2]), "utf-8")
    (task,) = notebook.json("sync", code=1)["tasks"]
    assert (task["code"], task["answerable"]) == ("identity.vanished", True)
    assert notebook.run("tasks", "gone", task["id"])[0] == 0
    assert notebook.json("sync")["tasks"] == []
    assert invoices(notebook) == [Decimal(300_000)]
