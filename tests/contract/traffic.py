"""What the adapters ask and are answered, from a whole sync to the rarest call.

First the sample ledger: two days, a pass with nothing to do, a reconciliation. Then, document by
document, every kind that there is, created, changed, taken back, looked up, read, with every field
that an adapter may write. Last the logins, and the ways out of trouble.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from bridge.core.books import Application, Document, Invoice, Kind, Receipt
from bridge.core.delivery import Outcome, Posted
from bridge.pipeline.reconcile import compare
from tests.conformance.bench import Bench
from tests.conformance.ground import DAY, on_sandbox
from tests.contract import callsites, strangers
from tests.contract.callsites import Site
from tests.contract.exchanges import Exchange, RecordingSandbox
from tests.contract.rarities import logins, of_its_own
from tests.pipeline.world import SAMPLE, World

LONG = "PersonaDeNombreMuyLargo" * 30
RATE = Decimal("215.40")
SENT_ELSEWHERE = 302


@dataclass(frozen=True)
class Traffic:
    """What one system was asked and answered, and the calls of its adapter that were used."""

    system: str
    exchanges: list[Exchange]
    used: set[Site]


def record(system: str, folder: Path) -> Traffic:
    """Everything, for one system. Nothing in it is random; it takes some seconds."""
    with RecordingSandbox(fast=True) as sandbox, callsites.watched(system) as used:
        world = World(folder, sandbox, system=system)
        the_samples(world)
        sandbox.control.reset()
        strangers.prepare(system, sandbox)
        bench = Bench(on_sandbox(system, sandbox))
        every_document(bench)
        look_around(bench)
        of_its_own(bench, sandbox)
        bench.close()
        logins(world)
        sandbox.control.reset()
        strangers.ask(system, sandbox)
        # What a browser is shown is no call of an API.
        calls = [each for each in sandbox.exchanges if each.status != SENT_ELSEWHERE]
        return Traffic(system, calls, used)


def the_samples(world: World) -> None:
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__CALLS_PER_MINUTE"] = "0"
    for day in ("dia1", "dia2", "dia2"):
        world.overrides["LEDGER_BRIDGE_SOURCE__PATH"] = str(SAMPLE / day)
        assert world.sync().verdict == "person"  # the problems planted in the sample
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, world.clock.now())
    assert all(result.agree for result in found.systems)


# ── documents ────────────────────────────────────────────────────────────────────────────────


def every_document(bench: Bench) -> None:
    """Each kind created with all its fields, found, changed where that can be, taken back."""
    people = [
        bench.customer(1, name="José Ñandú Zúñiga-O'Higgins"),
        bench.customer(2, name="A" + LONG[: bench.can.name_length - 1]),
        bench.customer(3, name="B" + LONG[: bench.can.name_length - 1]),
        bench.customer(4),
        bench.customer(5),
    ]
    people[0] = changed(people[0], phone="3001234567", email="jose@example.com", notes="")
    bench.find(*people)
    bench.post(*people)
    for document in (*home(bench), *foreign(bench)):
        if document.reference not in bench.posted:
            bench.post(document)
            bench.find(document)
    bench.find(*people)
    bench.find(people[1])
    update_each(bench)
    void_each(bench)


def home(bench: Bench) -> list[Any]:
    """A loan's documents in home currency, in posting order, with every field."""
    own = {"tags": tags(bench), "memo": "Préstamo 1"}
    first = bench.invoice(1, "1200.00", principal="1000.55", **own)
    second = bench.invoice(2, "300.00", **own)
    method = next((m.id for m in bench.system.chart().lists.get("payment_method", ())), "")
    receipt = bench.receipt(1, "200.00", first, method=method, **own)
    note = bench.credit_note(1, "250.00", **own)
    both = bench.application(1, note, first, "100.00")
    both = changed(
        both, applications=(*both.applications, Application(second.reference, Decimal(150)))
    )
    later = bench.credit_note(2, "20.00", memo="")
    return [
        taxed(bench, first),
        second,
        receipt,
        bench.receipt(2, "50.00"),
        *overpaid(bench, second),
        note,
        both,
        later,
        bench.application(2, later, first, "20.00"),
        changed(bench.sale(1, "700.25"), **own),
        changed(bench.sale(2, "10.00"), memo=""),
    ]


def overpaid(bench: Bench, invoice: Invoice) -> list[Receipt]:
    """More than is owed, where one receipt may say so; else credit put to use, of two accounts."""
    if bench.can.receipt_parts:
        uses = (Application(invoice.reference, Decimal("5.50")),)
        credit = changed(bench.receipt(4, "15.50"), applications=uses, on_account=True)
        clearing = invoice.lines[0].account
        return [
            bench.receipt(3, "30.00", invoice),
            credit,
            changed(credit, reference="DY7F3A-P5", deposit_account=clearing),
        ]
    return [changed(bench.receipt(3, "30.00", invoice), total=Decimal("45.50"))]


def taxed(bench: Bench, invoice: Invoice) -> Invoice:
    """With a tax code on its lines, where the sandbox keeps taxes."""
    codes = [code.id for code in bench.system.chart().lists.get("tax_code", ()) if code.active]
    if not codes:
        return invoice
    code = next((each for each in codes if each in ("NONE", "NON")), codes[0])
    return changed(invoice, lines=tuple(changed(line, tax=code) for line in invoice.lines))


