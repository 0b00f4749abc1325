"""Questions to a person at the keyboard: each asked again until its answer can be used."""

from __future__ import annotations

from collections.abc import Callable

from bridge.cli.init_words import WORDS
from bridge.cli.languages import Language
from bridge.cli.output import Output
from bridge.errors import UsageError

ASKED_MAX = 5
_UNREADABLE = "\ufffd"

Reader = Callable[[str], str]
"""A usable answer in its right form. Raises Unusable with the words for the person."""


class Unusable(ValueError):
    """An answer that cannot be used; its text says why and what would be right."""


class Questions:
    """Asks in the person's language, which may change with an answer."""

    def __init__(self, out: Output, language: Language) -> None:
        self.language: Language = language
        self._out = out

    def words(self, key: str, **values: str) -> str:
        return WORDS[self.language][key].format(**values)

    def say(self, key: str, **values: str) -> None:
        self._out.say(self.words(key, **values))

    def ask(self, question: str, default: str, read: Reader) -> str:
        """The answer; an empty one takes the default. Raises UsageError when none can be used."""
        for _ in range(ASKED_MAX):
            self._out.say(f"{question} [{default}]:" if default else f"{question}:")
            try:
                answer = input().strip()
            except EOFError as error:
                raise UsageError(self.words("ended")) from error
            if not answer:
                return default
            if _UNREADABLE in answer or not answer.isprintable():
                self._out.say(f"  {self.words('bad_text')}")
                continue
            try:
                return read(answer)
            except Unusable as mistake:
                self._out.say(f"  {mistake}")
        raise UsageError(self.words("gave_up", question=question.rstrip(".")))
