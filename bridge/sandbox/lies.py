"""Answers that are not true: a field with another value, two of them exchanged, a body of choice.

What is changed is what the face truly answered, so that everything else of it is as it should be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from bridge.sandbox.wire import Request, Response, decode, encode

KINDS = ("lie", "echo")
HOW = ("set", "drop", "swap", "repeat")


class Lie:
    """One change of a true answer: `how`, to every value (or the `which`th) under the name `field`.

    `set` gives it `value`; `drop` leaves the field out; `swap` exchanges the values of the first
    two places; `repeat` makes a list twice as long. `status` and `headers` replace or add to the
    answer's own; `value` may be any JSON.
    """

    def __init__(self, wish: dict[str, Any]) -> None:
        self.field = str(wish.get("field", ""))
        self.how = str(wish.get("how", "set"))
        self.value = wish.get("value")
        self.which = int(wish.get("which", 0))
        self.status = int(wish.get("status", 0))
        self.headers = headers(wish)
        if self.how not in HOW:
            raise ValueError(f"how must be one of {', '.join(HOW)}")
        if self.status and not 200 <= self.status <= 599:
            raise ValueError("status must be between 200 and 599")

    def told(self, kind: str, request: Request, response: Response) -> Response:
        """The answer that is given in the place of the true one."""
        status = self.status or response.status
        told = replace(response, status=status, headers={**response.headers, **self.headers})
        if kind == "echo":
            return replace(told, body=_echo(request, response))
        try:
            content = decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return told
        self._change(list(_places(content, self.field)))
        return replace(told, body=encode(content))

    def _change(self, places: list[dict[str, Any]]) -> None:
        if self.which:
            places = places[self.which - 1 : self.which]
        name = self.field
        if self.how == "swap":
            if len(places) > 1:
                one, other = places[:2]
                one[name], other[name] = other[name], one[name]
            return
        for place in places:
            if self.how == "drop":
                del place[name]
            elif self.how == "set":
                place[name] = self.value
            elif isinstance(place[name], list):
                place[name] = place[name] * 2


def headers(wish: dict[str, Any]) -> dict[str, str]:
    """The headers that are wished for; raises ValueError when they are no object."""
    wanted = wish.get("headers", {})
    if not isinstance(wanted, dict):
        raise ValueError("headers must be an object")
    return {str(name): str(value) for name, value in wanted.items()}


def _places(content: Any, name: str) -> Iterator[dict[str, Any]]:
    """The objects that have a field of this name, outer ones first."""
    if isinstance(content, list):
        for each in content:
            yield from _places(each, name)
    if isinstance(content, dict):
        if name in content:
            yield content
        for each in content.values():
            yield from _places(each, name)


def _echo(request: Request, response: Response) -> bytes:
    """The answer with everything that was sent in every text of it, the login first, since a long
    text may be cut: what a debug page shows."""
    headers = sorted(request.headers.items(), key=lambda each: each[0].lower() != "authorization")
    sent = " ".join(f"{name}: {value}" for name, value in headers)
    sent += " " + request.body.decode("utf-8", "replace")
    try:
        content = decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return response.body + sent.encode()
    for place in list(_objects(content)):
        for name, value in place.items():
            if name in _SAID and isinstance(value, str):
                place[name] = f"{value} {sent}"
    return encode(content)


_SAID = frozenset(
    {"Message", "Detail", "message", "error_description", "PrivateNote", "Notes", "Reference"}
    | {"notes", "description", "Description", "error"}
)
"""Fields in which services repeat what they were sent."""


def _objects(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        yield content
    for each in content.values() if isinstance(content, dict) else content or ():
        if isinstance(each, dict | list):
            yield from _objects(each)
