"""What became of a request, against a server that misbehaves byte by byte."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bridge.clock import ManualClock, SystemClock
from bridge.systems.transport import (
    REPLY_VALUES_MAX,
    Answer,
    Lost,
    NotSent,
    Reply,
    Request,
    Timeouts,
    Transport,
    from_json,
    retry_after_s,
    to_json,
)
from tests.systems.servers import RawServer, hangs, resets, resets_after, says, sends

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
PARTIAL = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def transport(clock: ManualClock) -> Iterator[Transport]:
    made = Transport(clock, jitter=lambda: 0.5, timeouts=Timeouts(connect_s=60, read_s=60))
    with closing(made):
        yield made


def post(url: str, method: str = "POST") -> Request:
    return Request(method=method, url=url, headers={"X-Test": "1"}, body=b'{"Amount":1.10}')


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_refused_connection_never_left(transport: Transport) -> None:
    answer = transport.send(post(f"http://127.0.0.1:{unused_port()}/"))
    assert isinstance(answer, NotSent)


def test_a_name_that_does_not_resolve_never_left(transport: Transport) -> None:
    assert isinstance(transport.send(post("http://nowhere.invalid/")), NotSent)


def test_a_server_that_speaks_no_tls_was_never_sent_anything(transport: Transport) -> None:
    with RawServer(sends(b"this is not tls")) as server:
        answer = transport.send(post(server.url.replace("http:", "https:")))
    assert isinstance(answer, NotSent)
    assert b"Amount" not in server.requests[0]


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    """A certificate that nobody has signed but its owner, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=3650))
        .sign(key, SHA256())
    )
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")


def test_a_certificate_that_is_not_trusted_was_never_sent_anything(
    transport: Transport, certificate: tuple[str, str]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    seen: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    seen.append(secure.recv(100))
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    answer = transport.send(post(f"https://127.0.0.1:{listener.getsockname()[1]}/"))
    thread.join(5)
    listener.close()
    assert isinstance(answer, NotSent)
    assert seen in ([], [b""])


@pytest.mark.parametrize(
    "step",
    [
        resets,
        resets_after(PARTIAL),
        sends(PARTIAL),
        sends(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
        sends(b"garbage\r\n\r\n"),
        sends(b""),
    ],
    ids=["reset", "reset mid-reply", "cut mid-reply", "bad gzip", "garbage", "closed"],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_whatever_happens_after_the_first_byte_is_in_doubt(
    transport: Transport, step: Callable[[socket.socket, bytes], None], method: str
) -> None:
    """PUT and DELETE too: urllib3 takes them for safe to repeat."""
    with RawServer(step, says(200, b"{}")) as server:
        answer = transport.send(post(server.url, method))
    assert isinstance(answer, Lost)
    assert len(server.requests) == 1, "a write is never resent"


def test_a_server_that_says_nothing_in_time_leaves_doubt(clock: ManualClock) -> None:
    done = threading.Event()
    hasty = Transport(clock, jitter=lambda: 0.5, timeouts=Timeouts(connect_s=60, read_s=0.3))
    with closing(hasty), RawServer(hangs(done), says(200, b"{}")) as server:
        answer = hasty.send(post(server.url))
        done.set()
    assert isinstance(answer, Lost)
    assert len(server.requests) == 1


DRIPS = {
    "status line": (b"", b"HTTP/1.1 200 " + b"O" * 9_000),
    "header": (b"HTTP/1.1 200 OK\r\n", b"X-Slow: " + b"o" * 9_000),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"A: 1\r\n" * 99),
    "counted body": (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b" " * 9_000),
    "body to the end": (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b" " * 9_000),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 900),
    "chunk's length": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0" * 9_000),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 300),
}


def drips(begin: bytes, rest: bytes, cut: threading.Event) -> Callable[..., None]:
    """Send the beginning at once and the rest byte by byte, always within the time for the next;
    `cut` is set when nobody reads on."""

    def step(connection: socket.socket, _: bytes) -> None:
        connection.sendall(begin)
        for number in range(len(rest)):
            try:
                connection.sendall(rest[number : number + 1])
            except OSError:
                cut.set()
            if cut.wait(0.01):
                return

    return step


@pytest.mark.parametrize("form", DRIPS)
def test_an_answer_that_drips_is_cut_at_its_end_of_time(form: str) -> None:
    cut = threading.Event()
    times = Timeouts(connect_s=60, read_s=60, total_s=0.3)
    hasty = Transport(SystemClock(), jitter=lambda: 0, timeouts=times)
    with closing(hasty), RawServer(drips(*DRIPS[form], cut), says(200, b"{}")) as server:
        answer = hasty.send(post(server.url))
        assert cut.wait(30)
        after = hasty.send(post(server.url))
    assert isinstance(answer, Lost)
    assert isinstance(after, Reply)
    assert len(server.requests) == 2


def test_only_the_exchange_whose_time_is_over_is_cut() -> None:
    done = threading.Event()
    times = Timeouts(connect_s=60, read_s=60, total_s=1)
    transport = Transport(SystemClock(), jitter=lambda: 0, timeouts=times)
    answers: list[Answer] = []
    with closing(transport), RawServer(hangs(done)) as slow, RawServer(says(200, b"{}")) as quick:
        waits = threading.Thread(target=lambda: answers.append(transport.send(post(slow.url))))
        waits.start()
        assert isinstance(transport.send(post(quick.url)), Reply)
        waits.join(60)
        done.set()
    assert [type(each) for each in answers] == [Lost]


@pytest.mark.parametrize("status", [102, 103, 199])
def test_an_interim_answer_is_none_and_the_one_that_follows_is_nobodys(
    transport: Transport, status: int
) -> None:
    """The true reply comes a moment later: the next request must not take it for its own."""
    asked_again = threading.Event()

    def interim(connection: socket.socket, _: bytes) -> None:
        connection.sendall(f"HTTP/1.1 {status} Wait\r\n\r\n".encode())
        asked_again.wait(60)
        with suppress(OSError):
            connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"of": 1}')

    with RawServer(interim, says(200, b'{"of": 2}')) as server:
        first = transport.send(post(server.url))
        asked_again.set()
        second = transport.send(post(server.url))
    assert isinstance(first, Lost)
    assert isinstance(second, Reply)
    assert second.json() == {"of": 2}


