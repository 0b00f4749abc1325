"""What the daemon answers on its port: how it is, and to the ledger's webhooks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event, Timer

import pytest
import requests

from bridge.clock import ManualClock
from bridge.daemon.app import AT_ONCE, FAREWELL_S, REQUEST_S, listening
from bridge.source.webhooks import BODY_MAX, STATUS, Outcome

HEALTH = {"working_on": None, "jobs": {}}


@dataclass
class Door:
    """The app, and what came through it."""

    url: str = ""
    port: int = 0
    outcome: Outcome = "accepted"
    fails: bool = False
    taken: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)

    def take(self, headers: Mapping[str, str], body: bytes) -> Outcome:
        if self.fails:
            raise RuntimeError("the keyring is locked")
        self.taken.append((headers, body))
        return self.outcome

    def post(self, path: str = "/webhooks/deudores", body: bytes = b"{}") -> requests.Response:
        return requests.post(f"{self.url}{path}", data=body, headers={"X-Mark": "é"}, timeout=60)

    def raw(self, *lines: str) -> bytes:
        """Send lines as they are, and read to the end."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as line:
            line.sendall("\r\n".join([*lines, "", ""]).encode())
            line.shutdown(socket.SHUT_WR)
            parts = []
            while part := line.recv(4096):
                parts.append(part)
        return b"".join(parts)


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    with listening(0, lambda: HEALTH, {"deudores": made.take}) as port:
        made.port, made.url = port, f"http://127.0.0.1:{port}"
        yield made


def test_health_is_told(door: Door) -> None:
    answer = requests.get(f"{door.url}/health", timeout=60)
    assert (answer.status_code, answer.json()) == (200, HEALTH)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("outcome", sorted(STATUS))
def test_each_outcome_has_the_status_of_the_contract(door: Door, outcome: Outcome) -> None:
    door.outcome = outcome
    answer = door.post(body=b"the raw bytes")
    assert (answer.status_code, answer.json()) == (STATUS[outcome], {"outcome": outcome})
    assert door.taken[0][1] == b"the raw bytes"


def test_a_body_that_is_too_large_is_not_even_read(door: Door) -> None:
    answer = door.raw(
        "POST /webhooks/deudores HTTP/1.1", "Host: x", f"Content-Length: {BODY_MAX + 1}"
    )
    assert answer.startswith(b"HTTP/1.0 413 ")
    assert not door.taken


@pytest.mark.parametrize("length", ["", "Content-Length: -1", "Content-Length: ٣"])
def test_a_body_of_unknown_length_is_refused(door: Door, length: str) -> None:
    answer = door.raw("POST /webhooks/deudores HTTP/1.1", "Host: x", *([length] if length else []))
    assert answer.startswith(b"HTTP/1.0 411 ")
    assert not door.taken


def test_a_body_that_is_cut_off_is_nothing(door: Door) -> None:
    assert door.raw("POST /webhooks/deudores HTTP/1.1", "Host: x", "Content-Length: 50") == b""
    assert not door.taken


@pytest.mark.parametrize("path", ["/webhooks/xero", "/webhooks/", "/health", "/"])
def test_nothing_else_is_there(door: Door, path: str) -> None:
    assert door.post(path).status_code == 404
    assert requests.get(f"{door.url}/webhooks/deudores", timeout=60).status_code == 404
    assert not door.taken


def test_what_fails_inside_is_answered_and_the_next_one_is_served(door: Door) -> None:
    door.fails = True
    assert door.post().status_code == 500
    door.fails = False
    assert door.post().status_code == 200


@pytest.mark.parametrize("said", [b"", b"P", b"POST /webhooks/deudores HTTP/1.1\r\nX: "])
def test_callers_that_hold_a_line_do_not_hold_up_the_others(door: Door, said: bytes) -> None:
    with ExitStack() as lines:
        held = [
            lines.enter_context(socket.create_connection(("127.0.0.1", door.port), timeout=60))
            for _ in range(3 * AT_ONCE)
        ]
        for line in held:
            with suppress(OSError):  # it was let go for a later one
                line.sendall(said)
        assert requests.get(f"{door.url}/health", timeout=60).status_code == 200
        assert door.post().status_code == 200


def test_a_call_has_its_time_however_its_bytes_come_in() -> None:
    """One byte after another, each soon after the last: the daemon ends it, and answers others."""
    clock = ManualClock(datetime(2026, 11, 30, tzinfo=UTC))
    with (
        listening(0, lambda: HEALTH, {}, clock) as port,
        socket.create_connection(("127.0.0.1", port), timeout=60) as line,
    ):
        health = f"http://127.0.0.1:{port}/health"
        assert requests.get(health, timeout=60).status_code == 200  # after it, so both are let in
        for byte in b"GET /health HT":
            line.sendall(bytes([byte]))
            clock.move(REQUEST_S / 16)
        assert requests.get(health, timeout=60).status_code == 200
        line.sendall(b"T")
        clock.move(REQUEST_S / 4)
        assert line.recv(100) == b""


def test_the_end_waits_for_nobody() -> None:
    """Neither for a caller who says nothing, nor for one in the middle of a word."""
    with ExitStack() as lines:
        with listening(0, lambda: HEALTH, {}) as port:
            held = [
                lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
                for _ in range(4)
            ]
            for line in held[:2]:
                line.sendall(b"POST /webhooks/x HTTP/1.1\r\nContent-Length: 9\r\n\r\n1")
            assert requests.get(f"http://127.0.0.1:{port}/health", timeout=60).status_code == 200
        assert [line.recv(1000)[:12] for line in held[2:]] == [b"", b""]


def test_the_end_lets_an_answer_that_is_under_way_come_to_its_end_for_a_moment() -> None:
    """And one that takes longer keeps no process alive."""
    entered, may_end, ended = Event(), Event(), Event()

    def take(headers: Mapping[str, str], body: bytes) -> Outcome:
        entered.set()
        assert may_end.wait(60)
        ended.set()
        return "accepted"

    with ExitStack() as lines:
        with listening(0, lambda: HEALTH, {"deudores": take}) as port:
            line = socket.create_connection(("127.0.0.1", port), timeout=60)
            lines.enter_context(line)
            line.sendall(b"POST /webhooks/deudores HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
            assert entered.wait(60)
            answering = [each for each in threading.enumerate() if each.name == "answer"]
            assert [each.daemon for each in answering] == [True]
            Timer(FAREWELL_S / 8, may_end.set).start()
        assert ended.is_set()


def test_only_this_machine_reaches_it(door: Door) -> None:
    with pytest.raises(OSError, match=r"refused|unreachable"):
        socket.create_connection(("127.0.0.2", door.port), timeout=60)
