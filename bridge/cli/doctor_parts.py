"""The lines that `doctor` says of the ledger, the state store, the folders and each company's
books."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from bridge import ledgerkey, tomlfiles, wiring
from bridge.cli.doctor_lines import Line, told
from bridge.cli.standing import looked_at
from bridge.clock import Clock
from bridge.core.books import Chart
from bridge.core.identity import BooksId
from bridge.core.mapping.booking import Booking, resolve
from bridge.core.mapping.clearing import mixed
from bridge.core.mapping.electronic import Lacking, lacking
from bridge.core.mapping.electronic import lack_of as told_of
from bridge.core.mapping.mapping_file import BooksMapping
from bridge.core.mapping.untaxed import taxed_items
from bridge.core.money import text
from bridge.core.tie_out.tasks import counted, first_of_each, sums_of_each
from bridge.errors import BridgeError, Problem
from bridge.pipeline.context import Books, System
from bridge.pipeline.plan import limits_of
from bridge.pipeline.principal import last_seen, principal_items
from bridge.report.details import english
from bridge.report.said import reason_of
from bridge.report.texts import texts
from bridge.settings import Settings
from bridge.source import registry as ledgers
from bridge.store import Store
from bridge.store.soundness import Damaged, look_through
from bridge.store.tables import SCHEMA

OLD_DELIVERY_DAYS = 3
SPACE_WARNING = 2 * 1024**3
SPACE_PROBLEM = 200 * 1024**2


def source(loaded: Settings, clock: Clock, *, readable: bool) -> Iterator[Line]:
    """The newest delivery of the ledger, as far as it can be judged without reading its rows."""
    if not readable:
        return
    today = clock.today(loaded.lender.timezone)
    try:
        facts = wiring.open_source(loaded, today).snapshot().facts
    except BridgeError as error:
        yield from told("ledger", error)
        return
    kind = "complete" if facts.complete else "partial: what is missing in it is not deleted"
    finding = f"{facts.source} {facts.installation}, as of {facts.as_of}, {kind}"
    if facts.as_of < today - timedelta(days=OLD_DELIVERY_DAYS):
        yield Line(
            topic="ledger",
            state="warning",
            finding=finding,
            advice=f"It is {(today - facts.as_of).days} days old. Export again from the app.",
        )
    else:
        yield Line(topic="ledger", finding=finding)


def webhooks(loaded: Settings, clock: Clock) -> Iterator[Line]:
    """Whether the ledger's webhooks can be believed, where the daemon listens for them."""
    port, kind = loaded.listen.port, loaded.source.kind
    if port is None or ledgers.about(kind).calls is None:
        return
    try:
        secret = ledgerkey.read(loaded, clock)
    except BridgeError as error:
        yield from told("webhooks", error)
        return
    if secret:
        yield Line(topic="webhooks", finding=f"/webhooks/{kind} on port {port}, signed")
        return
    yield Line(
        topic="webhooks",
        state="warning",
        finding=f"the daemon listens on port {port}, and refuses all: there is no secret.",
        advice=f"Run `ledger-bridge connect {kind}`, or leave out [listen] port.",
    )


def state(loaded: Settings) -> Iterator[Line]:
    """The state store: schema, rights, space."""
    path = Path(loaded.state.url.removeprefix("sqlite:///"))
    yield from _space(path)
    if not path.exists():
        yield Line(topic="state", finding=f"{tomlfiles.shown(path)} will be made by the first sync")
        return
    if not os.access(path, os.R_OK | os.W_OK):
        yield Line(
            topic="state",
            state="problem",
            finding=f"{tomlfiles.shown(path)} cannot be written by this user.",
            advice=f"Run as the user that owns it (uid {path.stat().st_uid}).",
            exit_code=78,
        )
        return
    if path.stat().st_mode & 0o077:
        yield Line(
            topic="state",
            state="warning",
            finding=f"{tomlfiles.shown(path)} can be read by others.",
            advice=f"Run: chmod 600 {path}",
        )
    yield _schema(path)


def _schema(path: Path) -> Line:
    name = tomlfiles.shown(path)
    try:
        # Immutable: a plain read-only connection would leave files beside the database.
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return Line(topic="state", finding=f"{name}, to be looked at by the next sync")
    except sqlite3.DatabaseError as error:
        return Line(
            topic="state",
            state="problem",
            finding=f"{name} is not a state store: {error}.",
            advice="Look at [state] url, or put a backup in its place: ledger-bridge restore FILE",
            exit_code=78,
        )
    try:
        look_through(path)
    except Damaged as found_damaged:
        return Line(
            topic="state", state="problem", finding=str(found_damaged), advice="", exit_code=78
        )
    except sqlite3.OperationalError:
        return Line(topic="state", finding=f"{name}, to be looked at by the next sync")
    found = row[0] if row else ""
    if found == SCHEMA:
        return Line(topic="state", finding=f"{name}, schema {found}, whole")
    return Line(
        topic="state",
        state="warning",
        finding=f"{name} has schema {found or 'none'}, this program has {SCHEMA}.",
        advice="The next sync migrates it, after a backup beside it; a newer one is refused.",
    )


