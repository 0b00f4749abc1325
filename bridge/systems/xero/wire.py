"""Xero's URLs, and what its answers to writes and reads come to."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from bridge.errors import LoginRequired, QuestionRefused, TryLater
from bridge.systems import results
from bridge.systems.client import RATE_WAIT_S, Client
from bridge.systems.pages import Pages
from bridge.systems.results import Applied, Finding, Raw, Refused, Result, Then, Unclear, Unsent
from bridge.systems.transport import Reply, Request, to_json
from bridge.systems.truth import OBJECTS, flaw, untrue
from bridge.systems.xero import faults
from bridge.systems.xero.settings import Settings
from bridge.systems.xero.shapes import (
    ID_FIELD,
    MOMENT,
    NUMBER_FIELD,
    SHAPES,
    ZERO_ID,
    not_an_answer,
    not_what_was_sent,
    rows_of,
)

PAGE = 1000
"""Rows of a page; Xero allows 1 to 1000 and adjusts what is out of range (FACTS X34)."""

_DAY_LEFT = "X-DayLimit-Remaining"
_KEPT_WAIT_S = 3600.0
_NONE: Mapping[str, str] = MappingProxyType({})


class Wire:
    """One organisation's Xero, call by call."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._root = settings.api
        self._tenant = {
            "xero-tenant-id": settings.company_id,
            "Accept": "application/json",  # or else the answer is XML
        }
        self.server_time = ""
        """`DateTimeUTC` of the latest answer to a read."""
        self.day_left: int | None = None
        """Calls that Xero says are left today, as of the latest answer."""

    # ── writes ───────────────────────────────────────────────────────────────────────────────

    def write_many(
        self, method: str, resource: str, bodies: Sequence[Raw], keys: Sequence[str]
    ) -> list[Result]:
        """Create (PUT) or change (POST) up to fifty objects, each judged by its own status.

        PUT creates only; a POST with a known number would change that document
        (FACTS X8). Without summarizeErrors=false one bad element would refuse all (FACTS X9).
        """
        assert 0 < len(bodies) <= self._settings.batch_size, len(bodies)
        content = to_json({resource: list(bodies)})
        answer = self._write(method, f"{resource}?summarizeErrors=false", content, keys)
        if isinstance(answer, Unsent | Unclear):
            return [answer] * len(bodies)
        reply = answer.json()
        if answer.ok and isinstance(reply, dict):
            elements = reply.get(resource)
            if isinstance(elements, list):
                pairs = zip(bodies, paired(resource, bodies, elements), strict=True)
                told = [element_result(resource, element, body) for body, element in pairs]
                return distinct(resource, told) if method == "PUT" else told
        if answer.status == 400 and isinstance(reply, dict):
            return self._refused_whole(resource, bodies, reply)
        return [self._result(answer)] * len(bodies)

    def write_one(
        self, method: str, path: str, resource: str, body: Raw | None, key: str
    ) -> Result:
        """A call that is about one object and takes no list."""
        content = None if body is None else to_json(body)
        answer = self._write(method, path, content, [key])
        if isinstance(answer, Unsent | Unclear):
            return answer
        if answer.ok:
            reply = answer.json()
            if isinstance(reply, dict):
                # A deleted allocation is answered without an envelope (FACTS X19).
                element = (reply.get(resource) or [reply])[0]
                if faults.says_refused(element):
                    return results.of_finding(faults.judge(faults.messages(element)))
                wrong = not_an_answer(path, resource, element)
                return Unclear(wrong) if wrong else Applied(element)
            return Unclear("an answer that can not be read")
        return self._result(answer)

    def _write(
        self, method: str, path: str, content: bytes | None, keys: Sequence[str]
    ) -> Reply | Unsent | Unclear:
        """Send it; an answer that can not be true says nothing of what became of it."""
        if self.day_left is not None and self.day_left < self._settings.calls_kept:
            left, self.day_left = self.day_left, None  # the next one asks Xero again
            return Unsent(f"Xero has {left} calls left for today; they are kept", _KEPT_WAIT_S)
        headers = {**self._tenant, "Content-Type": "application/json"}
        if method != "DELETE":  # ignored there (FACTS X30)
            headers["Idempotency-Key"] = batch_key(method, path, content or b"", keys)
        request = Request(method=method, url=f"{self._root}/{path}", headers=headers, body=content)
        answer = results.sent(self._client, request, metered=True)
        if isinstance(answer, Reply):
            self._note(answer)
            content = answer.json() if answer.status < 500 else None
            if isinstance(content, dict | list) and (wrong := flaw(content, SHAPES)):
                return Unclear(f"the answer can not be true: {wrong}")
        return answer

    def _refused_whole(self, resource: str, bodies: Sequence[Raw], content: Raw) -> list[Result]:
        """A 400: the elements that it names were refused; what became of others is not known."""
        elements = content.get("Elements") or []
        if not elements:
            finding = faults.judge_answer(content)
            told = results.of_finding(finding) if finding else Unclear("HTTP 400")
            return [results.one_of(len(bodies), told)] * len(bodies)
        named = paired(resource, bodies, elements)
        return [
            Unclear("refused together with another document")
            if element is None
            else results.of_finding(faults.judge(faults.messages(element)))
            for element in named
        ]

    def _result(self, answer: Reply) -> Result:
        """The result of a write whose answer holds no element."""
        if limited := results.turned_away(self._client, answer):
            return limited
        if answer.status == 403:
            return Unsent(_disconnected(answer), RATE_WAIT_S, login_ended=True)
        if answer.status == 404:
            return Refused(Finding(Then.REJECT, "gone", "Xero 404: there is no such document"))
        content = answer.json()
        if answer.status == 400 and isinstance(content, dict):
            texts = [text for e in content.get("Elements") or () for text in faults.messages(e)]
            finding = faults.judge(texts) if texts else faults.judge_answer(content)
            if finding:
                return results.of_finding(finding)
        trace = self._client.trace(answer)
        return Unclear(f"HTTP {answer.status} (xero-correlation-id {trace})")

    # ── reads ────────────────────────────────────────────────────────────────────────────────

    def get(
        self,
        path: str,
        options: Mapping[str, str] = _NONE,
        *,
        since: str = "",
        metered: bool = True,
    ) -> Raw:
        """The body of a GET. Raises QuestionRefused on 400 and 404."""
        found = self.get_if_there(path, options, since=since, metered=metered)
        if found is None:
            raise QuestionRefused(f"Xero has no {path.partition('/')[0]} there.")
        return found

    def get_if_there(
        self,
        path: str,
        options: Mapping[str, str] = _NONE,
        *,
        since: str = "",
        metered: bool = True,
    ) -> Raw | None:
        """The body of a GET, or None where Xero says 404: there is no such object."""
        query = f"?{urlencode(options, quote_via=quote)}" if options else ""
        headers = {**self._tenant, **({"If-Modified-Since": since} if since else {})}
        request = Request(method="GET", url=f"{self._root}/{path}{query}", headers=headers)
        reply = self._client.read(request, metered=metered)
        self._note(reply)
        if reply.status == 404:
            return None
        if reply.status == 304 and since:
            return {}
        content = reply.json()
        if isinstance(content, dict) and (wrong := flaw(content, SHAPES)):
            raise untrue("Xero", wrong)
        if reply.status == 403:
            raise LoginRequired(_disconnected(reply))
        if reply.status == 400 and (finding := faults.judge_answer(content)):
            raise QuestionRefused(f"A question to Xero was refused: {finding.reason}")
        if not reply.ok or not isinstance(content, dict):
            raise TryLater(f"Xero answered HTTP {reply.status} and nothing readable.")
        if not content:
            raise untrue("Xero", "there is nothing in it")
        told = content.get("DateTimeUTC")
        if told and MOMENT.fits(told):  # without it the last one counts
            self.server_time = told
        return content

    def is_there(self) -> None:
        """Raise TryLater where Xero answers nobody. This costs none of the day's calls."""
        self.get("Organisation", metered=False)

    def rows(self, resource: str, *, since: str = "", **options: str) -> Iterator[Raw]:
        """All rows of a list, page by page, in the order of ids.

        By default Xero orders by the time of change, where a row that changes between two pages
        moves to the end and pulls an unread one into a page already read. In the order of ids
        nothing leaves its place; a new row only makes the next page repeat one.
        """
        field = ID_FIELD[resource]
        before: frozenset[str] = frozenset()
        pages = Pages("Xero", resource, self._settings.documents_known, PAGE)
        for page in itertools.count(1):
            options |= {"page": str(page), "pageSize": str(PAGE), "order": field}
            content = self.get(resource, options, since=since)
            if not content:
                return  # nothing was modified
            rows = rows_of(content, resource)
            fresh = [row for row in rows if row[field] not in before]
            yield from fresh
            last = (content.get("pagination") or {}).get("pageCount")
            if isinstance(last, int):
                if not rows and page < last:
                    raise TryLater(f"Xero answered page {page} of {last} of {resource} empty.")
                if page >= last:
                    return
            elif not fresh:
                return  # Xero always tells the count of pages; without it, until nothing new comes
            pages.turn(len(fresh))
            before = frozenset(row[field] for row in rows)

    def connections(self) -> list[Raw]:
        """The organisations that this login reaches: a bare list, outside of any of them."""
        request = Request(method="GET", url=f"{self._settings.root}/connections", headers={})
        reply = self._client.read(request, metered=False)
        content = reply.json()
        if not reply.ok or not isinstance(content, list):
            raise TryLater(f"Xero answered HTTP {reply.status} for the list of connections.")
        if wrong := flaw({"Connections": content}, {**SHAPES, "Connections": OBJECTS}):
            raise untrue("Xero", wrong)
        return content

    def _note(self, reply: Reply) -> None:
        left = reply.headers.get(_DAY_LEFT, "")
        if left.isascii() and left.isdigit() and len(left) < 10:
            self.day_left = int(left)


