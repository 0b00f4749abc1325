"""The lines that `doctor` says of what is in a company's books already."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bridge.cli.doctor_lines import Line
from bridge.cli.languages import of_terminal
from bridge.core.books import Chart
from bridge.core.mapping.mapping_file import BooksMapping
from bridge.core.message import message
from bridge.core.money import text
from bridge.pipeline.context import Books, System
from bridge.pipeline.principal import last_seen, principal_items
from bridge.report.details import plainly
from bridge.report.texts import texts
from bridge.store import Store


def principal(store: Store, books: Books[System], chart: Chart) -> Iterator[Line]:
    """Whether principal that was lent is income in the live books."""
    topic, words = f"{books.name} principal", texts(of_terminal())
    items, _ = principal_items(books, chart, last_seen(store, books))
    for item in items:
        amount = f"{item.amount:f} {item.currency}, " if item.amount else ""
        entry = f"{item.document} {item.reference}, {item.books}: " if item.document else ""
        yield Line(
            topic=topic,
            state="problem",
            finding=f"{words.cause(item.cause)} {entry}{amount}{plainly(item.detail, words)}.",
            advice=words.of("actions", item.action),
            exit_code=1,
        )
    if not items:
        yield Line(topic=topic, finding=message("principal_good"))


def stamped(store: Store, books: Books[System]) -> Iterator[Line]:
    """Documents of ours that a tax office knows, as the books were read last."""
    found = []
    with store.read() as work:
        for document in work.mirror.documents(books.id):
            if not document.stamp:
                continue
            known = (books.id, document.kind, document.external_id)
            if work.bindings.by_external_id(*known) is not None:
                found.append(document)
    if not found:
        return
    sums: dict[str, Decimal] = {}
    for document in found:
        sums[document.currency] = sums.get(document.currency, Decimal(0)) + document.total
    worth = ", ".join(f"{text(amount, code)} {code}" for code, amount in sorted(sums.items()))
    first = found[0]
    yield Line(
        topic=f"{books.name} electronic invoices of ours",
        state="problem",
        finding=message(
            "stamped_found", count=len(found), worth=worth, number=first.number, stamp=first.stamp
        ),
        advice=message("stamped_stop"),
        exit_code=1,
    )


def currencies(name: str, mapping: BooksMapping, chart: Chart) -> Iterator[Line]:
    """Loans in a currency that the company does not take."""
    company = chart.company
    foreign = [code for code in mapping.currencies if code != company.home_currency]
    if foreign and not company.multicurrency:
        yield Line(
            topic=f"{name} currencies",
            state="warning",
            finding=message("multicurrency_off", currencies=", ".join(foreign)),
            advice=message("multicurrency_ask"),
        )
