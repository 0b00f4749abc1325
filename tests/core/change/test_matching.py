"""Two documents say the same, or each field in which they do not is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from bridge.core.books import (
    Application,
    CreditApplication,
    CreditNote,
    Customer,
    Invoice,
    Kind,
    Line,
    PostedDocument,
    PostedLine,
    Receipt,
    Sale,
    Status,
    with_uses,
)
from bridge.core.change.lines_alike import Difference
from bridge.core.change.matching import differences, drift, with_rate_known

LINKS = {"DY-D1": "58", "DY-L1": "130", "DY-L2": "131", "DY-K1": "140"}
DAY = date(2026, 11, 2)
COMMON = {"loan": "1", "facts": "f", "customer": "DY-D1", "day": DAY, "currency": "COP"}
LINES = (
    Line(purpose="principal", amount=Decimal(500000), item="21", account="9"),
    Line(purpose="interest", amount=Decimal(100000), item="22", account="8"),
)
INVOICE = Invoice(reference="DY-L1", due=date(2026, 12, 2), lines=LINES, **COMMON)
POSTED = PostedDocument(
    kind=Kind.INVOICE,
    external_id="130",
    version="0",
    number="DY-L1",
    customer_id="58",
    day=DAY,
    due=date(2026, 12, 2),
    currency="COP",
    total=Decimal("600000.00"),
    open=Decimal("600000.00"),
    lines=(
        PostedLine(amount=Decimal("100000.0"), item="22", description="Interest"),
        PostedLine(amount=Decimal("500000.0"), item="21"),
    ),
)
RECEIPT = Receipt(
    reference="DY-P1",
    total=Decimal(90),
    deposit_account="4",
    applications=(Application("DY-L1", Decimal(50)), Application("DY-L2", Decimal(30))),
    **COMMON,
)
RECEIVED = PostedDocument(
    kind=Kind.RECEIPT,
    external_id="150",
    version="0",
    number="DY-P1",
    customer_id="58",
    day=DAY,
    currency="COP",
    total=Decimal(90),
    open=Decimal(10),
    applications=(("131", Decimal("30.00")), ("130", Decimal("50.00"))),
    deposit_account="4",
)
CUSTOMER = Customer(reference="DY-D1", loan="", facts="f", name="Ana Gil", currency="COP")
KNOWN = PostedDocument(
    kind=Kind.CUSTOMER, external_id="58", version="0", number="DY-D1", name="Ana Gil"
)
replace = msgspec.structs.replace


def test_the_same_invoice_has_no_difference_whatever_the_order_of_its_lines():
    assert differences(INVOICE, POSTED, LINKS) == []


@pytest.mark.parametrize(
    ("change", "field", "ours", "theirs"),
    [
        ({"number": "1007"}, "number", "DY-L1", "1007"),
        ({"day": date(2026, 11, 3)}, "day", "2026-11-02", "2026-11-03"),
        ({"due": None}, "due", "2026-12-02", ""),
        ({"currency": "USD"}, "currency", "COP", "USD"),
        ({"total": Decimal("600000.01")}, "total", "600000.00", "600000.01"),
        ({"customer_id": "59"}, "customer", "58", "59"),
        ({"status": Status.VOIDED, "total": Decimal(0)}, "status", "live", "voided"),
    ],
)
def test_a_field_that_differs_is_named_with_both_sides(change, field, ours, theirs):
    assert differences(INVOICE, replace(POSTED, **change), LINKS) == [
        Difference(field, ours, theirs)
    ]
    assert [d.field for d in drift(POSTED, replace(POSTED, **change))] == [field]


def test_a_line_on_another_item_is_named():
    other = replace(POSTED, lines=(POSTED.lines[0], PostedLine(amount=Decimal(500000), item="7")))
    found = [Difference("lines", "500000.00 21", "500000.00 7")]
    assert differences(INVOICE, other, LINKS) == found
    assert drift(POSTED, other) == found


def test_lines_without_items_are_compared_by_account():
    lines = tuple(replace(line, item="") for line in LINES)
    ours = replace(INVOICE, lines=lines)
    theirs = tuple(PostedLine(amount=line.amount, account=line.account) for line in LINES)
    assert differences(ours, replace(POSTED, lines=theirs), LINKS) == []
    theirs = (replace(theirs[0], account="1"), theirs[1])
    found = differences(ours, replace(POSTED, lines=theirs), LINKS)
    assert found == [Difference("lines", "500000.00 9", "500000.00 1")]


def test_where_only_amounts_differ_the_items_are_left_out():
    less = PostedLine(amount=Decimal(90000), item="22")
    more = PostedLine(amount=Decimal(510000), item="21")
    one = replace(POSTED, lines=(less, POSTED.lines[1]))
    found = [Difference("lines", "100000.00", "90000.00")]
    assert differences(INVOICE, one, LINKS) == drift(POSTED, one) == found
    both = replace(POSTED, lines=(less, more))
    assert differences(INVOICE, both, LINKS) == [
        Difference("lines", "500000.00; 100000.00", "510000.00; 90000.00")
    ]


def test_amounts_that_changed_places_are_told_in_the_order_of_their_items():
    swapped = {"21": Decimal(100000), "22": Decimal(500000)}
    lines = tuple(PostedLine(amount=amount, item=item) for item, amount in swapped.items())
    assert differences(INVOICE, replace(POSTED, lines=lines), LINKS) == [
        Difference("lines", "500000.00; 100000.00", "100000.00; 500000.00")
    ]


def test_a_line_that_only_one_side_has_says_what_it_is_on():
    lines = (*POSTED.lines, PostedLine(amount=Decimal(5), item="7"))
    more = replace(POSTED, total=Decimal(600005), lines=lines)
    assert drift(POSTED, more)[1:] == [Difference("lines", "", "5.00 7")]
    apart = {"21": Decimal(400000), "7": Decimal(99999)}
    split = tuple(PostedLine(amount=amount, item=item) for item, amount in apart.items())
    mixed = replace(POSTED, lines=(POSTED.lines[0], *split))
    assert differences(INVOICE, mixed, LINKS) == [
        Difference("lines", "500000.00", "400000.00; 99999.00 7")
    ]


def test_two_equal_lines_are_not_one():
    ours = replace(INVOICE, lines=(LINES[1], LINES[1]))
    theirs = replace(POSTED, total=Decimal(200000), lines=(POSTED.lines[0],))
    assert [d.field for d in differences(ours, theirs, LINKS)] == ["lines"]


def test_descriptions_and_memos_are_compared_only_when_asked():
    described = replace(POSTED, memo="by hand")
    assert differences(INVOICE, described, LINKS) == []
    assert [d.field for d in differences(INVOICE, described, LINKS, descriptions=True)] == ["lines"]
    assert [d.field for d in differences(INVOICE, described, LINKS, memo=True)] == ["memo"]


def test_a_listing_without_lines_tells_nothing_about_them():
    listed = replace(POSTED, lines=())
    assert differences(INVOICE, listed, LINKS) == []
    assert drift(POSTED, listed) == []


def test_open_balance_version_and_time_move_by_themselves():
    paid = replace(POSTED, open=Decimal(0), version="3", updated_at="2026-11-20")
    assert drift(POSTED, paid) == []


def test_an_amount_is_compared_with_the_decimals_of_its_currency():
    ours = replace(INVOICE, currency="CLP", lines=(replace(LINES[0], amount=Decimal("100")),))
    theirs = replace(
        POSTED,
        currency="CLP",
        total=Decimal("100.00"),
        lines=(PostedLine(amount=Decimal("100.000"), item="21"),),
    )
    assert differences(ours, theirs, LINKS) == []


def test_the_same_receipt_has_no_difference():
    assert differences(RECEIPT, RECEIVED, LINKS) == []
    assert drift(RECEIVED, RECEIVED) == []


def test_an_application_moved_by_hand_is_named_by_our_reference():
    moved = replace(RECEIVED, applications=(("131", Decimal(80)),))
    found = differences(RECEIPT, moved, LINKS)
    assert found == [Difference("applications", "DY-L1 50.00; DY-L2 30.00", "DY-L2 80.00")]
    assert [d.field for d in drift(RECEIVED, moved)] == ["applications"]


def test_an_application_split_in_two_is_the_same():
    split = (("130", Decimal(20)), ("131", Decimal(30)), ("130", Decimal(30)))
    assert differences(RECEIPT, replace(RECEIVED, applications=split), LINKS) == []


def test_applications_that_a_listing_leaves_out_are_judged_by_the_unapplied_rest():
    listed = replace(RECEIVED, applications=())
    assert differences(RECEIPT, listed, LINKS) == []
    assert drift(RECEIVED, listed) == []
    undone = replace(listed, open=Decimal(90))
    assert [d.field for d in differences(RECEIPT, undone, LINKS)] == ["applications"]
    assert [d.field for d in drift(RECEIVED, undone)] == ["applications"]


def test_a_deposit_account_counts_only_when_it_is_told():
    assert differences(RECEIPT, replace(RECEIVED, deposit_account=""), LINKS) == []
    moved = replace(RECEIVED, deposit_account="5")
    assert differences(RECEIPT, moved, LINKS) == [Difference("deposit_account", "4", "5")]
    assert drift(RECEIVED, moved) == [Difference("deposit_account", "4", "5")]


@pytest.mark.parametrize("rate", ["1", "0.00025"])
def test_a_rate_of_one_or_upside_down_is_named(rate):
    ours = replace(INVOICE, rate=Decimal("4012.15"))
    found = differences(ours, replace(POSTED, rate=Decimal(rate)), LINKS)
    assert found == [Difference("rate", "4012.15", rate)]


def test_a_rate_rounded_by_the_product_is_the_same():
    ours = replace(INVOICE, rate=Decimal("4012.15"))
    assert differences(ours, replace(POSTED, rate=Decimal("4012.150001")), LINKS) == []
    assert differences(ours, POSTED, LINKS) == []


def test_a_credit_note_and_a_sale_are_compared_line_by_line():
    credit = CreditNote(reference="DY-K1", lines=LINES, **COMMON)
    posted = replace(POSTED, kind=Kind.CREDIT_NOTE, number="DY-K1", due=None)
    assert differences(credit, posted, LINKS) == []
    less = replace(posted, lines=posted.lines[:1])
    assert [d.field for d in differences(credit, less, LINKS)] == ["lines"]
    sale = Sale(reference="DY-V1", lines=LINES, deposit_account="4", **COMMON)
    sold = replace(posted, kind=Kind.SALE, number="DY-V1", deposit_account="5")
    assert [d.field for d in differences(sale, sold, LINKS)] == ["deposit_account"]


def test_a_credit_application_is_its_note_and_its_invoices():
    ours = CreditApplication(
        reference="DY-A1",
        credit_note="DY-K1",
        applications=(Application("DY-L1", Decimal(50)),),
        **COMMON,
    )
    theirs = PostedDocument(
        kind=Kind.APPLICATION,
        external_id="160",
        version="0",
        total=Decimal(0),
        applications=(("130", Decimal(50)),),
        credit_note_id="140",
    )
    assert differences(ours, theirs, LINKS) == []
    assert differences(ours, replace(theirs, day=DAY, credit_note_id="141"), LINKS) == [
        Difference("credit_note", "140", "141")
    ]
    assert drift(theirs, replace(theirs, credit_note_id="141")) == [
        Difference("credit_note", "140", "141")
    ]


def test_unapplied_money_that_was_applied_shows_also_where_nobody_tells_to_what():
    unapplied = replace(RECEIPT, applications=())
    kept = replace(RECEIVED, applications=(), open=RECEIVED.total)
    used = replace(kept, open=Decimal(30))
    assert differences(unapplied, kept, LINKS) == []
    assert drift(kept, kept) == []
    shown = Difference("applications", "", "60.00")
    assert differences(unapplied, used, LINKS) == [shown]
    assert drift(kept, used) == [shown]
    assert drift(used, kept) == [Difference("applications", "60.00", "")]


def test_a_credit_notes_own_applications_are_no_drift():
    note = replace(POSTED, kind=Kind.CREDIT_NOTE, due=None)
    used = replace(note, open=Decimal(0), applications=(("130", Decimal(600000)),))
    assert drift(note, used) == []


def test_a_renamed_customer_is_named():
    renamed = replace(KNOWN, name="Ana Gil de Paz")
    found = [Difference("name", "Ana Gil", "Ana Gil de Paz")]
    assert differences(CUSTOMER, KNOWN, LINKS) == []
    assert differences(CUSTOMER, renamed, LINKS) == found
    assert drift(KNOWN, renamed) == found


def test_a_voided_document_that_stays_voided_does_not_drift():
    voided = replace(POSTED, status=Status.VOIDED)
    assert drift(voided, replace(voided, number="x")) == []
    assert drift(voided, POSTED) == [Difference("status", "voided", "live")]


def test_an_unknown_link_is_a_difference_not_a_crash():
    assert [d.field for d in differences(RECEIPT, RECEIVED, {})] == ["customer", "applications"]


def test_a_rate_that_was_known_is_kept_where_the_books_tell_none():
    told, silent = replace(RECEIVED, rate=Decimal("215.40")), replace(RECEIVED, rate=None)
    assert with_rate_known(silent, told).rate == Decimal("215.40")
    assert with_rate_known(told, silent).rate == Decimal("215.40")
    assert with_rate_known(silent, None).rate is None


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("4000", "4000", True),
        ("4000", "4003.9", True),  # within a thousandth
        ("4000", "4005", True),  # 1 / 4005 is 0.000250 too
        ("4000", "4009", False),
        ("4000", "0.00025", False),  # upside down
        ("4000", "1", False),
        ("0.00025", "4000", False),
        ("20.50", "20.6", False),
        ("4000", "0", False),
    ],
)
def test_rates_are_the_same_as_far_as_products_keep_them(
    ours: str, theirs: str, same: bool
) -> None:
    wanted, there = replace(INVOICE, rate=Decimal(ours)), replace(POSTED, rate=Decimal(theirs))
    assert (differences(wanted, there, LINKS) == []) is same


def test_a_receipt_and_a_use_settle_what_the_books_say_and_a_receipt_keeps_what_is_on_account():
    used = (Application("DY-L2", Decimal(7)),)
    told = msgspec.structs.replace(RECEIVED, on_account=Decimal(3))
    receipt = with_uses(RECEIPT, used, told)
    assert (receipt.applications, receipt.on_account) == (used, Decimal(3))
    use = CreditApplication(reference="DY-A1", credit_note="DY-K1", applications=(), **COMMON)
    assert with_uses(use, used, told).applications == used
