"""What a person put on the receivable account besides documents."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from bridge.core.books import EntryKind
from tests.conformance.bench import Bench
from tests.conformance.journals import by_hand

JOURNAL_FREE = ("xero",)
"""Systems that let no journal on the receivable account."""


def test_documents_are_no_entries(bench: Bench) -> None:
    before = list(bench.system.control_entries())
    invoice = bench.loan()
    receipt, note = bench.receipt(1, "100.00", invoice), bench.credit_note(1, "50.00")
    bench.post(receipt)
    bench.post(note)
    bench.post(bench.application(1, note, invoice, "50.00"))
    bench.post(bench.sale(1, "30.00"))
    assert list(bench.system.control_entries()) == before


@pytest.mark.sandbox_only("a bookkeeper's hand")
def test_a_journal_on_the_account_is_told_with_number_day_and_amount(bench: Bench) -> None:
    bench.loan()
    before = bench.receivable()
    if bench.name in JOURNAL_FREE:
        with pytest.raises(AssertionError):
            by_hand(bench, "J-7", "90.25", bench.customer().name)
        assert list(bench.system.control_entries()) == []
        return
    done = by_hand(bench, "J-7", "90.25", bench.customer().name)
    (entry,) = bench.system.control_entries()
    assert (entry.kind, entry.number, entry.day) == (EntryKind.JOURNAL, "J-7", date(2026, 11, 12))
    assert entry.external_id == done["id"]
    assert (entry.currency, entry.amount) == (bench.home, Decimal("90.25"))
    assert entry.customers == (bench.posted[bench.customer().reference].external_id,)
    assert bench.receivable() - before == entry.amount


@pytest.mark.sandbox_only("a bookkeeper's hand")
def test_a_journal_elsewhere_is_none(bench: Bench) -> None:
    accounts = [a.id for a in bench.system.chart().accounts if a.classification == "expense"][:2]
    lines = [{"account": accounts[0], "debit": "5"}, {"account": accounts[1], "credit": "5"}]
    bench.edit(action="add", kind="journal", number="J-8", date="2026-11-12", lines=lines)
    assert list(bench.system.control_entries()) == []


def test_what_is_dated_ahead_is_on_the_account_too(bench: Bench) -> None:
    bench.post(bench.customer())
    before = bench.receivable()
    ahead = bench.invoice(1, "120.00")
    later = ahead.day + timedelta(days=20)
    bench.post(msgspec.structs.replace(ahead, day=later, due=later))
    assert bench.receivable() - before == Decimal("120.00")
