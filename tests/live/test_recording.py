"""What a cassette keeps, and what it must never keep."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import vcr
from vcr.request import Request as Taped

from bridge.clock import SystemClock
from bridge.sandbox.server import SandboxServer
from bridge.systems.transport import Reply, Request, Transport, from_json, to_json
from tests.conformance.bench import Bench
from tests.conformance.ground import COMPANIES
from tests.live import recording
from tests.live.company import LiveCompany, LiveGround
from tests.live.opened import opened
from tests.live.scrubbing import FILTERED, PLACEHOLDER, Scrubber
from tests.systems.servers import Answered, Call, http_server

TOKEN_URL = "https://login.example/token"


@pytest.fixture
def scrubber() -> Scrubber:
    return Scrubber("zoho", COMPANIES["zoho"], "AB12CD", TOKEN_URL)


def taped(uri: str, body: bytes | None = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Taped(method="POST", uri=uri, body=body, headers=named)


def test_headers_are_kept_by_name_and_no_other(scrubber: Scrubber) -> None:
    made = scrubber.request(
        taped(
            "https://api.example/x",
            b"{}",
            Authorization="Bearer secret-token-1",
            Cookie="session=1",
            xero_tenant_id="t",
            Content_Type="application/json",
        )
    )
    assert made.headers == {"Content-Type": "application/json"}
    answered = scrubber.answer(
        {
            "headers": {"Set-Cookie": ["a=b"], "intuit_tid": ["1"], "Content-Type": ["text/html"]},
            "body": {"string": b"<p>ask secret-token-1</p>"},
        }
    )
    assert answered["headers"] == {"Content-Type": ["text/html"]}
    assert answered["body"]["string"] == b"<p>ask filtered</p>"


def test_a_login_is_never_kept(scrubber: Scrubber) -> None:
    assert scrubber.request(taped(TOKEN_URL, b"grant_type=refresh_token&refresh_token=x")) is None
    assert scrubber.request(taped(f"{TOKEN_URL}?organization_id=1")) is None


def test_secrets_are_taken_out_of_forms_and_answers(scrubber: Scrubber) -> None:
    form = b"grant_type=authorization_code&code=abc&client_secret=s&refresh_token=r&client_id=i"
    kept = scrubber.body(form).decode()
    assert kept.split("&") == [
        "grant_type=authorization_code",
        *(f"{n}={FILTERED}" for n in ("code", "client_secret", "refresh_token", "client_id")),
    ]
    tokens = {"access_token": "a", "refresh_token": "b", "id_token": "c", "expires_in": 3600}
    kept = from_json(scrubber.body(to_json({"deep": [tokens]})))["deep"][0]
    assert kept == {**dict.fromkeys(list(tokens)[:3], FILTERED), "expires_in": 3600}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"organizations": [{"organization_id": "600000000001", "name": "Real SAS"}]},
         {"organizations": [{"organization_id": "100000000000", "name": FILTERED}]}),
        ({"organizations": [{"organization_id": "77", "name": "Another"}]}, {"organizations": []}),
        ({"Contacts": [{"Name": "Ana", "EmailAddress": "ana@x.co", "ContactID": "c"}]},
         {"Contacts": [{"Name": FILTERED, "EmailAddress": FILTERED, "ContactID": "c"}]}),
        ({"Invoice": {"CustomerRef": {"value": "4", "name": "Ana"}}},
         {"Invoice": {"CustomerRef": {"value": "4", "name": FILTERED}}}),
        ({"contact": {"contact_name": "Persona AB12CD-D1", "notes": "AB12CD-D1"}},
         {"contact": {"contact_name": "Persona AB12CD-D1", "notes": "AB12CD-D1"}}),
        ({"Account": [{"Name": "Bank", "FullyQualifiedName": "Bank"}]},
         {"Account": [{"Name": "Bank", "FullyQualifiedName": "Bank"}]}),
        ({"Message": "ask ana@x.co"}, {"Message": "ask filtered@example.com"}),
        ({"Error": [{"code": "6140"}]}, {"Error": [{"code": "6140"}]}),
        ({"code": "a-code-of-a-login-that-is-long"}, {"code": FILTERED}),
    ],
)  # fmt: skip
def test_people_and_companies_have_no_names(scrubber: Scrubber, given: Any, kept: Any) -> None:
    assert from_json(scrubber.body(to_json(given))) == kept


def test_amounts_stay_exact_and_the_company_has_another_id_everywhere(scrubber: Scrubber) -> None:
    body = b'{"total":12345678901234567.89,"zero":0.00,"of":"600000000001/x"}'
    kept = scrubber.body(body)
    assert b"12345678901234567.89" in kept
    assert from_json(kept) == {
        "total": Decimal("12345678901234567.89"),
        "zero": 0,
        "of": f"{PLACEHOLDER['zoho']}/x",
    }
    made = scrubber.request(taped("https://api.example/600000000001?organization_id=600000000001"))
    assert made.uri == "https://api.example/100000000000?organization_id=100000000000"


def test_a_cassette_with_a_secret_on_it_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scrubber, "value", lambda self, value, inside="": value)
    with SandboxServer(fast=True) as sandbox:
        company, path = opened(sandbox, "zoho"), tmp_path / "zoho" / "tape.yaml"
        with pytest.raises(pytest.fail.Exception, match="would have been on"):
            _record(company, path)
        assert not path.exists()
        company.close()


def _record(company: LiveCompany, path: Path) -> LiveGround:
    company.share = False
    ground = company.ground()
    with recording.recorded(path, ground, "a test"):
        bench = Bench(ground)
        bench.begin()
        bench.loan()
        bench.close()
    return ground


def test_what_was_not_asked_then_is_not_answered_now(tmp_path: Path) -> None:
    with SandboxServer(fast=True) as sandbox:
        company, path = opened(sandbox, "xero"), tmp_path / "tape.yaml"
        live = _record(company, path)
        company.close()
    with recording.played(path, tmp_path) as ground:
        assert (ground.prefix, ground.rate, ground.day) == (live.prefix, live.rate, live.day)
        bench = Bench(ground)
        bench.begin()
        bench.loan()
        with pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException):
            bench.post(bench.invoice(2))
        bench.close()


def test_compressed_answers_are_recorded_plain_and_read_the_same(tmp_path: Path) -> None:
    def answer(_: Call) -> Answered:
        body = gzip.compress(b'{"total":1.10}')
        return Answered(200, body, {"Content-Encoding": "gzip", "Content-Type": "application/json"})

    scrubber = Scrubber("zoho", COMPANIES["zoho"], "AB12CD", TOKEN_URL)
    path = tmp_path / "tape.yaml"
    with http_server(answer) as url:
        first = _sent(f"{url}/x", scrubber, path, "all")
    again = _sent(f"{url}/x", scrubber, path, "none")
    assert first == again == b'{"total":1.10}'
    assert '{"total":1.10}' in path.read_text(encoding="utf-8")


def _sent(url: str, scrubber: Scrubber, path: Path, mode: str) -> bytes:
    transport = Transport(SystemClock(), jitter=lambda: 0)
    with recording._tapes(scrubber).use_cassette(str(path), record_mode=mode):
        reply = transport.send(Request(method="GET", url=url))
    transport.close()
    assert isinstance(reply, Reply), reply
    return reply.body
