"""One loan's rows into documents: what is booked where, what is held, and that nothing is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.books import CreditNote, Invoice, Kind, Receipt, Sale
from bridge.core.delivery import Binding
from bridge.core.ledger import Adjustment, AdjustmentKind, LoanFile, Repayment, RepaymentState
from bridge.core.loan.translate import Translation, translate
from bridge.core.message import message
from tests.core.builders import (
    BORROWER,
    ITEMS,
    LIMITS,
    START,
    Shelf,
    account,
    adjusted,
    booking,
    file,
    loan,
    noted,
    paid,
)
from tests.core.loan.parts import LOAN_ID, accounted_for, in_parts, owed

WITHOUT_REVERSAL = {name: {"item": name} for name in ITEMS if name != "reversal"}


def translated(of: LoanFile, **changes: object) -> Translation:
    return translate(of, booking(**changes), [])


def invoices(result: Translation) -> list[Invoice]:
    return [d for d in result.documents if isinstance(d, Invoice)]


def receipts(result: Translation) -> list[Receipt]:
    return [d for d in result.documents if isinstance(d, Receipt)]


def lines(document: Invoice | CreditNote | Sale) -> dict[str, Decimal]:
    return {line.purpose: line.amount for line in document.lines}


def test_a_loan_is_one_invoice_with_principal_apart_from_interest() -> None:
    (invoice,) = invoices(translated(file(loan())))
    assert invoice.reference == LOAN_ID
    assert lines(invoice) == {"principal": Decimal(100000), "interest": Decimal(20000)}
    assert invoice.due == date(2026, 11, 3)
    assert invoice.rate is None


def test_a_store_account_is_a_sale_and_each_charge_its_own_invoice() -> None:
    charge = adjusted(7, AdjustmentKind.CHARGE, "12000")
    made = invoices(translated(file(account("62000"), charge)))
    assert [(i.reference, lines(i)) for i in made] == [
        (LOAN_ID, {"sale": Decimal(50000)}),
        ("DY7F3A-C7", {"sale": Decimal(12000)}),
    ]


def test_a_payment_settles_the_oldest_invoice_first() -> None:
    charge = adjusted(7, AdjustmentKind.CHARGE, "12000")
    (receipt,) = receipts(translated(file(account("62000"), charge, paid(8, "55000"))))
    assert [(a.invoice, a.amount) for a in receipt.applications] == [
        (LOAN_ID, Decimal(50000)),
        ("DY7F3A-C7", Decimal(5000)),
    ]


def test_what_is_paid_too_much_stays_as_unapplied_credit_and_is_reported() -> None:
    result = translated(file(loan(), paid(1, "125000")))
    (receipt,) = receipts(result)
    assert receipt.unapplied == Decimal(5000)
    overpaid = [f for f in result.findings if f.code == "loan.overpaid"]
    assert [(f.subject, f.related) for f in overpaid] == [("loan:84", ("movement:1",))]


def test_an_overpayment_can_be_held_instead() -> None:
    result = translated(file(loan(), paid(1, "125000")), policies={"overpayment": "hold"})
    assert receipts(result) == []
    assert [(h.code, h.amount) for h in result.holds] == [("policy.overpayment", Decimal(-125000))]


def test_a_discount_is_a_credit_note_applied_to_the_invoice() -> None:
    result = translated(file(loan(), adjusted(5, AdjustmentKind.DISCOUNT, "20000")))
    _, note, application = result.documents
    assert isinstance(note, CreditNote)
    assert (note.reference, lines(note)) == ("DY7F3A-K5", {"discount": Decimal(20000)})
    assert application.credit_note == note.reference
    assert application.applications[0].invoice == LOAN_ID


def test_money_after_a_write_off_is_recovery_income() -> None:
    written_off = adjusted(5, AdjustmentKind.WRITE_OFF, "120000", date(2026, 9, 2))
    result = translated(file(loan(), written_off, paid(6, "7000", date(2026, 10, 1))))
    sale = next(d for d in result.documents if isinstance(d, Sale))
    assert (sale.reference, lines(sale)) == ("DY7F3A-V6", {"recovery": Decimal(7000)})
    assert receipts(result) == []


def test_a_foreign_loan_carries_its_rate_and_its_own_customer() -> None:
    result = translated(file(loan(currency="MXN"), paid(1, "1000")))
    assert result.customer is not None
    assert result.customer.reference == "DY7F3A-D11MXN"
    assert result.customer.name == "Luz Marina Castañeda (MXN)"
    assert {d.rate for d in result.documents} == {Decimal("215.40")}
    assert receipts(result)[0].deposit_account == "8"


def test_a_foreign_loan_without_a_rate_is_held_whole() -> None:
    result = translated(file(loan(currency="USD"), paid(1, "1000")))
    assert result.documents == ()
    assert [(h.code, h.amount) for h in result.holds] == [("rate.missing", Decimal(119000))]


def test_a_posted_loan_whose_currency_nobody_can_tell_any_more_is_held_in_both() -> None:
    """What is posted in pesos is not made good by what is owed in no currency."""
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "20000")))
    assert shelf.sync(file(loan(currency="XXX"), paid(1, "20000"))) == []
    assert shelf.last is not None
    held = {hold.currency: hold.amount for hold in shelf.last.holds}
    assert held == {"XXX": Decimal(100000), "COP": Decimal(-100000)}


def test_homonyms_get_a_suffix_and_others_do_not() -> None:
    plain = translated(file(loan())).customer
    twin = translated(file(loan(), homonym=True)).customer
    assert plain is not None
    assert twin is not None
    assert plain.name == "Luz Marina Castañeda"
    assert twin.name == "Luz Marina Castañeda (DY7F3A-D11)"


@pytest.mark.parametrize(
    ("of", "code", "amount"),
    [
        (file(loan(), paid(1, "1000"), borrower=None), "loan.orphan", "119000"),
        (file(loan(currency="XXX"), paid(1, "1000")), "loan.currency_unknown", "119000"),
        (file(loan(currency="CLP", gross="0.50")), "amount.decimals_not_allowed", "0.50"),
        (file(None, paid(1, "1000")), "movement.orphan", "-1000"),
    ],
)
def test_a_loan_that_cannot_be_booked_is_held_with_its_balance(
    of: LoanFile, code: str, amount: str
) -> None:
    result = translated(of)
    assert result.documents == ()
    assert [(h.code, h.amount) for h in result.holds] == [(code, Decimal(amount))]


def test_a_payment_that_is_held_leaves_the_rest_of_the_loan_alone() -> None:
    future = paid(1, "1000", notes=noted("movement.future_date"))
    result = translated(file(loan(), future, paid(2, "500")))
    assert [r.reference for r in receipts(result)] == ["DY7F3A-P2"]
    assert [(h.subject, h.amount) for h in result.holds] == [("movement:1", Decimal(-1000))]


def test_instalment_invoices_add_up_to_the_loan_line_by_line() -> None:
    of = loan("600000", "500000", instalments=28, frequency="daily", skipped_weekdays=(6,))
    result = translated(file(of), invoice_per="instalment")
    made = invoices(result)
    assert len(made) == 28
    assert sum(lines(i).get("principal", 0) for i in made) == 500000
    assert sum(lines(i).get("interest", 0) for i in made) == 100000
    assert made[0].reference == "DY7F3A-L84I01"
    assert all(i.due.weekday() != 6 for i in made)


def test_interest_as_due_waits_for_its_day() -> None:
    of = loan("1200", "1000", instalments=4, frequency="monthly", first_due=date(2026, 9, 3))
    result = translated(file(of), interest="as_due")
    assert [(i.reference, i.day, lines(i)) for i in invoices(result)] == [
        (LOAN_ID, START, {"principal": Decimal(1000)}),
        ("DY7F3A-L84F01", date(2026, 9, 3), {"interest": Decimal(50)}),
        ("DY7F3A-L84F02", date(2026, 10, 3), {"interest": Decimal(50)}),
        ("DY7F3A-L84F03", date(2026, 11, 3), {"interest": Decimal(50)}),
    ]
    assert [(h.code, h.amount) for h in result.holds] == [("interest.not_due", Decimal(50))]


def test_a_closed_period_holds_by_default_and_moves_the_date_when_told() -> None:
    locked = date(2026, 8, 31)
    held = translate(file(loan()), booking(locked=locked), [])
    assert [(h.code, h.amount) for h in held.holds] == [("books.period_closed", Decimal(120000))]
    rules = booking(locked=locked, policies={"closed_period": "adjust"})
    (invoice,) = invoices(translate(file(loan()), rules, []))
    assert invoice.day == date(2026, 9, 1)
    assert invoice.memo.endswith("[2026-08-03]")


def test_a_reversal_takes_its_payment_back() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "1000")))
    undone = adjusted(2, AdjustmentKind.REVERSAL, "1000", reverses="1")
    assert shelf.sync(file(loan(), paid(1, "1000"), undone)) == ["void DY7F3A-P1"]


def test_a_reversal_of_nothing_known_is_held() -> None:
    result = translated(file(loan(), adjusted(2, AdjustmentKind.REVERSAL, "10", reverses="9")))
    assert [(h.code, h.amount) for h in result.holds] == [
        ("movement.reversal_unmatched", Decimal(10))
    ]


kinds = st.sampled_from(
    [
        AdjustmentKind.CHARGE,
        AdjustmentKind.LATE_FEE,
        AdjustmentKind.DISCOUNT,
        AdjustmentKind.WRITE_OFF,
        AdjustmentKind.REFUND,
        AdjustmentKind.REVERSAL,
    ]
)
amounts = st.integers(1, 90_000).map(lambda cents: Decimal(cents).scaleb(-2))
days = st.dates(date(2026, 7, 25), date(2026, 11, 30))
codes = st.sampled_from(["", "", "", "movement.future_date", "movement.duplicate_conflict"])
rows = st.lists(
    st.one_of(
        st.builds(lambda a, d, c, s: ("paid", a, d, c, s), amounts, days, codes, st.booleans()),
        st.builds(lambda k, a, d, c: (k, a, d, c, True), kinds, amounts, days, codes),
    ),
    max_size=12,
)


def some_file(drawn: list[tuple[object, Decimal, date, str, bool]], of: object) -> LoanFile:
    made: list[Repayment | Adjustment] = []
    for number, (kind, amount, day, code, approved) in enumerate(drawn, start=1):
        notes = noted(code) if code else ()
        if kind == "paid":
            state = RepaymentState.APPROVED if approved else RepaymentState.PENDING
            made.append(paid(number, str(amount), day, notes=notes, state=state))
        else:
            assert isinstance(kind, AdjustmentKind)
            made.append(adjusted(number, kind, str(amount), day, notes=notes, reverses="1"))
    return file(of, *made)  # type: ignore[arg-type]


loans = st.sampled_from(
    [
        loan("900000"),
        loan("900000.50", None),
        account("900000"),
        loan("900000", currency="MXN"),
        loan("900000", currency="XXX"),
        loan("900000", "700000", instalments=7, frequency="weekly"),
        loan("1200", "1000", instalments=4, frequency="monthly"),
        account("700"),
    ]
)
rules = st.sampled_from(
    [
        {},
        {"invoice_per": "instalment"},
        {"interest": "as_due"},
        {"deposits": [{"account": "1000"}]},
        {"deposits": [{"account": "1000"}], "interest": "as_due"},
        {"policies": {"overpayment": "hold"}},
        {"policies": {"amount_edited": "correct"}},
        {"locked": date(2026, 9, 30)},
        {"cutover": date(2026, 9, 15)},
        {"cutover": date(2026, 9, 15), "policies": {"amount_edited": "correct"}},
        {"locked": date(2026, 9, 30), "policies": {"closed_period": "adjust"}},
    ]
)


@pytest.mark.not_quick
@settings(max_examples=300, deadline=None)
@given(rows, loans, rules, st.booleans())
def test_every_cent_of_a_loan_is_in_a_document_or_in_a_hold(drawn, of, rule, parts) -> None:  # type: ignore[no-untyped-def]
    book = booking(**rule)
    shelf = Shelf(in_parts(book) if parts else book)
    made = some_file(drawn, of)
    shelf.sync(made)
    assert accounted_for(shelf) == owed(made)
    assert shelf.left_to_do(made) == []


@pytest.mark.not_quick
@settings(max_examples=300, deadline=None)
@given(rows, rows, loans, loans, rules, st.booleans())
def test_every_cent_is_still_accounted_for_after_the_ledger_changes(  # type: ignore[no-untyped-def]
    before, after, loan_before, loan_after, rule, parts
) -> None:
    book = booking(**rule)
    shelf = Shelf(in_parts(book) if parts else book)
    shelf.sync(some_file(before, loan_before))
    changed = some_file(after, loan_after)
    shelf.sync(changed)
    assert accounted_for(shelf) == owed(changed)
    assert shelf.left_to_do(changed) == []


locks = st.sampled_from([None, date(2026, 8, 31), date(2026, 9, 30), date(2026, 11, 30)])
adjusting = st.sampled_from(
    [
        {"policies": {"closed_period": "adjust"}},
        {"policies": {"closed_period": "adjust", "amount_edited": "correct"}},
        {"policies": {"closed_period": "adjust"}, "lines": WITHOUT_REVERSAL},
        {"policies": {"closed_period": "adjust"}, "deposits": [{"account": "1000"}]},
    ]
)
steps = st.lists(st.tuples(rows, st.one_of(loans, st.none()), locks), min_size=2, max_size=4)


@pytest.mark.not_quick
@settings(max_examples=300, deadline=None)
@given(steps, adjusting, st.booleans())
def test_every_cent_is_accounted_for_while_periods_close_and_nothing_closed_is_touched(  # type: ignore[no-untyped-def]
    drawn, rule, parts
) -> None:
    shelf = Shelf()
    latest = None
    for some_rows, of, lock in drawn:
        latest = max(filter(None, (latest, lock)), default=None)
        book = booking(locked=latest, **rule)
        shelf.booking = in_parts(book) if parts else book
        made = some_file(some_rows if of else [], of) if of else file(None, borrower=None)
        closed = {b.reference for b in shelf.live() if latest and day_of(b) <= latest}
        done = shelf.sync(made)
        assert accounted_for(shelf) == owed(made)
        assert not closed & {line.partition(" ")[2] for line in done}
        assert shelf.left_to_do(made) == []


decisions = st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=3)
decided_steps = st.lists(
    st.tuples(rows, st.one_of(loans, st.none()), decisions), min_size=2, max_size=4
)


@pytest.mark.not_quick
@settings(max_examples=300, deadline=None)
@given(decided_steps, rules, st.booleans())
def test_every_cent_is_accounted_for_and_what_a_person_left_is_never_written(  # type: ignore[no-untyped-def]
    drawn, rule, parts
) -> None:
    book = booking(**rule)
    shelf = Shelf(in_parts(book) if parts else book)
    for some_rows, of, decided in drawn:
        made = some_file(some_rows if of else [], of) if of else file(None, borrower=None)
        left = {b.reference for b in shelf.live() if b.accepted}
        done = shelf.sync(made)
        assert accounted_for(shelf) == owed(made)
        assert not left & {line.partition(" ")[2] for line in done}
        assert shelf.left_to_do(made) == []
        for place, gone in decided:
            if live := [b for b in shelf.live() if not b.accepted]:
                shelf.accept(live[place % len(live)].reference, gone=gone)
        left = {b.reference for b in shelf.live() if b.accepted}
        done = shelf.sync(made)  # what depends on the decision may follow, the document may not
        assert not left & {line.partition(" ")[2] for line in done}
        assert accounted_for(shelf) == owed(made)
        assert shelf.left_to_do(made) == []


all_steps = st.lists(
    st.tuples(rows, st.one_of(loans, st.none()), locks, decisions), min_size=2, max_size=5
)


@pytest.mark.not_quick
@settings(max_examples=300, deadline=None)
@given(all_steps, adjusting, st.booleans())
def test_every_cent_is_accounted_for_while_periods_close_and_people_decide(  # type: ignore[no-untyped-def]
    drawn, rule, parts
) -> None:
    shelf, latest = Shelf(), None
    for some_rows, of, lock, decided in drawn:
        latest = max(filter(None, (latest, lock)), default=None)
        book = booking(locked=latest, **rule)
        shelf.booking = in_parts(book) if parts else book
        made = some_file(some_rows if of else [], of) if of else file(None, borrower=None)
        shelf.sync(made)
        assert accounted_for(shelf) == owed(made)
        assert shelf.left_to_do(made) == []
        for place, gone in decided:
            if live := [b for b in shelf.live() if not b.accepted]:
                shelf.accept(live[place % len(live)].reference, gone=gone)
        left = {b.reference for b in shelf.live() if b.accepted}
        done = shelf.sync(made)
        assert not left & {line.partition(" ")[2] for line in done}
        assert accounted_for(shelf) == owed(made)
        assert shelf.left_to_do(made) == []


@pytest.mark.parametrize("answered", ["DY7F3A-P1", "DY7F3A-ZP1", LOAN_ID, "DY7F3A-ZL84"])
@pytest.mark.parametrize("gone", [False, True])
def test_an_answer_about_what_was_undone_brings_nothing_back(answered: str, gone: bool) -> None:
    """Only what is gone from the books leaves the other one of a pair alone, and it is undone."""
    shelf = Shelf(booking(policies={"closed_period": "adjust"}))
    shelf.sync(file(loan(), paid(1, "30000")))
    shelf.booking = booking(locked=date(2026, 9, 30), policies={"closed_period": "adjust"})
    annulled = file(loan(annulled=True), paid(1, "30000"))
    shelf.sync(annulled)
    assert answered in shelf.bindings
    shelf.booking = booking(locked=date(2026, 11, 30), policies={"closed_period": "adjust"})
    shelf.accept(answered, gone=gone)
    done = shelf.sync(annulled)
    assert bool(done) == gone
    assert accounted_for(shelf) == {}
    assert shelf.sync(annulled) == []


@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize("lines", [{}, {"lines": WITHOUT_REVERSAL}])
def test_an_answered_use_goes_with_its_note_when_a_closed_period_is_corrected(
    parts: bool, lines: dict[str, object]
) -> None:
    """The use of a discount that was changed since is no place for the use of the new one."""
    discounts = [adjusted(n, AdjustmentKind.DISCOUNT, "3.24", START) for n in (1, 2)]
    shelf = Shelf(booking())
    shelf.sync(file(loan(), *discounts))
    shelf.accept("DY7F3A-A2")
    adjust = booking(locked=date(2026, 11, 30), policies={"closed_period": "adjust"}, **lines)
    shelf.booking = in_parts(adjust) if parts else adjust
    changed = file(loan(), discounts[0], adjusted(2, AdjustmentKind.WRITE_OFF, "3.49", START))
    done = shelf.sync(changed)
    assert done == ["create DY7F3A-ZK2", "create DY7F3A-K2.2", "create DY7F3A-A2.2"]
    assert shelf.last is not None
    assert shelf.last.holds == ()
    assert accounted_for(shelf) == owed(changed)
    assert shelf.sync(changed) == []


STAYING: dict[str, tuple[date, str, date | None, bool, list[str]]] = {
    "nothing is changed": (START, "3.24", date(2026, 11, 30), False, []),
    "no month is closed": (
        START, "5.00", None, False, ["void DY7F3A-K2", "create DY7F3A-K2.2"],
    ),
    "its month is open": (
        date(2026, 10, 15), "5.00", date(2026, 9, 30), False,
        ["void DY7F3A-K2", "create DY7F3A-K2.2"],
    ),
    "it is gone": (
        START, "5.00", date(2026, 11, 30), True, ["create DY7F3A-ZK2", "create DY7F3A-K2.2"],
    ),
}  # fmt: skip
"""The day of a discount, what it is now, through when months are closed, whether its use is gone
by a person's word, and what is done."""


