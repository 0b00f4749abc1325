"""Bodies as Xero documents them, through the whole stack down to the socket.

The cassettes name their sources. A request that is not on a cassette reaches no network: it fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import vcr

from bridge.clock import ManualClock
from bridge.core.books import Kind, Status
from bridge.credentials import MemoryCredentials
from bridge.systems.results import Applied, Refused, Then, Unsent
from bridge.systems.transport import from_json, to_json
from bridge.systems.xero.adapter import Xero
from bridge.systems.xero.answers import posted
from bridge.systems.xero.chart import balances_of
from bridge.systems.xero.settings import Settings
from bridge.systems.xero.translate import Company
from bridge.systems.xero.wire import Wire
from tests.contract.bodies import example
from tests.systems.xero.scripted import TENANT

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
NZ = Company(home_currency="NZD", currencies=frozenset({"NZD"}), accounts={}, ids_by_code={})

tapes = vcr.VCR(
    cassette_library_dir=str(Path(__file__).parents[2] / "cassettes"),
    record_mode="none",
    match_on=["method", "scheme", "host", "port", "path", "query", "body"],
)


@contextmanager
def played(name: str) -> Iterator[Xero]:
    settings = Settings(company_id=TENANT, access_token="t", calls_per_minute=0)
    system = Xero(settings, MemoryCredentials({}), ManualClock(NOW), jitter=lambda: 0)
    with closing(system), tapes.use_cassette(f"xero_{name}.yaml"):
        yield system


@contextmanager
def wire(name: str) -> Iterator[Wire]:
    with played(name) as system:
        yield system._wire


def test_the_recorded_invoice_is_created_refused_when_repeated_and_voided() -> None:
    body = {"Type": "ACCREC", "InvoiceNumber": "INV-0055", "Reference": "recording"}
    with wire("invoice") as line:
        (created,) = line.write_many("PUT", "Invoices", [body], ["k1"])
        assert isinstance(created, Applied)
        document = posted(Kind.INVOICE, created.raw, NZ)
        assert (document.number, document.total) == ("INV-0055", Decimal("24.15"))

        (again,) = line.write_many("PUT", "Invoices", [body], ["k2"])
        assert isinstance(again, Refused)
        assert again.finding.then is Then.NUMBER_TAKEN

        void = {"InvoiceID": document.external_id, "Status": "VOIDED"}
        (voided,) = line.write_many("POST", "Invoices", [void], ["k3"])
        assert isinstance(voided, Applied)
        left = posted(Kind.INVOICE, voided.raw, NZ)
        assert (left.status, left.open) == (Status.VOIDED, 0)

        unknown = "Invoices/00000000-0000-4000-8000-000000000009"
        assert line.get_if_there(unknown) is None, "404 in HTML, without a body"


def test_a_payment_that_carries_an_id_and_an_error_was_refused() -> None:
    body = {
        "Invoice": {"InvoiceID": "c7c37b83-ac95-45ea-88ba-8ad83a5f22fe"},
        "Account": {"Code": "970"},
        "Date": "2019-03-12",
        "Amount": Decimal("1.0"),
    }
    with wire("payment") as line:
        (refused,) = line.write_many("PUT", "Payments", [body], ["k1"])
        assert isinstance(refused, Refused)
        assert refused.finding.code == "more_than_owed"

        path = "Payments/297c2dc5-cc47-4afd-8ec8-74990b8761e9"
        deleted = line.write_one("POST", path, "Payments", {"Status": "DELETED"}, "k2")
        assert isinstance(deleted, Applied)
        assert posted(Kind.RECEIPT, deleted.raw, NZ).status is Status.DELETED


def test_the_recorded_refusal_for_rate_is_surely_not_applied() -> None:
    with wire("payment") as line:
        (held,) = line.write_many("PUT", "Payments", [{"Amount": Decimal("2.0")}], ["k1"])
        assert held == Unsent("refused for rate", 26)
        assert line.day_left == 344


def test_the_documented_allocation_is_made_and_deleted() -> None:
    note = "CreditNotes/7be578f5-63af-45c8-9b00-dcc4732baf0b/Allocations"
    body = {
        "Amount": Decimal("1.0"),
        "Date": "2019-03-05",
        "Invoice": {"InvoiceID": "c45720a1-ade3-4a38-a064-d15489be6841"},
    }
    with wire("allocation") as line:
        path = f"{note}?summarizeErrors=false"
        made = line.write_one("PUT", path, "Allocations", {"Allocations": [body]}, "k1")
        assert isinstance(made, Applied)
        path = f"{note}/2bb15054-3868-4f85-a9c6-0402ec8c1201"
        gone = line.write_one("DELETE", path, "Allocations", None, "k2")
        assert isinstance(gone, Applied)
        assert gone.raw["IsDeleted"] is True


def test_the_documented_lists_make_a_chart() -> None:
    with played("chart") as system:
        chart = system.chart()
        assert (chart.company.home_currency, chart.company.country) == ("NZD", "NZ")
        assert str(chart.company.locked_through) == "2009-09-30"
        assert all(account.classification for account in chart.accounts)
        assert any(account.role == "bank" for account in chart.accounts)
        assert "tax_code" in chart.lists


def test_the_documented_trial_balance_is_read_by_its_year_columns() -> None:
    balances = balances_of(from_json(to_json(example("/Reports/TrialBalance"))))
    sales = "02439bca-5fdc-4b62-b281-0bdf9f16fd5b"
    assert balances[sales] == Decimal("-1020.22"), "not the -200.00 of the month"
    assert sum(amount != 0 for amount in balances.values()) > 3


def test_what_an_account_stands_at_is_in_the_years_columns() -> None:
    account = [{"Id": "account", "Value": "a-1"}]
    cells = [{"Value": v, "Attributes": account} for v in ("Bank (090)", "5", "2", "1,070.50", "")]
    titles = [{"Value": v} for v in ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")]
    inner = {"RowType": "Section", "Rows": [{"RowType": "Row", "Cells": cells}]}
    rows = [{"RowType": "Header", "Cells": titles}, {"RowType": "Section", "Rows": [inner]}]
    assert balances_of({"Reports": [{"Rows": rows}]}) == {"a-1": Decimal("1070.50")}
