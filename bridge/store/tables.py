"""The tables of the state store as statements are written on them: names, columns, keys.

What a state is made of, with indexes and all, is in `models`; a test holds that the two say the
same. That one is loaded where a state is made or brought up to date and nowhere else: it takes
longer to load than a pass with nothing to do may take in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Date, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.types import TypeEngine

from bridge.store.types import Cents, NativeId

SCHEMA = "0009"
"""The migration that these tables correspond to."""

Kind = type[TypeEngine[Any]]

metadata = MetaData()


def _table(name: str, key: Mapping[str, Kind], /, **others: Kind) -> Table:
    keys = [Column(each, kind, primary_key=True) for each, kind in key.items()]
    return Table(name, metadata, *keys, *(Column(each, kind) for each, kind in others.items()))


_IN_LEDGER: Mapping[str, Kind] = {"installation": Integer, "id": NativeId}
_ROW: Mapping[str, Kind] = {
    "fingerprint": LargeBinary,
    "present": Integer,
    "noted": Integer,
    "body": LargeBinary,
}

INSTALLATION = _table(
    "installation", {"id": Integer}, source=String, installation=String, prefix=String, as_of=Date
)
INTAKE = _table(
    "intake",
    {"seq": Integer},
    installation=Integer,
    at=String,
    as_of=Date,
    complete=Integer,
    present=LargeBinary,
    totals=LargeBinary,
    counts=LargeBinary,
)
LEDGER_PARTY = _table("ledger_party", {**_IN_LEDGER, "kind": String}, **_ROW)
LEDGER_BORROWER = _table(
    "ledger_borrower", _IN_LEDGER, **_ROW, name_key=String, phone=String, document=String
)
LEDGER_LOAN = _table(
    "ledger_loan",
    _IN_LEDGER,
    **_ROW,
    borrower=NativeId,
    currency=String,
    start=Date,
    opening_cents=Cents,
    gross_cents=Cents,
    annulled=Integer,
)
LEDGER_INSTALMENT = _table(
    "ledger_instalment", _IN_LEDGER, **_ROW, loan=NativeId, number=Integer, due=Date, cents=Cents
)
LEDGER_REPAYMENT = _table(
    "ledger_repayment",
    _IN_LEDGER,
    **_ROW,
    loan=NativeId,
    paid_on=Date,
    cents=Cents,
    state=String,
    kind=String,
)
LEDGER_ADJUSTMENT = _table(
    "ledger_adjustment", _IN_LEDGER, **_ROW, loan=NativeId, day=Date, kind=String, cents=Cents
)
LEDGER_CHANGE = _table(
    "ledger_change", {"installation": Integer, "loan": NativeId}, change_seq=Integer
)
FINDING = _table("finding", {"id": Integer}, scope=String, code=String, body=LargeBinary)
BOOKS = _table(
    "books", {"id": Integer}, system=String, company=String, planned_through=Integer, paused=String
)
REVISIT = _table(
    "revisit", {"books": Integer, "installation": String, "loan": String}, reason=String
)
HOLD = _table(
    "hold", {"id": Integer}, books=Integer, installation=String, loan=String, body=LargeBinary
)
BINDING = _table(
    "binding",
    {"books": Integer, "reference": String},
    base=String,
    kind=String,
    external_id=String,
    version=String,
    installation=String,
    loan=String,
    voided=Integer,
    reversed=Integer,
    accepted=Integer,
    body=LargeBinary,
)
OUTBOX = _table(
    "outbox",
    {"id": Integer},
    books=Integer,
    run=String,
    phase=Integer,
    operation=String,
    kind=String,
    reference=String,
    base=String,
    target=String,
    generation=Integer,
    key=String,
    installation=String,
    loan=String,
    reason=String,
    state=String,
    attempt=Integer,
    not_before=String,
    waiting=Integer,
    code=String,
    detail=String,
    customer=String,
    document=LargeBinary,
)
WAIT = _table("wait", {"books": Integer, "reference": String, "entry": Integer})
DECISION = _table(
    "decision",
    {"id": Integer},
    at=String,
    who=String,
    verb=String,
    entry=Integer,
    reference=String,
    detail=String,
)
MIRROR = _table(
    "mirror",
    {"books": Integer, "kind": String, "external_id": String},
    version=String,
    status=String,
    number=String,
    customer_id=String,
    currency=String,
    total_cents=Cents,
    open_cents=Cents,
    bound=Integer,
    body=LargeBinary,
)
MIRROR_CURSOR = _table("mirror_cursor", {"books": Integer, "name": String}, cursor=String)
RUN = _table(
    "run",
    {"id": String},
    verb=String,
    system=String,
    started_at=String,
    ended_at=String,
    verdict=String,
    reason=String,
    counts=LargeBinary,
)
CALL_DAY = _table(
    "call_day", {"books": Integer, "day": Date}, total=Integer, metered=Integer, throttled=Integer
)
DELIVERY = _table("delivery", {"id": Integer}, body=LargeBinary)
COMPARISON = _table("comparison", {"books": Integer}, body=LargeBinary)
ANSWER = _table("answer", {"task": String}, at=String, who=String, note=String, body=LargeBinary)
LIKENESS = _table(
    "likeness",
    {"installation": Integer, "kind": String, "new_id": NativeId, "old_id": NativeId},
    answer=String,
    task=String,
    at=String,
    who=String,
)
JOB_SLOT = _table("job_slot", {"job": String, "slot": String}, lease_until=String, done_at=String)
UPKEEP = _table("upkeep", {"name": String}, value=String)
TRIAL = _table("trial", {"entry": Integer}, unclear=Integer, passes=Integer, since=String)