NO_REPLIES = {
    "an interim answer": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{",
    "a body in bad pieces": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    "no gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n{}",
    "no HTTP": b"220 ready\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("form", NO_REPLIES)
def test_what_is_no_reply_leaves_no_connection_taken(clock: ManualClock, form: str) -> None:
    """With as many of them as there are connections, whoever asked next waited for ever."""
    patient = Timeouts(connect_s=60, read_s=60)
    transport = Transport(clock, jitter=lambda: 0.5, timeouts=patient, connections=2)
    answers: list[object] = []

    def nothing(connection: socket.socket, _: bytes) -> None:
        connection.sendall(NO_REPLIES[form])

    def ask(url: str) -> None:
        answers.extend(type(transport.send(post(url))) for _ in range(5))

    with closing(transport), RawServer(*[nothing] * 4, says(200, b"{}")) as server:
        asks = threading.Thread(target=ask, args=(server.url,), daemon=True)
        asks.start()
        asks.join(60)
        assert answers == [Lost] * 4 + [Reply]


def test_a_lost_reply_on_a_kept_connection_is_not_resent_on_a_new_one(
    transport: Transport,
) -> None:
    """urllib3 and requests would do that for a connection that was open before."""
    kept = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    def once_then_reset(connection: socket.socket, request: bytes) -> None:
        connection.sendall(kept)
        second.append(connection.recv(65536))
        resets(connection, request)

    second: list[bytes] = []
    with RawServer(once_then_reset, says(200, b"{}")) as server:
        first = transport.send(post(server.url))
        lost = transport.send(post(server.url))
    assert isinstance(first, Reply)
    assert isinstance(lost, Lost)
    assert len(second) == 1
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [307, 308, 302])
def test_a_redirect_is_an_answer_and_not_followed(transport: Transport, status: int) -> None:
    with RawServer(says(status, b"", Location="/elsewhere"), says(200, b"{}")) as server:
        answer = transport.send(post(server.url))
    assert isinstance(answer, Reply)
    assert answer.status == status
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 400, 429, 500, 503])
def test_any_whole_answer_is_a_reply_with_its_headers(transport: Transport, status: int) -> None:
    with RawServer(says(status, b"<html>", intuit_tid="1-abc", Retry_After="3")) as server:
        answer = transport.send(post(server.url))
    assert isinstance(answer, Reply)
    assert (answer.status, answer.headers["Intuit-TID"]) == (status, "1-abc")
    assert answer.headers["retry-after"] == "3"
    assert answer.json() is None
    assert len(server.requests) == 1


def test_gzip_is_undone_and_asked_for(transport: Transport) -> None:
    body = gzip.compress(b'{"TotalAmt":12345678901234567.89}')
    with RawServer(says(200, body, Content_Encoding="gzip")) as server:
        answer = transport.send(post(server.url))
    assert isinstance(answer, Reply)
    assert answer.json() == {"TotalAmt": Decimal("12345678901234567.89")}
    assert b"Accept-Encoding: gzip" in server.requests[0]


