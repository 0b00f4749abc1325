"""QuickBooks' URLs, and what its answers to writes and reads come to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from bridge.errors import LoginRequired, QuestionRefused, TryLater
from bridge.systems import results
from bridge.systems.client import Client
from bridge.systems.pages import Pages
from bridge.systems.quickbooks import faults, queries
from bridge.systems.quickbooks.settings import Settings
from bridge.systems.quickbooks.shapes import SHAPES, not_what_was_sent, rows_of
from bridge.systems.results import Applied, Raw, Result, Then, Unclear, Unsent
from bridge.systems.throttle import Throttle
from bridge.systems.transport import Reply, Request, to_json
from bridge.systems.truth import INSTANT, flaw, untrue

MINOR_VERSION = "75"
"""Everything older is ignored since 2025-08-01 (FACTS Q37)."""

_JSON = {"Content-Type": "application/json", "Accept": "application/json"}
_TEXT = {"Content-Type": "application/text", "Accept": "application/json"}
_OVERLAP = 10
"""Rows of a page that are read again with the next one, to notice that rows have moved."""


class Wire:
    """One company's QuickBooks, call by call."""

    def __init__(self, client: Client, settings: Settings, batches: Throttle) -> None:
        self._client = client
        self._batches = batches
        self._known = settings.documents_known
        self._root = f"{settings.base_url.rstrip('/')}/v3/company/{settings.company_id}"
        self.server_time = ""
        """`time` of the latest answer to a read."""

    # ── writes ───────────────────────────────────────────────────────────────────────────────

    def write(self, entity: str, body: Raw, key: str, **options: str) -> Result:
        """Create, update, void or delete one object: a free call with its own requestid.

        requestid: at most 50 characters; sent always, trusted never alone (FACTS Q10).
        """
        assert len(key) <= 50, f"requestid too long: {key}"
        request = Request(
            method="POST",
            url=self._url(entity.lower(), requestid=key, **options),
            headers=_JSON,
            body=to_json(body),
        )
        return self._result(results.sent(self._client, request), entity, body)

    def write_batch(self, entity: str, bodies: Sequence[Raw], keys: Sequence[str]) -> list[Result]:
        """Create objects in one metered call; answers are matched by bId, not by place (FACTS Q28).

        A batch's requestid has at most 36 characters, and then every bId at most 10 (FACTS Q10).
        """
        items: list[Raw] = [
            {"bId": f"i{index}", "operation": "create", entity: body}
            for index, body in enumerate(bodies)
        ]
        digest = hashlib.blake2b("\n".join(keys).encode(), digest_size=16).hexdigest()
        request = Request(
            method="POST",
            url=self._url("batch", requestid=digest),
            headers=_JSON,
            body=to_json({"BatchItemRequest": items}),
        )
        answer = results.sent(self._client, request, metered=True, lane=self._batches)
        content = answer.json() if isinstance(answer, Reply) and answer.ok else None
        responses = content.get("BatchItemResponse") if isinstance(content, dict) else None
        if not isinstance(answer, Reply) or content is None or not responses:
            count = len(bodies)
            return [results.one_of(count, self._result(answer, entity, body)) for body in bodies]
        if wrong := flaw(content, SHAPES) or _misnumbered(items, responses):
            return [Unclear(f"the batch's answer can not be true: {wrong}")] * len(bodies)
        self._note_time(content)
        by_id = {item["bId"]: item for item in responses}
        return [_item_result(by_id.get(item["bId"]), entity, item[entity]) for item in items]

    # ── reads (all metered) ──────────────────────────────────────────────────────────────────

    def query(self, statement: str) -> Raw:
        """The QueryResponse of one statement. Posted, so that its length does not matter."""
        request = Request(
            method="POST", url=self._url("query"), headers=_TEXT, body=statement.encode()
        )
        return self._part(self._read(request), "QueryResponse")

    def query_batch(self, statements: Sequence[str]) -> list[Raw | None]:
        """The QueryResponses of several statements in one call; None for one refused."""
        items = [{"bId": f"q{n}", "Query": text} for n, text in enumerate(statements)]
        request = Request(
            method="POST",
            url=self._url("batch"),
            headers=_JSON,
            body=to_json({"BatchItemRequest": items}),
        )
        content = self._read(request, self._batches)
        answered = content.get("BatchItemResponse") or []
        if wrong := _misnumbered(items, answered):
            raise untrue("QuickBooks", wrong)
        if len(answered) != len(items):
            raise TryLater("QuickBooks answered a batch of queries in part.")
        responses = {item["bId"]: item for item in answered}
        return [_query_response(responses[item["bId"]]) for item in items]

    def get(self, path: str, **options: str) -> Raw:
        """The body of a plain GET."""
        return self._read(Request(method="GET", url=self._url(path, **options), headers={}))

    def get_part(self, path: str, name: str) -> Raw:
        """The one object that a plain GET is about."""
        return self._part(self.get(path), name)

    def is_there(self) -> None:
        """Raise TryLater where QuickBooks answers nobody."""
        self.get_part("preferences", "Preferences")

    def rows(self, entity: str, *conditions: str) -> Iterator[Raw]:
        """All rows of a query, page by page.

        Pages are offsets into a moving list. Each page repeats the last rows of the one before;
        when the last row seen is not among them, rows were lost sight of and TryLater is raised.
        """
        start, last = 1, ""
        pages = Pages("QuickBooks", entity, self._known, queries.PAGE)
        while True:
            statement = queries.select(entity, *conditions, start=start)
            page = rows_of(self.query(statement), entity)
            # A row that is told twice is told once; that it says the same is judged already.
            fresh = _after(last, list({raw["Id"]: raw for raw in page}.values()))
            yield from fresh
            if len(page) < queries.PAGE:
                return
            last = page[-1]["Id"]
            start += len(page) - _OVERLAP
            pages.turn(len(fresh))

    # ── inside ───────────────────────────────────────────────────────────────────────────────

    def _url(self, path: str, **options: str) -> str:
        return f"{self._root}/{path}?{urlencode({'minorversion': MINOR_VERSION, **options})}"

    def _read(self, request: Request, lane: Throttle | None = None) -> Raw:
        reply = self._client.read(request, metered=True, lane=lane)
        content = reply.json()
        if isinstance(content, dict) and (wrong := flaw(content, SHAPES)):
            raise untrue("QuickBooks", wrong)
        found = faults.faults_of(reply)
        if found:
            finding = faults.judge(found)
            if finding.then is Then.LOGIN:
                raise LoginRequired(f"{finding.reason} Run: ledger-bridge connect quickbooks")
            raise QuestionRefused(f"A question to QuickBooks was refused: {finding.reason}")
        if not reply.ok or not isinstance(content, dict):
            raise TryLater(f"QuickBooks answered HTTP {reply.status} and nothing readable.")
        self._note_time(content)
        return content

    def _note_time(self, content: Raw) -> None:
        """The product's own clock, as of its latest answer."""
        told = content.get("time")
        if told and INSTANT.fits(told):  # samples have "..." there; without it the last one counts
            self.server_time = told

    def _part(self, content: Raw, name: str) -> Raw:
        part = content.get(name)
        if not isinstance(part, dict):
            raise TryLater(f"QuickBooks answered without {name}.")
        return part

    def _result(self, answer: Reply | Unsent | Unclear, entity: str, body: Raw) -> Result:
        """The result of a write. An answer that can not be true says nothing of it."""
        if not isinstance(answer, Reply):
            return answer
        if limited := results.turned_away(self._client, answer):
            return limited
        content = answer.json()
        trace = self._client.trace(answer)
        if answer.status >= 500:
            return Unclear(f"HTTP {answer.status} (intuit_tid {trace})")
        if isinstance(content, dict) and (wrong := flaw(content, SHAPES)):
            return Unclear(f"the answer can not be true: {wrong} (intuit_tid {trace})")
        if found := faults.faults_of(answer):
            return results.of_finding(faults.judge(found))
        raw = content.get(entity) if isinstance(content, dict) else None
        if answer.ok and isinstance(raw, dict):
            if wrong := not_what_was_sent(body, raw):
                return Unclear(f"{wrong} (intuit_tid {trace})")
            self._note_time(content)
            return Applied(raw)
        return Unclear(f"HTTP {answer.status} without {entity} (intuit_tid {trace})")


