"""A ledger's webhooks are believed when they are signed, fresh and new; and then only as a hint."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.source.deudores.about import ABOUT
from bridge.source.webhooks import BODY_MAX, REMEMBERED, STATUS, Receiver

CALLS = ABOUT.calls
assert CALLS is not None
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
SECRET = "a-secret-that-both-sides-know"


def event(ident: str = "e1", kind: str = "movement.created", **more: Any) -> bytes:
    body = {"id": ident, "type": kind, "occurred_at": "2026-11-28T11:59:00Z"}
    return json.dumps({**body, "device_id": "dev-1", "sequence": 1, "data": {}, **more}).encode()


def signature(body: bytes, at: datetime = NOW, secret: str = SECRET) -> str:
    """§3.4, written down from the contract: v1 = HMAC-SHA256(secret, t + "." + raw body)."""
    t = str(int(at.timestamp()))
    return hmac.new(secret.encode(), t.encode() + b"." + body, hashlib.sha256).hexdigest()


def headers(body: bytes, at: datetime = NOW, ident: str = "e1", **signed: str) -> dict[str, str]:
    v1 = signature(body, at, **signed)
    return {"Deudores-Event-Id": ident, "Deudores-Signature": f"t={int(at.timestamp())},v1={v1}"}


@pytest.fixture
def receiver() -> Receiver:
    return Receiver(CALLS)


@pytest.mark.parametrize(
    "kind",
    [f"{of}.{what}" for of in ("debtor", "debt", "movement") for what in ("created", "deleted")]
    + ["debt.updated", "snapshot.ready"],
)
def test_what_changes_the_ledger_is_a_reason_to_look(receiver: Receiver, kind: str) -> None:
    body = event(kind=kind)
    assert receiver.take(headers(body), body, SECRET, NOW) == "accepted"


@pytest.mark.parametrize("kind", ["debt.overdue", "snapshot.ready.soon", "invented.later"])
def test_what_changes_nothing_is_answered_and_left(receiver: Receiver, kind: str) -> None:
    body = event(kind=kind)
    outcome = receiver.take(headers(body), body, SECRET, NOW)
    assert (outcome, STATUS[outcome]) == ("not for us", 200)


def test_a_repeated_event_is_answered_and_does_nothing_again(receiver: Receiver) -> None:
    body = event()
    assert receiver.take(headers(body), body, SECRET, NOW) == "accepted"
    later = NOW + timedelta(minutes=20)
    again = receiver.take(headers(body, later), body, SECRET, later)
    assert (again, STATUS[again]) == ("repeated", 200)


def test_events_may_come_in_any_order(receiver: Receiver) -> None:
    outcomes = []
    for number in (3, 1, 2):
        body = event(f"e{number}", sequence=number)
        outcomes.append(receiver.take(headers(body, ident=f"e{number}"), body, SECRET, NOW))
    assert outcomes == ["accepted"] * 3


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
def test_a_stale_call_is_refused_also_when_the_event_is_new(
    receiver: Receiver, seconds: int
) -> None:
    body, signed = event(), NOW + timedelta(seconds=seconds)
    outcome = receiver.take(headers(body, signed), body, SECRET, NOW)
    assert (outcome, STATUS[outcome]) == ("stale", 401)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_apart_is_still_fresh(receiver: Receiver, seconds: int) -> None:
    body, signed = event(), NOW + timedelta(seconds=seconds)
    assert receiver.take(headers(body, signed), body, SECRET, NOW) == "accepted"


def test_a_recorded_call_is_worth_nothing_later_even_after_a_restart(receiver: Receiver) -> None:
    body = event()
    recorded = headers(body)
    receiver.take(recorded, body, SECRET, NOW)
    restarted = Receiver(CALLS)
    assert restarted.take(recorded, body, SECRET, NOW + timedelta(seconds=301)) == "stale"


@pytest.mark.parametrize(
    "signed",
    [
        "",
        "t=1795867200",
        "v1=00",
        "t=,v1=00",
        "t=1795867200,v1=",
        "t=1795867200,v1=é",
        "t=١٢٣,v1=00",
        "t=99999999999999999999,v1=00",
        "t=1795867200,t=1795867200,v1=00",
    ],
)
def test_what_is_not_signed_as_agreed_is_refused(receiver: Receiver, signed: str) -> None:
    body = event()
    outcome = receiver.take({"Deudores-Signature": signed}, body, SECRET, NOW)
    assert (outcome, STATUS[outcome]) == ("unsigned", 401)


def test_during_a_change_of_keys_one_signature_of_several_is_enough(receiver: Receiver) -> None:
    body = event()
    old, new = signature(body, secret="the-old-one"), signature(body)
    signed = f"t={int(NOW.timestamp())}, v1={old}, v1={new}"
    assert receiver.take({"deudores-signature": signed}, body, SECRET, NOW) == "accepted"


@given(position=st.integers(0, 200), bit=st.integers(0, 7))
def test_one_bit_of_the_body_is_enough_to_be_refused(position: int, bit: int) -> None:
    body = event()
    forged = bytearray(body)
    forged[position % len(body)] ^= 1 << bit
    receiver = Receiver(CALLS)
    assert receiver.take(headers(body), bytes(forged), SECRET, NOW) == "unsigned"


@given(st.binary(max_size=300))
def test_no_body_of_somebody_with_the_secret_is_more_than_unreadable(body: bytes) -> None:
    outcome = Receiver(CALLS).take(headers(body), body, SECRET, NOW)
    assert outcome in ("unreadable", "accepted", "not for us")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id":1,"type":"a"}', b'{"id":"","type":"a"}'])
def test_a_body_without_id_and_type_is_said_to_be_unreadable(
    receiver: Receiver, body: bytes
) -> None:
    outcome = receiver.take(headers(body), body, SECRET, NOW)
    assert (outcome, STATUS[outcome]) == ("unreadable", 400)


@pytest.mark.parametrize(
    ("length", "outcome"), [(0, "unreadable"), (200, "accepted"), (201, "unreadable")]
)
def test_an_id_is_neither_empty_nor_endless(receiver: Receiver, length: int, outcome: str) -> None:
    """It is remembered. The header with the id may be left out."""
    body = event("e" * length)
    signed = {name: each for name, each in headers(body).items() if "Signature" in name}
    assert receiver.take(signed, body, SECRET, NOW) == outcome


def test_an_id_that_was_put_on_from_outside_is_not_believed(receiver: Receiver) -> None:
    """The header is not signed: with another id in it a recorded call would look like a new one."""
    body = event()
    assert receiver.take(headers(body), body, SECRET, NOW) == "accepted"
    assert receiver.take(headers(body, ident="e2"), body, SECRET, NOW) == "unreadable"


def test_too_large_and_without_a_secret(receiver: Receiver) -> None:
    body = event(data="x" * BODY_MAX)
    assert receiver.take(headers(body), body, SECRET, NOW) == "too large"
    assert receiver.take(headers(event()), event(), None, NOW) == "no secret"
    assert (STATUS["too large"], STATUS["no secret"]) == (413, 404)


@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_secret_nobody_can_sign(receiver: Receiver, secret: str | None) -> None:
    """A variable that is set to nothing is no secret: anybody could sign with it."""
    body = event()
    assert receiver.take(headers(body, secret=""), body, secret, NOW) == "no secret"


@given(st.integers(0, 63))
def test_every_digit_of_a_signature_counts(place: int) -> None:
    body = event()
    signed = headers(body)
    before, _, digits = signed["Deudores-Signature"].rpartition("v1=")
    other = "0" if digits[place] != "0" else "1"
    forged = f"{before}v1={digits[:place]}{other}{digits[place + 1 :]}"
    receiver = Receiver(CALLS)
    outcome = receiver.take(signed | {"Deudores-Signature": forged}, body, SECRET, NOW)
    assert outcome == "unsigned"


@pytest.mark.parametrize("length", [0, 1, 8, 63])
def test_a_part_of_a_signature_is_none(receiver: Receiver, length: int) -> None:
    body = event()
    part = f"t={int(NOW.timestamp())},v1={signature(body)[:length]}"
    assert receiver.take({"Deudores-Signature": part}, body, SECRET, NOW) == "unsigned"


def test_what_is_remembered_has_a_limit(receiver: Receiver) -> None:
    for number in range(REMEMBERED + 1):
        body = event(f"n{number}")
        receiver.take(headers(body, ident=f"n{number}"), body, SECRET, NOW)
    last, first = event(f"n{REMEMBERED}"), event("n0")
    assert receiver.take(headers(last, ident=f"n{REMEMBERED}"), last, SECRET, NOW) == "repeated"
    assert receiver.take(headers(first, ident="n0"), first, SECRET, NOW) == "accepted"
