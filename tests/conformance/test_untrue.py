"""Answers that can not be true: a read concludes nothing; a write is in doubt until looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bridge.core.books import Invoice
from bridge.core.delivery import InDoubt, Outcome, Posted
from bridge.errors import TryLater
from tests.conformance.bench import Bench

pytestmark = pytest.mark.sandbox_only("faults")


@dataclass(frozen=True)
class Names:
    """What a product calls the parts of an invoice, and where it is written."""

    write: str
    path: str
    id: str
    number: str
    total: str
    day: str
    rows: str


NAMES = {
    "quickbooks": Names("POST", "/invoice", "Id", "DocNumber", "TotalAmt", "TxnDate", "Invoice"),
    "xero": Names("PUT", "/Invoices", "InvoiceID", "InvoiceNumber", "Total", "Date", "Invoices"),
    "zoho": Names("POST", "/invoices", "invoice_id", "invoice_number", "total", "date", "invoices"),
}
LIES: list[tuple[str, Any]] = [
    *(("id", value) for value in (["1"], {"a": "1"}, True, "1\n2", "9" * 65)),
    *(("total", value) for value in ("abc", "1e400", "NaN", "١٢", [], {}, True)),
    *(("day", value) for value in ("2026-13-45", 7, ["2026-11-20"])),
    *(("number", value) for value in (["L"], {})),
]
"""Part of an invoice → what no product can say of it."""
DEEP = "[" * 49 + "]" * 49
BODIES = ["{}", "[]", "null", '"text"', "7", DEEP, '{"Invoice":[]}', '{"code":0}']


def lie(bench: Bench, part: str, count: int, *, how: str = "set", **wish: Any) -> None:
    names = NAMES[bench.name]
    if part:
        wish |= {"kind": "lie", "field": getattr(names, part), "how": how}
    match = wish.pop("match", {"method": names.write, "path": names.path})
    bench.control("POST", "faults", system=bench.name, count=count, match=match, **wish)


def ready(bench: Bench) -> Invoice:
    """A customer in the books, and an invoice to write."""
    bench.post(bench.customer())
    return bench.invoice(1)


def in_the_books_once(bench: Bench, *written: Invoice) -> None:
    """Looked up, each is there as it was sent, once, under an id of its own."""
    bench.control("DELETE", "faults")
    bench.wait(3600)
    found = bench.find(*written)
    for document in written:
        if bench.can.two_steps and document.reference not in found:
            bench.post(document)
            found |= bench.find(document)
    assert [found[each.reference].total for each in written] == [each.total for each in written]
    ids = {found[each.reference].external_id for each in written}
    assert len(ids) == len(written)
    assert set(bench.system.fetch(written[0].kind, sorted(ids))) == ids
    assert [bench.count(each.reference) for each in written] == [1] * len(written)


@pytest.mark.parametrize(("part", "value"), LIES)
def test_a_write_whose_answer_can_not_be_true_is_looked_up(
    bench: Bench, part: str, value: Any
) -> None:
    invoice = ready(bench)
    lie(bench, part, 1, value=value)
    (outcome,) = bench.send(invoice)
    assert isinstance(outcome, InDoubt), outcome
    in_the_books_once(bench, invoice)


@pytest.mark.parametrize("text", BODIES)
def test_a_write_that_is_answered_with_no_object_is_looked_up(bench: Bench, text: str) -> None:
    invoice = ready(bench)
    lie(bench, "", 1, kind="answer", when="after", text=text)
    (outcome,) = bench.send(invoice)
    assert isinstance(outcome, InDoubt), outcome
    in_the_books_once(bench, invoice)


@pytest.mark.parametrize("how", ["set", "drop"])
def test_anothers_answer_to_a_new_document_is_not_believed(bench: Bench, how: str) -> None:
    invoice = ready(bench)
    lie(bench, "number", 1, how=how, value="DY7F3A-L99")
    (outcome,) = bench.send(invoice)
    assert isinstance(outcome, InDoubt), outcome
    in_the_books_once(bench, invoice)


def test_two_documents_under_one_id_are_both_looked_up(bench: Bench) -> None:
    first = ready(bench)
    second = bench.invoice(2, "70.00")
    lie(bench, "id", 0, value="4600000000000000777")
    outcomes: list[Outcome] = bench.send(first, second)
    assert all(isinstance(outcome, InDoubt) for outcome in outcomes), outcomes
    in_the_books_once(bench, first, second)


def test_anothers_answer_to_a_change_binds_nothing_else(bench: Bench) -> None:
    invoice = ready(bench)
    (posted,) = bench.post(invoice)
    method = {"zoho": "PUT"}.get(bench.name, "POST")
    match = {"method": method, "path": NAMES[bench.name].path}
    lie(bench, "id", 1, value="4600000000000000777", match=match)
    outcome = bench.update(bench.invoice(1, "1300.00"))
    assert isinstance(outcome, InDoubt) or (
        isinstance(outcome, Posted) and outcome.document.external_id == posted.external_id
    ), outcome
    bench.control("DELETE", "faults")
    assert bench.now(invoice).total == bench.invoice(1, "1300.00").total


@pytest.mark.parametrize(("part", "value"), [*LIES, ("rows", {}), ("rows", "x"), ("rows", [1])])
def test_a_read_that_can_not_be_true_concludes_nothing(bench: Bench, part: str, value: Any) -> None:
    invoice = ready(bench)
    bench.post(invoice)
    lie(bench, part, 0, value=value, match={"path": "/"})
    with pytest.raises(TryLater):
        bench.find(invoice)
    with pytest.raises(TryLater):
        list(bench.system.read([invoice.kind]))
    bench.control("DELETE", "faults")
    assert list(bench.find(invoice)) == [invoice.reference]


@pytest.mark.parametrize("part", ["id", "rows"])
def test_what_is_left_out_of_a_read_is_not_absent(bench: Bench, part: str) -> None:
    invoice = ready(bench)
    bench.post(invoice)
    lie(bench, part, 0, how="drop", match={"path": "/"})
    with pytest.raises(TryLater):
        bench.find(invoice)


@pytest.mark.parametrize("text", BODIES)
def test_a_read_that_is_answered_with_no_object_concludes_nothing(bench: Bench, text: str) -> None:
    invoice = ready(bench)
    bench.post(invoice)
    lie(bench, "", 0, kind="answer", text=text, match={"path": "/"})
    with pytest.raises(TryLater):
        bench.find(invoice)


def test_a_document_that_nobody_asked_for_is_no_answer(bench: Bench) -> None:
    """The one that was asked for would else pass for absent, and be sent again."""
    invoice = ready(bench)
    (posted,) = bench.post(invoice)
    lie(bench, "id", 0, value="4600000000000000777", match={"path": "/"})
    with pytest.raises(TryLater):
        bench.system.fetch(invoice.kind, [posted.external_id])
