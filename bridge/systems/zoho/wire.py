"""Zoho Books' URLs, and what its answers to writes and reads come to.

There is no key that keeps a repeated POST from making a second document (FACTS Z8), so a write
is sent once, and a reply that is lost is a doubt.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import urlencode

import msgspec

from bridge.errors import LoginRequired, QuestionRefused, TryLater
from bridge.systems import results
from bridge.systems.client import Client
from bridge.systems.pages import Pages
from bridge.systems.results import Applied, Raw, Result, Then, Unclear, Unsent
from bridge.systems.transport import Reply, Request, to_json
from bridge.systems.truth import flaw, untrue
from bridge.systems.zoho import faults
from bridge.systems.zoho.settings import Settings
from bridge.systems.zoho.shapes import NOTHING, SHAPES, Came, Rows, rows_of

PAGE = 200
"""The most that a page holds (FACTS Z28)."""
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class Listing(msgspec.Struct, frozen=True):
    """The address where documents of one sort are listed, and the names in its answers."""

    path: str
    rows: str
    """Name of the list in a listing's answer."""
    one: str
    """Name of the object in an answer about one."""
    id: str
    sort: str = "created_time"
    newest: str = "created_time"
    """What the newest rows are told first by."""


CONTACTS = Listing("contacts", "contacts", "contact", "contact_id")
INVOICES = Listing("invoices", "invoices", "invoice", "invoice_id")
NOTES = Listing("creditnotes", "creditnotes", "creditnote", "creditnote_id")
PAYMENTS = Listing("customerpayments", "customerpayments", "payment", "payment_id")
JOURNALS = Listing(
    "journals", "journals", "journal", "journal_id", "entry_number", "last_modified_time"
)
ACCOUNTS = Listing(
    "chartofaccounts", "chartofaccounts", "chart_of_account", "account_id", "account_name"
)
ITEMS = Listing("items", "items", "item", "item_id", "name")

ORGANIZATIONS = "organizations"


class Wire:
    """One organization's Zoho Books, call by call."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._root = settings.root
        self._organization = settings.company_id
        self._known = settings.documents_known

    def write(self, method: str, path: str, body: Raw | None = None, /, **options: str) -> Result:
        """Send one write, once."""
        request = Request(
            method=method,
            url=self._url(path, options),
            headers=_JSON,
            body=None if body is None else to_json(body),
        )
        return self._result(results.sent(self._client, request, metered=True))

    def get(self, path: str, /, **options: str) -> Raw | None:
        """The answer to a question; None when what it is about surely does not exist."""
        return self._told(path, options)

    def listed(self, path: str, rows: Rows, untold: Came, /, **options: str) -> Raw | None:
        """The answer to a question for a list whose rows are judged one by one: one that can not be
        true is left out, and noted in `untold` by its id and its name. Raises TryLater for more
        than a few."""
        return self._told(path, options, rows, untold)

    def _told(
        self, path: str, options: dict[str, str], rows: Rows | None = None, untold: Came = NOTHING
    ) -> Raw | None:
        request = Request(method="GET", url=self._url(path, options), headers={})
        reply = self._client.read(request, metered=True)
        content = reply.json()
        if isinstance(content, dict):
            if rows is not None:
                rows.keep_sound(content, untold)
            if wrong := flaw(content, SHAPES):
                raise untrue("Zoho", wrong)
        if faults.succeeded(reply, content):
            assert isinstance(content, dict)
            return content
        finding = faults.judge(reply, content)
        if finding.then is Then.GONE and reply.status == 404:
            return None
        if finding.then is Then.LOGIN:
            raise LoginRequired(f"{finding.reason} Run: ledger-bridge connect zoho")
        if finding.then is Then.REJECT:
            raise QuestionRefused(f"A question to Zoho was refused: {finding.reason}")
        raise TryLater(
            f"Zoho did not answer a question: {finding.reason}",
            retry_after_s=finding.wait_s or None,
        )

    def is_there(self) -> None:
        """Raise TryLater where Zoho answers nobody."""
        self.get(ORGANIZATIONS)

    def one(self, listing: Listing, external_id: str) -> Raw | None:
        """One object in full; None when it surely does not exist."""
        content = self.get(f"{listing.path}/{external_id}")
        if content is None:
            return None
        raw = content.get(listing.one)
        if not isinstance(raw, dict):
            raise TryLater(f"Zoho answered without {listing.one}.")
        if str(raw.get(listing.id)) != external_id:
            raise untrue("Zoho", f"it is about another {listing.one} than was asked for")
        return raw

    def rows(
        self, listing: Listing, untold: Came | None = None, /, **options: str
    ) -> Iterator[Raw]:
        """All rows of a listing, page by page, each once.

        Pages are numbers into a moving list: oldest first, so that what is added comes at the
        end. Filters may be ignored without a word (FACTS Z27): whoever asks compares every row.
        """
        seen: set[str] = set()
        pages = self.pages(listing)
        for number in itertools.count(1):
            before = len(seen)
            page, more = self.page(listing, number, untold, sort_order="A", **options)
            for raw in page:
                external_id = str(raw.get(listing.id))
                if external_id not in seen:
                    seen.add(external_id)
                    yield raw
            if not more:
                return
            pages.turn(len(seen) - before)

    def pages(self, listing: Listing) -> Pages:
        """The guard that ends one reading of a listing that has no end."""
        return Pages("Zoho", listing.path, self._known, PAGE)

    def page(
        self, listing: Listing, number: int, untold: Came | None = None, /, **options: str
    ) -> tuple[list[Raw], bool]:
        """One page of a listing, and whether there is another. With `untold`, a row that can not
        be true is left out, as in `listed`."""
        paged = {
            "page": str(number),
            "per_page": str(PAGE),
            "sort_column": listing.sort,
            **options,
        }
        if untold is None:
            content, before = self._told(listing.path, paged), 0
        else:
            before = len(untold)
            rows = Rows(listing.rows, listing.id, listing.sort)
            content = self._told(listing.path, paged, rows, untold)
            before = len(untold) - before
        if content is None:
            raise TryLater(f"Zoho answered without {listing.rows}.")
        page = rows_of(content, listing.rows, listing.id)
        told = more(content)
        return page, len(page) + before >= PAGE if told is None else told

    def _url(self, path: str, options: dict[str, str]) -> str:
        """Every call names the organization, except the one that asks for them (FACTS Z26)."""
        own = {} if path == ORGANIZATIONS else {"organization_id": self._organization}
        query = urlencode({**own, **options})
        return f"{self._root}/{path}{'?' if query else ''}{query}"

    def _result(self, answer: Reply | Unsent | Unclear) -> Result:
        """The result of a write; where it was applied, with the whole envelope."""
        if not isinstance(answer, Reply):
            return answer
        if limited := results.turned_away(self._client, answer):
            return limited
        content = answer.json()
        if isinstance(content, dict) and answer.status < 500 and (wrong := flaw(content, SHAPES)):
            return Unclear(f"the answer can not be true: {wrong}")
        if faults.succeeded(answer, content):
            return Applied(content)
        return results.of_finding(faults.judge(answer, content))


def more(content: Raw) -> bool | None:
    """Whether there is another page, by page_context, which the schema of invoices shows as a list;
    None where it does not say."""
    context = content.get("page_context")
    if isinstance(context, list):
        context = context[0] if context else None
    if isinstance(context, dict) and "has_more_page" in context:
        return context["has_more_page"] in (True, "true", 1)
    return None
