"""One API call on its way through: what it asks, and the few things that every handler needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bridge.sandbox.wire import Request
from bridge.sandbox.zoho import reading
from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.listing import found
from bridge.sandbox.zoho.organization import Organization
from bridge.sandbox.zoho.paging import page
from bridge.sandbox.zoho.tables import Row

MOST_IDS = 200


@dataclass(slots=True)
class Call:
    """A request inside an organization; `ids` are the parts of the path that vary."""

    org: Organization
    request: Request
    ids: list[str] = field(default_factory=list)

    @property
    def asked(self) -> dict[str, str]:
        return self.request.query

    def body(self, resource: str) -> Row:
        return reading.checked(self.org.settings, resource, reading.body_of(self.request))

    def raw(self) -> Any:
        return reading.body_of(self.request)

    def flag(self, name: str) -> bool:
        return reading.boolean(self.asked.get(name, ""), name)

    def many(self, name: str) -> list[str]:
        """Return the ids of a call for several objects."""
        ids = [each.strip() for each in self.asked.get(name, "").split(",") if each.strip()]
        if not ids or len(ids) > MOST_IDS:
            raise refused(4, name)
        return ids

    def page(self, name: str, key: str, show: Callable[[Organization, Row], Row]) -> Row:
        """Return a page of a list."""
        rows = found(self.org, name, self.asked)
        return page(self.org, name, key, rows, self.asked, lambda row: show(self.org, row))


@dataclass(slots=True)
class Answer:
    """The answer of a handler, without the envelope."""

    content: Row = field(default_factory=dict)
    message: str = "success"
    status: int = 200


Handler = Callable[[Call], Answer]


def told(message: str) -> Answer:
    return Answer({}, message)


def created(content: Row, message: str) -> Answer:
    return Answer(content, message, 201)
