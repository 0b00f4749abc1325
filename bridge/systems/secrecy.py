"""The secrets that this process has held, taken out of whatever comes back.

A server, or a page that stands before it, may repeat what it was sent: headers in a fault's
details, a form in a debug page. What came back is kept in the state and shown to people.
"""

from __future__ import annotations

import html
import itertools
import re
import threading
from collections.abc import Mapping
from urllib.parse import quote

from requests.structures import CaseInsensitiveDict

SHORTEST = 8
"""Of fewer signs is no secret; as a word of a text it would be found everywhere."""
_HEAD = 16
"""By so many first signs a secret is known that was cut short."""
_HELD_MAX = 64
"""The newest ones: a process that runs for years has had thousands."""
_MARK = b"[redacted]"
_ESCAPED = "+/=&<>'\""


class Secrecy:
    """Secrets of one login: tokens, past ones too, and the app's own. Safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[bytes, ...]] = {}
        """Secret → the forms in which it may come back."""
        self._heads: dict[bytes, tuple[bytes, ...]] = {}
        """First signs → whole forms that begin so."""

    def hold(self, *secrets: str) -> None:
        """Know these from now on. What could be a number is never taken out of anything."""
        with self._lock:
            for secret in filter(_is_secret, secrets):
                if secret == next(reversed(self._held), ""):
                    continue
                self._held[secret] = self._held.pop(secret, ()) or _forms(secret)
                if len(self._held) > _HELD_MAX:
                    del self._held[next(iter(self._held))]
                self._heads = _by_head(self._held)

    def hold_authorization(self, value: str) -> None:
        """Know the credentials of a header: what follows the scheme."""
        self.hold(value.partition(" ")[2])

    def cleaned(self, body: bytes) -> bytes:
        for head, forms in self._heads.items():
            if head in body:
                body = _without(body, head, forms)
        return body

    def cleaned_text(self, text: str) -> str:
        raw = text.encode("utf-8", "surrogateescape")
        return self.cleaned(raw).decode("utf-8", "surrogateescape")

    def cleaned_headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        values = "\n".join(headers.values()).encode("utf-8", "surrogateescape")
        if not any(head in values for head in self._heads):
            return headers
        clean = {name: self.cleaned_text(value) for name, value in headers.items()}
        return CaseInsensitiveDict(clean)


def _is_secret(text: str) -> bool:
    return len(text) >= SHORTEST and any(each.isalpha() and each not in "eE" for each in text)


def _forms(secret: str) -> tuple[bytes, ...]:
    """The forms of a secret: as it is, and as addresses, forms, pages and JSON write it."""
    percent = quote(secret, safe="")
    forms = {
        secret,
        percent,
        re.sub("%..", lambda found: found[0].lower(), percent),
        secret.replace("/", "\\/"),
        secret.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in _ESCAPED}),
        secret.translate({ord(sign): f"\\u{ord(sign):04X}" for sign in _ESCAPED}),
        html.escape(secret),
    }
    return tuple(form.encode() for form in sorted(forms))


def _by_head(held: Mapping[str, tuple[bytes, ...]]) -> dict[bytes, tuple[bytes, ...]]:
    found: dict[bytes, tuple[bytes, ...]] = {}
    for forms in held.values():
        for form in forms:
            head = _head(form)
            found[head] = (*found.get(head, ()), form)
    return found


def _head(form: bytes) -> bytes:
    """The first signs, enough of them to be no number."""
    size = _HEAD
    while size < len(form) and not _is_secret(form[:size].decode("latin-1")):
        size += 1
    return form[:size]


def _without(body: bytes, head: bytes, forms: tuple[bytes, ...]) -> bytes:
    """The body without these forms, whole or cut short."""
    parts: list[bytes] = []
    done, at = 0, body.find(head)
    while at >= 0:
        parts += body[done:at], _MARK
        done = at + max(_alike(body, at, form) for form in forms)
        at = body.find(head, done)
    return b"".join((*parts, body[done:]))


def _alike(body: bytes, at: int, form: bytes) -> int:
    """The number of bytes of a form that stand there."""
    pairs = zip(body[at : at + len(form)], form, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
