"""One HTTP request at a time, and the truth about what became of it.

A request ends as a `Reply`, as `NotSent` (no byte of it left this machine) or as `Lost` (it may
have been read). Which of the last two it is is observed, not guessed from exception types: the
connection pools below note when a connection stands and the request is about to be written.

Nothing is ever sent twice here. urllib3's and requests' own retries and redirects are off, since
they would repeat a POST. `read` repeats requests that only read, a bounded number of times.
"""

from __future__ import annotations

import email.utils
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.request import getproxies

import msgspec
import requests
import requests.adapters
import requests.utils
import urllib3
from requests.structures import CaseInsensitiveDict

from bridge.systems.deadline import Deadlines, Exchange
from bridge.systems.needs import Clock
from bridge.systems.secrecy import Secrecy

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")

USER_AGENT = "ledger-bridge"
REPLY_BYTES_MAX = 64 * 1024 * 1024
REPLY_VALUES_MAX = 1_000_000
"""So many values make 250 MB of Python objects; the longest page of any product has a third."""
LONGEST_WAIT_S = 24 * 3600.0
"""No product asks for more than the rest of a day; what does, or seems to by a clock that was
wrong, must not stop a company for years."""
_CHUNK_BYTES = 256 * 1024


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds to wait: for a connection, for the next bytes, for the whole reply."""

    connect_s: float = 10
    read_s: float = 125
    """QuickBooks itself gives up after 120 s; its own answer is better than our doubt."""
    total_s: float = 180


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """The patience with which reads are repeated."""

    attempts: int = 4
    first_wait_s: float = 0.5
    longest_wait_s: float = 65
    """Longer waits asked for by a server are the caller's to plan, not ours to sleep."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    method: str
    url: str
    headers: dict[str, str] = {}
    body: bytes | None = None
    secrets: tuple[str, ...] = ()
    """What its body tells of a login's secrets: it asks for tokens, and may get them."""

    def __repr__(self) -> str:
        return f"Request({self.method}, {self.url!r})"