def batch_key(method: str, path: str, content: bytes, keys: Sequence[str]) -> str:
    """The Idempotency-Key of a request: at most 128 characters, remembered for six minutes.

    Over the documents' own keys and over the bytes: the same key with another body is refused, so
    a batch that lost or gained a document, or an update of another version, has another key.
    """
    digest = hashlib.blake2b(digest_size=32)
    for part in (method, path, *keys):
        digest.update(part.encode() + b"\x1f")
    digest.update(content)
    return digest.hexdigest()


def paired(resource: str, bodies: Sequence[Raw], elements: Sequence[Raw]) -> list[Raw | None]:
    """The element that answers each body: by position, unless ids or numbers say otherwise.

    That answers come in the order of the request is relied upon by everybody and promised nowhere
    (UNVERIFIED: FACTS X10).
    """
    if len(bodies) == len(elements):
        pairs = zip(bodies, elements, strict=True)
        if not any(_is_other(resource, body, element) for body, element in pairs):
            return list(elements)
    return [_named(resource, body, elements) for body in bodies]


def element_result(resource: str, element: Raw | None, body: Mapping[str, Any] = _NONE) -> Result:
    """The result of one body, by the element that answers it.

    A WARNING is applied: what Xero changed shows when the document is compared.
    """
    if element is None:
        return Unclear("the answer does not have this document")
    if faults.says_refused(element):
        return results.of_finding(faults.judge(faults.messages(element)))
    if element.get(ID_FIELD[resource]) in (None, "", ZERO_ID):
        return Unclear("the answer has no id for this document")
    wrong = not_what_was_sent(resource, body, element)
    return Unclear(wrong) if wrong else Applied(element)


