"""`mappings accounts|preview|explain`: a mapping beside the chart of accounts and the ledger."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from bridge import wiring
from bridge.cli.lookup import numbered
from bridge.cli.output import Output
from bridge.cli.session import chosen, open_settings
from bridge.core.books import Chart, Document, Transaction
from bridge.core.change.remapping import changes, is_closed, remapped
from bridge.core.identity import base_reference
from bridge.core.ledger import LoanFile
from bridge.core.loan.translate import translate
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.clearing import mixed
from bridge.core.mapping.untaxed import taxed_items
from bridge.core.message import Message, message
from bridge.core.money import text
from bridge.errors import ConfigurationError, Problem, UsageError
from bridge.pipeline.context import Books, Dry
from bridge.pipeline.intake import take_in
from bridge.pipeline.plan import booking_of
from bridge.report.details import english
from bridge.settings import Settings
from bridge.store.store import Work
from bridge.systems.base import AccountingReader

Reading = Books[AccountingReader]


def accounts(arguments: Namespace, out: Output) -> int:
    """The lists that a mapping may name, of one system or of all."""
    loaded = open_settings(arguments)
    with wiring.open_dry(loaded, chosen(arguments, loaded)) as bridge:
        charts = {name: books.system.chart() for name, books in bridge.books.items()}
    if out.json:
        out.document({name: _chart(chart) for name, chart in charts.items()})
    for name, chart in charts.items():
        out.line(
            message(
                "company_in",
                system=name,
                company=chart.company.name,
                currency=chart.company.home_currency,
            )
        )
        out.table(
            ("id", "number", "account", "class", "type", "currency", ""),
            [
                (a.id, a.number, a.name, a.classification, a.type, a.currency, _off(a.active))
                for a in chart.accounts
            ],
        )
        names = {account.id: account.name for account in chart.accounts}
        if chart.items:
            out.line()
            items = [
                (i.id, i.name, names.get(i.account_id, ""), _off(i.active)) for i in chart.items
            ]
            out.table(("id", "item", "books to", ""), items)
        for kind, values in chart.lists.items():
            out.line()
            out.table(("id", kind, ""), [(v.id, v.name, _off(v.active)) for v in values])
    return 0


def check_charts(loaded: Settings, names: Sequence[str]) -> list[Problem]:
    """Advice on what a mapping would better not do in its chart. Raises ConfigurationError with
    everything that it names and its chart lacks."""
    problems: list[Problem] = []
    advice: list[Problem] = []
    with wiring.open_dry(loaded, names) as bridge:
        for books in bridge.books.values():
            try:
                booking, chart = booking_of(books), books.system.chart()
                advice += mixed(booking, chart, books.where)
                advice += taxed_items(booking, chart, books.where)
            except ConfigurationError as error:
                problems += error.problems
    if problems:
        raise ConfigurationError(message("chart_unfit"), problems)
    return advice


def _off(active: bool) -> str:
    return "" if active else "inactive"


def _chart(chart: Chart) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(chart)
    for account in shown["accounts"]:
        del account["balance"]
    return shown


def explain(arguments: Namespace, out: Output) -> int:
    """The documents a loan gives now, and the rule that each line and deposit comes from."""
    loaded = open_settings(arguments)
    with wiring.open_dry(loaded, chosen(arguments, loaded)) as bridge:
        _ledger(bridge)
        with bridge.store.read() as work:
            key = numbered(work, loaded, arguments.loan)
            file = work.ledger.loan_file(*key) if key else None
            if file is None:
                raise UsageError(message("no_loan_in_ledger", loan=arguments.loan))
            told = {
                name: _explained(books, work, file, booking_of(books))
                for name, books in bridge.books.items()
            }
    if out.json:
        out.document({"loan": file.loan_id, "systems": told})
    for name, each in told.items():
        out.line(
            message(
                "explain_loan_in", system=name, loan=file.loan_id, installation=file.installation
            )
        )
        _tell_documents(each, out)
    return 0


def _ledger(bridge: Dry) -> None:
    """Take the newest delivery into the scratch store, so that nothing needs a sync before."""
    take_in(
        bridge.store,
        bridge.source,
        bridge.source_where,
        bridge.snapshot_limits,
        bridge.clock.now(),
    )


def _explained(books: Reading, work: Work, file: LoanFile, booking: Booking) -> dict[str, Any]:
    bound = work.bindings.of_loan(books.id, (file.installation, file.loan_id))
    made = translate(file, booking, bound)
    live = {b.reference for b in bound if not b.voided}
    documents = [_document(each, books, booking, live) for each in made.documents]
    holds = [
        {"code": h.code, "subject": h.subject, "detail": english(h.detail)} for h in made.holds
    ]
    return {"documents": documents, "holds": holds, "kept_as_posted": made.keep}


def _document(
    document: Transaction, books: Reading, booking: Booking, live: set[str]
) -> dict[str, Any]:
    accounts = {account.id: account.name for account in books.system.chart().accounts}
    items = {item.id: item.name for item in books.system.chart().items}
    told: dict[str, Any] = {
        "reference": document.reference,
        "kind": document.kind.value,
        "date": document.day,
        "currency": document.currency,
        "rate": document.rate,
        "total": text(document.total, document.currency),
        "memo": document.memo,
        "memo_rule": f"[memos] {_MEMOS.get(document.kind.value, document.kind.value)}",
        "posted": document.reference in live,
        "lines": [
            {
                "purpose": line.purpose,
                "amount": text(line.amount, document.currency),
                "item": items.get(line.item, line.item),
                "account": accounts.get(line.account, line.account),
                "description": line.description,
                "rule": f"[lines.{line.purpose}]",
            }
            for line in getattr(document, "lines", ())
        ],
    }
    deposit = getattr(document, "deposit_account", "")
    if deposit:
        told["deposit"] = {
            "account": accounts.get(deposit, deposit),
            "rule": _deposit_rule(deposit, booking),
        }
    return told


_MEMOS = {"receipt": "receipt", "sale": "receipt", "application": "credit_note"}


def _deposit_rule(account: str, booking: Booking) -> str:
    """The rules that lead to this account: which one it was depends on the payment."""
    numbers = [str(n) for n, rule in enumerate(booking.deposits, 1) if rule.account == account]
    return f"[[deposits]] {' or '.join(numbers)}"


def _tell_documents(each: dict[str, Any], out: Output) -> None:
    if each["kept_as_posted"]:
        out.line(message("stays_posted"))
    for hold in each["holds"]:
        out.line(f"  held back: {hold['code']} {hold['subject']} {hold['detail']}".rstrip())
    for document in each["documents"]:
        posted = message("state_posted") if document["posted"] else message("state_new")
        out.line(_of_document(document, posted))
        for line in document["lines"]:
            target = f"{line['item']} → {line['account']}" if line["item"] else line["account"]
            out.line(f"    {line['amount']:>16}  {target}  {line['description']}  {line['rule']}")
        if "deposit" in document:
            deposit = document["deposit"]
            out.line(message("explain_deposited", account=deposit["account"], rule=deposit["rule"]))
        if document["memo"]:
            out.line(message("explain_memo", memo=document["memo"], rule=document["memo_rule"]))


def _of_document(document: dict[str, Any], state: Message) -> Message:
    return message(
        "explain_document",
        kind=document["kind"],
        reference=document["reference"],
        day=document["date"],
        total=document["total"],
        currency=document["currency"],
        state=state,
    )


def preview(arguments: Namespace, out: Output) -> int:
    """Posted documents as they would look under the mapping as it is now, and some examples."""
    loaded = open_settings(arguments)
    with wiring.open_dry(loaded, chosen(arguments, loaded)) as bridge:
        _ledger(bridge)
        with bridge.store.read() as work:
            told = {
                name: _previewed(books, work, arguments.limit)
                for name, books in bridge.books.items()
            }
    if out.json:
        out.document({"systems": told})
    for name, each in told.items():
        out.line(
            message(
                "preview_counts",
                system=name,
                loans=each["loans"],
                posted=each["posted"],
                differ=each["differ"],
                closed=each["closed"],
            )
        )
        rows = [(kind_field, number) for kind_field, number in each["fields"].items()]
        if rows:
            out.table(("what would differ", ">documents"), rows)
        for example in each["examples"]:
            out.line(f"  {example['reference']} {example['field']}:")
            out.line(message("preview_posted", value=str(example["posted"])))
            out.line(message("preview_now", value=str(example["now"])))
        if each["differ"]:
            out.line(message("preview_stays"))
            if each["changeable"]:
                out.line(message("preview_change", count=each["changeable"]))
            stay = each["differ"] - each["closed"] - each["changeable"]
            if stay:
                out.line(message("preview_stay", count=stay, system=name))
    return 0


def _previewed(books: Reading, work: Work, limit: int) -> dict[str, Any]:
    """One walk over every loan, one after another: memory stays flat."""
    booking = booking_of(books)
    locked = booking.company.locked_through
    fields: Counter[str] = Counter()
    examples: list[dict[str, Any]] = []
    tally = Counter[str]()
    for file in work.ledger.loan_files(0):
        tally["loans"] += 1
        bound = work.bindings.of_loan(books.id, (file.installation, file.loan_id))
        tally["posted"] += sum(binding.in_force for binding in bound)
        others = list(remapped(file, booking, bound))
        planned = changes(others, bound, booking, frozenset())
        tally["changeable"] += len({base_reference(c.document.reference) for c in planned})
        for found in others:
            tally["differ"] += 1
            tally["closed"] += is_closed(found.before, locked)
            for field, then, now in _differences(found.before, found.now):
                fields[f"{found.now.kind.value} {field}"] += 1
                if len(examples) < limit:
                    example = {"field": field, "posted": then, "now": now}
                    examples.append({"reference": found.before.reference, **example})
    counted = {key: tally[key] for key in ("loans", "posted", "differ", "closed", "changeable")}
    return {**counted, "fields": dict(fields.most_common()), "examples": examples}


def _differences(before: Document, now: Document) -> list[tuple[str, Any, Any]]:
    """Field by field, what the mapping decides and the ledger does not."""
    then_, now_ = _flat(before), _flat(now)
    keys = sorted(then_.keys() | now_.keys())
    return [(key, then_.get(key), now_.get(key)) for key in keys if then_.get(key) != now_.get(key)]


def _flat(document: Document) -> dict[str, Any]:
    """`line 1 item` → value, and so on."""
    shown: dict[str, Any] = msgspec.to_builtins(document)
    flat = {key: shown[key] for key in _DECIDED if key in shown}
    for number, line in enumerate(shown.get("lines", ()), start=1):
        flat |= {f"line {number} {name}": value for name, value in line.items()}
    return flat


_DECIDED = ("memo", "tags", "deposit_account", "method")
"""Fields of a document that a mapping decides, beside its lines."""
