"""`reconcile --as-of`: a day whose figures can be made, or words about why not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cli.small_lender import small_ledger


@pytest.mark.parametrize(
    ("locale", "said"),
    [("es-CO", "no hay cifras verdaderas"), ("en-US", "no true figures"), ("pt-BR", "não há")],
)
def test_a_day_whose_ledger_is_not_kept_is_refused_with_the_days_that_can_be_had(
    lender, monkeypatch, locale, said
):
    lender.run("sync")
    monkeypatch.setenv("LEDGER_BRIDGE_LENDER__LOCALE", locale)
    kept = date.fromisoformat(small_ledger()["as_of"])
    before = (kept - timedelta(days=1)).isoformat()
    for asked in (before, "2025-01-31", "2999-01-01"):
        for also in ((), ("--dry-run",)):
            code, out, err = lender.run("reconcile", "--as-of", asked, *also)
            assert (code, out) == (2, "")
            assert said in err
            assert f"{asked} " in err
            assert f"{kept} " in err


def test_the_report_of_that_day_is_named_where_it_is_kept(lender):
    lender.run("sync")
    lender.run("reconcile", "--as-of", small_ledger()["as_of"], "--format", "json", "--out", "kept")
    later = small_ledger() | {"as_of": "2026-11-25", "generated_at": "2026-11-25T23:00:00-05:00"}
    lender.deliver(later)
    lender.run("sync")
    code, _, err = lender.run("reconcile", "--as-of", small_ledger()["as_of"], "--out", "kept")
    assert code == 2
    assert f"kept/reconciliation-{small_ledger()['as_of']}.json" in err


def test_the_newest_ledgers_day_is_told_with_what_the_books_have_after_it(lender):
    lender.run("sync")
    day = small_ledger()["as_of"]
    notices = lender.json("reconcile", "--as-of", day)["systems"]["quickbooks"]["notices"]
    assert "books.after_day" not in [notice["code"] for notice in notices]
    later = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    wish = {"action": "add", "kind": "invoice", "customer": "Otra persona", "amount": "5000"}
    lender.control("quickbooks/edit", date=later, number="A-1", **wish)
    for asked, told in ((day, ["1"]), (later, [])):
        notices = lender.json("reconcile", "--as-of", asked)["systems"]["quickbooks"]["notices"]
        assert [n["detail"] for n in notices if n["code"] == "books.after_day"] == told
