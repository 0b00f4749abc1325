"""Bodies as QuickBooks documents them, through the whole stack down to the socket.

The cassettes name their sources. A request that is not on a cassette reaches no network: it fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import vcr

from bridge.clock import ManualClock
from bridge.core.books import Kind, Status
from bridge.credentials import MemoryCredentials
from bridge.errors import LoginRequired, TryLater
from bridge.systems.quickbooks import changes, queries
from bridge.systems.quickbooks.adapter import QuickBooks
from bridge.systems.quickbooks.answers import posted
from bridge.systems.quickbooks.settings import Settings
from bridge.systems.quickbooks.wire import Wire
from bridge.systems.results import Applied, Refused, Then, Unclear, Unsent

FOLDER = Path(__file__).parents[2] / "cassettes"
SAMPLES: dict[str, Any] = msgspec.json.Decoder(float_hook=Decimal).decode(
    (Path(__file__).parents[2] / "data" / "specs" / "quickbooks" / "samples.json").read_bytes()
)
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)

tapes = vcr.VCR(
    cassette_library_dir=str(FOLDER),
    record_mode="none",
    match_on=["method", "scheme", "host", "port", "path", "query", "body"],
)


@contextmanager
def played(name: str, **settings: Any) -> Iterator[QuickBooks]:
    defaults = {"company_id": "9", "access_token": "t"}
    system = QuickBooks(
        Settings(**{**defaults, **settings}),
        MemoryCredentials({("quickbooks", "9", "refresh_token"): "AB10"}),
        ManualClock(NOW),
        jitter=lambda: 0,
    )
    with closing(system), tapes.use_cassette(f"{name}.yaml"):
        yield system


@contextmanager
def wire(name: str) -> Iterator[Wire]:
    with played(name) as system:
        yield system._wire


def test_the_documented_invoice_is_created_and_voided() -> None:
    with wire("invoice") as line:
        body = SAMPLES["invoice_create_request"]["body"]
        created = line.write("Invoice", body, "key-1")
        assert isinstance(created, Applied)
        document = posted(Kind.INVOICE, created.raw, "USD")
        assert (document.external_id, document.number) == ("238", "1069")
        assert (document.total, document.open) == (Decimal("100.0"), Decimal("100.0"))
        assert [entry.item for entry in document.lines] == ["1"], "no subtotal line"

        void = SAMPLES["invoice_void"]["body"]
        voided = line.write("Invoice", void, "key-2", operation="void")
        assert isinstance(voided, Applied)
        assert posted(Kind.INVOICE, voided.raw, "USD").status is Status.VOIDED


def test_the_documented_payment_is_created_and_deleted() -> None:
    with wire("payment") as line:
        created = line.write("Payment", SAMPLES["payment_create_request"]["body"], "key-1")
        assert isinstance(created, Applied)
        document = posted(Kind.RECEIPT, created.raw, "USD")
        assert document.applications == (("70", Decimal("55.0")),)
        assert (document.total, document.open) == (Decimal("65.0"), Decimal("10.0"))

        body = SAMPLES["payment_delete"]["body"]
        deleted = line.write("Payment", body, "key-2", operation="delete")
        assert isinstance(deleted, Applied)
        assert posted(Kind.RECEIPT, deleted.raw, "USD").status is Status.DELETED


@pytest.mark.parametrize(
    ("key", "then", "code"),
    [
        ("fault_6140", Then.NUMBER_TAKEN, "number_taken"),
        ("fault_two_errors", Then.REJECT, "text_length"),
        ("fault_500_unsupported", Then.REJECT, "unsupported"),
    ],
)
def test_documented_refusals_of_a_write(key: str, then: Then, code: str) -> None:
    with wire("refusals") as line:
        result = line.write("Invoice", {"Id": "1"}, key)
    assert isinstance(result, Refused)
    assert (result.finding.then, result.finding.code) == (then, code)


@pytest.mark.parametrize(
    "key", ["fault_10000_on_http_200", "silent_noop_on_http_200", "html_on_200"]
)
def test_a_200_that_does_not_show_the_document_is_in_doubt(key: str) -> None:
    with wire("refusals") as line:
        assert isinstance(line.write("Invoice", {"Id": "1"}, key), Unclear)


def test_a_refusal_for_rate_in_xml_is_surely_not_applied() -> None:
    with wire("refusals") as line:
        result = line.write("Invoice", {"Id": "1"}, "fault_429_xml")
    assert isinstance(result, Unsent)
    assert result.retry_after_s == 60


@pytest.mark.parametrize("key", ["fault_401", "fault_403"])
def test_an_ended_connection_is_surely_not_applied(key: str) -> None:
    with wire("refusals") as line:
        result = line.write("Invoice", {"Id": "1"}, key)
    assert isinstance(result, Unsent)
    assert result.login_ended


def test_documented_answers_to_queries() -> None:
    with wire("queries") as line:
        (found,) = line.rows("Invoice", queries.among("DocNumber", ["1070"]))
        assert found["TotalAmt"] == Decimal("150.0")
        assert list(line.rows("Invoice", queries.among("DocNumber", ["1071"]))) == []
        with pytest.raises(TryLater, match="not queryable"):
            list(line.rows("Invoice", "PrivateNote = 'x'"))
        assert line.server_time == "2015-07-24T10:38:50.01-07:00"


def test_the_documented_change_feed_and_rate() -> None:
    with wire("changes") as line:
        since = "2015-12-01T00:00:00+00:00"
        rows, whole = changes.captured(line, ["Customer", "Estimate"], since)
        assert whole
        assert [(entity, raw["Id"]) for entity, raw in rows] == [
            ("Customer", "63"),
            ("Customer", "99"),
            ("Estimate", "34"),
            ("Estimate", "123"),
            ("Estimate", "979"),
        ]
        assert changes.cursor_at(line.server_time) == "2015-12-23T20:51:06.196000+00:00"
        content = line.get("exchangerate", sourcecurrencycode="EUR", asofdate="2015-07-07")
        assert content["ExchangeRate"]["Rate"] == Decimal("2.5")


def test_batch_answers_are_matched_by_name_not_by_place() -> None:
    bodies = [{"DisplayName": f"Person {n}"} for n in range(4)]
    with wire("batch") as line:
        results = line.write_batch("Customer", bodies, [f"k{n}" for n in range(4)])
    codes = [r.finding.code if isinstance(r, Refused) else type(r).__name__ for r in results]
    assert codes == ["name_taken", "inactive_reference", "stale", "Unclear"]


def test_the_documented_token_answers() -> None:
    with played("token", access_token="", client_id="id", client_secret="s") as system:
        tokens = system._tokens()
        assert tokens.current() == "eyJlbmMi..."
        store = system._credentials
        assert store.get("quickbooks", "9", "refresh_token") == "AB11..."
        store.set("quickbooks", "9", "refresh_token", "expired")
        with pytest.raises(LoginRequired):
            tokens.renewed("eyJlbmMi...")


def test_a_request_that_is_not_on_the_cassette_reaches_no_network() -> None:
    with (
        wire("queries") as line,
        pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException),
    ):
        line.query("SELECT * FROM Vendor")


def test_cassettes_hold_no_tokens_and_name_their_sources() -> None:
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text()
        assert text.startswith("# Bodies as documented"), path.name
        assert "Bearer" not in text, path.name
        assert "authorization:" not in text.lower(), path.name
