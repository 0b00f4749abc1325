"""The calls that no ordinary day makes: logins, and what follows a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from unittest.mock import patch

import msgspec
import requests

from bridge import credentials, wiring
from bridge.core.books import Kind
from bridge.core.delivery import Rejected
from bridge.credentials import MemoryCredentials
from bridge.sandbox.wire import Request, Response, answer, decode
from bridge.systems.login import Login
from tests.conformance.bench import Bench
from tests.conformance.ground import on_sandbox
from tests.conformance.journals import by_hand
from tests.contract.exchanges import RecordingSandbox
from tests.pipeline.world import World

RETURN_TO = "http://localhost:8766/callback"
SECRET = "demo-secret"
AN_HOUR_S = 3600


def of_its_own(bench: Bench, sandbox: RecordingSandbox) -> None:
    """What only one of the systems has."""
    {"quickbooks": _quickbooks, "xero": _xero, "zoho": _zoho}[bench.name](bench, sandbox)


@contextmanager
def trouble(
    sandbox: RecordingSandbox, happens: Callable[[str, Request, Response], Response]
) -> Iterator[None]:
    sandbox.trouble = happens
    try:
        yield
    finally:
        sandbox.trouble = None


@contextmanager
def another(bench: Bench, sandbox: RecordingSandbox, **settings: Any) -> Iterator[Bench]:
    """A second adapter on the same books, which has asked nothing yet."""
    ground = on_sandbox(bench.name, sandbox, bench.ground.clock, **settings)
    with closing(Bench(ground, None, dict(bench.posted), dict(bench.bindings))) as other:
        yield other


# ── QuickBooks ───────────────────────────────────────────────────────────────────────────────


def _quickbooks(bench: Bench, sandbox: RecordingSandbox) -> None:
    """Batches of a first load; settings that a batch did not answer; classes per document."""
    with another(bench, sandbox, mode="backfill") as other:
        other.post(*(other.invoice(n, "5.00") for n in range(61, 101)))
    with trouble(sandbox, _without_settings), another(bench, sandbox) as other:
        other.system.chart()
        bench.system.chart()
    with trouble(sandbox, _classes_per_document), another(bench, sandbox) as other:
        classed = other.system.chart().lists["class"][0].id
        other.post(other.invoice(101, "5.00", tags=(("class", classed),)))
    assert isinstance(bench.send(bench.invoice(61, "6.00"))[0], Rejected), "the number is taken"
    _credit_used_by_itself(bench)
    by_hand(bench, "J-1", "12.00", bench.customer(5).name)
    assert [each.number for each in bench.system.control_entries()] == ["J-1"]


def _credit_used_by_itself(bench: Bench) -> None:
    """The company applies credit before we can."""
    bench.control("POST", "quickbooks/settings", auto_apply_credit=True)
    invoice, note = bench.invoice(111, "8.00"), bench.credit_note(111, "8.00")
    bench.post(invoice)
    bench.post(note)
    bench.post(bench.application(111, note, invoice, "8.00"))
    bench.control("POST", "quickbooks/settings", auto_apply_credit=False)


def _classes_per_document(path: str, request: Request, response: Response) -> Response:
    """The company is set to one class for a whole document."""
    one, each = b'"ClassTrackingPerTxn":', b'"ClassTrackingPerTxnLine":'
    body = response.body.replace(each + b"true", each + b"false")
    body = body.replace(one + b"false", one + b"true")
    return Response(response.status, body, response.content_type, response.headers)


def _without_settings(path: str, request: Request, response: Response) -> Response:
    """Of a batch, the items that ask for settings are refused."""
    if not path.endswith("/batch"):
        return response
    content = decode(response.body)
    fault = {"Error": [{"Message": "m", "Detail": "d", "code": "10000"}], "type": "SystemFault"}
    for item in content["BatchItemResponse"]:
        rows = item.get("QueryResponse", {})
        if {"CompanyInfo", "Preferences", "Item"} & set(rows):
            del item["QueryResponse"]
            item["Fault"] = fault
    return answer(content)


# ── Xero ─────────────────────────────────────────────────────────────────────────────────────


def _xero(bench: Bench, sandbox: RecordingSandbox) -> None:
    """Questions that had to be asked one by one; overpayments that tell nothing of themselves."""
    posted = bench.posted
    ids = {kind: [p.external_id for p in posted.values() if p.kind is kind] for kind in Kind}
    wanted = [b.document for b in bench.bindings.values()]
    with trouble(sandbox, _without_or):
        for kind in Kind:
            bench.system.fetch(kind, ids[kind][:3])
            bench.find(*[d for d in wanted if d.kind is kind][:3])
    bench.control("POST", "xero/settings", overpayment_reference="ignore")
    silent = bench.receipt(71, "33.00")
    bench.post(silent)
    with trouble(sandbox, _without_lines):
        bench.find(silent)


def _without_or(path: str, request: Request, response: Response) -> Response:
    if " OR " in request.query.get("where", "") or request.query.get("where", "").count("=") > 2:
        refused = {"ErrorNumber": 16, "Type": "QueryParseException", "Message": "too many records"}
        return answer(refused, 400)
    return response


def _without_lines(path: str, request: Request, response: Response) -> Response:
    """A listing of overpayments in short."""
    if not path.endswith("/Overpayments"):
        return response
    content = decode(response.body)
    for row in content["Overpayments"]:
        row.pop("LineItems", None)
        row.pop("Reference", None)
    return answer(content)


# ── Zoho Books ───────────────────────────────────────────────────────────────────────────────


def _zoho(bench: Bench, sandbox: RecordingSandbox) -> None:
    """The field for our reference; drafts; a plan with everything; a login that sees less."""
    bench.control("POST", "zoho/settings", field_unique_at_once=False)
    assert [each.state for each in bench.system.set_up()] == ["made"]
    with another(bench, sandbox) as other:
        other.post(other.customer(81))
        other.find(other.customer(82))
        other.update(msgspec.structs.replace(other.customer(81), name="Persona 81 bis"))
    bench.control("POST", "zoho/settings", locations=True)
    with trouble(sandbox, _with_dimensions), another(bench, sandbox) as other:
        other.system.chart()
        plain = other.invoice(82, "1.00", tags=(("location", "46"), ("Route", "7:8")))
        lines = tuple(msgspec.structs.replace(line, tax="9") for line in plain.lines)
        other.send(msgspec.structs.replace(plain, lines=lines))
    with trouble(sandbox, _sees_less), another(bench, sandbox) as other:
        other.system.chart()
    _drafts(bench, sandbox)
    bench.find(*[bench.invoice(n, "9.00") for n in range(91, 97)])
    bench.post(bench.invoice(81, "6.00"))
    assert isinstance(bench.send(bench.invoice(81, "7.00"))[0], Rejected)
    by_hand(bench, "J-1", "12.00", bench.customer(5).name)
    by_hand(bench, "J-2", "3.00", bench.customer(currency="MXN").name, currency="MXN")
    assert {each.number for each in bench.system.control_entries()} == {"J-1", "J-2"}
    with trouble(sandbox, _names_no_customer):
        assert all(each.customers for each in bench.system.control_entries())


def _drafts(bench: Bench, sandbox: RecordingSandbox) -> None:
    """One of each that was made and not marked, and one that can not be marked."""
    with trouble(sandbox, _keeps_drafts):
        note = bench.credit_note(83, "2.00")
        bench.send(note)
    refused = bench.invoice(84, "2.00")
    with trouble(sandbox, _can_not_be_sent):
        bench.send(refused)


def _with_dimensions(path: str, request: Request, response: Response) -> Response:
    if path.endswith("/reportingtags"):
        rows = [{"tag_id": "7", "tag_name": "Route"}]
        return answer({"code": 0, "message": "success", "reporting_tags": rows})
    if "/reportingtags/" in path:
        rows = [{"option_id": "8", "option_name": "North"}]
        return answer({"code": 0, "message": "success", "results": rows})
    return response


def _names_no_customer(path: str, request: Request, response: Response) -> Response:
    """The account's own rows need not say whose they are; then each journal is asked itself."""
    if not path.endswith("/accounttransactions"):
        return response
    told = decode(response.body)
    for row in told["transactions"]:
        row.pop("customer_id", None)
    return answer(told)