def test_no_amount_is_ever_a_float() -> None:
    text = b'{"a":12345678901234567.89,"b":0.30,"c":-0.01,"d":99999999999999.99}'
    assert to_json(from_json(text)) == text
    assert all(type(value) is Decimal for value in from_json(text).values())


def answers(count: int, status: int) -> list[Callable[[socket.socket, bytes], None]]:
    return [says(status, b"{}") for _ in range(count)]


def wait_on_trouble(answer: Answer) -> float | None:
    return 0 if not isinstance(answer, Reply) or answer.status >= 500 else None


@pytest.mark.parametrize(
    "body",
    [b"[" + b",".join([b"{}"] * 500_001) + b"]", b"[" * 100_000 + b"]" * 100_000, b'{"a": \xff}'],
    ids=["too many values", "too deep", "no text"],
)
def test_what_nobody_sends_is_no_json(body: bytes) -> None:
    assert Reply(status=200, headers={}, body=body).json() is None


def test_the_longest_page_that_is_believed() -> None:
    most = b"[" + b",".join([b"0"] * REPLY_VALUES_MAX) + b"]"
    found = Reply(status=200, headers={}, body=most).json()
    assert len(found) == REPLY_VALUES_MAX
    assert Reply(status=200, headers={}, body=most[:-1] + b",0]").json() is None


def test_reads_are_repeated_a_bounded_number_of_times(
    transport: Transport, clock: ManualClock
) -> None:
    with RawServer(*answers(9, 503)) as server:
        asked = Request(method="GET", url=server.url)
        answer = transport.read(lambda: asked, wait_on_trouble)
    assert isinstance(answer, Reply)
    assert answer.status == 503
    assert len(server.requests) == 4
    assert clock.slept == [0.5 * 1.125, 1 * 1.125, 2 * 1.125]


def test_a_read_succeeds_after_trouble(transport: Transport) -> None:
    with RawServer(resets, says(503, b""), says(200, b'{"a":1}')) as server:
        asked = Request(method="GET", url=server.url)
        answer = transport.read(lambda: asked, wait_on_trouble)
    assert isinstance(answer, Reply)
    assert answer.json() == {"a": 1}


def test_a_read_does_not_sleep_for_hours_when_told_to(
    transport: Transport, clock: ManualClock
) -> None:
    with RawServer(*answers(3, 429)) as server:
        asked = Request(method="GET", url=server.url)
        transport.read(lambda: asked, lambda _: 3600)
    assert len(server.requests) == 1
    assert clock.slept == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("Fri, 20 Nov 2026 11:00:30 GMT", 30),
        ("Fri, 20 Nov 2026 10:00:00 GMT", 0),
        ("Fri, 20 Nov 2126 11:00:30 GMT", 86_400),
        ("Fri, 20 Nov 99999 11:00:30 GMT", None),
        ("1000000000000", 86_400),
        ("9" * 400, 86_400),
        ("86400", 86_400),
        ("²", None),
        ("-5", None),
        ("1e9", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_in_all_its_forms(
    clock: ManualClock, header: str, seconds: float | None
) -> None:
    assert retry_after_s({"Retry-After": header}, clock) == seconds


def test_a_proxy_that_refuses_was_not_sent_the_request(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{unused_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    with closing(Transport(clock, jitter=lambda: 0)) as transport:
        assert isinstance(transport.send(post("https://example.invalid/")), NotSent)


def test_a_proxy_that_cuts_the_tunnel_was_not_sent_the_request(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(says(403, b"no")) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with closing(Transport(clock, jitter=lambda: 0)) as transport:
            answer = transport.send(post("https://example.invalid/"))
    assert isinstance(answer, NotSent)
    assert proxy.requests[0].startswith(b"CONNECT ")
    assert b"Amount" not in b"".join(proxy.requests)


def test_many_threads_share_connections(clock: ManualClock) -> None:
    from tests.systems.servers import Answered, Call, http_server

    def answer(_: Call) -> Answered:
        return Answered(200, b"{}")

    with (
        http_server(answer) as url,
        closing(Transport(clock, jitter=lambda: 0, connections=4)) as transport,
    ):
        replies: list[Answer] = []
        threads = [
            threading.Thread(
                target=lambda: replies.extend(transport.send(post(url)) for _ in range(10))
            )
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(replies) == 80
    assert all(isinstance(reply, Reply) for reply in replies)
