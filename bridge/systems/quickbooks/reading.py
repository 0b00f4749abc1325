"""Looking documents up in QuickBooks, in as few metered calls as it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.core.books import Customer, Document, Found, Kind, PostedDocument
from bridge.systems.judging import meant
from bridge.systems.quickbooks import queries
from bridge.systems.quickbooks.answers import payment_kind, posted
from bridge.systems.quickbooks.translate import ENTITY, NUMBER_FIELD, has_reference
from bridge.systems.quickbooks.wire import Wire
from bridge.systems.truth import asked_for, plain, untrue

_INACTIVE = " (deleted)"
"""QuickBooks puts this after the name of what is made inactive (FACTS Q20)."""

Raw = dict[str, Any]


def load(wire: Wire, kind: Kind, external_ids: Sequence[str]) -> dict[str, Raw]:
    """The objects as they are now, by id: one query for a hundred, not one GET for each."""
    found: dict[str, Raw] = {}
    for group in queries.chunks(external_ids):
        rows = wire.rows(ENTITY[kind], queries.among("Id", group))
        for raw in asked_for("QuickBooks", rows, ["Id"], group, str):
            if "SyncToken" not in raw:
                raise untrue("QuickBooks", f"a {ENTITY[kind]} without its SyncToken")
            found[raw["Id"]] = raw
    return found


def find(
    wire: Wire, kind: Kind, wanted: Sequence[Document], links: Mapping[str, str], home: str
) -> dict[str, Found]:
    """The documents of `wanted` that are in the books, by reference.

    Customers are searched by name, since notes can not be searched, and are ours only if their
    notes carry our reference. A customer renamed in the same moment as its post was lost is not
    found here; the key of the post then still protects against a second one.
    """
    if kind is Kind.CUSTOMER:
        candidates = _customers(wire, wanted)
    else:
        candidates = _numbered(wire, kind, wanted)
    found: dict[str, Found] = {}
    for document in wanted:
        ours = [posted(kind, raw, home) for raw in candidates.get(document.reference, ())]
        if one := meant(document, ours, links):
            found[document.reference] = one
    return found


def read(wire: Wire, kinds: Sequence[Kind], home: str) -> Iterator[PostedDocument]:
    """Every document of these kinds, page by page; payments once for both kinds of them."""
    for entity in dict.fromkeys(ENTITY[kind] for kind in kinds):
        for raw in wire.rows(entity):
            kind = kind_of(entity, raw)
            if kind in kinds:
                yield posted(kind, raw, home)


def kind_of(entity: str, raw: Raw) -> Kind:
    """Our kind for an object of the books."""
    if entity == "Payment":
        return payment_kind(raw)
    return next(kind for kind, name in ENTITY.items() if name == entity)


def _numbered(wire: Wire, kind: Kind, wanted: Sequence[Document]) -> dict[str, list[Raw]]:
    field = NUMBER_FIELD[kind]
    found: dict[str, list[Raw]] = {}
    for group in queries.chunks([document.reference for document in wanted]):
        rows = wire.rows(ENTITY[kind], queries.among(field, group))
        for raw in asked_for("QuickBooks", rows, [field], group, plain):
            found.setdefault(raw.get(field, ""), []).append(raw)
    return found


def _customers(wire: Wire, wanted: Sequence[Document]) -> dict[str, list[Raw]]:
    by_name: dict[str, list[Customer]] = {}
    for document in wanted:
        assert isinstance(document, Customer), document.reference
        by_name.setdefault(plain(document.name), []).append(document)
    names = [d.name for documents in by_name.values() for d in documents]
    found: dict[str, list[Raw]] = {}
    for group in queries.chunks(names, queries.IN_MAX // 2):
        both = [*group, *(name + _INACTIVE for name in group)]
        for raw in wire.rows("Customer", queries.among("DisplayName", both)):
            # QuickBooks compares so, it seems (UNVERIFIED: FACTS Q21).
            name = plain(raw.get("DisplayName", "").removesuffix(_INACTIVE))
            for document in by_name.get(name, ()):
                if has_reference(raw.get("Notes"), document.reference):
                    found.setdefault(document.reference, []).append(raw)
    return found