@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize("case", STAYING)
def test_else_an_answered_use_stays_and_no_other_is_posted_beside_it(
    case: str, parts: bool
) -> None:
    day, amount, locked, gone, done = STAYING[case]
    adjusting = {"policies": {"closed_period": "adjust"}}
    first = adjusted(1, AdjustmentKind.DISCOUNT, "3.24", START)
    opened, closed = booking(**adjusting), booking(locked=locked, **adjusting)
    shelf = Shelf(in_parts(opened) if parts else opened)
    shelf.sync(file(loan(), first, adjusted(2, AdjustmentKind.DISCOUNT, "3.24", day)))
    shelf.accept("DY7F3A-A2", gone=gone)
    shelf.booking = in_parts(closed) if parts else closed
    changed = file(loan(), first, adjusted(2, AdjustmentKind.DISCOUNT, amount, day))
    assert shelf.sync(changed) == done
    assert accounted_for(shelf) == owed(changed)
    assert shelf.sync(changed) == []


def day_of(binding: Binding) -> date:
    day = getattr(binding.document, "day", None)
    assert day is not None
    return day  # type: ignore[no-any-return]


@settings(max_examples=200, deadline=None)
@given(rows, loans, rules)
def test_no_invoice_is_settled_for_more_than_it_is(drawn, of, rule) -> None:  # type: ignore[no-untyped-def]
    result = translate(some_file(drawn, of), booking(**rule), [])
    settled: dict[str, Decimal] = {}
    for document in result.documents:
        for application in getattr(document, "applications", ()):
            assert application.amount > 0
            settled[application.invoice] = (
                settled.get(application.invoice, Decimal(0)) + application.amount
            )
    totals = {i.reference: i.total for i in invoices(result)}
    assert all(amount <= totals[reference] for reference, amount in settled.items())


