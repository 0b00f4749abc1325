"""What QuickBooks takes and answers: Intuit's XML schemas, and its reference where those are mute.

Paths, query parameters, statements and limits are in no machine-readable file. The tables below
are the fact sheet's (quickbooks.md, last verified 2026-11-20).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.contract import xsd
from tests.contract.exchanges import Exchange, Violation, decoded
from tests.contract.openapi import OF_HTTP, words
from tests.contract.scalars import Spot

ROOT = re.compile(r"/v3/company/\d{1,19}/(?P<rest>.+)")
JSON, TEXT = "application/json", "application/text"


@dataclass(frozen=True)
class Call:
    """One kind of call, with the section of the fact sheet that says so."""

    method: str
    path: str
    options: frozenset[str]
    takes: str = ""
    source: str = ""


def _options(text: str = "") -> frozenset[str]:
    return frozenset(("minorversion " + text).split())


CALLS = (
    Call("POST", "query", _options(), TEXT, "§3 DOC:data-queries"),
    Call("POST", "batch", _options("requestid"), JSON, "§4 REF:batch, §5 BLOG:2015-04-06"),
    Call("GET", "cdc", _options("entities changedSince"), source="§6 REF:changedatacapture"),
    Call("GET", "preferences", _options(), source="§2.3 REF:preferences"),
    Call("GET", r"companyinfo/\d+", _options(), source="§2.2 REF:companyinfo"),
    Call(
        "GET",
        "exchangerate",
        _options("sourcecurrencycode asofdate"),
        source="§2.14 REF:exchangerate",
    ),
)
WRITES = {
    "": "",
    "operation=delete": "Invoice CreditMemo Payment SalesReceipt",
    "operation=void": "Invoice",
    "include=void&operation=update": "Payment SalesReceipt",
}
"""What a POST to an entity may be for, by its options → entities (empty: all) (§2.1, §2.7 to §2.9;
void of a SalesReceipt: §10, python-quickbooks)."""

READ_ONLY = frozenset(
    words(
        "MetaData TotalAmt Balance HomeTotalAmt HomeBalance UnappliedAmt RemainingCredit "
        "InvoiceLink FreeFormAddress DeliveryInfo FullyQualifiedName Level BalanceWithJobs "
        "IsProject"
    )
)
"""Computed, or of no effect where it is sent (§2.4, §2.7 to §2.9)."""
WRITTEN_ALL_THE_SAME = {"Payment": {"TotalAmt"}}
"""Required there (§2.8)."""

LENGTHS = {
    "DocNumber": 21,
    "PaymentRefNum": 21,
    "PrivateNote": 4000,
    "Description": 4000,
    "DisplayName": 500,
    "Notes": 2000,
    "FreeFormNumber": 30,
    "Address": 100,
}
"""Texts (§2.1, §2.4, §2.8)."""
OTHERWISE = 2050
REQUEST_ID, BATCH_REQUEST_ID, BATCH_ID, BATCH = 50, 36, 10, 30
"""§4 and §5."""

FILTERABLE = {
    "Customer": "Id DisplayName Active",
    "Invoice": "Id DocNumber",
    "Payment": "Id PaymentRefNum CustomerRef",
    "CreditMemo": "Id DocNumber",
    "SalesReceipt": "Id DocNumber",
    "Account": "Active",
    "Item": "Active",
    "Class": "Active",
    "Department": "Active",
    "Term": "Active",
    "PaymentMethod": "Active",
}
"""Of what can be asked for, what we may ask for (§0.4, §2.1, §2.4, §2.7, §2.8). CreditMemo and
SalesReceipt: DocNumber is `Filterable: QBO` in Finance.xsd, of every transaction but Payment."""

_TEXT = r"'(?:[^'\\]|\\.)*'"
_STATEMENT = re.compile(
    r"SELECT \* FROM (?P<entity>\w+)(?: WHERE (?P<where>.+?))?"
    r"(?: ORDERBY (?:Id|MetaData\.LastUpdatedTime DESC)"
    r" STARTPOSITION [1-9]\d* MAXRESULTS (?P<rows>\d+))?"
)
_CONDITION = re.compile(
    rf"(?P<name>[\w.]+) (?:= {_TEXT}|IN \((?P<values>{_TEXT}(?:, {_TEXT})*|true, false)\))"
)
_LITERAL = re.compile(_TEXT)
ROWS, VALUES = 1000, 100


def request(exchange: Exchange) -> Iterator[Violation]:
    """What of a request QuickBooks does not document to take."""
    found = ROOT.fullmatch(exchange.path)
    if found is None:
        yield Violation("request", "path", exchange.path)
        return
    rest = found.group("rest")
    spot = Spot("request", f"{exchange.method} {rest.partition('/')[0]}")
    given = dict(exchange.query)
    if given.get("minorversion") != "75":  # 1 to 74 are ignored (§7)
        yield spot.inside("?minorversion").wrong("required", given.get("minorversion"))
    for name in exchange.headers:
        if name not in OF_HTTP:
            yield spot.inside(f"header {name}").wrong("unknown", name)
    if exchange.headers.get("accept") != JSON:
        yield spot.inside("header accept").wrong("required", exchange.headers.get("accept"))
    for call in CALLS:
        if call.method == exchange.method and re.fullmatch(call.path, rest):
            yield from _options_of(spot, given, call.options)
            yield from _body(call, exchange, spot)
            return
    entity = next((name for name in xsd.entities() if name.lower() == rest), "")
    if exchange.method != "POST" or not entity:
        yield spot.wrong("path", rest)
        return
    yield from _write(entity, exchange, spot)


def answer(exchange: Exchange) -> Iterator[Violation]:
    """What of an answer is not as Intuit's schemas have it."""
    spot = Spot("answer", "IntuitResponse")
    if exchange.answer_type.partition(";")[0] != JSON:
        yield spot.wrong("content type", exchange.answer_type)
        return
    value = decoded(exchange.answer)
    if exchange.status >= 400 and "Fault" not in value:
        yield spot.wrong("status", f"{exchange.status} without a Fault")
    yield from xsd.check("IntuitResponse", value, "answer")


