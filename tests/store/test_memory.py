"""What planning, reconciling and history remember."""

from __future__ import annotations

from decimal import Decimal

from bridge.core.books import Kind, Status
from bridge.core.delivery import Binding
from bridge.core.findings import Finding
from bridge.core.identity import BooksId
from bridge.core.plan import Hold
from bridge.store import Store
from tests.store.rows import AT, BOOKS, customer, invoice, posted

LOAN = ("dev-7f3a", "1")


def bound(reference: str, external_id: str, version: str = "0", **changed: object) -> Binding:
    values: dict[str, object] = {
        "reference": reference,
        "external_id": external_id,
        "version": version,
        "generation": 1,
        "document": invoice(reference),
    }
    return Binding(**values | changed)  # type: ignore[arg-type]


def test_findings_and_holds_are_replaced_in_their_scope(store: Store) -> None:
    one = Finding(code="loan.overpaid", subject="loan:1", detail="by 5000")
    two = Finding(code="amount.mixed", subject="file:a.csv")
    hold = Hold(code="loan.held", subject="loan:1", currency="COP", amount=Decimal("-0.10"))
    with store.begin() as work:
        work.findings.put("loan/dev/1", [one])
        work.findings.put("files", [two, two])
        work.findings.put("files", [two])
        work.plans.put_holds(BOOKS, LOAN, [hold, hold])
        work.plans.put_holds(BooksId("xero", "x"), LOAN, [hold])
    with store.begin() as work:
        assert work.findings.all() == [one, two]
        assert work.findings.all(scope_prefix="loan/") == [one]
        assert sorted(f.code for f in work.findings.all()) == ["amount.mixed", "loan.overpaid"]
        assert work.plans.holds(BOOKS) == [hold, hold]
        work.plans.put_holds(BOOKS, LOAN, [])
        assert work.plans.holds(BOOKS) == []
        assert list(work.plans.loan_holds(BooksId("xero", "x"))) == [(LOAN, hold)]


def test_revisits_are_planned_until_taken_back(store: Store) -> None:
    with store.begin() as work:
        work.plans.set_revisit(BOOKS, LOAN, "rate.missing")
        work.plans.set_revisit(BOOKS, LOAN, "books.period_closed")
        assert work.plans.revisit_reasons(BOOKS) == {"books.period_closed": 1}
        work.plans.set_revisit(BOOKS, LOAN, None)
        assert work.plans.revisits(BOOKS) == []
        work.plans.set_planned_through(BOOKS, 3)
        assert work.plans.planned_through(BOOKS) == 3
        assert work.plans.planned_through(BooksId("xero", "other")) == 0


def test_reading_about_unknown_books_writes_nothing(store: Store) -> None:
    with store.read() as work:
        assert work.outbox.counts(BooksId("zoho", "none")) == {}
        assert work.plans.planned_through(BooksId("zoho", "none")) == 0


def test_the_mirror_is_compared_with_what_is_bound(store: Store) -> None:
    with store.begin() as work:
        for number in "1234":
            work.bindings.put(BOOKS, bound(f"DY7F3A-L{number}", number), LOAN)
        work.bindings.put(BOOKS, bound("DY7F3A-L5", "5", voided=True), LOAN)
        assert work.mirror.put(
            BOOKS,
            [
                posted(Kind.INVOICE, "1", total=Decimal("10.50"), currency="COP"),
                posted(Kind.INVOICE, "2", "1", total=Decimal(1), currency="COP"),
                posted(Kind.INVOICE, "3", status=Status.VOIDED),
                posted(Kind.INVOICE, "5", number="DY7F3A-L5"),
                posted(Kind.INVOICE, "6", number="DY7F3A-L6"),
                posted(Kind.INVOICE, "7", number="1001"),
            ],
        ) == 6  # fmt: skip
        missing = [(b.reference, d and d.status) for _, b, d in work.mirror.missing(BOOKS)]
        assert missing == [("DY7F3A-L3", Status.VOIDED), ("DY7F3A-L4", None)]
        assert [b.reference for _, b, _ in work.mirror.altered(BOOKS)] == ["DY7F3A-L2"]
        assert [b.reference for b, _ in work.mirror.revived(BOOKS)] == ["DY7F3A-L5"]
        total = work.mirror.totals(BOOKS)[(Kind.INVOICE, "COP")]
        assert (total.count, total.total) == (2, Decimal("11.50"))
        assert work.mirror.set_status(BOOKS, Kind.INVOICE, "1", Status.DELETED)
        assert not work.mirror.set_status(BOOKS, Kind.INVOICE, "404", Status.DELETED)
        assert len(list(work.mirror.missing(BOOKS))) == 3
        work.mirror.set_cursor(BOOKS, "a")
        work.mirror.set_cursor(BOOKS, "b")
        assert work.mirror.cursor(BOOKS) == "b"
        work.mirror.clear(BOOKS)
        assert list(work.mirror.documents(BOOKS)) == []
        assert work.mirror.cursor(BOOKS) == ""


def test_a_customer_is_found_by_its_name_without_generation(store: Store) -> None:
    with store.begin() as work:
        for generation, reference in ((1, "DY7F3A-D1"), (2, "DY7F3A-D1.2")):
            binding = bound(
                reference, reference, document=customer(reference), generation=generation
            )
            work.bindings.put(BOOKS, binding)
        found = work.bindings.customer(BOOKS, "DY7F3A-D1")
        assert found is not None
        assert found.reference == "DY7F3A-D1.2"
        assert work.bindings.loan_of(BOOKS, "DY7F3A-D1") is None
        assert work.bindings.counts(BOOKS) == {(Kind.CUSTOMER, False): 2}


def test_runs_sort_by_time_and_keep_their_end(store: Store) -> None:
    with store.begin() as work:
        first = work.runs.start("sync", "xero", AT)
        second = work.runs.start("sync", "xero", "2026-11-20T06:00:00.000001+00:00")
        later = work.runs.start("reconcile", "", "2026-11-20T07:00:00Z")
        assert (first, second) == ("20261120T060000Z-sync", "20261120T060000Z-sync-2")
        work.runs.end(later, "clean", "nothing to do", {"posted": 0}, AT)
        newest, *_ = work.runs.latest(limit=1)
    assert (newest.id, newest.verdict, newest.counts) == (later, "clean", {"posted": 0})