def test_the_borrower_is_the_customer_under_a_reference_of_ours() -> None:
    wanted = translated(file(loan())).customer
    assert wanted is not None
    assert (wanted.reference, wanted.notes, wanted.phone) == ("DY7F3A-D11", "DY7F3A-D11", "")
    assert BORROWER.name == wanted.name


def test_insurance_has_a_line_of_its_own_when_the_parts_add_up() -> None:
    parts = {"interest": Decimal(15000), "insurance": Decimal(5000)}
    (invoice,) = invoices(translated(file(loan(**parts))))
    assert lines(invoice) == {"principal": Decimal(100000)} | parts


def test_a_loan_without_a_split_is_all_principal_or_split_by_a_rate() -> None:
    (plain,) = invoices(translated(file(loan(principal=None))))
    assert lines(plain) == {"principal": Decimal(120000)}
    rate = {"policies": {"no_split": "interest_rate", "no_split_rate": 20}}
    (split,) = invoices(translated(file(loan(principal=None)), **rate))
    assert lines(split) == {"principal": Decimal(100000), "interest": Decimal(20000)}


def test_a_charge_that_is_held_has_no_invoice() -> None:
    charge = adjusted(7, AdjustmentKind.CHARGE, "12000", notes=noted("movement.future_date"))
    result = translated(file(account("62000"), charge))
    assert [i.reference for i in invoices(result)] == [LOAN_ID]
    assert [(h.subject, h.amount) for h in result.holds] == [("movement:7", Decimal(12000))]


