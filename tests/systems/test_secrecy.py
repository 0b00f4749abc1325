"""What came back is kept and shown, so it is without what we keep from everybody."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from bridge.clock import ManualClock
from bridge.systems.oauth import TokenEndpoint, token_request
from bridge.systems.secrecy import Secrecy
from bridge.systems.transport import Reply, Request, Transport
from tests.systems.servers import RawServer, says

TOKEN = "eyJhbGciOiJSUzI1NiJ9/abc+defghijklmnop=="
PAIR = b64encode(b"our-client:our-client-secret").decode()


@pytest.fixture
def transport() -> Iterator[Transport]:
    clock = ManualClock(datetime(2026, 11, 20, 11, 0, tzinfo=UTC))
    with closing(Transport(clock, jitter=lambda: 0.5)) as made:
        yield made


def asked(transport: Transport, body: bytes, token: str = TOKEN, **headers: str) -> Reply:
    with RawServer(says(400, body, **headers)) as server:
        sent = {"Authorization": f"Bearer {token}"}
        reply = transport.send(Request(method="GET", url=server.url, headers=sent))
    assert isinstance(reply, Reply)
    return reply


@pytest.mark.parametrize(
    "form",
    [
        TOKEN,
        quote(TOKEN, safe=""),
        quote(TOKEN, safe="").replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d"),
        TOKEN.replace("/", "\\/"),
        TOKEN.replace("+", "\\u002B").replace("/", "\\u002F").replace("=", "\\u003D"),
        TOKEN.replace("+", "\\u002b").replace("/", "\\u002f").replace("=", "\\u003d"),
    ],
)
def test_a_token_comes_back_in_no_form_and_nothing_else_is_touched(transport, form):
    body = b'{"a": "we got Bearer %s.", "b": "%s", "c": 1234.50}'
    reply = asked(transport, body % (form.encode(), form.encode()))
    assert reply.body == body % (b"[redacted]", b"[redacted]")


@pytest.mark.parametrize("signs", [16, 20, len(TOKEN) - 1])
def test_a_token_that_was_cut_short_is_taken_out_as_well(transport, signs):
    reply = asked(transport, f'{{"Message": "Bearer {TOKEN[:signs]}"}}'.encode())
    assert reply.json() == {"Message": "Bearer [redacted]"}


def test_headers_are_cleaned_too(transport):
    reply = asked(transport, b"{}", X_Debug=f"Bearer {TOKEN}", Retry_After="30")
    assert reply.headers["x-debug"] == "Bearer [redacted]"
    assert reply.headers["retry-after"] == "30"


def test_a_token_of_before_is_still_a_secret(transport):
    asked(transport, b"{}", token="the-first-token-of-all")
    reply = asked(transport, b'"the-first-token-of-all and %s"' % TOKEN.encode())
    assert reply.json() == "[redacted] and [redacted]"


def test_of_two_tokens_that_begin_alike_nothing_is_left(transport):
    """Signed tokens of one provider begin with the same hundred signs."""
    asked(transport, b"{}", token="eyJhbGciOiJSUzI1NiJ9.one-body-and-its-signature")
    other = "eyJhbGciOiJSUzI1NiJ9.the-other-body"
    reply = asked(transport, f'"{other}"'.encode(), token=other)
    assert reply.json() == "[redacted]"


@pytest.mark.parametrize(
    ("auth", "sent"),
    [("basic", PAIR), ("basic", "our-client-secret"), ("form", "our-client-secret"),
     ("form", "the-refresh-token"), ("basic", "the-refresh-token")],
)  # fmt: skip
def test_what_a_login_sends_comes_back_with_no_other_answer(transport, auth, sent):
    form = {"grant_type": "refresh_token", "refresh_token": "the-refresh-token"}
    with RawServer(says(200, b"{}")) as server:
        endpoint = TokenEndpoint(
            url=server.url,
            client_id="our-client",
            client_secret="our-client-secret",
            client_auth=auth,
        )
        transport.send(token_request(endpoint, form))
    assert asked(transport, f'"{sent}"'.encode()).json() == "[redacted]"


def test_an_answer_with_tokens_is_left_whole(transport):
    """A login may get the refresh token back that it had."""
    form = {"grant_type": "refresh_token", "refresh_token": "the-refresh-token"}
    with RawServer(says(200, b'{"refresh_token": "the-refresh-token"}')) as server:
        endpoint = TokenEndpoint(url=server.url, client_id="c", client_secret="our-client-secret")
        reply = transport.send(token_request(endpoint, form))
    assert isinstance(reply, Reply)
    assert reply.json() == {"refresh_token": "the-refresh-token"}


@pytest.mark.parametrize("number", ["1234567890123456", "1000.5000000000000", "1e400000000"])
def test_what_could_be_an_amount_is_never_taken_out(number):
    secrecy = Secrecy()
    secrecy.hold(number, f"{number}.a-secret-that-begins-like-one")
    body = json.dumps({"total": number}).encode()
    assert secrecy.cleaned(body) == body
    assert b"begins" not in secrecy.cleaned(f"{number}.a-secret-that-begins-like-one".encode())


def test_words_are_no_secrets():
    secrecy = Secrecy()
    secrecy.hold("", "invoice")
    assert secrecy.cleaned(b"an invoice") == b"an invoice"


def test_the_newest_secrets_are_held_however_many_there_were():
    secrecy = Secrecy()
    for number in range(1000):
        secrecy.hold(f"token-number-{number:06}", "the-secret-of-the-app")
    assert secrecy.cleaned(b"token-number-000999 the-secret-of-the-app") == (
        b"[redacted] [redacted]"
    )
