"""What shows only when rows are seen together."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.core.findings import Finding
from bridge.core.ledger import Entity
from bridge.core.message import message
from bridge.store import Store
from bridge.store.findings import FINDING
from tests.expected import problems
from tests.source.conftest import DAY1, source
from tests.store.rows import AT, borrower, facts, loan, repayment, take


def codes(store: Store) -> list[tuple[str, str, tuple[str, ...]]]:
    with store.read() as work:
        found = work.findings.all(scope_prefix="snapshot/")
    return sorted((f.code, f.subject, f.related) for f in found)


def test_namesakes_are_told_apart_by_phone_and_document(store: Store) -> None:
    take(
        store,
        [
            borrower("1", name="José  Pérez", phone="+573900000001"),
            borrower("2", name="jose perez", phone="+573900000001"),
            borrower("3", name="Ana Ruiz", phone="", document_type="CC", document_number="1"),
            borrower("4", name="ANA RUÍZ", phone="", document_type="CC", document_number="2"),
            *(loan(id, id) for id in "1234"),
        ],
    )
    assert codes(store) == [
        ("borrower.homonym", "borrower:3", ("borrower:4",)),
        ("borrower.possible_duplicate", "borrower:1", ("borrower:2",)),
    ]
    with store.read() as work:
        assert all(file.homonym for file in work.ledger.loan_files(0))


def test_a_finding_goes_when_its_cause_does(store: Store) -> None:
    rows: list[Entity] = [borrower("1", name="Ana"), borrower("2", name="Ana"), loan("1", "1")]
    take(store, rows)
    assert [code for code, _, _ in codes(store)] == ["borrower.homonym", "borrower.without_loans"]
    take(store, [rows[0], borrower("2", name="Luz"), rows[2], loan("2", "2")])
    assert codes(store) == []


def test_orphans_and_two_currencies(store: Store) -> None:
    take(
        store,
        [
            borrower("1"),
            loan("1", "1"),
            loan("2", "1", currency="USD"),
            loan("3", "777"),
            repayment("9", "9901"),
        ],
    )
    assert codes(store) == [
        ("borrower.two_currencies", "borrower:1", ()),
        ("loan.orphan", "loan:3", ("borrower:777",)),
        ("movement.orphan", "movement:9", ("loan:9901",)),
    ]
    with store.read() as work:
        (orphan,) = (file for file in work.ledger.loan_files(0) if file.loan_id == "9901")
        assert orphan.loan is None
        assert [row.id for row in orphan.repayments] == ["9"]


def test_the_same_payment_under_two_ids_is_noticed(store: Store) -> None:
    rows = [borrower("1"), loan("1", "1"), *(repayment(id, "1") for id in ("403", "1127"))]
    take(store, rows)
    expected = [("movement.possible_double_entry", "movement:403", ("movement:1127",))]
    assert codes(store) == expected
    take(store, [*rows, repayment("5", "1", 1)])
    assert codes(store) == expected
    take(store, rows[:-1])
    assert codes(store) == []


def test_repeats_are_dropped_and_conflicts_keep_the_first(store: Store) -> None:
    first = repayment("351", "1", 20000)
    rows = [
        borrower("1"),
        loan("1", "1"),
        first,
        repayment("351", "1", "30000.5"),
        first,
        repayment("201", "1", 7),
        repayment("201", "1", 7),
    ]
    stage = store.stage(facts(), iter(rows))
    assert stage.counts["repayments"] == 2
    assert stage.repeats == 3
    assert stage.totals[("repayments", "COP")] == 2000700
    stage.close()
    for _ in range(2):
        take(store, rows)
        with store.read() as work:
            file = work.ledger.loan_file("dev-7f3a", "1")
        assert file is not None
        kept = {row.id: row for row in file.repayments}
        assert kept["351"].amount == Decimal(20000)
        (note,) = kept["351"].notes
        assert (note.code, note.detail) == (
            "movement.duplicate_conflict",
            message("two_values", first=Decimal(20000), second=Decimal("30000.5")),
        )
        assert codes(store) == [
            ("movement.duplicate_conflict", "movement:351", ()),
            ("movement.duplicate_identical", "movement:201", ()),
            ("movement.duplicate_identical", "movement:351", ()),
        ]
    take(store, [rows[0], rows[1], first, rows[5]])
    assert codes(store) == []


def test_a_reinstalled_phone_shows_before_it_is_accepted(store: Store) -> None:
    take(store, [borrower("1"), loan("1", "1"), borrower("2"), loan("2", "2")])
    other = loan("1", "1", start=facts().as_of, opening=Decimal(5))
    same_name = loan("2", "2", start=facts().as_of, opening=Decimal(5))
    stage = store.stage(
        facts(), iter([borrower("1", name="Someone else"), borrower("2"), other, same_name])
    )
    (evidence,) = stage.reinstalled
    assert evidence.startswith("loan:1: another borrower, 2026-11-02 became 2026-11-20, 120000")
    assert stage.previous["loans"] == 2
    assert stage.previous_totals == {("loans", "COP"): 24000000}
    stage.close()


EXPECTED = problems(DAY1 / "problemas_esperados.json")
CROSS_ROW = {
    "loan.orphan",
    "borrower.homonym",
    "borrower.possible_duplicate",
    "borrower.two_currencies",
    "borrower.without_loans",
    "movement.duplicate_conflict",
    "movement.duplicate_identical",
    "movement.orphan",
    "movement.possible_double_entry",
}


@pytest.mark.parametrize("form", ["json", "csv"])
def test_the_sample_ledger_has_the_expected_problems_and_no_others(store: Store, form: str) -> None:
    expected: dict[str, set[str]] = {code: set() for code in CROSS_ROW}
    for problem in EXPECTED:
        if problem["code"] in CROSS_ROW:
            expected[problem["code"]].update(problem["records"])
    expected["borrower.two_currencies"].discard("loan:12")  # the loan that shows it
    expected["borrower.without_loans"].add("borrower:120")  # has none either; the list forgot it
    found: dict[str, set[str]] = {}
    snapshot = source(DAY1, form).snapshot()
    stage = store.stage(snapshot.facts, snapshot.rows())
    store.accept(stage, AT)
    stage.close()
    for code, subject, related in codes(store):
        same_kind = {r for r in related if r.partition(":")[0] == subject.partition(":")[0]}
        found.setdefault(code, set()).update({subject} | same_kind)
    assert found == expected


def test_what_a_state_of_before_says_of_a_row_is_still_asked(store: Store) -> None:
    body = b'{"code":"debt.orphan","subject":"debt:2","related":["debtor:7"]}'
    with store.begin() as work:
        line = {"scope": "loan/dev-7f3a/2", "code": "debt.orphan", "body": body}
        work.session.connection.execute(FINDING.insert(), [line])
    with store.read() as work:
        asked = work.findings.asking()
    assert asked == [Finding(code="loan.orphan", subject="loan:2", related=("borrower:7",))]
