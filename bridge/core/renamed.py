"""Codes and subjects as they were called once, in today's words.

The first ledger's tables gave them their names: `debt.orphan`, `debtor:11`. States, lists and
commands of that time still have those; whatever carries a code or a subject says it in the
glossary's words from when it is made or read (`loan.orphan`, `borrower:11`).
"""

from __future__ import annotations

import msgspec

_WORDS = {"debt": "loan", "debtor": "borrower"}
"""What stands before the point of a code or the colon of a subject: then → now."""
_CODES = {
    "debtor.without_debts": "borrower.without_loans",
    "movement.before_debt": "movement.before_loan",
}
_THEN = {now: then for then, now in _CODES.items()}
_WORDS_THEN = {now: then for then, now in _WORDS.items()}
_NEVER = frozenset({"loan.held"})
"""Codes that begin so and were always called so."""


def now(name: str) -> str:
    """A code or subject as it is called today."""
    if not name.startswith(("debt", "movement.b")):
        return name
    return _CODES.get(name) or _renamed(name, _WORDS)


def then(name: str) -> str:
    """A code or subject as it was called at first: what a task's id is made of, so that a person's
    answer to one stays that."""
    if name in _NEVER:
        return name
    return _THEN.get(name) or _renamed(name, _WORDS_THEN)


def in_words_of_now(value: msgspec.Struct, *fields: str) -> None:
    """Say these fields of a value that is just made in today's words."""
    for field in fields:
        told = getattr(value, field)
        said = now(told)
        if said is not told:
            msgspec.structs.force_setattr(value, field, said)


def _renamed(name: str, words: dict[str, str]) -> str:
    for sign in ".:":
        word, found, rest = name.partition(sign)
        if found and word in words:
            return f"{words[word]}{sign}{rest}"
    return name