def test_an_account_that_is_all_charges_has_no_opening_invoice() -> None:
    charge = adjusted(7, AdjustmentKind.CHARGE, "12000")
    assert [i.reference for i in invoices(translated(file(account("12000"), charge)))] == [
        "DY7F3A-C7"
    ]


def test_a_payment_before_its_loan_keeps_its_date_or_takes_the_loans() -> None:
    early = paid(1, "500", date(2026, 7, 31))
    (own,) = receipts(translated(file(loan(), early)))
    (moved,) = receipts(translated(file(loan(), early), policies={"before_loan": "loan_date"}))
    assert (own.day, moved.day) == (date(2026, 7, 31), START)


def test_a_charge_in_a_closed_period_is_held_alone() -> None:
    shelf = Shelf()
    shelf.sync(file(account("50000")))
    shelf.booking = booking(locked=date(2026, 9, 30))
    late = adjusted(7, AdjustmentKind.CHARGE, "12000", date(2026, 9, 15))
    assert shelf.sync(file(account("62000"), late)) == []
    assert shelf.last is not None
    assert [(h.code, h.subject) for h in shelf.last.holds] == [
        ("books.period_closed", "movement:7")
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"notes": noted("date.unreadable")}, "date.unreadable"),
        ({"gross": "-5"}, "loan.total_not_positive"),
    ],
)
def test_a_loan_that_cannot_be_read_is_held(changes: dict[str, object], code: str) -> None:
    (hold,) = translated(file(loan(**changes))).holds  # type: ignore[arg-type]
    assert hold.code == code


