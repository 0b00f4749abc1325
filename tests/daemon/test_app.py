"""What the daemon answers on its port: how it is, and to the ledger's webhooks."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
import requests

from bridge.daemon.app import WORKERS, listening
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


def test_a_caller_that_says_nothing_does_not_hold_up_the_others(door: Door) -> None:
    with socket.create_connection(("127.0.0.1", door.port), timeout=60):
        assert requests.get(f"{door.url}/health", timeout=60).status_code == 200
    assert WORKERS > 1


def test_only_this_machine_reaches_it(door: Door) -> None:
    with pytest.raises(OSError, match=r"refused|unreachable"):
        socket.create_connection(("127.0.0.2", door.port), timeout=60)