def _space(path: Path) -> Iterator[Line]:
    folder = next(parent for parent in path.parents if parent.exists())
    free = shutil.disk_usage(folder).free
    finding = f"{free / 1024**3:.1f} GB free for the state store"
    if free < SPACE_PROBLEM:
        yield Line(
            topic="disk", state="problem", finding=finding, advice="Free some space.", exit_code=75
        )
    elif free < SPACE_WARNING:
        yield Line(topic="disk", state="warning", finding=finding, advice="Free some space soon.")
    else:
        yield Line(topic="disk", finding=finding)


def tasks(loaded: Settings) -> Iterator[Line]:
    """The tasks that wait for a person, one line of each kind, by the state store alone."""
    path = Path(loaded.state.url.removeprefix("sqlite:///"))
    if not path.exists() or not os.access(path, os.R_OK):
        return
    verdict = looked_at(loaded)
    words = texts("en")
    sums = sums_of_each(verdict.tasks)
    for (code, system, number), task in zip(
        counted(verdict.tasks), first_of_each(verdict.tasks), strict=True
    ):
        worth = ", ".join(f"{text(a, c)} {c}" for c, a in sorted(sums[code, system].items()))
        what = f"{number} × {words.cause(code)} [{code}]"
        place = task.place if number == 1 or not task.place else f"first {task.place}"
        yield Line(
            topic=f"{system} tasks".strip(),
            state="problem",
            finding=" · ".join(filter(None, (what, worth, place))),
            advice=f"{words.of('actions', task.action)} All of them: ledger-bridge tasks",
            exit_code=1,
        )
    if not verdict.tasks and not verdict.green:
        yield Line(
            topic="verdict",
            state="problem",
            finding=f"not checked: {reason_of(verdict)}",
            advice="Try again later.",
            exit_code=verdict.exit_code,
        )
    elif not verdict.tasks:
        yield Line(topic="tasks", finding="nothing waits for a person")


def folders(loaded: Settings) -> Iterator[Line]:
    """Whether the folders of reports and logs can be written to."""
    for topic, folder in (("reports", loaded.report.folder), ("logs", loaded.logs.folder)):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if there.is_dir() and os.access(there, os.W_OK):
            yield Line(topic=topic, finding=tomlfiles.shown(folder))
        else:
            yield Line(
                topic=topic,
                state="problem",
                finding=f"{tomlfiles.shown(folder)} cannot be written by this user.",
                advice=f"Give this user the right to write to {there}, or name another folder.",
                exit_code=78,
            )


def invoicing(loaded: Settings, name: str) -> Iterator[Line]:
    """The answer about one company's electronic invoices, by bridge.toml alone."""
    said = wiring.declared(loaded, name)
    topic, lacks = f"{name} electronic invoicing", lacking(said)
    if lacks is None:
        signed = f" ({said.answered_by}, {said.answered_on})" if said.answered_on else ""
        what = f"issues is {said.issues}" if said.issues else "nobody was asked"
        answer = f", the accountant's answer is {said.answer}" if said.answer else ""
        yield Line(topic=topic, finding=f"{what}{answer}{signed}")
        return
    goes_on = lacks is Lacking.NOT_ASKED and _posted_to(loaded, name)
    missing = told_of(said, lacks)
    yield Line(
        topic=topic,
        state="warning" if goes_on else "problem",
        finding=f"bridge.toml, [systems.{name}] electronic_invoicing: {english(missing)}.",
        advice=f"{texts('en').of('actions', 'answer_invoicing')} See bridge.toml.example.",
        exit_code=0 if goes_on else 78,
    )


def _posted_to(loaded: Settings, name: str) -> bool:
    """Whether documents of ours are in a company's books, by the state store alone."""
    if not Path(loaded.state.url.removeprefix("sqlite:///")).exists():
        return False
    scratch = Store.open(loaded.state.url, migrate=False).scratch()
    try:
        with scratch.read() as work:
            return bool(work.bindings.counts(BooksId(name, loaded.systems[name].company_id)))
    finally:
        scratch.close()