def _misnumbered(items: Sequence[Raw], answered: Sequence[Raw]) -> str:
    """The fault in the numbers of a batch's answer: each is one of ours, and comes once."""
    ours = {item["bId"] for item in items}
    told = [item.get("bId") for item in answered]
    if len(set(told)) != len(told) or not ours.issuperset(told):
        return "its bId are not those that were sent, each once"
    ids = [
        (name, value["Id"])
        for item in answered
        for name, value in item.items()
        if isinstance(value, dict) and value.get("Id")
    ]
    return "two of its items are one object" if len(set(ids)) != len(ids) else ""


def _query_response(item: Raw) -> Raw | None:
    """The answer to one query of a batch; None for one refused."""
    part = item.get("QueryResponse")
    if isinstance(part, list):
        raise untrue("QuickBooks", "QueryResponse is not an object")
    return part


def _item_result(item: Raw | None, entity: str, body: Raw) -> Result:
    """The result of one item of a batch."""
    if item is None:
        return Unclear("the batch answered without this item")
    if found := faults.faults_in(item):
        return results.of_finding(faults.judge(found))
    raw = item.get(entity)
    if isinstance(raw, dict):
        wrong = not_what_was_sent(body, raw)
        return Unclear(wrong) if wrong else Applied(raw)
    return Unclear(f"the batch item came back without {entity}")


def _after(last: str, page: list[Raw]) -> list[Raw]:
    """The rows of a page that follow the last one seen."""
    if not last:
        return page
    for index, raw in enumerate(page):
        if raw["Id"] == last:
            return page[index + 1 :]
    raise TryLater("Documents were removed in QuickBooks while they were being read.")
