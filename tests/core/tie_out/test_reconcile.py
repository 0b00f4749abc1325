"""Every cent of difference has an item, and what nothing explains is said to be so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.books import (
    Account,
    Customer,
    Invoice,
    Kind,
    Line,
    PostedDocument,
    Receipt,
    Sale,
    Status,
)
from bridge.core.delivery import Binding, Operation, State
from bridge.core.findings import CATALOGUE, holds
from bridge.core.message import message
from bridge.core.plan import HOLD_CODES, Hold
from bridge.core.tie_out.aging import aged, bucket, labels
from bridge.core.tie_out.causes import _of_item
from bridge.core.tie_out.inactive import inactive, is_inactive
from bridge.core.tie_out.items import BREAKING, Item, ItemKind
from bridge.core.tie_out.reconcile import (
    RECEIVABLE,
    arrived,
    compared,
    control_accounts,
    effect,
    effect_in_books,
    foreign_rest,
    held,
    in_the_books,
    unbound,
    waiting,
)
from bridge.core.tie_out.reconciliation import (
    ACTIONS,
    CAUSES,
    Notice,
    Reconciliation,
    SystemResult,
    TieOut,
    in_order,
)
from bridge.core.tie_out.tally import Tally
from tests.core.tie_out.bill import BILL, DAY, invoice

replace = msgspec.structs.replace
LINKS = {"DY-D1": "58"}
ZERO = Decimal(0)


def receipt(reference: str, amount: Decimal, currency: str = "COP") -> Receipt:
    return Receipt(
        reference=reference, loan="7", facts="f", customer="DY-D1", day=DAY, currency=currency,
        total=amount, deposit_account="4",
    )  # fmt: skip


def posted(document: Invoice | Receipt, **changes: object) -> PostedDocument:
    made = PostedDocument(
        kind=document.kind, external_id=f"x{document.reference}", version="0",
        number=document.reference, customer_id="58", day=DAY,
        due=DAY if document.kind is Kind.INVOICE else None, currency=document.currency,
        total=document.total, open=document.total,
    )  # fmt: skip
    return replace(made, **changes)


def bind(document: Invoice | Receipt) -> Binding:
    answer = posted(document)
    return Binding(
        reference=document.reference, external_id=answer.external_id, version="0", generation=1,
        document=document, posted=answer,
    )  # fmt: skip


def only(items: list[Item]) -> Item:
    (item,) = items
    return item


BOUND = bind(BILL)


def test_a_document_that_the_books_hold_as_posted_has_no_item():
    assert compared(BOUND, posted(BILL, version="9", open=ZERO), LINKS) == []


def test_an_absent_document_is_missing_with_its_whole_effect():
    item = only(compared(BOUND, None, LINKS))
    assert (item.kind, item.amount, item.cause) == (ItemKind.MISSING, Decimal(600), "books.absent")


@pytest.mark.parametrize("status", [Status.VOIDED, Status.DELETED])
def test_a_document_taken_away_in_the_books_is_a_tombstone(status):
    item = only(compared(bind(receipt("DY-P1", Decimal(50))), posted(BILL, status=status), LINKS))
    assert (item.kind, item.amount) == (ItemKind.TOMBSTONED, Decimal(-50))
    assert item.cause == f"books.{status.value}"
    assert item.books == status.value


@pytest.mark.parametrize("owed", [{}, {"COP": Decimal(50)}], ids=["owes nothing", "owes"])
def test_an_inactive_customer_is_told_with_what_it_owes_and_is_no_void_document(owed):
    customer = Customer(reference="DY-D1", loan="", facts="f", name="Ana", currency="COP")
    bound = replace(BOUND, reference="DY-D1", document=customer)
    now = posted(BILL, kind=Kind.CUSTOMER, status=Status.VOIDED)
    assert is_inactive(bound, now)
    assert not is_inactive(bound, replace(now, status=Status.DELETED))
    items = inactive(bound, owed)
    told = [(item.cause, item.action, item.amount, item.detail) for item in items]
    owes = message("sum", amount=Decimal(50), currency="COP")
    sums = message("still_owes", sums=[owes]) if owed else ""
    assert told == [("customer.inactive", "reactivate_customer", ZERO, sums)]


def test_an_edited_total_carries_the_amount_and_other_fields_none():
    now = posted(BILL, total=Decimal(700), day=date(2026, 11, 9))
    items = compared(BOUND, now, LINKS)
    assert [(i.field, i.amount, i.kind) for i in items] == [
        ("total", Decimal(-100), ItemKind.DRIFTED),
        ("day", ZERO, ItemKind.DRIFTED),
    ]
    assert (items[0].ledger, items[0].books) == ("600.00", "700.00")


def test_a_changed_currency_has_a_line_for_each_currency():
    now = posted(BILL, currency="USD", total=Decimal(7))
    items = compared(BOUND, now, LINKS)
    found = {(i.field, i.currency): i.amount for i in items}
    assert found["currency", "COP"] == 600
    assert found["currency", "USD"] == -7
    assert sum(found.values()) == 593


def test_what_the_books_answered_differently_is_mismatched_not_drifted():
    answer = posted(BILL, total=Decimal(599))
    items = compared(replace(BOUND, posted=answer), answer, LINKS)
    assert [(i.kind, i.amount, i.cause) for i in items] == [
        (ItemKind.MISMATCHED, Decimal(1), "posting.differs")
    ]


def test_an_edit_that_brought_the_books_to_what_the_ledger_says_is_no_difference():
    wrong = posted(BILL, total=Decimal(599))
    assert compared(replace(BOUND, posted=wrong), posted(BILL), LINKS) == []


def test_a_number_wiped_out_by_hand_is_drift():
    item = only(compared(BOUND, posted(BILL, number=""), LINKS))
    assert (item.kind, item.field, item.amount) == (ItemKind.DRIFTED, "number", ZERO)


def test_a_binding_without_the_books_answer_is_compared_with_what_was_wanted():
    adopted = replace(BOUND, posted=None)
    item = only(compared(adopted, posted(BILL, total=Decimal(601)), LINKS))
    assert (item.kind, item.field, item.amount) == (ItemKind.MISMATCHED, "total", Decimal(-1))


def test_a_difference_below_the_currencys_decimals_still_has_its_amount():
    bill = invoice("DY-L8", Decimal(100), "CLP")
    item = only(compared(bind(bill), posted(bill, total=Decimal("100.40")), LINKS))
    assert (item.field, item.amount) == ("total", Decimal("-0.40"))


def test_a_receipt_moved_to_another_invoice_is_listed_with_amount_zero():
    paid = receipt("DY-P1", Decimal(50))
    before = posted(paid, open=ZERO, applications=(("x1", Decimal(50)),))
    now = replace(before, version="1", applications=(("x2", Decimal(50)),))
    items = compared(replace(bind(paid), posted=before), now, LINKS)
    assert [(i.kind, i.field, i.amount) for i in items] == [
        (ItemKind.DRIFTED, "applications", ZERO)
    ]


def test_sales_and_customers_do_not_touch_the_receivable():
    customer = Customer(reference="DY-D1", loan="", facts="f", name="Ana", currency="COP")
    sale = Sale(
        reference="DY-V1", loan="7", facts="f", customer="DY-D1", day=DAY, currency="COP",
        lines=BILL.lines, deposit_account="4",
    )  # fmt: skip
    assert effect(customer) == effect(sale) == 0
    assert effect_in_books(posted(BILL, kind=Kind.SALE)) == 0


@pytest.mark.parametrize(
    ("state", "kind", "cause"),
    [
        (State.PENDING, ItemKind.PENDING, "outbox.pending"),
        (State.SENDING, ItemKind.IN_DOUBT, "outbox.in_doubt"),
        (State.IN_DOUBT, ItemKind.IN_DOUBT, "outbox.in_doubt"),
        (State.REJECTED, ItemKind.REJECTED, "outbox.rejected"),
        (State.DRIFTED, ItemKind.PENDING, "outbox.drifted"),
        (State.DROPPED, ItemKind.PENDING, "outbox.dropped"),
    ],
)
def test_a_write_that_is_not_in_the_books_counts_with_its_effect(state, kind, cause):
    items, parts = waiting(state, Operation.CREATE, BILL, detail="why")
    item = only(items)
    assert (item.kind, item.cause, item.amount, item.detail) == (kind, cause, Decimal(600), "why")
    assert parts == [Decimal(600)]


def test_a_doubtful_write_found_in_the_books_counts_nothing_and_is_no_orphan():
    items, parts = waiting(State.IN_DOUBT, Operation.CREATE, BILL, found=posted(BILL))
    assert (only(items).amount, only(items).cause, parts) == (ZERO, "outbox.found", [Decimal(600)])


def test_a_refused_document_whose_number_is_in_the_books_needs_the_number():
    items, _ = waiting(State.REJECTED, Operation.CREATE, BILL, found=posted(BILL))
    assert only(items).action == "free_number"


def test_a_correction_counts_by_how_much_it_corrects():
    items, parts = waiting(
        State.PENDING, Operation.UPDATE, invoice("DY-L7", Decimal(650)), bound=BOUND
    )
    assert (only(items).amount, parts) == (Decimal(50), [Decimal(50)])
    items, parts = waiting(State.PENDING, Operation.VOID, BILL, bound=BOUND)
    assert (only(items).amount, parts) == (Decimal(-600), [Decimal(-600)])


def test_a_correction_into_another_currency_has_two_lines():
    items, parts = waiting(
        State.PENDING, Operation.UPDATE, invoice("DY-L7", Decimal(9), "USD"), bound=BOUND
    )
    assert [(i.currency, i.amount) for i in items] == [("USD", Decimal(9)), ("COP", Decimal(-600))]
    assert parts == [Decimal(9), Decimal(-600)]
    now = posted(invoice("DY-L7", Decimal(9), "USD"))
    items, parts = waiting(
        State.IN_DOUBT, Operation.UPDATE, invoice("DY-L7", Decimal(9), "USD"), bound=BOUND,
        found=now, reached=True,
    )  # fmt: skip
    assert [i.amount for i in items] == [0, 0]
    assert parts == [Decimal(9), Decimal(-600)]


def test_a_write_is_settled_once_its_binding_says_the_same():
    assert in_the_books(Operation.CREATE, BILL, BOUND)
    assert not in_the_books(Operation.CREATE, BILL, None)
    assert not in_the_books(Operation.UPDATE, invoice("DY-L7", Decimal(1)), BOUND)
    assert not in_the_books(Operation.VOID, BILL, BOUND)
    assert in_the_books(Operation.VOID, BILL, replace(BOUND, voided=True))


def test_a_correction_has_arrived_when_the_books_hold_it():
    assert arrived(Operation.VOID, BILL, None, LINKS)
    assert arrived(Operation.VOID, BILL, posted(BILL, status=Status.VOIDED), LINKS)
    assert not arrived(Operation.VOID, BILL, posted(BILL), LINKS)
    assert arrived(Operation.UPDATE, BILL, posted(BILL), LINKS)
    assert not arrived(Operation.UPDATE, BILL, None, LINKS)
    assert not arrived(Operation.UPDATE, BILL, posted(BILL, total=Decimal(1)), LINKS)


def test_documents_that_no_binding_knows_are_told_apart():
    ours, theirs = unbound(posted(BILL), ours=True), unbound(posted(BILL), ours=False)
    back = unbound(posted(BILL), ours=True, taken_back=True)
    assert [i.kind for i in (ours, theirs, back)] == [
        ItemKind.ORPHANED, ItemKind.FOREIGN, ItemKind.ORPHANED,
    ]  # fmt: skip
    assert [i.cause for i in (ours, theirs, back)] == [
        "reference.unknown", "books.by_hand", "books.not_void",
    ]  # fmt: skip
    assert {i.amount for i in (ours, theirs, back)} == {Decimal(-600)}


ROW_IS_WRONG = {
    "amount.decimals_not_allowed", "amount.other_currency", "amount.unreadable", "date.unreadable",
    "row.unreadable", "loan.total_not_positive", "loan.held", "movement.written_off_beyond",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(HOLD_CODES | {c for c in CATALOGUE if holds(c)}))
def test_only_a_hold_for_a_wrong_row_asks_to_correct_the_row(code):
    item = held(Hold(code=code, subject="loan:7", currency="COP", amount=Decimal(5)), "7")
    assert item.action in ACTIONS
    assert (item.action == "fix_source") == (code in ROW_IS_WRONG)


@pytest.mark.parametrize("code", ["interest.not_due", "recovery.income", "write_off.paid"])
def test_a_hold_for_information_asks_nothing(code):
    hold = Hold(code=code, subject="loan:7", currency="COP", amount=Decimal(5))
    assert held(hold, "7").action == "none"


def test_money_that_is_income_at_once_is_worth_something_though_nobody_owes_it():
    line = Line(purpose="recovery", amount=Decimal(700), item="9")
    sale = Sale(
        reference="DY7F3A-V2", loan="7", facts="f", customer="D1", day=DAY, currency="USD",
        lines=(line,), deposit_account="1",
    )  # fmt: skip
    (item,), parts = waiting(State.REJECTED, Operation.CREATE, sale, detail="no")
    assert (item.amount, item.worth, parts) == (0, 700, [0])
    waits = Hold(code="rate.missing", subject="movement:2", currency="USD", amount=Decimal(0))
    told = held(replace(waits, worth=Decimal(700)), "7")
    assert (told.amount, told.worth) == (0, 700)
    for each in (item, told):
        assert _of_item(each, "xero").amount == 700


def test_what_the_books_took_away_is_entered_again_or_taken_out_of_the_ledger():
    for now in (None, *(posted(BILL, status=s) for s in (Status.VOIDED, Status.DELETED))):
        assert only(compared(BOUND, now, LINKS)).action == "enter_again_or_remove"


def receivable(currency: str, balance: str) -> Account:
    return Account(
        id=currency or "1", number="1200", name="Receivables", classification="asset",
        role="receivable", currency=currency, balance=Decimal(balance),
    )  # fmt: skip


def test_an_account_for_each_currency_is_taken_as_it_is():
    accounts = [receivable("COP", "100"), receivable("COP", "5"), receivable("USD", "7")]
    accounts.append(replace(accounts[0], role="bank"))
    control, notices = control_accounts(accounts, "COP", {"USD": Decimal(6)}, {})
    assert (control, notices) == ({"COP": Decimal(105), "USD": Decimal(7)}, [])


def test_one_account_for_all_currencies_is_split_by_the_books_own_documents():
    control, notices = control_accounts(
        [receivable("", "29100")],
        "COP",
        {"COP": Decimal(100), "USD": Decimal(7), "EUR": Decimal(2)},
        {"USD": Decimal(29000)},
    )
    assert control == {"COP": Decimal(100), "USD": Decimal(7), "EUR": Decimal(2)}
    assert notices == [
        Notice("control.from_documents", "EUR"),
        Notice("control.from_documents", "USD"),
        Notice("control.home_less_foreign", "USD"),
    ]


def test_a_long_list_is_closed_by_one_line_and_nothing_is_lost():
    tally = Tally(listed=2)
    for number in range(5):
        tally.add([unbound(posted(invoice(f"H{number}", Decimal(10))), ours=False)])
    tally.add([foreign_rest("COP", 40, Decimal(400))])
    items = tally.items()
    assert [(i.cause, i.count, i.amount) for i in items][-1] == ("list.more", 43, Decimal(-430))
    assert sum(i.amount for i in items) == -450
    assert tally.all_counts(0)["foreign"] == 45


def test_counts_are_of_documents_not_of_lines():
    tally = Tally()
    tally.add(compared(BOUND, posted(BILL, total=Decimal(1), day=date(2026, 1, 1)), LINKS))
    tally.add([])
    counts = tally.all_counts(bound=3)
    assert (counts["drifted"], counts["matched"], counts["held"]) == (1, 2, 0)


def test_references_are_sorted_as_people_count():
    items = [
        Item(kind=ItemKind.MISSING, reference=r, cause="books.absent", action="put_right")
        for r in ("DY-L10", "DY-L9", "DY-L100")
    ]
    assert [i.reference for i in sorted(items, key=in_order)] == ["DY-L9", "DY-L10", "DY-L100"]


def result(**changes: object) -> SystemResult:
    return replace(SystemResult(system="s", company="c"), **changes)


def whole(*results: SystemResult) -> Reconciliation:
    return Reconciliation(
        lender="X", as_of=DAY, generated_at=datetime(2026, 11, 2, tzinfo=UTC), run="r",
        systems=results,
    )  # fmt: skip


def test_sums_that_do_not_tie_out_and_books_that_were_not_read_do_not_agree():
    off = TieOut(
        currency="COP", ledger=Decimal(1), documents=ZERO, control_account=ZERO, explained=ZERO
    )
    assert whole(result()).agree
    assert not whole(result(tie_outs=(off,))).agree
    assert whole(result(counts={"held": 4, "foreign": 1, "pending": 2})).agree
    assert not whole().agree
    assert not whole(result(), result(checked=False, exit_code=78)).agree


@pytest.mark.parametrize("kind", sorted(BREAKING))
def test_what_the_books_hold_otherwise_never_agrees_even_at_amount_zero(kind):
    assert not result(counts={kind: 1}).agree


@dataclass
class Model:
    """Ledger, bindings and books as plain sums, beside the items that should explain them."""

    tally: Tally = field(default_factory=lambda: Tally(listed=3))
    ledger: Decimal = ZERO
    documents: Decimal = ZERO
    control: Decimal = ZERO

    def happen(self, what: str, document: Invoice | Receipt, other: Decimal) -> None:
        ours = effect(document)
        changed = replace(document, **_with_total(document, other))
        theirs = effect(changed)
        binding = bind(document)
        match what:
            case "matched":
                self._sums(ours, ours, ours)
                self.tally.add(compared(binding, posted(document), LINKS))
            case "held":
                self._sums(ours, ZERO, ZERO)
                hold = Hold(code="date.unreadable", subject="x", currency="COP", amount=ours)
                self.tally.add([held(hold, "")], [hold.amount])
            case "pending" | "rejected" | "in_doubt" | "dropped":
                self._sums(ours, ZERO, ZERO)
                self.tally.add(*waiting(State(what), Operation.CREATE, document))
            case "found":
                self._sums(ours, ZERO, theirs)
                found = posted(changed)
                self.tally.add(*waiting(State.IN_DOUBT, Operation.CREATE, document, found=found))
            case "correcting" | "taking_back":
                back = what == "taking_back"
                self._sums(ZERO if back else theirs, ours, ours)
                operation = Operation.VOID if back else Operation.UPDATE
                self.tally.add(*waiting(State.PENDING, operation, changed, bound=binding))
            case "corrected":
                self._sums(theirs, ours, theirs)
                write = (State.IN_DOUBT, Operation.UPDATE, changed)
                now = posted(changed)
                self.tally.add(*waiting(*write, bound=binding, found=now, reached=True))
            case "missing":
                self._sums(ours, ours, ZERO)
                self.tally.add(compared(binding, None, LINKS))
            case "voided":
                self._sums(ours, ours, ZERO)
                self.tally.add(compared(binding, posted(document, status=Status.VOIDED), LINKS))
            case "edited":
                self._sums(ours, ours, theirs)
                self.tally.add(compared(binding, posted(changed, version="1"), LINKS))
            case _:
                self._sums(ZERO, ZERO, ours)
                self.tally.add([unbound(posted(document), ours=what == "orphaned")])

    def _sums(self, ledger: Decimal, documents: Decimal, control: Decimal) -> None:
        self.ledger += ledger
        self.documents += documents
        self.control += control

    def tie(self) -> TieOut:
        return self.tally.tie("COP", self.ledger, self.documents, self.control)


def _with_total(document: Invoice | Receipt, total: Decimal) -> dict[str, object]:
    if isinstance(document, Invoice):
        return {"lines": (replace(document.lines[0], amount=total),)}
    return {"total": total}


AMOUNTS = st.decimals(min_value="0.01", max_value="9999999.99", places=2)
WHATS = [
    "matched", "held", "pending", "rejected", "in_doubt", "dropped", "found", "correcting",
    "taking_back", "corrected", "missing", "voided", "edited", "orphaned", "foreign",
]  # fmt: skip
EVENTS = st.lists(
    st.tuples(st.sampled_from(WHATS), st.booleans(), AMOUNTS, AMOUNTS), min_size=0, max_size=25
)
BESIDE = st.one_of(st.just(ZERO), st.decimals("-1000", "1000", places=2))


@settings(deadline=None, max_examples=200)
@given(EVENTS, BESIDE, BESIDE)
def test_every_cent_has_an_item_or_is_reported_as_unexplained(events, unplanned, by_journal):
    model = Model()
    for number, (what, is_bill, amount, other) in enumerate(events):
        make = invoice if is_bill else receipt
        model.happen(what, make(f"DY-X{number}", amount), other)
    model.ledger += unplanned
    model.control += by_journal
    tie = model.tie()
    items = model.tally.items()
    remainder = sum((i.amount for i in items if i.kind is ItemKind.REMAINDER), ZERO)
    rest = sum((i.amount for i in items if i.kind is not ItemKind.REMAINDER), ZERO)
    assert tie.explained == rest
    assert tie.unexplained == remainder == unplanned - by_journal
    assert tie.difference == sum((i.amount for i in items), ZERO)
    causes = {i.cause: i.amount for i in items if i.kind is ItemKind.REMAINDER}
    assert causes.get("ledger.not_planned", ZERO) == unplanned
    assert causes.get("control.manual_entries", ZERO) == -by_journal
    counts = model.tally.all_counts(bound=sum(w in _BOUND for w, _, _, _ in events))
    answer = result(tie_outs=(tie,), counts=counts, items=items)
    if unplanned or by_journal or any(w in _BREAKING for w, _, _, _ in events):
        assert not answer.agree
    elif not any(w == "edited" for w, _, _, _ in events):
        assert answer.agree
    assert {i.cause for i in items} <= CAUSES | {"date.unreadable"}
    assert {i.action for i in items} <= ACTIONS


_BREAKING = {"missing", "voided", "orphaned"}
_BOUND = {"matched", "correcting", "taking_back", "corrected", "missing", "voided", "edited"}


def test_ages_are_counted_from_the_day_after_the_due_date():
    assert [bucket(date(2026, 11, 20), day) for day in (
        date(2026, 11, 20), date(2026, 11, 21), date(2026, 12, 20), date(2026, 12, 21),
        date(2027, 3, 20), date(2027, 3, 21),
    )] == [0, 1, 1, 2, 4, 5]  # fmt: skip
    assert labels() == ((1, 30), (31, 60), (61, 90), (91, 120), (121, None))


def test_open_balances_are_summed_by_age_and_currency():
    rows = [
        ("USD", DAY, Decimal(5)),
        ("COP", date(2026, 10, 30), Decimal(7)),
        ("COP", date(2026, 10, 31), Decimal(1)),
    ]
    (cop, usd) = aged(rows, DAY)
    assert (cop.currency, cop.amounts[:2]) == ("COP", (0, Decimal(8)))
    assert (usd.currency, usd.amounts[0]) == ("USD", Decimal(5))


def test_only_invoices_credit_notes_and_receipts_move_the_receivable():
    assert set(RECEIVABLE) == {Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT}


def test_a_change_that_arrived_and_is_gone_again_counts_as_nothing_there() -> None:
    """The write reached the books, and they hold nothing of it by now."""
    (lost,), _ = waiting(State.IN_DOUBT, Operation.UPDATE, BILL, bound=BOUND)
    assert (lost.cause, lost.amount) == ("outbox.in_doubt", effect(BILL) - effect(BOUND.document))
    (item,), _ = waiting(State.IN_DOUBT, Operation.UPDATE, BILL, bound=BOUND, reached=True)
    assert (item.cause, item.action, item.amount) == ("outbox.found", "run_sync", effect(BILL))
