"""The query language: text in, a checked question out (FACTS Q25)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from bridge.sandbox.quickbooks import faults, schema

MOST = 1000
USUAL = 100
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<op><=|>=|!=|<>|[=<>])|(?P<mark>[(),*])"
    r"|(?P<word>[A-Za-z0-9_.:+\-]+))"
)
_LATIN_1 = 0xFF
_TODAY = "CURRENT_DATE"
_OPERATORS = ("=", "<", ">", "<=", ">=")


@dataclass(frozen=True, slots=True)
class Condition:
    """A property, an operator and the values to compare with."""

    name: str
    operator: str
    values: tuple[str, ...]


@dataclass(slots=True)
class Question:
    """A query that has been understood and names only what may be named."""

    entity: str
    columns: list[str] = field(default_factory=list)
    count: bool = False
    conditions: list[Condition] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    start: int = 1
    most: int = USUAL


def parse(statement: str, signs: str = "accept", today: date | None = None) -> Question:
    """Read a statement, or refuse with 4000 (grammar) or 4001 (names and values). `signs` may say
    that those beyond Latin-1 are refused, as was reported up to 2021. CURRENT_DATE is `today`."""
    strange = next((sign for sign in statement if ord(sign) > _LATIN_1), "")
    if strange and signs == "refuse":
        column = statement.index(strange) + 1
        raise faults.query_syntax(f"Lexical error at line 1, column {column}. Encountered.")
    return _Parser(_tokens(statement), today).question()


def _tokens(statement: str) -> list[tuple[str, str]]:
    tokens, place = [], 0
    text = statement.rstrip().rstrip(";").rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            rest = text[place:].lstrip()
            column = place + 1
            raise faults.query_syntax(f'Encountered " "{rest[:1]}" "" at line 1, column {column}.')
        kind = str(found.lastgroup)
        tokens.append((kind, found.group(kind)))
        place = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], today: date | None) -> None:
        self._tokens = tokens
        self._today = today
        self._place = 0

    def question(self) -> Question:
        self._expect("SELECT")
        count, columns = self._columns()
        self._expect("FROM")
        entity = self._entity()
        question = Question(entity, count=count)
        question.columns = [self._column(entity, name) for name in columns]
        if self._take("WHERE"):
            question.conditions.append(self._condition(entity))
            while self._take("AND"):
                question.conditions.append(self._condition(entity))
        if self._take("ORDERBY") or (self._take("ORDER") and self._expect("BY")):
            question.order.append(self._ordering(entity))
            while self._take(","):
                question.order.append(self._ordering(entity))
        if self._take("STARTPOSITION"):
            question.start = self._count()
        if self._take("MAXRESULTS"):
            question.most = min(self._count(), MOST)
        if self._place < len(self._tokens):
            raise self._unexpected()
        return question

    def _columns(self) -> tuple[bool, list[str]]:
        names: list[str] = []
        if self._take("COUNT"):
            for mark in ("(", "*", ")"):
                self._expect(mark)
            return True, names
        while True:
            if not self._take("*"):
                names.append(self._word())
            elif "*" not in names:
                names.append("*")
            if not self._take(","):
                return False, names

    def _entity(self) -> str:
        name = self._word()
        entity = schema.BY_PATH.get(name.lower())
        if entity is None:
            raise faults.query_invalid(f"Invalid context declaration: {name}")
        return entity

    @staticmethod
    def _column(entity: str, name: str) -> str:
        if name == "*":
            return name
        found = schema.BY_PROPERTY[entity].get(name.lower())
        plain = found and (found in schema.QUERYABLE[entity] or not found.endswith("Addr"))
        if not found or not plain:
            raise faults.query_invalid(f"Property {name} not found for Entity {entity}")
        return found

    def _name(self, entity: str) -> str:
        name = self._word()
        found = schema.BY_PROPERTY[entity].get(name.lower())
        if not found:
            raise faults.query_invalid(f"Property {name} not found for Entity {entity}")
        if found not in schema.QUERYABLE[entity]:
            raise faults.query_invalid(f"property '{found}' is not queryable")
        return found

    def _condition(self, entity: str) -> Condition:
        name = self._name(entity)
        if self._take("IN"):
            self._expect("(")
            values = [self._value()]
            while self._take(","):
                values.append(self._value())
            self._expect(")")
            return Condition(name, "IN", tuple(values))
        if name != "Id" and self._take("LIKE"):
            return Condition(name, "LIKE", (self._value(),))
        kind, text = self._next()
        if kind != "op" or text not in _OPERATORS:
            self._place -= 1
            raise self._unexpected()
        if name == "Id" and text != "=":
            raise faults.query_invalid("property 'Id' can be compared by = and IN only")
        return Condition(name, text, (self._value(),))

    def _ordering(self, entity: str) -> tuple[str, bool]:
        name = self._name(entity)
        if self._take("DESC"):
            return name, True
        self._take("ASC")
        return name, False

    def _count(self) -> int:
        text = self._word()
        if not text.lstrip("-").isdigit():
            self._place -= 1
            raise self._unexpected()
        if int(text) < 1:
            raise faults.query_invalid(f"value {text} is too small. Min allowed value is 1")
        return int(text)

    def _value(self) -> str:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "word" and text.upper() == _TODAY and self._today is not None:
            return self._today.isoformat()
        if kind == "word":
            return text
        self._place -= 1
        raise self._unexpected()

    def _word(self) -> str:
        kind, text = self._next()
        if kind != "word":
            self._place -= 1
            raise self._unexpected()
        return text

    def _take(self, wanted: str) -> bool:
        if self._place < len(self._tokens):
            kind, text = self._tokens[self._place]
            if kind in ("word", "mark") and text.upper() == wanted:
                self._place += 1
                return True
        return False

    def _expect(self, wanted: str) -> bool:
        if not self._take(wanted):
            raise self._unexpected()
        return True

    def _next(self) -> tuple[str, str]:
        if self._place >= len(self._tokens):
            raise self._unexpected()
        self._place += 1
        return self._tokens[self._place - 1]

    def _unexpected(self) -> faults.Refused:
        rest = self._tokens[self._place :]
        seen = f'" "{rest[0][1]}" ""' if rest else '"<EOF>"'
        return faults.query_syntax(f"Encountered {seen} at line 1, token {self._place + 1}.")
