"""OpenAPI files as judges of requests and answers.

Stricter than a JSON Schema validator: a name that is not described is a violation, so are a query
parameter or header of ours that is not declared, a field of a request that is only answered, and
limits that a description has in words ("Max-length [100]", "Allowed Values").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import yaml

from tests.contract.exchanges import Exchange, Violation, decoded
from tests.contract.scalars import (
    Schema,
    Spot,
    base_type,
    check_scalar,
    in_words,
    is_a,
    kind_of_parts,
    typed,
    variants,
)

SPECS = Path(__file__).parents[1] / "data" / "specs"


def words(text: str) -> list[str]:
    """The words of a text, for tables that are easier to read so."""
    return text.split()


METHODS = ("get", "put", "post", "delete", "patch")
OF_HTTP = frozenset(
    words("host accept accept-encoding user-agent content-type content-length authorization")
)
"""Headers that HTTP itself defines; any other must be declared."""


@dataclass(frozen=True)
class Operation:
    """One described call."""

    description: Description
    template: str
    method: str
    path_values: Mapping[str, str]

    @property
    def raw(self) -> Schema:
        found: Schema = self.description.document["paths"][self.template][self.method]
        return found

    @property
    def name(self) -> str:
        return f"{self.description.prefix}{self.method.upper()} {self.template}"

    def parameters(self, place: str) -> dict[str, Schema]:
        """Those of one place (query, header, path) by name, variants told in words included."""
        shared = self.description.document["paths"][self.template].get("parameters") or ()
        found: dict[str, Schema] = {}
        for each in (*shared, *(self.raw.get("parameters") or ())):
            parameter = self.description.resolved(each)
            if parameter["in"] == place:
                found[parameter["name"]] = parameter
                for variant in variants(parameter):
                    found[variant] = parameter
        return found


@dataclass(frozen=True)
class Description:
    """One OpenAPI file. `prefix` goes before its names, where several files describe a product."""

    document: Mapping[str, Any]
    prefix: str = ""
    required_is_true: bool = True
    """False for files whose `required` is known to be wrong in answers."""
    any_case: bool = False
    """Whether paths are taken in capitals and small letters alike."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Name on the wire → name in the file, where a list is called otherwise."""
    wrapped: frozenset[str] = frozenset()
    """Names that answers put around what the file describes without one."""

    def operation(self, method: str, path: str) -> Operation | None:
        """The described call that a request is: of several, the one with most fixed words."""
        parts = path.strip("/").split("/")
        best: tuple[int, Operation] | None = None
        for template, methods in self.document["paths"].items():
            names = template.strip("/").split("/")
            if method.lower() not in methods or len(names) != len(parts):
                continue
            values: dict[str, str] = {}
            fixed = 0
            for name, part in zip(names, parts, strict=True):
                if name.startswith("{"):
                    values[name[1:-1]] = unquote(part)
                elif name.startswith("("):  # a pattern, in one of Zoho's files
                    if not re.fullmatch(name, part):
                        break
                elif name == part or (self.any_case and name.lower() == part.lower()):
                    fixed += 1
                else:
                    break
            else:
                made = Operation(self, template, method.lower(), values)
                fixed = fixed * 2 + self._fits_path(made)
                if best is None or fixed > best[0]:
                    best = (fixed, made)
        return best[1] if best else None

    def _fits_path(self, operation: Operation) -> bool:
        return not any(path_violations(operation))

    def resolved(self, schema: Schema) -> Schema:
        return self.named(schema)[1]

    def named(self, schema: Schema) -> tuple[str, Schema]:
        """The schema behind a reference, and the name by which it was referred to."""
        name = ""
        while "$ref" in schema:
            reference = schema["$ref"].removeprefix("#/")
            name = reference.rsplit("/", 1)[-1]
            found: Any = self.document
            for part in reference.split("/"):
                found = found[part]
            schema = found
        return name, schema

    # ── values ───────────────────────────────────────────────────────────────────────────────

    def check(self, schema: Schema, value: Any, spot: Spot) -> Iterator[Violation]:
        """What of a decoded value the schema does not allow."""
        name, schema = self.named(schema)
        kind = schema.get("type") or ("object" if schema.get("properties") else "")
        if name and kind in ("object", "array") and (kind == "object" or not spot.way):
            spot = spot.at(f"{self.prefix}{name}")
        if kind and not is_a(value, kind):
            yield spot.wrong("type", f"{value!r} is not a {kind}")
            if not {kind, kind_of_parts(value)} <= {"array", "object"}:
                return
            # One for many, or many for one: what is inside is described all the same.
            schema = {"items": schema} if kind == "object" else self.resolved(schema["items"])
        if isinstance(value, dict):
            yield from self._check_fields(schema, value, spot)
        elif isinstance(value, list):
            for each in value:
                yield from self.check(schema.get("items") or {}, each, spot)
        elif kind:
            yield from check_scalar(schema, value, spot)

    def _check_fields(
        self, schema: Schema, value: Mapping[str, Any], spot: Spot
    ) -> Iterator[Violation]:
        if "properties" not in schema:
            if schema:  # {} says nothing at all about a value
                yield from (spot.inside(n).wrong("not described", n) for n in value)
            return
        properties = schema["properties"]
        if spot.side == "request" or self.required_is_true:
            for name in schema.get("required") or ():
                if name not in value:
                    yield spot.inside(name).wrong("required", "is not there")
        for name, each in value.items():
            inner = spot.inside(name)
            if name not in properties:
                yield inner.wrong("unknown", each)
                if name in self.wrapped:
                    yield from self.check(schema, each, spot)
                    continue
                name = dict(self.renamed).get(name, "")
            if name not in properties:
                continue
            if spot.side == "request" and self.resolved(properties[name]).get("readOnly"):
                yield inner.wrong("read only", each)
            yield from self.check(properties[name], each, inner)

    # ── calls ────────────────────────────────────────────────────────────────────────────────

    def request(self, exchange: Exchange, operation: Operation) -> Iterator[Violation]:
        """What of a request is not as described."""
        yield from path_violations(operation)
        yield from query_violations(operation, exchange.query)
        yield from header_violations(operation, exchange.headers)
        described = self.resolved(operation.raw.get("requestBody") or {}).get("content")
        spot = Spot("request", operation.name)
        if not exchange.body:
            if described and operation.raw["requestBody"].get("required"):
                yield spot.wrong("required", "has no body")
            return
        content_type = base_type(exchange.headers.get("content-type", ""))
        if not described or content_type not in described:
            yield spot.wrong("content type", content_type or "none")
            return
        yield from self._content(described[content_type], exchange.body, content_type, spot)

    def answer(self, exchange: Exchange, operation: Operation) -> Iterator[Violation]:
        """What of an answer is not as described."""
        responses = {str(status): r for status, r in operation.raw["responses"].items()}
        spot = Spot("answer", operation.name)
        status = str(exchange.status)
        response = responses.get(status) or responses.get("default")
        if response is None:
            yield spot.inside(status).wrong("status", exchange.answer[:120])
            return
        described = self.resolved(response).get("content") or {}
        content_type = base_type(exchange.answer_type)
        if not exchange.answer and not described:
            return
        if content_type not in described:
            yield spot.inside(status).wrong("content type", content_type or "none")
            return
        yield from self._content(described[content_type], exchange.answer, content_type, spot)

    def _content(
        self, described: Schema, content: bytes, content_type: str, spot: Spot
    ) -> Iterator[Violation]:
        if content_type == "application/x-www-form-urlencoded":
            value: Any = dict(parse_qsl(content.decode("utf-8"), keep_blank_values=True))
        else:
            value = decoded(content)
        yield from self.check(described["schema"], value, spot)