def tags(bench: Bench) -> tuple[tuple[str, str], ...]:
    """One value of every dimension that the company has."""
    lists = bench.system.chart().lists
    plain = {"tax_code", "payment_method", "term"}
    return tuple(
        (name, values[0].id) for name, values in lists.items() if name not in plain and values
    )


def foreign(bench: Bench) -> list[Any]:
    """The same in another currency, with a rate, into an account at home and one abroad."""
    of_their_own = bench.can.one_currency_per_customer
    customer = [bench.customer(currency="MXN")] if of_their_own else []
    rated = {"currency": "MXN", "rate": RATE}
    first = bench.invoice(11, "1000.00", **rated)
    home_account = bench.receipt(99, "1.00").deposit_account
    note = bench.credit_note(11, "100.00", **rated)
    use = changed(bench.application(11, note, first, "100.00"), customer=first.customer, **rated)
    sale = changed(bench.sale(11, "70.00"), customer=first.customer, **rated)
    receipt = bench.receipt(11, "400.00", first, **rated)
    sale = changed(sale, deposit_account=receipt.deposit_account)
    return [
        *customer,
        first,
        receipt,
        changed(bench.receipt(12, "10.00", first, **rated), deposit_account=home_account),
        bench.receipt(13, "10.00", **rated),
        note,
        use,
        sale,
    ]


def update_each(bench: Bench) -> None:
    """Every kind that can be changed, changed; the others refused by us."""
    now = {r: b.document for r, b in bench.bindings.items()}
    spoken = {"memo": "Corregido"}
    wishes: list[Document] = [
        changed(now["DY7F3A-D1"], name="José Ñandú"),
        changed(now["DY7F3A-D4"], name="Otra", notes="DY7F3A-D4 nota"),
        bench.invoice(21, "55.00"),
        changed(now["DY7F3A-L11"], due=DAY + timedelta(days=60)),
        changed(now["DY7F3A-K11"], **spoken),
        changed(now["DY7F3A-V1"], **spoken),
        changed(now["DY7F3A-P2"], **spoken),
        changed(now["DY7F3A-A1"], applications=now["DY7F3A-A1"].applications[:1]),
    ]
    bench.post(bench.invoice(21, "44.00"))
    for document in wishes:
        if document.kind in bench.can.update:
            done(bench.update(document))
    for name in {"DY7F3A-P4", "DY7F3A-P5"} & now.keys():
        done(bench.update(changed(now[name], applications=())))


def void_each(bench: Bench) -> None:
    """Everything taken back: first what settles, then what is settled."""
    order = (Kind.APPLICATION, Kind.RECEIPT, Kind.CREDIT_NOTE, Kind.SALE, Kind.INVOICE)
    for kind in order:
        for binding in list(bench.bindings.values()):
            if binding.document.kind is kind:
                done(bench.void(binding.document))


def done(outcome: Outcome) -> None:
    assert isinstance(outcome, Posted), outcome


def changed(document: Any, **fields: Any) -> Any:
    return msgspec.structs.replace(document, **fields)


# ── questions ────────────────────────────────────────────────────────────────────────────────


def look_around(bench: Bench) -> None:
    """What is asked of the books beside documents: feeds, rates, details, probes."""
    system = bench.system
    cursor = system.cursor()
    bench.wait(60)
    invoices = [bench.invoice(n, f"{n}.00") for n in range(31, 38)]
    bench.post(*invoices)
    bench.find(*invoices)
    receipts = [bench.receipt(30 + n, "1.00", i) for n, i in enumerate(invoices)]
    bench.post(*receipts)
    bench.find(*receipts)
    bench.post(bench.sale(31, "1.00"))
    system.changes(list(Kind), cursor)
    list(system.read(list(Kind)))
    for kind in Kind:
        ids = [p.external_id for r, p in bench.posted.items() if p.kind is kind]
        system.fetch(kind, ids)
    by_what_changed(bench, cursor)
    by_hand(bench, cursor)
    system.rate("MXN", DAY)
    system.rate("MXN", DAY.replace(year=2000))
    list(system.probes())


def by_what_changed(bench: Bench, cursor: str) -> None:
    """What is asked where a morning reads a part: lists of changes, counts, a customer, pages."""
    part = bench.system.in_part
    if part is None:
        return
    part.since(cursor, lambda kind, ids: {})
    for kind in (Kind.CUSTOMER, Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT):
        part.are_exactly(kind, 1)
    customers = [p.external_id for p in bench.posted.values() if p.kind is Kind.CUSTOMER]
    list(part.of_customer(customers[0]))
    list(part.pages(Kind.RECEIPT, 1, 2))


def by_hand(bench: Bench, cursor: str) -> None:
    """What a bookkeeper enters: all of it, what changed, and what is no more."""
    lent = bench.booking.targets["principal"].account
    income = bench.booking.targets["interest"].account
    sides = [{"account": lent, "debit": "5"}, {"account": income, "credit": "5"}]
    bench.edit(action="add", kind="journal", number="J-9", date=DAY.isoformat(), lines=sides)
    for since in ("", cursor):
        found = bench.system.hand_entries([lent], [income], since, ("1",))
        assert [entry.number for entry in found.entries if entry.legs] == ["J-9"]