def distinct(resource: str, told: Sequence[Result]) -> list[Result]:
    """The results of several bodies, each told by an id of its own."""
    field = ID_FIELD[resource]

    def new_id(each: Result) -> str:
        return str(each.raw[field]) if isinstance(each, Applied) else ""

    return results.distinct(told, new_id, Unclear)


def _is_other(resource: str, body: Mapping[str, Any], element: Mapping[str, Any]) -> bool:
    """Whether an element surely answers another body."""
    for field in (ID_FIELD[resource], NUMBER_FIELD[resource]):
        ours, theirs = body.get(field), element.get(field)
        if ours and theirs:
            return bool(ours != theirs)
    return False


def _named(resource: str, body: Mapping[str, Any], elements: Sequence[Raw]) -> Raw | None:
    for field in (ID_FIELD[resource], NUMBER_FIELD[resource]):
        if ours := body.get(field):
            return next((e for e in elements if e.get(field) == ours), None)
    return None


def _disconnected(reply: Reply) -> str:
    """403: the organisation is not connected, or the person lost the right to it (FACTS X5)."""
    content = reply.json()
    detail = content.get("Detail") if isinstance(content, dict) else ""
    return (
        f"Xero does not let this login into the organisation ({detail or 'HTTP 403'}). "
        f"Run: ledger-bridge connect xero"
    )
