"""Every kind of document in and out of the sandbox's real books, through faults and switches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from xero_python.accounting import models
from xero_python.api_client import ModelFinder
from xero_python.api_client.deserializer import deserialize

from bridge.core.books import Application, Document, Kind, Status
from bridge.core.change.matching import differences
from bridge.core.delivery import Drifted, InDoubt, Operation, Posted, Rejected, Unavailable
from bridge.systems.xero.on_account import creation_of as body_of
from tests.systems.servers import Call
from tests.systems.xero.bench import Bench, benches
from tests.systems.xero.documents import (
    APPLICATION,
    BANK,
    BANK_MXN,
    CREDIT,
    CUSTOMER,
    DUE,
    EACH,
    INVOICE,
    NOTE,
    RECEIPT,
    SALE,
    TILL,
    changed,
    guid,
)

REFERENCES = [document.reference for document in EACH]
MXN = {"currency": "MXN", "rate": Decimal("215.40")}


def named(bench: Bench, reference: str) -> Any:
    return next(document for document in bench.each if document.reference == reference)


def before(bench: Bench, reference: str) -> Any:
    """The document of that name, after posting what it depends on."""
    for document in bench.each:
        if document.reference == reference:
            return document
        bench.posted(document)
    raise AssertionError(reference)


@pytest.mark.parametrize("reference", REFERENCES)
def test_what_is_posted_is_what_the_books_hold(full: Bench, reference: str) -> None:
    document = named(full, reference)
    found, fetched = full.find(document), full.now(document)
    assert found == fetched
    assert differences(document, fetched, full.links) == []


@pytest.mark.parametrize("kind", list(Kind))
def test_everything_is_read_and_only_once(full: Bench, kind: Kind) -> None:
    read = [document for document in full.system.read([kind]) if document.number or kind is
            Kind.APPLICATION]  # fmt: skip
    ours = {full.links[d.reference] for d in full.each if d.kind is kind}
    assert ours == {d.external_id for d in read if d.external_id in full.links.values()}
    assert len({d.external_id for d in read}) == len(read)


def test_the_books_balance_and_the_chart_says_what_they_say(full: Bench) -> None:
    invoice, note, credit = (full.now(full[d]) for d in (INVOICE, NOTE, CREDIT))
    assert invoice.open == Decimal("949600.50")
    assert note.open == 0
    assert credit.open == Decimal("50.25")
    books = full.control("GET", "xero/books")
    assert books["trial_balance"]["debits"] == books["trial_balance"]["credits"]
    assert full.balance("640") == Decimal("-1000000.50")
    chart = full.system.chart()
    (receivable,) = [account for account in chart.accounts if account.role == "receivable"]
    assert receivable.balance == invoice.open - credit.open == full.balance("610")
    for account in chart.accounts:
        # Looked at a year ahead, income and expense begin anew.
        if account.currency == "COP" and account.classification in ("asset", "liability"):
            assert account.balance == full.balance(account.number), account.name


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("kind", ["reset", "500", "503", "html"])
def test_a_lost_reply_is_in_doubt_and_the_document_is_there(
    bench: Bench, reference: str, kind: str
) -> None:
    document = before(bench, reference)
    bench.fault(kind, method="PUT")
    assert isinstance(bench.post(document), InDoubt)
    assert bench.find(document) is not None


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_request_that_was_lost_is_not_taken_for_done(bench: Bench, reference: str) -> None:
    document = before(bench, reference)
    bench.fault("reset", "before", method="PUT")
    assert isinstance(bench.post(document), InDoubt)
    assert bench.find(document) is None
    bench.posted(document)
    assert bench.find(document) is not None


@pytest.mark.parametrize("reference", REFERENCES)
def test_the_same_key_makes_one_document(bench: Bench, reference: str) -> None:
    document = before(bench, reference)
    first, second = bench.posted(document), bench.posted(document)
    assert first.external_id == second.external_id
    if document.kind is not Kind.APPLICATION:
        assert bench.count(document) == 1


@pytest.mark.parametrize("reference", ["DYT-D1", "DYT-L1", "DYT-K1", "DYT-A1"])
def test_after_the_key_is_forgotten_numbers_still_make_one_document(
    bench: Bench, reference: str
) -> None:
    """Payments and bank transactions have no such guard: there only a look-up helps."""
    document = before(bench, reference)
    first = bench.posted(document)
    bench.control("POST", "clock", {"seconds": 361})
    second = bench.posted(document)
    assert first.external_id == second.external_id
    if document.kind is not Kind.APPLICATION:
        assert bench.count(document) == 1


def test_a_forgotten_key_lets_a_payment_in_twice_so_it_is_looked_up_first(bench: Bench) -> None:
    receipt = before(bench, "DYT-P1")
    bench.posted(receipt)
    bench.control("POST", "clock", {"seconds": 361})
    assert bench.find(receipt) is not None, "this is what the pipeline asks before it sends again"
    bench.posted(receipt)
    assert bench.count(receipt) == 2


@pytest.mark.parametrize("order", ["request", "reversed"])
def test_in_a_batch_each_document_has_its_own_outcome(full: Bench, order: str) -> None:
    full.switch(bulk_order=order)
    invoice = full[INVOICE]
    good = [changed(invoice, reference=f"DYT-L{n}") for n in range(2, 101)]
    line = changed(invoice.lines[0], account=guid(7))
    no_account = changed(invoice, reference="DYT-L200", lines=(line,))
    full.links["DYT-D9"] = guid(999)
    no_contact = changed(invoice, reference="DYT-L201", customer="DYT-D9")
    outcomes = full.send(*good[:30], no_account, no_contact, *good[30:])
    assert all(isinstance(outcome, Posted) for outcome in [*outcomes[:30], *outcomes[32:]])
    assert [type(outcome) for outcome in outcomes[30:32]] == [Rejected, Rejected]
    numbers = [o.document.number for o in outcomes if isinstance(o, Posted)]
    assert numbers == [document.reference for document in good]


def test_one_call_takes_fifty_documents(bench: Bench) -> None:
    bench.posted(bench[CUSTOMER])
    before_it = bench.system.calls().total
    invoices = [changed(bench[INVOICE], reference=f"DYT-L{n}") for n in range(200)]
    bench.send(*invoices)
    receipts = [
        changed(bench[RECEIPT], reference=f"DYT-P{n}",
                applications=(Application(f"DYT-L{n}", Decimal(250000)),))
        for n in range(200)
    ]  # fmt: skip
    assert all(isinstance(outcome, Posted) for outcome in bench.send(*receipts))
    assert bench.system.calls().total - before_it == 8


# ── taking back and changing ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reference", [d.reference for d in EACH if d is not CUSTOMER])
@pytest.mark.parametrize("lost", [False, True])
def test_what_is_taken_back_is_gone_even_if_the_reply_is_lost(
    bench: Bench, reference: str, lost: bool
) -> None:
    document = before(bench, reference)
    bench.posted(document)
    receivable = bench.balance("610")
    binding = bench.bound[reference]
    if lost:
        bench.fault("reset")
        assert isinstance(bench.void(document), InDoubt)
        assert bench.now(document).status is not Status.LIVE
    outcome = bench.void(document)
    assert isinstance(outcome, Posted), outcome
    assert outcome.document.status is not Status.LIVE
    assert bench.now(document).status is not Status.LIVE
    effect = {Kind.INVOICE: "-1200000.50", Kind.CREDIT_NOTE: "400"}.get(document.kind)
    if document.kind is Kind.RECEIPT:
        effect = str(document.total)
    assert bench.balance("610") - receivable == Decimal(effect or 0)
    bench.bound[reference] = binding
    assert isinstance(bench.void(document), Posted), "once more does no harm"
    assert bench.balance("610") - receivable == Decimal(effect or 0)


def test_an_invoice_with_payments_is_not_voided(full: Bench) -> None:
    outcome = full.void(full[INVOICE])
    assert isinstance(outcome, Rejected)
    assert outcome.code == "has_payments"


def test_an_invoice_is_changed_to_and_fro(bench: Bench) -> None:
    bench.posted(bench[CUSTOMER])
    invoice = bench[INVOICE]
    bench.posted(invoice)
    for due in (DUE.replace(day=21), DUE, DUE.replace(day=21)):
        later = changed(invoice, due=due, lines=invoice.lines[: 1 + (due == DUE)])
        assert isinstance(bench.update(later), Posted)
        assert differences(later, bench.now(later), bench.links) == []


def test_the_due_date_of_a_paid_invoice_can_be_moved_and_its_amount_can_not(full: Bench) -> None:
    later = changed(full[INVOICE], due=DUE.replace(day=25), memo="moved")
    assert isinstance(full.update(later), Posted)
    assert full.now(later).due == DUE.replace(day=25)
    outcome = full.update(changed(later, lines=later.lines[:1]))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "paid"


@pytest.mark.parametrize("sample", [CUSTOMER, NOTE, SALE])
def test_other_kinds_are_changed_in_place(bench: Bench, sample: Document) -> None:
    document = before(bench, sample.reference)
    bench.posted(document)
    if document.kind is Kind.CUSTOMER:
        later = changed(document, name="Ana María")
    else:
        later = changed(document, lines=(changed(document.lines[0], amount=Decimal(77)),))
    assert isinstance(bench.update(later), Posted)
    assert differences(later, bench.now(later), bench.links) == []


def test_what_xero_can_not_change_is_refused_by_us(full: Bench) -> None:
    assert Kind.RECEIPT not in full.system.capabilities.update
    assert isinstance(full.update(full[RECEIPT]), Rejected)


def test_what_a_bookkeeper_changed_is_not_overwritten(full: Bench) -> None:
    full.by_hand("edit", full[SALE], set={"amount": "999"})
    for operation in (Operation.UPDATE, Operation.VOID):
        outcome = full.post(full[SALE], operation)
        assert isinstance(outcome, Drifted)
        assert outcome.current is not None
        assert outcome.current.total == 999


def test_an_application_cut_short_is_finished_without_settling_twice(bench: Bench) -> None:
    bench.posted(bench[CUSTOMER])
    invoice, note = bench[INVOICE], bench[NOTE]
    second = changed(invoice, reference="DYT-L2")
    for document in (invoice, second, note):
        bench.posted(document)
    parts = (Application("DYT-L1", Decimal(150)), Application("DYT-L2", Decimal(250)))
    application = changed(bench[APPLICATION], applications=parts)
    bench.fault("reset", "after", 1, method="PUT", path="Allocations")
    assert isinstance(bench.post(application), InDoubt)
    assert bench.find(application) is None, "half of it is not it"
    bench.posted(application)
    assert differences(application, bench.now(application), bench.links) == []
    assert (bench.now(note).open, bench.now(second).open) == (0, Decimal("1199750.50"))
    bench.fault("reset", "after", 1, method="DELETE")
    assert isinstance(bench.void(application), InDoubt)
    assert bench.now(application).status is Status.LIVE, "half of it is left"
    assert isinstance(bench.void(application), Posted)
    assert bench.now(note).open == 400


def test_a_change_by_hand_between_reading_and_voiding_is_a_refusal_not_a_doubt(
    full: Bench,
) -> None:
    def by_hand(call: Call) -> None:
        if call.method == "POST" and "BankTransactions" in call.path:
            full.by_hand("void", full[SALE])

    with full.disturbed(before=by_hand) as other:
        outcome = other.void(full[SALE])
    assert isinstance(outcome, Posted), outcome
    assert outcome.document.status is not Status.LIVE


def test_a_person_says_that_a_contact_is_our_customer(bench: Bench) -> None:
    bench.edit(action="add", kind="customer", name=CUSTOMER.name)
    outcome = bench.post(CUSTOMER)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "name_taken"
    assert bench.find(CUSTOMER) is None
    wire = bench.system._wire
    rows = wire.rows("Contacts", where=f'Name=="{CUSTOMER.name}"')
    contact = {"ContactID": next(rows)["ContactID"], "AccountNumber": CUSTOMER.reference}
    wire.write_many("POST", "Contacts", [contact], ["by hand"])
    assert bench.posted(CUSTOMER).external_id == contact["ContactID"]
    assert bench.count(CUSTOMER) == 1


def test_an_application_that_a_person_changed_is_left_alone(full: Bench) -> None:
    wire, note = full.system._wire, full.links["DYT-K1"]
    (row,) = wire.get(f"CreditNotes/{note}")["CreditNotes"][0]["Allocations"]
    path = f"CreditNotes/{note}/Allocations"
    wire.write_one("DELETE", f"{path}/{row['AllocationID']}", "Allocations", None, "by hand")
    other = {"Amount": Decimal(7), "Date": "2026-11-20", "Invoice": row["Invoice"]}
    wire.write_one("PUT", path, "Allocations", {"Allocations": [other]}, "by hand")
    outcome = full.void(full[APPLICATION])
    assert isinstance(outcome, Drifted)
    assert outcome.current is not None
    assert outcome.current.total == 7


def test_a_number_that_a_person_used_is_not_taken_for_ours(bench: Bench) -> None:
    bench.posted(bench[CUSTOMER])
    invoice = bench[INVOICE]
    bench.edit(action="add", kind="invoice", number="DYT-L1", customer=CUSTOMER.name,
               amount="5", date="2026-11-20", due="2026-12-20", account="640")  # fmt: skip
    outcome = bench.post(invoice)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "number_taken"
    assert bench.count(invoice) == 1


def test_what_is_reconciled_with_the_bank_is_left_to_a_person(bench: Bench) -> None:
    receipt = before(bench, "DYT-P1")
    _, body = body_of(receipt, bench.links, bench.system._company())
    bench.system._wire.write_many("PUT", "Payments", [{**body, "IsReconciled": True}], ["by hand"])
    there = bench.find(receipt)
    assert there is not None
    bench.remember(receipt, there)
    outcome = bench.void(receipt)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "reconciled"
    assert bench.now(receipt).status is Status.LIVE


# ── currencies, periods, accounts ────────────────────────────────────────────────────────────


def test_a_foreign_loan_is_paid_into_either_sort_of_account(bench: Bench) -> None:
    bench.posted(bench[CUSTOMER])
    invoice = changed(bench[INVOICE], **MXN)
    bench.posted(invoice)
    for number, account in (("1", RECEIPT.deposit_account), ("2", BANK_MXN)):
        receipt = bench[
            changed(RECEIPT, deposit_account=account, reference=f"DYT-P{number}", **MXN)
        ]
        receipt = changed(receipt, total=Decimal(500), applications=(
            Application("DYT-L1", Decimal(500)),))  # fmt: skip
        bench.posted(receipt)
        assert differences(receipt, bench.now(receipt), bench.links) == []
    assert bench.balance("090") == Decimal("107700.00"), "500 at 215.40, to the cent"
    assert bench.balance("093") == Decimal(500)
    assert bench.now(invoice).open == Decimal("1199000.50")
    assert differences(invoice, bench.now(invoice), bench.links) == []


def test_a_foreign_overpayment_and_a_foreign_recovery(bench: Bench) -> None:
    bench.posted(bench[CUSTOMER])
    for sample in (changed(CREDIT, deposit_account=BANK_MXN, **MXN),
                   changed(SALE, deposit_account=BANK_MXN, **MXN)):  # fmt: skip
        document = bench[sample]
        bench.posted(document)
        assert differences(document, bench.now(document), bench.links) == []
        assert isinstance(bench.void(document), Posted)


def test_there_is_no_list_of_rates_to_ask(bench: Bench) -> None:
    assert bench.system.rate("COP", DUE) == 1
    assert bench.system.rate("MXN", DUE) is None


@pytest.mark.parametrize(
    "reference", [d.reference for d in EACH if d not in (CUSTOMER, APPLICATION)]
)
def test_nothing_is_written_into_a_closed_period(bench: Bench, reference: str) -> None:
    document = before(bench, reference)
    bench.edit(action="lock", date="2026-11-20")
    assert str(bench.system.chart().company.locked_through) == "2026-11-20"
    outcome = bench.post(document)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "period_closed"


def test_a_cash_box_takes_payments_and_what_is_too_much_as_a_credit_note(bench: Bench) -> None:
    receipt = before(bench, "DYT-P1")
    till = bench[changed(receipt, deposit_account=TILL)]
    assert bench.posted(till).deposit_account == till.deposit_account
    credit = bench[changed(CREDIT, deposit_account=TILL)]
    stood = bench.balance("651")
    made = bench.posted(credit)
    assert (made.external_id[:7], made.open) == ("credit/", Decimal("50.25"))
    assert bench.balance("651") == stood + Decimal("50.25")
    assert bench.find(credit) == bench.now(credit)
    assert differences(credit, bench.now(credit), bench.links) == []
    kinds = {Kind.RECEIPT: 1, Kind.CREDIT_NOTE: 0, Kind.APPLICATION: 0}
    for kind, count in kinds.items():
        ours = [
            d for d in bench.system.read([kind]) if made.external_id.endswith(d.external_id[-36:])
        ]
        assert len(ours) == count, kind
    assert isinstance(bench.void(credit), Posted)
    assert bench.balance("651") == stood


IN_PARTS = (Application("DYT-L2", Decimal(20)), Application("DYT-L3", Decimal("30.25")))


def with_later_invoices(bench: Bench, account: str) -> Any:
    """A receipt on account, the whole of which is put to use for two invoices."""
    bench.posted(bench[CUSTOMER])
    for number in (2, 3):
        bench.posted(changed(bench[INVOICE], reference=f"DYT-L{number}"))
    return bench[changed(CREDIT, deposit_account=account, applications=IN_PARTS, on_account=True)]


@pytest.mark.parametrize("account", [BANK, TILL])
def test_credit_is_put_to_use_for_later_invoices_and_taken_off_them(
    bench: Bench, account: str
) -> None:
    credit = with_later_invoices(bench, account)
    alone = changed(credit, applications=())
    bench.posted(alone)
    for applications in (IN_PARTS[:1], IN_PARTS, IN_PARTS[1:], ()):
        used = changed(credit, applications=applications)
        made = bench.posted(used, Operation.UPDATE)
        assert differences(used, bench.now(used), bench.links) == []
        assert made.open == bench.now(used).open
        assert isinstance(bench.update(used), Posted), "done again, it is the same"
        assert bench.now(used).applications == made.applications
    bench.posted(credit, Operation.UPDATE)
    assert isinstance(bench.void(credit), Posted)
    assert bench.now(credit).status is Status.VOIDED
    assert bench.now(bench.bound["DYT-L2"].document).open == Decimal("1200000.50")


@pytest.mark.parametrize("account", [BANK, TILL])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("cut", [0, 1, 2])
def test_credit_that_is_put_to_use_as_it_is_made_is_made_once(
    bench: Bench, account: str, when: str, cut: int
) -> None:
    credit = with_later_invoices(bench, account)
    match = {"method": "PUT", **({"path": "Allocations"} if cut else {})}
    with bench.disturbed() if cut < 2 else second_allocation(bench, when) as other:
        if cut < 2:
            bench.fault("reset", when, 1, **match)
        assert isinstance(other.post(credit), InDoubt)
    if not (cut == 2 and when == "after"):
        assert bench.find(credit) is None, "half of it is not it"
        bench.posted(credit)
    assert bench.count(credit) == 1
    found = bench.find(credit)
    assert found is not None
    assert differences(credit, found, bench.links) == []


@contextmanager
def second_allocation(bench: Bench, when: str) -> Iterator[Bench]:
    """A bench whose second allocation is lost on its way, there or back."""
    seen: list[Call] = []

    def before(call: Call) -> None:
        if call.method == "PUT" and "Allocations" in call.path:
            seen.append(call)
            if len(seen) == 2:
                bench.fault("reset", when, 1, method="PUT", path="Allocations")

    with bench.disturbed(before=before) as other:
        yield other


@pytest.mark.parametrize("account", [BANK, TILL])
def test_credit_whose_taking_back_was_cut_short_is_taken_back(bench: Bench, account: str) -> None:
    credit = with_later_invoices(bench, account)
    bench.posted(credit)
    bench.fault("reset", "after", 1, method="DELETE")
    assert isinstance(bench.void(credit), InDoubt)
    assert isinstance(bench.void(credit), Posted)
    assert bench.now(credit).status is Status.VOIDED


def test_credit_that_a_bookkeeper_used_otherwise_is_left_alone(bench: Bench) -> None:
    credit = with_later_invoices(bench, BANK)
    bench.posted(changed(credit, applications=IN_PARTS[:1]))
    wire, over = bench.system._wire, bench.links["DYT-P2"].removeprefix("overpayment/")
    body = {"Amount": Decimal(5), "Invoice": {"InvoiceID": bench.links["DYT-L3"]}}
    path = f"Overpayments/{over}/Allocations"
    wire.write_one("PUT", path, "Allocations", {"Allocations": [body]}, "by hand")
    for operation in (Operation.UPDATE, Operation.VOID):
        assert isinstance(bench.post(credit, operation), Drifted)


def test_a_payment_of_more_than_is_owed_is_refused(full: Bench) -> None:
    much = Decimal("950000")
    receipt = changed(full[RECEIPT], reference="DYT-P9", total=much,
                      applications=(Application("DYT-L1", much),))  # fmt: skip
    outcome = full.post(receipt)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "more_than_owed"


def test_an_overpayment_is_found_although_xero_drops_its_reference(bench: Bench) -> None:
    bench.switch(overpayment_reference="ignore")
    credit = before(bench, "DYT-P2")
    bench.posted(credit)
    found = bench.find(credit)
    assert found is not None
    assert differences(credit, found, bench.links) == []
    assert isinstance(bench.void(credit), Posted)
    assert bench.now(credit).status is Status.VOIDED


def test_a_tracking_option_reaches_the_lines(bench: Bench) -> None:
    bench.posted(bench[CUSTOMER])
    assert [option.id for option in bench.system.chart().lists["Region"]][:1] == ["Bogotá"]
    invoice = changed(bench[INVOICE], tags=(("Region", "Cali"),))
    bench.posted(invoice)
    raw = bench.system._wire.get(f"Invoices/{bench.links['DYT-L1']}")["Invoices"][0]
    assert {line["Tracking"][0]["Option"] for line in raw["LineItems"]} == {"Cali"}


# ── changes, limits ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("inclusive", ["inclusive", "exclusive"])
def test_voids_and_deletions_are_among_the_changes(full: Bench, inclusive: str) -> None:
    full.switch(modified_since=inclusive)
    full.control("POST", "clock", {"seconds": 3600})
    cursor = full.system.cursor()
    full.control("POST", "clock", {"seconds": 3600})
    quiet = full.system.changes(list(Kind), cursor)
    assert quiet.documents == ()
    for sample in (APPLICATION, SALE, CREDIT, RECEIPT):
        assert isinstance(full.void(full[sample]), Posted)
    changes = full.system.changes(list(Kind), cursor)
    assert changes.complete
    seen = {(d.kind, d.external_id): d.status for d in changes.documents}
    for sample in (APPLICATION, SALE, CREDIT, RECEIPT):
        assert seen[sample.kind, full.links[sample.reference]] is not Status.LIVE
    assert seen[Kind.INVOICE, full.links["DYT-L1"]] is Status.LIVE
    assert changes.cursor > cursor


@pytest.fixture
def limited() -> Iterator[Bench]:
    with benches(fast=False, parallel=1, batch_size=1) as made:
        yield made


def test_a_full_minute_is_unavailable_and_says_how_long(limited: Bench) -> None:
    people = [changed(CUSTOMER, reference=f"DYT-D{n}", name=f"Somebody {n}") for n in range(70)]
    outcomes = limited.send(*people)
    sent = sum(isinstance(outcome, Posted) for outcome in outcomes)
    assert 50 <= sent <= 60
    waits = {o.retry_after_s for o in outcomes if isinstance(o, Unavailable)}
    assert len(waits) <= 2
    assert all(0 < wait_s <= 60 for wait_s in waits)
    assert limited.system.calls().throttled == 1


def test_the_days_last_calls_are_kept(limited: Bench) -> None:
    limited.switch(calls_per_day=30)
    people = [changed(CUSTOMER, reference=f"DYT-D{n}", name=f"Somebody {n}") for n in range(20)]
    outcomes = limited.send(*people)
    assert any(isinstance(outcome, Posted) for outcome in outcomes)
    (held,) = {o.cause for o in outcomes if isinstance(o, Unavailable)}
    assert "left for today" in held
    assert limited.find(people[0]) is not None


# ── a second opinion ─────────────────────────────────────────────────────────────────────────


def test_xero_python_reads_from_the_sandbox_what_we_posted(full: Bench) -> None:
    finder = ModelFinder(models)

    def element(resource: str, reference: str) -> Any:
        content = full.system._wire.get(f"{resource}/{full.links[reference]}")
        model = deserialize(resource, content, finder)
        return next(iter(model.to_dict()[{"Invoices": "invoices", "Payments": "payments",
                                          "CreditNotes": "credit_notes"}[resource]]))  # fmt: skip

    invoice = element("Invoices", "DYT-L1")
    assert invoice["invoice_number"] == "DYT-L1"
    assert invoice["total"] == Decimal("1200000.50")
    assert (invoice["date"], invoice["due_date"]) == (INVOICE.day, INVOICE.due)
    payment = element("Payments", "DYT-P1")
    assert (payment["reference"], payment["amount"]) == ("DYT-P1", 250000)
    note = element("CreditNotes", "DYT-K1")
    assert (note["credit_note_number"], note["remaining_credit"]) == ("DYT-K1", 0)