class Reply(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Whatever the server answered, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body with exact numbers, or None when it is not JSON, or more than anybody sends."""
        return self._content

    @property
    def is_readable(self) -> bool:
        """Whether the answer is an object or a list, as every answer of a product to a question
        is."""
        return isinstance(self._content, dict | list)

    @cached_property
    def _content(self) -> Any:
        if sum(map(self.body.count, (b",", b"{", b"["))) > REPLY_VALUES_MAX:
            return None
        try:
            return _decoder.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None


class NotSent(msgspec.Struct, frozen=True):
    """No byte of the request left this machine."""

    cause: str


class Lost(msgspec.Struct, frozen=True):
    """The request may have been read and applied; no whole answer came back."""

    cause: str


Answer = Reply | NotSent | Lost


def to_json(value: object) -> bytes:
    """Exact JSON: Decimals are written as the numbers that they are."""
    return _encoder.encode(value)


def from_json(content: bytes) -> Any:
    """Exact values: numbers with a point are Decimals."""
    return _decoder.decode(content)


class _Watch(threading.local):
    left = False
    exchange: Exchange | None = None


_watch = _Watch()


class _HTTPPool(urllib3.HTTPConnectionPool):
    def _validate_conn(self, conn: Any) -> None:
        _note_connection(conn)
        super()._validate_conn(conn)
        _stand_then_note(conn)


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    def _validate_conn(self, conn: Any) -> None:
        _note_connection(conn)
        super()._validate_conn(conn)
        _stand_then_note(conn)


def _note_connection(conn: Any) -> None:
    """Before it is made: a handshake may drip as well."""
    if _watch.exchange is not None:
        _watch.exchange.connection = conn


def _stand_then_note(conn: Any) -> None:
    """Connect if that is still to do, then note that from here on bytes may leave."""
    if conn.sock is None:
        conn.connect()
    if _watch.exchange is not None:
        _watch.exchange.sock = conn.sock
    _watch.left = True


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class _OneShot(requests.adapters.HTTPAdapter):
    """requests' adapter with our pools and no repetition of any kind."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class Transport:
    """Sends requests of one company over kept-alive connections, from any number of threads.

    `jitter` gives numbers from 0 to 1 that spread repeated reads. Proxies and certificate bundles
    are taken from the environment once, when the transport is made. What comes back is without
    the secrets that were sent; an answer with tokens is left whole, for whoever asked for them.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        jitter: Callable[[], float],
        connections: int = 10,
        timeouts: Timeouts | None = None,
        retry: Retry | None = None,
    ) -> None:
        self._clock = clock
        self._jitter = jitter
        self.secrecy = Secrecy()
        self._timeouts = timeouts or Timeouts()
        self._retry = retry or Retry()
        self._deadlines = Deadlines(clock, self._timeouts.total_s)
        self._proxies: dict[str, str] = getproxies()
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        self._verify: bool | str = bundle or True
        self._adapter = _OneShot(
            max_retries=0, pool_connections=4, pool_maxsize=connections, pool_block=True
        )

    def close(self) -> None:
        self._deadlines.close()
        self._adapter.close()

    def send(self, request: Request) -> Answer:
        """Send once. Never raises for what the network or the server does."""
        _watch.left = False
        self.secrecy.hold(*request.secrets)
        self.secrecy.hold_authorization(request.headers.get("Authorization", ""))
        try:
            with self._deadlines.exchange() as _watch.exchange:
                reply = self._exchange(_prepared(request), _watch.exchange)
            return reply if request.secrets else self._clean(reply)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            cause = type(error).__name__
            return Lost(cause) if _watch.left else NotSent(cause)
        finally:
            _watch.exchange = None

    def read(
        self,
        request: Callable[[], Request],
        wait_of: Callable[[Answer], float | None],
    ) -> Answer:
        """Send a request that only reads, again while `wait_of` gives seconds to wait.

        `request` is asked for each attempt, since its token may have changed. The last answer is
        returned as it is, also when it is another refusal.
        """
        attempt = 1
        while True:
            answer = self.send(request())
            wait_s = wait_of(answer)
            if wait_s is None or attempt >= self._retry.attempts:
                return answer
            wait_s = max(wait_s, self._retry.first_wait_s * 2 ** (attempt - 1))
            if wait_s > self._retry.longest_wait_s:
                return answer
            self._clock.sleep(wait_s * (1 + 0.25 * self._jitter()))
            attempt += 1

    def _clean(self, reply: Reply) -> Reply:
        return Reply(
            status=reply.status,
            headers=self.secrecy.cleaned_headers(reply.headers),
            body=self.secrecy.cleaned(reply.body),
        )

    def _exchange(self, prepared: requests.PreparedRequest, exchange: Exchange) -> Reply:
        response = self._adapter.send(
            prepared,
            stream=True,  # so that the body is read below, bounded in size
            timeout=(self._timeouts.connect_s, self._timeouts.read_s),
            verify=self._verify,
            proxies=self._proxies_for(prepared.url or ""),
        )
        try:
            if response.status_code < 200:
                # The answer itself is still to come, and would pass for that of the next request.
                raise requests.exceptions.InvalidHeader("an interim answer")
            body = self._body(response)
            if exchange.is_over:
                raise requests.exceptions.ReadTimeout("reply too slow")
        except BaseException:
            response.close()
            raise
        return Reply(status=response.status_code, headers=response.headers, body=body)

    def _body(self, response: requests.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(_CHUNK_BYTES):
            parts.append(part)
            size += len(part)
            if size > REPLY_BYTES_MAX:
                raise requests.exceptions.ContentDecodingError("reply too long")
        return b"".join(parts)

    def _proxies_for(self, url: str) -> dict[str, str] | None:
        if not self._proxies or requests.utils.should_bypass_proxies(url, no_proxy=None):
            return None
        return self._proxies


def retry_after_s(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Seconds that a Retry-After header asks for, in either of its forms; at most a day. None for
    what is neither."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_WAIT_S)
    if not value:
        return None
    try:
        when = email.utils.parsedate_to_datetime(value)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        wait_s = (when - clock.now()).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(wait_s, 0.0), LONGEST_WAIT_S)


def _prepared(request: Request) -> requests.PreparedRequest:
    prepared = requests.PreparedRequest()
    prepared.prepare_method(request.method)
    prepared.prepare_url(request.url, None)
    headers: CaseInsensitiveDict[str] = CaseInsensitiveDict(request.headers)
    headers.setdefault("Accept", "application/json")
    headers["Accept-Encoding"] = "gzip"
    headers["User-Agent"] = USER_AGENT
    if request.body is not None:
        headers["Content-Length"] = str(len(request.body))
        prepared.body = request.body
    prepared.headers = headers
    return prepared