def system(loaded: Settings, name: str) -> Iterator[Line]:
    """One company's books: the login, what kind of company it is, and whether the mapping fits."""
    try:
        with wiring.open_dry(loaded, [name]) as bridge:
            books = bridge.books[name]
            chart = books.system.chart()
            yield from _company(loaded, name, chart)
            yield from _fit(name, books, chart)
            yield from _principal(bridge.store, books, chart)
            yield from _stamped(bridge.store, books)
            for topic, finding, advice in books.system.probes():
                yield Line(
                    topic=f"{name} {topic}",
                    state="warning" if advice else "ok",
                    finding=finding,
                    advice=advice,
                )
    except BridgeError as error:
        yield from told(name, error)


def _company(loaded: Settings, name: str, chart: Chart) -> Iterator[Line]:
    company = chart.company
    yield Line(topic=name, finding=f"{company.name} ({company.id}), in {company.home_currency}")
    if company.home_currency != loaded.lender.home_currency:
        yield Line(
            topic=name,
            state="problem",
            finding=f"the books are kept in {company.home_currency}, [lender] home_currency says "
            f"{loaded.lender.home_currency}.",
            advice="Is it the right company_id? A company's home currency never changes.",
            exit_code=78,
        )
    if not company.writable:
        yield Line(
            topic=name,
            state="problem",
            finding="the company refuses writes.",
            advice="Look at its subscription.",
            exit_code=1,
        )
    if not company.own_numbers:
        yield Line(
            topic=name,
            state="problem",
            finding="the company numbers its own documents.",
            advice="Switch custom transaction numbers on in its sales settings.",
            exit_code=78,
        )
    if company.locked_through:
        yield Line(topic=name, finding=f"closed through {company.locked_through}")
    elif company.lock_known:
        yield Line(topic=name, finding="no period is closed")
    else:
        yield Line(
            topic=name,
            state="warning",
            finding="does not tell whether a period is closed.",
            advice="Documents that it refuses for that reason wait for a person.",
        )


def _advice(booking: Booking | None, chart: Chart, where: str) -> Iterator[Problem]:
    """Advice on a mapping that fits its chart: what it would better not do."""
    if booking is not None:
        yield from mixed(booking, chart, where)
        yield from taxed_items(booking, chart, where)


def _fit(name: str, books: Books[System], chart: Chart) -> Iterator[Line]:
    """The mapping against the chart of accounts as it is now."""
    booking, problems = resolve(
        books.mapping, chart, limits_of(books.system.capabilities), books.where
    )
    for problem in problems:
        yield Line(
            topic=f"{name} chart",
            state="problem",
            finding=f"{problem.where}: {english(problem.what)}",
            advice=english(problem.fix),
            exit_code=78,
        )
    for each in _advice(booking, chart, books.where):
        finding = f"{each.where}: {english(each.what)}"
        yield Line(
            topic=f"{name} chart", state="warning", finding=finding, advice=english(each.fix)
        )
    if booking is not None:
        targets = len(books.mapping.lines) + len(books.mapping.deposits)
        yield Line(topic=f"{name} chart", finding=f"{targets} accounts and items found")
    yield from _currencies(name, books.mapping, chart)


def _principal(store: Store, books: Books[System], chart: Chart) -> Iterator[Line]:
    """Whether principal that was lent is income in the live books."""
    topic, words = f"{books.name} principal", texts("en")
    items, _ = principal_items(books, chart, last_seen(store, books))
    for item in items:
        amount = f"{item.amount:f} {item.currency}, " if item.amount else ""
        entry = f"{item.document} {item.reference}, {item.books}: " if item.document else ""
        yield Line(
            topic=topic,
            state="problem",
            finding=f"{words.cause(item.cause)} {entry}{amount}{english(item.detail)}.",
            advice=words.of("actions", item.action),
            exit_code=1,
        )
    if not items:
        yield Line(topic=topic, finding="what was lent is no income")


def _stamped(store: Store, books: Books[System]) -> Iterator[Line]:
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
        finding=f"{len(found)} documents of the bridge carry a tax office's mark, {worth}; "
        f"the first is {first.number} ({first.stamp}).",
        advice="Somebody or an add-on issues electronic invoices from loans. Stop it, and ask the "
        "accountant what offsets them. The bridge neither voids nor changes them.",
        exit_code=1,
    )


def _currencies(name: str, mapping: BooksMapping, chart: Chart) -> Iterator[Line]:
    company = chart.company
    foreign = [code for code in mapping.currencies if code != company.home_currency]
    if foreign and not company.multicurrency:
        yield Line(
            topic=f"{name} currencies",
            state="warning",
            finding=f"multicurrency is off; loans in {', '.join(foreign)} are held.",
            advice="Switching it on cannot be undone: ask the accountant.",
        )
