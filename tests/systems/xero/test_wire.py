"""Calls as they leave, and answers as they come: whole, torn, refused, late, in another order."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest

from bridge.clock import ManualClock
from bridge.core.books import Customer, Kind, Several, Status
from bridge.core.delivery import InDoubt, Posted, Rejected, Unavailable
from bridge.credentials import MemoryCredentials
from bridge.errors import ConfigurationError, LoginRequired, TryLater
from bridge.systems.xero.adapter import Xero
from bridge.systems.xero.wire import ZERO_ID, batch_key
from tests.in_words import in_words
from tests.systems.servers import Answered, RawServer, resets, sends
from tests.systems.servers import says as raw_says
from tests.systems.xero.documents import CREDIT, CUSTOMER, INVOICE, NOTE, RECEIPT, changed, guid
from tests.systems.xero.scripted import (
    LISTS,
    NOW,
    STAMP,
    TENANT,
    Asked,
    listed,
    outgoing,
    says,
    scripted,
    settings_for,
)


def people(count: int) -> list[Customer]:
    return [changed(CUSTOMER, reference=f"DYT-D{n}", name=f"Somebody {n}") for n in range(count)]


def created(asked: Asked) -> list[Any]:
    """Every contact of a request, as Xero would answer it."""
    return [
        {**element, "ContactID": guid(int(element["ContactNumber"][5:]) + 1),
         "ContactStatus": "ACTIVE", "StatusAttributeString": "OK"}
        for element in asked.body["Contacts"]
    ]  # fmt: skip


def takes_all(asked: Asked) -> Answered | None:
    return listed("Contacts", created(asked)) if asked.method == "PUT" else None


def test_fifty_go_in_a_call_each_with_its_own_outcome() -> None:
    with scripted(takes_all) as xero:
        outcomes = xero.post(*people(120))
        assert all(isinstance(outcome, Posted) for outcome in outcomes)
        numbers = [outcome.document.number for outcome in outcomes]
        assert numbers == [person.reference for person in people(120)], "in order"
        assert sorted(len(call.body["Contacts"]) for call in xero.calls) == [20, 50, 50]


def test_a_creation_names_the_tenant_asks_for_json_and_for_each_ones_status() -> None:
    with scripted(takes_all) as xero:
        xero.post(CUSTOMER)
        (call,) = xero.calls
        assert (call.method, call.path) == ("PUT", "Contacts")
        assert call.query == {"summarizeErrors": "false"}
        assert call.headers["xero-tenant-id"] == TENANT
        assert call.headers["accept"] == "application/json"
        assert call.headers["authorization"] == "Bearer demo-access"
        assert 0 < len(call.headers["idempotency-key"]) <= 128


def test_the_same_batch_has_the_same_key_and_another_batch_another() -> None:
    with scripted(takes_all, parallel=1) as xero:
        for batch in (people(3), people(3), people(2), people(3)[::-1]):
            xero.post(*batch)
        keys = [call.headers["idempotency-key"] for call in xero.calls]
        assert keys[0] == keys[1]
        assert len(set(keys)) == 3
    assert batch_key("PUT", "a", b"1", ["k"]) != batch_key("PUT", "a", b"2", ["k"])
    assert batch_key("PUT", "a", b"1", ["k"]) != batch_key("POST", "a", b"1", ["k"])


@pytest.mark.parametrize(
    "step", [resets, sends(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"), sends(b"")]
)
def test_a_lost_reply_is_in_doubt_for_all_and_nothing_is_sent_again(step: Any) -> None:
    """xero-python 15.2 sends a PUT up to four times here (measured)."""
    lists = [_raw_list(name) for name in ("Accounts", "TaxRates", "TrackingCategories",
                                          "Currencies", "Organisation",
                                          "Reports/TrialBalance")]  # fmt: skip
    never = raw_says(500, b"")
    with RawServer(*lists, step, never, never) as server:
        system = Xero(settings_for(server.url), MemoryCredentials({}), ManualClock(NOW))
        with closing(system):
            system.chart()
            outcomes = system.post([outgoing(person) for person in people(3)])
    assert all(isinstance(outcome, InDoubt) for outcome in outcomes)
    assert sum(request.startswith(b"PUT") for request in server.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 409, 408, 200])
def test_an_answer_that_says_nothing_of_a_document_is_a_doubt(status: int) -> None:
    with scripted(lambda a: says(b"<html>", status) if a.method == "PUT" else None) as xero:
        outcomes = xero.post(*people(2))
        assert all(isinstance(outcome, InDoubt) for outcome in outcomes)
        assert len(xero.calls) == 1


def test_elements_in_another_order_find_their_documents() -> None:
    def script(asked: Asked) -> Answered | None:
        return listed("Contacts", created(asked)[::-1]) if asked.method == "PUT" else None

    with scripted(script) as xero:
        outcomes = xero.post(*people(5))
        assert [o.document.number for o in outcomes] == [p.reference for p in people(5)]


def test_an_answer_without_a_document_leaves_it_in_doubt() -> None:
    def script(asked: Asked) -> Answered | None:
        return listed("Contacts", created(asked)[1:]) if asked.method == "PUT" else None

    with scripted(script) as xero:
        first, *others = xero.post(*people(4))
        assert isinstance(first, InDoubt)
        assert all(isinstance(outcome, Posted) for outcome in others)


def test_one_refused_element_costs_no_other_its_outcome() -> None:
    def script(asked: Asked) -> Answered | None:
        if asked.method != "PUT":
            return None
        elements = created(asked)
        message = "Email address must be valid."
        wrong = {
            "ContactID": ZERO_ID,
            "StatusAttributeString": "ERROR",
            "HasValidationErrors": True,
            "ValidationErrors": [{"Message": message}],
        }
        return listed("Contacts", [elements[0], elements[1] | wrong, elements[2]])

    with scripted(script) as xero:
        outcomes = xero.post(*people(3))
        assert [type(outcome) for outcome in outcomes] == [Posted, Rejected, Posted]
        assert "Email address" in outcomes[1].reason


def test_of_a_batch_refused_whole_only_what_is_named_is_rejected() -> None:
    """summarizeErrors=false was ignored: the failing elements come, what of the others?"""

    def script(asked: Asked) -> Answered | None:
        if asked.method != "PUT":
            return None
        element = {"ContactID": ZERO_ID, "ContactNumber": "DYT-D1",
                   "ValidationErrors": [{"Message": "Email address must be valid."}]}  # fmt: skip
        content = {"ErrorNumber": 10, "Type": "ValidationException", "Elements": [element]}
        return says(content, 400)

    with scripted(script) as xero:
        outcomes = xero.post(*people(3))
        assert [type(outcome) for outcome in outcomes] == [InDoubt, Rejected, InDoubt]


@pytest.mark.parametrize(
    ("problem", "told", "wait_s"),
    [("minute", "26", 26), ("day", "7200", 7200), ("minute", "", 60), ("concurrent", "", 5)],
)
def test_a_refusal_for_rate_is_surely_not_applied_and_holds_back_the_rest(
    problem: str, told: str, wait_s: float
) -> None:
    headers = {"X_Rate_Limit_Problem": problem} | ({"Retry_After": told} if told else {})

    def script(asked: Asked) -> Answered | None:
        return says(b"", 429, **headers) if asked.method == "PUT" else None

    with scripted(script, parallel=1) as xero:
        outcomes = xero.post(*people(120))
        assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
        assert outcomes[0].retry_after_s == wait_s
        assert len(xero.calls) == 1
        assert xero.system.calls().throttled == 1


def test_the_last_calls_of_the_day_are_kept_for_looking_up() -> None:
    def script(asked: Asked) -> Answered | None:
        if asked.method == "PUT":
            answer = listed("Contacts", created(asked))
            return answer._replace(headers={"X-DayLimit-Remaining": "19"})
        return listed("Contacts", []) if asked.path == "Contacts" else None

    with scripted(script) as xero:
        assert isinstance(xero.post(CUSTOMER)[0], Posted)
        (held,) = xero.post(CUSTOMER)
        assert isinstance(held, Unavailable)
        assert "19 calls left" in held.cause
        assert xero.system.find(Kind.CUSTOMER, [CUSTOMER], {}) == {}, "reading goes on"


@pytest.mark.parametrize("status", [401, 403])
def test_an_ended_connection_stops_the_run(status: int) -> None:
    detail = {"Title": "x", "Status": status, "Detail": "AuthenticationUnsuccessful"}

    def script(asked: Asked) -> Answered | None:
        return says(detail, status) if asked.method == "PUT" else None

    with scripted(script) as xero, pytest.raises(LoginRequired):
        xero.post(CUSTOMER)

    with scripted(lambda _: says(detail, status)) as xero, pytest.raises(LoginRequired):
        xero.system.chart()


def test_a_number_that_is_taken_is_looked_up_and_may_be_ours() -> None:
    row = {"ContactID": guid(5), "ContactNumber": CUSTOMER.reference, "Name": CUSTOMER.name}
    message = "Another contact has this contact number. Please enter a different contact number."

    def script(asked: Asked) -> Answered | None:
        if asked.method == "PUT":
            refused = {"StatusAttributeString": "ERROR", "ValidationErrors": [{"Message": message}]}
            return listed("Contacts", [element | refused for element in asked.body["Contacts"]])
        return listed("Contacts", [row]) if asked.path == "Contacts" else None

    with scripted(script) as xero:
        ours, other = xero.post(CUSTOMER, changed(CUSTOMER, reference="DYT-D2"))
        assert isinstance(ours, Posted)
        assert ours.document.external_id == guid(5)
        assert isinstance(other, Rejected)
        assert other.code == "number_taken"


# ── reading ──────────────────────────────────────────────────────────────────────────────────


def pages(rows: list[Any], size: int, told: bool = True) -> Any:
    def script(asked: Asked) -> Answered | None:
        if asked.path != "Contacts":
            return None
        page = int(asked.query["page"])
        part = rows[(page - 1) * size : page * size]
        count = -(-len(rows) // size)
        more = {"pagination": {"page": page, "pageSize": size, "pageCount": count}}
        return listed("Contacts", part, **(more if told else {}))

    return script


def contact(number: int) -> dict[str, Any]:
    return {"ContactID": guid(number), "Name": f"Somebody {number}", "ContactStatus": "ACTIVE"}


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("size", [2, 3, 7, 1000])
def test_every_page_is_read_whatever_size_xero_makes_of_it(told: bool, size: int) -> None:
    rows = [contact(n) for n in range(7)]
    with scripted(pages(rows, size, told)) as xero:
        read = [document.external_id for document in xero.system.read([Kind.CUSTOMER])]
        assert read == [row["ContactID"] for row in rows]
        assert {call.query["order"] for call in xero.calls} == {"ContactID"}
        assert {call.query["pageSize"] for call in xero.calls} == {"1000"}


def test_a_row_that_a_new_one_pushed_onto_the_next_page_is_read_once() -> None:
    parts = {"1": [contact(1), contact(2)], "2": [contact(2), contact(3)], "3": []}

    def script(asked: Asked) -> Answered | None:
        return listed("Contacts", parts[asked.query["page"]]) if "page" in asked.query else None

    with scripted(script) as xero:
        read = [document.external_id for document in xero.system.read([Kind.CUSTOMER])]
        assert read == [guid(1), guid(2), guid(3)]


def test_a_page_that_is_empty_too_soon_is_no_end() -> None:
    def script(asked: Asked) -> Answered | None:
        if "page" not in asked.query:
            return None
        rows = [contact(1)] if asked.query["page"] == "1" else []
        return listed("Contacts", rows, pagination={"pageCount": 3})

    with scripted(script) as xero, pytest.raises(TryLater, match="2 of 3"):
        list(xero.system.read([Kind.CUSTOMER]))


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"Id":"x"}', b'{"Contacts":null}'])
def test_an_answer_that_is_no_list_is_no_empty_list(body: bytes) -> None:
    def script(asked: Asked) -> Answered | None:
        return says(body) if asked.path == "Contacts" else None

    with scripted(script) as xero, pytest.raises(TryLater):
        list(xero.system.read([Kind.CUSTOMER]))


def test_a_question_refused_for_its_size_is_asked_one_by_one() -> None:
    """Books with more than 100,000 documents may refuse what is not optimised (DOC)."""

    def script(asked: Asked) -> Answered | None:
        where = asked.query.get("where", "")
        if " OR " in where:
            content = {"ErrorNumber": 16, "Type": "QueryParseException", "Message": "too much"}
            return says(content, 400)
        if asked.path == "Payments":
            found = [{"PaymentID": guid(1), "Reference": "DYT-P1", "Status": "AUTHORISED"}]
            return listed("Payments", found if "DYT-P1" in where else [])
        if asked.path == "CreditNotes/DYT-K1":
            return listed("CreditNotes", [{"CreditNoteID": guid(2), "CreditNoteNumber": "DYT-K1"}])
        return says(b"", 404) if asked.path.startswith("CreditNotes/") else None

    with scripted(script) as xero:
        payments = [RECEIPT, changed(RECEIPT, reference="DYT-P9")]
        assert list(xero.system.find(Kind.RECEIPT, payments, {})) == ["DYT-P1"]
        notes = [NOTE, changed(NOTE, reference="DYT-K9")]
        assert list(xero.system.find(Kind.CREDIT_NOTE, notes, {})) == ["DYT-K1"]


def test_a_refused_question_is_no_answer() -> None:
    refusal = {"ErrorNumber": 16, "Type": "QueryParseException", "Message": "no"}
    with (
        scripted(lambda a: says(refusal, 400) if a.path == "Invoices" else None) as xero,
        pytest.raises(TryLater, match="refused"),
    ):
        xero.system.find(Kind.INVOICE, [INVOICE], {})


def test_a_hundred_numbers_are_asked_for_in_a_few_short_urls() -> None:
    def script(asked: Asked) -> Answered | None:
        return listed("Invoices", []) if asked.path == "Invoices" else None

    wanted = [changed(INVOICE, reference=f"DY7F3A-L{n:012d}") for n in range(100)]
    with scripted(script) as xero:
        assert xero.system.find(Kind.INVOICE, wanted, {}) == {}
        assert len(xero.calls) <= 3
        asked = [n for call in xero.calls for n in call.query["InvoiceNumbers"].split(",")]
        assert asked == [document.reference for document in wanted]


def test_two_live_documents_of_one_reference_are_a_question() -> None:
    rows = [{"PaymentID": guid(n), "Reference": "DYT-P1", "Status": "AUTHORISED"} for n in (1, 2)]
    with scripted(lambda a: listed("Payments", rows) if a.path == "Payments" else None) as xero:
        found = xero.system.find(Kind.RECEIPT, [RECEIPT], {})["DYT-P1"]
    assert isinstance(found, Several)
    assert found.ids == f"{guid(1)}, {guid(2)}"


def test_a_deleted_payment_is_not_found_and_a_live_one_beside_it_is() -> None:
    gone = {"PaymentID": guid(1), "Reference": "DYT-P1", "Status": "DELETED"}
    rows = [gone]
    with scripted(lambda a: listed("Payments", rows) if a.path == "Payments" else None) as xero:
        assert xero.system.find(Kind.RECEIPT, [RECEIPT], {}) == {}
        rows.append({**gone, "PaymentID": guid(2), "Status": "AUTHORISED"})
        found = xero.system.find(Kind.RECEIPT, [RECEIPT], {})
        assert found["DYT-P1"].external_id == guid(2)


def test_an_overpayment_that_tells_nothing_is_looked_at_closely() -> None:
    row = {"OverpaymentID": guid(1), "Type": "RECEIVE-OVERPAYMENT", "Total": 50.25,
           "Status": "AUTHORISED", "RemainingCredit": 50.25}  # fmt: skip

    def script(asked: Asked) -> Answered | None:
        if asked.path == f"Overpayments/{guid(1)}":
            lines = [{"Description": "DYT-P2 too much"}]
            return listed("Overpayments", [{**row, "LineItems": lines}])
        return listed("Overpayments", [row]) if asked.path == "Overpayments" else None

    with scripted(script) as xero:
        found = xero.system.find(Kind.RECEIPT, [CREDIT], {})
        assert found["DYT-P2"].external_id == f"overpayment/{guid(1)}"


def test_changes_are_asked_for_by_the_time_of_the_cursor() -> None:
    def script(asked: Asked) -> Answered | None:
        if asked.path == "Payments":
            return listed("Payments", [{"PaymentID": guid(1), "Status": "DELETED"}])
        return listed(asked.path, []) if "if-modified-since" in asked.headers else None

    with scripted(script) as xero:
        cursor = xero.system.cursor()
        assert cursor == "2026-11-20T10:55:00+00:00"
        changes = xero.system.changes(list(Kind), cursor)
        assert changes.complete
        assert [d.status for d in changes.documents] == [Status.DELETED]
        assert changes.cursor == cursor
        assert {call.headers["if-modified-since"] for call in xero.calls} == {"2026-11-20T10:55:00"}
        assert {call.path for call in xero.calls} == {
            "Contacts", "Invoices", "CreditNotes", "Payments", "BankTransactions", "Overpayments",
        }  # fmt: skip


def test_a_list_in_which_nothing_was_modified_may_answer_304() -> None:
    def script(asked: Asked) -> Answered | None:
        return says(b"", 304) if "if-modified-since" in asked.headers else None

    with scripted(script) as xero:
        assert xero.system.changes([Kind.CUSTOMER], "2026-11-20T10:00:00+00:00").documents == ()


def test_a_window_of_more_than_a_year_says_read_everything() -> None:
    with scripted(lambda _: None) as xero:
        changes = xero.system.changes([Kind.CUSTOMER], "2025-11-01T00:00:00+00:00")
        assert not changes.complete
        assert changes.documents == ()


# ── the chart and the login ──────────────────────────────────────────────────────────────────


def test_the_later_lock_date_counts() -> None:
    organisation = {
        **LISTS["Organisation"][0],
        "PeriodLockDate": "/Date(1790726400000+0000)/",
        "EndOfYearLockDate": "/Date(1767139200000+0000)/",
    }

    def script(asked: Asked) -> Answered | None:
        found = asked.path == "Organisation"
        return listed("Organisations", [organisation]) if found else None

    with scripted(script) as xero:
        assert str(xero.system.chart().company.locked_through) == "2026-09-30"


def test_a_trial_balance_that_is_not_understood_is_not_a_balance_of_nothing() -> None:
    def script(asked: Asked) -> Answered | None:
        return listed("Reports", [{"Rows": []}]) if asked.path.startswith("Reports/") else None

    with scripted(script) as xero, pytest.raises(TryLater, match="trial balance"):
        xero.system.chart()


def test_what_does_not_change_within_a_run_is_asked_for_once() -> None:
    with scripted(lambda _: None) as xero:
        xero.system.chart()
        assert xero.system.calls().total == 6
        xero.system.chart()
        assert xero.system.calls().total == 8
        assert xero.system.calls().metered == 6, "the organisation costs none of the day's calls"


def test_a_custom_connection_asks_for_a_token_without_a_refresh_token() -> None:
    def script(asked: Asked) -> Answered | None:
        if asked.path == "/connect/token":
            return says({"access_token": "fresh", "expires_in": 1800, "token_type": "Bearer"})
        return takes_all(asked)

    secrets = {("xero", TENANT, "grant"): "client_credentials"}
    given = {"access_token": "", "client_id": "a", "client_secret": "b"}
    with scripted(script, secrets, **given) as xero:
        xero.post(CUSTOMER)
        xero.post(*people(2))
        tokens = [call for call in xero.calls if call.path == "/connect/token"]
        assert len(tokens) == 1
        assert b"grant_type=client_credentials" in tokens[0].raw
        assert tokens[0].headers["authorization"].startswith("Basic ")
        assert xero.calls[-1].headers["authorization"] == "Bearer fresh"
        xero.clock.move(1700)
        xero.post(CUSTOMER)
        assert sum(call.path == "/connect/token" for call in xero.calls) == 2


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (400, {"error": "invalid_client"}, ConfigurationError),
        (400, {"error": "invalid_scope"}, ConfigurationError),
        (503, {}, TryLater),
        (200, {"access_token": ""}, TryLater),
    ],
)
def test_a_refused_custom_connection_says_what_to_do(
    status: int, content: Any, error: type[Exception]
) -> None:
    def script(asked: Asked) -> Answered | None:
        return says(content, status) if asked.path == "/connect/token" else None

    given = {"access_token": "", "client_id": "a", "client_secret": "b"}
    with scripted(script, grant="client_credentials", **given) as xero, pytest.raises(error):
        xero.system.chart()


def test_without_a_client_there_is_nothing_to_log_in_with() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Xero(settings_for("http://127.0.0.1:9", access_token=""), MemoryCredentials({}),
             ManualClock(NOW))  # fmt: skip
    assert "client id and secret" in in_words(refused.value)


def test_probes_say_whether_the_login_reaches_the_organisation() -> None:
    tenant = {"id": guid(1), "tenantId": TENANT, "tenantType": "ORGANISATION",
              "tenantName": "Crédito Fácil"}  # fmt: skip
    reached = [tenant]

    def script(asked: Asked) -> Answered | None:
        if asked.path == "/connections":
            return says(reached)
        if asked.path == "Organisation/Actions":
            actions = [{"Name": "UseMulticurrency", "Status": "NOT-ALLOWED"}]
            return listed("Actions", actions)
        if asked.path == "Invoices":
            return listed("Invoices", [])._replace(headers={"X-DayLimit-Remaining": "90"})
        return None

    with scripted(script) as xero:
        found = {topic: (finding, advice) for topic, finding, advice in xero.system.probes()}
        assert found["organisation"] == ("Crédito Fácil", "")
        assert found["UseMulticurrency"][1]
        assert found["calls left today"][0] == "90"
        reached.clear()
        assert "connect" in next(iter(xero.system.probes()))[2]


def _raw_list(name: str) -> Any:
    envelope = {"Organisation": "Organisations", "Reports/TrialBalance": "Reports"}.get(name, name)
    body = json.dumps({"DateTimeUTC": STAMP, envelope: LISTS[name]}).encode()
    return raw_says(200, body, Content_Type="application/json")