def test_a_foreign_loan_in_a_company_of_one_currency_is_held() -> None:
    book = booking()
    single = msgspec.structs.replace(
        book, company=msgspec.structs.replace(book.company, multicurrency=False)
    )
    (hold,) = translate(file(loan(currency="MXN")), single, []).holds
    assert (hold.code, hold.amount) == ("rate.missing", Decimal(120000))


def test_a_loan_that_vanished_while_its_movements_stay_is_a_question() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500")))
    assert shelf.sync(file(None, paid(1, "500"), borrower=None)) == []
    assert shelf.last is not None
    assert [(h.currency, h.amount) for h in shelf.last.holds] == [
        ("XXX", Decimal(-500)),
        ("COP", Decimal(-119500)),
    ]


def test_a_loan_moved_behind_a_lock_is_held() -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    shelf.booking = booking(locked=date(2026, 9, 30))
    other = msgspec.structs.replace(BORROWER, id="12")
    assert shelf.sync(file(loan(borrower="12"), borrower=other)) == []
    assert shelf.last is not None
    (held,) = shelf.last.holds
    why = message("because_of", document="DY7F3A-L84")
    assert (held.code, held.detail) == ("books.period_closed", why)


def test_a_system_of_one_invoice_for_each_receipt_gets_the_payment_in_parts() -> None:
    charge = adjusted(7, AdjustmentKind.CHARGE, "12000", date(2026, 9, 1))
    of = file(account("62000"), charge, paid(8, "65000"))
    shelf = Shelf(in_parts(booking()))
    shelf.sync(of)
    made = [b.document for b in shelf.live() if isinstance(b.document, Receipt)]
    assert [(r.reference, r.total, [a.invoice for a in r.applications]) for r in made] == [
        ("DY7F3A-P8", Decimal(50000), [LOAN_ID]),
        ("DY7F3A-P8S2", Decimal(12000), ["DY7F3A-C7"]),
        ("DY7F3A-P8S3", Decimal(3000), []),
    ]
    assert shelf.sync(of) == []
    assert shelf.sync(file(account("62000"), charge, paid(8, "50000"))) == [
        "void DY7F3A-P8",
        "void DY7F3A-P8S2",
        "void DY7F3A-P8S3",
        "create DY7F3A-P8.2",
    ]
    shelf.booking = in_parts(booking(locked=date(2026, 10, 31)))
    assert shelf.sync(file(account("62000"), charge, paid(8, "50000"))) == []