def _sees_less(path: str, request: Request, response: Response) -> Response:
    """Rows in short, and no right to see the locks."""
    content = decode(response.body)
    if path.endswith("/transactionlocks"):
        return answer({"code": 5, "message": "Invalid URL Passed"}, 404)
    if path.endswith(("/items", "/itemdetails")):
        for row in content["items"]:
            row.pop("account_id", None)
        return answer(content)
    return response


def _keeps_drafts(path: str, request: Request, response: Response) -> Response:
    if path.endswith("/creditnotes") and request.method == "POST":
        content = decode(response.body)
        content["creditnote"]["status"] = "draft"
        return answer(content, 201)
    return response


def _can_not_be_sent(path: str, request: Request, response: Response) -> Response:
    if path.endswith("/status/sent"):
        return answer({"code": 4, "message": "Invalid value passed for date"}, 400)
    if request.method == "GET" and "/invoices/" in path:
        content = decode(response.body)
        content["invoice"]["status"] = "draft"
        return answer(content)
    return response


# ── logins ───────────────────────────────────────────────────────────────────────────────────


def logins(world: World) -> None:
    """What `connect` does, a renewal of each login, and the ways in without a browser."""
    section = f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__"
    world.overrides |= {f"{section}ACCESS": "oauth", f"{section}STATIC_TOKEN": ""}
    with patch.object(credentials, "open_credentials", return_value=MemoryCredentials()):
        _connect(world, _in_the_browser)
        if world.system == "xero":
            _connect(world, lambda login: login.finish_by_itself(SECRET))
        if world.system == "zoho":
            wish = {"action": "generate_code", "scope": "ZohoBooks.fullaccess.all"}
            code = world.control("POST", "zoho/edit", **wish)["code"]
            _connect(world, lambda login: login.finish(code, SECRET))


def _connect(world: World, log_in: Callable[[Login], None]) -> None:
    settings = world.settings()
    with wiring.open_login(settings, world.system, world.clock) as login:
        log_in(login)
    world.clock.move(AN_HOUR_S)  # the first access token has ended
    with wiring.open_company(settings, world.system, world.clock) as books:
        books.chart()
        reached = books.companies()
        assert not reached or world.company in reached
        assert all(each.state == "there" for each in books.set_up())
        list(books.probes())


def _in_the_browser(login: Login) -> None:
    page = login.begin(RETURN_TO)
    back = requests.get(page, allow_redirects=False, timeout=60).headers["Location"]
    login.finish(back, SECRET)
