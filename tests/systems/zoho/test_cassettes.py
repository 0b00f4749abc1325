"""Bodies as Zoho documents them, or as others saw them, through the whole stack to the socket.

The cassettes name their sources. A request that is not on a cassette reaches no network: it fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import vcr

from bridge.clock import ManualClock
from bridge.core.books import Kind, Status
from bridge.credentials import MemoryCredentials
from bridge.errors import LoginRequired, TryLater
from bridge.systems.results import Applied, Refused, Then, Unclear, Unsent
from bridge.systems.zoho.adapter import ZohoBooks
from bridge.systems.zoho.posted import posted
from bridge.systems.zoho.settings import Settings
from bridge.systems.zoho.translate import Company
from bridge.systems.zoho.wire import INVOICES, PAYMENTS, Wire

FOLDER = Path(__file__).parents[2] / "cassettes"
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
HOME = Company(home_currency="USD")

tapes = vcr.VCR(
    cassette_library_dir=str(FOLDER),
    record_mode="none",
    match_on=["method", "scheme", "host", "port", "path", "query", "raw_body"],
)


@contextmanager
def played(name: str, refresh_token: str = "", **settings: Any) -> Iterator[ZohoBooks]:
    system = ZohoBooks(
        Settings(**{"company_id": "10229182", "access_token": "t", **settings}),
        MemoryCredentials({("zoho", "10229182", "refresh_token"): refresh_token}),
        ManualClock(NOW),
        jitter=lambda: 0,
    )
    with closing(system), tapes.use_cassette(f"zoho_{name}.yaml"):
        yield system


@contextmanager
def wire(name: str) -> Iterator[Wire]:
    with played(name) as system:
        yield system._wire


def test_the_documented_payment_is_created_listed_and_deleted() -> None:
    body = {
        "customer_id": "903000000000099",
        "payment_mode": "cash",
        "amount": Decimal(450),
        "date": "2016-06-05",
        "reference_number": "INV-384",
    }
    with wire("documents") as line:
        created = line.write("POST", "customerpayments", body)
        assert isinstance(created, Applied)
        document = posted(Kind.RECEIPT, created.raw["payment"], HOME)
        assert (document.external_id, document.number) == ("9030000079467", "INV-384")
        assert document.applications == (("90300000079426", Decimal(450)),)
        (row,) = line.rows(PAYMENTS)
        listed = posted(Kind.RECEIPT, row, HOME)
        assert (listed.total, listed.open, listed.number) == (Decimal(450), Decimal(0), "INV-384")
        assert isinstance(line.write("DELETE", "customerpayments/9030000079467"), Applied)
        second = line.write("DELETE", "customerpayments/1")
        assert isinstance(second, Refused)
        assert second.finding.then is Then.GONE


def test_the_documented_invoice_is_listed_marked_and_voided() -> None:
    with wire("documents") as line:
        (row,) = line.rows(INVOICES)
        document = posted(Kind.INVOICE, row, HOME)
        assert (document.external_id, document.open) == ("982000000567114", Decimal("40.6"))
        assert document.status is Status.DRAFT, "a draft is not in the books"
        for word in ("sent", "void"):
            path = f"invoices/982000000567114/status/{word}"
            assert isinstance(line.write("POST", path), Applied)


def test_the_documented_use_of_a_credit_note_and_an_absent_contact() -> None:
    with played("documents") as system:
        (row,) = system._reading.credited("90300000072369")
        assert row["credited_amount"] == Decimal("12.02")
        assert system._wire.get("contacts/1") is None


@pytest.mark.parametrize(
    ("key", "then", "code"),
    [
        ("1001", Then.NUMBER_TAKEN, "number_taken"),
        ("3062", Then.NAME_TAKEN, "name_taken"),
        ("12018", Then.NUMBER_TAKEN, "number_taken"),
        ("12006", Then.REJECT, "invoice_not_open"),
        ("4038", Then.REJECT, "inactive_reference"),
        ("24016", Then.REJECT, "over_applied"),
    ],
)
def test_recorded_refusals_of_a_write(key: str, then: Then, code: str) -> None:
    with wire("refusals") as line:
        result = line.write("POST", f"invoices/{key}", {})
    assert isinstance(result, Refused)
    assert (result.finding.then, result.finding.code) == (then, code)


@pytest.mark.parametrize(
    ("key", "wait_s"), [("44", 60), ("45", 3600), ("1070", 5), ("103001", 3600)]
)
def test_what_is_refused_at_the_door_is_surely_not_applied(key: str, wait_s: float) -> None:
    with wire("refusals") as line:
        result = line.write("POST", f"invoices/{key}", {})
    assert isinstance(result, Unsent)
    assert result.retry_after_s == wait_s
    assert not result.login_ended


@pytest.mark.parametrize("key", ["57", "14", "6041"])
def test_an_ended_connection_is_surely_not_applied(key: str) -> None:
    with wire("refusals") as line:
        result = line.write("POST", f"invoices/{key}", {})
    assert isinstance(result, Unsent)
    assert result.login_ended


@pytest.mark.parametrize("key", ["1000", "html"])
def test_trouble_after_a_write_is_a_doubt(key: str) -> None:
    with wire("refusals") as line:
        assert isinstance(line.write("POST", f"invoices/{key}", {}), Unclear)


@pytest.mark.parametrize(
    ("refresh_token", "expected"), [("1000.revoked", LoginRequired), ("1000.crowded", TryLater)]
)
def test_recorded_refusals_of_a_token(refresh_token: str, expected: type[Exception]) -> None:
    client = {"access_token": "", "client_id": "1000.X", "client_secret": "s"}
    with (
        played("token", refresh_token, **client) as system,
        pytest.raises(expected),
    ):
        system._tokens().current()


def test_the_documented_token_is_taken() -> None:
    client = {"access_token": "", "client_id": "1000.X", "client_secret": "s"}
    with played("token", "1000.8ecd", **client) as system:
        assert system._tokens().current() == "1000.new"


def test_a_request_that_is_not_on_the_cassette_reaches_no_network() -> None:
    with (
        wire("documents") as line,
        pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException),
    ):
        line.get("contacts/2")


def test_cassettes_hold_no_tokens_and_name_their_sources() -> None:
    for path in FOLDER.glob("zoho_*.yaml"):
        text = path.read_text()
        assert text.startswith("# Bodies as documented"), path.name
        assert "authorization:" not in text.lower(), path.name