def test_a_loan_of_one_document_that_vanished_while_a_movement_stays_is_a_question() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(currency="MXN")))
    assert shelf.sync(file(None, paid(1, "500"))) == []
    assert shelf.last is not None
    held = {(hold.code, hold.currency) for hold in shelf.last.holds}
    assert ("movement.orphan", "MXN") in held


def test_a_reversal_of_nothing_known_leaves_the_others_alone() -> None:
    shelf = Shelf()
    rows = [paid(1, "1000"), paid(2, "2000")]
    shelf.sync(file(loan(), *rows))
    undone = [
        adjusted(number, AdjustmentKind.REVERSAL, amount, reverses=of)
        for number, amount, of in (
            (3, "10", "9"),
            (4, "1000", "1"),
            (5, "1000", "1"),
            (6, "2000", "2"),
        )
    ]
    done = shelf.sync(file(loan(), *rows, *undone))
    assert done == ["void DY7F3A-P1", "void DY7F3A-P2"]


def test_a_receipt_that_cannot_be_changed_is_posted_anew_where_its_invoice_is_gone() -> None:
    """A charge is taken back on both sides; what had settled it is credit now."""
    charge = adjusted(2, AdjustmentKind.CHARGE, "5000", date(2026, 8, 20))
    unchangeable = msgspec.structs.replace(LIMITS, updates=frozenset({Kind.INVOICE}))
    whole = msgspec.structs.replace(booking(), limits=unchangeable)
    for book, part, changeable in (
        (whole, "DY7F3A-P1", False),
        (in_parts(booking()), "DY7F3A-P1S2", False),
        (booking(), "DY7F3A-P1", True),
    ):
        shelf = Shelf(book)
        shelf.sync(file(account("55000"), charge, paid(1, "55000")))
        shelf.accept("DY7F3A-C2", gone=True)
        of = file(account("50000"), paid(1, "55000"))
        anew = [f"void {part}", f"create {part}.2"]
        assert shelf.sync(of) == ([f"update {part}"] if changeable else anew)
        assert shelf.sync(of) == []