@cache
def load(
    name: str,
    prefix: str = "",
    *,
    required_is_true: bool = True,
    any_case: bool = False,
    renamed: tuple[tuple[str, str], ...] = (),
    wrapped: frozenset[str] = frozenset(),
) -> Description:
    """A description among the official files, or beside this module."""
    path = SPECS / name if (SPECS / name).exists() else Path(__file__).with_name(name)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(path.read_text(encoding="utf-8"), loader)
    return Description(document, prefix, required_is_true, any_case, renamed, wrapped)


# ── parts of a request ───────────────────────────────────────────────────────────────────────


def path_violations(operation: Operation) -> Iterator[Violation]:
    spot = Spot("request", operation.name)
    parameters = operation.parameters("path")
    for name, value in operation.path_values.items():
        schema = operation.description.resolved(parameters.get(name, {}).get("schema") or {})
        yield from check_scalar(schema, typed(schema, value), spot.inside(f"{{{name}}}"))


def query_violations(operation: Operation, query: Sequence[tuple[str, str]]) -> Iterator[Violation]:
    spot = Spot("request", operation.name)
    parameters = operation.parameters("query")
    given = dict(query)
    if len(given) != len(query):
        yield spot.wrong("query", f"a parameter is there twice: {query}")
    for name, parameter in parameters.items():
        if parameter.get("required") and name not in given:
            yield spot.inside(f"?{name}").wrong("required", "is not there")
    for name, value in given.items():
        inner = spot.inside(f"?{name}")
        if name not in parameters:
            yield inner.wrong("unknown", value)
            continue
        schema = operation.description.resolved(parameters[name].get("schema") or {})
        if schema.get("type") == "array":
            for each in value.split(","):
                yield from operation.description.check(schema["items"], each, inner)
            continue
        yield from operation.description.check(schema, typed(schema, value), inner)
        yield from in_words(parameters[name], value, inner)


def header_violations(operation: Operation, headers: Mapping[str, str]) -> Iterator[Violation]:
    spot = Spot("request", operation.name)
    declared = {n.lower(): p for n, p in operation.parameters("header").items()}
    for name, parameter in declared.items():
        if parameter.get("required") and name not in headers:
            yield spot.inside(f"header {name}").wrong("required", "is not there")
    for name, value in headers.items():
        if name in declared:
            yield from in_words(declared[name], value, spot.inside(f"header {name}"))
        elif name not in OF_HTTP:
            yield spot.inside(f"header {name}").wrong("unknown", value)