def body(entity: str, sent: Any) -> Iterator[Violation]:
    """What of an object that is written is not as the schema and the reference have it."""
    yield from xsd.check(entity, sent, "request")
    yield from _limits(entity, sent)


def statement(text: str, spot: Spot) -> Iterator[Violation]:
    """What of a statement is beyond the query language (§3), or beyond our use of it."""
    parsed = _STATEMENT.fullmatch(text)
    if parsed is None or parsed["entity"] not in xsd.entities():
        yield spot.inside("statement").wrong("syntax", text)
        return
    spot = spot.at(f"query {parsed['entity']}")
    if int(parsed["rows"] or 1) > ROWS:
        yield spot.inside("MAXRESULTS").wrong("length", parsed["rows"])
    allowed = FILTERABLE.get(parsed["entity"], "").split()
    for condition in (parsed["where"] or "").split(" AND ") if parsed["where"] else ():
        one = _CONDITION.fullmatch(condition)
        if one is None:
            yield spot.inside("WHERE").wrong("syntax", condition)
        elif one["name"] not in allowed:
            yield spot.inside(one["name"]).wrong("unknown", condition)
        elif len(_LITERAL.findall(one["values"] or "")) > VALUES:
            yield spot.inside(one["name"]).wrong("length", "more than 100 values")


def _options_of(spot: Spot, given: dict[str, str], allowed: frozenset[str]) -> Iterator[Violation]:
    yield from (spot.inside(f"?{n}").wrong("unknown", given[n]) for n in set(given) - allowed)
    if "asofdate" in given:
        yield from _is_of("date", given["asofdate"], spot.inside("?asofdate"))
    if "changedSince" in given:
        yield from _is_of("dateTime", given["changedSince"], spot.inside("?changedSince"))
    for name in given.get("entities", "Invoice").split(","):
        if name not in xsd.entities():
            yield spot.inside("?entities").wrong("enum", name)


def _is_of(form: str, text: str, spot: Spot) -> Iterator[Violation]:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        yield spot.wrong("format", text)
        return
    if form == "dateTime" and moment.tzinfo is None:
        yield spot.wrong("format", text)


def _body(call: Call, exchange: Exchange, spot: Spot) -> Iterator[Violation]:
    content_type = exchange.headers.get("content-type", "") if exchange.body else ""
    if content_type != call.takes:
        yield spot.wrong("content type", content_type or "none")
    elif call.takes == TEXT:
        yield from statement(exchange.body.decode("utf-8"), spot)
    elif call.takes == JSON:
        limit = BATCH_REQUEST_ID if call.path == "batch" else REQUEST_ID
        yield from _key(dict(exchange.query), limit, spot)
        yield from _batch(decoded(exchange.body), spot)


def _batch(value: Any, spot: Spot) -> Iterator[Violation]:
    yield from xsd.check("IntuitBatchRequest", value, "request")
    items = value["BatchItemRequest"]
    if len(items) > BATCH:
        yield spot.wrong("length", f"{len(items)} items")
    for item in items:
        if len(item.get("bId", "")) not in range(1, BATCH_ID + 1):
            yield spot.inside("bId").wrong("length", item.get("bId"))
        if "Query" in item:
            yield from statement(item["Query"], spot)
        for entity in set(item) & set(xsd.entities()):
            yield from _limits(entity, item[entity])


def _write(entity: str, exchange: Exchange, spot: Spot) -> Iterator[Violation]:
    given = dict(exchange.query)
    options = "&".join(f"{n}={given[n]}" for n in ("include", "operation") if n in given)
    allowed = WRITES.get(options)
    if allowed is None or (allowed and entity not in allowed.split()):
        yield spot.inside(f"?{options}").wrong("unknown", options)
    names = _options("requestid operation include")
    yield from (spot.inside(f"?{n}").wrong("unknown", given[n]) for n in set(given) - names)
    yield from _key(given, REQUEST_ID, spot)
    if "requestid" not in given:
        yield spot.inside("?requestid").wrong("required", "is not there")
    if exchange.headers.get("content-type") != JSON:
        yield spot.wrong("content type", exchange.headers.get("content-type"))
        return
    sent = decoded(exchange.body)
    yield from body(entity, sent)
    if options and set(sent) - {"Id", "SyncToken", "sparse"}:
        yield spot.inside(f"?{options}").wrong("unknown", sorted(sent))


def _key(given: dict[str, str], limit: int, spot: Spot) -> Iterator[Violation]:
    if len(given.get("requestid", "")) > limit:
        yield spot.inside("?requestid").wrong("length", given["requestid"])


def _texts(value: Any, name: str) -> Iterator[Violation]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, name)
    elif isinstance(value, str) and len(value) > LENGTHS.get(name, OTHERWISE):
        yield Violation("request", "length", name, f"{len(value)} characters")
    elif value is None:
        yield Violation("request", "null", name, "was ignored (§2.1)")


def _limits(entity: str, sent: dict[str, Any]) -> Iterator[Violation]:
    """What the schema does not say: lengths, and fields that are only answered."""
    yield from _texts(sent, entity)
    for name in set(sent) & (READ_ONLY - WRITTEN_ALL_THE_SAME.get(entity, set())):
        yield Violation("request", "read only", f"{entity}.{name}", str(sent[name]))
